//! The tables that page and document share, as text.

use std::collections::BTreeMap;

use jiff::civil::Date;

use super::Report;
use super::zone_rows::zone_rows;
use crate::document::Unit;
use crate::evaluate::{IndicatorResult, ReadingResult};
use crate::number::{self, Language};
use crate::villages::VillageClass;
use crate::workflow::Delivery;

/// A table of text; headers say whether their column is set to the right.
pub(super) struct Table {
    pub title: String,
    pub headers: Vec<(String, bool)>,
    pub rows: Vec<Vec<String>>,
}

impl Table {
    /// `headers`: Vietnamese, English, numeric.
    fn new(report: &Report<'_>, title: (&str, &str), headers: &[(&str, &str, bool)]) -> Self {
        Self {
            title: report.say(title.0, title.1).to_owned(),
            headers: headers
                .iter()
                .map(|&(vi, en, numeric)| (report.say(vi, en).to_owned(), numeric))
                .collect(),
            rows: Vec::new(),
        }
    }
}

/// Issuer, country, motto, place and date.
pub(super) fn heading(report: &Report<'_>) -> [String; 4] {
    let document = &report.programme.document;
    let day = report.evaluation.today;
    let dated = match report.language {
        Language::Vietnamese => {
            format!(
                "{}, ngày {:02} tháng {:02} năm {}",
                document.place_vi,
                day.day(),
                day.month(),
                day.year()
            )
        }
        Language::English => format!("{}, {day}", document.place_vi),
    };
    [
        document.issuer_vi.clone(),
        report
            .say("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "SOCIALIST REPUBLIC OF VIET NAM")
            .to_owned(),
        report
            .say("Độc lập - Tự do - Hạnh phúc", "Independence - Freedom - Happiness")
            .to_owned(),
        dated,
    ]
}

/// All tables of a report that have rows.
pub(super) fn tables(report: &Report<'_>) -> Vec<Table> {
    let all = [
        indicators(report),
        readings(report),
        planner(report),
        zones(report),
        villages(report),
        deliveries(report),
    ];
    all.into_iter().filter(|table| !table.rows.is_empty()).collect()
}

/// A value with its unit; empty when there is none.
fn value(report: &Report<'_>, value: Option<f64>, unit: Unit) -> String {
    let Some(value) = value else { return String::new() };
    let text = number::number(value, number::decimals(unit), report.language);
    format!("{text} {}", number::unit(unit, report.language))
        .trim_end()
        .to_owned()
}

fn day(report: &Report<'_>, day: Option<Date>) -> String {
    day.map(|day| number::date(day, report.language)).unwrap_or_default()
}

fn indicators(report: &Report<'_>) -> Table {
    let mut table = Table::new(
        report,
        ("Kết quả các chỉ tiêu", "Indicators"),
        &[
            ("TT", "No", true),
            ("Chỉ tiêu", "Indicator", false),
            ("Loại", "Class", false),
            ("Hiện trạng", "Baseline", true),
            ("Mục tiêu", "Target", true),
            ("Thời hạn", "Deadline", false),
            ("Kết quả", "Value", true),
            ("Còn thiếu", "Missing", true),
            ("Tình trạng", "Status", false),
            ("Điều khoản", "Clause", false),
        ],
    );
    for (index, row) in report.evaluation.indicators.iter().enumerate() {
        table.rows.push(vec![
            (index + 1).to_string(),
            indicator_name(report, row),
            format!("{:?}", row.class),
            value(report, row.baseline, row.unit),
            value(report, row.target, row.unit),
            day(report, row.deadline),
            value(report, row.value, row.unit),
            value(report, row.gap, row.unit),
            status(report, row),
            row.clause.clone(),
        ]);
    }
    table
}

/// Name, with what a share is of.
pub(super) fn indicator_name(report: &Report<'_>, row: &IndicatorResult) -> String {
    let title = report.say(&row.name_vi, &row.name_en);
    let of = match report.language {
        Language::Vietnamese => row.denominator_vi.as_deref(),
        Language::English => row.denominator_en.as_deref(),
    };
    of.map_or_else(
        || title.to_owned(),
        |of| format!("{title} ({} {of})", report.say("trên", "of")),
    )
}

/// Standing, with the reason where there is no value.
pub(super) fn status(report: &Report<'_>, row: &IndicatorResult) -> String {
    let label = report.say(row.status.label_vi(), row.status.label_en());
    row.reason.as_ref().map_or_else(
        || label.to_owned(),
        |reason| format!("{label}: {}", report.half(reason)),
    )
}

fn readings(report: &Report<'_>) -> Table {
    let mut table = Table::new(
        report,
        ("Các cách tính", "Readings"),
        &[
            ("Chỉ tiêu", "Indicator", false),
            ("Cách tính", "Reading", false),
            ("Dùng", "Used", false),
            ("Công thức", "Formula", false),
            ("Tử số", "Numerator", true),
            ("Mẫu số", "Denominator", true),
            ("Kết quả", "Value", true),
            ("Tình trạng", "Status", false),
        ],
    );
    for indicator in &report.evaluation.indicators {
        for reading in &indicator.readings {
            table.rows.push(reading_row(report, indicator, reading));
        }
    }
    table
}

fn reading_row(report: &Report<'_>, indicator: &IndicatorResult, reading: &ReadingResult) -> Vec<String> {
    let whole = |value: Option<f64>| {
        value
            .map(|value| number::number(value, 0, report.language))
            .unwrap_or_default()
    };
    let figure = reading.figure.as_ref();
    let standing = report.say(reading.status.label_vi(), reading.status.label_en());
    vec![
        report.say(&indicator.name_vi, &indicator.name_en).to_owned(),
        report.say(&reading.name_vi, &reading.name_en).to_owned(),
        if reading.used { "✓".to_owned() } else { String::new() },
        reading.formula.clone(),
        whole(figure.and_then(|figure| figure.numerator)),
        whole(figure.and_then(|figure| figure.denominator)),
        value(report, figure.map(|figure| figure.value), reading.unit),
        reading
            .reason
            .as_ref()
            .map_or(standing, |reason| report.half(reason))
            .to_owned(),
    ]
}

fn planner(report: &Report<'_>) -> Table {
    let mut table = Table::new(
        report,
        ("Việc còn phải làm", "Still to do"),
        &[("Nội dung", "What", false), ("Số lượng", "Number", true)],
    );
    let goal = &report.evaluation.planner;
    let technology = goal.technology.to_uppercase();
    if let Some(actions) = goal.actions {
        let what = report.say("Trạm lắp mới hoặc nâng cấp", "stations to add or upgrade");
        table
            .rows
            .push(vec![format!("{what} {technology}"), actions.to_string()]);
    }
    if let Some(inside) = goal.minimum_in_zones {
        let what = report.say("Trong đó ở khu, cụm, ít nhất", "of them in zones, at least");
        table.rows.push(vec![what.to_owned(), inside.to_string()]);
    }
    for (operator, count) in &goal.quotas {
        table.rows.push(vec![
            format!("{} {operator}", report.say("Phân bổ:", "quota:")),
            count.to_string(),
        ]);
    }
    table
}

fn zones(report: &Report<'_>) -> Table {
    let title = (
        "Trạm theo khu, cụm (trạm trong khu lồng nhau tính một lần ở cột cuối)",
        "Stations by zone (stations in nested zones counted once in the last column)",
    );
    let mut table = Table::new(
        report,
        title,
        &[
            ("Mã", "Code", false),
            ("Tên", "Name", false),
            ("Diện tích (ha)", "Area (ha)", true),
            ("Trạm 4G", "4G stations", true),
            ("Trạm 5G", "5G stations", true),
            ("Trạm 5G, tính một lần", "5G stations, once", true),
        ],
    );
    let rows: Vec<_> = zone_rows(&report.facts).into_iter().filter(|row| row.exists).collect();
    for row in &rows {
        table.rows.push(vec![
            row.code.clone(),
            row.name.clone(),
            number::number(row.area_ha, 2, report.language),
            row.stations_4g.to_string(),
            row.stations_5g.to_string(),
            row.stations_5g_once.to_string(),
        ]);
    }
    if !rows.is_empty() {
        let once: usize = rows.iter().map(|row| row.stations_5g_once).sum();
        let mut total = vec![String::new(); 6];
        report.say("Tổng cộng", "Total").clone_into(&mut total[1]);
        total[5] = once.to_string();
        table.rows.push(total);
    }
    table
}

fn villages(report: &Report<'_>) -> Table {
    let mut table = Table::new(
        report,
        ("Thôn, bản theo loại và hướng xử lý", "Villages by class and route"),
        &[
            ("Loại", "Class", false),
            ("Hướng xử lý", "Route", false),
            ("Số thôn", "Villages", true),
            ("Dân số", "People", true),
        ],
    );
    let mut groups: BTreeMap<(VillageClass, &str), (f64, f64)> = BTreeMap::new();
    for row in report.villages {
        let group = groups
            .entry((row.class, report.say(&row.route_vi, &row.route_en)))
            .or_default();
        group.0 += 1.0;
        group.1 += row.population.unwrap_or_default();
    }
    for ((class, route), (count, people)) in groups {
        table.rows.push(vec![
            report.say(class.label_vi(), class.label_en()).to_owned(),
            route.to_owned(),
            number::number(count, 0, report.language),
            number::number(people, 0, report.language),
        ]);
    }
    table
}

/// Standing of a deliverable in words.
pub(super) fn delivery(report: &Report<'_>, status: Delivery) -> &'static str {
    let (vi, en) = match status {
        Delivery::Received => ("Đã nhận", "received"),
        Delivery::ReceivedLate => ("Nhận muộn", "received late"),
        Delivery::Missing => ("Chưa nhận, quá hạn", "missing"),
        Delivery::Open => ("Chưa đến hạn", "open"),
    };
    report.language.pick(vi, en)
}

fn deliveries(report: &Report<'_>) -> Table {
    let mut table = Table::new(
        report,
        ("Tiến độ báo cáo", "Deliverables"),
        &[
            ("Nội dung", "What", false),
            ("Đơn vị", "Who", false),
            ("Thời hạn", "Due", false),
            ("Ngày nhận", "Received", false),
            ("Tình trạng", "Status", false),
            ("Điều khoản", "Clause", false),
        ],
    );
    for row in report.deliveries {
        table.rows.push(vec![
            row.name_vi.clone(),
            row.who.clone(),
            day(report, row.due),
            day(report, row.received),
            delivery(report, row.status).to_owned(),
            row.clause.clone(),
        ]);
    }
    table
}
