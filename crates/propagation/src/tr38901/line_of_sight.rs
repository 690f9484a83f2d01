//! Table 7.4.2-1.

use super::path_loss::Scenario;

/// Probability of line of sight at an outdoor ground distance (m) for a terminal height (m; matters in urban macro
/// cells from 13 m up).
pub fn line_of_sight_probability(scenario: Scenario, distance_m: f64, terminal_height_m: f64) -> f64 {
    let d = distance_m;
    match scenario {
        Scenario::RuralMacro => (-(d - 10.0).max(0.0) / 1000.0).exp(),
        Scenario::UrbanMicro => street_probability(d, 36.0),
        Scenario::UrbanMacro => street_probability(d, 63.0) * (1.0 + tall_terminal_gain(d, terminal_height_m)),
        Scenario::IndoorMixedOffice => match d {
            ..=1.2 => 1.0,
            1.2..6.5 => (-(d - 1.2) / 4.7).exp(),
            _ => 0.32 * (-(d - 6.5) / 32.6).exp(),
        },
        Scenario::IndoorOpenOffice => match d {
            ..=5.0 => 1.0,
            5.0..=49.0 => (-(d - 5.0) / 70.8).exp(),
            _ => 0.54 * (-(d - 49.0) / 211.7).exp(),
        },
    }
}

fn street_probability(d: f64, decay_m: f64) -> f64 {
    if d <= 18.0 {
        1.0
    } else {
        18.0 / d + (-d / decay_m).exp() * (1.0 - 18.0 / d)
    }
}

/// What a terminal above 13 m adds, as a fraction.
fn tall_terminal_gain(d: f64, terminal_height_m: f64) -> f64 {
    if terminal_height_m <= 13.0 || d <= 18.0 {
        return 0.0;
    }
    ((terminal_height_m - 13.0) / 10.0).powf(1.5) * 1.25 * (d / 100.0).powi(3) * (-d / 150.0).exp()
}
