//! Both forms of the terrain analysis against NTIA's way of writing it, one form against the other, and physical truths.

use proptest::prelude::*;

use super::terrain::{Measure, Profile, analyse};
use super::vectorised::{VectorisedProfile, WorkSpace};
use super::*;
use crate::lanes::octet::Arrays;

/// Horizons, irregularity and fitted line written down as the model defines them.
mod definition {
    pub fn horizons(z: &[f64], step: f64, antenna: [f64; 2], a: f64) -> ([f64; 2], [f64; 2]) {
        let np = z.len() - 1;
        let d = np as f64 * step;
        let (zt, zr) = (z[0] + antenna[0], z[np] + antenna[1]);
        let mut angle = [(zr - zt) / d - d / (2.0 * a), -(zr - zt) / d - d / (2.0 * a)];
        let mut distance = [d, d];
        for (i, &height) in z.iter().enumerate().take(np).skip(1) {
            let x = i as f64 * step;
            let y = d - x;
            let t1 = (height - zt) / x - x / (2.0 * a);
            let t2 = (height - zr) / y - y / (2.0 * a);
            if t1 > angle[0] {
                (angle[0], distance[0]) = (t1, x);
            }
            if t2 > angle[1] {
                (angle[1], distance[1]) = (t2, y);
            }
        }
        (angle, distance)
    }

    pub fn fitted_line(z: &[f64], step: f64, from: f64, to: f64) -> [f64; 2] {
        let np = (z.len() - 1) as f64;
        let dim = |a: f64, b: f64| (a - b).max(0.0);
        let mut i0 = dim(from / step, 0.0).trunc();
        let mut i1 = np - dim(np, to / step).trunc();
        if i1 <= i0 {
            i0 = dim(i0, 1.0).trunc();
            i1 = np - dim(np, i1 + 1.0).trunc();
        }
        let length = i1 - i0;
        let mut m = -0.5 * length;
        let centre = i1 + m;
        let (first, last) = (i0 as usize, i1 as usize);
        let mut s = 0.5 * (z[first] + z[last]);
        let mut t = 0.5 * (z[first] - z[last]) * m;
        for value in z.iter().take(last).skip(first + 1) {
            m += 1.0;
            s += value;
            t += value * m;
        }
        s /= length;
        t = 12.0 * t / ((length * length + 2.0) * length);
        [s - t * centre, s + t * (np - centre)]
    }

    pub fn irregularity(z: &[f64], step: f64, from: f64, to: f64) -> f64 {
        let np = z.len() - 1;
        let (mut a0, a1) = (from / step, to / step);
        if a1 - a0 < 2.0 {
            return 0.0;
        }
        let k10 = ((0.1 * (a1 - a0 + 8.0)).trunc() as usize).clamp(4, 25);
        let n = 10 * k10 - 5;
        let q = (a1 - a0) / (n - 1) as f64;
        let mut i = a0.trunc() as usize;
        a0 -= (i + 1) as f64;
        let mut samples = Vec::new();
        for _ in 0..n {
            while a0 > 0.0 && i + 1 < np {
                a0 -= 1.0;
                i += 1;
            }
            samples.push(z[i + 1] + (z[i + 1] - z[i]) * a0);
            a0 += q;
        }
        let line = fitted_line(&samples, 1.0, 0.0, (n - 1) as f64);
        let slope = (line[1] - line[0]) / (n - 1) as f64;
        let mut residuals: Vec<f64> = samples
            .iter()
            .enumerate()
            .map(|(j, s)| s - (line[0] + j as f64 * slope))
            .collect();
        residuals.sort_by(|a, b| b.total_cmp(a));
        (residuals[k10 - 1] - residuals[n - k10]) / (1.0 - 0.8 * (-(to - from) / 50e3).exp())
    }
}

fn profile() -> impl Strategy<Value = (f64, Vec<f64>)> {
    let roughness = prop_oneof![Just(0.0), 0.1..2.0, 2.0..60.0];
    (5.0..500.0, 3usize..600, roughness, 0.0..800.0, any::<u64>()).prop_map(|(step, points, roughness, start, seed)| {
        let mut state = seed | 1;
        let mut height: f64 = start;
        let heights = (0..points)
            .map(|_| {
                state ^= state << 13;
                state ^= state >> 7;
                state ^= state << 17;
                height += roughness * ((state >> 11) as f64 / (1u64 << 53) as f64 - 0.5);
                height
            })
            .collect();
        (step, heights)
    })
}

fn radio() -> impl Strategy<Value = Parameters> {
    let heights = (1.0..200.0, 1.0..30.0);
    let percentages = (5.0..95.0, 5.0..95.0, 5.0..95.0);
    (40.0..10_000.0, heights, 1u8..=7, any::<bool>(), 0u8..4, percentages).prop_map(
        |(frequency_mhz, (tx_height_m, rx_height_m), climate, vertical, mdvar, percent)| Parameters {
            frequency_mhz,
            tx_height_m,
            rx_height_m,
            polarisation: if vertical {
                crate::Polarisation::Vertical
            } else {
                crate::Polarisation::Horizontal
            },
            climate: Climate::from_code(climate).unwrap(),
            variability: Variability::from_code(mdvar).unwrap(),
            time_percent: percent.0,
            location_percent: percent.1,
            situation_percent: percent.2,
            ..Parameters::default()
        },
    )
}

const RADIUS_M: f64 = 8.5e6;

/// Whether two forms say the same of a link. The roughness enters by its root, so that on flat ground rounding shows.
fn alike(one: &Evaluation, other: &Evaluation) -> bool {
    let tolerance_db = if other.delta_h_m < 1e-6 { 1e-4 } else { 1e-6 };
    let close = |one: f64, other: f64| (one - other).abs() <= 1e-9 * other.abs().max(1.0);
    (one.loss_db - other.loss_db).abs() < tolerance_db
        && (one.reference_db - other.reference_db).abs() < tolerance_db
        && (one.variability_db - other.variability_db).abs() < tolerance_db
        && close(one.free_space_db, other.free_space_db)
        && close(one.distance_km, other.distance_km)
        && close(one.tx_horizon_m, other.tx_horizon_m)
        && close(one.rx_horizon_m, other.rx_horizon_m)
        && close(one.tx_horizon_rad, other.tx_horizon_rad)
        && close(one.rx_horizon_rad, other.rx_horizon_rad)
        && close(one.tx_effective_m, other.tx_effective_m)
        && close(one.rx_effective_m, other.rx_effective_m)
        && close(one.surface_refractivity, other.surface_refractivity)
        && close(one.effective_radius_m, other.effective_radius_m)
        && close(one.delta_h_m, other.delta_h_m)
        && (one.mode, one.warnings) == (other.mode, other.warnings)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1500))]

    #[test]
    fn horizons_are_those_of_the_definition((step_m, z) in profile(), tx in 1.0..100.0, rx in 1.0..20.0) {
        let mut work = WorkSpace::default();
        let profile = Profile { step_m, height_m: &z };
        let plain = profile.horizons([tx, rx], RADIUS_M);
        let vectorised = VectorisedProfile::new(Arrays, profile, &mut work).horizons([tx, rx], RADIUS_M);
        let (angle, distance) = definition::horizons(&z, step_m, [tx, rx], RADIUS_M);
        for ours in [plain, vectorised] {
            for j in 0..2 {
                prop_assert!((ours.angle_rad[j] - angle[j]).abs() < 1e-12 * angle[j].abs().max(1e-3));
                // Equal slopes may be told apart by rounding only: then the place differs, the angle does not.
                let close = (ours.distance_m[j] - distance[j]).abs() < 1e-6;
                prop_assert!(close || z.windows(2).all(|pair| (pair[0] - pair[1]).abs() < 1e-9));
            }
        }
    }

    #[test]
    fn irregularity_and_line_are_those_of_the_definition(
        (step_m, z) in profile(), from in 0.0..0.4, to in 0.6..1.0,
    ) {
        let mut work = WorkSpace::default();
        let mut profile = Profile { step_m, height_m: &z };
        let d = profile.distance_m();
        let span = (from * d, to * d);
        let mut vectorised = VectorisedProfile::new(Arrays, profile, &mut work);
        let line = definition::fitted_line(&z, step_m, span.0, span.1);
        for fitted in [profile.fitted_line_m(span), vectorised.fitted_line_m(span)] {
            for j in 0..2 {
                prop_assert!((fitted[j] - line[j]).abs() < 1e-7, "{fitted:?} {line:?}");
            }
        }
        let irregularity = definition::irregularity(&z, step_m, span.0, span.1);
        prop_assert!((profile.irregularity_m(span) - irregularity).abs() < 1e-7);
        let vectorised_m = vectorised.irregularity_m(span);
        prop_assert!((vectorised_m - irregularity).abs() < 1e-7, "{vectorised_m} for {irregularity}");
    }

    /// The vectorised form is the plain form.
    #[test]
    fn both_forms_agree((step_m, z) in profile(), parameters in radio()) {
        let mut evaluator = PointToPoint::new(&parameters).unwrap();
        match (evaluator.evaluate(step_m, &z), point_to_point(step_m, &z, &parameters)) {
            (Ok(fast), Ok(plain)) => {
                // Where two horizons of one angle lie apart by rounding only, the forms may choose differently.
                let same_horizons = (fast.tx_horizon_m - plain.tx_horizon_m).abs() < 1e-6
                    && (fast.rx_horizon_m - plain.rx_horizon_m).abs() < 1e-6;
                prop_assert!(same_horizons || z.windows(2).any(|pair| (pair[0] - pair[1]).abs() < 1e-9));
                if same_horizons {
                    // The roughness enters by its root, so that on flat ground rounding shows.
                    let tolerance_db = if plain.delta_h_m < 1e-6 { 1e-4 } else { 1e-6 };
                    prop_assert!((fast.loss_db - plain.loss_db).abs() < tolerance_db, "{fast:?} {plain:?}");
                    prop_assert!((fast.reference_db - plain.reference_db).abs() < tolerance_db, "{fast:?} {plain:?}");
                    prop_assert_eq!((fast.mode, fast.warnings), (plain.mode, plain.warnings));
                }
            }
            (fast, plain) => prop_assert_eq!(fast.is_err(), plain.is_err()),
        }
    }

    /// Eight at once are the same as one after the other.
    #[test]
    fn many_links_agree_with_one(
        links in prop::collection::vec(profile(), 1..20), parameters in radio(), broken in prop::option::of((any::<prop::sample::Index>(), 0..3u8)),
    ) {
        let mut links = links;
        if let Some((at, how)) = broken {
            let (_, heights) = at.get(&links);
            let mut heights = heights.clone();
            match how {
                0 => heights.truncate(2),
                1 => heights[1] = f64::NAN,
                _ => heights.iter_mut().for_each(|height| *height += 9e4),
            }
            let at = at.index(links.len());
            links[at].1 = heights;
        }
        let profiles: Vec<_> =
            links.iter().map(|(step_m, heights_m)| LinkProfile { step_m: *step_m, heights_m }).collect();
        let mut evaluator = PointToPoint::new(&parameters).unwrap();
        let together = evaluator.evaluate_each(&profiles);
        prop_assert_eq!(together.len(), links.len());
        // Every machine says the same, to the bit.
        prop_assert_eq!(&evaluator.clone().without_vectors().evaluate_each(&profiles), &together);
        for (together, (step_m, heights_m)) in together.iter().zip(&links) {
            match (together, evaluator.evaluate(*step_m, heights_m)) {
                (Ok(one), Ok(other)) => prop_assert!(alike(one, &other), "{:?} {:?}", one, other),
                (Err(one), Err(other)) => prop_assert_eq!(one.to_string(), other.to_string()),
                (one, other) => prop_assert!(false, "{one:?} {other:?}"),
            }
        }
    }

    /// Reciprocity holds as far as the model has it: the closing formulas treat both ends alike. What does not is the
    /// choice of the points to fit a line over (`fitted_points`): a distance in steps is cut to a whole number, once counted from the
    /// transmitter and once from the receiver. Horizons are whole numbers of steps, so 0.1·d1 and 0.9·d1 often lie on a
    /// point but for rounding, and then one direction fits over one point more than the other. The effective heights
    /// differ by that point, and the loss with them.
    #[test]
    fn reciprocity_holds_where_both_directions_fit_the_same_points((step_m, z) in profile(), tx in 1.0..100.0, rx in 1.0..20.0) {
        let back: Vec<f64> = z.iter().rev().copied().collect();
        let there = Parameters { tx_height_m: tx, rx_height_m: rx, ..Parameters::default() };
        let exchanged = Parameters { tx_height_m: rx, rx_height_m: tx, ..there };
        let (Ok(a), Ok(b)) = (point_to_point(step_m, &z, &there), point_to_point(step_m, &back, &exchanged)) else {
            return Ok(()); // an atmosphere beyond the model, the same both ways
        };
        prop_assert!(a.loss_db.is_finite() && b.loss_db.is_finite());
        prop_assert!((a.delta_h_m - b.delta_h_m).abs() < 1e-6, "{} {}", a.delta_h_m, b.delta_h_m);
        let close = |there: f64, back: f64| (there - back).abs() < 1e-7;
        let same_view = close(a.tx_effective_m, b.rx_effective_m) && close(a.rx_effective_m, b.tx_effective_m)
            && close(a.tx_horizon_m, b.rx_horizon_m) && close(a.rx_horizon_m, b.tx_horizon_m);
        if same_view && a.delta_h_m > 1e-6 {
            prop_assert!((a.loss_db - b.loss_db).abs() < 1e-4, "{a:?} {b:?}");
        }
    }

    #[test]
    fn area_loss_grows_with_distance(d in 1.0..200.0, delta_h_m in 0.0..300.0, f in 100.0..6000.0) {
        let at = |distance_km| {
            let path =
                AreaPath { distance_km, delta_h_m, tx_siting: Siting::Random, rx_siting: Siting::Random };
            area(&path, &Parameters { frequency_mhz: f, ..Parameters::default() }).unwrap()
        };
        prop_assert!(at(d * 1.05).loss_db >= at(d).loss_db - 1e-6);
    }
}

#[test]
fn analysis_of_a_wedge_by_hand() {
    let z: Vec<f64> = (0..=100).map(|i| if i == 50 { 300.0 } else { 0.0 }).collect();
    let profile = Profile {
        step_m: 100.0,
        height_m: &z,
    };
    let (terrain, ()) = analyse(&profile, &mut profile.clone(), [20.0, 10.0], RADIUS_M, |_, _| ());
    assert_eq!(terrain.horizons.distance_m, [5000.0, 5000.0]);
    let angle = (300.0 - 20.0) / 5000.0 - 5000.0 / (2.0 * RADIUS_M);
    assert!((terrain.horizons.angle_rad[0] - angle).abs() < 1e-12);
    // One point of a hundred is no decile: only the tilt of the fitted line is left.
    assert!(terrain.delta_h_m < 5.0, "{}", terrain.delta_h_m);
}

#[test]
fn codes_are_understood_and_others_not() {
    assert_eq!(Climate::from_code(5), Some(Climate::ContinentalTemperate));
    assert_eq!(Climate::from_code(8), None);
    let all = Variability::from_code(32).unwrap();
    assert!(all.without_location && all.without_situation && all.mode == VariabilityMode::Mobile);
    assert_eq!(Variability::from_code(4), None);
    assert_eq!(Siting::from_code(3), None);
}

/// A case of the asymmetry: the receiver's horizon lies 10 steps away, and 0.1·10 steps cut to a whole number is 1 from one
/// end, 0 from the other when rounding leaves a hair less than 1.
#[test]
fn a_hair_of_rounding_moves_the_fit_by_a_point() {
    use super::terrain::fitted_points;
    let intervals = 100;
    let (from_tx, to_rx) = (1.0 - 1e-12, 100.0 - (1.0 - 1e-12));
    assert_eq!(fitted_points(intervals, from_tx, to_rx), (0, 100));
    assert_eq!(fitted_points(intervals, 1.0, 99.0), (1, 99));
}
