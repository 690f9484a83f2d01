//! Site lists → sites, stations and cells.

mod bands;
mod cells;
mod codes;
mod fields;
mod fingerprint;
mod heights;
mod radio;
mod row;
mod same_mast;

use std::collections::hash_map::Entry;
use std::collections::{HashMap, HashSet};
use std::hash::{DefaultHasher, Hash, Hasher};

use geodesy::distance_m;
use rayon::prelude::*;

use self::codes::SheetCodes;
use self::fingerprint::{ByFingerprint, CodeIndex, fingerprint};
use self::heights::TypicalHeights;
use self::row::{SiteRow, read_row};
use self::same_mast::Masts;
use crate::error::ImportError;
use crate::import::{ImportContext, RowAction};
use crate::message::Message;
use crate::outcome::{Outcome, issue_in};
use crate::records::{Cell, Network, Site, Station, Technology};
use crate::report::{ImportReport, RowIssue};
use crate::sheet_reader::SheetReader;
use crate::table::Row;

/// Two positions of one code closer than this are one mast written twice.
const SAME_MAST_M: f64 = 50.0;
/// Rows that are read side by side before they are put together; between them the import looks whether to go on.
const ROWS_PER_CHUNK: usize = 1024;

/// Builds a network from the sheets of a list.
#[derive(Default)]
pub struct NetworkBuilder {
    network: Network,
    sites: CodeIndex,
    /// Of every site, its first row in the report, and the operator of that row.
    origins: Vec<(usize, String)>,
    /// Stations by the place of their site in the network, the number of their operator, and technology.
    stations: HashMap<(usize, usize, Technology), usize>,
    operators: HashMap<String, usize>,
    station_codes: CodeIndex,
    cell_counts: Vec<usize>,
    /// Fingerprints of station, band and azimuth of every cell.
    cell_keys: ByFingerprint<()>,
    /// Fingerprints of all rows taken, against rows that are there twice, with their place in the report.
    rows: ByFingerprint<usize>,
    /// Sites that the user wants joined with the one at the same place.
    merged: HashSet<usize>,
}

impl NetworkBuilder {
    /// Reads all rows of a sheet.
    pub fn add_sheet(
        &mut self,
        reader: &SheetReader<'_>,
        context: &ImportContext<'_>,
        report: &mut ImportReport,
    ) -> Result<(), ImportError> {
        let columns = &reader.columns;
        if !reader.has_positions() {
            return Err(crate::sheet_reader::missing_columns(
                &reader.sheet.file,
                "\"Kinh độ\" và \"Vĩ độ\" (hoặc X và Y)",
                "\"longitude\" and \"latitude\" (or X and Y)",
            ));
        }
        if !["code", "site_code", "name", "cell_code"]
            .iter()
            .any(|field| columns.has(field))
        {
            return Err(crate::sheet_reader::missing_columns(
                &reader.sheet.file,
                "\"Mã trạm\" hoặc \"Tên trạm\"",
                "a site code or a site name",
            ));
        }
        let typical = TypicalHeights::of(reader);
        let codes = sheet_codes(reader);
        let codes = SheetCodes::new(&codes);
        let existing = context.network.into_iter().flat_map(|network| &network.sites);
        let existing: HashMap<&str, &Site> = existing.map(|site| (site.code.as_str(), site)).collect();
        let number_column = columns.get("number").map(|column| column.index);
        let read = |index| read_alone(reader, index, number_column, &typical, context);
        let rows = reader.rows().len();
        self.reserve(rows);
        let mut waiting: Vec<ReadRow> = Vec::new();
        let mut first = 0;
        // Rows are understood side by side, and put together in their order while the next ones are understood.
        for start in (0..rows.next_multiple_of(ROWS_PER_CHUNK) + 1).step_by(ROWS_PER_CHUNK) {
            crate::import::look(context, reader, first)?;
            let chunk = start.min(rows)..(start + ROWS_PER_CHUNK).min(rows);
            let ((), next) = rayon::join(
                || {
                    for (index, row) in (first..).zip(waiting) {
                        self.add_read(row, reader, index, &codes, &existing, report);
                    }
                },
                || chunk.into_par_iter().with_min_len(64).map(read).collect(),
            );
            waiting = next;
            first = start;
        }
        Ok(())
    }

    /// Makes room for what so many rows hold, at least.
    fn reserve(&mut self, rows: usize) {
        self.sites.reserve(rows);
        self.stations.reserve(rows);
        self.station_codes.reserve(rows);
        self.cell_keys.reserve(rows);
        self.rows.reserve(rows);
    }

    fn site_named(&self, code: &str) -> Option<usize> {
        self.sites.get(code, |place| &self.network.sites[place].code)
    }

    /// Takes a row that was read, after all rows above it.
    fn add_read(
        &mut self,
        read: ReadRow,
        reader: &SheetReader<'_>,
        index: usize,
        codes: &SheetCodes<'_>,
        existing: &HashMap<&str, &Site>,
        report: &mut ImportReport,
    ) {
        let row = &reader.rows()[index];
        let place = report.rows.len();
        let mut outcome = read.outcome;
        if let Some(ReadSite {
            row: mut read,
            stations,
            fingerprint,
        }) = read.site
        {
            match self.rows.entry(fingerprint) {
                Entry::Occupied(first) => {
                    let first = *first.get();
                    outcome.repair(repeated_row(&read.site.code, report, first));
                    report.amend(first, repeated_later(reader, row), false);
                }
                Entry::Vacant(entry) => {
                    entry.insert(place);
                    let stations = if self.own_code(&mut read, reader, index, codes, existing, &mut outcome) {
                        new_stations(&read)
                    } else {
                        stations
                    };
                    let code = (reader.decision(index) == Some(RowAction::Merge)).then(|| read.site.code.clone());
                    self.add_row(read, stations, place, report, &mut outcome);
                    self.merged.extend(code.and_then(|code| self.site_named(&code)));
                }
            }
        }
        report.push(outcome.into_report(reader.sheet, row));
    }

    /// The network of all sheets, after what can be seen of all of them together was said in the report.
    #[must_use]
    pub fn finish(mut self, context: &ImportContext<'_>, report: &mut ImportReport) -> Network {
        self.note_same_masts(context, report);
        self.network
    }

    /// Gives a row another code when its own belongs to a mast elsewhere: in its list, in another list, or in the project;
    /// whether it did.
    fn own_code(
        &self,
        row: &mut SiteRow,
        reader: &SheetReader<'_>,
        index: usize,
        codes: &SheetCodes<'_>,
        existing: &HashMap<&str, &Site>,
        outcome: &mut Outcome,
    ) -> bool {
        let code = row.site.code.as_str();
        let is_elsewhere = |position| distance_m(position, row.site.position) > SAME_MAST_M;
        let owner = codes
            .rows_of_repeated(code)
            .into_iter()
            .find_map(|owner| Some((owner, reader.position(owner)?)));
        let in_sheet = owner.filter(|(owner, position)| *owner != index && is_elsewhere(*position));
        let taken = self.site_named(code).map(|site| &self.network.sites[site]);
        let in_list = taken.filter(|site| is_elsewhere(site.position));
        let in_project = existing
            .get(code)
            .copied()
            .filter(|site| site.owner != row.site.owner && is_elsewhere(site.position));
        let (other, distance) = match (in_sheet, in_list.or(in_project)) {
            (Some((owner, position)), _) => (
                format!("{}", reader.rows()[owner].number),
                distance_m(position, row.site.position),
            ),
            (None, Some(site)) => (site.owner.clone(), distance_m(site.position, row.site.position)),
            (None, None) => return false,
        };
        let missing = codes
            .missing_between(index)
            .filter(|missing| self.site_named(missing).is_none());
        let confidence = if missing.is_some() { 0.85 } else { 0.5 };
        let renamed = missing.unwrap_or_else(|| {
            let candidates = std::iter::once(format!("{code}-{}", row.operator))
                .chain((2..).map(|number| format!("{code}-{number}")));
            candidates
                .into_iter()
                .find(|candidate| self.site_named(candidate).is_none() && !codes.has(candidate))
                .unwrap_or_else(|| code.to_owned())
        });
        let field = if reader.columns.has("site_code") {
            "site_code"
        } else {
            "code"
        };
        let (vi, en) = if in_sheet.is_some() {
            (format!("dòng {other}"), format!("row {other}"))
        } else {
            (format!("danh sách của {other}"), format!("the list of {other}"))
        };
        let mut issue = issue_in(
            &reader.columns,
            &reader.rows()[index],
            field,
            "duplicate_code",
            Message::new(
                format!("mã {code} là của một vị trí khác ({vi}) cách {distance:.0} m; tạm đặt mã {renamed}"),
                format!("code {code} belongs to another mast ({en}) {distance:.0} m away; {renamed} was given for now"),
            ),
        )
        .confidence(confidence);
        issue.to = Some(renamed.clone());
        outcome.repair(issue);
        row.site.code = renamed;
        true
    }

    fn add_row(
        &mut self,
        row: SiteRow,
        stations: Vec<(Station, Vec<Cell>)>,
        place: usize,
        report: &ImportReport,
        outcome: &mut Outcome,
    ) {
        let known = self.site_named(&row.site.code);
        if let Some(index) = known {
            complete(&mut self.network.sites[index], &row.site);
        }
        let index = known.unwrap_or(self.network.sites.len());
        let added = self.add_stations(&row, stations, index);
        let SiteRow { site, operator, .. } = row;
        match known {
            None => {
                let sites = &self.network.sites;
                self.sites.insert(&site.code, index, |place| &sites[place].code);
                self.network.sites.push(site);
                self.origins.push((place, operator));
            }
            Some(_) if added => {}
            Some(index) => {
                let first = self.origins[index].0;
                let (vi, en) = place_of(report, first);
                outcome.repair(
                    RowIssue::new(
                        "station_listed_again",
                        Message::new(
                            format!("trạm {} đã có ở {vi}; gộp vào dòng đó, không thêm gì", site.code),
                            format!("station {} is in {en}; joined with it, nothing is added", site.code),
                        ),
                    )
                    .value(site.code)
                    .confidence(0.9),
                );
            }
        }
    }

    /// Says of sites with different codes at one place that they may be one mast, and joins those that the user wants joined.
    fn note_same_masts(&mut self, context: &ImportContext<'_>, report: &mut ImportReport) {
        let speakers: HashSet<&str> = self.origins.iter().map(|(_, operator)| operator.as_str()).collect();
        let existing: Vec<&Site> = context
            .network
            .into_iter()
            .flat_map(|network| &network.sites)
            .filter(|site| !speakers.contains(site.owner.as_str()) && self.site_named(&site.code).is_none())
            .collect();
        let own = self.network.sites.len();
        let all: Vec<&Site> = self.network.sites.iter().chain(existing).collect();
        let positions: Vec<_> = all.iter().map(|site| site.position).collect();
        let masts = Masts::new(&positions);
        let mut joined = Vec::new();
        let nearest = |index: usize| masts.nearest(positions[index], |other| other != index);
        let pairs: Vec<_> = (0..own)
            .into_par_iter()
            .filter_map(|index| Some((index, nearest(index)?)))
            .collect();
        for (index, (other, distance)) in pairs {
            let (place, operator) = &self.origins[index];
            let other_operator = self
                .origins
                .get(other)
                .map_or(all[other].owner.as_str(), |(_, operator)| operator);
            let (vi, en) = self.origins.get(other).map_or_else(
                || ("dự án".to_owned(), "the project".to_owned()),
                |(place, _)| place_of(report, *place),
            );
            let (site, twin) = (all[index], all[other]);
            let issue = if operator == other_operator {
                RowIssue::new(
                    "two_codes_at_one_place",
                    Message::new(
                        format!(
                            "mã {} và {} ({vi}) cách nhau {distance:.0} m; có thể là một vị trí",
                            site.code, twin.code
                        ),
                        format!(
                            "codes {} and {} ({en}) are {distance:.0} m apart; perhaps one mast",
                            site.code, twin.code
                        ),
                    ),
                )
            } else {
                RowIssue::new(
                    "same_mast",
                    Message::new(
                        format!(
                            "cùng vị trí với {} của {other_operator} ({vi}), cách {distance:.0} m; đề nghị gộp thành một vị trí có hai nhà mạng: {operator}, {other_operator}",
                            twin.code
                        ),
                        format!(
                            "the same place as {} of {other_operator} ({en}), {distance:.0} m away; proposed: one site with two tenants, {operator} and {other_operator}",
                            twin.code
                        ),
                    ),
                )
            };
            let issue = issue
                .change(site.code.clone(), twin.code.clone())
                .confidence(if distance <= 5.0 { 0.95 } else { 0.8 });
            report.amend(*place, issue, false);
            if self.merged.contains(&index) {
                joined.push((site.code.clone(), twin.code.clone()));
            }
        }
        for (code, into) in joined {
            self.join(&code, &into);
        }
    }

    /// Moves the stations of one site to another and drops it.
    fn join(&mut self, code: &str, into: &str) {
        for station in self
            .network
            .stations
            .iter_mut()
            .filter(|station| station.site_code == code)
        {
            into.clone_into(&mut station.site_code);
        }
        self.network.sites.retain(|site| site.code != code);
    }

    /// Adds the row's stations that are new, and its cells in bands and sectors that are new; whether there were any.
    fn add_stations(&mut self, row: &SiteRow, stations: Vec<(Station, Vec<Cell>)>, site: usize) -> bool {
        let mut added = false;
        let operator = self.operator(&row.operator);
        for (station, cells) in stations {
            let key = (site, operator, station.technology);
            let (index, cells) = match self.stations.get(&key).copied() {
                Some(index) => {
                    let known = &self.network.stations[index];
                    (index, cells::cells_of(row, known, self.cell_counts[index] + 1))
                }
                None => {
                    added = true;
                    self.add_station(key, row, station, cells)
                }
            };
            for cell in cells {
                // A row of its own cell is a cell; any other row only adds bands and sectors that are new.
                let key = fingerprint((index, &cell.band, cell.azimuth_deg.map(f64::to_bits)));
                if self.cell_keys.insert(key, ()).is_none() || row.has_sector {
                    added = true;
                    self.cell_counts[index] += 1;
                    self.network.cells.push(cell);
                }
            }
        }
        added
    }

    /// The number of an operator.
    fn operator(&mut self, name: &str) -> usize {
        if let Some(known) = self.operators.get(name) {
            return *known;
        }
        let next = self.operators.len();
        self.operators.insert(name.to_owned(), next);
        next
    }

    /// Adds a station; its place, and its cells under the code that it has in the end.
    fn add_station(
        &mut self,
        key: (usize, usize, Technology),
        row: &SiteRow,
        mut station: Station,
        mut cells: Vec<Cell>,
    ) -> (usize, Vec<Cell>) {
        let index = self.network.stations.len();
        let known = &self.network.stations;
        let code_at = |place: usize| known[place].code.as_str();
        if self.station_codes.get(&station.code, code_at).is_some() {
            station.code = format!("{}-{}-{}", row.site.code, row.operator, station.technology);
            cells = cells::cells_of(row, &station, 1);
        }
        if self.station_codes.get(&station.code, code_at).is_none() {
            self.station_codes.insert(&station.code, index, code_at);
        }
        self.stations.insert(key, index);
        self.cell_counts.push(0);
        self.network.stations.push(station);
        (index, cells)
    }
}

/// The stations that a row speaks of, each with its cells, as they are when no row above it has them.
fn new_stations(row: &SiteRow) -> Vec<(Station, Vec<Cell>)> {
    let station = |technology: &Technology| {
        let code = match (&row.station_code, row.technologies.len()) {
            (Some(code), 1) if *code != row.site.code => code.clone(),
            (Some(code), _) => format!("{code}-{technology}"),
            (None, _) => format!("{}-{technology}", row.site.code),
        };
        let station = Station {
            code,
            site_code: row.site.code.clone(),
            operator: row.operator.clone(),
            technology: *technology,
            on_air: row.on_air,
            status: row.status,
        };
        let cells = cells::cells_of(row, &station, 1);
        (station, cells)
    };
    row.technologies.iter().map(station).collect()
}

/// A row as it is understood by itself.
struct ReadRow {
    outcome: Outcome,
    /// `None` for a row that is rejected or no data.
    site: Option<ReadSite>,
}

/// What a row says.
struct ReadSite {
    row: SiteRow,
    stations: Vec<(Station, Vec<Cell>)>,
    /// Of the row's content without its running number.
    fingerprint: u64,
}

fn read_alone(
    reader: &SheetReader<'_>,
    index: usize,
    number_column: Option<usize>,
    typical: &TypicalHeights,
    context: &ImportContext<'_>,
) -> ReadRow {
    let mut outcome = Outcome::default();
    let row = reader
        .is_data(index, &mut outcome)
        .then(|| read_row(reader, index, typical, context, &mut outcome))
        .flatten();
    let site = row.map(|row| ReadSite {
        stations: new_stations(&row),
        row,
        fingerprint: row_fingerprint(&reader.rows()[index], number_column),
    });
    ReadRow { outcome, site }
}

fn row_fingerprint(row: &Row, number_column: Option<usize>) -> u64 {
    let mut hasher = DefaultHasher::new();
    for (index, value) in row.values.iter().enumerate() {
        if Some(index) != number_column && !value.is_empty() {
            index.hash(&mut hasher);
            value.text().hash(&mut hasher);
        }
    }
    hasher.finish()
}

fn sheet_codes(reader: &SheetReader<'_>) -> Vec<Option<String>> {
    let field = ["site_code", "code"]
        .into_iter()
        .find(|field| reader.columns.has(field));
    let codes = reader.rows().par_iter().map(|row| {
        let own = field.and_then(|field| reader.columns.text(row, field));
        own.or_else(|| reader.columns.text(row, "code"))
    });
    codes.collect()
}

/// Where a row of the report is, in both languages.
fn place_of(report: &ImportReport, index: usize) -> (String, String) {
    let Some(row) = report.rows.get(index) else {
        return Default::default();
    };
    let sheet = row
        .sheet
        .as_deref()
        .map(|sheet| format!(", {sheet}"))
        .unwrap_or_default();
    (
        format!("{}{sheet}, dòng {}", row.file, row.row),
        format!("{}{sheet}, row {}", row.file, row.row),
    )
}

fn repeated_row(code: &str, report: &ImportReport, first: usize) -> RowIssue {
    let (vi, en) = place_of(report, first);
    let message = Message::new(
        format!("trùng với dòng đã có của trạm {code} ({vi}); gộp vào dòng đó"),
        format!("repeats an earlier row of site {code} ({en}); joined with it"),
    );
    RowIssue::new("duplicate_row", message).value(code).confidence(0.99)
}

fn repeated_later(reader: &SheetReader<'_>, row: &Row) -> RowIssue {
    let number = row.number;
    let file = &reader.sheet.file;
    let message = Message::new(
        format!("dòng này lặp lại ở dòng {number} của {file}"),
        format!("this row is repeated by row {number} of {file}"),
    );
    RowIssue::new("repeated_later", message)
}

/// Takes from a later row of the same mast what the earlier one left open.
fn complete(earlier: &mut Site, later: &Site) {
    fn fill<T: Clone>(target: &mut Option<T>, source: Option<&T>) {
        if target.is_none() {
            *target = source.cloned();
        }
    }
    fill(&mut earlier.mast_type, later.mast_type.as_ref());
    fill(&mut earlier.mast_height_m, later.mast_height_m.as_ref());
    fill(&mut earlier.commune_code, later.commune_code.as_ref());
    fill(&mut earlier.address, later.address.as_ref());
    fill(&mut earlier.sharing_code, later.sharing_code.as_ref());
    fill(&mut earlier.free_height_m, later.free_height_m.as_ref());
    fill(&mut earlier.fibre, later.fibre.as_ref());
    fill(&mut earlier.note, later.note.as_ref());
    earlier.restricted |= later.restricted;
}
