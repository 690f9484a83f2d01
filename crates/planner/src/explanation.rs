//! Why each action is in the plan: whom it serves, what is lost without it, what it costs per person.

use std::collections::BTreeSet;

use geodata::{Place, PlaceKind};
use serde::{Deserialize, Serialize};

use crate::action::Candidate;
use crate::demand::{Demand, DemandKind};
use crate::optimiser::Solution;

/// A place that an action brings signal to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServedPlace {
    /// Code of the place.
    pub code: String,
    /// Its name.
    pub name: String,
}

/// Demand won, told apart by kind.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Gain {
    /// Worth in people, by the plan's weights.
    pub value: f64,
    /// People on the population raster.
    pub people: f64,
    /// Villages.
    pub villages: Vec<ServedPlace>,
    /// Commune centres and other priority places.
    pub places: Vec<ServedPlace>,
    /// Zone land, km².
    pub zone_km2: f64,
}

impl Gain {
    fn of(demand: &Demand, places: &[Place], points: impl Iterator<Item = u32>) -> Self {
        let mut gain = Self::default();
        for index in points {
            let point = &demand.points[index as usize];
            gain.value += point.weight;
            match point.kind {
                DemandKind::People { people } => gain.people += people,
                DemandKind::ZoneLand { km2 } => gain.zone_km2 += km2,
                DemandKind::Place { index } => {
                    let place = &places[index];
                    let named = ServedPlace {
                        code: place.code.clone(),
                        name: place.name.clone(),
                    };
                    if place.kind == PlaceKind::Village {
                        gain.villages.push(named);
                    } else {
                        gain.places.push(named);
                    }
                }
            }
        }
        gain
    }
}

/// A candidate that was chosen, with its reasons.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PlannedAction {
    /// Place in the plan, from 1: the action that adds most to those before it comes first.
    pub rank: u32,
    /// What is done, where, by whom, at what cost.
    #[serde(flatten)]
    pub candidate: Candidate,
    /// What it adds to the actions before it in the list; over the list these add up to the plan's totals.
    pub gain: Gain,
    /// What would be lost without it, all other actions staying.
    pub lost_without: Gain,
    /// Capital per person gained, million VND; none when it gains nobody.
    pub cost_per_person_million_vnd: Option<f64>,
    /// The best candidate for the same demand that was not chosen.
    pub runner_up: Option<RunnerUp>,
    /// In Vietnamese: why it is in the plan.
    pub reason_vi: String,
    /// The same in English.
    pub reason_en: String,
}

/// The candidate that would come next for an action's own demand.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RunnerUp {
    /// The candidate's id.
    pub id: String,
    /// Worth that the plan would have with it in place of the chosen one, less the plan's, in people: 0 or below unless a constraint forbids it.
    pub difference: f64,
}

/// What a plan changes in sum.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Totals {
    /// Number of actions.
    pub actions: u32,
    /// Of these, inside zones.
    pub in_zones: u32,
    /// Capital, million VND.
    pub capital_million_vnd: f64,
    /// Running cost per year, million VND.
    pub yearly_million_vnd: f64,
    /// People who gain signal.
    pub people: f64,
    /// Villages whose centre gains signal.
    pub villages: u32,
    /// Other places that gain signal.
    pub places: u32,
    /// Zone land that gains signal, km².
    pub zone_km2: f64,
    /// People without signal before the plan.
    pub people_without_before: f64,
}

/// Explains every pick of the optimiser and adds the plan up.
pub(crate) fn explain(
    found: &[Candidate],
    covers: &[Vec<u32>],
    demand: &Demand,
    places: &[Place],
    solution: &Solution,
) -> (Vec<PlannedAction>, Totals) {
    let picks = solution.candidates();
    let mut times_served = vec![0u32; demand.points.len()];
    for &pick in &picks {
        for &point in &covers[pick as usize] {
            times_served[point as usize] += 1;
        }
    }
    let runner_ups = RunnerUps::new(covers, demand, &picks, &times_served);
    let mut already = vec![false; demand.points.len()];
    let mut actions = Vec::with_capacity(picks.len());
    for (rank, &pick) in (1u32..).zip(&picks) {
        let covered = &covers[pick as usize];
        let gain = Gain::of(
            demand,
            places,
            covered.iter().copied().filter(|point| !already[*point as usize]),
        );
        let lost_without = Gain::of(
            demand,
            places,
            covered
                .iter()
                .copied()
                .filter(|point| times_served[*point as usize] == 1),
        );
        for &point in covered {
            already[point as usize] = true;
        }
        let candidate = found[pick as usize].clone();
        let (reason_vi, reason_en) = reasons(&candidate, &gain);
        let runner_up = runner_ups
            .of(covered, lost_without.value)
            .map(|(other, difference)| RunnerUp {
                id: found[other as usize].id.clone(),
                difference,
            });
        actions.push(PlannedAction {
            rank,
            cost_per_person_million_vnd: (gain.people >= 0.5).then(|| candidate.capital_million_vnd / gain.people),
            candidate,
            gain,
            lost_without,
            runner_up,
            reason_vi,
            reason_en,
        });
    }
    let totals = totals(&actions, demand);
    (actions, totals)
}

fn totals(actions: &[PlannedAction], demand: &Demand) -> Totals {
    let mut totals = Totals {
        actions: actions.len() as u32,
        ..Totals::default()
    };
    for action in actions {
        totals.in_zones += u32::from(!action.candidate.zone_codes.is_empty());
        totals.capital_million_vnd += action.candidate.capital_million_vnd;
        totals.yearly_million_vnd += action.candidate.yearly_million_vnd;
        totals.people += action.gain.people;
        totals.villages += action.gain.villages.len() as u32;
        totals.places += action.gain.places.len() as u32;
        totals.zone_km2 += action.gain.zone_km2;
    }
    for point in &demand.points {
        if let DemandKind::People { people } = point.kind {
            totals.people_without_before += people;
        }
    }
    totals
}

/// Finds, for a pick, the unchosen candidate that would win most of what only the pick wins.
struct RunnerUps<'a> {
    covers: &'a [Vec<u32>],
    demand: &'a Demand,
    times_served: &'a [u32],
    /// Unchosen candidates by the demand that they cover, for demand that exactly one pick serves.
    rivals: Vec<Vec<u32>>,
}

impl<'a> RunnerUps<'a> {
    fn new(covers: &'a [Vec<u32>], demand: &'a Demand, picks: &[u32], times_served: &'a [u32]) -> Self {
        let chosen: BTreeSet<u32> = picks.iter().copied().collect();
        let mut rivals = vec![Vec::new(); demand.points.len()];
        for (candidate, covered) in (0u32..).zip(covers) {
            if chosen.contains(&candidate) {
                continue;
            }
            for &point in covered.iter().filter(|point| times_served[**point as usize] == 1) {
                rivals[point as usize].push(candidate);
            }
        }
        Self {
            covers,
            demand,
            times_served,
            rivals,
        }
    }

    /// The rival and the change of the plan's worth if it took the pick's place; `own` is what only the pick wins.
    fn of(&self, covered: &[u32], own: f64) -> Option<(u32, f64)> {
        let only_mine: BTreeSet<u32> = covered
            .iter()
            .copied()
            .filter(|point| self.times_served[*point as usize] == 1)
            .collect();
        let rivals: BTreeSet<u32> = only_mine
            .iter()
            .flat_map(|point| self.rivals[*point as usize].iter().copied())
            .collect();
        rivals
            .into_iter()
            .map(|rival| {
                let won: f64 = self.covers[rival as usize]
                    .iter()
                    .filter(|point| self.times_served[**point as usize] == 0 || only_mine.contains(point))
                    .map(|point| self.demand.points[*point as usize].weight)
                    .sum();
                (rival, won - own)
            })
            .max_by(|left, right| left.1.total_cmp(&right.1).then(right.0.cmp(&left.0)))
    }
}

/// One sentence in each language.
fn reasons(candidate: &Candidate, gain: &Gain) -> (String, String) {
    let people = gain.people.round();
    let mut vi = format!("{}: thêm {people:.0} người có sóng", candidate.action.label_vi());
    let mut en = format!("{}: {people:.0} more people with signal", candidate.action.label_en());
    if !gain.villages.is_empty() {
        let names: Vec<&str> = gain
            .villages
            .iter()
            .take(3)
            .map(|village| village.name.as_str())
            .collect();
        vi += &format!(
            ", {} thôn ({})",
            gain.villages.len(),
            shortened(&names, gain.villages.len())
        );
        en += &format!(
            ", {} villages ({})",
            gain.villages.len(),
            shortened(&names, gain.villages.len())
        );
    }
    if !candidate.zone_codes.is_empty() {
        vi += ", nằm trong khu kinh tế hoặc khu, cụm công nghiệp";
        en += ", inside an economic zone, industrial park or cluster";
    }
    if gain.value <= 0.0 {
        vi += "; chỉ có mặt để đủ số lượng yêu cầu";
        en += "; only here to make up the number asked for";
    }
    (vi, en)
}

fn shortened(names: &[&str], all: usize) -> String {
    let listed = names.join(", ");
    if all > names.len() {
        format!("{listed}, …")
    } else {
        listed
    }
}
