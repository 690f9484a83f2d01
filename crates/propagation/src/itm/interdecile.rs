//! The interdecile range of terrain about a straight line.

use pulp::Arch;

use crate::lanes;

/// Most values that are drawn from a profile: 10 · 25 − 5.
const MOST_SAMPLES: usize = 245;

/// Work space for the residuals of one profile.
#[derive(Debug, Clone)]
pub(super) struct Interdecile {
    residuals: Vec<f64>,
}

impl Default for Interdecile {
    fn default() -> Self {
        Self {
            residuals: Vec::with_capacity(MOST_SAMPLES),
        }
    }
}

impl Interdecile {
    /// Difference between the upper and lower decile (m) of `10·decile − 5` samples drawn evenly between two places of
    /// the profile (in steps), about their least-squares line.
    pub fn of_profile(&mut self, arch: Arch, heights: &[f64], (first, last): (f64, f64), decile: usize) -> f64 {
        let count = 10 * decile - 5;
        self.resample(heights, (first, last), count);
        let samples = &mut self.residuals;
        arch.dispatch(
            #[inline(always)]
            || subtract_fit(samples),
        );
        // The decile-th greatest and the decile-th least.
        let (_, low, above) = samples.select_nth_unstable_by(decile - 1, f64::total_cmp);
        let low = *low;
        let from_top = above.len() - decile;
        let (_, high, _) = above.select_nth_unstable_by(from_top, f64::total_cmp);
        *high - low
    }

    fn resample(&mut self, heights: &[f64], (first, last): (f64, f64), count: usize) {
        let step = (last - first) / (count - 1) as f64;
        let last_interval = heights.len() - 2;
        self.residuals.clear();
        self.residuals.extend((0..count).map(|j| {
            let place = first + j as f64 * step;
            let i = (place as usize).min(last_interval);
            let (low, high) = (heights[i], heights[i + 1]);
            low + (high - low) * (place - i as f64)
        }));
    }
}

/// Subtracts the model's least-squares line: trapezoid weights, sums about the middle.
#[inline(always)]
fn subtract_fit(samples: &mut [f64]) {
    let last = samples.len() - 1;
    let count = last as f64;
    let (sum, moment) = lanes::sum_and_moment(&samples[1..last]);
    let middle = -0.5 * count;
    let total = 0.5 * (samples[0] + samples[last]) + sum;
    let torque = 0.5 * (samples[0] - samples[last]) * middle + moment + middle * sum;
    let level = total / count;
    let slope = 12.0 * torque / ((count * count + 2.0) * count);
    let start = level - slope * (count + middle);
    for (j, sample) in samples.iter_mut().enumerate() {
        *sample -= start + slope * j as f64;
    }
}
