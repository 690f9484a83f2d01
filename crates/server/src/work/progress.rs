//! How work tells where it is, and hears that it should stop.

use std::sync::Arc;

use planner::grouped;

/// What is being done, in words for people.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stage {
    /// In Vietnamese.
    pub vi: &'static str,
    /// In English.
    pub en: &'static str,
}

/// The best answer so far while something is optimised, and what is proved about it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Standing {
    /// What the best plan so far is worth (or costs, where the least cost is sought).
    pub objective: f64,
    /// No plan is worth more (costs less).
    pub bound: Option<f64>,
}

impl Standing {
    /// Value, bound and gap in Vietnamese.
    #[must_use]
    pub fn text_vi(&self) -> String {
        let number = |value: f64| grouped(value, '.');
        match self.bound {
            Some(bound) => {
                let gap = format!("{:.2}", self.gap_percent(bound)).replace('.', ",");
                format!(
                    "giá trị {}, cận {}, khoảng cách {gap} %",
                    number(self.objective),
                    number(bound)
                )
            }
            None => format!("giá trị {}", number(self.objective)),
        }
    }

    /// The same in English.
    #[must_use]
    pub fn text_en(&self) -> String {
        let number = |value: f64| grouped(value, ',');
        match self.bound {
            Some(bound) => format!(
                "value {}, bound {}, gap {:.2} %",
                number(self.objective),
                number(bound),
                self.gap_percent(bound)
            ),
            None => format!("value {}", number(self.objective)),
        }
    }

    fn gap_percent(&self, bound: f64) -> f64 {
        100.0 * (bound - self.objective).abs() / self.objective.abs().max(1e-9)
    }
}

/// Hears how far work is and may stop it. Called from several threads.
pub trait Progress: Send + Sync {
    /// The part that is done (0 … 1) and what is being done.
    fn report(&self, fraction: f64, stage: Stage);
    /// The best answer so far, within the stage that was reported last.
    fn standing(&self, _standing: Standing) {}
    /// Whether the work should stop as soon as it can.
    fn cancelled(&self) -> bool;
}

/// Listens to nothing and never stops work.
#[derive(Debug, Clone, Copy, Default)]
pub struct Silent;

impl Progress for Silent {
    fn report(&self, _fraction: f64, _stage: Stage) {}
    fn cancelled(&self) -> bool {
        false
    }
}

/// A part of a longer piece of work: its 0 … 1 is `from` … `to` of the whole.
pub(crate) struct Part {
    pub whole: Arc<dyn Progress>,
    pub from: f64,
    pub to: f64,
}

impl Progress for Part {
    fn report(&self, fraction: f64, stage: Stage) {
        self.whole
            .report(self.from + (self.to - self.from) * fraction.clamp(0.0, 1.0), stage);
    }

    fn standing(&self, standing: Standing) {
        self.whole.standing(standing);
    }

    fn cancelled(&self) -> bool {
        self.whole.cancelled()
    }
}

/// Lets the coverage engine speak through a [`Progress`].
pub(crate) struct EngineProgress<'a>(pub &'a dyn Progress);

impl coverage_model::Progress for EngineProgress<'_> {
    fn report(&self, fraction: f64, stage: coverage_model::Stage) {
        self.0.report(fraction, engine_stage(stage));
    }

    fn cancelled(&self) -> bool {
        self.0.cancelled()
    }
}

fn engine_stage(stage: coverage_model::Stage) -> Stage {
    use coverage_model::Stage as Engine;
    match stage {
        Engine::Preparing => Stage {
            vi: "Đọc địa hình",
            en: "Reading the terrain",
        },
        Engine::Propagation => Stage {
            vi: "Tính suy hao truyền sóng",
            en: "Computing path loss",
        },
        Engine::Layers => Stage {
            vi: "Dựng các lớp vùng phủ sóng",
            en: "Making the coverage layers",
        },
        Engine::Statistics => Stage {
            vi: "Tính theo địa bàn và thôn",
            en: "Counting per area and place",
        },
        Engine::Footprints => Stage {
            vi: "Vẽ đường bao vùng phủ sóng",
            en: "Drawing the footprints",
        },
    }
}

/// Lets an import speak through a [`Progress`].
pub(crate) struct ImportProgress<'a>(pub &'a dyn Progress);

impl geodata::Progress for ImportProgress<'_> {
    fn report(&self, fraction: f64, _stage: &geodata::Message) {
        self.0.report(
            fraction,
            Stage {
                vi: "Kiểm tra dữ liệu",
                en: "Checking the data",
            },
        );
    }

    fn cancelled(&self) -> bool {
        self.0.cancelled()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn value_bound_and_gap_are_told_in_both_languages() {
        let standing = Standing {
            objective: 1_234_567.0,
            bound: Some(1_246_912.7),
        };
        assert_eq!(
            standing.text_vi(),
            "giá trị 1.234.567, cận 1.246.913, khoảng cách 1,00 %"
        );
        assert_eq!(standing.text_en(), "value 1,234,567, bound 1,246,913, gap 1.00 %");
        let unproved = Standing {
            bound: None,
            ..standing
        };
        assert_eq!(unproved.text_en(), "value 1,234,567");
    }
}
