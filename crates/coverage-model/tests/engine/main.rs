//! Whole runs on synthetic ground: the same whatever the threads and the cache, and equal to counting by hand.

#![allow(clippy::unwrap_used, clippy::print_stdout)]

mod kept;

use coverage_model::{
    Building, Change, ClutterKind, Comparison, CoverageError, CoverageParameters, CoverageRun, Engine, Layer,
    LevelOffset, Method, Model, Progress, Quantity, Scenario, Silent, Stage, Together, Transmitter, VillageClass,
    inside,
};
use geo::{Area as _, Contains, Validation};
use geo_types::{MultiPolygon, Point, polygon};
use geodata::{Area, AreaKind, Place, PlaceKind, Technology};
use geodesy::tile_grid::PixelWindow;
use geodesy::{Bounds, LonLat};
use propagation::link::throughput::{Duplex, ThroughputModel};
use propagation::link::{Carrier, RadioAccess};
use terrain::{ElevationModel, ElevationPatch, Ground, SurfaceKind};

const WEST: f64 = 105.80;
const NORTH: f64 = 18.40;
const STEP_DEG: f64 = 1.0 / 3600.0;

/// Ridges to 500 m on a plain, with a hole without heights in the south-east.
fn ground() -> Ground {
    let size = 600_usize;
    let heights_m = (0..size * size)
        .map(|i| {
            let (x, y) = ((i % size) as f64, (i / size) as f64);
            if x > 540.0 && y > 540.0 {
                f32::NAN
            } else {
                (250.0 * ((x / 60.0).sin() * (y / 45.0).cos()).max(0.0) + 20.0 * (x / 11.0).sin() + 30.0) as f32
            }
        })
        .collect();
    let patch = ElevationPatch::from_samples(LonLat::new(WEST, NORTH), STEP_DEG, STEP_DEG, size, heights_m).unwrap();
    Ground::new(ElevationModel::from_patch(&patch, SurfaceKind::BareEarth).unwrap())
}

fn window() -> PixelWindow {
    PixelWindow::covering(Bounds::new(WEST + 0.03, NORTH - 0.13, WEST + 0.13, NORTH - 0.03), 12)
}

fn transmitter(code: &str, operator: &str, technology: Technology, east: f64, south: f64, azimuth: f64) -> Transmitter {
    Transmitter {
        cell_code: code.into(),
        site_code: code[..1].into(),
        operator: operator.into(),
        technology,
        position: LonLat::new(WEST + east, NORTH - south),
        antenna_height_m: 42.0,
        frequency_mhz: if technology == Technology::G5 { 3750.0 } else { 1842.5 },
        bandwidth_mhz: if technology == Technology::G5 { 100.0 } else { 20.0 },
        eirp_per_re_dbm: 32.0,
        azimuth_deg: Some(azimuth),
        mechanical_tilt_deg: 1.0,
        electrical_tilt_deg: 3.0,
        horizontal_beamwidth_deg: 65.0,
        vertical_beamwidth_deg: 7.0,
    }
}

fn network() -> Vec<Transmitter> {
    vec![
        transmitter("a1", "Viettel", Technology::G4, 0.06, 0.06, 0.0),
        transmitter("a2", "Viettel", Technology::G4, 0.06, 0.06, 120.0),
        transmitter("a3", "Viettel", Technology::G4, 0.06, 0.06, 240.0),
        transmitter("b1", "VNPT", Technology::G4, 0.10, 0.09, 60.0),
        transmitter("b2", "VNPT", Technology::G5, 0.10, 0.09, 60.0),
        transmitter("c1", "Viettel", Technology::G4, 0.11, 0.05, 200.0),
    ]
}

fn areas() -> Vec<Area> {
    let square = |code: &str, west: f64, south: f64, size: f64| {
        let (x, y) = (WEST + west, NORTH - south);
        let geometry = MultiPolygon::new(vec![polygon![
            (x: x, y: y), (x: x + size, y: y), (x: x + size * 0.9, y: y + size), (x: x, y: y + size * 0.8), (x: x, y: y)
        ]]);
        Area::new(code, code, AreaKind::Commune, geometry)
    };
    vec![square("one", 0.04, 0.10, 0.05), square("two", 0.09, 0.12, 0.03)]
}

fn places() -> Vec<Place> {
    let mut near = Place::new(
        "near",
        "near",
        PlaceKind::Village,
        LonLat::new(WEST + 0.061, NORTH - 0.061),
    );
    near.outlying_cluster = Some(LonLat::new(WEST - 1.0, NORTH));
    vec![
        near,
        Place::new("away", "away", PlaceKind::Village, LonLat::new(WEST - 1.0, NORTH)),
    ]
}

fn parameters() -> CoverageParameters {
    CoverageParameters {
        maximum_radius_m: 4000.0,
        ..CoverageParameters::default()
    }
}

fn run(parameters: CoverageParameters, cache: Option<std::path::PathBuf>, cells: &[Transmitter]) -> CoverageRun {
    let ground = ground();
    let engine = Engine::new(&ground, window(), parameters, cache).unwrap();
    engine.run(cells, &areas(), &places(), &Silent).unwrap()
}

fn layer<'a>(run: &'a CoverageRun, operator: Option<&str>, quantity: Quantity) -> &'a Layer {
    run.layers
        .iter()
        .find(|l| l.technology == Technology::G4 && l.operator.as_deref() == operator && l.quantity == quantity)
        .unwrap()
}

#[test]
fn the_same_whatever_the_threads() {
    let with = |threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| run(parameters(), None, &network()))
    };
    let one = with(1);
    assert!(one == with(3));
    assert!(
        layer(&one, None, Quantity::Signal)
            .codes
            .iter()
            .any(|&code| code != Layer::NO_DATA)
    );
}

#[test]
fn any_operator_is_the_best_of_the_operators() {
    let run = run(parameters(), None, &network());
    let any = layer(&run, None, Quantity::Signal);
    let server = layer(&run, None, Quantity::BestServer);
    let operators = ["Viettel", "VNPT"].map(|name| layer(&run, Some(name), Quantity::Signal));
    for (pixel, &code) in any.codes.iter().enumerate() {
        let best = operators
            .iter()
            .map(|l| l.codes[pixel])
            .filter(|&c| c != Layer::NO_DATA)
            .max();
        assert_eq!(best.unwrap_or(Layer::NO_DATA), code);
        assert_eq!(server.codes[pixel] == Layer::NO_DATA, code == Layer::NO_DATA);
    }
}

#[test]
fn signals_of_single_cells_make_the_layer() {
    let ground = ground();
    let engine = Engine::new(&ground, window(), parameters(), None).unwrap();
    let cells = network();
    let run = engine.run(&cells, &[], &[], &Silent).unwrap();
    let signal = layer(&run, Some("VNPT"), Quantity::Signal);
    // VNPT has one 4G cell; its mast also carries 5G, which must not change the 4G signal.
    let patch = engine.signal(&cells[3]);
    for row in 0..patch.window.rows {
        for column in 0..patch.window.columns {
            let alone = patch.dbm[patch.window.index(column, row).unwrap()];
            let (x, y) = (
                column + patch.window.column - run.window.column,
                row + patch.window.row - run.window.row,
            );
            let value = signal.value(x, y);
            assert!(
                alone.is_nan() == value.is_nan() && (alone.is_nan() || (alone - value).abs() < 0.03),
                "{alone} {value}"
            );
        }
    }
}

/// The layers of a run, pixel by pixel, from the signals of its cells one at a time.
fn assert_layers_add_up(settings: CoverageParameters) {
    let ground = ground();
    let engine = Engine::new(&ground, window(), settings, None).unwrap();
    let parameters = engine.parameters();
    let cells = {
        let mut cells = network();
        // A second band of Viettel: 700 MHz does not disturb 1800 MHz.
        cells.push(Transmitter {
            frequency_mhz: 763.0,
            bandwidth_mhz: 10.0,
            ..transmitter("c2", "Viettel", Technology::G4, 0.11, 0.05, 20.0)
        });
        cells
    };
    let run = engine.run(&cells, &[], &[], &Silent).unwrap();
    let patches: Vec<_> = cells.iter().map(|cell| engine.signal(cell)).collect();
    let alone = |cell: usize, column: u32, row: u32| -> f64 {
        let window = &patches[cell].window;
        let at = window.index(
            (column + run.window.column).wrapping_sub(window.column),
            (row + run.window.row).wrapping_sub(window.row),
        );
        at.map_or(f64::NAN, |at| f64::from(patches[cell].dbm[at]))
    };
    let milliwatts = |dbm: f64| if dbm.is_nan() { 0.0 } else { 10_f64.powf(dbm / 10.0) };
    for (technology, operator) in [
        (Technology::G4, "Viettel"),
        (Technology::G4, "VNPT"),
        (Technology::G5, "VNPT"),
    ] {
        let of_plane: Vec<usize> = (0..cells.len())
            .filter(|&i| cells[i].technology == technology && cells[i].operator == operator)
            .collect();
        let layer = |quantity| {
            let same = |l: &&Layer| l.technology == technology && l.operator.as_deref() == Some(operator);
            run.layers.iter().find(|l| same(l) && l.quantity == quantity).unwrap()
        };
        let (signal, probability, server) = (
            layer(Quantity::Signal),
            layer(Quantity::Probability),
            layer(Quantity::BestServer),
        );
        let (sinr, throughput) = (layer(Quantity::Sinr), layer(Quantity::Throughput));
        let (spacing_khz, noise_khz) = if technology == Technology::G5 {
            (30, 30e3)
        } else {
            (15, 15e3)
        };
        let noise_dbm = -173.98 + 10.0 * f64::log10(noise_khz) + parameters.noise_figure_db;
        let access = if technology == Technology::G5 {
            RadioAccess::NrFr1
        } else {
            RadioAccess::Lte
        };
        let mut compared = 0;
        for row in (0..run.window.rows).step_by(5) {
            for column in (0..run.window.columns).step_by(5) {
                let best = of_plane
                    .iter()
                    .copied()
                    .filter(|&i| !alone(i, column, row).is_nan())
                    .max_by(|&a, &b| alone(a, column, row).total_cmp(&alone(b, column, row)));
                let Some(best) = best else {
                    assert!(signal.value(column, row).is_nan() && server.server(column, row).is_none());
                    continue;
                };
                let level = alone(best, column, row);
                assert!((f64::from(signal.value(column, row)) - level).abs() < 0.03);
                let told = server.server(column, row).unwrap();
                let told = (0..cells.len()).find(|&i| cells[i].cell_code == told).unwrap();
                assert!(
                    level - alone(told, column, row) < 0.06,
                    "the server is a strongest cell"
                );
                let beta = (level - parameters.thresholds.of(technology)) / parameters.sigma_db();
                let expected = 0.5 * erfc(-beta / std::f64::consts::SQRT_2);
                assert!((f64::from(probability.value(column, row)) - expected).abs() < 0.002);
                let others: f64 = of_plane
                    .iter()
                    .filter(|&&i| i != told && cells[i].frequency_mhz == cells[told].frequency_mhz)
                    .map(|&i| milliwatts(alone(i, column, row)))
                    .sum();
                let disturbance = parameters.load * others + milliwatts(noise_dbm);
                let expected = alone(told, column, row) - 10.0 * disturbance.log10();
                let value = f64::from(sinr.value(column, row));
                assert!((value - expected).abs() < 0.15, "SINR {value}, by hand {expected}");
                let (layers, duplex) = if technology == Technology::G5 {
                    (4, Duplex::TDD_DDDSU_DOWNLINK)
                } else {
                    (2, Duplex::Fdd)
                };
                let carrier = Carrier::new(access, cells[told].bandwidth_mhz, spacing_khz).unwrap();
                let model = ThroughputModel::downlink(access, layers, duplex);
                let (low, high) = (
                    model.bits_per_second(&carrier, value - 0.1).0 / 1e6,
                    model.bits_per_second(&carrier, value + 0.1).0 / 1e6,
                );
                let rate = f64::from(throughput.value(column, row));
                assert!(
                    (low - 0.2..=high + 0.2).contains(&rate),
                    "{rate} Mbit/s, by hand {low} … {high}"
                );
                compared += 1;
            }
        }
        assert!(compared > 500, "{technology:?} {operator}: {compared} pixels");
    }
}

/// 1 − erf, Abramowitz and Stegun 7.1.26 (1.5e-7).
fn erfc(x: f64) -> f64 {
    if x < 0.0 {
        return 2.0 - erfc(-x);
    }
    let t = 1.0 / (1.0 + 0.327_591_1 * x);
    let series = [
        0.254_829_592,
        -0.284_496_736,
        1.421_413_741,
        -1.453_152_027,
        1.061_405_429,
    ];
    series.iter().rev().fold(0.0, |sum, a| (sum + a) * t) * (-x * x).exp()
}

#[test]
fn layers_are_what_the_cells_add_up_to() {
    assert_layers_add_up(parameters());
}

#[test]
fn indoors_too() {
    assert_layers_add_up(CoverageParameters {
        indoor: Some(Building::ThermallyEfficient),
        load: 0.9,
        ..parameters()
    });
}

#[test]
fn walls_take_the_median_entry_loss_of_each_band() {
    let indoors = |class| CoverageParameters {
        indoor: Some(class),
        ..parameters()
    };
    let outside = run(parameters(), None, &network());
    for class in [Building::Traditional, Building::ThermallyEfficient] {
        let inside = run(indoors(class), None, &network());
        assert_eq!(
            inside.layers.len(),
            outside.layers.len(),
            "every layer has its indoor version"
        );
        for (outside, inside) in outside.layers.iter().zip(&inside.layers) {
            if outside.quantity != Quantity::Signal || outside.operator.is_none() {
                continue;
            }
            let frequency_ghz = if outside.technology == Technology::G5 {
                3.75
            } else {
                1.8425
            };
            let loss = propagation::p2109::entry_loss(frequency_ghz, 50.0, class.into(), 0.0).unwrap();
            let pairs = outside.codes.iter().zip(&inside.codes);
            let both = pairs.filter(|&(&a, &b)| a != Layer::NO_DATA && b != Layer::NO_DATA);
            let worst = both
                .map(|(&a, &b)| (f64::from(outside.decode(a) - inside.decode(b)) - loss.loss_db).abs())
                .fold(0.0, f64::max);
            assert!(worst < 0.06, "{worst}");
        }
    }
}

#[test]
fn area_numbers_are_those_of_counting_every_pixel() {
    let run = run(parameters(), None, &network());
    let required = run.parameters.required_dbm(Technology::G4) as f32;
    let signal = layer(&run, None, Quantity::Signal);
    for area in areas() {
        let (mut km2, mut covered_km2) = (0.0, 0.0);
        for row in 0..run.window.rows {
            for column in 0..run.window.columns {
                let centre = run.window.centre(column, row);
                if area.geometry.contains(&Point::new(centre.lon_deg, centre.lat_deg)) {
                    let size = run.window.pixel_area_m2(row) / 1e6;
                    km2 += size;
                    if signal.value(column, row) >= required - 1e-4 {
                        covered_km2 += size;
                    }
                }
            }
        }
        let row = run
            .areas
            .iter()
            .find(|row| row.area_code == area.code && row.technology == Technology::G4 && row.operator.is_none())
            .unwrap();
        assert!(
            (row.km2 - km2).abs() < 1e-9 && (row.covered_km2 - covered_km2).abs() < 1e-9,
            "{row:?} {km2} {covered_km2}"
        );
        assert!(row.covered_km2 > 0.0);
    }
}

#[test]
fn places_are_served_by_the_cell_that_the_map_shows() {
    let run = run(parameters(), None, &network());
    let of = |code: &str| {
        run.places
            .iter()
            .find(|p| p.place_code == code && p.technology == Technology::G4 && p.operator.is_none())
            .unwrap()
    };
    let near = of("near");
    assert!(near.served && near.margin_db.unwrap() > 0.0);
    assert_eq!(
        near.village_class,
        VillageClass::Hollow,
        "its outlying cluster has no signal"
    );
    assert_eq!(near.best_operator.as_deref(), Some("Viettel"));
    assert!(near.best_cell.as_deref().unwrap().starts_with('a'));
    let away = of("away");
    assert!(!away.served && away.signal_dbm.is_none() && away.village_class == VillageClass::White);
}

#[test]
fn footprints_are_valid_and_as_large_as_the_covered_ground() {
    let run = run(parameters(), None, &network());
    let required = run.parameters.required_dbm(Technology::G4) as f32;
    let signal = layer(&run, None, Quantity::Signal);
    let covered = (0..run.window.rows)
        .flat_map(|row| (0..run.window.columns).map(move |column| (column, row)))
        .filter(|&(column, row)| signal.value(column, row) >= required - 1e-4)
        .count() as f64;
    let footprint = run
        .footprints
        .iter()
        .find(|f| f.technology == Technology::G4 && f.operator.is_none())
        .unwrap();
    assert!(footprint.geometry.is_valid());
    let pixel = {
        let bounds = run.window.bounds();
        (bounds.east - bounds.west) * (bounds.north - bounds.south) / run.window.len() as f64
    };
    let area = footprint.geometry.unsigned_area() / pixel;
    assert!(
        (area / covered - 1.0).abs() < 0.03,
        "{area} pixels outlined, {covered} covered"
    );
}

#[test]
fn the_sweep_is_near_the_exact_raster() {
    let cells = &network()[..1];
    let sweep = run(parameters(), None, cells);
    let exact = run(
        CoverageParameters {
            method: Method::Exact,
            ..parameters()
        },
        None,
        cells,
    );
    let (a, b) = (
        layer(&sweep, None, Quantity::Signal),
        layer(&exact, None, Quantity::Signal),
    );
    let mut errors: Vec<f64> = a
        .codes
        .iter()
        .zip(&b.codes)
        .filter(|&(&x, &y)| x != Layer::NO_DATA && y != Layer::NO_DATA)
        .map(|(&x, &y)| f64::from(a.decode(x) - b.decode(y)))
        .collect();
    let count = errors.len() as f64;
    let bias = errors.iter().sum::<f64>() / count;
    let rmse = (errors.iter().map(|e| e * e).sum::<f64>() / count).sqrt();
    errors.sort_by(|a, b| a.abs().total_cmp(&b.abs()));
    let p99 = errors[(count * 0.99) as usize].abs();
    println!("sweep against exact over {count} pixels: bias {bias:.4}, RMSE {rmse:.4}, p99 {p99:.3} dB");
    assert!(count > 10_000.0 && rmse <= 0.5 && p99 <= 2.0 && bias.abs() <= 0.05);
}

#[test]
fn free_space_reaches_further_and_walls_take_signal() {
    let count = |parameters| {
        let run = run(parameters, None, &network());
        run.areas
            .iter()
            .filter(|row| row.operator.is_none())
            .map(|row| row.covered_km2)
            .sum::<f64>()
    };
    let outdoors = count(parameters());
    assert!(
        count(CoverageParameters {
            model: Model::FreeSpace,
            ..parameters()
        }) > outdoors
    );
    assert!(
        count(CoverageParameters {
            indoor: Some(Building::Traditional),
            ..parameters()
        }) < outdoors
    );
}

#[test]
fn sites_without_terrain_are_named() {
    let mut cells = network();
    cells[5].position = LonLat::new(WEST + 0.16, NORTH - 0.16);
    let run = run(parameters(), None, &cells);
    assert!(
        run.warnings
            .iter()
            .any(|w| w.code == coverage_model::WarningCode::SiteWithoutTerrain && w.subject.as_deref() == Some("c"))
    );
}

#[test]
fn a_run_can_be_stopped() {
    struct Stop;
    impl Progress for Stop {
        fn report(&self, _fraction: f64, _stage: Stage) {}
        fn cancelled(&self) -> bool {
            true
        }
    }
    let ground = ground();
    let engine = Engine::new(&ground, window(), parameters(), None).unwrap();
    assert!(matches!(
        engine.run(&network(), &[], &[], &Stop),
        Err(CoverageError::Cancelled)
    ));
}

#[test]
fn overlapping_areas_count_once_and_spill_is_what_lies_outside() {
    let ground = ground();
    let engine = Engine::new(&ground, window(), parameters(), None).unwrap();
    let mut areas = areas();
    areas.push(areas[0].clone());
    let run = engine.run(&network(), &areas, &places(), &Silent).unwrap();
    let required = run.parameters.required_dbm(Technology::G4) as f32;
    let signal = layer(&run, None, Quantity::Signal);
    let union = run
        .unions
        .iter()
        .find(|union| union.technology == Technology::G4 && union.operator.is_none() && union.together == Together::All)
        .unwrap();
    assert_eq!(
        (union.places, union.served_places),
        (1, 1),
        "a place in both squares is one place"
    );
    let (mut whole, mut covered, mut spill) = (0.0, 0.0, 0.0);
    for row in 0..run.window.rows {
        for column in 0..run.window.columns {
            let centre = run.window.centre(column, row);
            let point = Point::new(centre.lon_deg, centre.lat_deg);
            let km2 = run.window.pixel_area_m2(row) / 1e6;
            let inside = areas.iter().any(|area| area.geometry.contains(&point));
            let served = signal.value(column, row) >= required - 1e-4;
            whole += if inside { km2 } else { 0.0 };
            covered += if inside && served { km2 } else { 0.0 };
            spill += if !inside && served { km2 } else { 0.0 };
        }
    }
    let near = |a: f64, b: f64| (a - b).abs() < 1e-6;
    assert!(near(union.whole.km2, whole) && near(union.covered.km2, covered) && near(union.spill.km2, spill));
    assert!(spill > 0.0 && covered > 0.0);
    let separate: f64 = run
        .areas
        .iter()
        .filter(|row| row.technology == Technology::G4 && row.operator.is_none())
        .map(|row| row.km2)
        .sum();
    assert!(separate > whole + 0.1, "one square is there twice: {separate} {whole}");
}

#[test]
fn a_scenario_loses_what_its_cells_gave() {
    let all = run(parameters(), None, &network());
    let scenario = Scenario {
        name: "without VNPT".into(),
        without_operators: vec!["VNPT".into()],
        ..Scenario::default()
    };
    let without = run(
        CoverageParameters {
            scenario: Some(scenario),
            ..parameters()
        },
        None,
        &network(),
    );
    let (before, after) = (
        layer(&all, None, Quantity::Signal),
        layer(&without, None, Quantity::Signal),
    );
    let comparison = Comparison::new(
        (&[before], &all.parameters),
        (&[after], &without.parameters),
        &all.window,
    )
    .unwrap();
    let totals = comparison.totals(None, None);
    assert!(totals.lost.km2 > 0.0 && totals.gained.km2 == 0.0 && totals.kept.km2 > 0.0);
    let required = all.parameters.required_dbm(Technology::G4) as f32;
    for row in 0..all.window.rows {
        for column in 0..all.window.columns {
            let (was, is) = (
                before.value(column, row) >= required - 1e-4,
                after.value(column, row) >= required - 1e-4,
            );
            let expected = match (was, is) {
                (true, true) => Change::Kept,
                (true, false) => Change::Lost,
                (false, true) => Change::Gained,
                (false, false) => Change::Neither,
            };
            assert_eq!(comparison.at(all.window.centre(column, row)), Some(expected));
        }
    }
    let mask = inside(&areas(), &all.window);
    let within = comparison.totals(Some(&mask), None);
    let of_areas = comparison.of_areas(&areas()[..1], None);
    assert!(within.lost.km2 <= totals.lost.km2 && of_areas[0].kept.km2 <= within.kept.km2);
}

#[test]
fn accepted_offsets_shift_the_level_where_they_hold() {
    let offsets = |clutter| Scenario {
        offsets: vec![LevelOffset {
            frequency_mhz: 1842.5,
            clutter,
            offset_db: -4.0,
        }],
        ..Scenario::default()
    };
    let with = |scenario| {
        let parameters = CoverageParameters {
            scenario: Some(scenario),
            ..parameters()
        };
        run(parameters, None, &network()[..3])
    };
    let plain = run(parameters(), None, &network()[..3]);
    let everywhere = with(offsets(None));
    let in_town = with(offsets(Some(ClutterKind::DenseUrban)));
    let (a, b) = (
        layer(&plain, None, Quantity::Signal),
        layer(&everywhere, None, Quantity::Signal),
    );
    let mut compared = 0;
    for (&before, &after) in a.codes.iter().zip(&b.codes) {
        if before != Layer::NO_DATA && after != Layer::NO_DATA {
            assert!((a.decode(before) - b.decode(after) - 4.0).abs() < 0.06);
            compared += 1;
        }
    }
    assert!(compared > 1000);
    // The ground has no cover at all.
    assert!(layer(&in_town, None, Quantity::Signal).codes == a.codes);
}

#[test]
fn candidates_serve_the_pixels_that_their_map_shows() {
    let ground = ground();
    let engine = Engine::new(&ground, window(), parameters(), None).unwrap();
    let cells = &network()[..3];
    let run = engine.run(cells, &[], &[], &Silent).unwrap();
    let required = run.parameters.required_dbm(Technology::G4) as f32;
    let signal = layer(&run, None, Quantity::Signal);
    let expected: Vec<u32> = (0..run.window.len() as u32)
        .filter(|&pixel| signal.decode(signal.codes[pixel as usize]) >= required)
        .collect();
    let served = engine.served_pixels(cells);
    // Levels within half a code of the threshold may fall on either side.
    let differ = served
        .iter()
        .filter(|pixel| expected.binary_search(pixel).is_err())
        .count();
    assert!(
        served.len() > 1000
            && differ < served.len() / 100
            && served.len().abs_diff(expected.len()) < served.len() / 100
    );
}
