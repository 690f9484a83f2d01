//! The demo province through the program itself: cold, warm, and after small changes.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Mutex;
use std::time::Instant;

use anyhow::{Context, Result};
use coverage_model::{CoverageParameters, CoverageRun, Engine, Progress, Silent, Stage, Transmitter, transmitters};
use geodata::{Area, DatasetKind, Place, Technology};
use geodesy::tile_grid::PixelWindow;
use geodesy::{Bounds, LonLat};
use server::work::inputs::ProjectInputs;
use server::work::{coverage, ground};
use store::Store;
use terrain::Ground;

use crate::process::{self, Taken};

/// The demo project in memory.
pub struct Province {
    pub ground: Ground,
    pub ground_identity: String,
    pub cells: Vec<Transmitter>,
    pub areas: Vec<Area>,
    pub places: Vec<Place>,
    pub bounds: Bounds,
    pub stations: usize,
    pub path_losses: PathBuf,
}

impl Province {
    /// Reads the demo project of a data folder.
    pub fn open(folder: &Path) -> Result<Self> {
        let runtime = tokio::runtime::Runtime::new()?;
        runtime.block_on(async {
            let store = Store::open(folder).await?;
            let project = store.projects().await?.into_iter().next().context("no project")?;
            let inputs = ProjectInputs::load(&store, &project.id).await?;
            let artefacts = store.artefacts();
            let network = inputs.network(artefacts)?;
            let mut areas = inputs.areas(artefacts, DatasetKind::Areas)?;
            areas.extend(inputs.areas(artefacts, DatasetKind::Zones)?);
            let [west, south, east, north] = inputs.bounds().context("no bounds")?;
            Ok(Self {
                ground: ground::open(artefacts, &inputs)?,
                ground_identity: ground::identity(&inputs),
                cells: transmitters(&network),
                areas,
                places: inputs.places(artefacts)?,
                bounds: Bounds::new(west, south, east, north).expanded_m(coverage::BORDER_M),
                stations: network.stations.len(),
                path_losses: store.cache_folder()?.join("path-loss"),
            })
        })
    }

    /// An engine over the province with the path losses that the program keeps.
    pub fn engine(&self, parameters: CoverageParameters, path_losses: Option<PathBuf>) -> Result<Engine<'_>> {
        let window = PixelWindow::covering(self.bounds, parameters.zoom);
        let engine = Engine::new(&self.ground, window, parameters, path_losses)?;
        Ok(engine.with_ground_identity(self.ground_identity.clone()))
    }
}

/// The program, built.
pub fn program() -> Result<PathBuf> {
    let status = Command::new(env!("CARGO"))
        .args(["build", "--release", "-p", "phusong"])
        .status()?;
    anyhow::ensure!(status.success(), "phusong does not build");
    let target = Path::new(env!("CARGO_TARGET_TMPDIR"))
        .parent()
        .context("no target folder")?;
    Ok(target.join("release/phusong"))
}

/// A fresh demo project.
pub fn demo(program: &Path) -> Result<tempfile::TempDir> {
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR"))?;
    process::run(Command::new(program).arg("demo").arg("--data").arg(folder.path()))?;
    Ok(folder)
}

/// Measures everything about the province.
pub fn measure() -> Result<()> {
    let program = program()?;
    let folder = demo(&program)?;
    let province = Province::open(folder.path())?;
    let parameters = CoverageParameters::default();
    let engine = province.engine(parameters.clone(), Some(province.path_losses.clone()))?;
    let window = engine.window();
    println!(
        "\ndemo province: {} stations, {} cells, {} antenna positions, {} areas, {} places; {} × {} pixels of zoom {}; 4G and 5G",
        province.stations,
        province.cells.len(),
        engine.mast_count(&province.cells),
        province.areas.len(),
        province.places.len(),
        window.columns,
        window.rows,
        window.zoom
    );
    // Another load is another run, but of the same signals.
    let cold = cover(&program, folder.path(), "load=0.5")?;
    say("phusong cover, cold", &cold);
    let warm = cover(&program, folder.path(), "load=0.4")?;
    say("phusong cover, warm (another load)", &warm);
    let scenario = r#"scenario={"name":"one site off","without_cells":["SITE"]}"#;
    let site = &province.cells[province.cells.len() / 2].site_code;
    let off = cover(&program, folder.path(), &scenario.replace("SITE", site))?;
    say("phusong cover, one site off", &off);

    let (run, _) = staged(&engine, &province, &province.cells)?;
    // Every antenna turned: the same path losses, but all cells are added up again.
    let tilted: Vec<Transmitter> = province.cells.iter().map(|cell| tilted(cell, 1.0)).collect();
    let (_, stages) = staged(&engine, &province, &tilted)?;
    changes(&engine, &province, run)?;
    profile(&province, &parameters, &stages, &cold)
}

fn cover(program: &Path, folder: &Path, setting: &str) -> Result<Taken> {
    let project = "Tỉnh mô phỏng (dữ liệu tổng hợp)";
    let mut command = Command::new(program);
    command
        .arg("cover")
        .arg("--data")
        .arg(folder)
        .args(["--project", project, "--set", setting]);
    process::run(&mut command)
}

fn say(what: &str, taken: &Taken) {
    println!(
        "{what}: {:.1} s, {:.1} processor s, at most {:.0} MiB of memory",
        taken.wall_s, taken.processor_s, taken.peak_mib
    );
}

/// When each stage began.
#[derive(Default)]
struct Clock(Mutex<Vec<(Stage, Instant)>>);

impl Progress for Clock {
    fn report(&self, _fraction: f64, stage: Stage) {
        if let Ok(mut stages) = self.0.lock()
            && stages.last().is_none_or(|(last, _)| *last != stage)
        {
            stages.push((stage, Instant::now()));
        }
    }

    fn cancelled(&self) -> bool {
        false
    }
}

fn tilted(cell: &Transmitter, by_deg: f64) -> Transmitter {
    Transmitter {
        electrical_tilt_deg: cell.electrical_tilt_deg + by_deg,
        ..cell.clone()
    }
}

/// A run of cells whose path losses are kept, and the seconds of its stages.
fn staged(engine: &Engine<'_>, province: &Province, cells: &[Transmitter]) -> Result<(CoverageRun, Vec<(Stage, f64)>)> {
    let clock = Clock::default();
    let run = engine.run(cells, &province.areas, &province.places, &clock)?;
    let end = Instant::now();
    let begun = clock.0.into_inner().unwrap_or_default();
    let ends = begun.iter().skip(1).map(|(_, at)| *at).chain([end]);
    let stages = begun
        .iter()
        .zip(ends)
        .map(|((stage, at), end)| (*stage, (end - *at).as_secs_f64()));
    Ok((run, stages.collect()))
}

/// One site more and one cell's tilt, three times each: layers, numbers and outlines, in memory.
fn changes(engine: &Engine<'_>, province: &Province, mut run: CoverageRun) -> Result<()> {
    let network = &province.cells;
    let index = network.len() / 2;
    let mut added = Vec::new();
    let mut turned = Vec::new();
    for round in 0..3_u32 {
        let mut more = network.clone();
        let first = &network[index + 50 * round as usize];
        let of_site = network
            .iter()
            .filter(|cell| cell.site_code == first.site_code && cell.technology == Technology::G4);
        more.extend(of_site.map(|cell| Transmitter {
            site_code: "new".to_owned(),
            cell_code: format!("new-{}", cell.cell_code),
            position: LonLat::new(cell.position.lon_deg + 0.004, cell.position.lat_deg + 0.003),
            ..cell.clone()
        }));
        added.push(timed(engine, province, &mut run, (network, &more))?);
        timed(engine, province, &mut run, (&more, network))?;
        let mut other = network.clone();
        let cell = index + 70 * round as usize;
        other[cell] = tilted(&other[cell], 4.0);
        turned.push(timed(engine, province, &mut run, (network, &other))?);
        timed(engine, province, &mut run, (&other, network))?;
    }
    println!("one site more: {added:.3?} s (three sites); one cell's tilt: {turned:.3?} s (three cells)");
    Ok(())
}

fn timed(
    engine: &Engine<'_>,
    province: &Province,
    run: &mut CoverageRun,
    (before, after): (&[Transmitter], &[Transmitter]),
) -> Result<f64> {
    let start = Instant::now();
    let change = engine.change((before, None), after).context("a change of a part")?;
    engine.run_change(&change, run, &province.areas, &province.places, &Silent)?;
    Ok(start.elapsed().as_secs_f64())
}

/// Where the time of a cold run and of one with kept path losses goes.
fn profile(province: &Province, parameters: &CoverageParameters, stages: &[(Stage, f64)], cold: &Taken) -> Result<()> {
    const SAMPLE: usize = 48;
    let masts = province.engine(parameters.clone(), None)?.mast_count(&province.cells);
    let every = (masts / SAMPLE).max(1);
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR"))?;
    let sample = |path_losses: Option<PathBuf>| -> Result<f64> {
        let engine = province.engine(parameters.clone(), path_losses)?;
        let start = Instant::now();
        for mast in (0..masts).step_by(every) {
            engine.propagate(&province.cells, mast..mast + 1, &Silent)?;
        }
        Ok(start.elapsed().as_secs_f64() / masts.div_ceil(every) as f64)
    };
    let listing = {
        let engine = province.engine(parameters.clone(), None)?;
        let start = Instant::now();
        engine.propagate(&province.cells, 0..0, &Silent)?;
        start.elapsed().as_secs_f64()
    };
    let sweep = sample(None)? - listing;
    let keep = sample(Some(folder.path().to_owned()))? - listing - sweep;
    let read = sample(Some(folder.path().to_owned()))? - listing;
    let seconds = |stage: Stage| stages.iter().filter(|(s, _)| *s == stage).map(|(_, s)| s).sum::<f64>();
    let all: f64 = stages.iter().map(|(_, s)| s).sum();
    println!("where the time goes (seconds; antenna positions: mean of every {every}th, one core):");
    println!(
        "  an antenna position: sweep {:.1} ms, keeping its losses {:.1} ms, reading them {:.1} ms; × {masts} on {} cores: {:.1} + {:.1} s of {:.1} s cold",
        sweep * 1e3,
        keep * 1e3,
        read * 1e3,
        rayon_cores(),
        sweep * masts as f64 / rayon_cores() as f64,
        keep * masts as f64 / rayon_cores() as f64,
        cold.wall_s
    );
    println!(
        "  every cell tilted anew, in memory {all:.2}: reading losses and adding cells up {:.2}, layers {:.2}, numbers {:.2}, outlines {:.2}",
        seconds(Stage::Preparing) + seconds(Stage::Propagation),
        seconds(Stage::Layers),
        seconds(Stage::Statistics),
        seconds(Stage::Footprints)
    );
    Ok(())
}

fn rayon_cores() -> usize {
    std::thread::available_parallelism().map_or(1, std::num::NonZero::get)
}
