//! Coordinate systems as lists declare them in words.

use geodesy::coordinate_system::{VN2000_GEOGRAPHIC, WGS84, vn2000_zones};

use crate::text::fold;

/// A coordinate system that a cell or header names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DeclaredSystem {
    /// An EPSG code.
    Epsg(u32),
    /// VN-2000 without a zone: degrees, or the province's zone.
    Vn2000,
}

/// Understands `WGS84`, `VN2000`, `VN-2000 KTT 105°30'`, `VN2000 105.5`, `UTM 48N`, `EPSG:9209`, `9209`.
#[must_use]
pub fn parse_declared_system(text: &str) -> Option<DeclaredSystem> {
    let folded = fold(text);
    if folded.is_empty() {
        return None;
    }
    let compact: String = folded.chars().filter(|c| *c != ' ').collect();
    let zones = vn2000_zones();
    if let Some(epsg) = compact
        .strip_prefix("epsg")
        .or(Some(compact.as_str()))
        .and_then(|code| code.parse().ok())
        && (epsg == WGS84 || epsg == VN2000_GEOGRAPHIC || (1024..=32_767).contains(&epsg))
    {
        return Some(DeclaredSystem::Epsg(epsg));
    }
    let is_vn2000 = compact.contains("vn2000") || compact.contains("vn2k");
    if let Some(zone) = compact
        .split("utm")
        .nth(1)
        .and_then(|rest| rest.get(..rest.len().min(6)))
    {
        let code = match (zone.contains("48"), zone.contains("49"), is_vn2000) {
            (true, _, true) => 3405,
            (_, true, true) => 3406,
            (true, _, false) => 32648,
            (_, true, false) => 32649,
            _ => return None,
        };
        return Some(DeclaredSystem::Epsg(code));
    }
    if let Some(meridian) = meridian_in(text) {
        let zone = zones
            .iter()
            .filter(|zone| zone.epsg != 3405 && zone.epsg != 3406)
            .find(|zone| {
                zone.central_meridian_deg
                    .is_some_and(|degrees| (degrees - meridian).abs() < 0.01)
            });
        if let Some(zone) = zone {
            return Some(DeclaredSystem::Epsg(zone.epsg));
        }
    }
    if is_vn2000 {
        return Some(DeclaredSystem::Vn2000);
    }
    (compact.contains("wgs") || compact.contains("gps")).then_some(DeclaredSystem::Epsg(WGS84))
}

/// A central meridian written as `105°30'`, `105-30`, `105.5` or `105 30`.
fn meridian_in(text: &str) -> Option<f64> {
    let numbers: Vec<f64> = text
        .replace(',', ".")
        .split(|c: char| !(c.is_ascii_digit() || c == '.'))
        .filter_map(|part| part.trim_matches('.').parse().ok())
        .collect();
    let position = numbers.iter().position(|number| (102.0..=110.0).contains(number))?;
    let degrees = numbers[position];
    let minutes = numbers
        .get(position + 1)
        .copied()
        .filter(|m| degrees.fract() == 0.0 && (0.0..60.0).contains(m));
    Some(degrees + minutes.unwrap_or(0.0) / 60.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use DeclaredSystem::{Epsg, Vn2000};

    #[test]
    fn systems_in_words() {
        let cases = [
            ("WGS84", Some(Epsg(4326))),
            ("WGS-84", Some(Epsg(4326))),
            ("EPSG:9209", Some(Epsg(9209))),
            ("9215", Some(Epsg(9215))),
            ("VN2000", Some(Vn2000)),
            ("VN-2000", Some(Vn2000)),
            ("VN-2000 KTT 105°30', múi 3", Some(Epsg(9209))),
            ("VN2000 107.25", Some(Epsg(9215))),
            ("VN2000 UTM 48N", Some(Epsg(3405))),
            ("UTM zone 49N", Some(Epsg(32649))),
            ("", None),
            ("xã", None),
        ];
        for (text, expected) in cases {
            assert_eq!(parse_declared_system(text), expected, "{text}");
        }
    }
}
