//! Probability of coverage under log-normal shadowing.

use std::f64::consts::{LOG10_E, SQRT_2};

use crate::normal_distribution::{quantile, scaled_complementary_error_function, tail_probability};

/// Planning value of the standard deviation of shadowing and model error, dB.
pub const DEFAULT_SIGMA_DB: f64 = 8.0;

/// Probability that the signal at a point exceeds a threshold, for a median in dBm and a spread in dB (a step for
/// a spread of 0).
///
/// ```
/// use propagation::link::coverage_probability::{fade_margin_db, point_probability};
/// let margin_db = fade_margin_db(0.9, 8.0);
/// assert!((margin_db - 10.2524).abs() < 1e-4);
/// assert!((point_probability(-100.0 + margin_db, -100.0, 8.0) - 0.9).abs() < 1e-12);
/// ```
pub fn point_probability(median_dbm: f64, threshold_dbm: f64, sigma_db: f64) -> f64 {
    if sigma_db == 0.0 {
        return if median_dbm >= threshold_dbm { 1.0 } else { 0.0 };
    }
    tail_probability((threshold_dbm - median_dbm) / sigma_db)
}

/// Margin in dB above the threshold that the median needs for a probability at the cell edge.
pub fn fade_margin_db(edge_probability: f64, sigma_db: f64) -> f64 {
    sigma_db * quantile(edge_probability)
}

/// Independent spreads added: shadowing, model error, building entry, dB.
pub fn combined_sigma_db(spreads_db: &[f64]) -> f64 {
    spreads_db.iter().map(|sigma| sigma * sigma).sum::<f64>().sqrt()
}

/// Covered fraction of a circular cell (Jakes) whose edge has a margin in dB, for a path-loss exponent and spread.
///
/// Over a raster prefer the mean of [`point_probability`], which assumes no circle.
pub fn circular_cell_coverage(edge_margin_db: f64, sigma_db: f64, path_loss_exponent: f64) -> f64 {
    let a = -edge_margin_db / (sigma_db * SQRT_2);
    let b = 10.0 * path_loss_exponent * LOG10_E / (sigma_db * SQRT_2);
    // exp((1−2ab)/b²)·erfc((1−ab)/b) = exp(−a²)·erfcx((1−ab)/b), with no overflow on the way.
    let outer = (1.0 - a * b) / b;
    let inner_part = if outer > -20.0 {
        (-a * a).exp() * scaled_complementary_error_function(outer)
    } else {
        2.0 * ((1.0 - 2.0 * a * b) / (b * b)).exp()
    };
    (0.5 * (libm::erfc(a) + inner_part)).clamp(0.0, 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn jakes_values_are_those_of_the_textbook() {
        let coverage = |edge, sigma, n| circular_cell_coverage(fade_margin_db(edge, sigma), sigma, n);
        assert!((coverage(0.75, 8.0, 3.5) - 0.898_921).abs() < 1e-6);
        assert!((coverage(0.90, 8.0, 3.5) - 0.965_674).abs() < 1e-6);
        assert!((coverage(0.50, 8.0, 4.0) - 0.772_825).abs() < 1e-6);
    }

    #[test]
    fn jakes_equals_the_integral_over_the_circle() {
        let (margin, sigma, exponent) = (3.0, 9.0, 3.2);
        let rings = 200_000;
        let integral: f64 = (0..rings)
            .map(|i| {
                let r = (f64::from(i) + 0.5) / f64::from(rings);
                let median = margin - 10.0 * exponent * r.log10();
                2.0 * r / f64::from(rings) * point_probability(median, 0.0, sigma)
            })
            .sum();
        assert!((circular_cell_coverage(margin, sigma, exponent) - integral).abs() < 1e-7);
    }

    #[test]
    fn extremes_stay_probabilities() {
        for margin in [-200.0, -20.0, 0.0, 20.0, 200.0] {
            for sigma in [0.5, 8.0, 20.0] {
                let coverage = circular_cell_coverage(margin, sigma, 3.5);
                assert!((0.0..=1.0).contains(&coverage), "{margin} {sigma}: {coverage}");
            }
        }
        assert_eq!(point_probability(-99.0, -100.0, 0.0), 1.0);
        assert!((combined_sigma_db(&[3.0, 4.0]) - 5.0).abs() < 1e-12);
    }
}
