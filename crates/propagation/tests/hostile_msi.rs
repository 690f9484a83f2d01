//! Antenna files that are damaged or lie: an error that names the line, or a usable pattern; never a panic.

#![allow(clippy::unwrap_used)] // a test may stop

use std::fmt::Write;

use propagation::antenna::{Direction, MsiAntenna};
use proptest::prelude::*;

/// The number of damaged files; `PHUSONG_HOSTILE_CASES` sets another for long runs.
fn cases() -> u32 {
    let wanted = std::env::var("PHUSONG_HOSTILE_CASES").ok();
    wanted.and_then(|cases| cases.parse().ok()).unwrap_or(400)
}

/// A good file with few samples.
fn file() -> String {
    let mut text = "NAME panel\r\nFREQUENCY 1710-2170\r\nGAIN 15.35 dBd\r\nELECTRICAL_TILT 4\r\n".to_owned();
    for cut in ["HORIZONTAL", "VERTICAL"] {
        let _ = writeln!(text, "{cut} 36\r");
        for sample in 0..36 {
            let _ = writeln!(
                text,
                "{}\t{:.1}\r",
                10 * sample,
                0.3 * f64::from(18 - i32::abs(sample - 18))
            );
        }
    }
    text
}

/// Reads a text and asks what was read for the loss all around.
fn exercise(text: &str) {
    match MsiAntenna::parse(text) {
        Ok(antenna) => {
            assert!(antenna.gain_dbi.is_finite());
            for azimuth_deg in [-180.0, -47.3, 0.0, 0.5, 179.9] {
                for elevation_deg in [-90.0, -4.0, 0.0, 33.3, 90.0] {
                    let loss_db = antenna.attenuation_db(Direction {
                        azimuth_deg,
                        elevation_deg,
                    });
                    assert!((0.0..=40.0).contains(&loss_db), "{loss_db} in {text:?}");
                }
            }
        }
        Err(error) => assert!(!error.to_string().is_empty()),
    }
}

/// What a line may be replaced by.
fn odd_line() -> impl Strategy<Value = String> {
    let number = prop_oneof![
        any::<f64>().prop_map(|number| number.to_string()),
        any::<i64>().prop_map(|number| number.to_string()),
        prop::sample::select(vec![
            "NaN",
            "inf",
            "-inf",
            "1e999",
            "-0",
            "",
            "360",
            "dBi",
            "\u{feff}0",
            "٣"
        ])
        .prop_map(str::to_owned),
    ];
    let key = prop::sample::select(vec![
        "",
        "HORIZONTAL ",
        "VERTICAL ",
        "GAIN ",
        "ELECTRICAL_TILT ",
        "FREQUENCY ",
        "NAME ",
        "90 ",
    ]);
    prop_oneof![4 => (key, number).prop_map(|(key, number)| format!("{key}{number}")), 1 => ".{0,40}"]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(), ..ProptestConfig::default() })]

    #[test]
    fn damaged_lines(changes in prop::collection::vec((any::<prop::sample::Index>(), odd_line(), 0..3_u8), 1..6)) {
        let text = file();
        let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
        for (at, line, how) in changes {
            let at = at.index(lines.len());
            match how {
                0 => lines[at] = line,
                1 => lines.insert(at, line),
                _ if lines.len() > 1 => drop(lines.remove(at)),
                _ => {}
            }
        }
        exercise(&lines.join("\n"));
    }

    #[test]
    fn damaged_bytes(at in any::<prop::sample::Index>(), bytes in prop::collection::vec(any::<u8>(), 0..9), cut in any::<prop::sample::Index>()) {
        let mut text = file().into_bytes();
        let at = at.index(text.len());
        text.splice(at..at, bytes);
        text.truncate(cut.index(text.len()) + 1);
        exercise(&String::from_utf8_lossy(&text));
    }

    #[test]
    fn noise(text in "\\PC{0,300}") {
        exercise(&text);
    }
}
