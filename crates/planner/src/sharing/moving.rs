//! What a tenant keeps, loses and gains when its antennas move to another mast.

use coverage_model::{Engine, SignalPatch, Transmitter};
use geodata::Technology;
use geodesy::LonLat;
use geodesy::tile_grid::PixelWindow;
use serde::{Deserialize, Serialize};

/// One tenant (operator × technology) before and after. Counted is what its own cells on this mast serve: other masts of the operator may
/// serve the same people.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TenantMove {
    /// The operator.
    pub operator: String,
    /// The technology.
    pub technology: Technology,
    /// Height of its antennas on the other mast, metres.
    pub antenna_height_m: f64,
    /// People served before.
    pub people_before: f64,
    /// Of them served after.
    pub people_kept: f64,
    /// Of them no longer served.
    pub people_lost: f64,
    /// People served only after.
    pub people_gained: f64,
    /// Ground served before and after, km².
    pub km2_kept: f64,
    /// Ground no longer served, km².
    pub km2_lost: f64,
    /// Ground served only after, km².
    pub km2_gained: f64,
    /// Mean change of the level where it served before, dB; none where it served nothing.
    pub mean_change_db: Option<f64>,
    /// Largest fall of the level where it served before, dB (negative).
    pub worst_change_db: Option<f64>,
}

/// Moves every tenant of some cells to another place.
pub(super) fn moves(engine: &Engine<'_>, cells: &[Transmitter], to: LonLat, height_m: f64) -> Vec<TenantMove> {
    let mut tenants: Vec<(&str, Technology)> = cells
        .iter()
        .map(|cell| (cell.operator.as_str(), cell.technology))
        .collect();
    tenants.sort_unstable();
    tenants.dedup();
    tenants
        .into_iter()
        .map(|(operator, technology)| {
            let own: Vec<Transmitter> = cells
                .iter()
                .filter(|cell| cell.operator == operator && cell.technology == technology)
                .cloned()
                .collect();
            let there: Vec<Transmitter> = own
                .iter()
                .map(|cell| Transmitter {
                    position: to,
                    antenna_height_m: cell.antenna_height_m.min(height_m),
                    ..cell.clone()
                })
                .collect();
            let height_m = there.first().map_or(height_m, |cell| cell.antenna_height_m);
            let mut moved = compare(engine, &Best::of(engine, &own), &Best::of(engine, &there), technology);
            operator.clone_into(&mut moved.operator);
            moved.antenna_height_m = height_m;
            moved
        })
        .collect()
}

/// The best level of some cells, pixel by pixel.
struct Best {
    window: PixelWindow,
    dbm: Vec<f32>,
}

impl Best {
    fn of(engine: &Engine<'_>, cells: &[Transmitter]) -> Self {
        let patches: Vec<SignalPatch> = cells
            .iter()
            .map(|cell| engine.signal(cell))
            .filter(|patch| !patch.window.is_empty())
            .collect();
        let window = patches
            .iter()
            .map(|patch| patch.window)
            .reduce(|a, b| around(&a, &b))
            .unwrap_or(PixelWindow {
                columns: 0,
                rows: 0,
                ..*engine.window()
            });
        let mut dbm = vec![f32::NEG_INFINITY; window.len()];
        for patch in &patches {
            for row in 0..patch.window.rows {
                let from = (row * patch.window.columns) as usize;
                let to = ((patch.window.row - window.row + row) * window.columns
                    + (patch.window.column - window.column)) as usize;
                let width = patch.window.columns as usize;
                for (best, &level) in dbm[to..to + width].iter_mut().zip(&patch.dbm[from..from + width]) {
                    // NaN is no level.
                    *best = best.max(level);
                }
            }
        }
        Self { window, dbm }
    }

    fn at(&self, column: u32, row: u32) -> f32 {
        let inside = column >= self.window.column
            && row >= self.window.row
            && column < self.window.column + self.window.columns
            && row < self.window.row + self.window.rows;
        if inside {
            self.dbm[((row - self.window.row) * self.window.columns + (column - self.window.column)) as usize]
        } else {
            f32::NEG_INFINITY
        }
    }
}

/// The smallest window around two.
fn around(a: &PixelWindow, b: &PixelWindow) -> PixelWindow {
    if a.is_empty() {
        return *b;
    }
    if b.is_empty() {
        return *a;
    }
    let (column, row) = (a.column.min(b.column), a.row.min(b.row));
    PixelWindow {
        zoom: a.zoom,
        column,
        row,
        columns: (a.column + a.columns).max(b.column + b.columns) - column,
        rows: (a.row + a.rows).max(b.row + b.rows) - row,
    }
}

fn compare(engine: &Engine<'_>, before: &Best, after: &Best, technology: Technology) -> TenantMove {
    let needed = engine.parameters().required_dbm(technology) as f32;
    let whole = *engine.window();
    let mut moved = TenantMove {
        operator: String::new(),
        technology,
        antenna_height_m: 0.0,
        people_before: 0.0,
        people_kept: 0.0,
        people_lost: 0.0,
        people_gained: 0.0,
        km2_kept: 0.0,
        km2_lost: 0.0,
        km2_gained: 0.0,
        mean_change_db: None,
        worst_change_db: None,
    };
    let (mut sum_db, mut pixels, mut worst_db) = (0.0, 0u32, f64::INFINITY);
    let Some(shared) = around(&before.window, &after.window).intersection(&whole) else {
        return moved;
    };
    for row in shared.row..shared.row + shared.rows {
        let km2 = whole.pixel_area_m2(row - whole.row) / 1e6;
        for column in shared.column..shared.column + shared.columns {
            let (was, is) = (before.at(column, row), after.at(column, row));
            let people = engine
                .population()
                .and_then(|grid| grid.get(column - whole.column, row - whole.row))
                .map_or(0.0, f64::from);
            let people = if people.is_finite() { people } else { 0.0 };
            match (was >= needed, is >= needed) {
                (true, true) => {
                    moved.people_kept += people;
                    moved.km2_kept += km2;
                }
                (true, false) => {
                    moved.people_lost += people;
                    moved.km2_lost += km2;
                }
                (false, true) => {
                    moved.people_gained += people;
                    moved.km2_gained += km2;
                }
                (false, false) => {}
            }
            if was >= needed && is.is_finite() {
                let change = f64::from(is) - f64::from(was);
                sum_db += change;
                pixels += 1;
                worst_db = worst_db.min(change);
            }
        }
    }
    moved.people_before = moved.people_kept + moved.people_lost;
    if pixels > 0 {
        moved.mean_change_db = Some(sum_db / f64::from(pixels));
        moved.worst_change_db = Some(worst_db);
    }
    moved
}
