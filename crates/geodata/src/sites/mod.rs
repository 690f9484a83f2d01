//! Site lists → sites, stations and cells.

mod cells;
mod row;

use std::collections::HashMap;

use geodesy::distance_m;

use self::row::{SiteRow, read_row};
use crate::error::ImportError;
use crate::import::ImportContext;
use crate::message::Message;
use crate::outcome::Outcome;
use crate::records::{Network, Site, Station, Technology};
use crate::report::{ImportReport, RowIssue};
use crate::sheet_reader::SheetReader;

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
        if !["code", "site_code", "name"].iter().any(|field| columns.has(field)) {
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
                    self.add_row(&read, &mut outcome);
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
        let Some(is_new_site) = self.site_for(row, outcome) else {
            return;
        };
        let added = self.add_stations(row);
        if !is_new_site && added == 0 && !row.has_sector {
            outcome.reject(
                RowIssue::new(
                    "duplicate_row",
                    Message::new(
                        format!("trùng với dòng đã có của trạm {}; bỏ dòng này", row.site.code),
                        format!("repeats an earlier row of site {}; this row is left out", row.site.code),
                    ),
                )
                .value(row.site.code.clone()),
            );
        }
    }

    /// Finds or adds the row's site; `None` when its code belongs to another mast.
    fn site_for(&mut self, row: &SiteRow, outcome: &mut Outcome) -> Option<bool> {
        let Some(index) = self.sites.get(&row.site.code).copied() else {
            self.sites.insert(row.site.code.clone(), self.network.sites.len());
            self.network.sites.push(row.site.clone());
            return Some(true);
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
            return None;
        }
        complete(earlier, &row.site);
        Some(false)
    }

    /// Adds the row's stations that are new, and its cells; how many stations were new.
    fn add_stations(&mut self, row: &SiteRow) -> usize {
        let mut added = 0;
        for technology in &row.technologies {
            let key = (row.site.code.clone(), row.operator.clone(), *technology);
            let existing = self.stations.get(&key).copied();
            if existing.is_some() && !row.has_sector {
                continue;
            }
            let index = existing.unwrap_or_else(|| {
                added += 1;
                self.add_station(key, row, *technology)
            });
            let station = &self.network.stations[index];
            let cells = cells::cells_of(row, station, self.cell_counts[index] + 1);
            self.cell_counts[index] += cells.len();
            self.network.cells.extend(cells);
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
