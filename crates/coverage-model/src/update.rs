//! What a change of cells changes: only the pixels around the masts that are new, gone or different are computed again.

use std::borrow::Cow;
use std::collections::{BTreeSet, HashMap, HashSet};

use geodata::{Area, Place, Technology};
use geodesy::tile_grid::PixelWindow;

use crate::engine::on_air;
use crate::layers::{Groups, any_operator, operator_layers};
use crate::masts::{Mast, MastKey};
use crate::signals::PlaneSignals;
use crate::warnings::in_order;
use crate::{CoverageError, CoverageRun, Engine, Layer, Progress, Quantity, Scenario, Silent, Transmitter, Warning};

/// A mast with all that its signal depends on.
#[derive(PartialEq)]
struct Equipment<'t> {
    radius: u64,
    cells: Vec<&'t Transmitter>,
}

/// What a change of cells touches ([`Engine::change`]).
#[derive(Debug)]
pub struct NetworkChange<'t> {
    after: Cow<'t, [Transmitter]>,
    groups: Groups,
    /// Masts that reach the pixels that are computed again, with the cells of the planes concerned; and all masts of the
    /// sites that changed.
    near: Vec<Mast>,
    /// `None` when nothing is computed again.
    part: Option<PixelWindow>,
    /// Technologies and operators whose cells changed.
    planes: BTreeSet<(Technology, String)>,
    /// Sites whose masts changed.
    sites: HashSet<String>,
    /// What the masts said before and say now, apart from what their ground says.
    warnings: (Vec<Warning>, Vec<Warning>),
}

impl NetworkChange<'_> {
    /// Pixels that are computed again.
    #[must_use]
    pub fn pixels(&self) -> usize {
        self.part.map_or(0, |part| part.len())
    }

    /// Whether layers, rows and outlines of a technology and operator (`None` = any) are made again.
    #[must_use]
    pub fn concerns(&self, technology: Technology, operator: Option<&str>) -> bool {
        self.planes
            .iter()
            .any(|(changed, of)| *changed == technology && operator.is_none_or(|operator| operator == of))
    }

    /// The technologies concerned.
    #[must_use]
    pub fn technologies(&self) -> BTreeSet<Technology> {
        self.planes.iter().map(|(technology, _)| *technology).collect()
    }
}

impl Engine<'_> {
    /// What is different between the network `before` (its cells, on air in a scenario) and the network now (`after`, on air
    /// in the engine's own scenario). `None` when the change reaches everything: another operator, another carrier bandwidth,
    /// another order of the cells, other level offsets. Then [`Engine::run`] has to be asked.
    #[must_use]
    pub fn change<'t>(
        &self,
        before: (&[Transmitter], Option<&Scenario>),
        after: &'t [Transmitter],
    ) -> Option<NetworkChange<'t>> {
        let scenario = self.parameters().scenario.as_ref();
        let offsets = |scenario: Option<&Scenario>| scenario.map_or_else(Vec::new, |scenario| scenario.offsets.clone());
        if offsets(before.1) != offsets(scenario) {
            return None;
        }
        let (old_radii, radii) = (self.radii(before.0), self.radii(after));
        let before = on_air(before.0, before.1);
        let after = on_air(after, scenario);
        let (old_groups, groups) = (
            Groups::new(&before, self.parameters()),
            Groups::new(&after, self.parameters()),
        );
        if !old_groups.alike(&groups) {
            return None;
        }
        let mut warnings = (Vec::new(), Vec::new());
        let old_masts = self.masts(&before, &old_groups, &old_radii, &mut warnings.0);
        let masts = self.masts(&after, &groups, &radii, &mut warnings.1);
        let (changed, planes) = {
            let (old, new) = (equipment(&before, &old_masts), equipment(&after, &masts));
            let keys: HashSet<MastKey> = old.keys().chain(new.keys()).copied().collect();
            let changed: HashSet<MastKey> = keys.into_iter().filter(|key| old.get(key) != new.get(key)).collect();
            let cells = changed.iter().flat_map(|key| different(old.get(key), new.get(key)));
            let planes: BTreeSet<_> = cells.map(|cell| (cell.technology, cell.operator.clone())).collect();
            (changed, planes)
        };
        if !same_order(&old_masts, &masts, &before, &after, &changed) {
            return None;
        }
        let of_changed = |mast: &&Mast| changed.contains(&mast.key());
        let part = old_masts
            .iter()
            .chain(&masts)
            .filter(of_changed)
            .filter_map(|mast| mast.window(self.window()))
            .reduce(|a, b| union(&a, &b));
        let sites: HashSet<String> = old_masts
            .iter()
            .chain(&masts)
            .filter(of_changed)
            .map(|mast| mast.site_code.clone())
            .collect();
        let mut change = NetworkChange {
            after,
            groups,
            near: Vec::new(),
            part,
            planes,
            sites,
            warnings,
        };
        change.near = self.near(masts, &change);
        Some(change)
    }

    /// The masts whose losses are needed, with the cells that are.
    fn near(&self, masts: Vec<Mast>, change: &NetworkChange<'_>) -> Vec<Mast> {
        let concerned = |index: usize| {
            let cell = change.after.get(index);
            cell.is_some_and(|cell| change.concerns(cell.technology, Some(&cell.operator)))
        };
        let reaches = |mast: &Mast| {
            let window = mast.window(self.window());
            change
                .part
                .zip(window)
                .is_some_and(|(part, window)| part.intersection(&window).is_some())
        };
        masts
            .into_iter()
            .map(|mast| mast.with_cells(concerned))
            .filter(|mast| change.sites.contains(&mast.site_code) || (!mast.cells.is_empty() && reaches(mast)))
            .collect()
    }

    /// Brings a run up to date with a change: its layers, numbers and outlines are then what a whole new run gives, in a
    /// fraction of its time. `run` needs all layers of the technologies concerned and the warnings of the run before; rows
    /// and outlines that it has not are added.
    ///
    /// # Errors
    /// As [`Engine::run`]; the run is then of no use.
    pub fn run_change(
        &self,
        change: &NetworkChange<'_>,
        run: &mut CoverageRun,
        areas: &[Area],
        places: &[Place],
        progress: &dyn Progress,
    ) -> Result<(), CoverageError> {
        run.parameters = self.parameters().clone();
        let mut said = Vec::new();
        if let Some(part) = &change.part {
            let strips = self.accumulate(&change.after, &change.groups, &change.near, part, progress, &mut said)?;
            for (plane, group) in change.groups.planes.iter().enumerate() {
                if change.concerns(group.technology, Some(&group.operator)) {
                    let fresh = operator_layers(
                        PlaneSignals::of_strips(&strips, &change.groups, plane, part),
                        &change.groups,
                        plane,
                        part,
                        self.parameters(),
                    );
                    lay_all(&mut run.layers, &fresh);
                }
            }
            for technology in change.technologies() {
                let of_operators = run
                    .layers
                    .iter()
                    .filter(|layer| layer.technology == technology && layer.operator.is_some());
                let fresh = any_operator(&of_operators.collect::<Vec<_>>(), part);
                lay_all(&mut run.layers, &fresh);
            }
        }
        let numbers = self.count(
            &run.layers,
            |layer| change.concerns(layer.technology, layer.operator.as_deref()),
            &change.after,
            (areas, places),
            progress,
        )?;
        let concerns = |technology, operator: &Option<String>| change.concerns(technology, operator.as_deref());
        put(&mut run.areas, numbers.areas, |row| {
            concerns(row.technology, &row.operator)
        });
        put(&mut run.unions, numbers.unions, |row| {
            concerns(row.technology, &row.operator)
        });
        put(&mut run.places, numbers.places, |row| {
            concerns(row.technology, &row.operator)
        });
        put(&mut run.footprints, numbers.footprints, |row| {
            concerns(row.technology, &row.operator)
        });
        change.update_warnings(&mut run.warnings, said);
        Ok(())
    }

    /// The run after a change of cells made from the run before, which lay on the engine's raster: the same as a whole new
    /// run.
    ///
    /// # Errors
    /// As [`Engine::run`].
    pub fn update(
        &self,
        mut run: CoverageRun,
        (cells_before, cells): (&[Transmitter], &[Transmitter]),
        areas: &[Area],
        places: &[Place],
    ) -> Result<CoverageRun, CoverageError> {
        let scenario = run.parameters.scenario.clone();
        let Some(change) = self.change((cells_before, scenario.as_ref()), cells) else {
            return self.run(cells, areas, places, &Silent);
        };
        self.run_change(&change, &mut run, areas, places, &Silent)?;
        Ok(run)
    }
}

impl NetworkChange<'_> {
    /// Takes away what no longer holds and adds what is `said` of the ground around the masts that changed.
    fn update_warnings(&self, warnings: &mut Vec<Warning>, said: Vec<Warning>) {
        let of_changed = |warning: &Warning| {
            warning
                .subject
                .as_ref()
                .is_some_and(|subject| self.sites.contains(subject))
        };
        let (gone, new) = &self.warnings;
        warnings.retain(|warning| !of_changed(warning) && !gone.contains(warning));
        warnings.extend(new.iter().cloned());
        warnings.extend(said.into_iter().filter(of_changed));
        in_order(warnings);
    }
}

/// Puts fresh rows in the places of those that they stand for, in order; where there are none, at the end.
fn put<T>(rows: &mut Vec<T>, fresh: Vec<T>, is_concerned: impl Fn(&T) -> bool) {
    if !rows.iter().any(&is_concerned) {
        rows.extend(fresh);
        return;
    }
    for (row, fresh) in rows.iter_mut().filter(|row| is_concerned(row)).zip(fresh) {
        *row = fresh;
    }
}

fn equipment<'t>(transmitters: &'t [Transmitter], masts: &[Mast]) -> HashMap<MastKey, Equipment<'t>> {
    masts
        .iter()
        .map(|mast| {
            let cells = mast
                .cells
                .iter()
                .filter_map(|&(index, _)| transmitters.get(index))
                .collect();
            let radius = mast.radius_m.to_bits();
            (mast.key(), Equipment { radius, cells })
        })
        .collect()
}

/// Whether masts and cells that did not change stand in the same order: on it depend sums of power and which of two equally
/// strong cells serves.
fn same_order(
    old_masts: &[Mast],
    masts: &[Mast],
    before: &[Transmitter],
    after: &[Transmitter],
    changed: &HashSet<MastKey>,
) -> bool {
    fn unchanged<'m>(masts: &'m [Mast], changed: &HashSet<MastKey>) -> Vec<&'m Mast> {
        masts.iter().filter(|mast| !changed.contains(&mast.key())).collect()
    }
    fn cells<'t>(masts: &[&Mast], transmitters: &'t [Transmitter]) -> Vec<&'t str> {
        let mut indices: Vec<usize> = masts
            .iter()
            .flat_map(|mast| mast.cells.iter().map(|&(index, _)| index))
            .collect();
        indices.sort_unstable();
        indices
            .iter()
            .filter_map(|&index| Some(transmitters.get(index)?.cell_code.as_str()))
            .collect()
    }
    let (old_masts, masts) = (unchanged(old_masts, changed), unchanged(masts, changed));
    old_masts
        .iter()
        .map(|mast| mast.key())
        .eq(masts.iter().map(|mast| mast.key()))
        && cells(&old_masts, before) == cells(&masts, after)
}

/// The cells that a mast has on one side only; all, where its radius differs.
fn different<'t>(old: Option<&Equipment<'t>>, new: Option<&Equipment<'t>>) -> Vec<&'t Transmitter> {
    let cells = |side: Option<&Equipment<'t>>| side.map_or_else(Vec::new, |equipment| equipment.cells.clone());
    let (of_old, of_new) = (cells(old), cells(new));
    let same_radius = old.map(|equipment| equipment.radius) == new.map(|equipment| equipment.radius);
    let one_sided = |cell: &&Transmitter| !(same_radius && of_old.contains(cell) && of_new.contains(cell));
    of_old.iter().chain(&of_new).copied().filter(one_sided).collect()
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

/// Lays patches over the layers of the same name.
fn lay_all(layers: &mut [Layer], patches: &[Layer]) {
    for patch in patches {
        let same = |layer: &&mut Layer| {
            layer.technology == patch.technology && layer.operator == patch.operator && layer.quantity == patch.quantity
        };
        if let Some(layer) = layers.iter_mut().find(same) {
            renumber(layer, &patch.cells);
            lay(layer, patch);
        }
    }
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
