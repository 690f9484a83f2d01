//! Economic zones, parks and clusters with their stations.

use rust_xlsxwriter::{Worksheet, XlsxError};

use super::Book;
use crate::labels;

impl Book<'_> {
    pub(super) fn zones(&self, sheet: &mut Worksheet) -> Result<(), XlsxError> {
        sheet.set_name(self.sheets.zones)?;
        self.style.head(
            sheet,
            0,
            &[
                ("Mã", "Code", 12.0),
                ("Tên", "Name", 40.0),
                ("Loại", "Kind", 18.0),
                ("Trạng thái", "Status", 14.0),
                ("Thuộc khu", "Inside", 12.0),
                ("Diện tích (ha)", "Area (ha)", 14.0),
                ("Đang tồn tại", "Exists", 10.0),
                ("Trạm 4G", "4G stations", 10.0),
                ("Trạm 5G", "5G stations", 10.0),
                ("Trạm 5G, tính một lần", "5G stations, once", 14.0),
            ],
        )?;
        for (index, row) in self.zones.iter().enumerate() {
            let line = index as u32 + 1;
            let parent = if row.parent.is_empty() {
                "-"
            } else {
                row.parent.as_str()
            };
            let kind = labels::area(row.kind, self.report.language);
            let status = labels::zone_status(&row.status, self.report.language);
            for (column, text) in [row.code.as_str(), &row.name, kind, status, parent]
                .into_iter()
                .enumerate()
            {
                sheet.write_string_with_format(line, column as u16, text, &self.style.text)?;
            }
            sheet.write_number_with_format(line, 5, row.area_ha, &self.style.decimal)?;
            let numbers = [
                usize::from(row.exists),
                row.stations_4g,
                row.stations_5g,
                row.stations_5g_once,
            ];
            for (column, number) in numbers.into_iter().enumerate() {
                sheet.write_number_with_format(line, column as u16 + 6, number as f64, &self.style.whole)?;
            }
        }
        if self.zones.is_empty() {
            return Ok(());
        }
        // Only what may be added: areas of nested zones and their stations would count twice.
        let last = self.zones.len() as u32 + 1;
        sheet.write_string_with_format(
            last,
            1,
            self.style
                .say("Tổng cộng (khu lồng nhau tính một lần)", "Total (nested zones once)"),
            &self.style.total,
        )?;
        let area: f64 = self
            .zones
            .iter()
            .filter(|row| row.parent.is_empty())
            .map(|row| row.area_ha)
            .sum();
        self.style.formula(
            sheet,
            (last, 5),
            &format!("SUMIFS(F2:F{last},E2:E{last},\"-\")"),
            area,
            &self.style.total_decimal,
        )?;
        let once: usize = self.zones.iter().map(|row| row.stations_5g_once).sum();
        self.style.formula(
            sheet,
            (last, 9),
            &format!("SUM(J2:J{last})"),
            once as f64,
            &self.style.total,
        )
    }
}
