//! The annual plan as tables and as a workbook.

use std::collections::BTreeMap;

use rust_xlsxwriter::{Worksheet, XlsxError};

use super::AnnualPaper;
use super::table::Table;
use super::xlsx::style::{Style, workbook};
use crate::annual_plan::{AnnualRow, Work};
use crate::error::ProgrammeError;
use crate::number::{self, Language};

/// The sentences before the tables.
pub(super) fn summary(paper: &AnnualPaper<'_>) -> Vec<String> {
    let plan = paper.plan;
    let count = |work: Work| plan.rows.iter().filter(|row| row.kind == work).count();
    let (build, upgrade, share) = (count(Work::Build), count(Work::Upgrade), count(Work::Share));
    let whole = |value: usize| number::number(value as f64, 0, paper.language);
    let off = &plan.switch_off;
    let mut sentences = vec![match paper.language {
        Language::Vietnamese => format!(
            "Năm {} thực hiện tại {} vị trí: xây dựng mới {}, nâng cấp {}, dùng chung {}.",
            plan.year,
            whole(plan.rows.len()),
            whole(build),
            whole(upgrade),
            whole(share)
        ),
        Language::English => format!(
            "{} sites in {}: {} to build, {} to upgrade, {} to share.",
            whole(plan.rows.len()),
            plan.year,
            whole(build),
            whole(upgrade),
            whole(share)
        ),
    }];
    let villages = match (off.villages, &off.reason) {
        (Some(count), _) => match paper.language {
            Language::Vietnamese => format!("{} thôn chỉ có sóng 2G", whole(count)),
            Language::English => format!("{} villages with nothing but 2G signal", whole(count)),
        },
        (None, Some(reason)) => match paper.language {
            Language::Vietnamese => format!("số thôn mất sóng chưa tính được ({})", reason.vi),
            Language::English => format!("the villages that go dark are not known ({})", reason.en),
        },
        (None, None) => String::new(),
    };
    let dark = whole(off.locations.len());
    sentences.push(match paper.language {
        Language::Vietnamese => format!("Khi dừng công nghệ 2G: {dark} vị trí trạm chỉ có 2G; {villages}."),
        Language::English => format!("When 2G is switched off: {dark} locations carry nothing but 2G; {villages}."),
    });
    sentences
}

/// Sites by quarter.
pub(super) fn totals(paper: &AnnualPaper<'_>) -> Vec<Table> {
    let mut table = Table::new(
        paper.language,
        ("Số vị trí theo quý", "Sites by quarter"),
        &[
            ("Quý", "Quarter", false),
            ("Xây dựng mới (vị trí)", "Build (sites)", true),
            ("Nâng cấp (vị trí)", "Upgrade (sites)", true),
            ("Dùng chung (vị trí)", "Share (sites)", true),
            ("Tổng (vị trí)", "Total (sites)", true),
        ],
    );
    let mut quarters: BTreeMap<u8, [usize; 3]> = BTreeMap::new();
    for row in &paper.plan.rows {
        quarters.entry(row.quarter).or_default()[row.kind as usize] += 1;
    }
    let whole = |value: usize| number::number(value as f64, 0, paper.language);
    let line = |name: String, counts: [usize; 3]| {
        let sum = counts.iter().sum();
        let counts = counts.into_iter().map(whole);
        std::iter::once(name)
            .chain(counts)
            .chain([whole(sum)])
            .collect::<Vec<_>>()
    };
    let mut sums = [0; 3];
    for (quarter, counts) in quarters {
        for (sum, count) in sums.iter_mut().zip(counts) {
            *sum += count;
        }
        table.rows.push(line(roman(quarter).to_owned(), counts));
    }
    if table.rows.is_empty() {
        return Vec::new();
    }
    table.total(line(paper.language.pick("Tổng cộng", "Total").to_owned(), sums));
    vec![table]
}

const fn roman(quarter: u8) -> &'static str {
    match quarter {
        1 => "I",
        2 => "II",
        3 => "III",
        _ => "IV",
    }
}

/// The list of sites, and the locations that go dark.
pub(super) fn lists(paper: &AnnualPaper<'_>) -> Vec<Table> {
    let mut sites = Table::new(
        paper.language,
        (
            "Danh sách vị trí theo quý và xã, phường",
            "Sites by quarter and commune",
        ),
        &[
            ("Quý", "Quarter", false),
            ("Xã, phường", "Commune", false),
            ("Nội dung", "Work", false),
            ("Doanh nghiệp", "Operator", false),
            ("Mã vị trí", "Site", false),
            ("Kinh độ (°)", "Longitude (°)", true),
            ("Vĩ độ (°)", "Latitude (°)", true),
            ("Nguồn", "Source", false),
        ],
    );
    for row in &paper.plan.rows {
        let degrees = |axis: usize| {
            let value = row.position.map(|position| position[axis]);
            value
                .map(|value| number::number(value, 5, paper.language))
                .unwrap_or_default()
        };
        sites.rows.push(vec![
            roman(row.quarter).to_owned(),
            row.commune.clone(),
            row.kind.label(paper.language).to_owned(),
            row.operator.clone(),
            row.site_code.clone(),
            degrees(0),
            degrees(1),
            origin(row, paper.language).to_owned(),
        ]);
    }
    let mut dark = Table::new(
        paper.language,
        (
            "Vị trí trạm chỉ có 2G, mất sóng khi dừng 2G",
            "Locations with nothing but 2G",
        ),
        &[("TT", "No", true), ("Mã vị trí", "Site", false)],
    );
    for (index, code) in paper.plan.switch_off.locations.iter().enumerate() {
        dark.rows.push(vec![(index + 1).to_string(), code.clone()]);
    }
    [sites, dark]
        .into_iter()
        .filter(|table| !table.rows.is_empty())
        .collect()
}

fn origin(row: &AnnualRow, language: Language) -> &'static str {
    match row.source {
        crate::annual_plan::Origin::List => language.pick_static("danh sách doanh nghiệp", "operator's list"),
        crate::annual_plan::Origin::Plan => language.pick_static("phương án", "plan"),
    }
}

/// Writes the annual plan as a workbook: the list, and its totals as formulas.
///
/// # Errors
/// [`ProgrammeError::Workbook`] when a sheet cannot be written.
pub fn annual_xlsx(paper: &AnnualPaper<'_>) -> Result<Vec<u8>, ProgrammeError> {
    let title = paper.paper().subject;
    let mut workbook = workbook(&title, paper.today)?;
    let style = Style::new(paper.language);
    totals_sheet(paper, &style, &title, workbook.add_worksheet())?;
    sites_sheet(paper, &style, workbook.add_worksheet())?;
    dark_sheet(paper, &style, workbook.add_worksheet())?;
    Ok(workbook.save_to_buffer()?)
}

fn sites_name(style: &Style) -> &'static str {
    style.say("Danh sách vị trí", "Sites")
}

/// Commune × quarter, every number counted by the workbook from the list.
fn totals_sheet(paper: &AnnualPaper<'_>, style: &Style, title: &str, sheet: &mut Worksheet) -> Result<(), XlsxError> {
    const HEAD: u32 = 3;
    sheet.set_name(style.say("Tổng hợp", "Summary"))?;
    sheet.write_string_with_format(0, 0, title, &style.title)?;
    sheet.write_string_with_format(1, 0, paper.paper().provenance, &style.note)?;
    style.head(
        sheet,
        HEAD,
        &[
            ("Quý", "Quarter", 8.0),
            ("Xã, phường", "Commune", 34.0),
            ("Xây dựng mới (vị trí)", "Build (sites)", 14.0),
            ("Nâng cấp (vị trí)", "Upgrade (sites)", 14.0),
            ("Dùng chung (vị trí)", "Share (sites)", 14.0),
            ("Tổng (vị trí)", "Total (sites)", 14.0),
        ],
    )?;
    let rows = paper.plan.rows.len() as u32 + 1;
    let column = |letter: char| format!("'{}'!${letter}$2:${letter}${rows}", sites_name(style));
    for (index, total) in paper.plan.totals.iter().enumerate() {
        let line = HEAD + 1 + index as u32;
        let excel = line + 1;
        sheet.write_number_with_format(line, 0, f64::from(total.quarter), &style.whole)?;
        sheet.write_string_with_format(line, 1, &total.commune, &style.text)?;
        let counts = [
            (2, Work::Build, total.build),
            (3, Work::Upgrade, total.upgrade),
            (4, Work::Share, total.share),
        ];
        for (at, work, count) in counts {
            let text = format!(
                "COUNTIFS({},$A{excel},{},$B{excel},{},\"{}\")",
                column('A'),
                column('B'),
                column('C'),
                work.label(paper.language)
            );
            style.formula(sheet, (line, at), &text, f64::from(count), &style.whole)?;
        }
        let sum = f64::from(total.build + total.upgrade + total.share);
        style.formula(sheet, (line, 5), &format!("SUM(C{excel}:E{excel})"), sum, &style.whole)?;
    }
    let last = HEAD + 1 + paper.plan.totals.len() as u32;
    if paper.plan.totals.is_empty() {
        return Ok(());
    }
    sheet.write_string_with_format(last, 1, style.say("Tổng cộng", "Total"), &style.total)?;
    let sums = paper.plan.totals.iter().fold([0u32; 3], |[a, b, c], total| {
        [a + total.build, b + total.upgrade, c + total.share]
    });
    let all = sums.iter().sum();
    for (at, letter, sum) in [(2, 'C', sums[0]), (3, 'D', sums[1]), (4, 'E', sums[2]), (5, 'F', all)] {
        let text = format!("SUM({letter}{}:{letter}{last})", HEAD + 2);
        style.formula(sheet, (last, at), &text, f64::from(sum), &style.total)?;
    }
    Ok(())
}

fn sites_sheet(paper: &AnnualPaper<'_>, style: &Style, sheet: &mut Worksheet) -> Result<(), XlsxError> {
    sheet.set_name(sites_name(style))?;
    style.head(
        sheet,
        0,
        &[
            ("Quý", "Quarter", 8.0),
            ("Xã, phường", "Commune", 34.0),
            ("Nội dung", "Work", 16.0),
            ("Doanh nghiệp", "Operator", 14.0),
            ("Mã vị trí", "Site", 28.0),
            ("Kinh độ (°)", "Longitude (°)", 12.0),
            ("Vĩ độ (°)", "Latitude (°)", 12.0),
            ("Nguồn", "Source", 24.0),
        ],
    )?;
    for (index, row) in paper.plan.rows.iter().enumerate() {
        let line = index as u32 + 1;
        sheet.write_number_with_format(line, 0, f64::from(row.quarter), &style.whole)?;
        let texts = [
            (1, row.commune.as_str()),
            (2, row.kind.label(paper.language)),
            (3, &row.operator),
            (4, &row.site_code),
            (7, origin(row, paper.language)),
        ];
        for (at, text) in texts {
            sheet.write_string_with_format(line, at, text, &style.text)?;
        }
        for (at, axis) in [(5, 0), (6, 1)] {
            match row.position {
                Some(position) => sheet.write_number_with_format(line, at, position[axis], &style.degrees)?,
                None => sheet.write_blank(line, at, &style.degrees)?,
            };
        }
    }
    if !paper.plan.rows.is_empty() {
        sheet.autofilter(0, 0, paper.plan.rows.len() as u32, 7)?;
    }
    Ok(())
}

fn dark_sheet(paper: &AnnualPaper<'_>, style: &Style, sheet: &mut Worksheet) -> Result<(), XlsxError> {
    sheet.set_name(style.say("Dừng 2G", "2G switch-off"))?;
    style.head(
        sheet,
        0,
        &[
            ("TT", "No", 8.0),
            ("Vị trí chỉ có 2G", "Locations with nothing but 2G", 36.0),
        ],
    )?;
    for (index, code) in paper.plan.switch_off.locations.iter().enumerate() {
        let line = index as u32 + 1;
        sheet.write_number_with_format(line, 0, f64::from(line), &style.whole)?;
        sheet.write_string_with_format(line, 1, code, &style.text)?;
    }
    Ok(())
}
