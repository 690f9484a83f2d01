//! What a change of cells changes: only the pixels around the masts that are new, gone or different are computed again.

use std::collections::{HashMap, HashSet};

use geodata::{Area, Place};
use geodesy::tile_grid::PixelWindow;

use crate::engine::Counter;
use crate::layers::{Groups, layers};
use crate::masts::Mast;
use crate::{CoverageError, CoverageRun, Engine, Layer, Progress, Quantity, Silent, Transmitter};

/// What names a mast: place and height.
type MastKey = [u64; 3];

/// A mast with all that its signal depends on.
#[derive(PartialEq)]
struct Station<'t> {
    radius: u64,
    cells: Vec<&'t Transmitter>,
}

impl Engine<'_> {
    /// The run after cells were added, taken away or changed, made from the run `before`: the same layers, numbers and
    /// warnings as a whole new run gives, in a fraction of its time. Answers the run and the pixels that were computed
    /// again. Outlines of the operators and technologies concerned are left out; ask [`Engine::footprint`] for them.
    ///
    /// A change that reaches everything (another operator, another carrier bandwidth, another order of the masts) is
    /// answered by a whole run.
    ///
    /// # Errors
    /// As [`Engine::run`].
    pub fn update(
        &self,
        mut run: CoverageRun,
        (before, after): (&[Transmitter], &[Transmitter]),
        areas: &[Area],
        places: &[Place],
        progress: &dyn Progress,
    ) -> Result<(CoverageRun, PixelWindow), CoverageError> {
        let (before, after) = (self.on_air(before), self.on_air(after));
        let (before, after) = (before.as_ref(), after.as_ref());
        let old_groups = Groups::new(before, self.parameters());
        let groups = Groups::new(after, self.parameters());
        let mut warnings = self.warnings_of_ground();
        let old_masts = self.masts(before, &old_groups, &mut Vec::new());
        let masts = self.masts(after, &groups, &mut warnings);
        let old_stations = stations(before, &old_masts);
        let stations = stations(after, &masts);
        let (old_order, order) = (order(&old_masts), order(&masts));
        let changed: HashSet<MastKey> = old_order
            .iter()
            .chain(&order)
            .copied()
            .filter(|key| old_stations.get(key) != stations.get(key))
            .collect();
        let same_order = old_order
            .iter()
            .filter(|key| !changed.contains(*key))
            .eq(order.iter().filter(|key| !changed.contains(*key)));
        if !same_order || !old_groups.alike(&groups) || run.window != *self.window() {
            let run = self.run(after, areas, places, progress)?;
            return Ok((run, *self.window()));
        }
        let touched = old_masts
            .iter()
            .chain(&masts)
            .filter(|mast| changed.contains(&key(mast)))
            .filter_map(|mast| mast.window(self.window()))
            .reduce(|a, b| union(&a, &b));
        let concerned: HashSet<(geodata::Technology, &str)> = changed
            .iter()
            .flat_map(|key| old_stations.get(key).into_iter().chain(stations.get(key)))
            .flat_map(|station| &station.cells)
            .map(|cell| (cell.technology, cell.operator.as_str()))
            .collect();
        let Some(part) = touched else {
            return Ok((run, nothing(self.window())));
        };
        let mut sites: HashSet<String> = old_masts
            .iter()
            .filter(|mast| changed.contains(&key(mast)))
            .map(|mast| mast.site_code.clone())
            .collect();
        let near: Vec<Mast> = masts
            .into_iter()
            .filter(|mast| {
                mast.window(self.window())
                    .is_some_and(|window| window.intersection(&part).is_some())
            })
            .collect();
        let mut said = Vec::new();
        let strips = self.accumulate(after, &groups, &near, &part, &Silent, &mut said)?;
        let fresh = layers(&strips, &groups, &part, self.parameters());
        drop(strips);
        let is_concerned = |layer: &Layer| match &layer.operator {
            Some(operator) => concerned.contains(&(layer.technology, operator.as_str())),
            None => concerned.iter().any(|(technology, _)| *technology == layer.technology),
        };
        for (layer, patch) in run
            .layers
            .iter_mut()
            .zip(&fresh)
            .filter(|(layer, _)| is_concerned(layer))
        {
            renumber(layer, &patch.cells);
            lay(layer, patch);
        }
        self.recount(&mut run, after, areas, places, is_concerned);
        run.footprints.retain(|footprint| {
            let of = |operator: &str| concerned.contains(&(footprint.technology, operator));
            match &footprint.operator {
                Some(operator) => !of(operator),
                None => !concerned
                    .iter()
                    .any(|(technology, _)| *technology == footprint.technology),
            }
        });
        sites.extend(near.iter().map(|mast| mast.site_code.clone()));
        run.warnings.retain(|warning| {
            let subject = warning.subject.as_deref();
            subject.is_none_or(|subject| !sites.contains(subject)) && !warnings.contains(warning)
        });
        run.warnings.splice(0..0, warnings);
        run.warnings.extend(said);
        Ok((run, part))
    }

    /// Outline of the covered ground of a signal layer. `smooth` follows the interpolated level instead of the pixels'
    /// edges.
    #[must_use]
    pub fn footprint(&self, signal: &Layer, smooth: bool) -> crate::Footprint {
        let parameters = crate::CoverageParameters {
            smooth_footprints: smooth,
            ..self.parameters().clone()
        };
        crate::footprint::footprint(signal, &parameters)
    }

    /// Numbers of the layers concerned, in the places of the old ones.
    fn recount(
        &self,
        run: &mut CoverageRun,
        transmitters: &[Transmitter],
        areas: &[Area],
        places: &[Place],
        is_concerned: impl Fn(&Layer) -> bool,
    ) {
        let counter = Counter::new(self, transmitters, areas, places);
        for signal in run
            .layers
            .iter()
            .filter(|layer| layer.quantity == Quantity::Signal && is_concerned(layer))
        {
            let Some(counts) = counter.count(signal, &run.layers) else {
                continue;
            };
            for row in &mut run.unions {
                if row.technology == signal.technology && row.operator == signal.operator {
                    row.clone_from(&counts.union);
                }
            }
            let mut fresh = counts.areas.into_iter();
            for row in &mut run.areas {
                if row.technology == signal.technology && row.operator == signal.operator {
                    if let Some(counted) = fresh.next() {
                        *row = counted;
                    }
                }
            }
            let mut fresh = counts.places.into_iter();
            for row in &mut run.places {
                if row.technology == signal.technology && row.operator == signal.operator {
                    if let Some(counted) = fresh.next() {
                        *row = counted;
                    }
                }
            }
        }
    }
}

fn key(mast: &Mast) -> MastKey {
    [mast.position.lon_deg, mast.position.lat_deg, mast.height_m].map(f64::to_bits)
}

fn order(masts: &[Mast]) -> Vec<MastKey> {
    masts.iter().map(key).collect()
}

fn stations<'t>(transmitters: &'t [Transmitter], masts: &[Mast]) -> HashMap<MastKey, Station<'t>> {
    masts
        .iter()
        .map(|mast| {
            let cells = mast
                .cells
                .iter()
                .filter_map(|&(index, _)| transmitters.get(index))
                .collect();
            let radius = mast.radius_m.to_bits();
            (key(mast), Station { radius, cells })
        })
        .collect()
}

fn union(a: &PixelWindow, b: &PixelWindow) -> PixelWindow {
    let (column, row) = (a.column.min(b.column), a.row.min(b.row));
    PixelWindow {
        zoom: a.zoom,
        column,
        row,
        columns: (a.column + a.columns).max(b.column + b.columns) - column,
        rows: (a.row + a.rows).max(b.row + b.rows) - row,
    }
}

fn nothing(raster: &PixelWindow) -> PixelWindow {
    PixelWindow {
        columns: 0,
        rows: 0,
        ..*raster
    }
}

/// Gives the codes of a best-server layer their meaning in another list of cells. Cells that are gone serve no pixel
/// outside the part that is computed again.
fn renumber(layer: &mut Layer, cells: &[String]) {
    if layer.quantity != Quantity::BestServer || layer.cells == cells {
        return;
    }
    let index_of: HashMap<&str, u16> = cells
        .iter()
        .enumerate()
        .map(|(index, cell)| (cell.as_str(), index.min(usize::from(Layer::NO_DATA)) as u16))
        .collect();
    let table: Vec<u16> = layer
        .cells
        .iter()
        .map(|cell| index_of.get(cell.as_str()).copied().unwrap_or(Layer::NO_DATA))
        .collect();
    for code in &mut layer.codes {
        *code = table.get(usize::from(*code)).copied().unwrap_or(Layer::NO_DATA);
    }
    layer.cells = cells.to_vec();
}

/// Lays the pixels of `patch` over those of `layer`.
fn lay(layer: &mut Layer, patch: &Layer) {
    let width = patch.window.columns as usize;
    for (row, line) in patch.codes.chunks_exact(width.max(1)).enumerate() {
        let row = patch.window.row + row as u32 - layer.window.row;
        let from = row as usize * layer.window.columns as usize + (patch.window.column - layer.window.column) as usize;
        if let Some(target) = layer.codes.get_mut(from..from + width) {
            target.copy_from_slice(line);
        }
    }
}
