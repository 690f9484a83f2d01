//! Single knife-edge diffraction, ITU-R P.526: the closing formula that P.1812 and P.2108 share.

/// Below this parameter the approximation of [`loss_db`] is taken as zero.
pub const NO_LOSS_BELOW: f64 = -0.78;

/// Knife-edge loss J(ν) in dB for the Fresnel–Kirchhoff diffraction parameter ν (P.1812 eq. 12, P.526 eq. 31).
///
/// Zero for ν ≤ −0.78, where the recommendation's formula has a jump of about 0.004 dB; J(0) = 6.03 dB.
pub fn loss_db(nu: f64) -> f64 {
    if nu > NO_LOSS_BELOW {
        let shifted = nu - 0.1;
        6.9 + 20.0 * ((shifted * shifted + 1.0).sqrt() + shifted).log10()
    } else {
        0.0
    }
}

#[cfg(test)]
mod tests {
    use super::loss_db;

    #[test]
    fn grazing_costs_six_decibels_and_clear_paths_nothing() {
        assert!((loss_db(0.0) - 6.0327).abs() < 1e-3);
        assert_eq!(loss_db(-0.79), 0.0);
    }

    #[test]
    fn the_jump_at_the_branch_point_is_the_recommendations_own() {
        let jump = loss_db(-0.78 + 1e-12) - loss_db(-0.78);
        assert!(jump > 0.0 && jump < 0.006, "{jump}");
    }
}
