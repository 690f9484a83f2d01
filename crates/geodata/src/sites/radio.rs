//! The radio data of a site row: sectors, azimuths, tilts, bands and frequencies.

use super::bands;
use super::fields::Fields;
use crate::message::Message;
use crate::outcome::Outcome;
use crate::records::Technology;
use crate::report::RowIssue;
use crate::table::Value;
use crate::templates::operator_named;
use crate::text::fold;
use crate::values::parse_number;

/// Downlink frequencies of cellular networks, MHz.
const FREQUENCIES_MHZ: std::ops::RangeInclusive<f64> = 400.0..=40_000.0;
/// Tilts that antennas are mounted with, degrees.
const TILTS_DEG: std::ops::RangeInclusive<f64> = -15.0..=30.0;

/// Radio data as a row gives it.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Radio {
    /// Code of the cell.
    pub cell_code: Option<String>,
    /// Sector numbers and azimuths, in degrees; a `None` azimuth is an omnidirectional sector.
    pub sectors: Vec<(u8, Option<f64>)>,
    /// How many sectors there are, without their azimuths.
    pub sector_count: Option<u8>,
    /// Band as written.
    pub band: Option<String>,
    /// Downlink frequency, MHz.
    pub frequency_mhz: Option<f64>,
    /// Bandwidth, MHz.
    pub bandwidth_mhz: Option<f64>,
    /// Mechanical tilt, degrees.
    pub mechanical_tilt_deg: Option<f64>,
    /// Electrical tilt, degrees.
    pub electrical_tilt_deg: Option<f64>,
    /// Antenna height, metres.
    pub antenna_height_m: Option<f64>,
    /// EIRP per resource element, dBm.
    pub eirp_per_re_dbm: Option<f64>,
}

impl Fields<'_> {
    /// Whether the row has exactly one azimuth.
    pub fn one_azimuth(&self) -> bool {
        self.text("azimuth_deg")
            .is_some_and(|text| parse_azimuths(&text).is_some_and(|azimuths| azimuths.len() == 1))
    }

    /// The radio data of the row.
    pub fn radio(
        &self,
        antenna_height_m: Option<f64>,
        operator: &str,
        technologies: &[Technology],
        outcome: &mut Outcome,
    ) -> Radio {
        let tilt = self.tilt("tilt_deg", outcome);
        let mechanical = self.tilt("mechanical_tilt_deg", outcome);
        let (frequency_mhz, nominal_band) = self.frequency(operator, outcome);
        let sectors = self.sectors(outcome);
        let sector_count = self
            .number("sector_count", |count| (1.0..=12.0).contains(&count), outcome)
            .filter(|count| (1.0..=12.0).contains(count))
            .map(|count| count as u8);
        self.compare_sectors(&sectors, sector_count, outcome);
        Radio {
            cell_code: self.text("cell_code"),
            sectors,
            sector_count,
            band: self.band(operator, technologies, outcome).or(nominal_band),
            frequency_mhz,
            bandwidth_mhz: self
                .number("bandwidth_mhz", |mhz| mhz > 0.0, outcome)
                .filter(|mhz| *mhz > 0.0 && *mhz <= 400.0),
            mechanical_tilt_deg: mechanical.or(tilt),
            electrical_tilt_deg: self.tilt("electrical_tilt_deg", outcome).or_else(|| tilt.map(|_| 0.0)),
            antenna_height_m,
            eirp_per_re_dbm: self.number("eirp_per_re_dbm", |dbm| (-50.0..=90.0).contains(&dbm), outcome),
        }
    }

    fn tilt(&self, field: &str, outcome: &mut Outcome) -> Option<f64> {
        // One tilt per sector in a cell ("2/3/2"): the first stands for all.
        let several = self
            .text(field)
            .filter(|text| text.contains(['/', ';']))
            .and_then(|text| parse_azimuths(&text));
        let tilt = match several.and_then(|tilts| tilts.first().copied()) {
            Some(first) => first,
            None => self.number(field, |tilt| TILTS_DEG.contains(&tilt), outcome)?,
        };
        if TILTS_DEG.contains(&tilt) {
            return Some(tilt);
        }
        outcome.repair(self.issue(
            field,
            "impossible_tilt",
            Message::new(
                format!("góc nghiêng {tilt}° không hợp lý; bỏ qua giá trị này"),
                format!("a tilt of {tilt}° is impossible; this value is left out"),
            ),
        ));
        None
    }

    fn compare_sectors(&self, sectors: &[(u8, Option<f64>)], count: Option<u8>, outcome: &mut Outcome) {
        if sectors.len() > 1 && count.is_some_and(|count| usize::from(count) != sectors.len()) {
            outcome.remark(self.issue(
                "sector_count",
                "sector_count_differs",
                Message::new(
                    format!(
                        "số sector khác số góc phương vị ({}); lấy theo góc phương vị",
                        sectors.len()
                    ),
                    format!(
                        "the number of sectors is not that of azimuths ({}); the azimuths were taken",
                        sectors.len()
                    ),
                ),
            ));
        }
    }

    /// The frequency, or the band of a nominal one: `1800` means the band, not 1800.0 MHz.
    fn frequency(&self, operator: &str, outcome: &mut Outcome) -> (Option<f64>, Option<String>) {
        let Some(mhz) = self.number("frequency_mhz", |mhz| FREQUENCIES_MHZ.contains(&mhz), outcome) else {
            return (None, None);
        };
        if !FREQUENCIES_MHZ.contains(&mhz) {
            outcome.repair(self.issue(
                "frequency_mhz",
                "impossible_frequency",
                Message::new(
                    format!("tần số {mhz} MHz không hợp lý; bỏ qua giá trị này"),
                    format!("a frequency of {mhz} MHz is impossible; this value is left out"),
                ),
            ));
            return (None, None);
        }
        let Some(known) = operator_named(operator) else {
            return (Some(mhz), None);
        };
        if known.may_use(mhz) {
            return (Some(mhz), None);
        }
        if bands::nominal(mhz).any(|band| known.bands.iter().any(|own| own.name == band)) {
            return (None, Some(mhz.to_string()));
        }
        outcome.repair(
            self.issue(
                "frequency_mhz",
                "frequency_not_licensed",
                Message::new(
                    format!(
                        "tần số {mhz} MHz không thuộc băng tần của {}; lấy theo mẫu của nhà mạng, đề nghị kiểm tra lại",
                        known.name
                    ),
                    format!(
                        "{mhz} MHz is in no band of {}; the operator's template was taken, please check",
                        known.name
                    ),
                ),
            )
            .confidence(0.6),
        );
        (None, None)
    }

    /// The bands as written; those of another operator only are left out.
    fn band(&self, operator: &str, technologies: &[Technology], outcome: &mut Outcome) -> Option<String> {
        let text = self.text("band")?;
        let Some(known) = operator_named(operator) else {
            return Some(text);
        };
        let named: Vec<&str> = technologies
            .iter()
            .flat_map(|technology| bands::bands_in(&text, *technology))
            .collect();
        let is_own = |band: &&str| known.bands.iter().any(|own| own.name == **band);
        if named.iter().all(is_own) {
            return Some(text);
        }
        let none_is_own = !named.iter().any(is_own);
        let issue = self.issue(
            "band",
            "frequency_not_licensed",
            Message::new(
                format!("băng tần không thuộc {}; đề nghị kiểm tra lại", known.name),
                format!("the band is none of {}'s; please check", known.name),
            ),
        );
        if none_is_own {
            outcome.repair(issue.confidence(0.6));
            return None;
        }
        outcome.remark(issue);
        Some(text)
    }

    /// Sectors with their azimuths, from `0/120/240` in one cell, one column per sector, or one row per sector.
    fn sectors(&self, outcome: &mut Outcome) -> Vec<(u8, Option<f64>)> {
        let columns = &self.reader.columns;
        let numbered: Vec<(u8, f64)> = columns
            .sectors("azimuth_deg")
            .filter_map(|(sector, column)| Some((sector, number_of(self.row.get(column.index))?)))
            .collect();
        let text = self.text("azimuth_deg");
        let is_omni = text.as_deref().is_some_and(|text| {
            matches!(
                fold(text).as_str(),
                "omni" | "vo huong" | "da huong" | "360 do" | "toan huong"
            )
        });
        let own_number = self.own_sector_number();
        if is_omni {
            return vec![(own_number.unwrap_or(1), None)];
        }
        let listed = self.listed_azimuths(outcome);
        let all: Vec<(u8, f64)> = if numbered.is_empty() {
            let first = own_number.unwrap_or(1);
            (0_u8..)
                .zip(&listed)
                .map(|(i, azimuth)| (first.saturating_add(i), *azimuth))
                .collect()
        } else {
            numbered
        };
        all.into_iter()
            .filter_map(|(sector, azimuth)| Some((sector, Some(self.azimuth(azimuth, outcome)?))))
            .collect()
    }

    fn own_sector_number(&self) -> Option<u8> {
        let text = self.text("sector")?;
        let digits = text.trim_start_matches(|c: char| !c.is_ascii_digit());
        digits.parse::<u8>().ok().filter(|number| *number > 0)
    }

    fn listed_azimuths(&self, outcome: &mut Outcome) -> Vec<f64> {
        match self.reader.columns.value(self.row, "azimuth_deg") {
            Value::Number(number) => vec![*number],
            Value::Text(text) if !text.trim().is_empty() => parse_azimuths(text).unwrap_or_else(|| {
                outcome.repair(self.issue(
                    "azimuth_deg",
                    "azimuth_not_a_number",
                    Message::new(
                        "góc phương vị không phải là số; bỏ qua giá trị này",
                        "the azimuth is not a number; this value is left out",
                    ),
                ));
                Vec::new()
            }),
            Value::Date(_) => {
                outcome.repair(self.issue(
                    "azimuth_deg",
                    "azimuth_not_a_number",
                    Message::new(
                        "bảng tính đã đổi góc phương vị thành ngày; bỏ qua giá trị này",
                        "the workbook turned the azimuth into a date; this value is left out",
                    ),
                ));
                Vec::new()
            }
            _ => Vec::new(),
        }
    }

    fn azimuth(&self, azimuth: f64, outcome: &mut Outcome) -> Option<f64> {
        if (0.0..360.0).contains(&azimuth) {
            return Some(azimuth);
        }
        if azimuth == 360.0 || (-180.0..0.0).contains(&azimuth) {
            let normal = azimuth.rem_euclid(360.0);
            let issue = self.issue(
                "azimuth_deg",
                "azimuth_normalised",
                Message::new(
                    format!("góc phương vị {azimuth}° được đổi thành {normal}°"),
                    format!("azimuth {azimuth}° was written as {normal}°"),
                ),
            );
            outcome.repair(
                RowIssue {
                    to: Some(normal.to_string()),
                    ..issue
                }
                .confidence(0.99),
            );
            return Some(normal);
        }
        outcome.repair(self.issue(
            "azimuth_deg",
            "impossible_azimuth",
            Message::new(
                format!("góc phương vị {azimuth}° không hợp lý; bỏ qua giá trị này"),
                format!("an azimuth of {azimuth}° is impossible; this value is left out"),
            ),
        ));
        None
    }
}

fn number_of(value: &Value) -> Option<f64> {
    match value {
        Value::Number(number) => Some(*number),
        Value::Text(text) => parse_number(text, |azimuth| (0.0..=360.0).contains(&azimuth)).map(|parsed| parsed.value),
        _ => None,
    }
}

/// `0/120/240`, `0-120-240`, `0; 120; 240`, `0,120,240`: azimuths of one cell of a table; `None` when a part is no number.
fn parse_azimuths(text: &str) -> Option<Vec<f64>> {
    if let Some(single) = parse_number(text, |azimuth| (0.0..=360.0).contains(&azimuth))
        && (-180.0..=360.0).contains(&single.value)
    {
        return Some(vec![single.value]);
    }
    text.split(['/', ';', '-', ',', '|', ' ', '_', '\n'])
        .map(|part| part.trim().trim_end_matches(['°', 'º']))
        .filter(|part| !part.is_empty())
        .map(|part| parse_number(part, |azimuth| (0.0..=360.0).contains(&azimuth)).map(|parsed| parsed.value))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn azimuths_of_one_cell() {
        for text in [
            "0/120/240",
            "0-120-240",
            "0; 120; 240",
            "0,120,240",
            "0° 120° 240°",
            "0/12O/240",
        ] {
            assert_eq!(parse_azimuths(text).unwrap(), [0.0, 120.0, 240.0], "{text}");
        }
        assert_eq!(parse_azimuths("350").unwrap(), [350.0]);
        assert_eq!(parse_azimuths("bắc"), None);
    }
}
