//! One row of a site list.

use jiff::civil::Date;

use super::fields::{Fields, canonical_operator};
use super::heights::TypicalHeights;
use super::radio::Radio;
use crate::import::ImportContext;
use crate::message::Message;
use crate::outcome::{Outcome, issue_in};
use crate::records::{Site, StationStatus, Technology};
use crate::sheet_reader::SheetReader;

/// An antenna may stand on a lightning rod's height above the mast, not more, metres.
const ABOVE_MAST_M: f64 = 3.0;

/// What a row says about its site, stations and sectors.
#[derive(Debug, Clone, PartialEq)]
pub struct SiteRow {
    /// The mast.
    pub site: Site,
    /// Code of the station, where the list has one beside the site's.
    pub station_code: Option<String>,
    /// Operator of the stations.
    pub operator: String,
    /// Technologies, oldest first; never empty.
    pub technologies: Vec<Technology>,
    /// On air since.
    pub on_air: Option<Date>,
    /// Whether it transmits.
    pub status: StationStatus,
    /// Whether the row is of one sector (a list with a row per cell).
    pub has_sector: bool,
    /// Radio data as given.
    pub radio: Radio,
}

/// Reads a row; `None` when it is rejected.
pub fn read_row(
    reader: &SheetReader<'_>,
    index: usize,
    typical: &TypicalHeights,
    context: &ImportContext<'_>,
    outcome: &mut Outcome,
) -> Option<SiteRow> {
    let row = &reader.rows()[index];
    let fields = Fields { reader, row, typical };
    let placed = reader.place(index, outcome)?;
    let (site_code, station_code) = fields.codes(outcome);
    let operator = fields.operator(context, outcome);
    let owner = fields
        .text("owner")
        .map_or_else(|| operator.clone(), |owner| canonical_operator(&owner));
    let mast_height_m = fields.height("mast_height_m", outcome);
    let antenna_height_m = fields.height("antenna_height_m", outcome);
    if let (Some(antenna), Some(mast)) = (antenna_height_m, mast_height_m)
        && antenna > mast + ABOVE_MAST_M
    {
        outcome.remark(issue_in(
            &reader.columns,
            row,
            "antenna_height_m",
            "antenna_above_mast",
            Message::new(
                format!("độ cao anten {antenna} m lớn hơn độ cao cột {mast} m"),
                format!("the antenna height {antenna} m is above the mast height {mast} m"),
            ),
        ));
    }
    let name = fields.text("name").unwrap_or_else(|| site_code.clone());
    let site = Site {
        code: site_code,
        name,
        owner,
        position: placed.position,
        mast_type: fields.text("mast_type"),
        mast_height_m,
        commune_code: placed.commune_code,
        address: fields.address(),
        sharing_code: fields.sharing_code(outcome),
        restricted: fields.flag("restricted").unwrap_or(false),
        free_height_m: fields.height("free_height_m", outcome),
        fibre: fields.fibre(),
        note: fields.text("note"),
    };
    let technologies = fields.technologies(outcome);
    let radio = fields.radio(antenna_height_m, &operator, &technologies, outcome);
    let has_sector = radio.cell_code.is_some() || reader.columns.has("sector") || fields.one_azimuth();
    Some(SiteRow {
        site,
        station_code,
        technologies,
        on_air: fields.date("on_air", context.today, outcome),
        status: fields.status(),
        has_sector,
        radio,
        operator,
    })
}
