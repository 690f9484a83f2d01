//! Masts that could be shared: pairs across owners, near each other or farther apart where coverage is kept, and new masts that are
//! wanted within reach of a standing one.
//!
//! | Module | What it does |
//! |---|---|
//! | `pairs` | which masts come into question, by distance and settlement |
//! | `moving` | what a tenant keeps, loses and gains when it moves |
//! | `share` | the sharing share, by its three formulas |
//! | `view` | what an operator may see of it |

mod moving;
mod pairs;
mod share;
#[cfg(test)]
mod tests;
mod view;

use std::collections::BTreeSet;

use coverage_model::{Engine, Transmitter, transmitters};
use geodata::{Network, Site, StationStatus, Technology};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use crate::action::{ActionKind, Candidate};
use crate::cost::CostModel;
use crate::footprint::{CellTemplates, sector_azimuths, transmitters_of};
use crate::plan::{PlanError, PlanListener, PlanProgress, PlanStage};

pub use moving::TenantMove;
use pairs::Pair;
pub use share::{SharingShare, sharing_share};

/// What is looked for. All of it is configuration: no rule of any province is built in.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SharingRules {
    /// Masts of different owners nearer than this share one, in dense settlement, metres.
    pub dense_within_m: f64,
    /// The same elsewhere, metres.
    pub sparse_within_m: f64,
    /// Settlement is dense from this many people per km² within a kilometre.
    pub dense_from_people_per_km2: f64,
    /// Farther pairs, up to this, come into question where coverage is kept, metres; 0 = none.
    pub functional_within_m: f64,
    /// Share of a tenant's people that must be kept for a pair to be functional, and to count in the share "after".
    pub keep_at_least: f64,
    /// Technologies whose tenants move; all when empty.
    pub technologies: BTreeSet<Technology>,
    /// Most pairs of each rule, nearest first.
    pub most_pairs: u32,
    /// Share of the running cost that passive sharing saves: least and most.
    pub passive_saving: [f64; 2],
    /// Where the figures come from.
    pub source: String,
}

impl Default for SharingRules {
    fn default() -> Self {
        Self {
            dense_within_m: 100.0,
            sparse_within_m: 500.0,
            dense_from_people_per_km2: 2_000.0,
            functional_within_m: 1_500.0,
            keep_at_least: 0.95,
            technologies: BTreeSet::new(),
            most_pairs: 300,
            passive_saving: [0.16, 0.35],
            source: "one city's rule obliges sharing within 100 m inside and 500 m outside (public); passive sharing saves 16-35 % (public)"
                .to_owned(),
        }
    }
}

impl SharingRules {
    /// Refuses numbers that are negative, not finite or no share.
    ///
    /// # Errors
    /// [`PlanError::BadNumber`].
    pub fn check(&self) -> Result<(), PlanError> {
        let length = |number: f64| (0.0..=20_000.0).contains(&number);
        let share = |number: f64| (0.0..=1.0).contains(&number);
        for (name, good) in [
            ("dense_within_m", length(self.dense_within_m)),
            ("sparse_within_m", length(self.sparse_within_m)),
            ("functional_within_m", length(self.functional_within_m)),
            (
                "dense_from_people_per_km2",
                self.dense_from_people_per_km2.is_finite() && self.dense_from_people_per_km2 >= 0.0,
            ),
            ("keep_at_least", share(self.keep_at_least)),
            (
                "passive_saving",
                self.passive_saving.iter().all(|&saving| share(saving)),
            ),
        ] {
            if !good {
                return Err(PlanError::BadNumber(name.to_owned()));
            }
        }
        Ok(())
    }
}

/// Why a pair is proposed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SharingRule {
    /// The masts stand within the distance of their settlement.
    WithinDistance,
    /// A new mast is wanted within reach of a standing one.
    NewMastNearExisting,
    /// The masts stand farther apart, but coverage is kept.
    Functional,
}

/// Kind of settlement around a pair.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Settlement {
    /// Many people near.
    Dense,
    /// Few.
    Sparse,
}

/// What is known of a mast's room for more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LoadStatus {
    /// The list says at which height room is.
    FreeHeightKnown,
    /// The list says that there is none.
    Full,
    /// The list says nothing: that is not "free".
    Unknown,
}

/// How sure a proposal is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Confidence {
    /// Room and heights are known, coverage is kept.
    High,
    /// Something is assumed.
    Medium,
    /// The room is not known, or much coverage goes.
    Low,
}

/// One mast of a proposal.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MastView {
    /// Its code; none for a mast that is only wanted, or that the reader may not see.
    pub site_code: Option<String>,
    /// Its owner; none where the reader may not see it.
    pub owner: Option<String>,
    /// Where, `[longitude, latitude]`; none where the reader may not see it.
    pub position: Option<[f64; 2]>,
    /// Type of mast.
    pub mast_type: Option<String>,
    /// Height, metres.
    pub mast_height_m: Option<f64>,
    /// Height at which the list says that room is, metres.
    pub free_height_m: Option<f64>,
    /// Operators on it.
    pub tenants: Vec<String>,
    /// What is known of its room.
    pub load: LoadStatus,
    /// Whether it is security-restricted: counted, and shown to nobody outside.
    #[serde(default)]
    pub restricted: bool,
}

/// A proposal: tenants of one mast move to another.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SharingProposal {
    /// Place in the list, from 1.
    pub rank: u32,
    /// Why.
    pub rule: SharingRule,
    /// The rule in Vietnamese.
    pub rule_text_vi: String,
    /// The rule in English.
    pub rule_text_en: String,
    /// Distance of the masts, metres.
    pub distance_m: f64,
    /// Settlement around them.
    pub settlement: Settlement,
    /// The mast that stays.
    pub keep: MastView,
    /// The mast that goes, or the new one that is not built.
    pub leave: MastView,
    /// What each tenant that moves keeps, loses and gains.
    pub tenants_moved: Vec<TenantMove>,
    /// Share of the tenants' people that is kept; 1 where they had none.
    pub people_kept_share: f64,
    /// Capital that is not spent (new masts) less what moving costs, million VND.
    pub capital_saved_million_vnd: f64,
    /// Running cost saved per year, the middle of the range, million VND.
    pub yearly_saved_million_vnd: f64,
    /// The range, least and most.
    pub yearly_saved_range_million_vnd: [f64; 2],
    /// How sure it is.
    pub confidence: Confidence,
    /// Why it is not surer.
    pub confidence_reasons: Vec<Doubt>,
}

/// Why a proposal is not surer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Doubt {
    /// In Vietnamese.
    pub text_vi: String,
    /// In English.
    pub text_en: String,
}

/// The answer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Sharing {
    /// What was looked for.
    pub rules: SharingRules,
    /// The sharing share today.
    pub share_before: SharingShare,
    /// The share when every proposal that keeps enough is carried out, best first.
    pub share_after: SharingShare,
    /// The proposals, best first.
    #[serde(rename = "groups")]
    pub proposals: Vec<SharingProposal>,
    /// Pairs that were computed.
    pub pairs_looked_at: u32,
    /// Proposals that are left out of this view because a mast of theirs is security-restricted.
    #[serde(rename = "restricted_counted")]
    pub restricted_hidden: u32,
}

/// A tenant hangs its antennas this far below the top of a mast whose free height is not known, metres.
const BELOW_TOP_M: f64 = 4.0;
/// Height of masts whose height the list does not give, metres.
const USUAL_MAST_M: f64 = 42.0;

/// Looks for masts to share. `wanted` are new masts of a plan.
///
/// # Errors
/// [`PlanError::BadNumber`] for rules that make no sense, [`PlanError::Cancelled`].
pub fn find(
    engine: &Engine<'_>,
    network: &Network,
    wanted: &[Candidate],
    rules: &SharingRules,
    costs: &CostModel,
    templates: &dyn CellTemplates,
    listener: &dyn PlanListener,
) -> Result<Sharing, PlanError> {
    rules.check()?;
    let on_air = Network {
        stations: network
            .stations
            .iter()
            .filter(|station| station.status != StationStatus::Off)
            .cloned()
            .collect(),
        ..network.clone()
    };
    let search = Search {
        engine,
        network: &on_air,
        rules,
        costs,
        transmitters: transmitters(&on_air),
        tenants: share::tenants(&on_air),
    };
    let density = pairs::density(engine);
    let mut pairs = pairs::of_network(&on_air, &search.tenants, &density, rules);
    let new_masts: Vec<(Candidate, Vec<Transmitter>)> = wanted
        .iter()
        .filter(|candidate| candidate.action == ActionKind::NewTower)
        .map(|candidate| {
            let cells = transmitters_of(candidate, &sector_azimuths(&on_air), templates);
            (candidate.clone(), cells)
        })
        .collect();
    pairs.extend(pairs::of_new_masts(&on_air, &new_masts, &density, rules));
    let done = std::sync::atomic::AtomicUsize::new(0);
    let mut proposals = pairs
        .par_iter()
        .map(|pair| {
            if listener.cancelled() {
                return Err(PlanError::Cancelled);
            }
            let proposal = search.proposal(pair, &new_masts);
            let count = done.fetch_add(1, std::sync::atomic::Ordering::Relaxed) + 1;
            listener.report(PlanProgress {
                stage: PlanStage::Footprints,
                fraction: 0.98 * count as f64 / pairs.len() as f64,
                objective: None,
                bound: None,
            });
            Ok(proposal)
        })
        .filter_map(Result::transpose)
        .collect::<Result<Vec<_>, _>>()?;
    rank(&mut proposals, rules);
    let share_before = sharing_share(&on_air, &[]);
    let share_after = sharing_share(&on_air, &carried_out(&proposals, rules));
    Ok(Sharing {
        rules: rules.clone(),
        share_before,
        share_after,
        proposals,
        pairs_looked_at: pairs.len() as u32,
        restricted_hidden: 0,
    })
}

/// Those that keep enough first, then by what they save, then by distance.
fn rank(proposals: &mut [SharingProposal], rules: &SharingRules) {
    let order = |one: &SharingProposal| {
        (
            one.people_kept_share < rules.keep_at_least,
            -one.yearly_saved_million_vnd * one.people_kept_share - one.capital_saved_million_vnd / 10.0,
        )
    };
    proposals.sort_by(|a, b| {
        let ((less_a, saved_a), (less_b, saved_b)) = (order(a), order(b));
        less_a
            .cmp(&less_b)
            .then(saved_a.total_cmp(&saved_b))
            .then(a.distance_m.total_cmp(&b.distance_m))
            .then(a.leave.site_code.cmp(&b.leave.site_code))
            .then(a.keep.site_code.cmp(&b.keep.site_code))
    });
    for (rank, proposal) in (1u32..).zip(proposals) {
        proposal.rank = rank;
    }
}

/// Moves (from, to) of standing masts when every proposal that keeps enough is carried out in order: a mast that has left keeps nobody,
/// and one that keeps somebody stays.
fn carried_out(proposals: &[SharingProposal], rules: &SharingRules) -> Vec<(String, String)> {
    let mut left = BTreeSet::new();
    let mut keeping = BTreeSet::new();
    let mut moves = Vec::new();
    for proposal in proposals {
        let (Some(from), Some(to)) = (&proposal.leave.site_code, &proposal.keep.site_code) else {
            continue;
        };
        let good = proposal.people_kept_share >= rules.keep_at_least && proposal.keep.load != LoadStatus::Full;
        if good && !left.contains(from) && !keeping.contains(from) && !left.contains(to) {
            left.insert(from.clone());
            keeping.insert(to.clone());
            moves.push((from.clone(), to.clone()));
        }
    }
    moves
}

struct Search<'a> {
    engine: &'a Engine<'a>,
    network: &'a Network,
    rules: &'a SharingRules,
    costs: &'a CostModel,
    transmitters: Vec<Transmitter>,
    tenants: share::Tenants<'a>,
}

impl Search<'_> {
    /// What becomes of a pair; none where nobody moves or a farther pair keeps too little.
    fn proposal(&self, pair: &Pair, new_masts: &[(Candidate, Vec<Transmitter>)]) -> Option<SharingProposal> {
        let keep = &self.network.sites[pair.keep];
        let height_m = host_height_m(keep);
        let (leave, cells) = match pair.leave {
            pairs::Leaving::Site(index) => {
                let site = &self.network.sites[index];
                let cells = self.cells_on(site);
                (self.mast(site), cells)
            }
            pairs::Leaving::New(index) => {
                let (candidate, cells) = &new_masts[index];
                (new_mast(candidate), cells.clone())
            }
        };
        let tenants_moved = moving::moves(self.engine, &cells, keep.position, height_m);
        if tenants_moved.is_empty() {
            return None;
        }
        let before: f64 = tenants_moved.iter().map(|one| one.people_before).sum();
        let kept: f64 = tenants_moved.iter().map(|one| one.people_kept).sum();
        let people_kept_share = if before > 0.0 { kept / before } else { 1.0 };
        if pair.rule != SharingRule::WithinDistance && people_kept_share < self.rules.keep_at_least {
            return None;
        }
        let operators: BTreeSet<&str> = tenants_moved.iter().map(|one| one.operator.as_str()).collect();
        let (capital_saved, yearly_saved) = self.saving(pair.rule, operators.len() as f64);
        let keep_view = self.mast(keep);
        let (confidence, confidence_reasons) = self.confidence(&keep_view, people_kept_share);
        let (rule_text_vi, rule_text_en) = self.rule_text(pair);
        Some(SharingProposal {
            rank: 0,
            rule: pair.rule,
            rule_text_vi,
            rule_text_en,
            distance_m: pair.distance_m,
            settlement: pair.settlement,
            keep: keep_view,
            leave,
            tenants_moved,
            people_kept_share,
            capital_saved_million_vnd: capital_saved,
            yearly_saved_million_vnd: (yearly_saved[0] + yearly_saved[1]) / 2.0,
            yearly_saved_range_million_vnd: yearly_saved,
            confidence,
            confidence_reasons,
        })
    }

    /// The cells of a mast that would move.
    fn cells_on(&self, site: &Site) -> Vec<Transmitter> {
        let wanted = &self.rules.technologies;
        self.transmitters
            .iter()
            .filter(|cell| cell.site_code == site.code && (wanted.is_empty() || wanted.contains(&cell.technology)))
            .cloned()
            .collect()
    }

    fn mast(&self, site: &Site) -> MastView {
        MastView {
            site_code: Some(site.code.clone()),
            owner: Some(site.owner.clone()),
            position: Some([site.position.lon_deg, site.position.lat_deg]),
            mast_type: site.mast_type.clone(),
            mast_height_m: site.mast_height_m,
            free_height_m: site.free_height_m,
            tenants: self.tenants.operators_on(&site.code),
            load: match site.free_height_m {
                Some(free) if free <= 0.0 => LoadStatus::Full,
                Some(_) => LoadStatus::FreeHeightKnown,
                None => LoadStatus::Unknown,
            },
            restricted: site.restricted,
        }
    }

    /// A standing mast that goes saves part of its tenants' running cost; a new one that is not built saves its capital.
    fn saving(&self, rule: SharingRule, operators: f64) -> (f64, [f64; 2]) {
        let of = |kind| self.costs.capital_million_vnd(kind, None, 0.0);
        let yearly = operators * self.costs.yearly_million_vnd(ActionKind::NewTower);
        let capital = match rule {
            SharingRule::NewMastNearExisting => of(ActionKind::NewTower) - of(ActionKind::CoLocate),
            // Moving takes new feeders and work, not a new station: a tenth of one.
            SharingRule::WithinDistance | SharingRule::Functional => -0.1 * operators * of(ActionKind::CoLocate),
        };
        (capital, self.rules.passive_saving.map(|share| share * yearly))
    }

    fn confidence(&self, keep: &MastView, kept_share: f64) -> (Confidence, Vec<Doubt>) {
        let mut confidence = Confidence::High;
        let mut doubts = Vec::new();
        let mut doubt = |least: Confidence, text_vi: &str, text_en: &str| {
            confidence = confidence.max(least);
            doubts.push(Doubt {
                text_vi: text_vi.to_owned(),
                text_en: text_en.to_owned(),
            });
        };
        match keep.load {
            LoadStatus::Unknown => doubt(
                Confidence::Low,
                "không rõ tải trọng cột còn lại: cần kiểm định trước khi treo thêm",
                "the mast's spare load is unknown: it must be checked before anything is added",
            ),
            LoadStatus::Full => doubt(
                Confidence::Low,
                "danh sách ghi cột đã hết chỗ",
                "the list says that the mast is full",
            ),
            LoadStatus::FreeHeightKnown => {}
        }
        if keep.mast_height_m.is_none() {
            doubt(
                Confidence::Medium,
                "chiều cao cột là giả định",
                "the mast's height is assumed",
            );
        }
        if kept_share < self.rules.keep_at_least {
            doubt(Confidence::Low, "mất nhiều vùng phủ sóng", "much coverage is lost");
        }
        (confidence, doubts)
    }

    fn rule_text(&self, pair: &Pair) -> (String, String) {
        let within_m = match pair.settlement {
            Settlement::Dense => self.rules.dense_within_m,
            Settlement::Sparse => self.rules.sparse_within_m,
        };
        let kept = 100.0 * self.rules.keep_at_least;
        match pair.rule {
            SharingRule::WithinDistance => (
                format!("hai cột khác chủ cách nhau dưới {within_m:.0} m"),
                format!("two masts of different owners within {within_m:.0} m"),
            ),
            SharingRule::NewMastNearExisting => (
                format!("cột mới dự kiến gần cột có sẵn, dùng chung vẫn giữ ít nhất {kept:.0} % dân số"),
                format!(
                    "a new mast is wanted near a standing one, and sharing keeps at least {kept:.0} % of the people"
                ),
            ),
            SharingRule::Functional => (
                format!("chuyển sang cột kia vẫn giữ ít nhất {kept:.0} % dân số được phủ sóng"),
                format!("moving there keeps at least {kept:.0} % of the people"),
            ),
        }
    }
}

/// Where a guest's antennas hang, metres above ground.
fn host_height_m(site: &Site) -> f64 {
    let top = site.mast_height_m.unwrap_or(USUAL_MAST_M);
    match site.free_height_m {
        Some(free) if free > 0.0 => free,
        _ => (top - BELOW_TOP_M).max(top / 2.0),
    }
}

fn new_mast(candidate: &Candidate) -> MastView {
    MastView {
        site_code: None,
        owner: Some(candidate.operator.clone()),
        position: Some([candidate.position.lon_deg, candidate.position.lat_deg]),
        mast_type: None,
        mast_height_m: Some(candidate.antenna_height_m),
        free_height_m: None,
        tenants: vec![candidate.operator.clone()],
        load: LoadStatus::Unknown,
        restricted: false,
    }
}
