//! Everything that people reported, with source, day and who: the history of class B.

use rust_xlsxwriter::{Worksheet, XlsxError};

use super::Book;
use super::style::excel_date;
use crate::number;

const NAME_WIDTH: f64 = 50.0;
const UNIT_WIDTH: f64 = 14.0;
const SOURCE_WIDTH: f64 = 40.0;
const WHO_WIDTH: f64 = 28.0;

impl Book<'_> {
    pub(super) fn reported(&self, sheet: &mut Worksheet) -> Result<(), XlsxError> {
        sheet.set_name(self.style.say("Số liệu báo cáo", "Reported"))?;
        self.style.head(
            sheet,
            0,
            &[
                ("Chỉ tiêu", "Indicator", NAME_WIDTH),
                ("Giá trị", "Value", 12.0),
                ("Đơn vị", "Unit", UNIT_WIDTH),
                ("Ngày", "Day", 12.0),
                ("Nguồn", "Source", SOURCE_WIDTH),
                ("Người nhập", "Entered by", WHO_WIDTH),
            ],
        )?;
        let mut line = 1;
        for result in &self.report.evaluation.indicators {
            for row in &result.reported {
                let texts = [
                    (
                        0,
                        self.report.say(&result.name_vi, &result.name_en).to_owned(),
                        NAME_WIDTH,
                    ),
                    (
                        2,
                        number::unit(result.unit, self.report.language).to_owned(),
                        UNIT_WIDTH,
                    ),
                    (4, row.source.clone(), SOURCE_WIDTH),
                    (5, row.who.clone(), WHO_WIDTH),
                ];
                self.style.texts(sheet, line, &texts)?;
                let format = self.style.number_format(result.unit);
                self.style.number(sheet, (line, 1), Some(row.value), format)?;
                sheet.write_datetime_with_format(line, 3, excel_date(row.date)?, &self.style.date)?;
                line += 1;
            }
        }
        Ok(())
    }
}
