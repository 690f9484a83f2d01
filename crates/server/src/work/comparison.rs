//! Two coverage runs beside each other.

use std::collections::BTreeMap;

use coverage_model::{Change, ChangeAmounts, Comparison, CoverageParameters, Layer, inside};
use geodata::{Area, DatasetKind, Technology};
use serde_json::{Value, json};
use store::{Artefacts, Run};

use crate::Problem;
use crate::work::inputs::ProjectInputs;
use crate::work::{ground, results};

/// What is compared.
#[derive(Debug, Clone)]
pub struct Sides {
    /// The run before.
    pub before: Run,
    /// The run after; may be the same.
    pub after: Run,
    /// What counts as coverage before: any of these.
    pub technologies_before: Vec<Technology>,
    /// What counts as coverage after.
    pub technologies_after: Vec<Technology>,
    /// The operator; any when absent or `any`.
    pub operator: Option<String>,
}

impl Sides {
    /// Keys of the signal layers of both sides, as far as the runs have them.
    #[must_use]
    pub fn layer_keys(&self) -> (Vec<String>, Vec<String>) {
        let operator = self
            .operator
            .as_deref()
            .filter(|name| !name.is_empty())
            .unwrap_or("any")
            .to_lowercase();
        let keys = |run: &Run, technologies: &[Technology]| -> Vec<String> {
            technologies
                .iter()
                .map(|technology| format!("{}-{operator}-signal", technology.key()))
                .filter(|key| results::layer_keys(run).any(|known| known == key))
                .collect()
        };
        (
            keys(&self.before, &self.technologies_before),
            keys(&self.after, &self.technologies_after),
        )
    }

    /// What names the comparison: the runs and those of their layers that are compared.
    #[must_use]
    pub fn name(&self) -> String {
        let (before, after) = self.layer_keys();
        let side = |run: &Run, keys: &[String]| format!("{}/{}/{}", run.project, run.id, keys.join("+"));
        format!("{} to {}", side(&self.before, &before), side(&self.after, &after))
    }

    /// Compares layers that [`Sides::layer_keys`] names, or the same part of each.
    ///
    /// # Errors
    /// `rasters_differ`; `not_found` when neither run has any of the layers.
    pub fn compare(&self, before: &[Layer], after: &[Layer]) -> Result<Comparison, Problem> {
        let window = before
            .iter()
            .chain(after)
            .map(|layer| layer.window)
            .next()
            .ok_or_else(|| Problem::not_found("lớp bản đồ", "layer", "signal"))?;
        let parameters = |run: &Run| serde_json::from_value::<CoverageParameters>(run.parameters.clone());
        let (of_before, of_after) = (parameters(&self.before)?, parameters(&self.after)?);
        let (before, after): (Vec<&Layer>, Vec<&Layer>) = (before.iter().collect(), after.iter().collect());
        Ok(Comparison::new((&before, &of_before), (&after, &of_after), &window)?)
    }
}

/// Code and value of each change in the picture of a comparison: places on a scale from 0 to 1.
pub const SHOWN: [(Change, f32); 3] = [(Change::Lost, 0.05), (Change::Kept, 0.5), (Change::Gained, 0.95)];

/// A comparison as a layer that can be drawn.
#[must_use]
pub fn as_layer(comparison: &Comparison) -> Layer {
    let quantity = coverage_model::Quantity::Probability;
    let code = |change: Change| {
        SHOWN
            .iter()
            .find(|(shown, _)| *shown == change)
            .map_or(Layer::NO_DATA, |&(_, value)| Layer::encode(quantity, value))
    };
    let codes_of = [Change::Neither, Change::Kept, Change::Gained, Change::Lost].map(|change| (change, code(change)));
    let of = |change: &Change| {
        codes_of
            .iter()
            .find(|(known, _)| known == change)
            .map_or(Layer::NO_DATA, |&(_, code)| code)
    };
    Layer {
        technology: Technology::G4,
        operator: None,
        quantity,
        window: comparison.window,
        codes: comparison.changes.iter().map(of).collect(),
        cells: Vec::new(),
    }
}

/// Sums, areas and places of a comparison.
pub fn table(
    artefacts: &Artefacts,
    inputs: &ProjectInputs,
    sides: &Sides,
    comparison: &Comparison,
) -> Result<Value, Problem> {
    let communes = inputs.areas(artefacts, DatasetKind::Areas)?;
    let zones = inputs.areas(artefacts, DatasetKind::Zones)?;
    let places = inputs.places(artefacts)?;
    let areas: Vec<Area> = communes.into_iter().chain(zones).collect();
    let ground = ground::open(artefacts, inputs)?;
    let population = match &ground.population {
        Some(raster) => Some(raster.window(&comparison.window)?),
        None => None,
    };
    let mask = (!areas.is_empty()).then(|| inside(&areas, &comparison.window));
    let totals = comparison.totals(mask.as_deref(), population.as_ref());
    let rows: Vec<Value> = areas
        .iter()
        .zip(comparison.of_areas(&areas, population.as_ref()))
        .map(|(area, sums)| area_row(area, &sums))
        .collect();
    let changed: Vec<Value> = places
        .iter()
        .filter_map(|place| {
            let change = comparison.at(place.position)?;
            matches!(change, Change::Gained | Change::Lost).then(|| {
                json!({
                    "code": place.code, "name": place.name, "kind": place.kind.key(), "population": place.population,
                    "position": [place.position.lon_deg, place.position.lat_deg], "change": change,
                })
            })
        })
        .collect();
    let side = |run: &Run| json!({ "run": run.id, "scenario": run.parameters.pointer("/scenario/name"), "parameters": run.parameters });
    let operator = sides
        .operator
        .as_deref()
        .filter(|name| !name.is_empty() && !name.eq_ignore_ascii_case("any"));
    Ok(json!({
        "before": side(&sides.before), "after": side(&sides.after),
        "technology": sides.technologies_before, "technology_after": sides.technologies_after, "operator": operator,
        "totals": totals, "areas": rows, "places": changed,
    }))
}

fn area_row(area: &Area, sums: &ChangeAmounts) -> Value {
    let mut row = BTreeMap::from([
        ("code", json!(area.code)),
        ("name", json!(area.name)),
        ("kind", json!(area.kind.key())),
    ]);
    for (change, amount) in [
        (("gained_km2", "gained_people"), sums.gained),
        (("lost_km2", "lost_people"), sums.lost),
        (("kept_km2", "kept_people"), sums.kept),
    ] {
        row.insert(change.0, json!(amount.km2));
        row.insert(change.1, json!(amount.people));
    }
    json!(row)
}
