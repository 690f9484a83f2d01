//! A plan as a workbook: a summary, one sheet per operator and phase, and what it was made with.

use std::collections::BTreeMap;

use planner::{Plan, PlannedAction};
use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, Workbook, Worksheet, XlsxError};
use store::{Artefacts, Run};

use super::plan_of;
use crate::Problem;
use crate::work::export::Exported;

/// Characters that a sheet's name may have.
const NAME_LENGTH: usize = 31;

/// Writes the workbook of a plan run. The same run gives the same bytes.
pub fn workbook(artefacts: &Artefacts, run: &Run) -> Result<Exported, Problem> {
    let plan = plan_of(artefacts, run)?;
    let bytes = write(&plan, run).map_err(|error| Problem::internal(&error))?;
    Ok(Exported {
        name: format!("plan-{}.xlsx", run.id.get(..8).unwrap_or(&run.id)),
        media_type: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        bytes,
        rows: plan.actions.len(),
    })
}

fn write(plan: &Plan, run: &Run) -> Result<Vec<u8>, XlsxError> {
    let mut book = Workbook::new();
    book.set_properties(&DocProperties::new().set_creation_datetime(&ExcelDateTime::from_ymd(2025, 1, 1)?));
    let bold = Format::new().set_bold();
    summary(book.add_worksheet(), plan, run, &bold)?;
    let mut parts: BTreeMap<(Option<&str>, &str), Vec<&PlannedAction>> = BTreeMap::new();
    for action in &plan.actions {
        parts
            .entry((action.phase.as_deref(), &action.candidate.operator))
            .or_default()
            .push(action);
    }
    let mut names = std::collections::BTreeSet::new();
    for ((phase, operator), actions) in parts {
        let name = phase.map_or_else(|| operator.to_owned(), |phase| format!("{operator} {phase}"));
        let sheet = book.add_worksheet();
        sheet.set_name(sheet_name(&name, &mut names))?;
        actions_table(sheet, &actions, &bold)?;
    }
    parameters(book.add_worksheet(), plan, run, &bold)?;
    book.save_to_buffer()
}

/// A name that workbooks allow and that no other sheet has.
fn sheet_name(wanted: &str, taken: &mut std::collections::BTreeSet<String>) -> String {
    let clean: String = wanted
        .chars()
        .map(|letter| if "[]:*?/\\'".contains(letter) { '-' } else { letter })
        .collect();
    (0..)
        .map(|number| {
            let ending = if number == 0 {
                String::new()
            } else {
                format!(" {number}")
            };
            let room = NAME_LENGTH - ending.chars().count();
            format!("{}{ending}", clean.chars().take(room).collect::<String>())
        })
        .find(|name| taken.insert(name.to_lowercase()))
        .unwrap_or_default()
}

fn summary(sheet: &mut Worksheet, plan: &Plan, run: &Run, bold: &Format) -> Result<(), XlsxError> {
    sheet.set_name("Tổng hợp")?;
    sheet.set_column_width(0, 46)?.set_column_width(1, 20)?;
    let totals = &plan.totals;
    let rows: [(&str, f64); 10] = [
        ("Số hành động · actions", f64::from(totals.actions)),
        ("Trong khu, cụm · in zones", f64::from(totals.in_zones)),
        ("Vốn (triệu đồng) · capital (million VND)", totals.capital_million_vnd),
        (
            "Chi phí mỗi năm (triệu đồng) · yearly (million VND)",
            totals.yearly_million_vnd,
        ),
        ("Thêm người có sóng · people gained", totals.people),
        ("Thôn có thêm sóng · villages gained", f64::from(totals.villages)),
        ("Địa điểm khác · other places", f64::from(totals.places)),
        ("Đất khu, cụm (km²) · zone land (km²)", totals.zone_km2),
        ("Giá trị (quy ra người) · value (in people)", totals.value),
        (
            "Người chưa có sóng trước đó · people without before",
            totals.people_without_before,
        ),
    ];
    sheet.write_with_format(0, 0, "Phương án · plan", bold)?;
    sheet.write(0, 1, run.id.as_str())?;
    for (row, (name, value)) in (1u32..).zip(rows) {
        sheet.write(row, 0, name)?;
        sheet.write(row, 1, (value * 10.0).round() / 10.0)?;
    }
    let solution = &plan.solution;
    let proof = [
        ("Mục tiêu · objective", Some(solution.objective)),
        ("Cận đã chứng minh · proved bound", solution.bound),
        ("Khoảng cách · gap (%)", solution.gap.map(|gap| 100.0 * gap)),
        (
            "Giá của triệu đồng cuối (người) · price of the last million (people)",
            plan.price_of_last_million,
        ),
    ];
    for (row, (name, value)) in (12u32..).zip(proof) {
        sheet.write(row, 0, name)?;
        if let Some(value) = value {
            sheet.write(row, 1, value)?;
        }
    }
    for (row, phase) in (18u32..).zip(&plan.by_phase) {
        sheet.write(row, 0, format!("Giai đoạn · phase {}", phase.name))?;
        sheet.write(row, 1, phase.actions)?;
        sheet.write(row, 2, phase.capital_million_vnd)?;
        sheet.write(row, 3, phase.people.round())?;
    }
    Ok(())
}

const COLUMNS: [&str; 20] = [
    "Hạng",
    "Mã đề xuất",
    "Hành động",
    "Nhà mạng",
    "Công nghệ",
    "Mã vị trí",
    "Chủ sở hữu",
    "Kinh độ",
    "Vĩ độ",
    "Độ cao anten (m)",
    "Xã, phường",
    "Khu, cụm",
    "Truyền dẫn",
    "Vốn (triệu đồng)",
    "Chi phí năm (triệu đồng)",
    "Thêm người",
    "Số thôn",
    "Thôn",
    "Vốn mỗi người (triệu đồng)",
    "Lý do",
];

fn actions_table(sheet: &mut Worksheet, actions: &[&PlannedAction], bold: &Format) -> Result<(), XlsxError> {
    for (column, name) in (0u16..).zip(COLUMNS) {
        sheet.write_with_format(0, column, name, bold)?;
    }
    sheet.set_freeze_panes(1, 2)?;
    for (row, action) in (1u32..).zip(actions) {
        let candidate = &action.candidate;
        let villages: Vec<&str> = action
            .gain
            .villages
            .iter()
            .map(|village| village.name.as_str())
            .collect();
        let texts = [
            (1, candidate.id.as_str()),
            (2, candidate.action.label_vi()),
            (3, candidate.operator.as_str()),
            (4, candidate.technology.key()),
            (5, candidate.site_code.as_deref().unwrap_or("")),
            (6, candidate.host_owner.as_deref().unwrap_or("")),
            (10, candidate.commune_code.as_deref().unwrap_or("")),
            (19, action.reason_vi.as_str()),
        ];
        for (column, text) in texts {
            sheet.write_string(row, column, text)?;
        }
        sheet.write_string(row, 11, candidate.zone_codes.join("; "))?;
        sheet.write_string(row, 12, candidate.backhaul.to.as_deref().unwrap_or(""))?;
        sheet.write_string(row, 17, villages.join("; "))?;
        let numbers = [
            (0, f64::from(action.rank)),
            (7, candidate.position.lon_deg),
            (8, candidate.position.lat_deg),
            (9, candidate.antenna_height_m),
            (13, candidate.capital_million_vnd),
            (14, candidate.yearly_million_vnd),
            (15, action.gain.people.round()),
            (16, villages.len() as f64),
        ];
        for (column, number) in numbers {
            sheet.write_number(row, column, number)?;
        }
        if let Some(cost) = action.cost_per_person_million_vnd {
            sheet.write_number(row, 18, (cost * 1000.0).round() / 1000.0)?;
        }
    }
    sheet.autofilter(0, 0, actions.len() as u32, COLUMNS.len() as u16 - 1)?;
    Ok(())
}

fn parameters(sheet: &mut Worksheet, plan: &Plan, run: &Run, bold: &Format) -> Result<(), XlsxError> {
    sheet.set_name("Tham số")?;
    sheet.set_column_width(0, 30)?.set_column_width(1, 90)?;
    sheet.write_with_format(0, 0, "Mã băm · hash", bold)?;
    sheet.write(0, 1, run.id.as_str())?;
    sheet.write(1, 0, "Nguồn chi phí · costs")?;
    sheet.write(1, 1, plan.costs.source.as_str())?;
    let fields = run.parameters.as_object().into_iter().flatten();
    for (row, (name, value)) in (2u32..).zip(fields) {
        sheet.write_string(row, 0, name)?;
        sheet.write_string(row, 1, value.to_string())?;
    }
    Ok(())
}
