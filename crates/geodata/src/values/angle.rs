//! Degrees, minutes and seconds in the ways that people write them.

/// Reads `18°20'34.5"N`, `18 20 34,5`, `N18d20m34s`, `105-54-12`, `18°20,575'` or `18 độ 20 phút 34 giây`.
///
/// `None` for anything else, a plain number included: that is [`super::parse_number`]'s. Letters of the compass are
/// Vietnamese and English alike: `N`, `B` north; `E`, `Đ` east; `S` south; `W`, `T` west.
#[must_use]
pub fn parse_degrees(text: &str) -> Option<f64> {
    let lower = text.trim().to_lowercase();
    let mut negative = false;
    let mut numbers: Vec<String> = Vec::new();
    let mut in_number = false;
    for (index, character) in lower.char_indices() {
        match character {
            '0'..='9' => {
                if !in_number {
                    numbers.push(String::new());
                    in_number = true;
                }
                numbers.last_mut()?.push(character);
            }
            '.' | ',' if in_number => numbers.last_mut()?.push('.'),
            '-' if index == 0 => negative = true,
            _ => {
                in_number = false;
                if !is_angle_mark(character) {
                    return None;
                }
            }
        }
    }
    // In 18d20m34s one s stands for seconds; any other s is the south.
    let south = lower.matches('s').count() > usize::from(lower.contains('m'));
    negative |= south || lower.contains('w');
    degrees_of(&numbers).map(|degrees| if negative { -degrees } else { degrees })
}

fn is_angle_mark(character: char) -> bool {
    character.is_whitespace()
        || "°º˚'′’‘`´\"″”“-:*_;dmsộđophútgiâynebw".contains(character)
        || ('\u{300}'..='\u{36f}').contains(&character)
}

fn degrees_of(numbers: &[String]) -> Option<f64> {
    if !(2..=3).contains(&numbers.len()) {
        return None;
    }
    let parts: Vec<f64> = numbers
        .iter()
        .map(|number| number.trim_end_matches('.').parse().ok())
        .collect::<Option<_>>()?;
    let whole_but_last = parts[..parts.len() - 1].iter().all(|part| part.fract() == 0.0);
    let (minutes, seconds) = (parts[1], parts.get(2).copied().unwrap_or(0.0));
    (whole_but_last && parts[0] <= 180.0 && minutes < 60.0 && seconds < 60.0)
        .then_some(parts[0] + minutes / 60.0 + seconds / 3600.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn ways_of_writing_one_angle() {
        let expected = 18.0 + 20.0 / 60.0 + 34.5 / 3600.0;
        let ways = [
            "18°20'34.5\"N",
            "18°20′34.5″",
            "18 20 34,5",
            "N18°20'34.5\"",
            "18d20m34.5s",
            "18-20-34.5",
            "18 độ 20 phút 34,5 giây",
            "18º20’34.5” B",
            "18:20:34.5",
            "18° 20' 34.5''",
            "18°20,575'",
            "18°20.575' N",
        ];
        for text in ways {
            let degrees = parse_degrees(text).unwrap_or_else(|| panic!("{text}"));
            assert!((degrees - expected).abs() < 1e-9, "{text}: {degrees}");
        }
        assert!((parse_degrees("105°54'12\"Đ").unwrap() - 105.903_333_333).abs() < 1e-6);
    }

    #[test]
    fn south_and_west_are_negative() {
        assert!((parse_degrees("18°30'00\"S").unwrap() + 18.5).abs() < 1e-9);
        assert!((parse_degrees("18°30'W").unwrap() + 18.5).abs() < 1e-9);
        assert!((parse_degrees("-18°30'").unwrap() + 18.5).abs() < 1e-9);
    }

    #[test]
    fn what_is_no_angle_is_refused() {
        for text in [
            "",
            "18.34",
            "18",
            "105°74'12\"",
            "1 2 3 4",
            "18.5 20 30",
            "Xã Kỳ Anh",
            "190 00 00",
            "18°20'61\"",
        ] {
            assert_eq!(parse_degrees(text), None, "{text}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused(text in "\\PC{0,24}") {
            let _ = parse_degrees(&text);
        }

        #[test]
        fn written_angles_are_read_back(seconds in 0_u32..180 * 36_000) {
            let degrees = f64::from(seconds) / 36_000.0;
            let (d, m, s) = (seconds / 36_000, seconds / 600 % 60, f64::from(seconds % 600) / 10.0);
            let text = format!("{d}°{m:02}'{s:04.1}\"");
            prop_assert!((parse_degrees(&text).unwrap() - degrees).abs() < 1e-9);
        }
    }
}
