//! Communes with their people and coverage.

use geodata::Technology;
use rust_xlsxwriter::{Format, Worksheet, XlsxError};

use super::Book;

impl Book<'_> {
    pub(super) fn communes(&self, sheet: &mut Worksheet) -> Result<(), XlsxError> {
        sheet.set_name(self.sheets.communes)?;
        self.style.head(
            sheet,
            0,
            &[
                ("Mã", "Code", 10.0),
                ("Xã, phường", "Commune", 30.0),
                ("Dân số", "People", 12.0),
                ("Dân số có 4G", "People with 4G", 14.0),
                ("Tỷ lệ 4G (%)", "4G (%)", 12.0),
                ("Dân số có 5G", "People with 5G", 14.0),
                ("Tỷ lệ 5G (%)", "5G (%)", 12.0),
            ],
        )?;
        let Some(coverage) = self.report.facts.coverage else {
            return Ok(());
        };
        let communes: Vec<_> = self.report.facts.communes_of_the_day().collect();
        let covered = |code: &str, technology| {
            let row = coverage
                .areas
                .iter()
                .find(|row| row.area_code == code && row.technology == technology && row.operator.is_none());
            row.map(|row| (row.people, row.covered_people))
        };
        let mut sums = [0.0; 3];
        for (index, commune) in communes.iter().enumerate() {
            let line = index as u32 + 1;
            let (four, five) = (
                covered(&commune.code, Technology::G4),
                covered(&commune.code, Technology::G5),
            );
            let people = four.or(five).map_or(0.0, |(people, _)| people);
            let values = [people, four.map_or(0.0, |row| row.1), five.map_or(0.0, |row| row.1)];
            sheet.write_string_with_format(line, 0, &commune.code, &self.style.text)?;
            sheet.write_string_with_format(line, 1, &commune.name, &self.style.text)?;
            self.people(sheet, line, values)?;
            for (sum, value) in sums.iter_mut().zip(values) {
                *sum += value;
            }
        }
        let last = communes.len() as u32 + 1;
        if communes.is_empty() {
            return Ok(());
        }
        sheet.write_string_with_format(last, 1, self.style.say("Tổng cộng", "Total"), &self.style.total)?;
        for (column, letter, sum) in [(2, 'C', sums[0]), (3, 'D', sums[1]), (5, 'F', sums[2])] {
            self.style.formula(
                sheet,
                (last, column),
                &format!("SUM({letter}2:{letter}{last})"),
                sum,
                &self.style.total,
            )?;
        }
        self.shares(sheet, last, sums, &self.style.total_decimal)
    }

    fn people(&self, sheet: &mut Worksheet, line: u32, values: [f64; 3]) -> Result<(), XlsxError> {
        for (column, value) in [2, 3, 5].into_iter().zip(values) {
            sheet.write_number_with_format(line, column, value, &self.style.whole)?;
        }
        self.shares(sheet, line, values, &self.style.decimal)
    }

    fn shares(&self, sheet: &mut Worksheet, line: u32, values: [f64; 3], format: &Format) -> Result<(), XlsxError> {
        let excel = line + 1;
        for (column, letter, value) in [(4, 'D', values[1]), (6, 'F', values[2])] {
            let share = if values[0] > 0.0 {
                100.0 * value / values[0]
            } else {
                0.0
            };
            self.style.formula(
                sheet,
                (line, column),
                &format!("IF(C{excel}>0,100*{letter}{excel}/C{excel},0)"),
                share,
                format,
            )?;
        }
        Ok(())
    }
}
