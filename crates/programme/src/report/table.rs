//! The tables that page and document share, as text.

use std::collections::BTreeMap;

use jiff::civil::Date;

use super::Report;
use super::zone_rows::zone_rows;
use crate::document::Actor;
use crate::document::Unit;
use crate::evaluate::{IndicatorResult, ReadingResult};
use crate::number::{self, Language};
use crate::status::Status;
use crate::villages::VillageClass;
use crate::workflow::Delivery;

/// A table of text; headers say whether their column is set to the right.
pub(super) struct Table {
    pub title: String,
    pub headers: Vec<(String, bool)>,
    pub rows: Vec<Vec<String>>,
    /// Whether the last row adds the others up.
    pub totalled: bool,
}

impl Table {
    /// `headers`: Vietnamese, English, numeric.
    pub(super) fn new(language: Language, title: (&str, &str), headers: &[(&str, &str, bool)]) -> Self {
        Self {
            title: language.pick(title.0, title.1).to_owned(),
            headers: headers
                .iter()
                .map(|&(vi, en, numeric)| (language.pick(vi, en).to_owned(), numeric))
                .collect(),
            rows: Vec::new(),
            totalled: false,
        }
    }

    /// Adds the last row.
    pub(super) fn total(&mut self, row: Vec<String>) {
        self.rows.push(row);
        self.totalled = true;
    }

    /// Widths of the columns, together at most `usable`, where a small letter takes `character` and a cell's edges `edges` (all in
    /// one unit): no word is broken as long as there is room, and what is long gets of the rest.
    pub(super) fn widths(&self, usable: u32, character: u32, edges: u32) -> Vec<u32> {
        let width = |tenths: u32| tenths * character / 10 + edges;
        let columns = 0..self.headers.len();
        let least: Vec<u32> = columns.clone().map(|index| width(self.longest_word(index))).collect();
        let least_of_all = least.iter().sum::<u32>().max(1);
        if least_of_all >= usable {
            return least.iter().map(|width| width * usable / least_of_all).collect();
        }
        let wish = |index: usize| width(self.usual_text(index)).saturating_sub(least[index]);
        let wishes: Vec<u32> = columns.map(wish).collect();
        let wished = wishes.iter().sum::<u32>().max(1);
        let rest = usable - least_of_all;
        least
            .iter()
            .zip(&wishes)
            .map(|(least, wish)| least + (u64::from(rest) * u64::from(*wish) / u64::from(wished)) as u32)
            .collect()
    }

    fn cells(&self, index: usize) -> impl Iterator<Item = &str> {
        self.rows
            .iter()
            .filter_map(move |row| row.get(index))
            .map(String::as_str)
    }

    /// The longest word of a column; headers are bold.
    fn longest_word(&self, index: usize) -> u32 {
        let cells = self.cells(index).map(longest_word);
        cells
            .chain([longest_word(&self.headers[index].0) * 6 / 5])
            .max()
            .unwrap_or(0)
    }

    /// How long a column's texts are on average: what its width is wished by. Nobody reads a line of more than 40 characters in a table.
    fn usual_text(&self, index: usize) -> u32 {
        let rows = (self.rows.len() as u32).max(1);
        let sum: u32 = self.cells(index).map(|text| tenths(text).min(400)).sum();
        (sum / rows).max(tenths(&self.headers[index].0))
    }
}

/// The longest part of a text that stands on one line; a date stays whole.
fn longest_word(text: &str) -> u32 {
    let of = |word: &str| {
        let is_date = word.chars().all(|letter| letter.is_ascii_digit() || letter == '-');
        let parts = word.split(|letter| letter == '-' && !is_date);
        parts.map(tenths).max().unwrap_or(0)
    };
    text.split([' ', '\n']).map(of).max().unwrap_or(0)
}

/// How wide a text is in tenths of a small letter: capitals take more.
fn tenths(text: &str) -> u32 {
    text.chars()
        .map(|letter| {
            if letter.is_uppercase() {
                15
            } else if letter.is_ascii_digit() {
                11
            } else {
                10
            }
        })
        .sum()
}

/// Sentences that say how the programme stands.
pub(super) fn summary(report: &Report<'_>) -> Vec<String> {
    let language = report.language;
    let results = &report.evaluation.indicators;
    let of = |status: Status| results.iter().filter(|row| row.status == status).count();
    let statuses = [
        Status::Met,
        Status::OnTrack,
        Status::AtRisk,
        Status::Late,
        Status::NotComputable,
        Status::NoTarget,
    ];
    let counted: Vec<String> = statuses
        .into_iter()
        .filter(|status| of(*status) > 0)
        .map(|status| match language {
            Language::Vietnamese => format!("{} chỉ tiêu {}", of(status), status.label_vi().to_lowercase()),
            Language::English => format!("{} {}", of(status), status.label_en()),
        })
        .collect();
    let day = number::date(report.evaluation.today, language);
    let counted = counted.join(", ");
    let mut sentences = vec![match language {
        Language::Vietnamese => format!(
            "Đến ngày {day}, trong {} chỉ tiêu của kế hoạch: {counted}.",
            results.len()
        ),
        Language::English => format!("On {day}, of the programme's {} indicators: {counted}.", results.len()),
    }];
    let conflicts = results
        .iter()
        .filter_map(|row| Some((row, row.conflict?, row.reported.first()?)));
    for (row, conflict, reported) in conflicts {
        let unit = row.estimate.as_ref().map_or(row.unit, |estimate| estimate.unit);
        let said = value(report, Some(reported.value), row.unit);
        let computed = value(report, Some(reported.value - conflict), unit);
        sentences.push(match language {
            Language::Vietnamese => format!(
                "Chỉ tiêu «{}»: số báo cáo {said} ({}, ngày {}) khác số tính từ bản đồ {computed}; cả hai được giữ nguyên.",
                row.name_vi,
                reported.source,
                number::date_vi(reported.date)
            ),
            Language::English => format!(
                "{}: the reported {said} ({}, {}) differs from the computed {computed}; both stand.",
                row.name_en, reported.source, reported.date
            ),
        });
    }
    sentences
}

/// The tables before the signature that have rows.
pub(super) fn main_tables(report: &Report<'_>) -> Vec<Table> {
    let all = [indicators(report), planner(report), deliveries(report)];
    all.into_iter().filter(|table| !table.rows.is_empty()).collect()
}

/// The annexes that have rows.
pub(super) fn annexes(report: &Report<'_>) -> Vec<Table> {
    let all = [readings(report), reported(report), zones(report), villages(report)];
    all.into_iter().filter(|table| !table.rows.is_empty()).collect()
}

/// A value with its unit; empty when there is none.
fn value(report: &Report<'_>, value: Option<f64>, unit: Unit) -> String {
    let Some(value) = value else { return String::new() };
    let text = number::number(value, number::decimals(unit), report.language);
    // A number and its unit stay on one line, unless the unit is a phrase.
    const PHRASE: usize = 10;
    let unit = number::unit(unit, report.language);
    let unit = if unit.chars().count() < PHRASE {
        unit.replace(' ', "\u{a0}")
    } else {
        unit.to_owned()
    };
    format!("{text}\u{a0}{unit}").trim_end().to_owned()
}

fn day(report: &Report<'_>, day: Option<Date>) -> String {
    day.map(|day| number::date(day, report.language)).unwrap_or_default()
}

fn indicators(report: &Report<'_>) -> Table {
    let mut table = Table::new(
        report.language,
        ("Kết quả các chỉ tiêu", "Indicators"),
        &[
            ("TT", "No", true),
            ("Chỉ tiêu", "Indicator", false),
            ("Hiện trạng", "Baseline", true),
            ("Mục tiêu", "Target", true),
            ("Thời hạn", "Deadline", false),
            ("Kết quả", "Value", true),
            ("Tình trạng", "Status", false),
            ("Điều khoản", "Clause", false),
        ],
    );
    for (index, row) in report.evaluation.indicators.iter().enumerate() {
        table.rows.push(vec![
            (index + 1).to_string(),
            indicator_name(report, row),
            value(report, row.baseline, row.unit),
            value(report, row.target, row.unit),
            day(report, row.deadline),
            value(report, row.value, row.unit),
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
    // "Per 100 people" is in the unit already.
    of.filter(|_| row.unit != Unit::Per100People).map_or_else(
        || title.to_owned(),
        |of| format!("{title} ({} {of})", report.say("trên", "of")),
    )
}

/// Standing, with the reason where there is no value.
pub(super) fn status(report: &Report<'_>, row: &IndicatorResult) -> String {
    let label = report.say(row.status.label_vi(), row.status.label_en());
    row.reason.as_ref().map_or_else(
        || label.to_owned(),
        |reason| format!("{label}: {}", reason.pick(report.language)),
    )
}

fn readings(report: &Report<'_>) -> Table {
    let mut table = Table::new(
        report.language,
        ("Các cách tính", "Readings"),
        &[
            ("Chỉ tiêu", "Indicator", false),
            ("Cách tính", "Reading", false),
            ("Dùng", "Used", false),
            ("Công thức", "Formula", false),
            ("Tử số", "Numerator", true),
            ("Mẫu số", "Denominator", true),
            ("Kết quả", "Value", true),
            ("Mục tiêu", "Target", true),
            ("Khoảng", "Range", true),
            ("Tình trạng", "Status", false),
            ("Điều khoản", "Clause", false),
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
        report.say(&reading.formula_vi, &reading.formula).to_owned(),
        whole(figure.and_then(|figure| figure.numerator)),
        whole(figure.and_then(|figure| figure.denominator)),
        value(report, figure.map(|figure| figure.value), reading.unit),
        value(report, reading.target, reading.unit),
        figure
            .and_then(|figure| figure.range)
            .map(|[low, high]| {
                let say = |bound| number::number(bound, number::decimals(reading.unit), report.language);
                format!("{} – {}", say(low), say(high))
            })
            .unwrap_or_default(),
        reading
            .reason
            .as_ref()
            .map_or(standing, |reason| reason.pick(report.language))
            .to_owned(),
        indicator.clause.clone(),
    ]
}

/// All that people reported, the newest first, beside what the map or the model says today.
fn reported(report: &Report<'_>) -> Table {
    let mut table = Table::new(
        report.language,
        ("Số liệu báo cáo", "Reported figures"),
        &[
            ("Chỉ tiêu", "Indicator", false),
            ("Số báo cáo", "Reported", true),
            ("Ngày", "Day", false),
            ("Nguồn", "Source", false),
            ("Người nhập", "Entered by", false),
            ("Số từ bản đồ, mô hình", "From the map or model", true),
            ("Điều khoản", "Clause", false),
        ],
    );
    for result in &report.evaluation.indicators {
        let used = result.readings.iter().find(|reading| reading.used);
        let computed = used.and_then(|reading| Some((reading.figure.as_ref()?.value, reading.unit)));
        for row in &result.reported {
            table.rows.push(vec![
                report.say(&result.name_vi, &result.name_en).to_owned(),
                value(report, Some(row.value), result.unit),
                day(report, Some(row.date)),
                row.source.clone(),
                row.who.clone(),
                computed
                    .map(|(computed, unit)| value(report, Some(computed), unit))
                    .unwrap_or_default(),
                result.clause.clone(),
            ]);
        }
    }
    table
}

fn planner(report: &Report<'_>) -> Table {
    let mut table = Table::new(
        report.language,
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
        report.language,
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
        table.total(total);
    }
    table
}

fn villages(report: &Report<'_>) -> Table {
    let mut table = Table::new(
        report.language,
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
        report.language,
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
            report.say(&row.name_vi, &row.name_en).to_owned(),
            Actor::label(&row.who, report.language).to_owned(),
            day(report, row.due),
            day(report, row.received),
            delivery(report, row.status).to_owned(),
            row.clause.clone(),
        ]);
    }
    table
}
