//! Two plans side by side.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::action::Candidate;
use crate::explanation::{PlannedAction, ServedPlace, Totals};
use crate::plan::{Plan, SolutionSummary};

/// What two plans have in common and what not.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Comparison {
    /// Sums of the first.
    pub a: Side,
    /// Sums of the second.
    pub b: Side,
    /// Ids of the actions that are in both.
    pub both: Vec<String>,
    /// Villages that only the first brings signal to.
    pub villages_only_a: Vec<ServedPlace>,
    /// Villages that only the second brings signal to.
    pub villages_only_b: Vec<ServedPlace>,
    /// The second less the first.
    pub differences: Differences,
}

/// One of the two.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Side {
    /// What it changes.
    pub totals: Totals,
    /// What was proved.
    pub solution: SolutionSummary,
    /// Actions by operator.
    pub by_operator: BTreeMap<String, u32>,
    /// Actions that only it has.
    pub only: Vec<OnlyHere>,
}

/// An action that one plan has and the other has not.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct OnlyHere {
    /// The action.
    #[serde(flatten)]
    pub candidate: Candidate,
    /// People that it adds in its plan.
    pub people: f64,
}

/// The second plan less the first.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Differences {
    /// Demand won, in people by the plans' weights.
    pub value: f64,
    /// Capital, million VND.
    pub capital_million_vnd: f64,
    /// Running cost per year, million VND.
    pub yearly_million_vnd: f64,
    /// People who gain signal.
    pub people: f64,
    /// Villages whose centre gains signal.
    pub villages: i64,
    /// Number of actions.
    pub actions: i64,
    /// Of them inside zones.
    pub in_zones: i64,
}

/// Compares two plans.
#[must_use]
pub fn compare(a: &Plan, b: &Plan) -> Comparison {
    let ids =
        |plan: &Plan| -> BTreeSet<String> { plan.actions.iter().map(|action| action.candidate.id.clone()).collect() };
    let (in_a, in_b) = (ids(a), ids(b));
    let (villages_a, villages_b) = (villages(a), villages(b));
    let only = |one: &BTreeMap<String, String>, other: &BTreeMap<String, String>| {
        one.iter()
            .filter(|(code, _)| !other.contains_key(*code))
            .map(|(code, name)| ServedPlace {
                code: code.clone(),
                name: name.clone(),
            })
            .collect()
    };
    Comparison {
        both: in_a.intersection(&in_b).cloned().collect(),
        villages_only_a: only(&villages_a, &villages_b),
        villages_only_b: only(&villages_b, &villages_a),
        differences: Differences {
            value: b.totals.value - a.totals.value,
            capital_million_vnd: b.totals.capital_million_vnd - a.totals.capital_million_vnd,
            yearly_million_vnd: b.totals.yearly_million_vnd - a.totals.yearly_million_vnd,
            people: b.totals.people - a.totals.people,
            villages: i64::from(b.totals.villages) - i64::from(a.totals.villages),
            actions: i64::from(b.totals.actions) - i64::from(a.totals.actions),
            in_zones: i64::from(b.totals.in_zones) - i64::from(a.totals.in_zones),
        },
        a: side(a, &in_b),
        b: side(b, &in_a),
    }
}

fn villages(plan: &Plan) -> BTreeMap<String, String> {
    plan.actions
        .iter()
        .flat_map(|action| &action.gain.villages)
        .map(|village| (village.code.clone(), village.name.clone()))
        .collect()
}

fn side(plan: &Plan, other: &BTreeSet<String>) -> Side {
    let mut by_operator = BTreeMap::new();
    for action in &plan.actions {
        *by_operator.entry(action.candidate.operator.clone()).or_insert(0) += 1;
    }
    let only_here = |action: &&PlannedAction| !other.contains(&action.candidate.id);
    Side {
        totals: plan.totals.clone(),
        solution: plan.solution.clone(),
        by_operator,
        only: plan
            .actions
            .iter()
            .filter(only_here)
            .map(|action| OnlyHere {
                candidate: action.candidate.clone(),
                people: action.gain.people,
            })
            .collect(),
    }
}
