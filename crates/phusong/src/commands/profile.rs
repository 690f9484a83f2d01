//! `phusong profile`: the terrain between two points, with clutter, Fresnel zone and the loss by every model.

use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context;
use coverage_model::point_to_point::drawing::{Language, svg};
use coverage_model::point_to_point::{
    Applicability, Atmosphere, ModelLoss, PathError, PathRequest, PointToPoint, Polarisation, analyse,
};
use geodata::{DatasetKind, ImportContext, InputFile, Records};
use geodesy::LonLat;
use server::work::ground::{cover_of_areas, is_raster_name};
use terrain::{ClassTable, ElevationModel, Ground, LandCover, SurfaceKind};

use crate::output::{Output, WrongUse};

/// What may be written after `profile`.
#[derive(Debug, clap::Args)]
#[command(allow_negative_numbers = true)]
pub struct Arguments {
    /// Latitude of the transmitter, degrees (WGS 84).
    #[arg(value_name = "LAT")]
    from_lat: f64,
    /// Longitude of the transmitter.
    #[arg(value_name = "LON")]
    from_lon: f64,
    /// Latitude of the receiver.
    #[arg(value_name = "LAT")]
    to_lat: f64,
    /// Longitude of the receiver.
    #[arg(value_name = "LON")]
    to_lon: f64,
    /// Elevation: GeoTIFF, .hgt or zipped .hgt files, or folders of them.
    #[arg(long, value_name = "FILE", required = true, num_args = 1..)]
    terrain: Vec<PathBuf>,
    /// What the elevation measures; clutter is added only to bare earth.
    #[arg(long, value_enum, default_value = "bare-earth")]
    surface: Surface,
    /// Land cover: a raster of class codes, or polygons (GeoJSON, GeoPackage, KML, shapefile) whose code or `class` is one of
    /// ESA WorldCover.
    #[arg(long, value_name = "FILE")]
    land_cover: Option<PathBuf>,
    /// Classes of the land cover: a product, or a JSON file of codes and heights.
    #[arg(long, value_name = "worldcover|corine|p1812|FILE.json", default_value = "worldcover")]
    classes: String,
    /// Frequency, MHz.
    #[arg(long, default_value_t = PathRequest::default().frequency_mhz)]
    frequency_mhz: f64,
    /// Transmitting antenna above ground, m.
    #[arg(long, default_value_t = PathRequest::default().tx_height_m)]
    tx_height_m: f64,
    /// Receiving antenna above ground, m.
    #[arg(long, default_value_t = PathRequest::default().rx_height_m)]
    rx_height_m: f64,
    /// Distance between profile samples, m; with clutter the loss depends on it.
    #[arg(long, default_value_t = PathRequest::default().step_m)]
    step_m: f64,
    /// Percentage of an average year, 1 to 50.
    #[arg(long, default_value_t = PathRequest::default().time_percent)]
    time_percent: f64,
    /// Horizontal polarisation (vertical without it).
    #[arg(long)]
    horizontal: bool,
    /// Refractivity lapse rate ΔN, N-units/km.
    #[arg(long, default_value_t = Atmosphere::default().delta_n)]
    delta_n: f64,
    /// Sea-level surface refractivity N0, N-units.
    #[arg(long, default_value_t = Atmosphere::default().n0)]
    n0: f64,
    /// Draw the path into this file.
    #[arg(long, value_name = "FILE.svg")]
    svg: Option<PathBuf>,
    /// Language of picture and text.
    #[arg(long, value_enum, default_value = "vi")]
    language: Tongue,
}

/// What an elevation file measures.
#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum Surface {
    /// The ground itself.
    BareEarth,
    /// Roofs and tree tops.
    Surface,
}

/// Language of the answer.
#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum Tongue {
    /// Vietnamese.
    Vi,
    /// English.
    En,
}

/// Runs the command.
pub fn run(arguments: Arguments, output: &Output) -> anyhow::Result<ExitCode> {
    let from = place(arguments.from_lat, arguments.from_lon)?;
    let to = place(arguments.to_lat, arguments.to_lon)?;
    let language = match arguments.language {
        Tongue::Vi => Language::Vietnamese,
        Tongue::En => Language::English,
    };
    let ground = ground(&arguments)?;
    let path = analyse(&ground, from, to, &request(&arguments)).map_err(|error| match error {
        PathError::Request { .. } => anyhow::Error::from(WrongUse(error.to_string())),
        other => other.into(),
    })?;
    if path.profile.filled_samples > 0 {
        output.say(&format!(
            "phusong: {} of {} samples have no elevation; heights there are interpolated",
            path.profile.filled_samples,
            path.profile.height_m.len()
        ));
    }
    if let Some(file) = &arguments.svg {
        std::fs::write(file, svg(&path, language)).with_context(|| file.display().to_string())?;
        output.say(&format!("phusong: drawn in {}", file.display()));
    }
    output.answer(&path, || text(&path, language))?;
    Ok(ExitCode::SUCCESS)
}

fn place(lat: f64, lon: f64) -> anyhow::Result<LonLat> {
    LonLat::checked(lon, lat).map_err(|error| {
        WrongUse(format!(
            "{error}; write LAT LON LAT LON, for example 16.06 108.22 16.10 108.25"
        ))
        .into()
    })
}

fn ground(arguments: &Arguments) -> anyhow::Result<Ground> {
    let surface = match arguments.surface {
        Surface::BareEarth => SurfaceKind::BareEarth,
        Surface::Surface => SurfaceKind::Surface,
    };
    let mut ground = Ground::new(ElevationModel::open(&arguments.terrain, surface)?);
    if let Some(file) = &arguments.land_cover {
        ground.land_cover = Some(if is_raster_name(&file.to_string_lossy()) {
            LandCover::open(file, class_table(&arguments.classes)?)?
        } else {
            cover_of_polygons(file)?
        });
    }
    Ok(ground)
}

fn cover_of_polygons(file: &Path) -> anyhow::Result<LandCover> {
    let context = ImportContext::new(jiff::Zoned::now().date());
    let import = geodata::import(DatasetKind::LandCover, &[InputFile::from_path(file)], &context)
        .map_err(|error| WrongUse(format!("--land-cover {}: {error}", file.display())))?;
    match import.records {
        Records::Areas(areas) if !areas.is_empty() => Ok(cover_of_areas(areas)),
        _ => Err(WrongUse(format!("--land-cover {}: no polygon was found", file.display())).into()),
    }
}

fn class_table(name: &str) -> anyhow::Result<ClassTable> {
    match name {
        "worldcover" => Ok(ClassTable::world_cover()),
        "corine" => Ok(ClassTable::corine()),
        "p1812" => Ok(ClassTable::p1812()),
        file => {
            let content = std::fs::read_to_string(Path::new(file)).map_err(|error| {
                WrongUse(format!(
                    "--classes: {file} is neither worldcover, corine or p1812 nor a readable file ({error})"
                ))
            })?;
            serde_json::from_str(&content)
                .map_err(|error| WrongUse(format!("{file} is no class table: {error}")).into())
        }
    }
}

fn request(arguments: &Arguments) -> PathRequest {
    PathRequest {
        frequency_mhz: arguments.frequency_mhz,
        tx_height_m: arguments.tx_height_m,
        rx_height_m: arguments.rx_height_m,
        step_m: arguments.step_m,
        time_percent: arguments.time_percent,
        polarisation: if arguments.horizontal {
            Polarisation::Horizontal
        } else {
            Polarisation::Vertical
        },
        atmosphere: Atmosphere {
            delta_n: arguments.delta_n,
            n0: arguments.n0,
        },
    }
}

fn text(path: &PointToPoint, language: Language) -> String {
    let words = |vietnamese: &'static str, english: &'static str| match language {
        Language::Vietnamese => vietnamese,
        Language::English => english,
    };
    let clearance = &path.geometry.clearance;
    let mut text = String::new();
    let _ = writeln!(
        text,
        "{}: {:.3} km, {} {:.1}° / {:.1}°, {} MHz",
        words("Tuyến", "Path"),
        path.distance_m / 1000.0,
        words("phương vị", "azimuth"),
        path.azimuth_deg,
        path.back_azimuth_deg,
        path.request.frequency_mhz
    );
    let low = path.profile.height_m.iter().copied().fold(f64::MAX, f64::min);
    let high = path.profile.height_m.iter().copied().fold(f64::MIN, f64::max);
    let _ = writeln!(
        text,
        "{}: {low:.1} … {high:.1} m, {} {} ({} {:.1} m)",
        words("Địa hình", "Terrain"),
        path.profile.height_m.len(),
        words("mẫu", "samples"),
        words("bước", "step"),
        path.profile.distance_m.get(1).copied().unwrap_or_default(),
    );
    let _ = writeln!(
        text,
        "{}: {} {:.2} km, {:+.1} m = {:+.2} F1",
        if clearance.line_of_sight {
            words("Có tầm nhìn thẳng", "Line of sight")
        } else {
            words("Bị che khuất", "Obstructed")
        },
        words("tại", "at"),
        clearance.distance_m / 1000.0,
        clearance.height_m,
        clearance.fresnel_ratio,
    );
    let _ = writeln!(
        text,
        "\n{}, dB",
        words("Suy hao đường truyền", "Basic transmission loss")
    );
    for loss in &path.losses {
        let _ = writeln!(text, "{}", loss_line(loss, language));
    }
    text
}

fn loss_line(loss: &ModelLoss, language: Language) -> String {
    let (name, remarks) = match language {
        Language::Vietnamese => (
            loss.name_vi,
            [
                "theo địa hình",
                "không vật cản",
                "thống kê",
                "ngoài phạm vi của mô hình",
            ],
        ),
        Language::English => (
            loss.name_en,
            [
                "path-specific",
                "no obstacles",
                "statistical",
                "outside the model's range",
            ],
        ),
    };
    let remark = match &loss.applicability {
        Applicability::PathSpecific => remarks[0],
        Applicability::NoObstacles => remarks[1],
        Applicability::Statistical => remarks[2],
        Applicability::Extrapolated => remarks[3],
        Applicability::Refused(reason) => reason,
    };
    let value = loss
        .loss_db
        .map_or_else(|| "–".to_owned(), |loss_db| format!("{loss_db:.1}"));
    let padding = 30_usize.saturating_sub(name.chars().count());
    format!("  {name}{:padding$}{value:>7}  {remark}", "")
}
