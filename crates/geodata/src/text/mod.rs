//! Vietnamese text as lists really hold it: composed or decomposed, old or new tone position, legacy fonts.

mod legacy;
mod syllable;

pub use legacy::{LegacyFont, legacy_in, legacy_text};
pub use syllable::{is_syllable, marked_words};

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// Text for people: NFC, without control characters, white space collapsed and trimmed.
#[must_use]
pub fn clean(text: &str) -> String {
    if text.is_ascii() && !needs_trimming(text) {
        return text.to_owned();
    }
    let mut cleaned = String::with_capacity(text.len());
    let mut pending_space = false;
    for character in text.nfc() {
        if is_blank(character) {
            pending_space = !cleaned.is_empty();
        } else if !is_invisible(character) {
            if pending_space {
                cleaned.push(' ');
                pending_space = false;
            }
            cleaned.push(character);
        }
    }
    cleaned
}

fn needs_trimming(text: &str) -> bool {
    let bytes = text.as_bytes();
    bytes.first().is_some_and(|b| *b <= b' ')
        || bytes.last().is_some_and(|b| *b <= b' ')
        || bytes
            .windows(2)
            .any(|pair| pair[1] < b' ' || (pair[0] == b' ' && pair[1] == b' '))
}

fn is_blank(character: char) -> bool {
    character.is_whitespace() || character.is_control()
}

/// Zero-width characters and byte-order marks that copying from PDF and Word leaves behind.
fn is_invisible(character: char) -> bool {
    matches!(character, '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}' | '\u{ad}')
}

/// Text for comparing: lower case, without tones and marks, `đ` as `d`, anything but letters and digits as one space.
///
/// Both tone positions (`Hòa`, `Hoà`) and both normal forms (NFC, NFD) of a word fold to the same text.
#[must_use]
pub fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    let mut pending_space = false;
    for character in text.nfd().filter(|c| !is_combining_mark(*c) && !is_invisible(*c)) {
        let character = match character {
            'đ' | 'Đ' | 'ð' | 'Ð' => 'd',
            other => other,
        };
        if !character.is_alphanumeric() {
            pending_space = !folded.is_empty();
            continue;
        }
        if pending_space {
            folded.push(' ');
            pending_space = false;
        }
        folded.extend(character.to_lowercase());
    }
    folded
}

/// Letters to insert, delete or replace to make one text of another (Levenshtein).
#[must_use]
pub fn edit_distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, letter) in a.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, other) in b.iter().enumerate() {
            let replaced = diagonal + usize::from(letter != *other);
            diagonal = row[j + 1];
            row[j + 1] = replaced.min(diagonal + 1).min(row[j] + 1);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn spellings_of_one_word_fold_alike() {
        let decomposed: String = "Kinh độ".nfd().collect();
        assert_eq!(fold("Kinh độ"), "kinh do");
        assert_eq!(fold(&decomposed), "kinh do");
        assert_eq!(fold("Thạch Hòa"), fold("Thạch Hoà"));
        assert_eq!(fold("  Độ cao\ncột (m) "), "do cao cot m");
        assert_eq!(fold("ĐỨC THỌ"), "duc tho");
    }

    #[test]
    fn clean_keeps_words_and_composes() {
        let decomposed: String = " Kỳ\u{a0} Anh\u{200b}\t".nfd().collect();
        assert_eq!(clean(&decomposed), "Kỳ Anh");
        assert_eq!(clean("HTH0001"), "HTH0001");
        assert_eq!(clean(" a  b "), "a b");
    }

    proptest! {
        #[test]
        fn clean_and_fold_are_idempotent(text in "\\PC{0,40}") {
            prop_assert_eq!(clean(&clean(&text)), clean(&text));
            prop_assert_eq!(fold(&fold(&text)), fold(&text));
        }
    }
}
