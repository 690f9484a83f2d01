//! What is due from whom.

use rust_xlsxwriter::{Worksheet, XlsxError};

use super::Book;
use super::style::excel_date;
use crate::report::table::delivery;

impl Book<'_> {
    pub(super) fn deliveries(&self, sheet: &mut Worksheet) -> Result<(), XlsxError> {
        sheet.set_name(self.style.say("Tiến độ", "Deliverables"))?;
        self.style.head(
            sheet,
            0,
            &[
                ("Nội dung", "What", 50.0),
                ("Đơn vị", "Who", 16.0),
                ("Thời hạn", "Due", 12.0),
                ("Ngày nhận", "Received", 12.0),
                ("Tình trạng", "Status", 22.0),
                ("Điều khoản", "Clause", 14.0),
            ],
        )?;
        for (index, row) in self.report.deliveries.iter().enumerate() {
            let line = index as u32 + 1;
            sheet.write_string_with_format(line, 0, &row.name_vi, &self.style.text)?;
            sheet.write_string_with_format(line, 1, &row.who, &self.style.text)?;
            for (column, day) in [(2, row.due), (3, row.received)] {
                if let Some(day) = day {
                    sheet.write_datetime_with_format(line, column, excel_date(day)?, &self.style.date)?;
                }
            }
            sheet.write_string_with_format(line, 4, delivery(self.report, row.status), &self.style.text)?;
            sheet.write_string_with_format(line, 5, &row.clause, &self.style.text)?;
        }
        Ok(())
    }
}
