//! Bands by the words that lists use for them.

use crate::records::Technology;
use crate::values::parse_technologies;

/// (name, words by which lists call it, downlink edges in MHz), per technology family.
const BANDS: [(&str, &[&str], f64, f64); 9] = [
    ("B8", &["b8", "900"], 925.0, 960.0),
    ("B3", &["b3", "1800"], 1805.0, 1880.0),
    ("B1", &["b1", "2100"], 2110.0, 2170.0),
    ("B7", &["b7", "2600"], 2620.0, 2690.0),
    ("B20", &["b20", "800"], 791.0, 821.0),
    ("n28", &["n28", "b28", "700"], 758.0, 803.0),
    ("n41", &["n41", "2500", "2600"], 2496.0, 2690.0),
    ("n78", &["n78", "3500", "3600", "3700"], 3300.0, 3800.0),
    ("n77", &["n77", "3800", "3900"], 3800.0, 4200.0),
];

/// The bands that a text names for a technology; parts that name another technology are passed over.
#[must_use]
pub fn bands_in(text: &str, of: Technology) -> Vec<&'static str> {
    let mut found: Vec<&'static str> = Vec::new();
    for part in text.to_lowercase().split([',', ';', '/', '+', '|', '\n']) {
        let technologies = parse_technologies(part);
        if !technologies.is_empty() && !technologies.contains(&of) {
            continue;
        }
        let is_nr_part = technologies.contains(&Technology::G5);
        let digits: String = part
            .chars()
            .filter(|c| c.is_ascii_alphanumeric() || *c == ' ')
            .collect();
        let band = BANDS.iter().find(|(name, words, ..)| {
            // 2600 means B7 for LTE and n41 for NR.
            let of_nr = name.starts_with('n') && *name != "n28";
            let fits = of == Technology::G5 || is_nr_part || !of_nr;
            fits && (of != Technology::G5 || *name != "B7")
                && words
                    .iter()
                    .any(|word| digits.split(' ').any(|token| token == *word || token.ends_with(word)))
        });
        if let Some((name, ..)) = band
            && !found.contains(name)
        {
            found.push(name);
        }
    }
    found
}

/// The bands that people call by this round frequency.
pub fn nominal(mhz: f64) -> impl Iterator<Item = &'static str> {
    let word = mhz.to_string();
    BANDS
        .iter()
        .filter(move |(_, words, ..)| words.contains(&word.as_str()))
        .map(|(name, ..)| *name)
}

/// The band that a downlink frequency lies in.
#[must_use]
pub fn of_frequency(mhz: f64) -> Option<&'static str> {
    BANDS
        .iter()
        .find(|(_, _, low, high)| (*low..=*high).contains(&mhz))
        .map(|(name, ..)| *name)
}

/// The middle of a band's downlink, MHz.
#[must_use]
pub fn middle_mhz(band: &str) -> Option<f64> {
    BANDS
        .iter()
        .find(|(name, ..)| *name == band)
        .map(|(_, _, low, high)| f64::midpoint(*low, *high))
}
