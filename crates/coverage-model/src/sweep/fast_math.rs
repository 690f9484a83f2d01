//! Logarithm, exponential and arcs without branches, so that a loop over lanes becomes vector code.
//!
//! Each is within a few units in the last place over the range that the sweep needs (tests compare with the standard
//! library). They do not contract or reorder, so every instruction set gives the same bits.
#![allow(clippy::excessive_precision)] // coefficients as published

const LN_2_HIGH: f64 = 6.931_471_803_691_238_164_90e-1;
const LN_2_LOW: f64 = 1.908_214_929_270_587_700_02e-10;
/// 1.5 · 2⁵²: adding and subtracting it rounds to the nearest integer.
const ROUND: f64 = 6_755_399_441_055_744.0;

/// Decibels per neper of power: 10 lg x = `DB` · ln x.
pub const DB: f64 = 10.0 / std::f64::consts::LN_10;

/// Natural logarithm of a positive normal number (coefficients of FreeBSD's `e_log.c`).
#[inline(always)]
pub fn ln(x: f64) -> f64 {
    const SQRT_HALF_BITS: u64 = 0x3fe6_a09e_667f_3bcd;
    let bits = x.to_bits().wrapping_add(0x3ff0_0000_0000_0000 - SQRT_HALF_BITS);
    let exponent = f64::from_bits(0x4330_0000_0000_0000 | (bits >> 52)) - (4_503_599_627_370_496.0 + 1023.0);
    let mantissa = f64::from_bits((bits & 0x000f_ffff_ffff_ffff) + SQRT_HALF_BITS);
    let f = mantissa - 1.0;
    let s = f / (2.0 + f);
    let z = s * s;
    let w = z * z;
    let even =
        w * (3.999_999_999_940_941_908e-1 + w * (2.222_219_843_214_978_396e-1 + w * 1.531_383_769_920_937_332e-1));
    let odd = z
        * (6.666_666_666_666_735_130e-1
            + w * (2.857_142_874_366_239_149e-1
                + w * (1.818_357_216_161_805_012e-1 + w * 1.479_819_860_511_658_591e-1)));
    let half = 0.5 * f * f;
    s * (half + even + odd) + exponent * LN_2_LOW - half + f + exponent * LN_2_HIGH
}

/// Exponential, for arguments clamped to −700 … 700.
#[inline(always)]
pub fn exp(x: f64) -> f64 {
    let x = x.clamp(-700.0, 700.0);
    let shifted = x * std::f64::consts::LOG2_E + ROUND;
    let n = shifted - ROUND;
    let r = (x - n * LN_2_HIGH) - n * LN_2_LOW;
    let mut sum = 1.0 / 479_001_600.0;
    for coefficient in [
        1.0 / 39_916_800.0,
        1.0 / 3_628_800.0,
        1.0 / 362_880.0,
        1.0 / 40_320.0,
        1.0 / 5_040.0,
        1.0 / 720.0,
        1.0 / 120.0,
        1.0 / 24.0,
        1.0 / 6.0,
        0.5,
        1.0,
        1.0,
    ] {
        sum = sum * r + coefficient;
    }
    sum * f64::from_bits((shifted.to_bits() << 52).wrapping_add(1023 << 52))
}

/// Arc tangent (rational approximation of the Cephes library).
#[inline(always)]
pub fn atan(x: f64) -> f64 {
    const TAN_3_PI_8: f64 = 2.414_213_562_373_095_048_80;
    let magnitude = x.abs();
    let far = magnitude > TAN_3_PI_8;
    let middle = magnitude > 0.66;
    let reduced = if far {
        -1.0 / magnitude
    } else if middle {
        (magnitude - 1.0) / (magnitude + 1.0)
    } else {
        magnitude
    };
    let base = if far {
        std::f64::consts::FRAC_PI_2
    } else if middle {
        std::f64::consts::FRAC_PI_4
    } else {
        0.0
    };
    let z = reduced * reduced;
    let p = (((-8.750_608_600_031_904_122_785e-1 * z - 1.615_753_718_733_365_076_637e1) * z
        - 7.500_855_792_314_704_667_340e1)
        * z
        - 1.228_866_684_490_136_173_410e2)
        * z
        - 6.485_021_904_942_025_371_773e1;
    let q = ((((z + 2.485_846_490_142_306_297_962e1) * z + 1.650_270_098_316_988_542_046e2) * z
        + 4.328_810_604_912_902_668_951e2)
        * z
        + 4.853_903_996_359_136_964_868e2)
        * z
        + 1.945_506_571_482_613_964_425e2;
    let value = base + (reduced + reduced * z * p / q);
    if x < 0.0 { -value } else { value }
}

/// Arc sine for −1 … 1, clamped (coefficients of FreeBSD's `e_asin.c`).
#[inline(always)]
pub fn asin(x: f64) -> f64 {
    let magnitude = x.abs().min(1.0);
    let large = magnitude > 0.5;
    let z = if large {
        (1.0 - magnitude) * 0.5
    } else {
        magnitude * magnitude
    };
    let p = z
        * (1.666_666_666_666_666_574_15e-1
            + z * (-3.255_658_186_224_009_154_05e-1
                + z * (2.012_125_321_348_629_258_81e-1
                    + z * (-4.005_553_450_067_941_140_27e-2
                        + z * (7.915_349_942_898_145_321_76e-4 + z * 3.479_331_075_960_211_675_70e-5)))));
    let q = 1.0
        + z * (-2.403_394_911_734_414_218_78
            + z * (2.020_945_760_233_505_694_71
                + z * (-6.882_839_716_054_532_930_30e-1 + z * 7.703_815_055_590_193_527_91e-2)));
    let r = p / q;
    let root = z.sqrt();
    let value = if large {
        std::f64::consts::FRAC_PI_2 - 2.0 * (root + root * r)
    } else {
        magnitude + magnitude * r
    };
    if x < 0.0 { -value } else { value }
}

/// Sine of an angle of at most a sixth of a turn's half (−π/6 … π/6), by its series.
#[inline(always)]
pub fn sin_small(x: f64) -> f64 {
    let z = x * x;
    let mut sum = -1.0 / 1_307_674_368_000.0;
    for coefficient in [
        1.0 / 6_227_020_800.0,
        -1.0 / 39_916_800.0,
        1.0 / 362_880.0,
        -1.0 / 5_040.0,
        1.0 / 120.0,
        -1.0 / 6.0,
        1.0,
    ] {
        sum = sum * z + coefficient;
    }
    x * sum
}

/// The nearest integer, ties to even, for magnitudes below 2⁵¹.
#[inline(always)]
pub fn round(x: f64) -> f64 {
    (x + ROUND) - ROUND
}

/// The greatest integer not above `x`, for magnitudes below 2⁵¹.
#[inline(always)]
pub fn floor(x: f64) -> f64 {
    let nearest = round(x);
    if nearest > x { nearest - 1.0 } else { nearest }
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
        fn logarithm_and_exponential(power in -290.0..290.0_f64, x in -650.0..650.0_f64) {
            let value = 10_f64.powf(power);
            prop_assert!(close(ln(value), value.ln(), 4e-16));
            prop_assert!(close(exp(x), x.exp(), 6e-16));
        }

        #[test]
        fn logarithm_near_one(x in 0.5..2.0_f64) {
            prop_assert!((ln(x) - x.ln()).abs() <= 3e-16);
        }

        #[test]
        fn arcs(x in -1.0..1.0_f64, wide in -1e4..1e4_f64) {
            prop_assert!(close(asin(x), x.asin(), 1e-15), "{} {}", asin(x), x.asin());
            prop_assert!(close(atan(x), x.atan(), 1e-15));
            prop_assert!(close(atan(wide), wide.atan(), 1e-15));
            let angle = x * std::f64::consts::FRAC_PI_6;
            prop_assert!(close(sin_small(angle), angle.sin(), 1e-15));
        }

        #[test]
        fn rounding(x in -1e6..1e6_f64) {
            prop_assert_eq!(floor(x), x.floor());
            prop_assert!((round(x) - x).abs() <= 0.5);
        }
    }
}
