//! Loops over the lanes of a batch.

use super::super::radial::PathGeometry;

/// Paths worked on at once.
pub const LANES: usize = 8;

/// One value per path.
pub type Lanes = [f64; LANES];

#[inline(always)]
pub(super) fn map(f: impl Fn(usize) -> f64) -> Lanes {
    let mut out = [0.0; LANES];
    for (lane, value) in out.iter_mut().enumerate() {
        *value = f(lane);
    }
    out
}

#[inline(always)]
pub(super) fn any(f: impl Fn(usize) -> bool) -> bool {
    let mut found = false;
    for lane in 0..LANES {
        found |= f(lane);
    }
    found
}

/// Step of every lane's receiver; missing lanes repeat the last.
#[inline(always)]
pub(super) fn lane_steps(paths: &[PathGeometry]) -> [usize; LANES] {
    let mut steps = [0; LANES];
    let mut last = 0;
    for (lane, step) in steps.iter_mut().enumerate() {
        if let Some(path) = paths.get(lane) {
            last = path.n;
        }
        *step = last;
    }
    steps
}

#[inline(always)]
pub(super) fn row(steps: &[usize; LANES], column: &[f64]) -> Lanes {
    map(
        #[inline(always)]
        |lane| column[steps[lane]],
    )
}
