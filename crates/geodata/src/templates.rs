//! Radio templates and operators: what is assumed where a list is silent, as editable data.

use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

use crate::records::Technology;
use crate::text::fold;

/// What a station is assumed to transmit with.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RadioTemplate {
    /// Technology that it is for.
    pub technology: Technology,
    /// Operator that it is for; `None` for any.
    #[serde(default)]
    pub operator: Option<String>,
    /// Band name.
    pub band: String,
    /// Downlink centre frequency, MHz.
    pub frequency_mhz: f64,
    /// Channel bandwidth, MHz.
    pub bandwidth_mhz: f64,
    /// EIRP per resource element (per carrier's pilot for 2G and 3G), dBm.
    pub eirp_per_re_dbm: f64,
    /// Mechanical downtilt, degrees.
    pub mechanical_tilt_deg: f64,
    /// Electrical downtilt, degrees.
    pub electrical_tilt_deg: f64,
    /// Half-power beamwidth in azimuth, degrees.
    pub horizontal_beamwidth_deg: f64,
    /// Half-power beamwidth in elevation, degrees.
    pub vertical_beamwidth_deg: f64,
    /// Where the figures come from.
    pub source: String,
}

/// All templates, and heights where a list gives none.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Templates {
    /// Height of a mast, metres.
    pub mast_height_m: f64,
    /// How far below the mast's top antennas hang, metres.
    pub antenna_below_mast_top_m: f64,
    /// Height of a light pole, metres.
    pub pole_height_m: f64,
    /// Where the heights come from.
    pub source: String,
    /// Templates; of those that fit, the first is the default.
    #[serde(rename = "template")]
    pub radio: Vec<RadioTemplate>,
}

/// A band that an operator may transmit in.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct LicensedBand {
    /// Band name.
    pub name: String,
    /// Lower edge of the downlink, MHz.
    pub low_mhz: f64,
    /// Upper edge of the downlink, MHz.
    pub high_mhz: f64,
}

/// An operator as lists call it.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Operator {
    /// Name used in the program.
    pub name: String,
    /// Other names.
    pub aliases: Vec<String>,
    /// Bands.
    pub bands: Vec<LicensedBand>,
    /// Where the bands come from.
    pub source: String,
}

#[derive(Deserialize)]
struct Operators {
    operator: Vec<Operator>,
}

static TEMPLATES: LazyLock<Templates> = LazyLock::new(|| {
    toml::from_str(include_str!("../../../data/templates.toml")).unwrap_or_else(|_| Templates {
        mast_height_m: 42.0,
        antenna_below_mast_top_m: 2.0,
        pole_height_m: 11.0,
        source: String::new(),
        radio: Vec::new(),
    })
});

static OPERATORS: LazyLock<Vec<(Operator, Vec<String>)>> = LazyLock::new(|| {
    let parsed: Option<Operators> = toml::from_str(include_str!("../../../data/operators.toml")).ok();
    let operators = parsed.map(|parsed| parsed.operator).unwrap_or_default();
    operators
        .into_iter()
        .map(|operator| {
            let names = operator
                .aliases
                .iter()
                .chain([&operator.name])
                .map(|name| fold(name))
                .collect();
            (operator, names)
        })
        .collect()
});

/// The built-in templates.
#[must_use]
pub fn templates() -> &'static Templates {
    &TEMPLATES
}

/// The operators that are known by name.
pub fn operators() -> impl Iterator<Item = &'static Operator> {
    OPERATORS.iter().map(|(operator, _)| operator)
}

/// The operator that a list's cell names: by alias, or by a word of it (`VNPT Hà Tĩnh`, `Trạm Viettel`).
#[must_use]
pub fn operator_named(text: &str) -> Option<&'static Operator> {
    let folded = fold(text);
    if folded.is_empty() {
        return None;
    }
    let exact = OPERATORS.iter().find(|(_, names)| names.contains(&folded));
    let by_word = || {
        let padded = format!(" {folded} ");
        let mut found = OPERATORS
            .iter()
            .filter(|(_, names)| names.iter().any(|name| padded.contains(&format!(" {name} "))));
        // A cell that names two operators names none.
        found.next().filter(|_| found.next().is_none())
    };
    exact.or_else(by_word).map(|(operator, _)| operator)
}

/// The one operator whose name a misspelt text is nearest to (`Vietel`, `Mobiphone`).
#[must_use]
pub fn operator_like(text: &str) -> Option<&'static Operator> {
    const SLIPS: usize = 2;
    const SHORTEST: usize = 5;
    let folded = fold(text);
    let (operator, _) = OPERATORS.iter().find(|(_, names)| {
        let long = names
            .iter()
            .filter(|name| name.len() >= SHORTEST && folded.len() >= SHORTEST);
        long.clone().any(|name| {
            name.as_bytes()[0] == folded.as_bytes()[0] && crate::text::edit_distance(name, &folded) <= SLIPS
        }) || names
            .iter()
            .any(|name| name.len() >= SHORTEST && folded.contains(name.as_str()))
    })?;
    Some(operator)
}

impl Templates {
    /// The template for a technology, an operator and a band where one is given.
    #[must_use]
    pub fn find(&self, technology: Technology, operator: &str, band: Option<&str>) -> Option<&RadioTemplate> {
        let fits = |template: &&RadioTemplate| template.technology == technology;
        let of_operator = |template: &&RadioTemplate| template.operator.as_deref() == Some(operator);
        let general = |template: &&RadioTemplate| template.operator.is_none();
        if let Some(band) = band {
            let of_band = |template: &&RadioTemplate| template.band.eq_ignore_ascii_case(band);
            let same = self.radio.iter().filter(fits).filter(of_band);
            if let Some(found) = same
                .clone()
                .find(of_operator)
                .or_else(|| same.clone().find(general))
                .or_else(|| same.clone().next())
            {
                return Some(found);
            }
        }
        let mut all = self.radio.iter().filter(fits);
        all.clone()
            .find(of_operator)
            .or_else(|| {
                // For 5G without an operator's own band the last, general template is meant.
                let mut generals = all.clone().filter(general);
                if technology == Technology::G5 {
                    generals.next_back()
                } else {
                    generals.next()
                }
            })
            .or_else(|| all.next())
    }
}

impl Operator {
    /// Whether a downlink frequency lies in a band of this operator.
    #[must_use]
    pub fn may_use(&self, frequency_mhz: f64) -> bool {
        self.bands
            .iter()
            .any(|band| (band.low_mhz..=band.high_mhz).contains(&frequency_mhz))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn built_in_data_is_read() {
        assert!(templates().radio.len() >= 8);
        assert!(operators().count() >= 4);
        assert!(templates().radio.iter().all(|template| !template.source.is_empty()));
    }

    #[test]
    fn operators_are_known_by_their_names() {
        let name = |text| operator_named(text).map(|operator| operator.name.as_str());
        assert_eq!(name("VIETTEL"), Some("Viettel"));
        assert_eq!(name("Vinaphone"), Some("VNPT"));
        assert_eq!(name("VNPT Hà Tĩnh"), Some("VNPT"));
        assert_eq!(name("mobifone"), Some("MobiFone"));
        assert_eq!(name("Viettel, VNPT"), None);
        assert_eq!(name("FPT"), None);
    }

    #[test]
    fn templates_follow_operator_and_band() {
        let find = |technology, operator, band| templates().find(technology, operator, band).unwrap().band.clone();
        assert_eq!(find(Technology::G4, "Viettel", None), "B3");
        assert_eq!(find(Technology::G4, "Viettel", Some("B8")), "B8");
        assert_eq!(find(Technology::G5, "VNPT", None), "n78");
        assert_eq!(find(Technology::G5, "MobiFone", None), "n77");
        assert_eq!(find(Technology::G5, "Khác", None), "n78");
        assert_eq!(find(Technology::G5, "VNPT", Some("n28")), "n28");
    }

    #[test]
    fn licences_are_checked_by_frequency() {
        let viettel = operator_named("Viettel").unwrap();
        assert!(viettel.may_use(2550.0));
        assert!(!viettel.may_use(3750.0));
    }
}
