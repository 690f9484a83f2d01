//! What the profile contributes: effective heights, quantiles, slope, sea, horizons.

/// Heights from the mobile (index 0) to the base station.
pub(super) struct Profile<'a> {
    pub step_m: f64,
    pub height_m: &'a [f64],
}

/// Deciles and median of the terrain near the mobile, m.
pub(super) struct Quantiles {
    pub upper_m: f64,
    pub median_m: f64,
    pub lower_m: f64,
    pub delta_h_m: f64,
}

/// Which end of a mixed path the sea lies at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum SeaEnd {
    Mobile,
    Base,
    Even,
}

/// Sea along the path.
pub(super) struct Sea {
    pub fraction: f64,
    pub end: SeaEnd,
}

/// Horizon distances, m.
pub(super) struct Horizons {
    pub mobile_m: f64,
    pub base_m: f64,
    curvature_per_m: f64,
}

impl Profile<'_> {
    fn intervals(&self) -> usize {
        self.height_m.len() - 1
    }

    pub fn distance_m(&self) -> f64 {
        self.intervals() as f64 * self.step_m
    }

    /// Effective heights of mobile and base, m, limited to 1 … 10 and 30 … 200.
    pub fn effective_heights_m(&self, mobile_m: f64, base_m: f64) -> (f64, f64) {
        let z = self.height_m;
        let last = self.intervals();
        let step_km = self.step_m * 0.001;
        let distance_km = self.distance_m() / 1000.0;
        // A product, as the division's last bit may move the truncation by one.
        let (of_3_km, of_15_km) = ((3.0 / step_km) as usize, (15.0 / step_km) as usize);
        let mean = |stretch: &[f64]| stretch.iter().sum::<f64>() / stretch.len() as f64;
        let (mobile_m, base_m) = if distance_km < 3.0 {
            (mobile_m, base_m)
        } else if distance_km <= 15.0 {
            let share = (distance_km - 3.0) / 12.0;
            let of_3_km = of_3_km.min(last);
            (
                mobile_m + share * (z[0] - mean(&z[of_3_km..])),
                base_m + share * (z[last] - mean(&z[..=last - of_3_km])),
            )
        } else {
            (
                mobile_m + z[0] - mean(&z[of_3_km..=of_15_km.min(last)]),
                base_m + z[last] - mean(&z[last.saturating_sub(of_15_km)..=last - of_3_km]),
            )
        };
        (mobile_m.clamp(1.0, 10.0), base_m.clamp(30.0, 200.0))
    }

    /// Quantiles over the 10 km next to the mobile, brought to a long path if the path is shorter.
    pub fn quantiles(&self) -> Quantiles {
        let distance_km = self.distance_m() / 1000.0;
        let of_10_km = (10.0 / (self.step_m * 0.001)) as usize;
        let mut sorted = self.height_m[..=of_10_km.min(self.intervals())].to_vec();
        sorted.sort_by(|a, b| b.total_cmp(a));
        let count = sorted.len() as f64;
        // Truncation towards zero, and no rank below the first.
        let ranked = |fraction: f64| sorted[(fraction * count - 1.0).max(0.0) as usize];
        let scale = if distance_km < 10.0 {
            (1.0 - 0.8 * (-0.2_f64).exp()) / (1.0 - 0.8 * (-0.02 * distance_km).exp())
        } else {
            1.0
        };
        let (upper_m, median_m, lower_m) = (scale * ranked(0.1), scale * ranked(0.5), scale * ranked(0.9));
        Quantiles {
            upper_m,
            median_m,
            lower_m,
            delta_h_m: upper_m - lower_m,
        }
    }

    /// Slope of the ground at the mobile, mrad, from lines fitted to its first 5 … 10 km.
    pub fn mobile_slope_mrad(&self) -> f64 {
        let length_m = self.distance_m();
        let (mut least, mut greatest, mut of_5_km) = (f64::INFINITY, f64::NEG_INFINITY, 0.0);
        for km in 5..=10 {
            let reach_m = f64::from(km) * 1000.0;
            if reach_m > length_m {
                break;
            }
            let points = (reach_m / self.step_m) as usize;
            let (start, end) = fitted_line(&self.height_m[..=points.min(self.intervals())], self.step_m, reach_m);
            let slope = -1000.0 * (end - start) / reach_m;
            if km == 5 {
                of_5_km = slope;
            }
            least = f64::min(least, slope);
            greatest = f64::max(greatest, slope);
        }
        if length_m <= 5000.0 || greatest * least < 0.0 {
            of_5_km
        } else if greatest >= 0.0 {
            greatest
        } else {
            least
        }
    }

    /// Sea: points at a height of exactly 0.
    pub fn sea(&self) -> Sea {
        let half = self.intervals() / 2;
        let is_sea = |z: &&f64| **z == 0.0;
        let near_mobile = self.height_m[..half].iter().filter(is_sea).count();
        let near_base = self.height_m[half..].iter().filter(is_sea).count();
        let end = match near_mobile.cmp(&near_base) {
            std::cmp::Ordering::Greater => SeaEnd::Mobile,
            std::cmp::Ordering::Less => SeaEnd::Base,
            std::cmp::Ordering::Equal => SeaEnd::Even,
        };
        Sea {
            fraction: (near_mobile + near_base) as f64 / self.height_m.len() as f64,
            end,
        }
    }

    /// Horizon distances of mobile and base, as the model walks the profile.
    pub fn horizons(&self, mobile_m: f64, base_m: f64) -> Horizons {
        /// 157e-9 as the reference rounds it to single precision.
        const EARTH_CURVATURE_PER_M: f64 = 157e-9_f32 as f64;
        let z = self.height_m;
        let last = self.intervals();
        let mean_m = z.iter().sum::<f64>() / z.len() as f64;
        let refractivity = if mean_m == 0.0 {
            301.0
        } else {
            301.0 * (-mean_m / 9460.0).exp()
        };
        let curvature = EARTH_CURVATURE_PER_M * (1.0 - 0.04665 * (refractivity / 179.3).exp());
        let (za, zb) = (z[0] + mobile_m, z[last] + base_m);
        let length_m = self.distance_m();
        let rise = (zb - za) / length_m;
        let (mut angle_a, mut angle_b) = (rise - curvature * length_m / 2.0, -rise - curvature * length_m / 2.0);
        let mut horizons = Horizons {
            mobile_m: length_m,
            base_m: length_m,
            curvature_per_m: curvature,
        };
        let mut line_of_sight = true;
        // Distances grow step by step as in the reference program: the truncation that finds the ridge's index may
        // fall one point short by their rounding, and the published values hold that.
        let (mut from_a, mut from_b) = (0.0, length_m);
        for &height in &z[1..last] {
            from_a += self.step_m;
            from_b -= self.step_m;
            let over_a = height - (curvature / 2.0 * from_a + angle_a) * from_a - za;
            if over_a > 0.0 {
                angle_a += over_a / from_a;
                horizons.mobile_m = from_a;
                line_of_sight = false;
            }
            if !line_of_sight {
                let over_b = height - (curvature / 2.0 * from_b + angle_b) * from_b - zb;
                if over_b > 0.0 {
                    angle_b += over_b / from_b;
                    horizons.base_m = from_b;
                }
            }
        }
        horizons
    }
}

impl Horizons {
    /// Whether both terminals see the same ridge. A clear path counts as two horizons, as in the reference.
    pub fn is_single(&self, profile: &Profile<'_>) -> bool {
        (profile.distance_m() - self.mobile_m - self.base_m).abs() <= profile.step_m / 2.0
    }

    /// Height of the ridge over the line between the antennas, m; the weights are the reference program's.
    pub fn ridge_height_m(&self, profile: &Profile<'_>, mobile_m: f64, base_m: f64) -> f64 {
        let z = profile.height_m;
        let ridge = ((self.mobile_m / profile.step_m) as usize).min(profile.intervals());
        let line_m = ((base_m + z[profile.intervals()]) * self.base_m + (mobile_m + z[0]) * self.mobile_m)
            / profile.distance_m();
        (z[ridge] - line_m + 0.5 * self.curvature_per_m * self.mobile_m * self.base_m).max(0.0)
    }
}

/// Least-squares line of ITM over `0 … reach_m`: heights at its first and last point.
fn fitted_line(z: &[f64], step_m: f64, reach_m: f64) -> (f64, f64) {
    let intervals = z.len() - 1;
    let last = intervals - (intervals as f64 - reach_m / step_m).max(0.0) as usize;
    let length = last as f64;
    let middle = -0.5 * length;
    let (mut sum, mut moment) = (0.5 * (z[0] + z[last]), 0.5 * (z[0] - z[last]) * middle);
    for (i, &height) in z.iter().enumerate().take(last).skip(1) {
        sum += height;
        moment += height * (middle + i as f64);
    }
    let level = sum / length;
    let slope = 12.0 * moment / ((length * length + 2.0) * length);
    let centre = length + middle;
    (level - slope * centre, level + slope * (intervals as f64 - centre))
}
