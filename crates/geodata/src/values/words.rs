//! Words with a fixed meaning: technologies, yes and no.

use crate::records::Technology;
use crate::text::fold;

/// The technologies that a cell names: `2G/3G/4G`, `4G LTE1800`, `GSM, UMTS`, `2/3/4G`, `5G NR`. Empty when none.
#[must_use]
pub fn parse_technologies(text: &str) -> Vec<Technology> {
    let folded = fold(text);
    let mut found = [false; 4];
    for word in folded.split(' ') {
        mark_digits(word, &mut found);
        for (index, names) in NAMES.iter().enumerate() {
            found[index] |= names.iter().any(|name| word.starts_with(name));
        }
    }
    mark_shared_suffix(&folded, &mut found);
    Technology::ALL
        .into_iter()
        .zip(found)
        .filter_map(|(technology, found)| found.then_some(technology))
        .collect()
}

const NAMES: [&[&str]; 4] = [
    &["gsm", "dcs", "edge", "gprs"],
    &["umts", "wcdma", "hspa"],
    &["lte", "eutran"],
    &["nr"],
];

/// `2g`, `2g3g4g`, `234g`.
fn mark_digits(word: &str, found: &mut [bool; 4]) {
    let mut pending: Vec<usize> = Vec::new();
    for character in word.chars() {
        match character {
            '2'..='5' => pending.push(character as usize - '2' as usize),
            'g' => pending.drain(..).for_each(|index| found[index] = true),
            _ => pending.clear(),
        }
    }
}

/// `2/3/4G`: single digits before the one that carries the G.
fn mark_shared_suffix(folded: &str, found: &mut [bool; 4]) {
    let words: Vec<&str> = folded.split(' ').collect();
    for (position, word) in words.iter().enumerate() {
        if !matches!(*word, "2g" | "3g" | "4g" | "5g") {
            continue;
        }
        for earlier in words[..position].iter().rev() {
            match *earlier {
                "2" | "3" | "4" | "5" => found[earlier.as_bytes()[0] as usize - b'2' as usize] = true,
                _ => break,
            }
        }
    }
}

/// Reads yes and no in Vietnamese and English, `x` and `1`, `-` and `0`.
#[must_use]
pub fn parse_flag(text: &str) -> Option<bool> {
    let trimmed = text.trim();
    if matches!(trimmed, "✓" | "✔" | "☑" | "+") {
        return Some(true);
    }
    if matches!(trimmed, "-" | "–" | "✗" | "✘" | "☐") {
        return Some(false);
    }
    match fold(trimmed).as_str() {
        "co" | "x" | "yes" | "y" | "true" | "1" | "da co" | "roi" | "dung" | "c" | "da" => Some(true),
        "khong" | "no" | "n" | "false" | "0" | "chua" | "chua co" | "k" | "sai" | "khong co" => Some(false),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Technology::{G2, G3, G4, G5};

    #[test]
    fn technologies_in_the_ways_of_lists() {
        let cases: [(&str, &[Technology]); 12] = [
            ("2G/3G/4G", &[G2, G3, G4]),
            ("4G", &[G4]),
            ("2g,3g", &[G2, G3]),
            ("3G+4G + 5G", &[G3, G4, G5]),
            ("2G3G4G", &[G2, G3, G4]),
            ("234G", &[G2, G3, G4]),
            ("2/3/4G", &[G2, G3, G4]),
            ("LTE1800", &[G4]),
            ("GSM 900; UMTS 2100", &[G2, G3]),
            ("5G NR 3500", &[G5]),
            ("không", &[]),
            ("", &[]),
        ];
        for (text, expected) in cases {
            assert_eq!(parse_technologies(text), expected, "{text}");
        }
    }

    #[test]
    fn yes_and_no() {
        assert_eq!(parse_flag("Có"), Some(true));
        assert_eq!(parse_flag(" X "), Some(true));
        assert_eq!(parse_flag("Chưa có"), Some(false));
        assert_eq!(parse_flag("-"), Some(false));
        assert_eq!(parse_flag("2019"), None);
    }
}
