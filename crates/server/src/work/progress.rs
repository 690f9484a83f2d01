//! How work tells where it is, and hears that it should stop.

use std::sync::Arc;

/// What is being done, in words for people.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stage {
    /// In Vietnamese.
    pub vi: &'static str,
    /// In English.
    pub en: &'static str,
}

/// Hears how far work is and may stop it. Called from several threads.
pub trait Progress: Send + Sync {
    /// The part that is done (0 … 1) and what is being done.
    fn report(&self, fraction: f64, stage: Stage);
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
