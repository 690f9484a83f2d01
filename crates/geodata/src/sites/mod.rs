//! Site lists → sites, stations and cells.

mod cells;
mod row;

use std::collections::hash_map::DefaultHasher;
use std::collections::{HashMap, HashSet};
use std::hash::{Hash, Hasher};

use geodesy::distance_m;

use self::row::{SiteRow, read_row};
use crate::error::ImportError;
use crate::import::ImportContext;
use crate::message::Message;
use crate::outcome::Outcome;
use crate::records::{Network, Site, Station, Technology};
use crate::report::{ImportReport, RowIssue};
use crate::sheet_reader::SheetReader;
use crate::table::Row;

/// Two positions of one code closer than this are one mast written twice.
const SAME_MAST_M: f64 = 50.0;

/// Builds a network from the sheets of a list.
#[derive(Default)]
pub struct NetworkBuilder {
    network: Network,
    sites: HashMap<String, usize>,
    stations: HashMap<(String, String, Technology), usize>,
    station_codes: HashMap<String, usize>,
    cell_counts: Vec<usize>,
    /// Station, band and azimuth (its bits) of every cell.
    cell_keys: HashSet<(usize, String, Option<u64>)>,
    /// Fingerprints of all rows taken, against rows that are there twice.
    rows: HashSet<u64>,
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
        for (index, row) in reader.rows().iter().enumerate() {
            if index % 4096 == 0 && context.progress.cancelled() {
                return Err(crate::import::cancelled());
            }
            let mut outcome = Outcome::default();
            if reader.is_data(index, &mut outcome) {
                let read = read_row(reader, index, context, &mut outcome);
                if let Some(read) = read.filter(|_| !outcome.is_rejected()) {
                    let number_column = columns.get("number").map(|column| column.index);
                    if self.rows.insert(fingerprint(row, number_column)) {
                        self.add_row(&read, &mut outcome);
                    } else {
                        outcome.reject(repeated_row(&read.site.code));
                    }
                }
            }
            report.push(outcome.into_report(reader.sheet, row));
        }
        Ok(())
    }

    /// The network of all sheets.
    #[must_use]
    pub fn finish(self) -> Network {
        self.network
    }

    fn add_row(&mut self, row: &SiteRow, outcome: &mut Outcome) {
        if self.take_site(row, outcome) && !self.add_stations(row) {
            outcome.remark(RowIssue::new(
                "station_listed_again",
                Message::new(
                    format!("trạm {} đã có ở một dòng trước; dòng này không thêm gì", row.site.code),
                    format!("station {} is in an earlier row; this row adds nothing", row.site.code),
                ),
            ));
        }
    }

    /// Finds or adds the row's site; false when its code belongs to another mast.
    fn take_site(&mut self, row: &SiteRow, outcome: &mut Outcome) -> bool {
        let Some(index) = self.sites.get(&row.site.code).copied() else {
            self.sites.insert(row.site.code.clone(), self.network.sites.len());
            self.network.sites.push(row.site.clone());
            return true;
        };
        let earlier = &mut self.network.sites[index];
        let distance = distance_m(earlier.position, row.site.position);
        if distance > SAME_MAST_M {
            outcome.reject(
                RowIssue::new(
                    "duplicate_code",
                    Message::new(
                        format!(
                            "mã {} đã dùng cho một vị trí khác cách {distance:.0} m; đề nghị đặt mã khác",
                            row.site.code
                        ),
                        format!(
                            "code {} belongs to another mast {distance:.0} m away; give it another code",
                            row.site.code
                        ),
                    ),
                )
                .value(row.site.code.clone()),
            );
            return false;
        }
        complete(earlier, &row.site);
        true
    }

    /// Adds the row's stations that are new, and its cells in bands and sectors that are new; whether there were any.
    fn add_stations(&mut self, row: &SiteRow) -> bool {
        let mut added = false;
        for technology in &row.technologies {
            let key = (row.site.code.clone(), row.operator.clone(), *technology);
            let index = self.stations.get(&key).copied().unwrap_or_else(|| {
                added = true;
                self.add_station(key, row, *technology)
            });
            let station = &self.network.stations[index];
            for cell in cells::cells_of(row, station, self.cell_counts[index] + 1) {
                // A row of its own cell is a cell; any other row only adds bands and sectors that are new.
                let key = (index, cell.band.clone(), cell.azimuth_deg.map(f64::to_bits));
                if self.cell_keys.insert(key) || row.has_sector {
                    added = true;
                    self.cell_counts[index] += 1;
                    self.network.cells.push(cell);
                }
            }
        }
        added
    }

    fn add_station(&mut self, key: (String, String, Technology), row: &SiteRow, technology: Technology) -> usize {
        let index = self.network.stations.len();
        let mut code = match (&row.station_code, row.technologies.len()) {
            (Some(code), 1) if *code != row.site.code => code.clone(),
            (Some(code), _) => format!("{code}-{technology}"),
            (None, _) => format!("{}-{technology}", row.site.code),
        };
        if self.station_codes.contains_key(&code) {
            code = format!("{}-{}-{technology}", row.site.code, row.operator);
        }
        self.station_codes.insert(code.clone(), index);
        self.stations.insert(key, index);
        self.cell_counts.push(0);
        self.network.stations.push(Station {
            code,
            site_code: row.site.code.clone(),
            operator: row.operator.clone(),
            technology,
            on_air: row.on_air,
            status: row.status,
        });
        index
    }
}

/// A row's content without its running number.
fn fingerprint(row: &Row, number_column: Option<usize>) -> u64 {
    let mut hasher = DefaultHasher::new();
    for (index, value) in row.values.iter().enumerate() {
        if Some(index) != number_column && !value.is_empty() {
            index.hash(&mut hasher);
            value.to_text().hash(&mut hasher);
        }
    }
    hasher.finish()
}

fn repeated_row(code: &str) -> RowIssue {
    let message = Message::new(
        format!("trùng với dòng đã có của trạm {code}; bỏ dòng này"),
        format!("repeats an earlier row of site {code}; this row is left out"),
    );
    RowIssue::new("duplicate_row", message).value(code)
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
