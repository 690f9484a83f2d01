//! What is due from whom.

use rust_xlsxwriter::{Worksheet, XlsxError};

use super::Book;
use super::style::excel_date;
use crate::Actor;
use crate::report::table::delivery;

impl Book<'_> {
    pub(super) fn deliveries(&self, sheet: &mut Worksheet) -> Result<(), XlsxError> {
        sheet.set_name(self.style.say("Tiến độ", "Deliverables"))?;
        self.style.head(
            sheet,
            0,
            &[
                ("Nội dung", "What", 50.0),
                ("Đơn vị", "Who", 28.0),
                ("Thời hạn", "Due", 12.0),
                ("Ngày nhận", "Received", 12.0),
                ("Tình trạng", "Status", 22.0),
                ("Điều khoản", "Clause", 14.0),
            ],
        )?;
        for (index, row) in self.report.deliveries.iter().enumerate() {
            let line = index as u32 + 1;
            for (column, day) in [(2, row.due), (3, row.received)] {
                match day {
                    Some(day) => sheet.write_datetime_with_format(line, column, excel_date(day)?, &self.style.date)?,
                    None => sheet.write_blank(line, column, &self.style.date)?,
                };
            }
            let texts = [
                (0, self.report.say(&row.name_vi, &row.name_en).to_owned(), 50.0),
                (1, Actor::label(&row.who, self.report.language).to_owned(), 28.0),
                (4, delivery(self.report, row.status).to_owned(), 22.0),
                (5, row.clause.clone(), 14.0),
            ];
            self.style.texts(sheet, line, &texts)?;
        }
        Ok(())
    }
}
