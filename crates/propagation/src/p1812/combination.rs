//! How the mechanisms combine (section 4.6).

/// Notional minimum loss with line of sight and over-sea sub-path diffraction, Lminb0p, in dB (eq. 59).
pub fn minimum_line_of_sight_loss_db(
    below_beta0: bool,
    (lb0p, lb0b): (f64, f64),
    (lbd50, ldp): (f64, f64),
    sea_fraction: f64,
    fi: f64,
) -> f64 {
    let land_diffraction = (1.0 - sea_fraction) * ldp;
    if below_beta0 {
        lb0p + land_diffraction
    } else {
        lbd50 + (lb0b + land_diffraction - lbd50) * fi
    }
}

/// Notional minimum loss with ducting, Lminbap = 2.5 ln(e^(Lba/2.5) + e^(Lb0p/2.5)), in dB (eq. 60).
pub fn minimum_ducting_loss_db(lba: f64, lb0p: f64) -> f64 {
    lba.max(lb0p) + 2.5 * (-(lba - lb0p).abs() / 2.5).exp().ln_1p()
}

/// Loss of diffraction modified by ducting, Lbda, in dB (eq. 61).
pub fn diffraction_with_ducting_db(lminbap: f64, lbd: f64, fk: f64) -> f64 {
    if lminbap > lbd {
        lbd
    } else {
        lminbap + (lbd - lminbap) * fk
    }
}

/// Diffraction, ducting and line of sight together, Lbam, in dB (eq. 62).
pub fn with_line_of_sight_db(lbda: f64, lminb0p: f64, fj: f64) -> f64 {
    lbda + (lminb0p - lbda) * fj
}

/// Loss with troposcatter, Lbc = −5 lg(10^(−0.2 Lbs) + 10^(−0.2 Lbam)), in dB (eq. 63).
pub fn with_troposcatter_db(lbs: f64, lbam: f64) -> f64 {
    let difference = (lbs - lbam).abs();
    lbs.min(lbam) - 5.0 * (-0.2 * std::f64::consts::LN_10 * difference).exp().ln_1p() * std::f64::consts::LOG10_E
}
