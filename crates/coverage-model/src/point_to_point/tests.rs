use geodesy::LonLat;
use terrain::{ElevationModel, ElevationPatch, Ground, SurfaceKind};

use super::drawing::{Language, svg};
use super::*;

/// Ground of 1° × 1° around 18.5° N, 105.5° E; `height` by sample column and row of a 601 × 601 lattice.
fn ground(height: impl Fn(usize, usize) -> f32) -> Ground {
    let heights = (0..601)
        .flat_map(|row| (0..601).map(move |column| (column, row)))
        .map(|(c, r)| height(c, r))
        .collect();
    let patch = ElevationPatch::from_samples(LonLat::new(105.0, 19.0), 1.0 / 600.0, 1.0 / 600.0, 601, heights);
    let model = ElevationModel::from_patch(&patch.expect("regular"), SurfaceKind::BareEarth);
    Ground::new(model.expect("placed"))
}

const A: LonLat = LonLat::new(105.40, 18.5);
const B: LonLat = LonLat::new(105.50, 18.5);

fn loss(path: &PointToPoint, model: &str) -> f64 {
    path.losses
        .iter()
        .find(|loss| loss.model == model)
        .and_then(|loss| loss.loss_db)
        .expect("applies")
}

#[test]
fn flat_ground_is_in_sight_and_near_free_space() {
    let request = PathRequest {
        tx_height_m: 60.0,
        rx_height_m: 60.0,
        ..PathRequest::default()
    };
    let path = analyse(&ground(|_, _| 10.0), A, B, &request).expect("covered");
    assert!(path.geometry.clearance.line_of_sight);
    // 10.56 km: bulge 10.56²/8ae = 1.63 m at the middle with ae = 8 929 km (ΔN = 45); ray 60 m above ground.
    assert!(
        (path.geometry.clearance.height_m - 58.4).abs() < 0.2,
        "{:?}",
        path.geometry.clearance
    );
    assert!((loss(&path, "p1812") - loss(&path, "free_space")).abs() < 1.0);
    assert_eq!(loss(&path, "p1812"), loss(&path, "p1812_bare_earth"));
}

#[test]
fn the_fresnel_radius_is_the_textbook_one() {
    let path = analyse(&ground(|_, _| 0.0), A, B, &PathRequest::default()).expect("covered");
    let middle = path.profile.distance_m.len() / 2;
    let (d1, d) = (path.profile.distance_m[middle] / 1000.0, path.distance_m / 1000.0);
    // 17.32·√(d1·d2 / (f·d)) with km and GHz.
    let expected = 17.32 * (d1 * (d - d1) / (1.8 * d)).sqrt();
    assert!((path.geometry.fresnel_radius_m[middle] - expected).abs() < 0.01);
    assert_eq!(path.geometry.fresnel_radius_m[0], 0.0);
}

#[test]
fn a_ridge_cuts_the_ray_and_costs() {
    let ridge = ground(|column, _| if (268..272).contains(&column) { 300.0 } else { 10.0 });
    let path = analyse(&ridge, A, B, &PathRequest::default()).expect("covered");
    assert!(!path.geometry.clearance.line_of_sight);
    // Column 270 is 105.45° E, the middle of the path.
    assert!((path.geometry.clearance.distance_m / path.distance_m - 0.5).abs() < 0.05);
    assert!(path.geometry.clearance.height_m < -250.0);
    assert!(loss(&path, "p1812") > loss(&path, "free_space") + 30.0);
}

#[test]
fn models_out_of_range_say_so() {
    let path = analyse(
        &ground(|_, _| 10.0),
        A,
        B,
        &PathRequest {
            frequency_mhz: 26_000.0,
            ..PathRequest::default()
        },
    );
    let path = path.expect("covered");
    let p1812 = path.losses.iter().find(|loss| loss.model == "p1812").expect("listed");
    assert_eq!(p1812.loss_db, None);
    assert!(matches!(&p1812.applicability, Applicability::Refused(reason) if reason.contains("GHz")));
}

#[test]
fn bad_requests_are_refused() {
    let ground = ground(|_, _| 10.0);
    for request in [
        PathRequest {
            frequency_mhz: f64::NAN,
            ..PathRequest::default()
        },
        PathRequest {
            tx_height_m: -1.0,
            ..PathRequest::default()
        },
        PathRequest {
            step_m: 0.0,
            ..PathRequest::default()
        },
        PathRequest {
            time_percent: 99.0,
            ..PathRequest::default()
        },
    ] {
        assert!(
            matches!(analyse(&ground, A, B, &request), Err(PathError::Request { .. })),
            "{request:?}"
        );
    }
    assert!(matches!(
        analyse(&ground, A, LonLat::new(0.0, 0.0), &PathRequest::default()),
        Err(PathError::Ground(_))
    ));
}

#[test]
fn the_picture_is_well_formed_in_both_languages() {
    let path = analyse(&ground(|c, r| (c + r) as f32), A, B, &PathRequest::default()).expect("covered");
    for (language, word) in [(Language::Vietnamese, "Mặt cắt"), (Language::English, "Path profile")] {
        let picture = svg(&path, language);
        assert!(picture.starts_with("<svg ") && picture.ends_with("</svg>\n"));
        assert!(picture.contains(word));
        assert!(!picture.contains("NaN") && !picture.contains("inf"));
        assert_eq!(picture.matches("<text").count(), picture.matches("</text>").count());
    }
}

#[test]
fn a_path_of_one_step_is_drawn_too() {
    let near = LonLat::new(105.400_1, 18.5);
    let path = analyse(&ground(|_, _| 10.0), A, near, &PathRequest::default()).expect("covered");
    assert_eq!(path.profile.distance_m.len(), 2);
    assert!(!svg(&path, Language::Vietnamese).contains("NaN"));
}
