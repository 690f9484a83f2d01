//! What stays the same while a planner tries constraints: candidates, demand, and who serves whom.

use std::collections::BTreeSet;
use std::io::{Read, Write};
use std::sync::atomic::{AtomicUsize, Ordering};

use coverage_model::{Engine, Transmitter};
use geodesy::LocalFrame;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use crate::action::{ActionKind, Candidate, CandidateSource};
use crate::candidates::{CandidateRules, FilterReason, Found, Surroundings, added, candidates};
use crate::cost::CostModel;
use crate::demand::Demand;
use crate::footprint::{CellTemplates, covered_pixels, sector_azimuths, terminal_pixel, transmitters_of};
use crate::optimiser::{Instance, InstanceError};
use crate::plan::{PlanError, PlanListener, PlanProgress, PlanStage};
use crate::request::PlanRequest;
use crate::territory::Territory;

/// Candidates, demand and cover sets of a request.
#[derive(Debug, Clone, PartialEq)]
pub struct Prepared {
    /// The candidates and what was left out.
    pub found: Found,
    /// Who waits.
    pub demand: Demand,
    /// The demand that each candidate wins, rising, by candidate.
    pub covers: Vec<Vec<u32>>,
    /// All people of the project's communes, served or not.
    pub people: f64,
}

/// Share of the work (in time) that the footprints take.
pub(crate) const FOOTPRINT_SHARE: f64 = 0.7;

/// Finds candidates and demand, and computes every candidate's footprint. `served` says, row-major over the engine's raster, what the
/// network of today serves with the technology of the request.
///
/// # Errors
/// [`PlanError::NoCandidates`], [`PlanError::Cancelled`], or a cost table that cannot be used.
pub fn prepare(
    engine: &Engine<'_>,
    surroundings: &Surroundings<'_>,
    served: &[bool],
    request: &PlanRequest,
    costs: &CostModel,
    templates: &dyn CellTemplates,
    listener: &dyn PlanListener,
) -> Result<Prepared, PlanError> {
    costs.check()?;
    let territory = Territory::of(surroundings.communes, engine.window());
    let demand = Demand::unserved(
        engine,
        &territory.settled(served),
        surroundings.places,
        surroundings.zones,
        &request.weights,
    );
    let mut found = candidates(surroundings, &demand, request.technology, &request.rules, costs);
    found.candidates.extend(added(
        surroundings,
        request.technology,
        &request.rules,
        costs,
        &request.added,
    ));
    if found.candidates.is_empty() {
        return Err(PlanError::NoCandidates);
    }
    let mut covers = cover_sets(engine, surroundings, &found.candidates, &demand, templates, listener)?;
    keep_best_peaks(&mut found, &mut covers, &demand, &request.rules);
    let people = engine.population().map_or(0.0, |grid| {
        grid.values
            .iter()
            .enumerate()
            .filter(|&(pixel, people)| people.is_finite() && territory.contains(pixel))
            .map(|(_, &people)| f64::from(people))
            .sum()
    });
    Ok(Prepared {
        found,
        demand,
        covers,
        people,
    })
}

/// Of the peaks that high ground suggested, keeps those from which the engine serves most demand: a straight line over coarse relief chose
/// them, the engine's own sweep decides.
fn keep_best_peaks(found: &mut Found, covers: &mut Vec<Vec<u32>>, demand: &Demand, rules: &CandidateRules) {
    let mut peaks: Vec<(f64, usize)> = found
        .candidates
        .iter()
        .zip(&*covers)
        .enumerate()
        .filter(|(_, (candidate, _))| candidate.source == CandidateSource::HighGround)
        .map(|(index, (_, cover))| {
            let served: f64 = cover.iter().map(|&point| demand.points[point as usize].weight).sum();
            (served, index)
        })
        .collect();
    peaks.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
    let enough = peaks.partition_point(|(served, _)| *served >= rules.least_demand_near);
    let dropped: BTreeSet<usize> = peaks
        .split_off(enough.min(rules.high_ground as usize))
        .into_iter()
        .map(|(_, index)| index)
        .collect();
    if dropped.is_empty() {
        return;
    }
    *found.filtered.entry(FilterReason::SeesFew).or_insert(0) += dropped.len() as u32;
    let mut index = 0..;
    found
        .candidates
        .retain(|_| index.next().is_none_or(|index| !dropped.contains(&index)));
    let mut index = 0..;
    covers.retain(|_| index.next().is_none_or(|index| !dropped.contains(&index)));
}

/// The demand that each candidate wins, by candidate.
pub(crate) fn cover_sets(
    engine: &Engine<'_>,
    surroundings: &Surroundings<'_>,
    found: &[Candidate],
    demand: &Demand,
    templates: &dyn CellTemplates,
    listener: &dyn PlanListener,
) -> Result<Vec<Vec<u32>>, PlanError> {
    let done = AtomicUsize::new(0);
    let sectors = sector_azimuths(surroundings.network);
    found
        .par_iter()
        .map(|candidate| {
            if listener.cancelled() {
                return Err(PlanError::Cancelled);
            }
            let pixels = if candidate.action == ActionKind::Leo {
                terminal_pixel(engine, candidate)
            } else {
                let cells: Vec<Transmitter> = transmitters_of(candidate, &sectors, templates);
                covered_pixels(engine, &cells, |pixel| demand.is_on(pixel))
            };
            let mut won: Vec<u32> = demand.won_by(&pixels).collect();
            if candidate.action == ActionKind::Leo {
                // A terminal is for the village's house of culture, not for the people around it.
                won.retain(|&point| {
                    matches!(
                        demand.points[point as usize].kind,
                        crate::demand::DemandKind::Place { .. }
                    )
                });
            }
            won.sort_unstable();
            let count = done.fetch_add(1, Ordering::Relaxed) + 1;
            if count.is_multiple_of(16) {
                listener.report(PlanProgress {
                    stage: PlanStage::Footprints,
                    fraction: FOOTPRINT_SHARE * count as f64 / found.len() as f64,
                    objective: None,
                    bound: None,
                });
            }
            Ok(won)
        })
        .collect()
}

impl Prepared {
    /// The optimiser's instance; `weights` replaces the demand's own.
    ///
    /// # Errors
    /// A cost or weight that is no number.
    pub fn instance(&self, weights: Option<Vec<f64>>) -> Result<Instance, InstanceError> {
        let costs = self
            .found
            .candidates
            .iter()
            .map(|candidate| candidate.capital_million_vnd)
            .collect();
        let weights = weights.unwrap_or_else(|| self.demand.points.iter().map(|point| point.weight).collect());
        let frame = LocalFrame::new(self.demand.window.bounds().centre());
        let positions: Vec<(f64, f64)> = self
            .demand
            .points
            .iter()
            .map(|point| frame.to_local(self.demand.position(point)))
            .collect();
        Instance::new(costs, weights, &self.covers, Some(&positions))
    }

    /// Whether any candidate reaches each demand point.
    #[must_use]
    pub fn reached(&self) -> Vec<bool> {
        let mut reached = vec![false; self.demand.points.len()];
        for &point in self.covers.iter().flatten() {
            reached[point as usize] = true;
        }
        reached
    }

    /// Adds candidates whose footprints were computed over the same demand.
    pub fn extend(&mut self, candidates: Vec<Candidate>, covers: Vec<Vec<u32>>) {
        self.found.candidates.extend(candidates);
        self.covers.extend(covers);
    }

    /// Writes everything: a JSON head behind its length, then the cover sets as lengths and little-endian numbers.
    ///
    /// # Errors
    /// What the writer says.
    pub fn write(&self, mut to: impl Write) -> std::io::Result<()> {
        let head = serde_json::to_vec(&Head {
            found: self.found.clone(),
            demand: self.demand.clone(),
            people: self.people,
        })?;
        to.write_all(&(head.len() as u64).to_le_bytes())?;
        to.write_all(&head)?;
        let mut bytes = Vec::new();
        for cover in &self.covers {
            bytes.clear();
            bytes.extend((cover.len() as u32).to_le_bytes());
            bytes.extend(cover.iter().flat_map(|point| point.to_le_bytes()));
            to.write_all(&bytes)?;
        }
        Ok(())
    }

    /// Reads what [`Self::write`] wrote.
    ///
    /// # Errors
    /// What the reader says, or that the content does not hang together.
    pub fn read(mut from: impl Read) -> std::io::Result<Self> {
        let damaged = || std::io::Error::new(std::io::ErrorKind::InvalidData, "the prepared plan is damaged");
        let mut eight = [0u8; 8];
        from.read_exact(&mut eight)?;
        let mut head = Vec::new();
        from.by_ref().take(u64::from_le_bytes(eight)).read_to_end(&mut head)?;
        let head: Head = serde_json::from_slice(&head)?;
        let mut rest = Vec::new();
        from.read_to_end(&mut rest)?;
        let mut numbers = rest
            .chunks_exact(4)
            .map(|four| u32::from_le_bytes([four[0], four[1], four[2], four[3]]));
        let points = head.demand.points.len();
        let mut covers = Vec::with_capacity(head.found.candidates.len());
        for _ in 0..head.found.candidates.len() {
            let length = numbers.next().ok_or_else(damaged)? as usize;
            let cover: Vec<u32> = numbers.by_ref().take(length).collect();
            if cover.len() != length || cover.iter().any(|&point| point as usize >= points) {
                return Err(damaged());
            }
            covers.push(cover);
        }
        Ok(Self {
            found: head.found,
            demand: head.demand,
            covers,
            people: head.people,
        })
    }
}

#[derive(Serialize, Deserialize)]
struct Head {
    found: Found,
    demand: Demand,
    people: f64,
}
