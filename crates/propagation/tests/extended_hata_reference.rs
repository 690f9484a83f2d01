//! Extended Hata against the 53 published cases.

#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout)] // a test may stop

mod reference;

use propagation::extended_hata::{self, Environment, Parameters, RidgeRule};
use reference::{number, read};

const TOLERANCE_DB: f64 = 5.1e-5; // the file prints four decimals

#[test]
fn every_case_of_the_corrected_program() {
    let Some(folder) = reference::folder("ehata") else {
        return;
    };
    let folder = folder.join("test");
    let text = read(&folder.join("test-inputs-wfmod.csv"));
    let (mut compared, mut clamped_equal) = (0, 0);
    for line in text.lines().skip(1) {
        // Titles may hold commas: the other fields are counted from the end.
        let fields: Vec<&str> = line.split(',').map(str::trim).collect();
        let Some(from_end) = fields.len().checked_sub(11) else {
            continue;
        };
        let [f, hb, hm, env, file] = [0, 1, 2, 3, 4].map(|i| fields[from_end + i]);
        let profile = read(&folder.join("pfls").join(file));
        let values: Vec<f64> = profile
            .split(',')
            .filter(|v| !v.trim().is_empty())
            .map(number)
            .collect();
        let heights_m = &values[2..3 + values[0] as usize];
        let loss_db = |ridge_rule| {
            let parameters = Parameters {
                frequency_mhz: number(f),
                base_height_m: number(hb),
                mobile_height_m: number(hm),
                environment: Environment::from_land_class(env.parse().unwrap()),
                reliability: 0.5,
                ridge_rule,
            };
            extended_hata::evaluate(values[1], heights_m, &parameters)
                .unwrap()
                .loss_db
        };
        let expected = number(fields[fields.len() - 1]);
        let ours = loss_db(RidgeRule::Extrapolated);
        assert!(
            (ours - expected).abs() <= TOLERANCE_DB,
            "{}: {ours} instead of {expected}",
            fields[0]
        );
        compared += 1;
        clamped_equal += usize::from((loss_db(RidgeRule::Clamped) - expected).abs() <= TOLERANCE_DB);
    }
    println!("{compared} cases, {clamped_equal} of them also with the clamped ridge rule");
    assert!(compared > 0);
    // Five ridges lie outside the table.
    assert!(compared - clamped_equal <= 5);
}
