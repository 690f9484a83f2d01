//! Elementary functions without branches or tables, so that a loop over several values becomes vector code.
//!
//! Each is within a few units in the last place of the standard library over the stated range (tests compare). No
//! operation is contracted or reordered, so every instruction set gives the same bits.
#![allow(clippy::excessive_precision)] // coefficients as published

use std::ops::{Add, Div, Mul, Sub};

const LN_2_HIGH: f64 = 6.931_471_803_691_238_164_90e-1;
const LN_2_LOW: f64 = 1.908_214_929_270_587_700_02e-10;
/// 1.5 · 2⁵²: adding and subtracting it rounds to the nearest integer.
const ROUND: f64 = 6_755_399_441_055_744.0;
/// 2⁵², whose mantissa holds an integer added to it.
pub(crate) const TWO_52: f64 = 4_503_599_627_370_496.0;
pub(crate) const TWO_52_BITS: u64 = 0x4330_0000_0000_0000;

/// 10 lg x = `DB` · ln x.
pub const DB: f64 = 10.0 / std::f64::consts::LN_10;

pub(crate) const SQRT_HALF_BITS: u64 = 0x3fe6_a09e_667f_3bcd;
pub(crate) const ONE_OVER_ROOT_HALF: u64 = 0x3ff0_0000_0000_0000 - SQRT_HALF_BITS;
pub(crate) const MANTISSA: u64 = 0x000f_ffff_ffff_ffff;
/// (1023 − 1023/3 − 0.033) · 2²⁰, as in FreeBSD's `s_cbrt.c`.
pub(crate) const CUBE_ROOT_BIAS: f64 = 715_094_163.0;

/// A number, or several that are calculated with alike.
pub trait Number:
    Copy
    + Add<Output = Self>
    + Sub<Output = Self>
    + Mul<Output = Self>
    + Div<Output = Self>
    + Add<f64, Output = Self>
    + Sub<f64, Output = Self>
    + Mul<f64, Output = Self>
{
    /// This, or `least` where it is less or not a number.
    #[must_use]
    fn not_below(self, least: f64) -> Self;
    /// This, or `most` where it is more or not a number.
    #[must_use]
    fn not_above(self, most: f64) -> Self;
    /// `yes` where this is greater than `limit`, else `no`.
    #[must_use]
    fn above(self, limit: Self, yes: Self, no: Self) -> Self;
    /// `value` as a number of this kind.
    #[must_use]
    fn like(self, value: f64) -> Self;
    /// The square root.
    #[must_use]
    fn square_root(self) -> Self;
    /// x = m · 2^e with √½ ≤ m < √2, as (e, m); of a positive normal number.
    #[must_use]
    fn exponent_and_mantissa(self) -> (Self, Self);
    /// This times 2^n, where the last bits of `power` are those of the integer n.
    #[must_use]
    fn times_power_of_two(self, power: Self) -> Self;
    /// The cube root of a positive normal number to 5 bits.
    #[must_use]
    fn near_cube_root(self) -> Self;
}

impl Number for f64 {
    #[inline(always)]
    fn not_below(self, least: f64) -> Self {
        if self > least { self } else { least }
    }

    #[inline(always)]
    fn not_above(self, most: f64) -> Self {
        if self < most { self } else { most }
    }

    #[inline(always)]
    fn above(self, limit: Self, yes: Self, no: Self) -> Self {
        if self > limit { yes } else { no }
    }

    #[inline(always)]
    fn like(self, value: f64) -> Self {
        value
    }

    #[inline(always)]
    fn square_root(self) -> Self {
        self.sqrt()
    }

    #[inline(always)]
    fn exponent_and_mantissa(self) -> (Self, Self) {
        let bits = self.to_bits().wrapping_add(ONE_OVER_ROOT_HALF);
        let exponent = Self::from_bits(TWO_52_BITS | (bits >> 52)) - (TWO_52 + 1023.0);
        (exponent, Self::from_bits((bits & MANTISSA) + SQRT_HALF_BITS))
    }

    #[inline(always)]
    fn times_power_of_two(self, power: Self) -> Self {
        self * Self::from_bits((power.to_bits() << 52).wrapping_add(1023 << 52))
    }

    #[inline(always)]
    fn near_cube_root(self) -> Self {
        // The high word as a number, of which a third is taken.
        let high = Self::from_bits(TWO_52_BITS | (self.to_bits() >> 32)) - TWO_52;
        let third = high * (1.0 / 3.0) + CUBE_ROOT_BIAS;
        Self::from_bits((third + TWO_52).to_bits() << 32)
    }
}

/// Natural logarithm of a positive normal number (coefficients of FreeBSD's `e_log.c`).
#[inline(always)]
pub fn ln<N: Number>(x: N) -> N {
    let (exponent, mantissa) = x.exponent_and_mantissa();
    let f = mantissa - 1.0;
    let s = f / (f + 2.0);
    let z = s * s;
    let w = z * z;
    let even =
        w * (w * (w * 1.531_383_769_920_937_332e-1 + 2.222_219_843_214_978_396e-1) + 3.999_999_999_940_941_908e-1);
    let odd = z
        * ((w * 2.857_142_874_366_239_149e-1 + 6.666_666_666_666_735_130e-1)
            + (w * w) * (w * 1.479_819_860_511_658_591e-1 + 1.818_357_216_161_805_012e-1));
    let half = f * f * 0.5;
    s * (half + even + odd) + exponent * LN_2_LOW - half + f + exponent * LN_2_HIGH
}

/// Exponential; arguments beyond −700 … 700 count as those.
#[inline(always)]
pub fn exp<N: Number>(x: N) -> N {
    let x = x.not_below(-700.0).not_above(700.0);
    let shifted = x * std::f64::consts::LOG2_E + ROUND;
    let n = shifted - ROUND;
    let r = (x - n * LN_2_HIGH) - n * LN_2_LOW;
    // The series to the twelfth power, summed in pairs: half of the waiting of Horner's scheme.
    let (r2, r4) = (r * r, (r * r) * (r * r));
    let low = (r + 1.0) + r2 * (r * (1.0 / 6.0) + 0.5);
    let middle = (r * (1.0 / 120.0) + 1.0 / 24.0) + r2 * (r * (1.0 / 5_040.0) + 1.0 / 720.0);
    let high = (r * (1.0 / 362_880.0) + 1.0 / 40_320.0) + r2 * (r * (1.0 / 39_916_800.0) + 1.0 / 3_628_800.0);
    let sum = low + r4 * (middle + r4 * (high + r4 * (1.0 / 479_001_600.0)));
    sum.times_power_of_two(shifted)
}

/// [`exp`], to be handed to a function. Handed over by its name it would be called through a shim that is compiled on its own,
/// without the vector instructions of its caller.
#[inline(always)]
pub(crate) fn inlined_exp<N: Number>() -> impl Fn(N) -> N + Copy {
    #[inline(always)]
    |x| exp(x)
}

/// Cube root of a positive normal number: a third of the exponent, then Halley's iteration twice.
#[inline(always)]
pub fn cbrt<N: Number>(x: N) -> N {
    halley(halley(x.near_cube_root(), x), x)
}

/// A better cube root of `x` than `y`.
#[inline(always)]
fn halley<N: Number>(y: N, x: N) -> N {
    let cube = y * y * y;
    y * ((cube + (x + x)) / ((cube + cube) + x))
}

/// Sine and cosine of an angle between 0 and π.
#[inline(always)]
pub fn sine_cosine_of_half_turn<N: Number>(angle: N) -> (N, N) {
    // From a right angle on, so that both series are short; each summed in two halves at once.
    let x = angle - std::f64::consts::FRAC_PI_2;
    let z = x * x;
    let z4 = (z * z) * (z * z);
    let low = ((z * (-1.0 / 5_040.0) + 1.0 / 120.0) * z - 1.0 / 6.0) * z + 1.0;
    let high =
        (((z * (-1.0 / 121_645_100_408_832_000.0) + 1.0 / 355_687_428_096_000.0) * z - 1.0 / 1_307_674_368_000.0) * z
            + 1.0 / 6_227_020_800.0)
            * z
            - 1.0 / 39_916_800.0;
    let sine = low + z4 * (high * z + 1.0 / 362_880.0);
    let low = ((z * (-1.0 / 720.0) + 1.0 / 24.0) * z - 0.5) * z + 1.0;
    let high = ((((z * (1.0 / 2_432_902_008_176_640_000.0) - 1.0 / 6_402_373_705_728_000.0) * z
        + 1.0 / 20_922_789_888_000.0)
        * z
        - 1.0 / 87_178_291_200.0)
        * z
        + 1.0 / 479_001_600.0)
        * z
        - 1.0 / 3_628_800.0;
    let cosine = low + z4 * (high * z + 1.0 / 40_320.0);
    (cosine, x * sine * -1.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn close(a: f64, b: f64, tolerance: f64) -> bool {
        (a - b).abs() <= tolerance * b.abs().max(1e-3)
    }

    proptest! {
        #[test]
        fn of_the_standard_library(power in -290.0..290.0_f64, x in -650.0..650.0_f64, turn in 0.0..1.0_f64) {
            let value = 10_f64.powf(power);
            prop_assert!(close(ln(value), value.ln(), 4e-16));
            prop_assert!((cbrt(value) / value.cbrt() - 1.0).abs() < 1e-14);
            prop_assert!((exp(x) / x.exp() - 1.0).abs() < 1e-15);
            let angle = turn * std::f64::consts::PI;
            let (sine, cosine) = sine_cosine_of_half_turn(angle);
            prop_assert!((sine - angle.sin()).abs() < 1e-15 && (cosine - angle.cos()).abs() < 1e-15);
        }

        #[test]
        fn logarithm_near_one(x in 0.5..2.0_f64) {
            prop_assert!((ln(x) - x.ln()).abs() <= 3e-16);
        }
    }

    #[test]
    fn extremes_stay_finite_and_not_a_number_stays_so() {
        assert!(exp(-1e9) < 1e-300 && exp(1e9) > 1e300);
        assert_eq!(exp(0.0), 1.0);
    }
}
