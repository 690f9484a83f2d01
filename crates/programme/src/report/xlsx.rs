//! The report as a workbook: styled, headers frozen, Vietnamese formats, every total a live formula.

use std::collections::{BTreeMap, BTreeSet};

use geodata::{AreaKind, Technology};
use jiff::civil::Date;
use rust_xlsxwriter::{
    DocProperties, ExcelDateTime, Format, FormatAlign, FormatBorder, Formula, Workbook, Worksheet, XlsxError,
};

use super::Report;
use super::live::{Live, Sheets};
use super::table::{delivery, indicator_name, status};
use super::zone_rows::{ZoneRow, zone_rows};
use crate::error::ProgrammeError;
use crate::measure::{on_air, sites_in, zones_of_the_day};
use crate::number::{self, Language};

/// First row (from 0) of the summary's table body.
const SUMMARY_BODY: u32 = 5;

/// Writes the workbook.
///
/// # Errors
/// [`ProgrammeError::Workbook`] when a sheet cannot be written.
pub fn xlsx(report: &Report<'_>) -> Result<Vec<u8>, ProgrammeError> {
    let mut workbook = Workbook::new();
    let day = report.evaluation.today;
    // The day of the evaluation, not the clock: the same report has the same bytes.
    let created = excel_date(day)?;
    workbook.set_properties(
        &DocProperties::new()
            .set_title(report.title())
            .set_creation_datetime(&created),
    );
    let book = Book::new(report);
    book.summary(workbook.add_worksheet())?;
    book.readings(workbook.add_worksheet())?;
    book.operators(workbook.add_worksheet())?;
    book.stations(workbook.add_worksheet())?;
    book.zones(workbook.add_worksheet())?;
    if report.facts.coverage.is_some() {
        book.communes(workbook.add_worksheet())?;
        book.villages(workbook.add_worksheet())?;
    }
    if !report.deliveries.is_empty() {
        book.deliveries(workbook.add_worksheet())?;
    }
    Ok(workbook.save_to_buffer()?)
}

fn excel_date(day: Date) -> Result<ExcelDateTime, XlsxError> {
    ExcelDateTime::from_ymd(
        day.year().unsigned_abs(),
        day.month().unsigned_abs(),
        day.day().unsigned_abs(),
    )
}

/// What the sheets share.
struct Book<'a> {
    report: &'a Report<'a>,
    sheets: Sheets,
    zones: Vec<ZoneRow>,
    title: Format,
    note: Format,
    header: Format,
    text: Format,
    whole: Format,
    decimal: Format,
    date: Format,
    total: Format,
    total_decimal: Format,
}

impl<'a> Book<'a> {
    fn new(report: &'a Report<'a>) -> Self {
        let zones = zone_rows(&report.facts);
        let stations = on_air(&report.facts).count();
        // 42A = Vietnamese separators whatever the machine's language.
        let (whole, decimal) = match report.language {
            Language::Vietnamese => ("[$-42A]#,##0", "[$-42A]#,##0.00"),
            Language::English => ("#,##0", "#,##0.00"),
        };
        let date = match report.language {
            Language::Vietnamese => "dd/mm/yyyy",
            Language::English => "yyyy-mm-dd",
        };
        let cell = Format::new().set_border(FormatBorder::Thin).set_align(FormatAlign::Top);
        let bold = cell.clone().set_bold();
        Self {
            report,
            sheets: Sheets {
                stations: report.language.pick_static("Trạm", "Stations"),
                zones: report.language.pick_static("Khu cụm", "Zones"),
                // Row 2 at least: a range may not end before it starts.
                station_rows: (stations as u32 + 1).max(2),
                zone_rows: (zones.len() as u32 + 1).max(2),
            },
            zones,
            title: Format::new().set_bold().set_font_size(14),
            note: Format::new().set_italic().set_font_color("#57606A"),
            header: bold
                .clone()
                .set_background_color("#E7EEF5")
                .set_text_wrap()
                .set_align(FormatAlign::Center),
            text: cell.clone().set_text_wrap(),
            whole: cell.clone().set_num_format(whole),
            decimal: cell.clone().set_num_format(decimal),
            date: cell.set_num_format(date),
            total: bold.clone().set_num_format(whole).set_background_color("#F3F5F7"),
            total_decimal: bold.set_num_format(decimal).set_background_color("#F3F5F7"),
        }
    }

    fn say(&self, vi: &'static str, en: &'static str) -> &'static str {
        self.report.language.pick_static(vi, en)
    }

    fn number_format(&self, unit: crate::Unit) -> &Format {
        if number::decimals(unit) > 0 {
            &self.decimal
        } else {
            &self.whole
        }
    }

    /// A header row with widths (characters), frozen below.
    fn head(
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
        sheet.set_freeze_panes(row + 1, 0)?;
        sheet.set_repeat_rows(row, row)?;
        sheet.set_landscape();
        sheet.set_print_fit_to_pages(1, 0);
        Ok(())
    }

    fn formula(
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

    fn summary(&self, sheet: &mut Worksheet) -> Result<(), XlsxError> {
        let report = self.report;
        sheet.set_name(self.say("Tổng hợp", "Summary"))?;
        sheet.write_string_with_format(0, 0, report.title(), &self.title)?;
        let under = format!("{} {}", self.say("Theo", "Under"), report.evaluation.document);
        sheet.write_string_with_format(1, 0, under, &self.note)?;
        sheet.write_string_with_format(2, 0, report.subtitle(), &self.note)?;
        if let Some(warning) = report.evaluation.warnings.first() {
            sheet.write_string_with_format(3, 0, warning, &self.note)?;
        }
        self.head(
            sheet,
            SUMMARY_BODY - 1,
            &[
                ("TT", "No", 5.0),
                ("Chỉ tiêu", "Indicator", 46.0),
                ("Loại", "Class", 6.0),
                ("Đơn vị", "Unit", 12.0),
                ("Hiện trạng", "Baseline", 12.0),
                ("Mục tiêu", "Target", 12.0),
                ("Thời hạn", "Deadline", 12.0),
                ("Kết quả", "Value", 12.0),
                ("Còn thiếu", "Missing", 12.0),
                ("Đạt (% mục tiêu)", "Reached (% of target)", 12.0),
                ("Tình trạng", "Status", 30.0),
                ("Điều khoản", "Clause", 16.0),
                ("Nguồn", "Source", 40.0),
            ],
        )?;
        let mut reading_row = 2;
        for (index, row) in report.evaluation.indicators.iter().enumerate() {
            let line = SUMMARY_BODY + index as u32;
            let used = row
                .readings
                .iter()
                .position(|reading| reading.used)
                .filter(|_| row.class == crate::Class::A);
            self.summary_row(sheet, line, index, used.map(|used| reading_row + used as u32))?;
            reading_row += row.readings.len() as u32;
        }
        Ok(())
    }

    /// One indicator; `reading_row` is the row (from 1) of its used reading on the next sheet.
    fn summary_row(
        &self,
        sheet: &mut Worksheet,
        line: u32,
        index: usize,
        reading_row: Option<u32>,
    ) -> Result<(), XlsxError> {
        let row = &self.report.evaluation.indicators[index];
        let format = self.number_format(row.unit);
        sheet.write_number_with_format(line, 0, (index + 1) as f64, &self.whole)?;
        sheet.write_string_with_format(line, 1, indicator_name(self.report, row), &self.text)?;
        sheet.write_string_with_format(line, 2, format!("{:?}", row.class), &self.text)?;
        sheet.write_string_with_format(line, 3, number::unit(row.unit, self.report.language), &self.text)?;
        for (column, value) in [(4, row.baseline), (5, row.target), (7, row.value), (8, None), (9, None)] {
            match value {
                Some(value) => sheet.write_number_with_format(line, column, value, format)?,
                None => sheet.write_blank(line, column, format)?,
            };
        }
        match row.deadline {
            Some(day) => sheet.write_datetime_with_format(line, 6, excel_date(day)?, &self.date)?,
            None => sheet.write_blank(line, 6, &self.date)?,
        };
        if let (Some(value), Some(reading_row)) = (row.value, reading_row) {
            let link = format!("'{}'!G{reading_row}", self.say("Cách tính", "Readings"));
            self.formula(sheet, (line, 7), &link, value, format)?;
        }
        if let (Some(value), Some(target), Some(gap)) = (row.value, row.target, row.gap) {
            let excel = line + 1;
            let at_most = self.report.programme.indicators[index].direction == crate::Direction::AtMost;
            let missing = if at_most {
                format!("MAX(0,H{excel}-F{excel})")
            } else {
                format!("MAX(0,F{excel}-H{excel})")
            };
            self.formula(sheet, (line, 8), &missing, gap, format)?;
            if target > 0.0 && !at_most {
                self.formula(
                    sheet,
                    (line, 9),
                    &format!("100*H{excel}/F{excel}"),
                    100.0 * value / target,
                    &self.decimal,
                )?;
            }
        }
        sheet.write_string_with_format(line, 10, status(self.report, row), &self.text)?;
        sheet.write_string_with_format(line, 11, &row.clause, &self.text)?;
        sheet.write_string_with_format(
            line,
            12,
            format!("[{:?}] {}", row.source.mark, row.source.text),
            &self.text,
        )?;
        Ok(())
    }

    fn readings(&self, sheet: &mut Worksheet) -> Result<(), XlsxError> {
        sheet.set_name(self.say("Cách tính", "Readings"))?;
        self.head(
            sheet,
            0,
            &[
                ("Chỉ tiêu", "Indicator", 42.0),
                ("Cách tính", "Reading", 42.0),
                ("Dùng", "Used", 6.0),
                ("Công thức", "Formula", 46.0),
                ("Tử số", "Numerator", 12.0),
                ("Mẫu số", "Denominator", 12.0),
                ("Kết quả", "Value", 12.0),
                ("Đơn vị", "Unit", 10.0),
                ("Mục tiêu", "Target", 12.0),
                ("Ghi chú", "Note", 40.0),
            ],
        )?;
        let mut line = 1;
        let plans = self.report.programme.indicators.iter();
        for (result, plan) in self.report.evaluation.indicators.iter().zip(plans) {
            for (reading, formula) in result.readings.iter().zip(&plan.readings) {
                sheet.write_string_with_format(
                    line,
                    0,
                    self.report.say(&result.name_vi, &result.name_en),
                    &self.text,
                )?;
                sheet.write_string_with_format(
                    line,
                    1,
                    self.report.say(&reading.name_vi, &reading.name_en),
                    &self.text,
                )?;
                sheet.write_string_with_format(line, 2, if reading.used { "✓" } else { "" }, &self.text)?;
                sheet.write_string_with_format(line, 3, &reading.formula, &self.text)?;
                self.figure(sheet, line, reading, self.sheets.live(&formula.formula))?;
                sheet.write_string_with_format(
                    line,
                    7,
                    number::unit(reading.unit, self.report.language),
                    &self.text,
                )?;
                if let Some(target) = reading.target {
                    sheet.write_number_with_format(line, 8, target, self.number_format(reading.unit))?;
                }
                let notes = reading
                    .figure
                    .as_ref()
                    .map(|figure| figure.notes.join("; "))
                    .unwrap_or_default();
                let note = reading
                    .reason
                    .as_ref()
                    .map_or(notes, |reason| self.report.half(reason).to_owned());
                sheet.write_string_with_format(line, 9, note, &self.text)?;
                line += 1;
            }
        }
        Ok(())
    }

    /// Numerator, denominator and value: counted by the workbook where it holds the rows.
    fn figure(
        &self,
        sheet: &mut Worksheet,
        line: u32,
        reading: &crate::ReadingResult,
        live: Option<Live>,
    ) -> Result<(), XlsxError> {
        let Some(figure) = &reading.figure else { return Ok(()) };
        let format = self.number_format(reading.unit);
        let excel = line + 1;
        match (live, figure.numerator, figure.denominator) {
            (Some(Live::Value(formula)), ..) => self.formula(sheet, (line, 6), &formula, figure.value, format),
            (live, Some(numerator), Some(denominator)) => {
                if let Some(Live::Share {
                    numerator: above,
                    denominator: below,
                }) = live
                {
                    self.formula(sheet, (line, 4), &above, numerator, &self.whole)?;
                    self.formula(sheet, (line, 5), &below, denominator, &self.whole)?;
                } else {
                    sheet.write_number_with_format(line, 4, numerator, &self.whole)?;
                    sheet.write_number_with_format(line, 5, denominator, &self.whole)?;
                }
                self.formula(
                    sheet,
                    (line, 6),
                    &format!("100*E{excel}/F{excel}"),
                    figure.value,
                    format,
                )
            }
            _ => sheet
                .write_number_with_format(line, 6, figure.value, format)
                .map(|_| ()),
        }
    }

    /// Stations by operator and technology, counted and totalled by formulas.
    fn operators(&self, sheet: &mut Worksheet) -> Result<(), XlsxError> {
        sheet.set_name(self.say("Doanh nghiệp", "Operators"))?;
        self.head(
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
            sheet.write_string_with_format(line, 0, *operator, &self.text)?;
            for (column, technology) in Technology::ALL.into_iter().enumerate() {
                let text = format!(
                    "COUNTIFS({},$A{},{},\"{technology}\")",
                    stations('C'),
                    line + 1,
                    stations('D')
                );
                self.formula(
                    sheet,
                    (line, column as u16 + 1),
                    &text,
                    count(operator, technology),
                    &self.whole,
                )?;
            }
            let total: f64 = Technology::ALL
                .into_iter()
                .map(|technology| count(operator, technology))
                .sum();
            self.formula(
                sheet,
                (line, 5),
                &format!("SUM(B{0}:E{0})", line + 1),
                total,
                &self.whole,
            )?;
        }
        let last = operators.len() as u32 + 1;
        if operators.is_empty() {
            return Ok(());
        }
        sheet.write_string_with_format(last, 0, self.say("Tổng cộng", "Total"), &self.total)?;
        for (column, letter) in ['B', 'C', 'D', 'E', 'F'].into_iter().enumerate() {
            let wanted = Technology::ALL.get(column);
            let total: f64 = counts
                .iter()
                .filter(|((_, technology), _)| wanted.is_none_or(|wanted| wanted == technology))
                .map(|(_, count)| count)
                .sum();
            self.formula(
                sheet,
                (last, column as u16 + 1),
                &format!("SUM({letter}2:{letter}{last})"),
                total,
                &self.total,
            )?;
        }
        Ok(())
    }

    /// Every station on air: what the counts are made of.
    fn stations(&self, sheet: &mut Worksheet) -> Result<(), XlsxError> {
        sheet.set_name(self.sheets.stations)?;
        self.head(
            sheet,
            0,
            &[
                ("Mã trạm", "Station", 24.0),
                ("Mã nhà trạm", "Site", 16.0),
                ("Doanh nghiệp", "Operator", 16.0),
                ("Công nghệ", "Technology", 10.0),
                ("Ngày phát sóng", "On air", 14.0),
                ("Trong khu, cụm", "In a zone", 10.0),
            ],
        )?;
        let facts = &self.report.facts;
        let inside = sites_in(facts, &zones_of_the_day(facts).collect::<Vec<_>>());
        let restricted: BTreeSet<&str> = facts
            .network
            .sites
            .iter()
            .filter(|site| site.restricted)
            .map(|site| site.code.as_str())
            .collect();
        for (index, station) in on_air(facts).enumerate() {
            let line = index as u32 + 1;
            // A security-restricted site counts, and its code stays here.
            let secret = restricted.contains(station.site_code.as_str());
            let shown = |code: &str| {
                if secret {
                    "•••".to_owned()
                } else {
                    code.to_owned()
                }
            };
            sheet.write_string_with_format(line, 0, shown(&station.code), &self.text)?;
            sheet.write_string_with_format(line, 1, shown(&station.site_code), &self.text)?;
            sheet.write_string_with_format(line, 2, &station.operator, &self.text)?;
            sheet.write_string_with_format(line, 3, station.technology.to_string(), &self.text)?;
            if let Some(day) = station.on_air {
                sheet.write_datetime_with_format(line, 4, excel_date(day)?, &self.date)?;
            }
            let flag = f64::from(u8::from(inside.contains(station.site_code.as_str())));
            sheet.write_number_with_format(line, 5, flag, &self.whole)?;
        }
        sheet.autofilter(0, 0, self.sheets.station_rows - 1, 5)?;
        Ok(())
    }

    fn zones(&self, sheet: &mut Worksheet) -> Result<(), XlsxError> {
        sheet.set_name(self.sheets.zones)?;
        self.head(
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
            for (column, text) in [row.code.as_str(), &row.name, row.kind, &row.status, parent]
                .into_iter()
                .enumerate()
            {
                sheet.write_string_with_format(line, column as u16, text, &self.text)?;
            }
            sheet.write_number_with_format(line, 5, row.area_ha, &self.decimal)?;
            let numbers = [
                usize::from(row.exists),
                row.stations_4g,
                row.stations_5g,
                row.stations_5g_once,
            ];
            for (column, number) in numbers.into_iter().enumerate() {
                sheet.write_number_with_format(line, column as u16 + 6, number as f64, &self.whole)?;
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
            self.say("Tổng cộng (khu lồng nhau tính một lần)", "Total (nested zones once)"),
            &self.total,
        )?;
        let area: f64 = self
            .zones
            .iter()
            .filter(|row| row.parent.is_empty())
            .map(|row| row.area_ha)
            .sum();
        self.formula(
            sheet,
            (last, 5),
            &format!("SUMIFS(F2:F{last},E2:E{last},\"-\")"),
            area,
            &self.total_decimal,
        )?;
        let once: usize = self.zones.iter().map(|row| row.stations_5g_once).sum();
        self.formula(sheet, (last, 9), &format!("SUM(J2:J{last})"), once as f64, &self.total)
    }

    fn communes(&self, sheet: &mut Worksheet) -> Result<(), XlsxError> {
        sheet.set_name(self.say("Xã phường", "Communes"))?;
        self.head(
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
        let communes: Vec<_> = self
            .report
            .facts
            .communes
            .iter()
            .filter(|area| area.kind == AreaKind::Commune)
            .collect();
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
            sheet.write_string_with_format(line, 0, &commune.code, &self.text)?;
            sheet.write_string_with_format(line, 1, &commune.name, &self.text)?;
            self.people(sheet, line, values)?;
            for (sum, value) in sums.iter_mut().zip(values) {
                *sum += value;
            }
        }
        let last = communes.len() as u32 + 1;
        if communes.is_empty() {
            return Ok(());
        }
        sheet.write_string_with_format(last, 1, self.say("Tổng cộng", "Total"), &self.total)?;
        for (column, letter, sum) in [(2, 'C', sums[0]), (3, 'D', sums[1]), (5, 'F', sums[2])] {
            self.formula(
                sheet,
                (last, column),
                &format!("SUM({letter}2:{letter}{last})"),
                sum,
                &self.total,
            )?;
        }
        self.shares(sheet, last, sums, &self.total_decimal)
    }

    fn people(&self, sheet: &mut Worksheet, line: u32, values: [f64; 3]) -> Result<(), XlsxError> {
        for (column, value) in [2, 3, 5].into_iter().zip(values) {
            sheet.write_number_with_format(line, column, value, &self.whole)?;
        }
        self.shares(sheet, line, values, &self.decimal)
    }

    fn shares(&self, sheet: &mut Worksheet, line: u32, values: [f64; 3], format: &Format) -> Result<(), XlsxError> {
        let excel = line + 1;
        for (column, letter, value) in [(4, 'D', values[1]), (6, 'F', values[2])] {
            let share = if values[0] > 0.0 {
                100.0 * value / values[0]
            } else {
                0.0
            };
            self.formula(
                sheet,
                (line, column),
                &format!("IF(C{excel}>0,100*{letter}{excel}/C{excel},0)"),
                share,
                format,
            )?;
        }
        Ok(())
    }

    fn villages(&self, sheet: &mut Worksheet) -> Result<(), XlsxError> {
        sheet.set_name(self.say("Thôn bản", "Villages"))?;
        self.head(
            sheet,
            0,
            &[
                ("Mã", "Code", 14.0),
                ("Thôn, bản", "Village", 30.0),
                ("Mã xã", "Commune", 10.0),
                ("Dân số", "People", 10.0),
                ("Có điện", "Power", 8.0),
                ("Đặc biệt khó khăn", "Difficult", 10.0),
                ("Loại", "Class", 14.0),
                ("Hướng xử lý", "Route", 56.0),
                ("Đề xuất", "Action", 14.0),
            ],
        )?;
        let yes = |flag: Option<bool>| match flag {
            Some(true) => self.say("có", "yes"),
            Some(false) => self.say("không", "no"),
            None => "?",
        };
        for (index, row) in self.report.villages.iter().enumerate() {
            let line = index as u32 + 1;
            let texts = [
                (0, row.code.as_str()),
                (1, &row.name),
                (2, row.commune_code.as_deref().unwrap_or_default()),
                (4, yes(row.electrified)),
                (5, yes(row.difficult)),
                (6, self.say(row.class.label_vi(), row.class.label_en())),
                (7, self.report.say(&row.route_vi, &row.route_en)),
                (8, &row.action),
            ];
            for (column, text) in texts {
                sheet.write_string_with_format(line, column, text, &self.text)?;
            }
            if let Some(people) = row.population {
                sheet.write_number_with_format(line, 3, people, &self.whole)?;
            }
        }
        let last = self.report.villages.len() as u32 + 1;
        if last > 1 {
            let people: f64 = self.report.villages.iter().filter_map(|row| row.population).sum();
            sheet.write_string_with_format(last, 1, self.say("Tổng cộng", "Total"), &self.total)?;
            self.formula(sheet, (last, 3), &format!("SUM(D2:D{last})"), people, &self.total)?;
            sheet.autofilter(0, 0, last - 1, 8)?;
        }
        Ok(())
    }

    fn deliveries(&self, sheet: &mut Worksheet) -> Result<(), XlsxError> {
        sheet.set_name(self.say("Tiến độ", "Deliverables"))?;
        self.head(
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
            sheet.write_string_with_format(line, 0, &row.name_vi, &self.text)?;
            sheet.write_string_with_format(line, 1, &row.who, &self.text)?;
            for (column, day) in [(2, row.due), (3, row.received)] {
                if let Some(day) = day {
                    sheet.write_datetime_with_format(line, column, excel_date(day)?, &self.date)?;
                }
            }
            sheet.write_string_with_format(line, 4, delivery(self.report, row.status), &self.text)?;
            sheet.write_string_with_format(line, 5, &row.clause, &self.text)?;
        }
        Ok(())
    }
}
