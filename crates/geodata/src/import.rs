//! The one entry of the room: files in, records and report out.

use std::collections::{BTreeMap, HashSet};
use std::path::PathBuf;

use geo_types::MultiPolygon;
use geodesy::coordinate_system::WGS84;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::areas::read_areas;
use crate::budget::Budget;
use crate::coordinates::Locator;
use crate::error::ImportError;
use crate::format::{self, FileFormat};
use crate::header::Vocabulary;
use crate::lines::read_lines;
use crate::message::Message;
use crate::places::{read_measurements, read_places, read_poles};
use crate::plain_tables::{read_changes, read_changes_json, read_figures};
use crate::records::{
    Area, CommuneChange, DatasetKind, Figure, Line, LineKind, Measurement, Network, Place, Pole, Records,
};
use crate::report::ImportReport;
use crate::shape_tables::{Shapes, layer_of_texts, read_corners};
use crate::sheet_reader::{SheetReader, missing_columns, note, prepare};
use crate::sites::NetworkBuilder;
use crate::table::{Sheet, read_sheets};
use crate::territory::Territory;
use crate::vector::{Layer, read_layers};

/// A file to import.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InputFile {
    /// Name as the user knows it; its ending says the format.
    pub name: String,
    /// Where its bytes are.
    pub path: PathBuf,
}

impl InputFile {
    /// A file whose name is the last part of its path.
    #[must_use]
    pub fn from_path(path: impl Into<PathBuf>) -> Self {
        let path = path.into();
        let name = path
            .file_name()
            .map(|name| name.to_string_lossy().into_owned())
            .unwrap_or_default();
        Self { name, path }
    }
}

/// How large files may be. Whatever is larger is refused before it is read into memory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Size of one file, bytes.
    pub file_bytes: u64,
    /// Size of one file after unpacking, bytes.
    pub unpacked_bytes: u64,
    /// Rows and features of all files of one import.
    pub rows: u32,
    /// Columns of a sheet.
    pub columns: u32,
    /// What the cells or features of all files of one import may take in memory, bytes.
    pub memory_bytes: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            file_bytes: 128 << 20,
            unpacked_bytes: 3 << 29,
            rows: 500_000,
            columns: 1_000,
            memory_bytes: 512 << 20,
        }
    }
}

/// Hears how far an import is, and can stop it.
pub trait Progress: Sync {
    /// Called now and then with the part done (0–1) and what is being done.
    fn report(&self, fraction: f64, stage: &Message);
    /// Asked now and then; `true` stops the import with the error `cancelled`.
    fn cancelled(&self) -> bool;
}

/// Hears nothing and never stops.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoProgress;

impl Progress for NoProgress {
    fn report(&self, _fraction: f64, _stage: &Message) {}
    fn cancelled(&self) -> bool {
        false
    }
}

/// The progress of one file among several.
struct OfFile<'a> {
    whole: &'a dyn Progress,
    before: usize,
    files: usize,
}

impl Progress for OfFile<'_> {
    fn report(&self, fraction: f64, stage: &Message) {
        self.whole
            .report((self.before as f64 + fraction) / self.files as f64, stage);
    }

    fn cancelled(&self) -> bool {
        self.whole.cancelled()
    }
}

/// What a user decided of one row after seeing its report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RowAction {
    /// Take a row whose position is only doubtful (far from its commune, outside the area).
    Take,
    /// Leave a row out.
    Leave,
    /// Join a site with the one at the same place: one site with two tenants.
    Merge,
}

/// A decision and the row that it is of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RowDecision {
    /// File name.
    pub file: String,
    /// Sheet or layer, where the format has them.
    #[serde(default)]
    pub sheet: Option<String>,
    /// Row number as in the report.
    pub row: u32,
    /// What to do.
    pub action: RowAction,
}

/// What is known before a file is read.
#[derive(Clone)]
pub struct ImportContext<'a> {
    /// Name of the province, for its central meridian.
    pub province_name: Option<String>,
    /// Shape of the province; sites outside are rejected. Where absent the union of the communes is meant.
    pub province: Option<MultiPolygon<f64>>,
    /// Communes of the province, for cross-checks of positions and names.
    pub communes: &'a [Area],
    /// Network that the project has already, for duplicates against other lists.
    pub network: Option<&'a Network>,
    /// EPSG code that the user declares for the file's coordinates.
    pub declared_epsg: Option<u32>,
    /// Operator that the list is of, where it has no such column.
    pub operator: Option<String>,
    /// Headers that the user has mapped by hand: header as written → field name, empty for a column not to be used.
    pub columns: Vec<(String, String)>,
    /// What became of communes when they were redrawn, for old names and codes.
    pub changes: &'a [CommuneChange],
    /// What the user decided of single rows.
    pub decisions: Vec<RowDecision>,
    /// Today, against dates in the future.
    pub today: Date,
    /// Sizes that are refused.
    pub limits: Limits,
    /// Threads on which rows are understood; 0 for as many as there are processors. The result is the same with any number.
    pub threads: usize,
    /// Hears progress.
    pub progress: &'a dyn Progress,
}

impl ImportContext<'_> {
    /// A context in which nothing but the date is known.
    #[must_use]
    pub fn new(today: Date) -> Self {
        Self {
            province_name: None,
            province: None,
            communes: &[],
            network: None,
            declared_epsg: None,
            operator: None,
            columns: Vec::new(),
            changes: &[],
            decisions: Vec::new(),
            today,
            limits: Limits::default(),
            threads: 0,
            progress: &NoProgress,
        }
    }
}

/// What an import yields. Nothing is stored yet: the caller shows the report and commits the records.
#[derive(Debug, Clone, PartialEq)]
pub struct Import {
    /// Accepted and repaired rows as records.
    pub records: Records,
    /// What became of every row.
    pub report: ImportReport,
}

/// Imports files of one kind.
///
/// # Errors
/// Refuses a file as a whole when its type is not known, it is empty, too large, malformed or has not the columns
/// that the kind needs. Mistakes in single rows are not errors: they are in the report.
pub fn import(kind: DatasetKind, files: &[InputFile], context: &ImportContext<'_>) -> Result<Import, ImportError> {
    if files.is_empty() {
        return Err(ImportError::new(
            "no_file",
            Message::new("chưa có tệp nào", "there is no file"),
        ));
    }
    if kind.is_raster() {
        return Err(ImportError::new(
            "wrong_dataset_kind",
            Message::new(
                format!("dữ liệu loại {} không nhập theo cách này", kind.key()),
                format!("{} is not imported this way", kind.key()),
            ),
        ));
    }
    on_own_threads(context.threads, || import_here(kind, files, context))
}

/// Runs work on threads of its own, so that an import does not wait until those that a long computation shares are free. They have
/// ended when it returns: what a thread keeps for coordinates must not be given up while the program is already ending.
fn on_own_threads<T: Send>(threads: usize, work: impl FnOnce() -> T + Send) -> T {
    let mut running = Vec::new();
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(threads)
        .spawn_handler(|thread| {
            running.push(std::thread::Builder::new().spawn(|| thread.run())?);
            Ok(())
        })
        .build();
    let Ok(pool) = pool else { return work() };
    let done = pool.install(work);
    drop(pool);
    for thread in running {
        // A thread that panicked has handed its panic over already.
        drop(thread.join());
    }
    done
}

fn import_here(kind: DatasetKind, files: &[InputFile], context: &ImportContext<'_>) -> Result<Import, ImportError> {
    let territory = Territory::new(context.communes, context.province.as_ref(), context.changes);
    let locator = Locator::new(&territory, context);
    let mut report = ImportReport::default();
    let mut gathered = Gathered::default();
    let mut budget = Budget::new(&context.limits);
    for (index, file) in files.iter().enumerate() {
        if context.progress.cancelled() {
            return Err(cancelled());
        }
        let part = OfFile {
            whole: context.progress,
            before: index,
            files: files.len(),
        };
        let context = &ImportContext {
            progress: &part,
            ..context.clone()
        };
        let stage = Message::new(format!("đọc {}", file.name), format!("reading {}", file.name));
        part.report(0.0, &stage);
        let (name, bytes, format) = format::open(file, &context.limits)?;
        budget.begin_file(&name);
        let sheets = shielded(&name, || read_sheets(&name, &bytes, format, &mut budget).transpose())?;
        match sheets {
            Some(mut sheets) => {
                drop(bytes);
                gathered.add_sheets(kind, &name, &mut sheets, context, &territory, &locator, &mut report)?;
            }
            None => {
                if kind == DatasetKind::Crosswalk && format == FileFormat::GeoJson {
                    gathered.changes.extend(read_changes_json(&name, &bytes, &mut report)?);
                    continue;
                }
                let layers = shielded(&name, || read_layers(&name, &bytes, &file.path, format, &mut budget))?;
                drop(bytes);
                for layer in layers {
                    gathered.add_layer(kind, layer, context, &territory, &locator, &mut report)?;
                }
            }
        }
    }
    summarise_crs(&mut report);
    context.progress.report(1.0, &Message::new("xong", "done"));
    Ok(Import {
        records: gathered.finish(kind, context, &mut report),
        report,
    })
}

/// Reads a file; where a library stops on its bytes in panic, the file is damaged and nothing else.
fn shielded<T>(file: &str, read: impl FnOnce() -> Result<T, ImportError>) -> Result<T, ImportError> {
    std::panic::catch_unwind(std::panic::AssertUnwindSafe(read)).unwrap_or_else(|_| {
        Err(ImportError::new(
            "malformed_file",
            Message::new("tệp bị hỏng, không đọc được", "the file is damaged and cannot be read"),
        )
        .at(file)
        .advise(Message::new(
            "mở tệp bằng phần mềm gốc, lưu lại rồi tải lên lần nữa",
            "open the file in the program that made it, save it again and upload that",
        )))
    })
}

/// The fields that lists of a kind can have, each with the headers that are read as it.
#[must_use]
pub fn known_fields(kind: DatasetKind) -> BTreeMap<&'static str, Vec<String>> {
    Vocabulary::of(kind).fields()
}

/// Tells how far a sheet is, and stops when asked to.
pub fn look(context: &ImportContext<'_>, reader: &SheetReader<'_>, row: usize) -> Result<(), ImportError> {
    if context.progress.cancelled() {
        return Err(cancelled());
    }
    let rows = reader.rows().len().max(1);
    let file = &reader.sheet.file;
    let stage = Message::new(
        format!("{file}: kiểm tra dòng {row}/{rows}"),
        format!("{file}: checking row {row} of {rows}"),
    );
    context.progress.report(0.3 + 0.7 * row as f64 / rows as f64, &stage);
    Ok(())
}

/// The error of an import that was stopped.
pub fn cancelled() -> ImportError {
    ImportError::new(
        "cancelled",
        Message::new("đã hủy nhập dữ liệu", "the import was cancelled"),
    )
}

/// Records of all files so far.
#[derive(Default)]
struct Gathered {
    network: NetworkBuilder,
    areas: Vec<Area>,
    places: Vec<Place>,
    measurements: Vec<Measurement>,
    poles: Vec<Pole>,
    lines: Vec<Line>,
    figures: Vec<Figure>,
    changes: Vec<CommuneChange>,
}

impl Gathered {
    #[allow(clippy::too_many_arguments)]
    fn add_sheets(
        &mut self,
        kind: DatasetKind,
        file: &str,
        sheets: &mut [Sheet],
        context: &ImportContext<'_>,
        territory: &Territory<'_>,
        locator: &Locator<'_>,
        report: &mut ImportReport,
    ) -> Result<(), ImportError> {
        let of_points = matches!(
            kind,
            DatasetKind::Sites | DatasetKind::Places | DatasetKind::Measurements | DatasetKind::Poles
        );
        let without_place = matches!(kind, DatasetKind::Figures | DatasetKind::Crosswalk);
        let of_shapes = !of_points && !without_place;
        if sheets.iter().all(|sheet| sheet.rows.is_empty()) {
            return Err(ImportError::new(
                "empty_file",
                Message::new("tệp không có dòng dữ liệu nào", "the file has no rows"),
            )
            .at(file));
        }
        let mut opened = 0;
        let count = sheets.len();
        for sheet in sheets {
            if sheet.rows.is_empty() {
                continue;
            }
            if of_shapes && let Some(mut layer) = layer_of_texts(sheet) {
                layer.epsg = context.declared_epsg.filter(|epsg| *epsg != WGS84);
                let layer = layer.into_wgs84()?;
                self.add_layer(kind, layer, context, territory, locator, report)?;
                opened += 1;
                continue;
            }
            let Some(header) = prepare(sheet, kind, context, report) else {
                continue;
            };
            if without_place {
                opened += 1;
                match kind {
                    DatasetKind::Figures => read_figures(sheet, &header, context, report, &mut self.figures)?,
                    _ => read_changes(sheet, &header, context, report, &mut self.changes)?,
                }
                continue;
            }
            let reader = SheetReader::open(sheet, header, context, territory, locator, report);
            if of_shapes && !reader.has_positions() {
                return Err(needs_shapes(file, kind));
            }
            // A workbook's other sheets (totals, charts) need not be lists of positions.
            if count > 1 && !reader.has_positions() {
                report.notes.push(note(
                    sheet,
                    "no_positions",
                    Message::new(
                        "trang không có cột tọa độ, bỏ qua",
                        "the sheet has no position columns, it is skipped",
                    ),
                ));
                continue;
            }
            if reader.is_unclear() {
                return Err(unclear_system(file, report));
            }
            opened += 1;
            match kind {
                DatasetKind::Sites => self.network.add_sheet(&reader, context, report)?,
                DatasetKind::Places => read_places(&reader, context, report, &mut self.places)?,
                DatasetKind::Measurements => read_measurements(&reader, context, report, &mut self.measurements)?,
                _ if of_shapes => self.add_corners(kind, &reader, context, report)?,
                _ => read_poles(&reader, context, report, &mut self.poles)?,
            }
        }
        if opened == 0 && of_shapes {
            return Err(needs_shapes(file, kind));
        }
        if opened == 0 {
            return Err(missing_columns(
                file,
                "\"Mã trạm\"/\"Tên\", \"Kinh độ\", \"Vĩ độ\"",
                "code or name, longitude, latitude",
            ));
        }
        Ok(())
    }

    /// A sheet that lists the corners of areas or lines.
    fn add_corners(
        &mut self,
        kind: DatasetKind,
        reader: &SheetReader<'_>,
        context: &ImportContext<'_>,
        report: &mut ImportReport,
    ) -> Result<(), ImportError> {
        let known: HashSet<_> = self.areas.iter().map(|area| (area.kind, area.code.clone())).collect();
        let shapes = line_kind(kind).map_or(Shapes::Areas(kind, &known), Shapes::Lines);
        let (areas, lines) = read_corners(reader, shapes, context, report)?;
        self.areas.extend(areas);
        self.lines.extend(lines);
        Ok(())
    }

    fn add_layer(
        &mut self,
        kind: DatasetKind,
        layer: Layer,
        context: &ImportContext<'_>,
        territory: &Territory<'_>,
        locator: &Locator<'_>,
        report: &mut ImportReport,
    ) -> Result<(), ImportError> {
        if let Some(lines) = line_kind(kind) {
            read_lines(layer, lines, report, &mut self.lines);
            return Ok(());
        }
        match kind {
            DatasetKind::Areas | DatasetKind::Zones | DatasetKind::LandCover => {
                read_areas(layer, kind, context, report, &mut self.areas)
            }
            _ => {
                let file = layer.file.clone();
                self.add_sheets(
                    kind,
                    &file,
                    &mut [layer.into_sheet()],
                    context,
                    territory,
                    locator,
                    report,
                )
            }
        }
    }

    fn finish(self, kind: DatasetKind, context: &ImportContext<'_>, report: &mut ImportReport) -> Records {
        match kind {
            DatasetKind::Sites => Records::Sites(self.network.finish(context, report)),
            DatasetKind::Figures => Records::Figures(self.figures),
            DatasetKind::Crosswalk => Records::Crosswalk(self.changes),
            DatasetKind::Places => Records::Places(self.places),
            DatasetKind::Measurements => Records::Measurements(self.measurements),
            DatasetKind::Poles => Records::Poles(self.poles),
            DatasetKind::Roads | DatasetKind::PowerLines | DatasetKind::FibreLines => Records::Lines(self.lines),
            _ => Records::Areas(self.areas),
        }
    }
}

/// The lines that a kind of dataset holds.
const fn line_kind(kind: DatasetKind) -> Option<LineKind> {
    match kind {
        DatasetKind::Roads => Some(LineKind::Road),
        DatasetKind::PowerLines => Some(LineKind::Power),
        DatasetKind::FibreLines => Some(LineKind::Fibre),
        _ => None,
    }
}

fn needs_shapes(file: &str, kind: DatasetKind) -> ImportError {
    ImportError::new(
        "wrong_file_type",
        Message::new(
            format!(
                "dữ liệu loại {} cần tệp bản đồ (GeoJSON, KML, GeoPackage, FlatGeobuf, shapefile), hoặc bảng có cột WKT hay mỗi góc ranh một dòng",
                kind.key()
            ),
            format!(
                "{} needs a map file (GeoJSON, KML, GeoPackage, FlatGeobuf, shapefile), or a table with a WKT column or a row for every corner",
                kind.key()
            ),
        ),
    )
    .at(file)
}

fn unclear_system(file: &str, report: &ImportReport) -> ImportError {
    let tried: Vec<String> = report
        .crs
        .sheets
        .last()
        .map(|sheet| {
            sheet
                .candidates
                .iter()
                .map(|c| format!("EPSG:{} {}/{}", c.epsg, c.rows_inside, c.rows_tried))
                .collect()
        })
        .unwrap_or_default();
    let tried = if tried.is_empty() {
        String::new()
    } else {
        format!(" ({})", tried.join(", "))
    };
    ImportError::new(
        "coordinate_system_unclear",
        Message::new(
            format!("chưa rõ hệ tọa độ của tệp{tried}"),
            format!("the coordinate system of the file is unclear{tried}"),
        ),
    )
    .at(file)
    .advise(Message::new(
        "chọn hệ tọa độ (kinh tuyến trục) của tệp, hoặc nhập ranh giới các xã trước",
        "choose the file's coordinate system (central meridian), or import the commune boundaries first",
    ))
}

fn summarise_crs(report: &mut ImportReport) {
    let sheets = &report.crs.sheets;
    let Some(first) = sheets.first() else { return };
    let agree = sheets.iter().all(|sheet| sheet.epsg == first.epsg);
    let epsg = first.epsg.filter(|_| agree);
    let (vi, en) = if agree {
        (first.message_vi.clone(), first.message_en.clone())
    } else {
        (
            "các trang dùng hệ tọa độ khác nhau".to_owned(),
            "the sheets are in different coordinate systems".to_owned(),
        )
    };
    report.crs.epsg = epsg;
    report.crs.message_vi = vi;
    report.crs.message_en = en;
}
