//! Sites, stations and cells.

use std::fmt;

use geodesy::LonLat;
use jiff::civil::Date;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A generation of mobile technology.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Technology {
    /// GSM.
    #[serde(rename = "2g")]
    G2,
    /// UMTS.
    #[serde(rename = "3g")]
    G3,
    /// LTE.
    #[serde(rename = "4g")]
    G4,
    /// NR.
    #[serde(rename = "5g")]
    G5,
}

impl Technology {
    /// All technologies, oldest first.
    pub const ALL: [Self; 4] = [Self::G2, Self::G3, Self::G4, Self::G5];

    /// The name used in files and addresses: `"2g"`, `"3g"`, `"4g"` or `"5g"`.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::G2 => "2g",
            Self::G3 => "3g",
            Self::G4 => "4g",
            Self::G5 => "5g",
        }
    }

    /// The technology of a key such as `"4g"` or `"4G"`.
    #[must_use]
    pub fn from_key(key: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|technology| technology.key().eq_ignore_ascii_case(key.trim()))
    }
}

impl fmt::Display for Technology {
    /// Writes the name that people use: `4G`.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::G2 => "2G",
            Self::G3 => "3G",
            Self::G4 => "4G",
            Self::G5 => "5G",
        })
    }
}

/// A mast or rooftop: a place with an owner.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Site {
    /// Unique code inside the project.
    pub code: String,
    /// Name as the owner writes it.
    pub name: String,
    /// Owner of the mast, for example `"Viettel"`.
    pub owner: String,
    /// Position, WGS 84.
    pub position: LonLat,
    /// Mast type, for example `"A2b"`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mast_type: Option<String>,
    /// Height of the mast above ground, metres.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mast_height_m: Option<f64>,
    /// Code of the commune (five characters, kept as text).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub commune_code: Option<String>,
    /// Street address or hamlet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
    /// Sharing code 0–7 as one operator's list writes it (0 = not shared).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sharing_code: Option<u8>,
    /// True for security-restricted sites: they count in coverage and never leave in an export to others.
    #[serde(default)]
    pub restricted: bool,
    /// Height still free for another tenant's antennas, metres above ground. `None` means unknown, not free.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub free_height_m: Option<f64>,
    /// Whether fibre reaches the site. `None` means unknown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fibre: Option<bool>,
    /// Free remark.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

impl Site {
    /// A site of which only code, owner and position are known; the name is the code.
    #[must_use]
    pub fn new(code: impl Into<String>, owner: impl Into<String>, position: LonLat) -> Self {
        let code = code.into();
        Self {
            name: code.clone(),
            code,
            owner: owner.into(),
            position,
            mast_type: None,
            mast_height_m: None,
            commune_code: None,
            address: None,
            sharing_code: None,
            restricted: false,
            free_height_m: None,
            fibre: None,
            note: None,
        }
    }
}

/// Whether a station transmits.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StationStatus {
    /// Transmitting (what a list means when it says nothing).
    #[default]
    OnAir,
    /// Planned or under construction.
    Planned,
    /// Switched off or dismantled.
    Off,
}

/// One operator × one technology at a site.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Station {
    /// Unique code inside the project.
    pub code: String,
    /// Code of the site that carries it.
    pub site_code: String,
    /// Operator, for example `"Viettel"`; may differ from the site's owner.
    pub operator: String,
    /// Technology.
    pub technology: Technology,
    /// Date of going on air.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on_air: Option<Date>,
    /// Whether it transmits.
    #[serde(default)]
    pub status: StationStatus,
}

/// One sector × one band of a station.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Cell {
    /// Unique code inside the project.
    pub code: String,
    /// Code of its station.
    pub station_code: String,
    /// Sector number, from 1.
    pub sector: u8,
    /// Band name: `"B3"`, `"n41"`, …
    pub band: String,
    /// Downlink centre frequency, MHz.
    pub frequency_mhz: f64,
    /// Channel bandwidth, MHz.
    pub bandwidth_mhz: f64,
    /// Azimuth of the main lobe, degrees clockwise from true north, 0 ≤ azimuth < 360; `None` = omnidirectional.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub azimuth_deg: Option<f64>,
    /// Mechanical downtilt, degrees, positive below the horizon.
    pub mechanical_tilt_deg: f64,
    /// Electrical downtilt, degrees, positive below the horizon.
    pub electrical_tilt_deg: f64,
    /// Height of the antenna's centre above ground, metres.
    pub antenna_height_m: f64,
    /// EIRP per resource element (per carrier for 2G and 3G pilot), dBm.
    pub eirp_per_re_dbm: f64,
    /// Half-power beamwidth in azimuth, degrees.
    pub horizontal_beamwidth_deg: f64,
    /// Half-power beamwidth in elevation, degrees.
    pub vertical_beamwidth_deg: f64,
    /// Which fields the list did not give and a template filled.
    #[serde(default, skip_serializing_if = "AssumedFields::is_empty")]
    pub assumed: AssumedFields,
}

/// A radio field of a [`Cell`] that a template can fill.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum CellField {
    /// `band`
    Band,
    /// `frequency_mhz`
    FrequencyMhz,
    /// `bandwidth_mhz`
    BandwidthMhz,
    /// `azimuth_deg`
    AzimuthDeg,
    /// `mechanical_tilt_deg`
    MechanicalTiltDeg,
    /// `electrical_tilt_deg`
    ElectricalTiltDeg,
    /// `antenna_height_m`
    AntennaHeightM,
    /// `eirp_per_re_dbm`
    EirpPerReDbm,
    /// `horizontal_beamwidth_deg`
    HorizontalBeamwidthDeg,
    /// `vertical_beamwidth_deg`
    VerticalBeamwidthDeg,
}

impl CellField {
    /// All fields, in the order of [`Cell`].
    pub const ALL: [Self; 10] = [
        Self::Band,
        Self::FrequencyMhz,
        Self::BandwidthMhz,
        Self::AzimuthDeg,
        Self::MechanicalTiltDeg,
        Self::ElectricalTiltDeg,
        Self::AntennaHeightM,
        Self::EirpPerReDbm,
        Self::HorizontalBeamwidthDeg,
        Self::VerticalBeamwidthDeg,
    ];

    /// The field's name in [`Cell`], JSON and tables.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Band => "band",
            Self::FrequencyMhz => "frequency_mhz",
            Self::BandwidthMhz => "bandwidth_mhz",
            Self::AzimuthDeg => "azimuth_deg",
            Self::MechanicalTiltDeg => "mechanical_tilt_deg",
            Self::ElectricalTiltDeg => "electrical_tilt_deg",
            Self::AntennaHeightM => "antenna_height_m",
            Self::EirpPerReDbm => "eirp_per_re_dbm",
            Self::HorizontalBeamwidthDeg => "horizontal_beamwidth_deg",
            Self::VerticalBeamwidthDeg => "vertical_beamwidth_deg",
        }
    }
}

/// The set of a cell's fields that a template filled. In JSON a list of field names; in memory two bytes, because
/// national lists have hundreds of thousands of cells.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct AssumedFields(u16);

impl AssumedFields {
    /// Nothing assumed.
    pub const NONE: Self = Self(0);

    /// Marks a field as assumed.
    pub const fn insert(&mut self, field: CellField) {
        self.0 |= 1 << (field as u8);
    }

    /// Whether the field is assumed.
    #[must_use]
    pub const fn contains(self, field: CellField) -> bool {
        self.0 & (1 << (field as u8)) != 0
    }

    /// Whether nothing is assumed.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.0 == 0
    }

    /// The names of the assumed fields.
    pub fn names(self) -> impl Iterator<Item = &'static str> {
        CellField::ALL
            .into_iter()
            .filter(move |field| self.contains(*field))
            .map(CellField::name)
    }
}

impl FromIterator<CellField> for AssumedFields {
    fn from_iter<I: IntoIterator<Item = CellField>>(fields: I) -> Self {
        let mut set = Self::NONE;
        for field in fields {
            set.insert(field);
        }
        set
    }
}

impl Serialize for AssumedFields {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.names())
    }
}

impl<'de> Deserialize<'de> for AssumedFields {
    /// Names that are not a field of a cell are ignored, so that older files stay readable.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let names = Vec::<String>::deserialize(deserializer)?;
        Ok(CellField::ALL
            .into_iter()
            .filter(|field| names.iter().any(|name| name == field.name()))
            .collect())
    }
}

/// The sites, stations and cells of a project.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Network {
    /// Masts and rooftops.
    pub sites: Vec<Site>,
    /// Stations on them; `site_code` refers to `sites`.
    pub stations: Vec<Station>,
    /// Cells of the stations; `station_code` refers to `stations`.
    pub cells: Vec<Cell>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn technology_is_written_as_key() {
        for technology in Technology::ALL {
            let json = serde_json::to_string(&technology).unwrap();
            assert_eq!(json, format!("\"{}\"", technology.key()));
            assert_eq!(Technology::from_key(&technology.to_string()), Some(technology));
        }
    }

    #[test]
    fn assumed_fields_are_a_list_of_names_in_json() {
        let assumed: AssumedFields = [CellField::AzimuthDeg, CellField::Band].into_iter().collect();
        let json = serde_json::to_string(&assumed).unwrap();
        assert_eq!(json, r#"["band","azimuth_deg"]"#);
        assert_eq!(serde_json::from_str::<AssumedFields>(&json).unwrap(), assumed);
        assert!(!assumed.contains(CellField::EirpPerReDbm));
    }
}
