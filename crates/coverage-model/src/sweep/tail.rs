//! The end of a path: the last points before the receiver, on the pixel's own profile.
//!
//! A pixel lies up to half a step beside its radial's points. Far from the receiver that hardly matters; the ground just
//! before it decides the loss. So a path takes its far part from the radial and its last [`TAIL`] points and the receiver
//! from the straight line between mast and pixel.

use super::tables::Tables;

/// Interior points before the receiver that are the pixel's own.
pub const TAIL: usize = 8;

/// Stands for a point that would lie at or behind the mast.
const ABSENT_M: f64 = -1e7;

/// The end of a path. Entry j is the profile's point n − [`TAIL`] + j.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Tail {
    /// Ground, m above sea level.
    pub ground_m: [f64; TAIL],
    /// Ground with cover, m above sea level; unused over bare ground.
    pub surface_m: [f64; TAIL],
    /// Ground under the receiver, m above sea level.
    pub rx_ground_m: f64,
}

impl Tail {
    /// The end of the path to step `n` of a radial itself.
    #[must_use]
    pub fn of_radial(heights_m: &[f64], surface_m: Option<&[f64]>, n: usize) -> Self {
        let at = |heights: &[f64], j: usize| heights.get((n + j).wrapping_sub(TAIL)).copied().unwrap_or(0.0);
        Self {
            ground_m: std::array::from_fn(|j| at(heights_m, j)),
            surface_m: std::array::from_fn(|j| at(surface_m.unwrap_or(heights_m), j)),
            rx_ground_m: heights_m.get(n).copied().unwrap_or(0.0),
        }
    }
}

/// One series of heights (bare or with cover) at the end of a path, and what all questions about it share.
#[derive(Debug, Clone, Copy)]
pub(super) struct Near {
    /// Step of the receiver.
    pub n: usize,
    /// Path length, km.
    pub d_km: f64,
    /// Heights of the antennas above sea level, m.
    pub tx_m: f64,
    pub rx_m: f64,
    pub heights_m: [f64; TAIL],
    /// Index on the profile.
    pub position: [f64; TAIL],
    /// Distance from the mast, km.
    pub x_km: [f64; TAIL],
    /// 1/index.
    pub inverse: [f64; TAIL],
    /// 1/(d − x), 1/km.
    pub inverse_to_rx: [f64; TAIL],
    /// 1/step, 1/km.
    per_step: f64,
}

impl Near {
    #[inline(always)]
    pub fn new(n: usize, heights_m: &[f64; TAIL], tx_m: f64, rx_m: f64, tables: &Tables) -> Self {
        let step_km = tables.settings.step_km;
        let mut inverse = [1.0; TAIL];
        if let Some(row) = tables.inverse_near.get(n..n + TAIL) {
            inverse.copy_from_slice(row);
        }
        let first = n as f64 - TAIL as f64;
        let position = fill(
            #[inline(always)]
            |j| first + j as f64,
        );
        Self {
            n,
            d_km: step_km * n as f64,
            tx_m,
            rx_m,
            heights_m: fill(
                #[inline(always)]
                |j| if position[j] >= 1.0 { heights_m[j] } else { ABSENT_M },
            ),
            position,
            x_km: fill(
                #[inline(always)]
                |j| position[j] * step_km,
            ),
            inverse,
            inverse_to_rx: tables.inverse_to_rx,
            per_step: tables.per_step,
        }
    }

    #[inline(always)]
    pub fn map(&self, value: impl Fn(usize) -> f64) -> [f64; TAIL] {
        fill(value)
    }

    /// Profile index of an entry.
    #[inline(always)]
    pub fn index(&self, j: usize) -> u32 {
        (self.n + j).saturating_sub(TAIL) as u32
    }

    /// Slope from the transmitter without the earth's curvature, m/km.
    #[inline(always)]
    pub fn slope_from_tx(&self, j: usize) -> f64 {
        (self.heights_m[j] - self.tx_m) * (self.inverse[j] * self.per_step)
    }

    /// Σ h and Σ i·h over the entries that exist.
    #[inline(always)]
    pub fn sums(&self) -> (f64, f64) {
        let present = self.map(
            #[inline(always)]
            |j| {
                if self.position[j] >= 1.0 {
                    self.heights_m[j]
                } else {
                    0.0
                }
            },
        );
        let moments = self.map(
            #[inline(always)]
            |j| present[j] * self.position[j],
        );
        (sum(&present), sum(&moments))
    }
}

#[inline(always)]
fn fill(value: impl Fn(usize) -> f64) -> [f64; TAIL] {
    let mut values = [0.0; TAIL];
    for (j, slot) in values.iter_mut().enumerate() {
        *slot = value(j);
    }
    values
}

#[inline(always)]
fn sum(v: &[f64; TAIL]) -> f64 {
    ((v[0] + v[4]) + (v[2] + v[6])) + ((v[1] + v[5]) + (v[3] + v[7]))
}

#[inline(always)]
fn larger(a: f64, b: f64) -> f64 {
    if a > b { a } else { b }
}

#[inline(always)]
fn smaller(a: f64, b: f64) -> f64 {
    if a < b { a } else { b }
}

/// Greatest of the values.
#[inline(always)]
pub(super) fn greatest(v: &[f64; TAIL]) -> f64 {
    let half = [
        larger(v[0], v[4]),
        larger(v[1], v[5]),
        larger(v[2], v[6]),
        larger(v[3], v[7]),
    ];
    larger(larger(half[0], half[2]), larger(half[1], half[3]))
}

/// Least of the values.
#[inline(always)]
pub(super) fn least(v: &[f64; TAIL]) -> f64 {
    let half = [
        smaller(v[0], v[4]),
        smaller(v[1], v[5]),
        smaller(v[2], v[6]),
        smaller(v[3], v[7]),
    ];
    smaller(smaller(half[0], half[2]), smaller(half[1], half[3]))
}

#[inline(always)]
fn equal_bits(v: &[f64; TAIL], value: f64) -> u32 {
    let mut bits = 0;
    for (j, &x) in v.iter().enumerate() {
        bits |= u32::from(x == value) << j;
    }
    bits
}

/// First entry that is `value`.
#[inline(always)]
pub(super) fn first_of(v: &[f64; TAIL], value: f64) -> usize {
    (equal_bits(v, value).trailing_zeros() as usize).min(TAIL - 1)
}

/// Last entry that is `value`.
#[inline(always)]
pub(super) fn last_of(v: &[f64; TAIL], value: f64) -> usize {
    (31_u32.saturating_sub(equal_bits(v, value).leading_zeros())) as usize
}
