//! Importing in two steps: check the files and report on every row; then, when somebody says yes, commit.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use geodata::{
    DatasetKind, ImportContext, ImportReport, InputFile, Message, Records, RowDecision, RowIssue, RowReport, RowStatus,
};
use serde::{Deserialize, Serialize};
use store::{Artefact, Artefacts, Dataset, ImportStatus, NewDataset, NewImport, StagedImport, Store, StoreError};
use terrain::{ElevationModel, PopulationRaster, SurfaceKind};

use crate::Problem;
use crate::work::difference::{self, Counts, Difference};
use crate::work::inputs::ProjectInputs;
use crate::work::progress::ImportProgress;
use crate::work::{Progress, Silent, blocking, ground, records};

/// What a planner may say about files besides their kind.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct ImportOptions {
    /// EPSG code of the coordinates.
    pub epsg: Option<u32>,
    /// Whose list it is, where it has no such column.
    pub operator: Option<String>,
    /// Name of the province, for its central meridian, where the data do not say.
    pub province: Option<String>,
    /// Headers that were corrected: header → field, nothing for a column that is not to be used.
    pub columns: BTreeMap<String, Option<String>>,
    /// What was decided of single rows.
    pub decisions: Vec<RowDecision>,
    /// The operator that sends the list itself: it is checked against its own rows alone, and may speak of nobody else's.
    #[serde(skip)]
    pub sender: Option<String>,
    /// Of terrain: that it measures roofs and tree tops and not the bare earth, so that no clutter is added to it.
    pub surface: bool,
}

/// A checked import: what a commit would store, and the report. Nothing of it is in the store yet.
#[derive(Debug)]
pub struct Checked {
    /// The kind of dataset.
    pub kind: DatasetKind,
    /// What became of every row.
    pub report: ImportReport,
    files: Vec<InputFile>,
    content: Content,
    options: ImportOptions,
    /// What a commit would change; `None` for rasters.
    pub difference: Option<Counts>,
}

/// What is kept beside an import.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Details {
    /// How the files were read.
    #[serde(default)]
    pub options: ImportOptions,
    /// What a commit would change in the version that was in use then; `None` for rasters.
    #[serde(default)]
    pub difference: Option<Counts>,
}

#[derive(Debug)]
enum Content {
    Records(Box<Records>),
    Rasters,
}

/// Checks files against a project (`None`: against an empty one). Nothing is stored: this is also what `--dry-run` does.
///
/// # Errors
/// A file that is refused as a whole: unknown type, empty, too large, malformed, needed columns missing.
pub async fn check(
    store: &Store,
    project: Option<&str>,
    kind: DatasetKind,
    files: Vec<InputFile>,
    options: ImportOptions,
    progress: Arc<dyn Progress>,
) -> Result<Checked, Problem> {
    if files.is_empty() {
        return Err(no_file());
    }
    let inputs = match project {
        Some(project) => ProjectInputs::load(store, project).await?,
        None => ProjectInputs::empty(),
    };
    let artefacts = store.artefacts().clone();
    blocking(move || check_files(&artefacts, &inputs, kind, files, &options, &*progress)).await
}

/// Keeps a checked import until somebody decides.
pub async fn stage(store: &Store, project: &str, checked: Checked) -> Result<StagedImport, Problem> {
    let project = store.project(project).await?;
    let artefacts = store.artefacts().clone();
    let details = Details {
        options: checked.options.clone(),
        difference: checked.difference,
    };
    let new = blocking(move || keep(&artefacts, &checked)).await?;
    let staged = store.stage_import(&project.id, new).await?;
    store
        .set_import_details(&staged.id, &serde_json::to_value(&details)?)
        .await?;
    Ok(staged)
}

/// What is kept beside an import.
pub async fn details(store: &Store, import: &StagedImport) -> Result<Details, Problem> {
    let kept = store.import_details(&import.id).await?;
    Ok(kept.map(serde_json::from_value).transpose()?.unwrap_or_default())
}

/// Reads the files of a staged import again, otherwise; remembers how headers were corrected.
///
/// # Errors
/// As [`check`]; a conflict when the import was decided already.
pub async fn read_again(
    store: &Store,
    project: &str,
    staged: &StagedImport,
    mut options: ImportOptions,
) -> Result<StagedImport, Problem> {
    options.sender.clone_from(&staged.operator);
    let kind = kind_of(&staged.kind)?;
    let artefacts = store.artefacts();
    let files = {
        let (artefacts, files) = (artefacts.clone(), staged.files.clone());
        blocking(move || kept_files(&artefacts, &files)).await?
    };
    let mapping = serde_json::to_value(&options.columns)?;
    let checked = check(store, Some(project), kind, files, options, Arc::new(Silent)).await?;
    let details = Details {
        options: checked.options.clone(),
        difference: checked.difference,
    };
    let artefacts = artefacts.clone();
    let new = blocking(move || keep(&artefacts, &checked)).await?;
    store
        .restage_import(project, &staged.id, &new.content, &new.report)
        .await?;
    store
        .set_import_details(&staged.id, &serde_json::to_value(&details)?)
        .await?;
    let corrected = mapping.as_object().is_some_and(|columns| !columns.is_empty());
    store
        .set_column_mapping(
            project,
            &mapping_key(kind, staged.operator.as_deref()),
            corrected.then_some(&mapping),
        )
        .await?;
    Ok(store.import(project, &staged.id).await?)
}

/// Under which name corrected headers are remembered: an operator's are its own.
pub fn mapping_key(kind: DatasetKind, sender: Option<&str>) -> String {
    sender.map_or_else(|| kind.key().to_owned(), |sender| format!("{}@{sender}", kind.key()))
}

/// Corrections of headers that were made before for lists of a kind.
pub async fn remembered_columns(
    store: &Store,
    project: &str,
    kind: DatasetKind,
    sender: Option<&str>,
) -> Result<BTreeMap<String, Option<String>>, Problem> {
    let kept = store.column_mapping(project, &mapping_key(kind, sender)).await?;
    Ok(kept.map(serde_json::from_value).transpose()?.unwrap_or_default())
}

/// What committing a staged import would change; `None` for rasters.
pub async fn staged_difference(
    store: &Store,
    project: &str,
    staged: &StagedImport,
) -> Result<Option<Difference>, Problem> {
    let Some(content) = staged.content.first().filter(|file| records::is_records(file)).cloned() else {
        return Ok(None);
    };
    let inputs = ProjectInputs::load(store, project).await?;
    let kind = kind_of(&staged.kind)?;
    let artefacts = store.artefacts().clone();
    let sender = staged.operator.clone();
    blocking(move || {
        let new = records::read(&artefacts, &content)?;
        difference_of(&artefacts, &inputs, kind, new, sender.as_deref()).map(Some)
    })
    .await
}

/// The rows that committing a checked import would change; `None` for rasters.
pub async fn changed_rows(
    store: &Store,
    project: Option<&str>,
    checked: &Checked,
) -> Result<Option<Vec<difference::RowChange>>, Problem> {
    let Content::Records(found) = &checked.content else {
        return Ok(None);
    };
    let inputs = match project {
        Some(project) => ProjectInputs::load(store, project).await?,
        None => ProjectInputs::empty(),
    };
    let (artefacts, kind, found) = (store.artefacts().clone(), checked.kind, (**found).clone());
    let sender = checked.options.sender.clone();
    blocking(move || {
        Ok(Some(
            difference_of(&artefacts, &inputs, kind, found, sender.as_deref())?.rows,
        ))
    })
    .await
}

/// The uploaded tables of an import with a comment on every cell that was named, as a workbook.
pub async fn report_workbook(store: &Store, staged: &StagedImport) -> Result<Vec<u8>, Problem> {
    let report = report(store, staged).await?;
    let artefacts = store.artefacts().clone();
    let files = staged.files.clone();
    blocking(move || Ok(geodata::report_workbook(&kept_files(&artefacts, &files)?, &report)?)).await
}

/// Makes a staged import part of the project, as the next version of its kind.
///
/// # Errors
/// `nothing_to_commit` when no row was accepted; `conflict` when the import was decided already.
pub async fn commit(store: &Store, project: &str, import: &str) -> Result<Dataset, Problem> {
    // Somebody else's list may come into use between reading the version in use and writing the next: then it is read again.
    const TRIES: usize = 5;
    let mut tries = 1;
    loop {
        match commit_once(store, project, import).await? {
            Ok(dataset) => return Ok(dataset),
            Err(StoreError::Conflict(_)) if tries < TRIES => tries += 1,
            Err(error) => return Err(error.into()),
        }
    }
}

/// One try; the inner error is that of the transaction.
async fn commit_once(store: &Store, project: &str, import: &str) -> Result<Result<Dataset, StoreError>, Problem> {
    let inputs = ProjectInputs::load(store, project).await?;
    let staged = store.import(&inputs.project.id, import).await?;
    if staged.status != ImportStatus::AwaitingCommit {
        return Err(Problem::new(
            409,
            "import_decided",
            "lần nhập này đã được ghi hoặc đã hủy trước đó",
            "this import was committed or discarded before",
        ));
    }
    let kind = kind_of(&staged.kind)?;
    let artefacts = store.artefacts().clone();
    let project = inputs.project.id.clone();
    let id = staged.id.clone();
    // A list that says what is known already makes no new version, and no run stale.
    if let Some(current) = inputs.dataset(kind).cloned()
        && staged_difference(store, &project, &staged)
            .await?
            .is_some_and(|found| !found.counts.any())
    {
        store.settle_import(&project, &id).await?;
        return Ok(Ok(current));
    }
    let base = inputs.dataset(kind).map(|dataset| dataset.version);
    let (new, rows) = blocking(move || merged(&artefacts, &inputs, kind, &staged)).await?;
    let features = rows.as_ref().map(records::features);
    Ok(store
        .commit_dataset_made_from(base, &project, new, features.into_iter().flatten(), Some(&id))
        .await)
}

/// The report of a staged import.
pub async fn report(store: &Store, import: &StagedImport) -> Result<ImportReport, Problem> {
    let artefacts = store.artefacts().clone();
    let file = import.report.clone();
    blocking(move || Ok(serde_json::from_slice(&artefacts.read(&file)?)?)).await
}

/// Uploaded files that are kept, as files to read.
pub(super) fn kept_files(artefacts: &Artefacts, files: &[Artefact]) -> Result<Vec<InputFile>, Problem> {
    let kept = files.iter().map(|file| {
        Ok(InputFile {
            name: file.name.clone(),
            path: artefacts.path(file)?,
        })
    });
    kept.collect()
}

/// The kind of dataset of a key.
pub fn kind_of(key: &str) -> Result<DatasetKind, Problem> {
    DatasetKind::from_key(key).ok_or_else(|| {
        let known: Vec<&str> = DatasetKind::ALL.iter().map(|kind| kind.key()).collect();
        let known = known.join(", ");
        Problem::bad_parameter(
            "kind",
            format!("không có loại dữ liệu «{key}»; các loại: {known}"),
            format!("there is no kind of dataset {key:?}; the kinds are {known}"),
        )
    })
}

fn check_files(
    artefacts: &Artefacts,
    inputs: &ProjectInputs,
    kind: DatasetKind,
    files: Vec<InputFile>,
    options: &ImportOptions,
    progress: &dyn Progress,
) -> Result<Checked, Problem> {
    let all_rasters = files.iter().all(|file| ground::is_raster_name(&file.name));
    if kind.is_raster() || (kind == DatasetKind::LandCover && all_rasters) {
        let report = check_rasters(kind, &files)?;
        return Ok(Checked {
            kind,
            report,
            files,
            content: Content::Rasters,
            options: options.clone(),
            difference: None,
        });
    }
    let communes = inputs.areas(artefacts, DatasetKind::Areas)?;
    let network = match kind {
        DatasetKind::Sites => Some(known_network(artefacts, inputs, options)?),
        _ => None,
    };
    let listener = ImportProgress(progress);
    let mut context = ImportContext::new(jiff::Zoned::now().date());
    let changes = match inputs.records(artefacts, DatasetKind::Crosswalk)? {
        Some(Records::Crosswalk(changes)) => changes,
        _ => Vec::new(),
    };
    context.province_name = options.province.clone().or_else(|| province_of(&communes));
    context.communes = &communes;
    context.changes = &changes;
    let columns = options.columns.iter();
    context.columns = columns
        .map(|(header, field)| (header.clone(), field.clone().unwrap_or_default()))
        .collect();
    context.decisions.clone_from(&options.decisions);
    context.network = network.as_ref();
    context.declared_epsg = options.epsg;
    context.operator.clone_from(&options.operator);
    context.progress = &listener;
    let import = geodata::import(kind, &files, &context)?;
    if let Some(sender) = &options.sender {
        refuse_others_rows(&import.records, sender)?;
    }
    // The first list of a project is all new: nothing needs to be merged, nor copied, to say so.
    let difference = if inputs.dataset(kind).is_none() {
        difference::counts(None, &import.records)
    } else {
        let new = import.records.clone();
        difference_of(artefacts, inputs, kind, new, options.sender.as_deref())?.counts
    };
    Ok(Checked {
        kind,
        report: import.report,
        files,
        content: Content::Records(Box::new(import.records)),
        options: options.clone(),
        difference: Some(difference),
    })
}

/// The province that the communes say they belong to.
pub(crate) fn province_of(communes: &[geodata::Area]) -> Option<String> {
    let outline = communes.iter().find(|area| area.kind == geodata::AreaKind::Province);
    let named = communes
        .iter()
        .find_map(|area| area.properties.get("province")?.as_str().map(str::to_owned));
    outline.map(|area| area.name.clone()).or(named)
}

/// What committing records would change; of the whole, an operator is told its own part.
fn difference_of(
    artefacts: &Artefacts,
    inputs: &ProjectInputs,
    kind: DatasetKind,
    new: Records,
    sender: Option<&str>,
) -> Result<Difference, Problem> {
    let own = |records: Records| match (records, sender) {
        (Records::Sites(network), Some(sender)) => Records::Sites(records::of_operator(network, sender)),
        (records, _) => records,
    };
    let old = inputs.records(artefacts, kind)?;
    let all = match &old {
        Some(old) => records::merge(old.clone(), new),
        None => new,
    };
    Ok(difference::difference(old.map(own).as_ref(), &own(all)))
}

/// What a list is compared with: all masts, or those of the operator that sends it.
fn known_network(
    artefacts: &Artefacts,
    inputs: &ProjectInputs,
    options: &ImportOptions,
) -> Result<geodata::Network, Problem> {
    let network = inputs.network(artefacts)?;
    Ok(match &options.sender {
        Some(sender) => records::of_operator(network, sender),
        None => network,
    })
}

/// An operator's list speaks of that operator's stations.
fn refuse_others_rows(found: &Records, sender: &str) -> Result<(), Problem> {
    let Records::Sites(network) = found else { return Ok(()) };
    match network.stations.iter().find(|station| station.operator != sender) {
        None => Ok(()),
        Some(station) => Err(Problem::new(
            403,
            "other_operators_rows",
            format!("danh sách có trạm của nhà mạng «{}»", station.operator),
            format!("the list has stations of the operator {:?}", station.operator),
        )
        .at(station.code.clone())),
    }
}

/// Opens every raster once: what cannot be opened is refused now and not in the middle of a run.
fn check_rasters(kind: DatasetKind, files: &[InputFile]) -> Result<ImportReport, Problem> {
    let mut report = ImportReport::default();
    for file in files {
        let bounds = raster_bounds(kind, file)?;
        let [west, south, east, north] = bounds;
        let said = format!("{west:.4}, {south:.4}, {east:.4}, {north:.4}");
        let message = Message::new(
            format!("phạm vi (tây, nam, đông, bắc): {said}"),
            format!("bounds (west, south, east, north): {said}"),
        );
        report.push(RowReport {
            file: file.name.as_str().into(),
            sheet: None,
            row: 1,
            status: RowStatus::Accepted,
            issues: vec![RowIssue::new("raster_bounds", message)],
        });
    }
    Ok(report)
}

fn raster_bounds(kind: DatasetKind, file: &InputFile) -> Result<[f64; 4], Problem> {
    let named = |error: terrain::TerrainError| Problem::from(error).at(file.name.clone());
    // Readers look at names: an .hgt tile says in its name where it lies.
    let bounds = match kind {
        DatasetKind::Population => PopulationRaster::open(&file.path).map_err(named)?.bounds(),
        _ => ElevationModel::open(std::slice::from_ref(&file.path), SurfaceKind::BareEarth)
            .map_err(named)?
            .bounds(),
    };
    Ok([bounds.west, bounds.south, bounds.east, bounds.north])
}

fn keep(artefacts: &Artefacts, checked: &Checked) -> Result<NewImport, Problem> {
    let mut files = Vec::with_capacity(checked.files.len());
    for file in &checked.files {
        files.push(artefacts.copy_in(&file.name, &file.path)?);
    }
    let mut content = match &checked.content {
        Content::Records(found) => vec![records::write(artefacts, found)?],
        Content::Rasters => files.clone(),
    };
    if checked.options.surface && checked.kind == DatasetKind::Terrain {
        content.push(artefacts.put(ground::SURFACE_NOTE, br#"{"elevation": "surface"}"#)?);
    }
    let report = artefacts.put("report.json", &serde_json::to_vec(&checked.report)?)?;
    Ok(NewImport {
        kind: checked.kind.key().to_owned(),
        files,
        content,
        report,
        operator: checked.options.sender.clone(),
    })
}

fn merged(
    artefacts: &Artefacts,
    inputs: &ProjectInputs,
    kind: DatasetKind,
    staged: &StagedImport,
) -> Result<(NewDataset, Option<Records>), Problem> {
    let name = file_names(&staged.files);
    let is_records = staged.content.first().is_some_and(records::is_records);
    if !is_records {
        return Ok((raster_dataset(artefacts, kind, name, &staged.content)?, None));
    }
    let content = staged.content.first().ok_or_else(nothing_to_commit)?;
    let new = records::read(artefacts, content)?;
    if new.is_empty() {
        return Err(nothing_to_commit());
    }
    let all = match inputs.records(artefacts, kind)? {
        Some(old) => records::merge(old, new),
        None => new,
    };
    let file = records::write(artefacts, &all)?;
    let dataset = NewDataset {
        kind: kind.key().to_owned(),
        name,
        rows: all.len() as i64,
        content_hash: file.hash.clone(),
        files: vec![file],
        bounds: records::bounds(&all),
    };
    Ok((dataset, Some(all)))
}

fn raster_dataset(
    artefacts: &Artefacts,
    kind: DatasetKind,
    name: String,
    files: &[Artefact],
) -> Result<NewDataset, Problem> {
    let mut bounds: Option<[f64; 4]> = None;
    let mut hasher = blake3::Hasher::new();
    for file in files {
        hasher
            .update(file.hash.as_bytes())
            .update(file.name.as_bytes())
            .update(b"\n");
        if file.name == ground::SURFACE_NOTE {
            continue;
        }
        let opened = InputFile {
            name: file.name.clone(),
            path: artefacts.path(file)?,
        };
        let b = raster_bounds(kind, &opened)?;
        bounds = Some(bounds.map_or(b, |a| [a[0].min(b[0]), a[1].min(b[1]), a[2].max(b[2]), a[3].max(b[3])]));
    }
    Ok(NewDataset {
        kind: kind.key().to_owned(),
        name,
        rows: files.iter().filter(|file| file.name != ground::SURFACE_NOTE).count() as i64,
        content_hash: hasher.finalize().to_hex().to_string(),
        files: files.to_vec(),
        bounds,
    })
}

fn file_names(files: &[Artefact]) -> String {
    files
        .iter()
        .map(|file| file.name.as_str())
        .collect::<Vec<_>>()
        .join(", ")
}

pub(crate) fn no_file() -> Problem {
    Problem::bad_parameter("file", "chưa chọn tệp nào", "no file was given")
}

fn nothing_to_commit() -> Problem {
    Problem::new(
        422,
        "nothing_to_commit",
        "không có dòng nào hợp lệ để ghi vào dự án",
        "no row was accepted: there is nothing to commit",
    )
    .advise(
        "Sửa tệp theo báo cáo rồi tải lên lại.",
        "Mend the file by the report and upload it again.",
    )
}

/// The path of an input file on disk, under the name that its reader expects.
///
/// Uploads are streamed to a name that nobody chose; the reader of an `.hgt` tile needs the tile's own.
pub fn named_input(folder: &std::path::Path, name: &str) -> (String, PathBuf) {
    let last = name.rsplit(['/', '\\']).next().unwrap_or("file");
    let clean: String = last.chars().filter(|c| !c.is_control() && *c != ':').collect();
    let clean = clean.trim_start_matches('.').trim();
    let clean = if clean.is_empty() { "file" } else { clean };
    (clean.to_owned(), folder.join(clean))
}
