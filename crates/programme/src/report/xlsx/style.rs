//! How the sheets look: formats of a language, frozen headers, formulas with their results.

use jiff::civil::Date;
use rust_xlsxwriter::{
    DocProperties, ExcelDateTime, Format, FormatAlign, FormatBorder, Formula, Workbook, Worksheet, XlsxError,
};

use crate::Unit;
use crate::number::{self, Language};

/// Formats of a language.
pub(in crate::report) struct Style {
    language: Language,
    pub title: Format,
    pub note: Format,
    pub header: Format,
    pub text: Format,
    pub centre: Format,
    pub whole: Format,
    pub decimal: Format,
    pub date: Format,
    pub degrees: Format,
    pub total: Format,
    pub total_decimal: Format,
}

impl Style {
    pub(in crate::report) fn new(language: Language) -> Self {
        // 42A = Vietnamese separators whatever the machine's language.
        let (whole, decimal) = match language {
            Language::Vietnamese => ("[$-42A]#,##0", "[$-42A]#,##0.00"),
            Language::English => ("#,##0", "#,##0.00"),
        };
        let degrees = match language {
            Language::Vietnamese => "[$-42A]0.00000",
            Language::English => "0.00000",
        };
        let date = match language {
            Language::Vietnamese => "dd/mm/yyyy",
            Language::English => "yyyy-mm-dd",
        };
        let cell = Format::new().set_border(FormatBorder::Thin).set_align(FormatAlign::Top);
        let bold = cell.clone().set_bold();
        Self {
            language,
            title: Format::new().set_bold().set_font_size(14),
            note: Format::new().set_italic().set_font_color("#57606A"),
            header: bold
                .clone()
                .set_background_color("#E7EEF5")
                .set_text_wrap()
                .set_align(FormatAlign::Center),
            text: cell.clone().set_text_wrap(),
            centre: cell.clone().set_align(FormatAlign::Center),
            whole: cell.clone().set_num_format(whole),
            decimal: cell.clone().set_num_format(decimal),
            degrees: cell.clone().set_num_format(degrees),
            date: cell.set_num_format(date),
            total: bold.clone().set_num_format(whole).set_background_color("#F3F5F7"),
            total_decimal: bold.set_num_format(decimal).set_background_color("#F3F5F7"),
        }
    }

    pub(in crate::report) fn say(&self, vi: &'static str, en: &'static str) -> &'static str {
        self.language.pick_static(vi, en)
    }

    pub(in crate::report) fn number_format(&self, unit: Unit) -> &Format {
        if number::decimals(unit) > 0 {
            &self.decimal
        } else {
            &self.whole
        }
    }

    /// A header row with widths (characters), frozen below, repeated on every printed page.
    pub(in crate::report) fn head(
        &self,
        sheet: &mut Worksheet,
        row: u32,
        headers: &[(&'static str, &'static str, f64)],
    ) -> Result<(), XlsxError> {
        for (column, &(vi, en, width)) in headers.iter().enumerate() {
            let column = column as u16;
            sheet.write_string_with_format(row, column, self.say(vi, en), &self.header)?;
            sheet.set_column_width(column, width)?;
        }
        // Bold letters are wider, and a filter's arrow takes a corner.
        let lines = headers
            .iter()
            .map(|&(vi, en, width)| lines_of(self.say(vi, en), width - 3.0));
        sheet.set_row_height(row, LINE_POINTS * f64::from(lines.max().unwrap_or(1)))?;
        sheet.set_freeze_panes(row + 1, 0)?;
        sheet.set_repeat_rows(row, row)?;
        sheet.set_landscape();
        sheet.set_paper_size(PAPER_A4);
        sheet.set_print_fit_to_pages(1, 0);
        sheet.set_margins(0.4, 0.4, 0.5, 0.6, 0.3, 0.3);
        sheet.set_footer("&L&A&C&P/&N");
        Ok(())
    }

    /// Texts of a row by column and width (characters), and the row as high as the highest needs: not every program sees to that.
    pub(in crate::report) fn texts(
        &self,
        sheet: &mut Worksheet,
        line: u32,
        texts: &[(u16, String, f64)],
    ) -> Result<(), XlsxError> {
        let lines = texts.iter().map(|(_, text, width)| lines_of(text, *width));
        sheet.set_row_height(line, LINE_POINTS * f64::from(lines.max().unwrap_or(1)))?;
        for (column, text, _) in texts {
            sheet.write_string_with_format(line, *column, text, &self.text)?;
        }
        Ok(())
    }

    /// A number, or an empty cell with its borders.
    pub(in crate::report) fn number(
        &self,
        sheet: &mut Worksheet,
        at: (u32, u16),
        value: Option<f64>,
        format: &Format,
    ) -> Result<(), XlsxError> {
        match value {
            Some(value) => sheet.write_number_with_format(at.0, at.1, value, format)?,
            None => sheet.write_blank(at.0, at.1, format)?,
        };
        Ok(())
    }

    pub(in crate::report) fn formula(
        &self,
        sheet: &mut Worksheet,
        at: (u32, u16),
        text: &str,
        result: f64,
        format: &Format,
    ) -> Result<(), XlsxError> {
        sheet.write_formula_with_format(
            at.0,
            at.1,
            Formula::new(format!("={text}")).set_result(result.to_string()),
            format,
        )?;
        Ok(())
    }
}

const PAPER_A4: u8 = 9;
/// Height of a line of text, points.
const LINE_POINTS: f64 = 15.0;

/// Lines that a text takes in a column so many characters wide, broken between words where it can be.
fn lines_of(text: &str, width: f64) -> u32 {
    let width = width.max(1.0) as usize;
    let (mut lines, mut used) = (1, 0);
    for word in text.split_whitespace().map(|word| word.chars().count()) {
        if used > 0 && used + 1 + word > width {
            lines += 1;
            used = 0;
        }
        lines += (word.saturating_sub(1) / width) as u32;
        used += word.min(width) + usize::from(used > 0);
    }
    lines
}

/// A workbook that says the day of what it holds, not of the clock: the same content has the same bytes.
pub(in crate::report) fn workbook(title: &str, day: Date) -> Result<Workbook, XlsxError> {
    let mut workbook = Workbook::new();
    let created = excel_date(day)?;
    workbook.set_properties(&DocProperties::new().set_title(title).set_creation_datetime(&created));
    Ok(workbook)
}

pub(in crate::report) fn excel_date(day: Date) -> Result<ExcelDateTime, XlsxError> {
    ExcelDateTime::from_ymd(
        day.year().unsigned_abs(),
        day.month().unsigned_abs(),
        day.day().unsigned_abs(),
    )
}
