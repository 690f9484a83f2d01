//! Patterns there and back, what is put right, what is refused.

use super::*;
use crate::antenna::SectorPattern;

fn synthetic(gain_line: &str, extra: &str, pattern: &SectorPattern) -> String {
    let mut text = format!(
        "NAME Synthetic panel\r\nMAKE none\r\nFREQUENCY 1710-2170\r\nH_WIDTH 65\r\nV_WIDTH 7\r\n{gain_line}\r\n{extra}HORIZONTAL 360\r\n"
    );
    for angle in 0..360 {
        let azimuth = crate::antenna::wrap_degrees(f64::from(angle));
        text += &format!("{angle}\t{:.6}\r\n", pattern.horizontal_db(azimuth));
    }
    text += "VERTICAL 360\r\n";
    for angle in 0..360 {
        let depression = crate::antenna::wrap_degrees(f64::from(angle));
        text += &format!("{angle} {:.6}\r\n", pattern.vertical_db(-depression));
    }
    text
}

#[test]
fn a_synthetic_pattern_comes_back_in_both_planes() {
    let panel = SectorPattern::macro_cell(65.0, 7.0, 4.0);
    let antenna = MsiAntenna::parse(&synthetic("GAIN 15.35 dBd", "ELECTRICAL_TILT 4\r\n", &panel)).unwrap();
    assert_eq!(antenna.warnings, []);
    assert_eq!(antenna.name, "Synthetic panel");
    assert!((antenna.gain_dbi - 17.5).abs() < 1e-12);
    assert_eq!(antenna.frequency_mhz, Some(1940.0));
    for degree in -60..=60 {
        let elevation_deg = f64::from(degree);
        let in_plane = antenna.attenuation_db(Direction {
            azimuth_deg: 0.0,
            elevation_deg,
        });
        assert!((in_plane - panel.vertical_db(elevation_deg)).abs() < 1e-5);
    }
    assert!((antenna.horizontal.attenuation_db(32.5) - 3.0).abs() < 0.01);
    assert!((antenna.horizontal.attenuation_db(-0.5) - antenna.horizontal.attenuation_db(359.5)).abs() < 1e-12);
}

#[test]
fn missing_unit_is_dbd_and_said() {
    let antenna = MsiAntenna::parse(&synthetic("GAIN 15", "", &SectorPattern::macro_cell(65.0, 7.0, 0.0))).unwrap();
    assert!((antenna.gain_dbi - 17.15).abs() < 1e-12);
    assert_eq!(antenna.warnings, [MsiWarning::GainUnitAssumed]);
}

#[test]
fn a_vertical_cut_counted_upwards_is_turned_over() {
    let upwards = SectorPattern::macro_cell(65.0, 7.0, -6.0);
    let antenna = MsiAntenna::parse(&synthetic("GAIN 17 dBi", "ELECTRICAL_TILT 6\r\n", &upwards)).unwrap();
    assert_eq!(antenna.warnings, [MsiWarning::VerticalCutTurnedOver]);
    assert!(
        antenna.attenuation_db(Direction {
            azimuth_deg: 0.0,
            elevation_deg: -6.0
        }) < 1e-5
    );
}

#[test]
fn negative_attenuations_are_taken_as_positive_and_said() {
    let text = "GAIN 10 dBi\nHORIZONTAL 4\n0 0\n90 -10\n180 -20\n270 -10\nVERTICAL 4\n0 0\n90 10\n180 20\n270 10\n";
    let antenna = MsiAntenna::parse(text).unwrap();
    assert_eq!(antenna.warnings, [MsiWarning::NegativeAttenuation { line: 4 }]);
    assert_eq!(antenna.horizontal.attenuation_db(45.0), 5.0);
    assert_eq!(antenna.horizontal.attenuation_db(315.0), 5.0);
}

#[test]
fn malformed_files_are_refused_with_their_line() {
    let refused = |text: &str| MsiAntenna::parse(text).unwrap_err();
    assert_eq!(
        refused("GAIN many dBi"),
        MsiError::Unit {
            line: 1,
            unit: "many dBi".into()
        }
    );
    assert_eq!(
        refused("NAME x\nGAIN 1 dBx"),
        MsiError::Unit {
            line: 2,
            unit: "dBx".into()
        }
    );
    assert_eq!(
        refused("GAIN 1 dBi\nHORIZONTAL 3\n0 0\n1 x\n"),
        MsiError::NotANumber {
            line: 4,
            text: "x".into(),
            expected: "attenuation in dB"
        }
    );
    assert_eq!(
        refused("HORIZONTAL 3\n0 0\n1\n"),
        MsiError::Sample {
            line: 3,
            text: "1".into()
        }
    );
    assert_eq!(
        refused("HORIZONTAL 3\n0 0\n1 1\nVERTICAL 2\n"),
        MsiError::Short {
            line: 1,
            cut: "horizontal",
            declared: 3,
            found: 2
        }
    );
    assert_eq!(
        refused("HORIZONTAL 99999999999\n0 0\n"),
        MsiError::Count {
            line: 1,
            cut: "horizontal",
            declared: 99_999_999_999
        }
    );
    assert_eq!(
        refused("HORIZONTAL 2\n0 0\n361 0\n"),
        MsiError::Angle {
            line: 3,
            angle_deg: 361.0,
            cut: "horizontal"
        }
    );
    assert_eq!(
        refused("HORIZONTAL 2\n0 0\n0 0\n"),
        MsiError::Angle {
            line: 1,
            angle_deg: 0.0,
            cut: "horizontal"
        }
    );
    assert_eq!(refused("NAME x\n"), MsiError::Missing { key: "GAIN" });
    assert_eq!(
        refused("GAIN 1 dBi\nGAIN 2 dBi\n"),
        MsiError::Twice { line: 2, key: "GAIN" }
    );
}
