//! Satellite terminals for villages without signal: what is left where no ground action is worth its cost.

use super::Maker;
use crate::CandidateSource;
use crate::action::{ActionKind, Candidate};
use crate::demand::{Demand, DemandKind};

/// Height of a terminal's antenna, metres.
const TERMINAL_M: f64 = 4.0;

/// One terminal for each village whose centre waits for signal.
pub(super) fn villages(maker: &Maker<'_>, demand: &Demand) -> Vec<Candidate> {
    let mut waiting: Vec<usize> = demand
        .points
        .iter()
        .filter_map(|point| match point.kind {
            DemandKind::Place { index } => Some(index),
            _ => None,
        })
        .collect();
    waiting.sort_unstable();
    waiting
        .into_iter()
        .map(|index| &maker.surroundings.places[index])
        .filter(|place| place.kind == geodata::PlaceKind::Village)
        .filter_map(|village| {
            let operator = maker.network.nearest_operator(village.position)?;
            Some(Candidate {
                id: format!("{}:{operator}:{}", ActionKind::Leo.name(), village.code),
                place_code: Some(village.code.clone()),
                ..maker.in_the_open(
                    CandidateSource::Satellite,
                    ActionKind::Leo,
                    village.position,
                    operator,
                    TERMINAL_M,
                )
            })
        })
        .collect()
}
