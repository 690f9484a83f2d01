//! From eight links' terrain to their reference attenuations. The formulas are those of the plain form's modules, every branch
//! calculated and one chosen; what no lane needs is left out.

use super::super::super::complex::Complex;
use super::super::super::environment::Refraction;
use super::super::super::evaluation::Mechanism;
use super::super::super::line_of_sight::RIGHT_ANGLE_SQUARED;
use super::super::super::reference_attenuation::{Line, beyond_horizons, scatter};
use super::super::super::terrain::{Horizons, TerrainParameters, irregularity_at_m};
use super::super::closing::{COMPARISON_RADIUS_M, LinkConstants};
use super::{Terrain, any_positive};
use crate::lane_math::{DB, Number, cbrt, exp, inlined_exp, ln, sine_cosine_of_half_turn};
use crate::lanes::LANES;
use crate::lanes::octet::{Eight, Octet};

/// Eight links before their closing formulas.
pub(super) struct Closing<'a, S: Eight> {
    link: &'a LinkConstants,
    radius_m: Octet<S>,
    terrain: &'a Terrain<S>,
    /// Smooth-earth horizons of the terminals, m.
    pub smooth_m: [Octet<S>; 2],
    /// dsML, m.
    smooth_horizons_m: Octet<S>,
    /// dML, m.
    horizons_m: Octet<S>,
    /// θlos, rad.
    line_of_sight_angle_rad: Octet<S>,
    /// (a²/f)^(1/3), m.
    scale_m: Octet<S>,
}

/// Straight lines of attenuation against distance.
#[derive(Clone, Copy)]
struct Lines<S: Eight> {
    at_zero_db: Octet<S>,
    slope_db_per_m: Octet<S>,
}

impl<S: Eight> Lines<S> {
    #[inline(always)]
    fn at(&self, distance_m: Octet<S>) -> Octet<S> {
        self.at_zero_db + self.slope_db_per_m * distance_m
    }
}

impl<'a, S: Eight> Closing<'a, S> {
    #[inline(always)]
    pub fn new(link: &'a LinkConstants, radius_m: Octet<S>, terrain: &'a Terrain<S>) -> Self {
        let [h1, h2] = terrain.horizons.angle_rad;
        let [d1, d2] = terrain.horizons.distance_m;
        let [he1, he2] = terrain.effective_m;
        let smooth_m = [
            (he1 * 2.0 * radius_m).square_root(),
            (he2 * 2.0 * radius_m).square_root(),
        ];
        let horizons_m = d1 + d2;
        Self {
            link,
            radius_m,
            terrain,
            smooth_m,
            smooth_horizons_m: smooth_m[0] + smooth_m[1],
            horizons_m,
            line_of_sight_angle_rad: (h1 + h2).max(horizons_m * -1.0 / radius_m) * -1.0,
            scale_m: cbrt(radius_m * radius_m) * link.inverse_cube_root_frequency,
        }
    }

    /// Reference attenuations in dB and their mechanisms.
    #[inline(always)]
    pub fn reference(&self, distance_m: Octet<S>, surface_refractivity: Octet<S>) -> (Octet<S>, [Mechanism; LANES]) {
        let lines = self.diffraction_lines();
        let beyond_db = lines.at(distance_m);
        let inside = self.smooth_horizons_m - distance_m;
        let reference_db = if any_positive(inside) {
            let within_db = self.within_horizons_db(distance_m, lines);
            inside.above(inside.like(0.0), within_db, beyond_db)
        } else {
            beyond_db
        };
        let mut modes = [Mechanism::Diffraction; LANES];
        for (mode, inside) in modes.iter_mut().zip(inside.array()) {
            if inside > 0.0 {
                *mode = Mechanism::LineOfSight;
            }
        }
        // Scatter is asked only where it can be the lesser.
        let scatter_start_m = self.scale_m * self.link.radio.ln_frequency;
        let scatter_from_m = self.smooth_horizons_m.max(self.horizons_m + scatter_start_m * 1.088);
        let far = distance_m - scatter_from_m;
        if any_positive(far) {
            return self.with_scatter(distance_m, far, surface_refractivity, lines, (reference_db, modes));
        }
        (reference_db.not_below(0.0), modes)
    }

    /// The same where some links reach so far that scatter is to be compared, one by one.
    #[cold]
    #[inline(never)]
    fn with_scatter(
        &self,
        distance_m: Octet<S>,
        far: Octet<S>,
        surface_refractivity: Octet<S>,
        lines: Lines<S>,
        (reference_db, mut modes): (Octet<S>, [Mechanism; LANES]),
    ) -> (Octet<S>, [Mechanism; LANES]) {
        let simd = reference_db.simd;
        let mut references_db = reference_db.array();
        let (far, distances_m) = (far.array(), distance_m.array());
        for lane in (0..LANES).filter(|&lane| far[lane] > 0.0) {
            let of = |octet: Octet<S>| octet.array()[lane];
            let terrain = TerrainParameters {
                horizons: Horizons {
                    angle_rad: self.terrain.horizons.angle_rad.map(of),
                    distance_m: self.terrain.horizons.distance_m.map(of),
                },
                delta_h_m: of(self.terrain.delta_h_m),
                effective_m: self.terrain.effective_m.map(of),
            };
            let refraction = Refraction {
                surface_refractivity: of(surface_refractivity),
                radius_m: of(self.radius_m),
            };
            let scatter = scatter(
                &self.link.radio,
                &refraction,
                &terrain,
                of(self.line_of_sight_angle_rad),
            );
            let line = Line {
                at_zero_db: of(lines.at_zero_db),
                slope_db_per_m: of(lines.slope_db_per_m),
            };
            let horizons_m = (of(self.horizons_m), of(self.smooth_horizons_m));
            let start_m = of(self.scale_m) * self.link.radio.ln_frequency;
            (references_db[lane], modes[lane]) =
                beyond_horizons(distances_m[lane], &scatter, line, horizons_m, start_m);
        }
        (simd.from(references_db).not_below(0.0), modes)
    }

    /// The straight lines through the diffraction attenuations at two distances well beyond the horizons.
    #[inline(always)]
    fn diffraction_lines(&self) -> Lines<S> {
        let link = self.link;
        let [he1, he2] = self.terrain.effective_m;
        let near_m = self.smooth_horizons_m.max(self.horizons_m + self.scale_m * 5.0);
        let at_m = [near_m, near_m + self.scale_m * 10.0];
        let [d1, d2] = self.terrain.horizons.distance_m;
        let ((x1, f1), (x2, f2)) = (self.height_gain(he1, d1), self.height_gain(he2, d2));
        let ends = (x1 + x2, f1 + f2);
        let raised = (he1 * he2 - link.height_product) * link.inverse_height_product;
        let height_factor = (raised + 1.0).square_root();
        let near_db = self.diffraction_db(at_m[0], ends, height_factor);
        let far_db = self.diffraction_db(at_m[1], ends, height_factor);
        let slope_db_per_m = (far_db - near_db) / (at_m[1] - at_m[0]);
        Lines {
            at_zero_db: near_db + self.clutter_db() - slope_db_per_m * at_m[0],
            slope_db_per_m,
        }
    }

    /// Scaled distance to its horizon and height gain (dB) of a terminal.
    #[inline(always)]
    fn height_gain(&self, effective_m: Octet<S>, horizon_m: Octet<S>) -> (Octet<S>, Octet<S>) {
        let c = cbrt(effective_m * (2.0 * COMPARISON_RADIUS_M) / (horizon_m * horizon_m));
        let (x, k) = self.scaled(c, horizon_m);
        (x, height_function_db(x, k, ln(c) + self.link.ln_admittance))
    }

    /// Diffraction attenuation without clutter, dB, at a distance beyond the horizons; `ends` are the sums over both terminals of
    /// scaled distances and height gains.
    #[inline(always)]
    fn diffraction_db(&self, at_m: Octet<S>, ends: (Octet<S>, Octet<S>), height_factor: Octet<S>) -> Octet<S> {
        let angle_rad = at_m / self.radius_m - self.line_of_sight_angle_rad;
        let beyond_m = at_m - self.horizons_m;
        let c = cbrt(angle_rad / beyond_m * COMPARISON_RADIUS_M);
        let x = self.scaled(c, beyond_m).0 + ends.0;
        let smooth_db = x * 0.05751 - ln(x) * DB - ends.1 - 20.0;
        let edges_db = self.knife_edges_db(angle_rad, beyond_m);
        let exp = inlined_exp();
        let roughness = irregularity_at_m(self.terrain.delta_h_m, at_m, exp) * self.link.wave_number;
        let lifted_m = self.horizons_m - self.line_of_sight_angle_rad * self.radius_m;
        let q = (height_factor + lifted_m / at_m) * roughness.not_above(6283.2);
        let weight = q.like(25.1) / (q.square_root() + 25.1);
        edges_db + weight * (smooth_db - edges_db)
    }

    /// Scaled distance and admittance of a stretch, from the cube root of (4/3)·6370 km over its radius.
    #[inline(always)]
    fn scaled(&self, c: Octet<S>, distance_m: Octet<S>) -> (Octet<S>, Octet<S>) {
        let k = c * self.link.admittance;
        let x = (c.like(1.607) - k) * (c * c) * (distance_m * (self.link.radio.cube_root_frequency / 1000.0));
        (x, k)
    }

    /// Over both horizons as knife edges, dB.
    #[inline(always)]
    fn knife_edges_db(&self, angle_rad: Octet<S>, beyond_m: Octet<S>) -> Octet<S> {
        let scale = angle_rad * angle_rad * (0.0795775 * self.link.wave_number);
        let limit = scale.like(5.76);
        // The logarithm of a product serves both edges.
        let (mut sum_db, mut product) = (scale.like(0.0), scale.like(1.0));
        for horizon_m in self.terrain.horizons.distance_m {
            let nu2 = scale * (horizon_m * beyond_m / (beyond_m + horizon_m));
            let near_db = nu2.square_root() * 9.11 - nu2 * 1.27 + 6.02;
            sum_db = sum_db + limit.above(nu2, near_db, scale.like(12.953));
            product = product * limit.above(nu2, scale.like(1.0), nu2);
        }
        sum_db + ln(product) * DB
    }

    /// Afo, dB.
    #[inline(always)]
    fn clutter_db(&self) -> Octet<S> {
        let exp = inlined_exp();
        let deviation_m = height_deviation_m(irregularity_at_m(self.terrain.delta_h_m, self.smooth_horizons_m, exp));
        (ln(deviation_m * self.link.clutter_scale + 1.0) * (0.5 * DB)).not_above(15.0)
    }

    /// The curve Ao + k1·d + k2·ln d through the two-ray attenuations near and the diffraction at the smooth horizons.
    #[inline(always)]
    fn within_horizons_db(&self, distance_m: Octet<S>, lines: Lines<S>) -> Octet<S> {
        let [he1, he2] = self.terrain.effective_m;
        let end_m = self.smooth_horizons_m;
        let end_db = lines.at(end_m);
        let (none, slope) = (end_m.like(0.0), lines.slope_db_per_m);
        let falling = none - lines.at_zero_db;
        let far_m = he1 * he2 * (0.04 * self.link.radio.frequency_mhz);
        let near_m = far_m.min(self.horizons_m * 0.5);
        let first_m = falling.above(none, far_m, near_m);
        let second_m = falling.above(
            none,
            (falling / slope).max(self.horizons_m * 0.25),
            near_m + (self.horizons_m - near_m) * 0.25,
        );
        let weight = self.terrain.delta_h_m * self.link.radio.frequency_mhz / end_m.not_below(10e3) + 1.0;
        let weight = end_m.like(1.0) / weight;
        let first_db = lines.at(first_m) + weight * (self.two_ray_db(first_m) - lines.at(first_m));
        let second_db = lines.at(second_m) + weight * (self.two_ray_db(second_m) - lines.at(second_m));

        let (to_end, to_second) = (end_m - first_m, second_m - first_m);
        let (ln_end, ln_second) = (ln(end_m / first_m), ln(second_m / first_m));
        let (end_rise, second_rise) = (end_db - first_db, second_db - first_db);
        let k2 =
            ((to_end * second_rise - to_second * end_rise) / (to_end * ln_second - to_second * ln_end)).not_below(0.0);
        // Both coefficients where the curve holds the second point, …
        let k1 = (end_rise - k2 * ln_end) / to_end;
        // … where k1 would be negative, …
        let bent = end_rise.not_below(0.0) / ln_end;
        let unbent = (bent * bent).above(none, none, slope);
        let fitted = (none.above(k1, unbent, k1), none.above(k1, bent, k2));
        // … and where it does not hold the point.
        let rest = (end_db - second_db).not_below(0.0) / (end_m - second_m);
        let straight = (rest * rest).above(none, rest, slope);
        let held = lines.at_zero_db.max(k2);
        let holds = second_m.above(first_m, held, none);
        let k1 = holds.above(none, fitted.0, straight);
        let k2 = holds.above(none, fitted.1, none);
        end_db + k1 * (distance_m - end_m) + k2 * ln(distance_m / end_m)
    }

    /// Attenuation of the direct and the reflected ray together relative to free space, dB.
    #[inline(always)]
    fn two_ray_db(&self, at_m: Octet<S>) -> Octet<S> {
        let wave_number = self.link.wave_number;
        let [he1, he2] = self.terrain.effective_m;
        let sum_m = he1 + he2;
        let sine = sum_m / (at_m * at_m + sum_m * sum_m).square_root();
        let deviation_m = height_deviation_m(irregularity_at_m(self.terrain.delta_h_m, at_m, inlined_exp()));
        let scattered = exp((deviation_m * wave_number * sine).not_above(10.0) * -1.0);
        // (sine − Z) / (sine + Z)
        let Complex { re, im } = self.link.radio.impedance;
        let (over, under) = (sine - re, sine + re);
        let divisor = under * under + im * im;
        let (real, imaginary) = ((over * under - im * im) / divisor, (over + under) * -im / divisor);
        let strength = real * real + imaginary * imaginary;
        let q = strength * (scattered * scattered);
        let raised = scattered * (sine / q).square_root();
        let factor = q.like(0.25).above(q, raised, sine.above(q, raised, scattered));
        let phase = he1 * he2 * (2.0 * wave_number) / at_m;
        let bent = (phase.like(RIGHT_ANGLE_SQUARED) / phase) * -1.0 + std::f64::consts::PI;
        let phase = phase.above(phase.like(std::f64::consts::FRAC_PI_2), bent, phase);
        let (sin, cos) = sine_cosine_of_half_turn(phase);
        let (real, imaginary) = (cos + real * factor, imaginary * factor - sin);
        ln(real * real + imaginary * imaginary) * -DB
    }
}

/// Standard deviation of terrain heights σh, m, of an irregularity.
#[inline(always)]
fn height_deviation_m<S: Eight>(irregularity_m: Octet<S>) -> Octet<S> {
    irregularity_m * exp(irregularity_m.square_root().square_root() * -0.5) * 0.78
}

/// Height-gain function F(x, K) in dB over a smooth sphere.
#[inline(always)]
fn height_function_db<S: Eight>(x: Octet<S>, k: Octet<S>, ln_k: Octet<S>) -> Octet<S> {
    let like = |value: f64| x.like(value);
    let ln_x = ln(x);
    let w = ln_k * -1.0;
    let grown = ln_x * 17.372;
    let flat = x.above(like(1.0), grown, like(0.0)) - 117.0;
    let low = x * x * 2.5e-5 / k - w * 8.686 - 15.0;
    let below = like(1e-5).above(k, flat, (x * (w * w * w)).above(like(5495.0), flat, low));
    let far = x * 0.05751 - ln_x * 4.343;
    let weight = x * 0.0134 * exp(x * -0.005);
    let mixed = far + weight * (grown - 117.0 - far);
    let above = like(2000.0).above(x, mixed, far);
    like(200.0).above(x, below, above)
}
