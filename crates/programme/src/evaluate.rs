//! A programme measured on a day's facts.

use jiff::civil::Date;
use serde::Serialize;

use crate::document::{Class, Direction, Indicator, Programme, Reading, Source, Unit};
use crate::facts::{Facts, Reported};
use crate::measure::Counted;
use crate::status::{Status, current_target, status};

/// The result: every indicator with its figures.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Evaluation {
    /// Programme's key.
    pub programme: String,
    /// Its title.
    pub title_vi: String,
    /// Its title in English.
    pub title_en: String,
    /// Number of the document.
    pub document: String,
    /// The day.
    pub today: Date,
    /// The coverage run, where there is one.
    pub run: Option<String>,
    /// Indicators, in the document's order.
    pub indicators: Vec<IndicatorResult>,
    /// What the planner is asked for.
    pub planner: PlannerGoal,
    /// What the reader must know.
    pub warnings: Vec<String>,
}

/// One indicator measured.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct IndicatorResult {
    /// Indicator's id.
    pub id: String,
    /// Its number in the table of all indicators.
    pub row: u32,
    /// Name in Vietnamese.
    pub name_vi: String,
    /// Name in English.
    pub name_en: String,
    /// Class.
    pub class: Class,
    /// Unit of `value`, `baseline` and `target`.
    pub unit: Unit,
    /// What a share is of.
    pub denominator_vi: Option<String>,
    /// What a share is of, in English.
    pub denominator_en: Option<String>,
    /// Clause.
    pub clause: String,
    /// Whether it is a bar of the nation.
    pub national: bool,
    /// Source.
    pub source: Source,
    /// Value at the start.
    pub baseline: Option<f64>,
    /// Value to reach next.
    pub target: Option<f64>,
    /// Deadline of it.
    pub deadline: Option<Date>,
    /// The value that counts: computed by the used reading (class A) or last reported (class B).
    pub value: Option<f64>,
    /// What is missing to the target; 0 when it is met.
    pub gap: Option<f64>,
    /// Standing.
    pub status: Status,
    /// Why there is no value.
    pub reason: Option<String>,
    /// Every reading, side by side.
    pub readings: Vec<ReadingResult>,
    /// Everything reported, newest first.
    pub reported: Vec<Reported>,
    /// Reported value minus computed value, where there are both.
    pub conflict: Option<f64>,
}

/// One reading measured.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ReadingResult {
    /// Reading's id.
    pub id: String,
    /// Whether the programme uses it.
    pub used: bool,
    /// Name in Vietnamese.
    pub name_vi: String,
    /// Name in English.
    pub name_en: String,
    /// The formula in words.
    pub formula: String,
    /// Unit of the figure.
    pub unit: Unit,
    /// Target of this reading.
    pub target: Option<f64>,
    /// Standing of this reading.
    pub status: Status,
    /// The figure and the rows behind it.
    pub figure: Option<Counted>,
    /// Why there is none.
    pub reason: Option<String>,
}

/// What the programme asks the planner for.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct PlannerGoal {
    /// Technology, `"4g"` or `"5g"`.
    pub technology: String,
    /// Stations still missing: the number of actions.
    pub actions: Option<u32>,
    /// Of them at least so many in zones.
    pub minimum_in_zones: Option<u32>,
    /// Actions by operator, scaled to `actions`.
    pub quotas: Vec<(String, u32)>,
}

/// Measures every indicator of a programme.
#[must_use]
pub fn evaluate(programme: &Programme, facts: &Facts<'_>) -> Evaluation {
    let indicators: Vec<IndicatorResult> = programme
        .indicators
        .iter()
        .map(|indicator| measure(programme, indicator, facts))
        .collect();
    let planner = planner_goal(programme, &indicators);
    Evaluation {
        programme: programme.key.clone(),
        title_vi: programme.title_vi.clone(),
        title_en: programme.title_en.clone(),
        document: programme.document.number.clone(),
        today: facts.today,
        run: facts.coverage.map(|coverage| coverage.run.clone()),
        indicators,
        planner,
        warnings: warnings(programme, facts.today),
    }
}

fn warnings(programme: &Programme, today: Date) -> Vec<String> {
    let document = &programme.document;
    let Some(end) = document.area_valid_to.filter(|end| *end <= today) else {
        return Vec::new();
    };
    let area = document.area_vi.as_deref().unwrap_or_default();
    vec![format!(
        "{area} không còn từ {}: hiện trạng cũ vẫn được báo cáo, so sánh với địa bàn mới qua bảng chuyển đổi xã và chỉ gần đúng",
        crate::number::date_vi(end)
    )]
}

fn measure(programme: &Programme, indicator: &Indicator, facts: &Facts<'_>) -> IndicatorResult {
    let mut reported: Vec<Reported> = facts
        .reported
        .iter()
        .filter(|row| row.programme == programme.key && row.indicator == indicator.id && row.date <= facts.today)
        .cloned()
        .collect();
    reported.sort_by_key(|row| std::cmp::Reverse(row.date));
    let baseline = indicator.baseline.as_ref().map(|baseline| baseline.value);
    let target = current_target(&indicator.targets, facts.today);
    let goal = target.and_then(|target| target.resolve(baseline));
    let by = target.and_then(|target| target.by);
    let readings: Vec<ReadingResult> = indicator
        .readings
        .iter()
        .map(|reading| read(indicator, reading, goal, by, facts))
        .collect();
    let used = readings.iter().find(|reading| reading.used);
    let computed = used
        .and_then(|reading| reading.figure.as_ref())
        .map(|figure| figure.value);
    let latest = reported.first().map(|row| row.value);
    let value = if indicator.class == Class::A { computed } else { latest };
    let reason = value.is_none().then(|| match indicator.class {
        Class::A => used.and_then(|reading| reading.reason.clone()).unwrap_or_default(),
        Class::B => "chưa có số liệu báo cáo · nothing reported yet".to_owned(),
        Class::C => "chỉ viện dẫn, không có số để tính · cited only, no number".to_owned(),
    });
    let standing = status(
        value,
        goal,
        by,
        indicator.baseline.as_ref(),
        indicator.direction,
        facts.today,
    );
    IndicatorResult {
        id: indicator.id.clone(),
        row: indicator.row,
        name_vi: indicator.name_vi.clone(),
        name_en: indicator.name_en.clone(),
        class: indicator.class,
        unit: indicator.unit,
        denominator_vi: indicator.denominator_vi.clone(),
        denominator_en: indicator.denominator_en.clone(),
        clause: indicator.clause.clone(),
        national: indicator.national,
        source: indicator.source.clone(),
        baseline,
        target: goal,
        deadline: by,
        value,
        gap: gap(value, goal, indicator.direction),
        status: standing,
        reason,
        conflict: latest
            .zip(computed)
            .map(|(reported, computed)| reported - computed)
            .filter(|gap| gap.abs() > 1e-9),
        readings,
        reported,
    }
}

fn read(
    indicator: &Indicator,
    reading: &Reading,
    goal: Option<f64>,
    by: Option<Date>,
    facts: &Facts<'_>,
) -> ReadingResult {
    let (figure, reason) = match reading.formula.compute(facts) {
        Ok(figure) => (Some(figure), None),
        Err(reason) => (None, Some(reason)),
    };
    let same_unit = reading.formula.unit() == indicator.unit;
    let target = reading.target.or(goal.filter(|_| same_unit));
    let value = figure.as_ref().map(|figure| figure.value);
    let baseline = indicator.baseline.as_ref().filter(|_| reading.used);
    ReadingResult {
        id: reading.id.clone(),
        used: reading.used,
        name_vi: reading.name_vi.clone(),
        name_en: reading.name_en.clone(),
        formula: reading.formula.formula(),
        unit: reading.formula.unit(),
        target,
        status: status(value, target, by, baseline, indicator.direction, facts.today),
        figure,
        reason,
    }
}

fn gap(value: Option<f64>, goal: Option<f64>, direction: Direction) -> Option<f64> {
    let (value, goal) = value.zip(goal)?;
    let missing = match direction {
        Direction::AtLeast => goal - value,
        Direction::AtMost => value - goal,
    };
    Some(missing.max(0.0))
}

/// The gaps of the linked indicators, as whole actions, and the quotas scaled to them (largest remainder).
fn planner_goal(programme: &Programme, indicators: &[IndicatorResult]) -> PlannerGoal {
    let missing = |id: &Option<String>| {
        let id = id.as_ref()?;
        let result = indicators.iter().find(|result| result.id == *id)?;
        // A gap of stations is far below 2³².
        Some(result.gap?.ceil() as u32)
    };
    let actions = missing(&programme.planner.actions_from);
    PlannerGoal {
        technology: programme.planner.technology.key().to_owned(),
        actions,
        minimum_in_zones: missing(&programme.planner.minimum_in_zones_from),
        quotas: actions
            .map(|actions| scale_quotas(programme, actions))
            .unwrap_or_default(),
    }
}

fn scale_quotas(programme: &Programme, actions: u32) -> Vec<(String, u32)> {
    let total: u32 = programme.quotas.iter().map(|quota| quota.actions).sum();
    if total == 0 {
        return Vec::new();
    }
    let exact = |quota: u32| u64::from(quota) * u64::from(actions);
    let mut scaled: Vec<(String, u32)> = programme
        .quotas
        .iter()
        .map(|quota| (quota.operator.clone(), (exact(quota.actions) / u64::from(total)) as u32))
        .collect();
    let mut order: Vec<usize> = (0..scaled.len()).collect();
    order.sort_by_key(|&index| std::cmp::Reverse(exact(programme.quotas[index].actions) % u64::from(total)));
    let given: u32 = scaled.iter().map(|(_, count)| count).sum();
    for &index in order.iter().take((actions - given) as usize) {
        scaled[index].1 += 1;
    }
    scaled
}
