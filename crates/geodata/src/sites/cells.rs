//! Cells of a station: what the list gives, the rest from templates and marked as assumed.

use super::row::SiteRow;
use crate::records::{AssumedFields, Cell, CellField, Station, StationStatus};
use crate::templates::{RadioTemplate, templates};
use crate::values::parse_technologies;

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
        .map(|text| bands_in(text, station))
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
    if let Some(name) = row.radio.frequency_mhz.and_then(band_of_frequency) {
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

/// (name, words by which lists call it, downlink MHz of its middle), per technology family.
const BANDS: [(&str, &[&str], f64, f64); 9] = [
    ("B8", &["b8", "900"], 925.0, 960.0),
    ("B3", &["b3", "1800"], 1805.0, 1880.0),
    ("B1", &["b1", "2100"], 2110.0, 2170.0),
    ("B7", &["b7", "2600"], 2620.0, 2690.0),
    ("B20", &["b20", "800"], 791.0, 821.0),
    ("n28", &["n28", "b28", "700"], 758.0, 803.0),
    ("n41", &["n41", "2500", "2600"], 2496.0, 2690.0),
    ("n78", &["n78", "3500", "3600", "3700"], 3300.0, 3800.0),
    ("n77", &["n77", "3800", "3900"], 3800.0, 4200.0),
];

fn bands_in(text: &str, station: &Station) -> Vec<&'static str> {
    use crate::records::Technology::G5;
    let mut found: Vec<&'static str> = Vec::new();
    for part in text.to_lowercase().split([',', ';', '/', '+', '|', '\n']) {
        let technologies = parse_technologies(part);
        if !technologies.is_empty() && !technologies.contains(&station.technology) {
            continue;
        }
        let is_nr_part = technologies.contains(&G5);
        let digits: String = part
            .chars()
            .filter(|c| c.is_ascii_alphanumeric() || *c == ' ')
            .collect();
        let band = BANDS.iter().find(|(name, words, ..)| {
            // 2600 means B7 for LTE and n41 for NR.
            let of_nr = name.starts_with('n') && *name != "n28";
            let fits = station.technology == G5 || is_nr_part || !of_nr;
            fits && (station.technology != G5 || *name != "B7")
                && words
                    .iter()
                    .any(|word| digits.split(' ').any(|token| token == *word || token.ends_with(word)))
        });
        if let Some((name, ..)) = band
            && !found.contains(name)
        {
            found.push(name);
        }
    }
    found
}

fn band_of_frequency(mhz: f64) -> Option<&'static str> {
    BANDS
        .iter()
        .find(|(_, _, low, high)| (*low..=*high).contains(&mhz))
        .map(|(name, ..)| *name)
}

fn middle_mhz(band: &str) -> Option<f64> {
    BANDS
        .iter()
        .find(|(name, ..)| *name == band)
        .map(|(_, _, low, high)| (low + high) / 2.0)
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
