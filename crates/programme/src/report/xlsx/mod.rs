//! The report as a workbook: styled, headers frozen, Vietnamese formats, every total a live formula.

mod communes;
mod deliveries;
mod live;
mod operators;
mod places;
mod readings;
mod reported;
mod stations;
pub(super) mod style;
mod summary;
pub(super) mod villages;
mod zones;

use live::Sheets;
use style::{Style, workbook};

use super::Report;
use super::zone_rows::{ZoneRow, zone_rows};
use crate::error::ProgrammeError;
use crate::measure::on_air;

/// Writes the workbook.
///
/// # Errors
/// [`ProgrammeError::Workbook`] when a sheet cannot be written.
pub fn xlsx(report: &Report<'_>) -> Result<Vec<u8>, ProgrammeError> {
    let mut workbook = workbook(report.title(), report.evaluation.today)?;
    let book = Book::new(report);
    book.summary(workbook.add_worksheet())?;
    book.readings(workbook.add_worksheet())?;
    if report.evaluation.indicators.iter().any(|row| !row.reported.is_empty()) {
        book.reported(workbook.add_worksheet())?;
    }
    book.operators(workbook.add_worksheet())?;
    book.stations(workbook.add_worksheet())?;
    book.zones(workbook.add_worksheet())?;
    if report.facts.coverage.is_some() {
        book.communes(workbook.add_worksheet())?;
        book.places(workbook.add_worksheet())?;
        villages::sheet(
            &book.style,
            workbook.add_worksheet(),
            report.villages,
            report.facts.communes,
            report.language,
        )?;
    }
    if !report.deliveries.is_empty() {
        book.deliveries(workbook.add_worksheet())?;
    }
    Ok(workbook.save_to_buffer()?)
}

/// What the sheets share.
struct Book<'a> {
    report: &'a Report<'a>,
    sheets: Sheets,
    zones: Vec<ZoneRow>,
    style: Style,
}

impl<'a> Book<'a> {
    fn new(report: &'a Report<'a>) -> Self {
        let zones = zone_rows(&report.facts);
        // Row 2 at least: a range may not end before it starts.
        let last = |rows: usize| (rows as u32 + 1).max(2);
        let language = report.language;
        Self {
            report,
            sheets: Sheets {
                language,
                stations: language.pick_static("Trạm", "Stations"),
                zones: language.pick_static("Khu cụm", "Zones"),
                communes: language.pick_static("Xã phường", "Communes"),
                places: language.pick_static("Địa điểm", "Places"),
                station_rows: last(on_air(&report.facts).count()),
                zone_rows: last(zones.len()),
                commune_rows: last(report.facts.communes_of_the_day().count()),
                place_rows: last(report.facts.places.len()),
                covered: report
                    .facts
                    .coverage
                    .map(crate::Coverage::technologies)
                    .unwrap_or_default(),
            },
            zones,
            style: Style::new(language),
        }
    }
}
