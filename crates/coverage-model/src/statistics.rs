//! Numbers per area and per place, from signal layers.

use geodata::{Area, Place};
use geodesy::tile_grid::{Grid, PixelWindow};
use rayon::prelude::*;

use crate::membership::{Span, spans};
use crate::{AreaStatistics, CoverageParameters, Layer, PlaceService, Quantity, VillageClass};

/// Which pixels and places belong to which area; the same for all layers.
#[derive(Debug)]
pub struct AreaMembers<'a> {
    areas: &'a [Area],
    spans: Vec<Vec<Span>>,
    /// Indices of the places inside each area.
    places: Vec<Vec<usize>>,
}

impl<'a> AreaMembers<'a> {
    /// Lays areas and places on the raster. A place belongs to every area that holds its pixel's centre.
    #[must_use]
    pub fn new(areas: &'a [Area], places: &[Place], window: &PixelWindow) -> Self {
        let spans: Vec<Vec<Span>> = areas.par_iter().map(|area| spans(&area.geometry, window)).collect();
        let pixels: Vec<Option<(u32, u32)>> = places.iter().map(|place| window.pixel_of(place.position)).collect();
        let inside = spans
            .par_iter()
            .map(|spans| {
                let holds = |&(column, row): &(u32, u32)| {
                    let first = spans.partition_point(|span| span.row < row);
                    spans[first..]
                        .iter()
                        .take_while(|span| span.row == row)
                        .any(|span| (span.from..span.to).contains(&column))
                };
                (0..pixels.len())
                    .filter(|&index| pixels[index].as_ref().is_some_and(holds))
                    .collect()
            })
            .collect();
        Self {
            areas,
            spans,
            places: inside,
        }
    }

    /// Numbers of every area on one signal layer. `service` are the layer's places, in the order of the places.
    #[must_use]
    pub fn statistics(
        &self,
        layer: &Layer,
        population: Option<&Grid<f32>>,
        service: &[PlaceService],
        parameters: &CoverageParameters,
    ) -> Vec<AreaStatistics> {
        let required = required_code(layer, parameters);
        let row_km2: Vec<f64> = (0..layer.window.rows)
            .map(|row| layer.window.pixel_area_m2(row) / 1e6)
            .collect();
        self.areas
            .par_iter()
            .zip(&self.spans)
            .zip(&self.places)
            .map(|((area, spans), inside)| {
                let mut numbers = AreaStatistics {
                    area_code: area.code.clone(),
                    technology: layer.technology,
                    operator: layer.operator.clone(),
                    km2: 0.0,
                    covered_km2: 0.0,
                    people: 0.0,
                    covered_people: 0.0,
                    places: inside.len() as u32,
                    served_places: inside
                        .iter()
                        .filter(|&&index| service.get(index).is_some_and(|s| s.served))
                        .count() as u32,
                };
                for span in spans {
                    add_span(&mut numbers, span, layer, population, required, &row_km2);
                }
                numbers
            })
            .collect()
    }
}

fn add_span(
    numbers: &mut AreaStatistics,
    span: &Span,
    layer: &Layer,
    population: Option<&Grid<f32>>,
    required: u16,
    row_km2: &[f64],
) {
    let start = span.row as usize * layer.window.columns as usize;
    let range = start + span.from as usize..start + span.to as usize;
    let Some(codes) = layer.codes.get(range.clone()) else {
        return;
    };
    let covered = codes.iter().filter(|&&code| is_covered(code, required)).count();
    numbers.km2 += codes.len() as f64 * row_km2[span.row as usize];
    numbers.covered_km2 += covered as f64 * row_km2[span.row as usize];
    if let Some(people) = population.and_then(|grid| grid.values.get(range)) {
        for (&people, &code) in people.iter().zip(codes) {
            numbers.people += f64::from(people);
            if is_covered(code, required) {
                numbers.covered_people += f64::from(people);
            }
        }
    }
}

/// The least code of a signal layer that counts as covered.
#[must_use]
pub fn required_code(layer: &Layer, parameters: &CoverageParameters) -> u16 {
    let (base, step) = Quantity::Signal.quantisation();
    let required_dbm = parameters.required_dbm(layer.technology);
    ((required_dbm - f64::from(base)) / f64::from(step) - 1e-6)
        .ceil()
        .clamp(0.0, f64::from(Layer::NO_DATA - 1)) as u16
}

/// Whether a code of a signal layer counts as covered.
#[inline(always)]
#[must_use]
pub fn is_covered(code: u16, required: u16) -> bool {
    code >= required && code != Layer::NO_DATA
}

/// Service of every place on one signal layer with its best-server layer.
#[must_use]
pub fn places(
    places: &[Place],
    signal: &Layer,
    server: &Layer,
    operators: &[String],
    parameters: &CoverageParameters,
) -> Vec<PlaceService> {
    let required = required_code(signal, parameters);
    let required_dbm = parameters.required_dbm(signal.technology);
    let code_at = |position| {
        let (column, row) = signal.window.pixel_of(position)?;
        signal.codes.get(signal.window.index(column, row)?).copied()
    };
    places
        .par_iter()
        .map(|place| {
            let code = code_at(place.position).unwrap_or(Layer::NO_DATA);
            let served = is_covered(code, required);
            let cluster_served = place
                .outlying_cluster
                .is_none_or(|cluster| is_covered(code_at(cluster).unwrap_or(Layer::NO_DATA), required));
            let signal_dbm = (code != Layer::NO_DATA).then(|| f64::from(signal.decode(code)));
            let best = signal
                .window
                .pixel_of(place.position)
                .and_then(|(column, row)| server.codes.get(signal.window.index(column, row)?))
                .map(|&index| usize::from(index));
            PlaceService {
                place_code: place.code.clone(),
                technology: signal.technology,
                operator: signal.operator.clone(),
                served,
                village_class: match (served, cluster_served) {
                    (false, _) => VillageClass::White,
                    (true, false) => VillageClass::Hollow,
                    (true, true) => VillageClass::Served,
                },
                signal_dbm,
                margin_db: signal_dbm.map(|signal| signal - required_dbm),
                best_cell: best.and_then(|index| server.cells.get(index)).cloned(),
                best_operator: best.and_then(|index| operators.get(index)).cloned(),
            }
        })
        .collect()
}
