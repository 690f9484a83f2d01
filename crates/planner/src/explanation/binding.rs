//! What holds a plan back, and the price of one unit more of it.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::Question;
use crate::constraint_words::ConstraintWords;
use crate::optimiser::analysis::shadow_prices;
use crate::optimiser::{ConstraintError, Constraints, Goal};

/// A constraint that binds, and what one unit more of it would bring.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Binding {
    /// The constraint's name in the optimiser.
    pub constraint: String,
    /// In Vietnamese.
    pub text_vi: String,
    /// In English.
    pub text_en: String,
    /// What one unit more of it would bring, in [`Binding::unit`].
    pub price: f64,
    /// What the price is in.
    #[serde(default)]
    pub unit: PriceUnit,
    /// Whether it is the lower limit that binds.
    pub lower_limit: bool,
}

/// What the price of a constraint is in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PriceUnit {
    /// Demand (in people) won for each unit by which the limit is moved outwards, in the linear relaxation.
    #[default]
    Demand,
    /// Million VND that the plan would cost less: for a place that must be served, at least the capital (shared among such places)
    /// of the action that is its only one; for a target, the price of its last unit in the linear relaxation.
    MillionVnd,
}

/// Bindings that are told of the places that must be served at least cost.
const MOST_BINDING_PLACES: usize = 10;

/// The constraints that bind, dearest first; none for a wish that no plan fulfils.
pub(super) fn bindings(question: &Question<'_>) -> Result<Vec<Binding>, ConstraintError> {
    if question.solution.infeasibility.is_some() {
        return Ok(Vec::new());
    }
    match question.constraints.goal {
        Goal::MostServed => Ok(shadow_prices(question.instance, question.constraints)?
            .into_iter()
            .map(|price| {
                binding(
                    question,
                    &price.constraint,
                    price.price,
                    PriceUnit::Demand,
                    price.lower_limit,
                )
            })
            .collect()),
        Goal::LeastCost { target_weight } => {
            let mut list = dearest_places(question);
            if target_weight > 0.0 {
                list.extend(price_of_target(question)?);
            }
            list.sort_by(|a, b| b.price.total_cmp(&a.price));
            Ok(list)
        }
    }
}

fn binding(question: &Question<'_>, name: &str, price: f64, unit: PriceUnit, lower_limit: bool) -> Binding {
    let words = ConstraintWords::of(name, question.prepared, question.surroundings);
    Binding {
        constraint: words.name,
        text_vi: words.text_vi,
        text_en: words.text_en,
        price,
        unit,
        lower_limit,
    }
}

/// The places that must be served for whose sake the most is spent: served by one pick only, with that pick's capital among them.
fn dearest_places(question: &Question<'_>) -> Vec<Binding> {
    let covers = &question.prepared.covers;
    let mut times_served = BTreeMap::<u32, u32>::new();
    let must: BTreeSet<u32> = question.constraints.must_serve.iter().copied().collect();
    let picks = question.solution.candidates();
    let wanted = |pick: u32| {
        covers[pick as usize]
            .iter()
            .copied()
            .filter(|point| must.contains(point))
    };
    for point in picks.iter().flat_map(|&pick| wanted(pick)) {
        *times_served.entry(point).or_default() += 1;
    }
    let mut list: Vec<Binding> = Vec::new();
    for &pick in &picks {
        let only: Vec<u32> = wanted(pick)
            .filter(|point| times_served.get(point) == Some(&1))
            .collect();
        let capital = question.prepared.found.candidates[pick as usize].capital_million_vnd;
        let share = capital / only.len().max(1) as f64;
        let of = |point: u32| {
            binding(
                question,
                &format!("must serve demand {point}"),
                share,
                PriceUnit::MillionVnd,
                true,
            )
        };
        list.extend(only.into_iter().map(of));
    }
    list.sort_by(|a, b| b.price.total_cmp(&a.price));
    list.truncate(MOST_BINDING_PLACES);
    list
}

/// What the last unit of the target costs: what the last million wins when just the plan's capital may be spent, turned round.
fn price_of_target(question: &Question<'_>) -> Result<Option<Binding>, ConstraintError> {
    let for_its_money = Constraints {
        goal: Goal::MostServed,
        budget: Some(question.solution.cost),
        ..question.constraints.clone()
    };
    Ok(shadow_prices(question.instance, &for_its_money)?
        .into_iter()
        .find(|price| price.constraint == "budget" && price.price > 0.0)
        .map(|budget| {
            binding(
                question,
                "target weight",
                1.0 / budget.price,
                PriceUnit::MillionVnd,
                true,
            )
        }))
}
