//! One thing that a plan may do, and where.

use geodata::Technology;
use geodesy::LonLat;
use serde::{Deserialize, Serialize};

use crate::backhaul::Backhaul;

/// The kinds of action a plan may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ActionKind {
    /// New technology on the operator's own mast (4G to 5G): adds no mast.
    Upgrade,
    /// A station on another owner's mast.
    CoLocate,
    /// A new mast.
    NewTower,
    /// A small cell on a light pole, inside a zone.
    PoleSmallCell,
    /// Satellite in low orbit, recommended where no ground action is worth its cost.
    Leo,
}

impl ActionKind {
    /// Every kind, in the order of the tables.
    pub const ALL: [Self; 5] = [
        Self::Upgrade,
        Self::CoLocate,
        Self::NewTower,
        Self::PoleSmallCell,
        Self::Leo,
    ];

    /// The name in files, JSON and SQL.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Upgrade => "upgrade",
            Self::CoLocate => "co_locate",
            Self::NewTower => "new_tower",
            Self::PoleSmallCell => "pole_small_cell",
            Self::Leo => "leo",
        }
    }

    /// The name in Vietnamese, as on the page and in reports.
    #[must_use]
    pub const fn label_vi(self) -> &'static str {
        match self {
            Self::Upgrade => "nâng cấp 4G lên 5G",
            Self::CoLocate => "dùng chung vị trí",
            Self::NewTower => "xây dựng mới",
            Self::PoleSmallCell => "trạm nhỏ trên cột đèn",
            Self::Leo => "vệ tinh quỹ đạo thấp",
        }
    }

    /// The name in English.
    #[must_use]
    pub const fn label_en(self) -> &'static str {
        match self {
            Self::Upgrade => "upgrade",
            Self::CoLocate => "co-locate",
            Self::NewTower => "new tower",
            Self::PoleSmallCell => "pole small cell",
            Self::Leo => "satellite",
        }
    }
}

/// What suggested a candidate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CandidateSource {
    /// The operator's own mast.
    OwnMast,
    /// Another owner's mast.
    OthersMast,
    /// A village centre.
    Village,
    /// High ground that sees many people without signal.
    HighGround,
    /// A road with people without signal near it.
    Road,
    /// Land of an economic zone, industrial park or cluster.
    ZoneLand,
    /// A light pole inside a zone, from a list or assumed along the zone's streets.
    Pole,
    /// A village that only a satellite reaches at a price.
    Satellite,
    /// Set by hand on the map.
    Hand,
}

/// A possible action: what, by whom, where, at what cost.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Candidate {
    /// Stable name: kind, operator and place, for example `upgrade:Viettel:HT0123`.
    pub id: String,
    /// What suggested it.
    pub source: CandidateSource,
    /// What would be done.
    pub action: ActionKind,
    /// Who would do it.
    pub operator: String,
    /// The technology that it adds.
    pub technology: Technology,
    /// The mast that it uses; none for a new place.
    pub site_code: Option<String>,
    /// Owner of that mast; none for a new place.
    pub host_owner: Option<String>,
    /// Where.
    pub position: LonLat,
    /// Height of the antennas above ground, metres.
    pub antenna_height_m: f64,
    /// Commune that it stands in.
    pub commune_code: Option<String>,
    /// Codes of the zones that it stands in, nested ones all named.
    pub zone_codes: Vec<String>,
    /// The place that suggested it (village for a new mast).
    pub place_code: Option<String>,
    /// Distance to the nearest existing mast, metres; 0 when it stands on one.
    pub nearest_mast_m: f64,
    /// How its traffic gets away.
    pub backhaul: Backhaul,
    /// Capital cost, backhaul included, million VND.
    pub capital_million_vnd: f64,
    /// Running cost per year, million VND.
    pub yearly_million_vnd: f64,
}
