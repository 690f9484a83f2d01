//! From the terrain's parameters to the loss. The formulas are those of the plain form's modules; here what they need of
//! logarithms, exponentials and roots is gathered and taken several at once.

use super::super::complex::Complex;
use super::super::environment::{Refraction, wave_number_per_m};
use super::super::evaluation::{Mechanism, Warnings};
use super::super::line_of_sight::RIGHT_ANGLE_SQUARED;
use super::super::reference_attenuation::{Curve, Line, Radio, beyond_horizons, scatter, warn};
use super::super::terrain::{Horizons, Pair, TerrainParameters};
use crate::lane_math::{DB, Number, cbrt, exp, ln, sine_cosine_of_half_turn};
use crate::lanes::octet::{Eight, Octet};

/// (4/3)·6370 km, to which earth radii are compared.
pub(super) const COMPARISON_RADIUS_M: f64 = 4.0 / 3.0 * 6370e3;

/// What the closing formulas need of one radio, whatever the path.
#[derive(Clone, Copy)]
pub(in super::super) struct LinkConstants {
    pub radio: Radio,
    pub(super) wave_number: f64,
    /// f^(−1/3).
    pub(super) inverse_cube_root_frequency: f64,
    /// 0.017778 f^(−1/3)/|Zg|.
    pub(super) admittance: f64,
    pub(super) ln_admittance: f64,
    /// 1/q0, of the product of the antenna heights and 10 m².
    pub(super) inverse_height_product: f64,
    pub(super) height_product: f64,
    /// 1e-5·h1·h2·f.
    pub(super) clutter_scale: f64,
}

impl LinkConstants {
    pub fn new(radio: Radio) -> Self {
        let height_product = radio.antenna_m[0] * radio.antenna_m[1];
        let admittance = 0.017778 / (radio.cube_root_frequency * radio.impedance.magnitude());
        Self {
            radio,
            wave_number: wave_number_per_m(radio.frequency_mhz),
            inverse_cube_root_frequency: 1.0 / radio.cube_root_frequency,
            admittance,
            ln_admittance: admittance.ln(),
            inverse_height_product: 1.0 / (height_product + 10.0),
            height_product,
            clutter_scale: 1e-5 * height_product * radio.frequency_mhz,
        }
    }
}

/// The closing formulas as far as they do not depend on the irregularity of the terrain: begun before it is measured, they
/// are calculated while it is.
#[derive(Clone, Copy)]
pub(in super::super) struct Begun<S: Eight> {
    simd: S,
    geometry: Geometry,
    edges: Edges,
}

impl<S: Eight> Begun<S> {
    #[inline(always)]
    pub fn new(simd: S, link: &LinkConstants, refraction: &Refraction, horizons: &Horizons, effective_m: Pair) -> Self {
        let geometry = Geometry::new(link, refraction, horizons, effective_m);
        Self {
            simd,
            geometry,
            edges: Edges::new(simd, &geometry, link, horizons, effective_m),
        }
    }

    /// Reference attenuation in dB and its mechanism.
    #[inline(always)]
    pub fn reference(
        &self,
        distance_m: f64,
        link: &LinkConstants,
        refraction: &Refraction,
        terrain: &TerrainParameters,
        warnings: &mut Warnings,
    ) -> (f64, Mechanism) {
        let geometry = &self.geometry;
        warn(distance_m, terrain, geometry.smooth_m, warnings);
        let line = self.edges.diffraction_line(link, terrain);
        let (reference_db, mode) = if distance_m < geometry.smooth_horizons_m {
            let within = geometry.within_horizons_db(self.simd, distance_m, link, terrain, line);
            (within, Mechanism::LineOfSight)
        } else {
            geometry.beyond_horizons_db(distance_m, link, refraction, terrain, line)
        };
        (if reference_db > 0.0 { reference_db } else { 0.0 }, mode)
    }
}

/// Distances and angles of one path.
#[derive(Clone, Copy)]
struct Geometry {
    radius_m: f64,
    /// Smooth-earth horizon of each terminal, m.
    smooth_m: Pair,
    /// dsML, m.
    smooth_horizons_m: f64,
    /// dML, m.
    horizons_m: f64,
    /// θlos, rad.
    line_of_sight_angle_rad: f64,
    /// (a²/f)^(1/3), m.
    scale_m: f64,
}

impl Geometry {
    #[inline(always)]
    fn new(link: &LinkConstants, refraction: &Refraction, horizons: &Horizons, [he1, he2]: Pair) -> Self {
        let radius_m = refraction.radius_m;
        let [h1, h2] = horizons.angle_rad;
        let [d1, d2] = horizons.distance_m;
        let smooth_m = [(2.0 * he1 * radius_m).sqrt(), (2.0 * he2 * radius_m).sqrt()];
        let horizons_m = d1 + d2;
        Self {
            radius_m,
            smooth_m,
            smooth_horizons_m: smooth_m[0] + smooth_m[1],
            horizons_m,
            line_of_sight_angle_rad: -(h1 + h2).max(-horizons_m / radius_m),
            scale_m: cbrt(radius_m * radius_m) * link.inverse_cube_root_frequency,
        }
    }

    #[inline(always)]
    fn within_horizons_db<S: Eight>(
        &self,
        simd: S,
        distance_m: f64,
        link: &LinkConstants,
        terrain: &TerrainParameters,
        line: Line,
    ) -> f64 {
        let end_m = self.smooth_horizons_m;
        let curve = Curve::new(&link.radio, terrain, line, end_m);
        let at_m = [curve.first_m, curve.second_m];
        let [first, second, ..] = self.two_ray_power(simd, at_m, link, terrain).array();
        let ratios = [
            end_m / at_m[0],
            at_m[1] / at_m[0],
            distance_m / end_m,
            first,
            second,
            1.0,
            1.0,
            1.0,
        ];
        let [ln_end, ln_second, ln_distance, ln_first_power, ln_second_power, ..] = ln(simd.from(ratios)).array();
        let weight = 1.0 / (1.0 + link.radio.frequency_mhz * terrain.delta_h_m / end_m.max(10e3));
        let attenuation_db = [
            weight * -DB * ln_first_power + (1.0 - weight) * line.at(at_m[0]),
            weight * -DB * ln_second_power + (1.0 - weight) * line.at(at_m[1]),
        ];
        curve.at(distance_m, attenuation_db, (ln_end, ln_second, ln_distance))
    }

    /// Power of the direct and the reflected ray together, relative to free space, at two distances.
    #[inline(always)]
    fn two_ray_power<S: Eight>(
        &self,
        simd: S,
        [first_m, second_m]: Pair,
        link: &LinkConstants,
        terrain: &TerrainParameters,
    ) -> Octet<S> {
        let [he1, he2] = terrain.effective_m;
        let sum_m = he1 + he2;
        let at_m = simd.from([
            first_m, second_m, first_m, second_m, first_m, second_m, first_m, second_m,
        ]);
        let sine = simd.of(sum_m) / (at_m * at_m + sum_m * sum_m).square_root();
        let irregularity_m = (simd.of(1.0) - exp(at_m * -2e-5) * 0.8) * terrain.delta_h_m;
        let fourth_root = irregularity_m.square_root().square_root();
        let deviation_m = irregularity_m * exp(fourth_root * -0.5) * 0.78;
        let scattered = exp((deviation_m * link.wave_number * sine).not_above(10.0) * -1.0);
        // (sine − Z) / (sine + Z)
        let Complex { re, im } = link.radio.impedance;
        let (over, under) = (sine - re, sine + re);
        let divisor = simd.of(1.0) / (under * under + im * im);
        let real = (over * under - im * im) * divisor;
        let imaginary = (over + under) * -im * divisor;
        let strength = real * real + imaginary * imaginary;
        let q = strength * (scattered * scattered);
        let raised = scattered * (sine / q).square_root();
        let quarter = simd.of(0.25);
        let factor = quarter.above(q, raised, sine.above(q, raised, scattered));
        let phase = simd.of(2.0 * link.wave_number * he1 * he2) / at_m;
        let bent = simd.of(std::f64::consts::PI) - simd.of(RIGHT_ANGLE_SQUARED) / phase;
        let phase = phase.above(simd.of(std::f64::consts::FRAC_PI_2), bent, phase);
        let (sin, cos) = sine_cosine_of_half_turn(phase);
        let (real, imaginary) = (cos + real * factor, imaginary * factor - sin);
        real * real + imaginary * imaginary
    }

    /// The diffraction line; scatter is asked only where it can be the lesser.
    #[inline(always)]
    fn beyond_horizons_db(
        &self,
        distance_m: f64,
        link: &LinkConstants,
        refraction: &Refraction,
        terrain: &TerrainParameters,
        line: Line,
    ) -> (f64, Mechanism) {
        let scatter_start_m = self.scale_m * link.radio.ln_frequency;
        if distance_m <= self.smooth_horizons_m.max(self.horizons_m + 1.088 * scatter_start_m) {
            return (line.at(distance_m), Mechanism::Diffraction);
        }
        let scatter = scatter(&link.radio, refraction, terrain, self.line_of_sight_angle_rad);
        let horizons_m = (self.horizons_m, self.smooth_horizons_m);
        beyond_horizons(distance_m, &scatter, line, horizons_m, scatter_start_m)
    }
}

/// Diffraction at two distances well beyond the horizons, in parts.
#[derive(Clone, Copy)]
struct Edges {
    at_m: Pair,
    /// Over the smooth earth, dB.
    smooth_db: Pair,
    /// Over both horizons as knife edges, dB.
    edges_db: Pair,
    /// sqrt(1 + qk/q0) + (dML − θlos·a)/d.
    roughness_factor: Pair,
    /// 1 − 0.8·exp(−d/50 km) at dsML and at both distances.
    irregularity_share: [f64; 3],
}

impl Edges {
    #[inline(always)]
    fn new<S: Eight>(
        simd: S,
        geometry: &Geometry,
        link: &LinkConstants,
        horizons: &Horizons,
        [he1, he2]: Pair,
    ) -> Self {
        let [d1, d2] = horizons.distance_m;
        let near_m = geometry
            .smooth_horizons_m
            .max(geometry.horizons_m + 5.0 * geometry.scale_m);
        let at_m = [near_m, near_m + 10.0 * geometry.scale_m];
        let curvature_per_m = 1.0 / geometry.radius_m;
        let angle_rad = [
            at_m[0] * curvature_per_m - geometry.line_of_sight_angle_rad,
            at_m[1] * curvature_per_m - geometry.line_of_sight_angle_rad,
        ];
        let beyond_m = [at_m[0] - geometry.horizons_m, at_m[1] - geometry.horizons_m];

        // Four stretches: both ends out to their horizons, then from there to each of the two distances. Then four
        // knife edges: both horizons seen from each distance.
        let stretch_m = simd.from([d1, d2, beyond_m[0], beyond_m[1], d1, d2, d1, d2]);
        let over = simd.from([2.0 * he1, 2.0 * he2, angle_rad[0], angle_rad[1], 1.0, 1.0, 1.0, 1.0]);
        let under = simd.from([d1 * d1, d2 * d2, beyond_m[0], beyond_m[1], 1.0, 1.0, 1.0, 1.0]);
        let c = cbrt(over / under * COMPARISON_RADIUS_M);
        let k = c * link.admittance;
        let x = (simd.of(1.607) - k) * (c * c) * (stretch_m * (link.radio.cube_root_frequency / 1000.0));
        let (near, far) = (beyond_m[0], beyond_m[1]);
        let edge_beyond_m = simd.from([1.0, 1.0, 1.0, 1.0, near, near, far, far]);
        let (near, far) = (angle_rad[0] * angle_rad[0], angle_rad[1] * angle_rad[1]);
        let edge_angle = simd.from([1.0, 1.0, 1.0, 1.0, near, near, far, far]);
        let nu2 =
            edge_angle * (0.0795775 * link.wave_number) * (stretch_m * edge_beyond_m / (stretch_m + edge_beyond_m));

        let (x, c, nu2) = (x.array(), c.array(), nu2.array());
        let between = [x[2] + x[0] + x[1], x[3] + x[0] + x[1]];
        let arguments = simd.from([x[0], x[1], between[0], between[1], nu2[4], nu2[5], nu2[6], nu2[7]]);
        let (logs, roots) = (ln(arguments).array(), arguments.square_root().array());
        let [ln_c1, ln_c2, ..] = ln(simd.from([c[0], c[1], 1.0, 1.0, 1.0, 1.0, 1.0, 1.0])).array();
        let exponents = [
            -0.005 * x[0],
            -0.005 * x[1],
            -2e-5 * geometry.smooth_horizons_m,
            -2e-5 * at_m[0],
            -2e-5 * at_m[1],
            0.0,
            0.0,
            0.0,
        ];
        let [rise_1, rise_2, at_horizons, at_near, at_far, ..] = exp(simd.from(exponents)).array();

        let k = [c[0] * link.admittance, c[1] * link.admittance];
        let end_gains_db = height_function_db(x[0], (k[0], link.ln_admittance + ln_c1), logs[0], rise_1)
            + height_function_db(x[1], (k[1], link.ln_admittance + ln_c2), logs[1], rise_2);
        let mut edges_db = [0.0; 4];
        for (edge, db) in edges_db.iter_mut().enumerate() {
            let near = 6.02 + 9.11 * roots[4 + edge] - 1.27 * nu2[4 + edge];
            let far = 12.953 + DB * logs[4 + edge];
            *db = if nu2[4 + edge] < 5.76 { near } else { far };
        }
        let height_factor = (1.0 + (he1 * he2 - link.height_product) * link.inverse_height_product).sqrt();
        let lifted_m = geometry.horizons_m - geometry.line_of_sight_angle_rad * geometry.radius_m;
        Self {
            at_m,
            smooth_db: [
                0.05751 * between[0] - DB * logs[2] - end_gains_db - 20.0,
                0.05751 * between[1] - DB * logs[3] - end_gains_db - 20.0,
            ],
            edges_db: [edges_db[0] + edges_db[1], edges_db[2] + edges_db[3]],
            roughness_factor: [height_factor + lifted_m / at_m[0], height_factor + lifted_m / at_m[1]],
            irregularity_share: [1.0 - 0.8 * at_horizons, 1.0 - 0.8 * at_near, 1.0 - 0.8 * at_far],
        }
    }

    /// The straight line through the diffraction attenuation at both distances.
    #[inline(always)]
    fn diffraction_line(&self, link: &LinkConstants, terrain: &TerrainParameters) -> Line {
        let irregularity_m = self.irregularity_share.map(|share| share * terrain.delta_h_m);
        let spread = exp(-0.5 * irregularity_m[0].sqrt().sqrt());
        let clutter = 1.0 + link.clutter_scale * (0.78 * irregularity_m[0] * spread);
        let clutter_db = (0.5 * DB * ln(clutter)).min(15.0);
        let mut at_db = [0.0; 2];
        for (at, db) in at_db.iter_mut().enumerate() {
            let roughness = (irregularity_m[1 + at] * link.wave_number).min(6283.2);
            let weight = 25.1 / (25.1 + (self.roughness_factor[at] * roughness).sqrt());
            *db = weight * self.smooth_db[at] + (1.0 - weight) * self.edges_db[at] + clutter_db;
        }
        Line::through((self.at_m[0], at_db[0]), (self.at_m[1], at_db[1]))
    }
}

/// Height-gain function F(x, K) in dB over a smooth sphere, every branch computed and one chosen.
#[inline(always)]
fn height_function_db(x: f64, (k, ln_k): (f64, f64), ln_x: f64, rise: f64) -> f64 {
    let w = -ln_k;
    let grown = 17.372 * ln_x;
    let flat = (if x > 1.0 { grown } else { 0.0 }) - 117.0;
    let low = 2.5e-5 * x * x / k - 8.686 * w - 15.0;
    let below = if k < 1e-5 || x * w * w * w > 5495.0 { flat } else { low };
    let far = 0.05751 * x - 4.343 * ln_x;
    let weight = 0.0134 * x * rise;
    let mixed = (1.0 - weight) * far + weight * (grown - 117.0);
    let above = if x < 2000.0 { mixed } else { far };
    if x < 200.0 { below } else { above }
}
