//! Cells of a station: what the list gives, the rest from templates and marked as assumed.

use super::bands::{bands_in, middle_mhz, of_frequency};
use super::row::SiteRow;
use crate::records::{AssumedFields, Cell, CellField, Station, StationStatus};
use crate::templates::{RadioTemplate, templates};

/// Azimuths taken when a list gives the number of sectors but not their directions.
fn even_azimuths(count: u8) -> impl Iterator<Item = (u8, Option<f64>)> {
    (0..count).map(move |sector| {
        (
            sector + 1,
            (count > 1).then(|| 360.0 * f64::from(sector) / f64::from(count)),
        )
    })
}

/// The cells of a station as a row describes them.
pub fn cells_of(row: &SiteRow, station: &Station, first_number: usize) -> Vec<Cell> {
    if station.status == StationStatus::Off {
        return Vec::new();
    }
    let mut cells = Vec::new();
    for (band, template) in bands_of(row, station) {
        for (sector, azimuth_deg, azimuth_assumed) in sectors_of(row) {
            let number = first_number + cells.len();
            cells.push(cell(
                row,
                station,
                number,
                &band,
                template,
                (sector, azimuth_deg, azimuth_assumed),
            ));
        }
    }
    cells
}

fn sectors_of(row: &SiteRow) -> Vec<(u8, Option<f64>, bool)> {
    let radio = &row.radio;
    if !radio.sectors.is_empty() {
        return radio
            .sectors
            .iter()
            .map(|(sector, azimuth)| (*sector, *azimuth, false))
            .collect();
    }
    even_azimuths(radio.sector_count.unwrap_or(1))
        .map(|(sector, azimuth)| (sector, azimuth, true))
        .collect()
}

/// A band, and whether the list gave it.
struct Band {
    name: String,
    given: bool,
}

/// The bands of a station: those of the list that are of its technology, else the template's.
fn bands_of(row: &SiteRow, station: &Station) -> Vec<(Band, Option<&'static RadioTemplate>)> {
    let find = |band: Option<&str>| templates().find(station.technology, &station.operator, band);
    let given: Vec<&'static str> = row
        .radio
        .band
        .as_deref()
        .map(|text| bands_in(text, station.technology))
        .unwrap_or_default();
    if !given.is_empty() {
        return given
            .into_iter()
            .map(|name| {
                (
                    Band {
                        name: name.to_owned(),
                        given: true,
                    },
                    find(Some(name)),
                )
            })
            .collect();
    }
    if let Some(name) = row.radio.frequency_mhz.and_then(of_frequency) {
        return vec![(
            Band {
                name: name.to_owned(),
                given: true,
            },
            find(Some(name)),
        )];
    }
    let template = find(None);
    let name = template.map(|template| template.band.clone()).unwrap_or_default();
    vec![(Band { name, given: false }, template)]
}

fn cell(
    row: &SiteRow,
    station: &Station,
    number: usize,
    band: &Band,
    template: Option<&RadioTemplate>,
    (sector, azimuth_deg, azimuth_assumed): (u8, Option<f64>, bool),
) -> Cell {
    let radio = &row.radio;
    let mut assumed = AssumedFields::NONE;
    let mut take = |given: Option<f64>, field: CellField, otherwise: f64| {
        given.unwrap_or_else(|| {
            assumed.insert(field);
            otherwise
        })
    };
    let of_template = |value: fn(&RadioTemplate) -> f64, otherwise: f64| template.map_or(otherwise, value);
    let same_band = template.is_some_and(|template| template.band == band.name);
    let frequency = if same_band {
        of_template(|t| t.frequency_mhz, 1842.5)
    } else {
        middle_mhz(&band.name).unwrap_or(1842.5)
    };
    let frequency_mhz = take(radio.frequency_mhz, CellField::FrequencyMhz, frequency);
    let bandwidth_mhz = take(
        radio.bandwidth_mhz,
        CellField::BandwidthMhz,
        of_template(|t| t.bandwidth_mhz, 10.0),
    );
    let mechanical_tilt_deg = take(
        radio.mechanical_tilt_deg,
        CellField::MechanicalTiltDeg,
        of_template(|t| t.mechanical_tilt_deg, 2.0),
    );
    let electrical_tilt_deg = take(
        radio.electrical_tilt_deg,
        CellField::ElectricalTiltDeg,
        of_template(|t| t.electrical_tilt_deg, 2.0),
    );
    let antenna_height_m = take(
        radio.antenna_height_m,
        CellField::AntennaHeightM,
        assumed_antenna_height_m(row),
    );
    let eirp_per_re_dbm = take(
        radio.eirp_per_re_dbm,
        CellField::EirpPerReDbm,
        of_template(|t| t.eirp_per_re_dbm, 30.0),
    );
    let horizontal_beamwidth_deg = take(
        None,
        CellField::HorizontalBeamwidthDeg,
        of_template(|t| t.horizontal_beamwidth_deg, 65.0),
    );
    let vertical_beamwidth_deg = take(
        None,
        CellField::VerticalBeamwidthDeg,
        of_template(|t| t.vertical_beamwidth_deg, 8.0),
    );
    if !band.given {
        assumed.insert(CellField::Band);
    }
    if azimuth_assumed {
        assumed.insert(CellField::AzimuthDeg);
    }
    Cell {
        code: radio
            .cell_code
            .clone()
            .unwrap_or_else(|| format!("{}-{number}", station.code)),
        station_code: station.code.clone(),
        sector,
        band: band.name.clone(),
        frequency_mhz,
        bandwidth_mhz,
        azimuth_deg,
        mechanical_tilt_deg,
        electrical_tilt_deg,
        antenna_height_m,
        eirp_per_re_dbm,
        horizontal_beamwidth_deg,
        vertical_beamwidth_deg,
        assumed,
    }
}

fn assumed_antenna_height_m(row: &SiteRow) -> f64 {
    let templates = templates();
    let mast = row.site.mast_height_m.filter(|height| *height > 0.0);
    mast.map_or(templates.mast_height_m, |height| {
        (height - templates.antenna_below_mast_top_m).max(height * 0.8)
    })
}
