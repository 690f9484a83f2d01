//! Every place with who serves it: what the counts of villages and centres are made of.

use std::collections::BTreeMap;

use geodata::Technology;
use rust_xlsxwriter::{Worksheet, XlsxError};

use super::Book;
use crate::labels;

impl Book<'_> {
    pub(super) fn places(&self, sheet: &mut Worksheet) -> Result<(), XlsxError> {
        sheet.set_name(self.sheets.places)?;
        self.style.head(
            sheet,
            0,
            &[
                ("Mã", "Code", 14.0),
                ("Tên", "Name", 34.0),
                ("Loại", "Kind", 20.0),
                ("Dân số (người)", "People", 10.0),
                ("Có điện", "Power", 8.0),
                ("Có sóng 2G", "2G", 8.0),
                ("Có sóng 3G", "3G", 8.0),
                ("Có sóng 4G", "4G", 8.0),
                ("Có sóng 5G", "5G", 8.0),
            ],
        )?;
        let mut served: BTreeMap<(&str, Technology), bool> = BTreeMap::new();
        for row in self.report.facts.coverage.iter().flat_map(|coverage| &coverage.places) {
            if row.operator.is_none() {
                *served.entry((row.place_code.as_str(), row.technology)).or_default() |= row.served;
            }
        }
        for (index, place) in self.report.facts.places.iter().enumerate() {
            let line = index as u32 + 1;
            let kind = labels::place(place.kind, self.report.language);
            for (column, text) in [place.code.as_str(), &place.name, kind].into_iter().enumerate() {
                sheet.write_string_with_format(line, column as u16, text, &self.style.text)?;
            }
            match place.population {
                Some(people) => sheet.write_number_with_format(line, 3, people, &self.style.whole)?,
                None => sheet.write_blank(line, 3, &self.style.whole)?,
            };
            let flag = |yes: bool| f64::from(u8::from(yes));
            sheet.write_number_with_format(line, 4, flag(place.electrified == Some(true)), &self.style.whole)?;
            for (column, technology) in (5..).zip(Technology::ALL) {
                // A technology that the run lacks stays empty: nothing is known of it.
                if let Some(yes) = served.get(&(place.code.as_str(), technology)) {
                    sheet.write_number_with_format(line, column, flag(*yes), &self.style.whole)?;
                } else {
                    sheet.write_blank(line, column, &self.style.whole)?;
                }
            }
        }
        if !self.report.facts.places.is_empty() {
            sheet.autofilter(0, 0, self.sheets.place_rows - 1, 8)?;
        }
        Ok(())
    }
}
