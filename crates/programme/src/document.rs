//! The types of a programme, as its TOML file writes them.

use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::measure::Measure;
use crate::schema;

/// One plan document.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Programme {
    /// Key, for example `ha-tinh-529`.
    pub key: String,
    /// Title in Vietnamese.
    pub title_vi: String,
    /// Title in English.
    pub title_en: String,
    /// Number, date and issuer.
    pub document: Document,
    /// What the planner takes from it.
    pub planner: PlannerLink,
    /// Who does what.
    #[serde(default)]
    pub actors: Vec<Role>,
    /// Indicators, in the order of the document.
    pub indicators: Vec<Indicator>,
    /// Actions by operator.
    #[serde(default)]
    pub quotas: Vec<Quota>,
    /// Where the quotas come from.
    #[serde(default)]
    pub quota_source: Option<Source>,
    /// What is due from whom.
    #[serde(default)]
    pub deliverables: Vec<Deliverable>,
    /// Kinds of places that come first.
    #[serde(default)]
    pub priority_places: Vec<PriorityPlace>,
    /// Zones that come first.
    #[serde(default)]
    pub priority_zones: Vec<PriorityZone>,
}

impl Programme {
    /// The indicator with this id.
    #[must_use]
    pub fn indicator(&self, id: &str) -> Option<&Indicator> {
        self.indicators.iter().find(|indicator| indicator.id == id)
    }
}

/// The signed paper.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Document {
    /// Số.
    pub number: String,
    /// Who signed it.
    pub issuer_vi: String,
    /// Place written before the date.
    pub place_vi: String,
    /// Ngày.
    pub date: Date,
    /// First year of its period.
    pub from_year: i16,
    /// Last year of its period.
    pub to_year: i16,
    /// The area that it is about, where that is not a province of today.
    #[serde(default)]
    pub area_vi: Option<String>,
    /// First day on which that area exists no longer: its baselines are reported through the crosswalk.
    #[serde(default)]
    pub area_valid_to: Option<Date>,
    /// Who reports on it where its issuer or its writer exists no longer.
    #[serde(default)]
    pub successor: Option<Authority>,
}

/// Who stands in the place of a document's issuer since provinces and districts were redrawn.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Authority {
    /// First day.
    pub from: Date,
    /// The committee that is reported to.
    pub issuer_vi: String,
    /// Place written before the date.
    pub place_vi: String,
    /// The department that reports, in Vietnamese.
    pub department_vi: String,
    /// The same in English.
    pub department_en: String,
    /// Where this is known from.
    pub source: Source,
}

/// How the programme steers the planner.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PlannerLink {
    /// Technology that is planned, `"4g"` or `"5g"`.
    #[schemars(schema_with = "schema::technology")]
    pub technology: geodata::Technology,
    /// Indicator whose gap is the number of actions.
    #[serde(default)]
    pub actions_from: Option<String>,
    /// Indicator whose gap is the least number of actions in zones.
    #[serde(default)]
    pub minimum_in_zones_from: Option<String>,
}

/// One indicator (chỉ tiêu).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Indicator {
    /// Key inside the programme.
    pub id: String,
    /// Number in the table of all indicators of the five documents.
    pub row: u32,
    /// Name in Vietnamese.
    pub name_vi: String,
    /// Name in English.
    pub name_en: String,
    /// How it is known.
    pub class: Class,
    /// Unit of its value.
    pub unit: Unit,
    /// What a share is of, in Vietnamese.
    #[serde(default)]
    pub denominator_vi: Option<String>,
    /// What a share is of, in English.
    #[serde(default)]
    pub denominator_en: Option<String>,
    /// Whether more is better.
    #[serde(default)]
    pub direction: Direction,
    /// Clause of the document.
    pub clause: String,
    /// A bar of the nation that the document cites, shown beside its own.
    #[serde(default)]
    pub national: bool,
    /// Where it is written.
    pub source: Source,
    /// Value at the start.
    #[serde(default)]
    pub baseline: Option<Baseline>,
    /// Targets by deadline, earliest first.
    #[serde(default)]
    pub targets: Vec<Target>,
    /// Ways to read and compute it; several where the words are ambiguous, exactly one `used`.
    #[serde(default)]
    pub readings: Vec<Reading>,
}

impl Indicator {
    /// The reading that the programme uses.
    #[must_use]
    pub fn used_reading(&self) -> Option<&Reading> {
        self.readings.iter().find(|reading| reading.used)
    }
}

/// How an indicator is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum Class {
    /// Computed from geodata.
    A,
    /// Reported by people.
    B,
    /// Cited only.
    C,
}

/// What a value counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Unit {
    /// Mast or rooftop.
    Location,
    /// One operator × one technology at a location.
    Station,
    /// Sector × band.
    Cell,
    /// People.
    Person,
    /// Thôn, bản.
    Village,
    /// Economic zone, park or cluster.
    Zone,
    /// Hectares.
    Hectare,
    /// Percent of the denominator.
    Percent,
    /// Megabits a second.
    Mbps,
    /// For each hundred people.
    #[serde(rename = "per_100_people")]
    Per100People,
    /// Connections for each person.
    ConnectionsPerPerson,
    /// Words only.
    Text,
}

/// Whether more is better.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// The target is a least value.
    #[default]
    AtLeast,
    /// The target is a largest value.
    AtMost,
}

/// Where a statement comes from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Source {
    /// How sure it is.
    pub mark: SourceMark,
    /// The text or document.
    pub text: String,
}

/// How sure a statement is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum SourceMark {
    /// Stated in a source document.
    S,
    /// Found in a public source.
    P,
    /// Recalled, not verified: a proposal to be edited, without legal authority.
    R,
}

/// A value at the start.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Baseline {
    /// The value, in the indicator's unit.
    pub value: f64,
    /// Its date.
    pub date: Date,
    /// A remark.
    #[serde(default)]
    pub note_vi: Option<String>,
}

/// A value to reach.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Target {
    /// The value, in the indicator's unit.
    #[serde(default)]
    pub value: Option<f64>,
    /// A multiple of the baseline instead of a value.
    #[serde(default)]
    pub times_baseline: Option<f64>,
    /// Deadline.
    #[serde(default)]
    pub by: Option<Date>,
    /// A remark.
    #[serde(default)]
    pub note_vi: Option<String>,
}

impl Target {
    /// The value to reach, where it is known.
    #[must_use]
    pub fn resolve(&self, baseline: Option<f64>) -> Option<f64> {
        self.value.or_else(|| Some(self.times_baseline? * baseline?))
    }
}

/// One way to read and compute an indicator.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Reading {
    /// Key inside the indicator.
    pub id: String,
    /// Whether the programme uses it.
    #[serde(default)]
    pub used: bool,
    /// Name in Vietnamese.
    pub name_vi: String,
    /// Name in English.
    pub name_en: String,
    /// Target of this reading where it differs from the indicator's.
    #[serde(default)]
    pub target: Option<f64>,
    /// What is computed.
    pub formula: Measure,
}

/// Actions given to an operator.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Quota {
    /// Operator.
    pub operator: String,
    /// Number of new or upgraded stations.
    pub actions: u32,
}

/// What somebody does under the programme.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Role {
    /// Who.
    pub actor: Actor,
    /// Name in Vietnamese, as the document writes it.
    pub name_vi: String,
    /// Name in English.
    pub name_en: String,
    /// What it does, in Vietnamese.
    pub task_vi: String,
    /// What it does, in English.
    pub task_en: String,
    /// Clause of the document.
    pub clause: String,
}

/// Who acts under a programme.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Actor {
    /// UBND tỉnh.
    ProvincialCommittee,
    /// Sở Khoa học và Công nghệ.
    Department,
    /// Sở Xây dựng.
    ConstructionDepartment,
    /// Sở Công Thương.
    TradeDepartment,
    /// Every operator.
    Operator,
    /// Ban Quản lý Khu kinh tế.
    ZoneBoard,
    /// UBND xã, phường.
    Commune,
    /// Investor of zone infrastructure.
    Investor,
}

impl Actor {
    /// The name in files and JSON.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::ProvincialCommittee => "provincial_committee",
            Self::Department => "department",
            Self::ConstructionDepartment => "construction_department",
            Self::TradeDepartment => "trade_department",
            Self::Operator => "operator",
            Self::ZoneBoard => "zone_board",
            Self::Commune => "commune",
            Self::Investor => "investor",
        }
    }

    /// The actor of a key, in words; other texts (an operator's name) stay as they are.
    #[must_use]
    pub fn label(key: &str, language: crate::Language) -> &str {
        let (vi, en) = match key {
            "provincial_committee" => ("UBND tỉnh", "Provincial People's Committee"),
            "department" => ("Sở Khoa học và Công nghệ", "Department of Science and Technology"),
            "construction_department" => ("Sở Xây dựng", "Department of Construction"),
            "trade_department" => ("Sở Công Thương", "Department of Industry and Trade"),
            "operator" => ("Doanh nghiệp viễn thông", "operators"),
            "zone_board" => ("Ban Quản lý Khu kinh tế", "Economic Zone Board"),
            "commune" => ("UBND xã, phường", "communes"),
            "investor" => ("Chủ đầu tư hạ tầng khu, cụm", "zone investors"),
            other => return other,
        };
        language.pick(vi, en)
    }
}

/// Something due.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Deliverable {
    /// Key inside the programme.
    pub id: String,
    /// Name in Vietnamese.
    pub name_vi: String,
    /// Name in English.
    pub name_en: String,
    /// Who owes it.
    pub actor: Actor,
    /// Due date, where there is one date.
    #[serde(default)]
    pub due: Option<Date>,
    /// Month and day (`12-30`) where it is due every year.
    #[serde(default)]
    pub due_each_year: Option<String>,
    /// What fulfils it without anybody noting the receipt.
    #[serde(default)]
    pub content: Option<Content>,
    /// Clause of the document.
    pub clause: String,
}

/// What a deliverable consists of, where the program sees it come in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Content {
    /// An operator's list of sites.
    SiteList,
}

/// A kind of place that comes first.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PriorityPlace {
    /// Key of the place kind or zone kind.
    pub kind: String,
    /// Weight in the planner's demand (1 = no priority).
    pub weight: f64,
    /// Clause of the document.
    pub clause: String,
}

/// A zone that comes first.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PriorityZone {
    /// Part of the zone's name.
    pub name: String,
    /// Weight in the planner's demand.
    pub weight: f64,
    /// Clause of the document.
    pub clause: String,
}
