//! How an indicator stands against its target on a day.

use jiff::civil::Date;
use serde::Serialize;

use crate::document::{Baseline, Direction, Target};

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

/// Standing of `value` against a goal.
///
/// Between the baseline's date and the deadline the straight line between the two values is what is expected; without
/// a baseline an open target that is not reached is at risk.
#[must_use]
pub fn status(
    value: Option<f64>,
    goal: Option<f64>,
    by: Option<Date>,
    baseline: Option<&Baseline>,
    direction: Direction,
    today: Date,
) -> Status {
    let Some(value) = value else {
        return Status::NotComputable;
    };
    let Some(goal) = goal else { return Status::NoTarget };
    // Counts and rounded percentages: a hair's breadth is no failure.
    let reaches = |wanted: f64| match direction {
        Direction::AtLeast => value >= wanted - 1e-9,
        Direction::AtMost => value <= wanted + 1e-9,
    };
    if reaches(goal) {
        return Status::Met;
    }
    match (by, baseline) {
        (Some(by), _) if today > by => Status::Late,
        (Some(by), Some(baseline)) if baseline.date < by => {
            let days = |to: Date| f64::from((to - baseline.date).get_days());
            let gone = (days(today) / days(by)).clamp(0.0, 1.0);
            let expected = baseline.value + gone * (goal - baseline.value);
            if reaches(expected) {
                Status::OnTrack
            } else {
                Status::AtRisk
            }
        }
        _ => Status::AtRisk,
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
        status(
            Some(value),
            Some(380.0),
            Some(date(2025, 12, 31)),
            Some(&baseline()),
            Direction::AtLeast,
            today,
        )
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
            status(None, Some(1.0), None, None, Direction::AtLeast, today),
            Status::NotComputable
        );
        assert_eq!(
            status(Some(1.0), None, None, None, Direction::AtLeast, today),
            Status::NoTarget
        );
        assert_eq!(
            status(Some(0.0), Some(0.0), None, None, Direction::AtMost, today),
            Status::Met
        );
        assert_eq!(
            status(Some(2.0), Some(0.0), None, None, Direction::AtMost, today),
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
