//! One indicator: its readings, its value, how it stands.

use jiff::civil::Date;

use super::result::{Estimate, IndicatorResult, ReadingResult};
use crate::document::{Class, Direction, Indicator, Programme, Reading};
use crate::facts::{Facts, Reported};
use crate::status::{self, current_target};
use crate::text::Text;

pub(super) fn measure(programme: &Programme, indicator: &Indicator, facts: &Facts<'_>) -> IndicatorResult {
    let reported = reported(programme, indicator, facts);
    let baseline = indicator.baseline.as_ref();
    let target = current_target(&indicator.targets, facts.today);
    let goal = target.and_then(|target| target.resolve(baseline.map(|baseline| baseline.value)));
    let by = target.and_then(|target| target.by);
    let readings: Vec<ReadingResult> = indicator
        .readings
        .iter()
        .map(|reading| read(indicator, reading, goal, by, facts))
        .collect();
    let used = readings.iter().find(|reading| reading.used);
    let computed = used.and_then(|reading| Some((reading, reading.figure.as_ref()?.value)));
    let latest = reported.first().map(|row| row.value);
    let value = match indicator.class {
        Class::A => computed.map(|(_, value)| value),
        Class::B | Class::C => latest,
    };
    let reason = value.is_none().then(|| no_value(indicator.class, used));
    let standing = status::stand(value, goal, by, baseline, indicator.direction, facts.today);
    IndicatorResult {
        id: indicator.id.clone(),
        row: indicator.row,
        name_vi: indicator.name_vi.clone(),
        name_en: indicator.name_en.clone(),
        class: indicator.class,
        unit: indicator.unit,
        direction: indicator.direction,
        denominator_vi: indicator.denominator_vi.clone(),
        denominator_en: indicator.denominator_en.clone(),
        clause: indicator.clause.clone(),
        national: indicator.national,
        source: indicator.source.clone(),
        baseline: baseline.map(|baseline| baseline.value),
        baseline_date: baseline.map(|baseline| baseline.date),
        target: goal,
        deadline: by,
        targets: indicator.targets.clone(),
        expected: standing.expected,
        value,
        gap: gap(value, goal, indicator.direction),
        status: standing.status,
        status_reason: standing.reason(reason.as_ref(), value, goal, by, indicator.unit),
        reason,
        estimate: computed
            .filter(|_| indicator.class == Class::B)
            .map(|(reading, value)| Estimate {
                value,
                unit: reading.unit,
                reading: reading.id.clone(),
            }),
        conflict: latest
            .zip(computed)
            .map(|(reported, (_, computed))| reported - computed)
            .filter(|gap| gap.abs() > 1e-9),
        readings,
        reported,
    }
}

/// What was reported of an indicator up to the day, newest first.
fn reported(programme: &Programme, indicator: &Indicator, facts: &Facts<'_>) -> Vec<Reported> {
    let mut rows: Vec<Reported> = facts
        .reported
        .iter()
        .filter(|row| row.programme == programme.key && row.indicator == indicator.id && row.date <= facts.today)
        .cloned()
        .collect();
    // Of two of the same day the one entered later counts: a correction.
    rows.reverse();
    rows.sort_by_key(|row| std::cmp::Reverse(row.date));
    rows
}

fn no_value(class: Class, used: Option<&ReadingResult>) -> Text {
    match class {
        Class::A => used.and_then(|reading| reading.reason.clone()).unwrap_or_default(),
        Class::B => Text::new("chưa có số liệu báo cáo", "nothing reported yet"),
        Class::C => Text::new("chỉ viện dẫn, không có số để tính", "cited only, no number"),
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
    let formula = reading.formula.formula();
    ReadingResult {
        id: reading.id.clone(),
        used: reading.used,
        name_vi: reading.name_vi.clone(),
        name_en: reading.name_en.clone(),
        formula: formula.en,
        formula_vi: formula.vi,
        unit: reading.formula.unit(),
        target,
        status: status::stand(value, target, by, baseline, indicator.direction, facts.today).status,
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
