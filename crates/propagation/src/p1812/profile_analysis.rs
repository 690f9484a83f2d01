//! Quantities derived from the bare profile (Attachment 1): horizons, smooth earth, roughness.
//!
//! Elevation angles are compared through their slopes q (m per km, earth curvature included), of which the angle
//! 1000·atan(q/1000) mrad is an increasing function.

use serde::Serialize;

/// Bulge of the earth over a path, in m per km²: `500/ae`.
pub fn bulge_m_per_km2(effective_radius_km: f64) -> f64 {
    500.0 / effective_radius_km
}

/// Angle in mrad of a slope in m/km.
pub fn slope_to_mrad(slope_m_per_km: f64) -> f64 {
    1000.0 * (slope_m_per_km / 1000.0).atan()
}

/// Where the two terminals see their horizons (eqs 76–84).
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Horizon {
    /// Whether terrain hides the terminals from each other (θmax > θtd).
    pub trans_horizon: bool,
    /// Index of the transmitter's horizon, or of the principal edge on a line-of-sight path (lt).
    pub tx_index: usize,
    /// Index of the receiver's horizon (lr); equals `tx_index` on a line-of-sight path.
    pub rx_index: usize,
    /// Horizon elevation angle at the transmitter, θt, mrad.
    pub tx_elevation_mrad: f64,
    /// Horizon elevation angle at the receiver, θr, mrad.
    pub rx_elevation_mrad: f64,
    /// Path angular distance θ, mrad; may be slightly negative on a line-of-sight path.
    pub angular_distance_mrad: f64,
    /// Distance of the transmitter's horizon, dlt, km.
    pub tx_distance_km: f64,
    /// Distance of the receiver's horizon, dlr, km.
    pub rx_distance_km: f64,
}

/// Heights of the terminals above sea level (m), in the order transmitter, receiver.
pub type TerminalHeights = (f64, f64);

/// Horizons, path class and angular distance (eqs 76–84) from bare terrain `height_m` at `distance_km`.
///
/// The transmitter's horizon is the first point that reaches the greatest elevation, the receiver's and the
/// principal edge of a line-of-sight path the last: the order of the reference implementation.
pub fn horizon(
    distance_km: &[f64],
    height_m: &[f64],
    (hts, hrs): TerminalHeights,
    effective_radius_km: f64,
) -> Horizon {
    let last = distance_km.len() - 1;
    let d = distance_km[last];
    let bulge = bulge_m_per_km2(effective_radius_km);
    let interior = 1..last;

    let (tx_index, tx_slope) = first_maximum(interior.clone().map(|i| {
        let x = distance_km[i];
        (i, (height_m[i] - hts) / x - bulge * x)
    }));
    let direct_slope = (hrs - hts) / d - bulge * d;

    if tx_slope > direct_slope {
        let (rx_index, rx_slope) = last_maximum(interior.map(|i| {
            let y = d - distance_km[i];
            (i, (height_m[i] - hrs) / y - bulge * y)
        }));
        let indices = (tx_index, rx_index);
        let distances = (distance_km[tx_index], d - distance_km[rx_index]);
        Horizon::beyond(d, effective_radius_km, indices, distances, (tx_slope, rx_slope))
    } else {
        // ν without its constant factor sqrt(0.002 d/λ), which moves no maximum.
        let (edge, _) = last_maximum(interior.map(|i| {
            let (x, y) = (distance_km[i], d - distance_km[i]);
            let excess = height_m[i] + bulge * x * y - (hts * y + hrs * x) / d;
            (i, excess / (x * y).sqrt())
        }));
        Horizon::line_of_sight(d, effective_radius_km, edge, distance_km[edge], (hts, hrs))
    }
}

impl Horizon {
    /// A trans-horizon path from its two horizon points: indices, distances from their own terminal (km) and
    /// slopes seen from there (m/km, curvature included).
    pub fn beyond(
        distance_km: f64,
        effective_radius_km: f64,
        (tx_index, rx_index): (usize, usize),
        (tx_distance_km, rx_distance_km): (f64, f64),
        (tx_slope, rx_slope): (f64, f64),
    ) -> Self {
        let (tx_elevation_mrad, rx_elevation_mrad) = (slope_to_mrad(tx_slope), slope_to_mrad(rx_slope));
        Self {
            trans_horizon: true,
            tx_index,
            rx_index,
            tx_elevation_mrad,
            rx_elevation_mrad,
            angular_distance_mrad: 1000.0 * distance_km / effective_radius_km + tx_elevation_mrad + rx_elevation_mrad,
            tx_distance_km,
            rx_distance_km,
        }
    }

    /// A line-of-sight path with its principal edge (index and distance from the transmitter).
    pub fn line_of_sight(
        distance_km: f64,
        effective_radius_km: f64,
        edge: usize,
        edge_km: f64,
        (hts, hrs): TerminalHeights,
    ) -> Self {
        let bulge = bulge_m_per_km2(effective_radius_km) * distance_km;
        let rise = (hrs - hts) / distance_km;
        let slopes = (rise - bulge, -rise - bulge);
        let distances = (edge_km, distance_km - edge_km);
        let beyond = Self::beyond(distance_km, effective_radius_km, (edge, edge), distances, slopes);
        Self {
            trans_horizon: false,
            ..beyond
        }
    }
}

/// First of the greatest values.
pub(super) fn first_maximum(values: impl Iterator<Item = (usize, f64)>) -> (usize, f64) {
    values.fold((0, f64::NEG_INFINITY), |best, candidate| {
        if candidate.1 > best.1 { candidate } else { best }
    })
}

/// Last of the greatest values.
pub(super) fn last_maximum(values: impl Iterator<Item = (usize, f64)>) -> (usize, f64) {
    values.fold((0, f64::NEG_INFINITY), |best, candidate| {
        if candidate.1 >= best.1 { candidate } else { best }
    })
}

/// The least-squares straight line through the terrain: heights above sea level (m) at both ends (eqs 85–88).
pub fn least_squares_line(distance_km: &[f64], height_m: &[f64]) -> TerminalHeights {
    let (mut v1, mut v2) = (0.0, 0.0);
    for i in 1..distance_km.len() {
        let (d0, d1) = (distance_km[i - 1], distance_km[i]);
        let (h0, h1) = (height_m[i - 1], height_m[i]);
        v1 += (d1 - d0) * (h1 + h0);
        v2 += (d1 - d0) * (h1 * (2.0 * d1 + d0) + h0 * (d1 + 2.0 * d0));
    }
    line_from_moments(v1, v2, distance_km[distance_km.len() - 1])
}

/// End heights of the least-squares line from the two moments v1 and v2 of the profile (eqs 87, 88).
pub fn line_from_moments(v1: f64, v2: f64, distance_km: f64) -> TerminalHeights {
    let d2 = distance_km * distance_km;
    ((2.0 * v1 * distance_km - v2) / d2, (v2 - v1 * distance_km) / d2)
}

/// Greatest intrusion of the terrain over the straight line between the terminals (eqs 89, 90).
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Obstruction {
    /// hobs, m; negative on a clear path.
    pub height_m: f64,
    /// αt: greatest intrusion angle seen from the transmitter, m/km.
    pub tx_slope: f64,
    /// αr: the same from the receiver, m/km.
    pub rx_slope: f64,
}

impl Obstruction {
    /// Obstruction of a profile by its definition.
    pub fn of(distance_km: &[f64], height_m: &[f64], (hts, hrs): TerminalHeights) -> Self {
        let last = distance_km.len() - 1;
        let d = distance_km[last];
        let none = Self {
            height_m: f64::NEG_INFINITY,
            tx_slope: f64::NEG_INFINITY,
            rx_slope: f64::NEG_INFINITY,
        };
        (1..last).fold(none, |most, i| {
            let (x, y) = (distance_km[i], d - distance_km[i]);
            let intrusion = height_m[i] - (hts * y + hrs * x) / d;
            Self {
                height_m: most.height_m.max(intrusion),
                tx_slope: most.tx_slope.max(intrusion / x),
                rx_slope: most.rx_slope.max(intrusion / y),
            }
        })
    }
}

/// Smooth-earth heights, all in m (eqs 85–95). Two different pairs: one for diffraction, one for ducting.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct SmoothEarth {
    /// hst: the least-squares line at the transmitter, above sea level; may be below the sea.
    pub tx_line_m: f64,
    /// hsr: the same at the receiver.
    pub rx_line_m: f64,
    /// hstd: smooth-earth height at the transmitter for the diffraction model.
    pub tx_diffraction_m: f64,
    /// hsrd.
    pub rx_diffraction_m: f64,
    /// hst after limiting to the ground, for the ducting model.
    pub tx_ducting_m: f64,
    /// hsr after limiting to the ground.
    pub rx_ducting_m: f64,
    /// hte: effective height of the transmitter for the ducting model.
    pub tx_effective_m: f64,
    /// hre.
    pub rx_effective_m: f64,
}

impl SmoothEarth {
    /// All smooth-earth heights from the least-squares line, the obstruction, the ground at both ends and the
    /// terminals (m above sea level).
    pub fn new(
        (tx_line_m, rx_line_m): TerminalHeights,
        obstruction: Obstruction,
        (tx_ground_m, rx_ground_m): TerminalHeights,
        (hts, hrs): TerminalHeights,
    ) -> Self {
        let (mut tx_lowered, mut rx_lowered) = (tx_line_m, rx_line_m);
        if obstruction.height_m > 0.0 {
            // hobs > 0 implies that both slopes are positive: the sum is no zero.
            let sum = obstruction.tx_slope + obstruction.rx_slope;
            tx_lowered -= obstruction.height_m * obstruction.tx_slope / sum;
            rx_lowered -= obstruction.height_m * obstruction.rx_slope / sum;
        }
        let (tx_ducting_m, rx_ducting_m) = (tx_line_m.min(tx_ground_m), rx_line_m.min(rx_ground_m));
        Self {
            tx_line_m,
            rx_line_m,
            tx_diffraction_m: tx_lowered.min(tx_ground_m),
            rx_diffraction_m: rx_lowered.min(rx_ground_m),
            tx_ducting_m,
            rx_ducting_m,
            tx_effective_m: hts - tx_ducting_m,
            rx_effective_m: hrs - rx_ducting_m,
        }
    }
}

/// Terrain roughness hm in m: greatest height over the ducting model's smooth earth between the two horizon
/// points, both included (eq. 95).
pub fn roughness_m(distance_km: &[f64], height_m: &[f64], horizon: &Horizon, smooth: &SmoothEarth) -> f64 {
    let d = distance_km[distance_km.len() - 1];
    let slope = (smooth.rx_ducting_m - smooth.tx_ducting_m) / d;
    (horizon.tx_index..=horizon.rx_index)
        .map(|i| height_m[i] - (smooth.tx_ducting_m + slope * distance_km[i]))
        .fold(f64::NEG_INFINITY, f64::max)
}
