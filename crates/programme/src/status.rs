//! How an indicator stands against its target on a day.

use jiff::civil::Date;
use serde::Serialize;

use crate::document::{Baseline, Direction, Target, Unit};
use crate::number::{self, Language};
use crate::text::Text;

/// Standing against the next target.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// The target is reached.
    Met,
    /// On or above the straight way from baseline to target.
    OnTrack,
    /// Below it, with time left.
    AtRisk,
    /// The deadline has passed.
    Late,
    /// There is no value.
    NotComputable,
    /// There is no target to stand against.
    NoTarget,
}

impl Status {
    /// In words of the report.
    #[must_use]
    pub const fn label_vi(self) -> &'static str {
        match self {
            Self::Met => "Đạt",
            Self::OnTrack => "Đúng tiến độ",
            Self::AtRisk => "Có nguy cơ",
            Self::Late => "Chậm",
            Self::NotComputable => "Chưa tính được",
            Self::NoTarget => "Không có mục tiêu",
        }
    }

    /// In English.
    #[must_use]
    pub const fn label_en(self) -> &'static str {
        match self {
            Self::Met => "met",
            Self::OnTrack => "on track",
            Self::AtRisk => "at risk",
            Self::Late => "late",
            Self::NotComputable => "not computable",
            Self::NoTarget => "no target",
        }
    }
}

/// The target that counts on a day: the first whose deadline has not passed and, past all deadlines, the last.
#[must_use]
pub fn current_target(targets: &[Target], today: Date) -> Option<&Target> {
    let open = targets.iter().find(|target| target.by.is_some_and(|by| today <= by));
    open.or_else(|| targets.iter().rfind(|target| target.by.is_some()))
        .or_else(|| targets.first())
}

/// How a value stands against a goal, and what the straight way asks for today.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Standing {
    /// Standing.
    pub status: Status,
    /// Value on the straight way from baseline to goal today; none without baseline, goal or deadline.
    pub expected: Option<f64>,
}

/// Standing of `value` against a goal.
///
/// Between the baseline's date and the deadline the straight line between the two values is what is expected; without
/// a baseline an open target that is not reached is at risk.
#[must_use]
pub fn stand(
    value: Option<f64>,
    goal: Option<f64>,
    by: Option<Date>,
    baseline: Option<&Baseline>,
    direction: Direction,
    today: Date,
) -> Standing {
    let expected = expected(goal, by, baseline, today);
    let status = match (value, goal) {
        (None, _) => Status::NotComputable,
        (_, None) => Status::NoTarget,
        (Some(value), Some(goal)) if reaches(value, goal, direction) => Status::Met,
        _ if by.is_some_and(|by| today > by) => Status::Late,
        (Some(value), _) if expected.is_some_and(|expected| reaches(value, expected, direction)) => Status::OnTrack,
        _ => Status::AtRisk,
    };
    Standing { status, expected }
}

/// Counts and rounded percentages: a hair's breadth is no failure.
fn reaches(value: f64, wanted: f64, direction: Direction) -> bool {
    match direction {
        Direction::AtLeast => value >= wanted - 1e-9,
        Direction::AtMost => value <= wanted + 1e-9,
    }
}

fn expected(goal: Option<f64>, by: Option<Date>, baseline: Option<&Baseline>, today: Date) -> Option<f64> {
    let (goal, by, baseline) = (
        goal?,
        by?,
        baseline.filter(|baseline| by.is_some_and(|by| baseline.date < by))?,
    );
    let days = |to: Date| f64::from((to - baseline.date).get_days());
    let gone = (days(today) / days(by)).clamp(0.0, 1.0);
    Some(baseline.value + gone * (goal - baseline.value))
}

impl Standing {
    /// Why it stands so, in words.
    pub(crate) fn reason(
        &self,
        no_value: Option<&Text>,
        value: Option<f64>,
        goal: Option<f64>,
        by: Option<Date>,
        unit: Unit,
    ) -> Text {
        let say = |value: Option<f64>, language: Language| {
            let Some(value) = value else { return String::new() };
            let text = number::number(value, number::decimals(unit), language);
            format!("{text} {}", number::unit(unit, language)).trim_end().to_owned()
        };
        let both = |value: Option<f64>| [say(value, Language::Vietnamese), say(value, Language::English)];
        let [value_vi, value_en] = both(value);
        let [goal_vi, goal_en] = both(goal);
        let [expected_vi, expected_en] = both(self.expected);
        let end_vi = by.map(number::date_vi).unwrap_or_default();
        let end_en = by.map(|by| by.to_string()).unwrap_or_default();
        match self.status {
            Status::NotComputable => no_value.cloned().unwrap_or_default(),
            Status::NoTarget => Text::new(
                "văn bản không nêu mục tiêu bằng số",
                "the document states no number to reach",
            ),
            Status::Met => Text::new(
                format!("{value_vi} so với mục tiêu {goal_vi}"),
                format!("{value_en} against the target of {goal_en}"),
            ),
            Status::Late => Text::new(
                format!("đã quá hạn {end_vi}, mới đạt {value_vi} trên {goal_vi}"),
                format!("the deadline {end_en} has passed with {value_en} of {goal_en}"),
            ),
            Status::OnTrack => Text::new(
                format!("{value_vi}, đến hôm nay cần {expected_vi}"),
                format!("{value_en}, today {expected_en} is expected"),
            ),
            Status::AtRisk if self.expected.is_some() => Text::new(
                format!("{value_vi}, chưa bằng mức {expected_vi} cần có đến hôm nay"),
                format!("{value_en}, worse than the {expected_en} expected today"),
            ),
            Status::AtRisk => Text::new(
                format!("mới có {value_vi} so với mục tiêu {goal_vi}; không có hiện trạng để so tiến độ"),
                format!("{value_en} against the target of {goal_en}; there is no baseline to judge the pace by"),
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    fn baseline() -> Baseline {
        Baseline {
            value: 50.0,
            date: date(2025, 9, 30),
            note_vi: None,
        }
    }

    fn standing(value: f64, today: Date) -> Status {
        stand(
            Some(value),
            Some(380.0),
            Some(date(2025, 12, 31)),
            Some(&baseline()),
            Direction::AtLeast,
            today,
        )
        .status
    }

    #[test]
    fn standing_follows_the_straight_way() {
        // Half of the 92 days gone: 50 + 330 / 2 = 215 expected.
        let half = date(2025, 11, 15);
        assert_eq!(standing(215.0, half), Status::OnTrack);
        assert_eq!(standing(214.0, half), Status::AtRisk);
        assert_eq!(standing(380.0, half), Status::Met);
        assert_eq!(standing(50.0, date(2025, 9, 30)), Status::OnTrack);
        assert_eq!(standing(379.0, date(2026, 1, 1)), Status::Late);
        assert_eq!(standing(379.0, date(2025, 12, 31)), Status::AtRisk);
    }

    #[test]
    fn without_value_or_target_it_says_so() {
        let today = date(2025, 10, 1);
        assert_eq!(
            stand(None, Some(1.0), None, None, Direction::AtLeast, today).status,
            Status::NotComputable
        );
        assert_eq!(
            stand(Some(1.0), None, None, None, Direction::AtLeast, today).status,
            Status::NoTarget
        );
        assert_eq!(
            stand(Some(0.0), Some(0.0), None, None, Direction::AtMost, today).status,
            Status::Met
        );
        assert_eq!(
            stand(Some(2.0), Some(0.0), None, None, Direction::AtMost, today).status,
            Status::AtRisk
        );
    }

    #[test]
    fn the_next_open_target_counts() {
        let target = |value, year| Target {
            value: Some(value),
            times_baseline: None,
            by: Some(date(year, 12, 31)),
            note_vi: None,
        };
        let targets = [target(1.0, 2025), target(4.0, 2030)];
        let value = |day| current_target(&targets, day).unwrap().value.unwrap();
        assert_eq!(value(date(2025, 12, 31)), 1.0);
        assert_eq!(value(date(2026, 1, 1)), 4.0);
        assert_eq!(value(date(2031, 1, 1)), 4.0);
    }
}
