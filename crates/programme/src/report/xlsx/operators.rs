//! Stations by operator and technology, counted and totalled by formulas.

use std::collections::{BTreeMap, BTreeSet};

use geodata::Technology;
use rust_xlsxwriter::{Worksheet, XlsxError};

use super::Book;
use crate::measure::on_air;

impl Book<'_> {
    /// Stations by operator and technology, counted and totalled by formulas.
    pub(super) fn operators(&self, sheet: &mut Worksheet) -> Result<(), XlsxError> {
        sheet.set_name(self.style.say("Doanh nghiệp", "Operators"))?;
        self.style.head(
            sheet,
            0,
            &[
                ("Doanh nghiệp", "Operator", 24.0),
                ("2G", "2G", 10.0),
                ("3G", "3G", 10.0),
                ("4G", "4G", 10.0),
                ("5G", "5G", 10.0),
                ("Tổng", "Total", 10.0),
            ],
        )?;
        let mut counts: BTreeMap<(&str, Technology), f64> = BTreeMap::new();
        for station in on_air(&self.report.facts) {
            *counts
                .entry((station.operator.as_str(), station.technology))
                .or_default() += 1.0;
        }
        let operators: BTreeSet<&str> = counts.keys().map(|(operator, _)| *operator).collect();
        let count = |operator: &str, technology| counts.get(&(operator, technology)).copied().unwrap_or_default();
        let stations = |column| {
            format!(
                "'{}'!${column}$2:${column}${}",
                self.sheets.stations, self.sheets.station_rows
            )
        };
        for (index, operator) in operators.iter().enumerate() {
            let line = index as u32 + 1;
            sheet.write_string_with_format(line, 0, *operator, &self.style.text)?;
            for (column, technology) in Technology::ALL.into_iter().enumerate() {
                let text = format!(
                    "COUNTIFS({},$A{},{},\"{technology}\")",
                    stations('C'),
                    line + 1,
                    stations('D')
                );
                self.style.formula(
                    sheet,
                    (line, column as u16 + 1),
                    &text,
                    count(operator, technology),
                    &self.style.whole,
                )?;
            }
            let total: f64 = Technology::ALL
                .into_iter()
                .map(|technology| count(operator, technology))
                .sum();
            self.style.formula(
                sheet,
                (line, 5),
                &format!("SUM(B{0}:E{0})", line + 1),
                total,
                &self.style.whole,
            )?;
        }
        let last = operators.len() as u32 + 1;
        if operators.is_empty() {
            return Ok(());
        }
        sheet.write_string_with_format(last, 0, self.style.say("Tổng cộng", "Total"), &self.style.total)?;
        for (column, letter) in ['B', 'C', 'D', 'E', 'F'].into_iter().enumerate() {
            let wanted = Technology::ALL.get(column);
            let total: f64 = counts
                .iter()
                .filter(|((_, technology), _)| wanted.is_none_or(|wanted| wanted == technology))
                .map(|(_, count)| count)
                .sum();
            self.style.formula(
                sheet,
                (last, column as u16 + 1),
                &format!("SUM({letter}2:{letter}{last})"),
                total,
                &self.style.total,
            )?;
        }
        Ok(())
    }
}
