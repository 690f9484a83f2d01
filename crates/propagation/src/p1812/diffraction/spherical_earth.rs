//! Diffraction over a smooth spherical earth (sections 4.3.3, 4.3.4).

use crate::p1812::Polarisation;

/// Surface of the earth for one frequency and polarisation: the normalised surface admittance of eq. 29 without
/// its dependence on the earth radius, `K·a^(1/3)`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Ground {
    admittance: f64,
    frequency_ghz: f64,
    cube_root_frequency: f64,
}

impl Ground {
    /// Land: relative permittivity 22, conductivity 0.003 S/m.
    pub fn land(frequency_ghz: f64, polarisation: Polarisation) -> Self {
        Self::new(22.0, 0.003, frequency_ghz, polarisation)
    }

    /// Sea: relative permittivity 80, conductivity 5 S/m.
    pub fn sea(frequency_ghz: f64, polarisation: Polarisation) -> Self {
        Self::new(80.0, 5.0, frequency_ghz, polarisation)
    }

    /// Any ground (eqs 29a, 29b).
    pub fn new(permittivity: f64, conductivity_s_per_m: f64, frequency_ghz: f64, polarisation: Polarisation) -> Self {
        let loss = 18.0 * conductivity_s_per_m / frequency_ghz;
        let horizontal =
            0.036 * frequency_ghz.cbrt().recip() * ((permittivity - 1.0).powi(2) + loss * loss).powf(-0.25);
        let admittance = match polarisation {
            Polarisation::Horizontal => horizontal,
            Polarisation::Vertical => horizontal * permittivity.hypot(loss),
        };
        Self {
            admittance,
            frequency_ghz,
            cube_root_frequency: frequency_ghz.cbrt(),
        }
    }
}

/// First-term diffraction loss in dB over one ground (eqs 30–36), for an earth of `radius_km` and effective
/// antenna heights in m; may be negative at short range.
pub fn first_term_db(ground: &Ground, radius_km: f64, distance_km: f64, (tx_m, rx_m): (f64, f64)) -> f64 {
    let cube_root_radius = radius_km.cbrt();
    let k = ground.admittance / cube_root_radius;
    let k2 = k * k;
    let beta = (1.0 + 1.6 * k2 + 0.67 * k2 * k2) / (1.0 + 4.5 * k2 + 1.53 * k2 * k2);
    let f3 = ground.cube_root_frequency;
    let x = 21.88 * beta * f3 / (cube_root_radius * cube_root_radius) * distance_km;
    let height_scale = 0.9575 * beta * f3 * f3 / cube_root_radius;
    let floor = 2.0 + 20.0 * k.log10();
    let gain = |height_m: f64| height_gain_db(beta * height_scale * height_m).max(floor);
    -distance_term_db(x) - gain(tx_m) - gain(rx_m)
}

/// F(X) of eq. 33.
fn distance_term_db(x: f64) -> f64 {
    if x >= 1.6 {
        11.0 + 10.0 * x.log10() - 17.6 * x
    } else {
        -20.0 * x.log10() - 5.6488 * x.powf(1.425)
    }
}

/// G(Y) of eq. 34 with B = βY, before its lower limit.
fn height_gain_db(b: f64) -> f64 {
    if b > 2.0 {
        17.6 * (b - 1.1).sqrt() - 5.0 * (b - 1.1).log10() - 8.0
    } else {
        20.0 * (b + 0.1 * b * b * b).log10()
    }
}

/// Land and sea along one path.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct MixedGround {
    /// The land part.
    pub land: Ground,
    /// The sea part.
    pub sea: Ground,
}

impl MixedGround {
    /// First-term loss weighted by the fraction over sea (eq. 28), dB.
    pub fn first_term_db(&self, sea_fraction: f64, radius_km: f64, distance_km: f64, heights_m: (f64, f64)) -> f64 {
        // A pure path skips the part of weight 0, which changes nothing.
        if sea_fraction == 0.0 {
            return first_term_db(&self.land, radius_km, distance_km, heights_m);
        }
        let sea = sea_fraction * first_term_db(&self.sea, radius_km, distance_km, heights_m);
        if sea_fraction == 1.0 {
            return sea;
        }
        sea + (1.0 - sea_fraction) * first_term_db(&self.land, radius_km, distance_km, heights_m)
    }

    fn frequency_ghz(&self) -> f64 {
        self.land.frequency_ghz
    }
}

/// Spherical-earth diffraction loss in dB (eqs 22–27) for an earth of `radius_km` and effective antenna heights
/// (m, positive) over the smooth earth.
pub fn loss_db(
    ground: &MixedGround,
    sea_fraction: f64,
    radius_km: f64,
    distance_km: f64,
    (tx_m, rx_m): (f64, f64),
) -> f64 {
    let roots = tx_m.sqrt() + rx_m.sqrt();
    let horizon_km = (2.0 * radius_km * 0.001).sqrt() * roots;
    if distance_km >= horizon_km {
        return ground.first_term_db(sea_fraction, radius_km, distance_km, (tx_m, rx_m));
    }
    let (clearance_m, required_scale) = smallest_clearance_m(radius_km, distance_km, (tx_m, rx_m));
    let wavelength_m = super::super::SPEED_OF_LIGHT_GM_PER_S / ground.frequency_ghz();
    let required_m = 17.456 * (required_scale * wavelength_m).sqrt();
    if clearance_m > required_m {
        return 0.0;
    }
    // The radius at which the path would just graze.
    let grazing_radius_km = 500.0 * (distance_km / roots).powi(2);
    let first_term = ground.first_term_db(sea_fraction, grazing_radius_km, distance_km, (tx_m, rx_m));
    (1.0 - clearance_m / required_m) * first_term.max(0.0)
}

/// Smallest clearance hse over the curved earth in m (eqs 23, 24) and d1·d2/d in km where it occurs.
fn smallest_clearance_m(radius_km: f64, d: f64, (ht, hr): (f64, f64)) -> (f64, f64) {
    let sum = ht + hr;
    let c = (ht - hr) / sum;
    let m = 250.0 * d * d / (radius_km * sum);
    let m1 = m + 1.0;
    let argument = (1.5 * c * (3.0 * m / (m1 * m1 * m1)).sqrt()).clamp(-1.0, 1.0);
    let b = 2.0 * (m1 / (3.0 * m)).sqrt() * (std::f64::consts::FRAC_PI_3 + argument.acos() / 3.0).cos();
    let d1 = 0.5 * d * (1.0 + b);
    let d2 = d - d1;
    let clearance = ((ht - 500.0 * d1 * d1 / radius_km) * d2 + (hr - 500.0 * d2 * d2 / radius_km) * d1) / d;
    (clearance, d1 * d2 / d)
}
