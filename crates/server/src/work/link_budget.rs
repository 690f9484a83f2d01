//! Why a place has the signal that it has: the link budget of the cell that serves it, in words and line by line.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::Arc;

use coverage_model::{
    CoverageParameters, Engine, LayerFile, LinkBudget, PatternTables, Quantity, SharedLosses, Transmitter, transmitters,
};
use geodata::Technology;
use geodesy::LonLat;
use geodesy::tile_grid::PixelWindow;
use serde_json::{Value, json};
use store::{Artefacts, Run};
use terrain::Ground;

use crate::Problem;
use crate::work::coverage::Loaded;
use crate::work::inputs::ProjectInputs;
use crate::work::{blocks, ground, plan, results};

/// The layer that says which cell serves a place best.
pub fn best_server_layer(run: &Run, technology: Technology, operator: Option<&str>) -> Result<String, Problem> {
    let operator = operator.filter(|word| !word.is_empty() && !word.eq_ignore_ascii_case("any"));
    if !run.viewer.sees_cells_of(operator) {
        return Err(Problem::new(
            403,
            "not_allowed",
            "chỉ xem được nguồn tín hiệu của chính mạng mình; hãy nêu tên nhà mạng",
            "an operator is told of its own cells only; name the operator",
        ));
    }
    Ok(format!(
        "{}-{}-best_server",
        technology.key(),
        operator.unwrap_or("any").to_lowercase()
    ))
}

/// What the budgets of a run are taken from.
pub struct Explainer {
    /// By code, the planned ones that its scenario puts on air included.
    cells: HashMap<String, Transmitter>,
    ground: Ground,
    ground_identity: String,
    window: PixelWindow,
    parameters: CoverageParameters,
    path_losses: PathBuf,
    shared_losses: Option<Arc<dyn SharedLosses>>,
    patterns: PatternTables,
}

impl Explainer {
    /// Reads the data of a run, and of the run that its scenario puts on air, where it does.
    ///
    /// # Errors
    /// What is wrong with the data.
    pub fn read(
        artefacts: &Artefacts,
        inputs: &ProjectInputs,
        (run, planned): (&Run, Option<&Run>),
        path_losses: PathBuf,
    ) -> Result<Self, Problem> {
        let parameters: CoverageParameters = serde_json::from_value(run.parameters.clone())?;
        let loaded = Loaded::read(artefacts, inputs, &parameters.templates)?;
        let mut cells = transmitters(&loaded.network);
        if let Some(planned) = planned {
            cells.extend(plan::cells_of(artefacts, planned, &loaded.network)?);
        }
        Ok(Self {
            cells: cells.into_iter().map(|cell| (cell.cell_code.clone(), cell)).collect(),
            window: loaded.window(parameters.zoom),
            // Nobody is counted: an engine without people is ready at once.
            ground: Ground {
                population: None,
                ..loaded.ground
            },
            ground_identity: ground::identity(inputs),
            parameters,
            path_losses,
            shared_losses: blocks::shared_losses(artefacts),
            patterns: PatternTables::default(),
        })
    }

    /// The budget of the cell that serves a place, by the layer of the best server; of no cell where none reaches it.
    ///
    /// # Errors
    /// A damaged layer.
    pub fn explain(&self, best_server: &LayerFile, position: LonLat) -> Result<Value, Problem> {
        debug_assert_eq!(best_server.head().quantity, Quantity::BestServer);
        let Some((_, Some(code))) = best_server.at(position)? else {
            return Ok(json!({
                "served": false, "cell": null, "lines": [],
                "why_vi": "Không có cell nào phủ tới vị trí này.", "why_en": "No cell reaches this place.",
            }));
        };
        let engine = Engine::new(
            &self.ground,
            self.window,
            self.parameters.clone(),
            Some(self.path_losses.clone()),
        )?
        .with_ground_identity(self.ground_identity.clone())
        .with_shared_losses(self.shared_losses.clone())
        .with_pattern_tables(self.patterns.clone());
        let cell = self.cells.get(code);
        let budget = cell.and_then(|cell| engine.link_budget(cell, position));
        let budget = budget.ok_or_else(|| Problem::internal(&"a best server without a signal"))?;
        let (why_vi, why_en) = why(&budget);
        let mut answer = serde_json::to_value(&budget)?;
        answer["served"] = json!(budget.margin_db >= 0.0);
        answer["lines"] = lines(&budget);
        answer["why_vi"] = json!(why_vi);
        answer["why_en"] = json!(why_en);
        Ok(answer)
    }
}

/// Refuses a run whose data changed since: its numbers cannot be taken apart any more.
///
/// # Errors
/// `stale_run`.
pub fn check_current(run: &Run, inputs: &ProjectInputs) -> Result<(), Problem> {
    if results::is_stale(run, inputs) {
        Err(stale())
    } else {
        Ok(())
    }
}

/// The lines in the order in which they are added up; sums say so.
fn lines(budget: &LinkBudget) -> Value {
    let line = |key: &str, (vi, en): (&str, &str), value: f64, unit: &str, sum: bool| json!({ "key": key, "label_vi": vi, "label_en": en, "value": value, "unit": unit, "sum": sum });
    json!([
        line(
            "eirp",
            ("EIRP mỗi phần tử tài nguyên", "EIRP per resource element"),
            budget.eirp_per_re_dbm,
            "dBm",
            false
        ),
        line(
            "antenna",
            ("Suy giảm do hướng anten", "Antenna pattern in this direction"),
            -budget.antenna_loss_db,
            "dB",
            false
        ),
        line(
            "path_loss",
            ("Suy hao truyền sóng", "Path loss"),
            -budget.path_loss_db,
            "dB",
            false
        ),
        line(
            "entry_loss",
            ("Suy hao vào nhà", "Building entry loss"),
            -budget.entry_loss_db,
            "dB",
            false
        ),
        line(
            "receiver_gain",
            ("Độ lợi máy thu", "Receiver gain"),
            budget.receiver_gain_db,
            "dB",
            false
        ),
        line(
            "cover_offset",
            ("Hiệu chỉnh theo số liệu đo", "Correction from measurements"),
            budget.cover_offset_db,
            "dB",
            false
        ),
        line(
            "signal",
            ("Mức thu trung vị", "Median signal"),
            budget.signal_dbm,
            "dBm",
            true
        ),
        line(
            "threshold",
            ("Ngưỡng sử dụng được", "Usable signal"),
            budget.threshold_dbm,
            "dBm",
            false
        ),
        line(
            "fade_margin",
            ("Dự trữ pha-đinh", "Fade margin"),
            budget.fade_margin_db,
            "dB",
            false
        ),
        line("margin", ("Dự trữ còn lại", "Margin"), budget.margin_db, "dB", true),
    ])
}

fn why(budget: &LinkBudget) -> (String, String) {
    let required_dbm = budget.threshold_dbm + budget.fade_margin_db;
    let vietnamese = |value: f64| format!("{value:.1}").replace('.', ",").replace('-', "−");
    let (kilometres, margin) = (budget.distance_m / 1000.0, budget.margin_db.abs());
    let served = budget.margin_db >= 0.0;
    let (vi, en) = if served {
        ("cao hơn", "above")
    } else {
        ("thấp hơn", "below")
    };
    (
        format!(
            "Cell {} của {} cách {} km cho mức thu {} dBm, {vi} mức cần {} dBm {} dB.",
            budget.cell_code,
            budget.operator,
            vietnamese(kilometres),
            vietnamese(budget.signal_dbm),
            vietnamese(required_dbm),
            vietnamese(margin),
        ),
        format!(
            "Cell {} of {}, {kilometres:.1} km away, gives {:.1} dBm, {margin:.1} dB {en} the {required_dbm:.1} dBm that are needed.",
            budget.cell_code, budget.operator, budget.signal_dbm,
        ),
    )
}

fn stale() -> Problem {
    Problem::new(
        409,
        "stale_run",
        "dữ liệu đã thay đổi sau lần tính này nên không phân tích lại được",
        "the data changed since the run, whose numbers cannot be taken apart any more",
    )
    .advise("Tính lại vùng phủ sóng.", "Run coverage again.")
}
