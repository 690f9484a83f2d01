//! Vietnamese text as lists really hold it: composed or decomposed, old or new tone position, legacy fonts.

mod legacy;
mod syllable;

pub use legacy::{LegacyFont, legacy_in, legacy_text};
pub use syllable::{is_syllable, marked_words};

use unicode_normalization::char::{decompose_canonical, is_combining_mark};
use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfc_quick};

/// Text for people: NFC, without control characters, white space collapsed and trimmed.
#[must_use]
pub fn clean(text: &str) -> String {
    if text.is_ascii() && !needs_trimming(text) {
        return text.to_owned();
    }
    if is_nfc_quick(text.chars()) == IsNormalized::Yes {
        clean_letters(text.chars(), text.len())
    } else {
        clean_letters(text.nfc(), text.len())
    }
}

fn clean_letters(composed: impl Iterator<Item = char>, capacity: usize) -> String {
    let mut cleaned = String::with_capacity(capacity);
    let mut pending_space = false;
    for character in composed {
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
    let mut folded = Folded {
        text: String::with_capacity(text.len()),
        pending_space: false,
    };
    for character in text.chars() {
        if character.is_ascii() {
            folded.push(character);
        } else {
            // Marks are left out, so their order within a letter does not matter: letter by letter is enough.
            decompose_canonical(character, |part| folded.push(part));
        }
    }
    folded.text
}

/// Text being folded, letter by letter.
struct Folded {
    text: String,
    pending_space: bool,
}

impl Folded {
    fn push(&mut self, character: char) {
        if character.is_ascii_alphanumeric() {
            self.letter(character.to_ascii_lowercase());
        } else if matches!(character, 'đ' | 'Đ' | 'ð' | 'Ð') {
            self.letter('d');
        } else if !character.is_ascii() && character.is_alphanumeric() && !is_combining_mark(character) {
            self.space();
            self.text.extend(character.to_lowercase());
        } else if !is_combining_mark(character) && !is_invisible(character) {
            self.pending_space = !self.text.is_empty();
        }
    }

    fn letter(&mut self, letter: char) {
        self.space();
        self.text.push(letter);
    }

    fn space(&mut self) {
        if std::mem::take(&mut self.pending_space) {
            self.text.push(' ');
        }
    }
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

    /// The definition of [`fold`], over the whole text's normal form.
    fn fold_plainly(text: &str) -> String {
        let bare: String = text
            .nfd()
            .filter(|c| !is_combining_mark(*c) && !is_invisible(*c))
            .map(|c| if matches!(c, 'đ' | 'Đ' | 'ð' | 'Ð') { 'd' } else { c })
            .map(|c| if c.is_alphanumeric() { c } else { ' ' })
            .collect();
        let lower: String = bare.chars().flat_map(char::to_lowercase).collect();
        lower
            .split(' ')
            .filter(|word| !word.is_empty())
            .collect::<Vec<_>>()
            .join(" ")
    }

    proptest! {
        #[test]
        fn folding_by_letters_is_folding_the_normal_form(text in "(\\PC|[àáảãạăằâậđĐƠƯỰỹ\u{300}\u{301}\u{323}\u{306}]){0,40}") {
            prop_assert_eq!(fold(&text), fold_plainly(&text));
        }

        #[test]
        fn clean_and_fold_are_idempotent(text in "\\PC{0,40}") {
            prop_assert_eq!(clean(&clean(&text)), clean(&text));
            prop_assert_eq!(fold(&fold(&text)), fold(&text));
        }
    }
}
