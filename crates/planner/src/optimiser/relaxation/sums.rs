//! Sums over what candidates cover, a step per run: prefix sums one way, a difference array the other.

use crate::optimiser::instance::Instance;
use rayon::prelude::*;

/// Runs below which splitting a loop over threads costs more than it brings.
const RUNS_WORTH_THREADS: usize = 40_000;
const CHUNK: usize = 2048;
/// Runs from which two halves of the candidates are added up side by side.
const RUNS_WORTH_HALVES: usize = 400_000;
/// Values below which a loop over them stays on one thread, and the length of the parts above.
const VALUES_WORTH_THREADS: usize = 65_536;
const VALUES: usize = 16_384;

/// `prefix[k]` = sum of the first `k` values.
pub(super) fn prefix_sums(values: &[f64], prefix: &mut Vec<f64>) {
    prefix.clear();
    prefix.reserve(values.len() + 1);
    prefix.push(0.0);
    let mut sum = 0.0;
    for &value in values {
        sum += value;
        prefix.push(sum);
    }
}

/// For each candidate the sum over the classes that it covers, from their prefix sums.
pub(super) fn column_sums(instance: &Instance, prefix: &[f64], out: &mut [f64]) {
    let fill = |first: usize, out: &mut [f64]| {
        for (offset, slot) in out.iter_mut().enumerate() {
            let runs = instance.runs((first + offset) as u32);
            *slot = runs
                .iter()
                .map(|run| prefix[run.end as usize] - prefix[run.start as usize])
                .sum();
        }
    };
    if instance.run_count() < RUNS_WORTH_THREADS {
        fill(0, out);
    } else {
        out.par_chunks_mut(CHUNK)
            .enumerate()
            .for_each(|(chunk, out)| fill(chunk * CHUNK, out));
    }
}

/// For each class the sum of `picks` over the candidates that cover it; `difference` is scratch.
pub(super) fn coverage_of(instance: &Instance, picks: &[f64], out: &mut [f64], difference: &mut Vec<f64>) {
    let length = out.len() + 1;
    let scatter = |first: usize, picks: &[f64], difference: &mut [f64]| {
        for (candidate, &value) in picks.iter().enumerate() {
            if value != 0.0 {
                for run in instance.runs((first + candidate) as u32) {
                    difference[run.start as usize] += value;
                    difference[run.end as usize] -= value;
                }
            }
        }
    };
    let mut sum = 0.0;
    difference.clear();
    if instance.run_count() < RUNS_WORTH_HALVES {
        difference.resize(length, 0.0);
        scatter(0, picks, difference);
        for (slot, &change) in out.iter_mut().zip(&*difference) {
            sum += change;
            *slot = sum;
        }
        return;
    }
    // Always two halves, so that rounding does not depend on the number of threads.
    difference.resize(2 * length, 0.0);
    let (left, right) = difference.split_at_mut(length);
    let (first, second) = picks.split_at(picks.len() / 2);
    rayon::join(|| scatter(0, first, left), || scatter(first.len(), second, right));
    for ((slot, &a), &b) in out.iter_mut().zip(&*left).zip(&*right) {
        sum += a + b;
        *slot = sum;
    }
}

/// Squared distance of two points, each coordinate divided by its step.
pub(super) fn weighted_distance(a: &[f64], b: &[f64], step: &[f64]) -> f64 {
    let part = |a: &[f64], b: &[f64], step: &[f64]| -> f64 {
        a.iter()
            .zip(b)
            .zip(step)
            .map(|((&a, &b), &step)| (a - b) * (a - b) / step)
            .sum()
    };
    if a.len() < VALUES_WORTH_THREADS {
        return part(a, b, step);
    }
    // Parts of a fixed length, added in their order: rounding does not depend on the number of threads.
    let parts: Vec<f64> = a
        .par_chunks(VALUES)
        .zip(b.par_chunks(VALUES))
        .zip(step.par_chunks(VALUES))
        .map(|((a, b), step)| part(a, b, step))
        .collect();
    parts.iter().sum()
}

/// Changes each of some values by itself; `change` gets its place and the value.
pub(super) fn change_each(values: &mut [f64], change: impl Fn(usize, f64) -> f64 + Sync) {
    let part = |first: usize, values: &mut [f64]| {
        for (place, value) in values.iter_mut().enumerate() {
            *value = change(first + place, *value);
        }
    };
    if values.len() < VALUES_WORTH_THREADS {
        part(0, values);
    } else {
        values
            .par_chunks_mut(VALUES)
            .enumerate()
            .for_each(|(chunk, values)| part(chunk * VALUES, values));
    }
}
