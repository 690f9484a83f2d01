//! Whether a word can be a Vietnamese syllable: how text in a legacy font is told from text that is right.

use std::collections::HashSet;
use std::sync::LazyLock;

use unicode_normalization::UnicodeNormalization;

/// Consonants that may begin a syllable, the longer before the shorter.
const ONSETS: [&str; 28] = [
    "ngh", "ch", "gh", "gi", "kh", "ng", "nh", "ph", "qu", "th", "tr", "b", "c", "d", "đ", "g", "h", "k", "l", "m",
    "n", "p", "r", "s", "t", "v", "x", "",
];

/// What may follow them, without tones.
const RIMES: &str = "a ac ach ai am an ang anh ao ap at au ay ă ăc ăm ăn ăng ăp ăt ă âc âm ân âng âp ât âu ây e ec em en eng eo \
    ep et ê êch ên ênh êm êp êt êu i ia ich iêc iêm iên iêng iêp iêt iêu im in inh ip it iu o oa oac oach oai oam oan oang oanh \
    oao oap oat oay oăc oăm oăn oăng oăt oc oe oen oeo oet oi om on ong op ot ôc ôi ôm ôn ông ôp ôt ô ơ ơi ơm ơn ơp ơt u ua uân \
    uâng uât uây uc uê uêch uênh ui um un ung uôc uôi uôm uôn uông uôt up ut uy uya uych uyên uyêt uynh uyt uyu uơ ư ưa ưc ưi ưm \
    ưn ưng ưt ươc ươi ươm ươn ương ươp ươt ươu ưu y yêm yên yêng yêt yêu ynh ych yt ăk ak ăc iêk ok ôk uôk";

static RIME_SET: LazyLock<HashSet<String>> =
    LazyLock::new(|| RIMES.split_whitespace().map(|rime| rime.nfc().collect()).collect());

/// Whether a word is spelt as a Vietnamese syllable, tones and marks included. Case does not matter.
#[must_use]
pub fn is_syllable(word: &str) -> bool {
    let mut tones = 0;
    let bare: String = word
        .to_lowercase()
        .nfd()
        .filter(|character| {
            let tone = matches!(character, '\u{300}' | '\u{301}' | '\u{303}' | '\u{309}' | '\u{323}');
            tones += usize::from(tone);
            !tone
        })
        .nfc()
        .collect();
    tones <= 1
        && ONSETS.iter().any(|onset| {
            bare.strip_prefix(onset)
                .is_some_and(|rime| RIME_SET.contains(rime) || (*onset == "gi" && rime.is_empty()))
        })
}

/// Words of a text that are not plain ASCII: those that tell encodings apart. Digits and punctuation separate words.
pub fn marked_words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|character: char| character.is_ascii() && !character.is_ascii_alphabetic())
        .filter(|word| !word.is_ascii())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn syllables_are_told_from_other_words() {
        for word in [
            "Hà", "Tĩnh", "Kỳ", "Đức", "Thọ", "Hòa", "Hoà", "Quảng", "Nghèn", "Khuyến", "giữ", "Gì", "Quý", "ương",
            "Vũng", "Thạch", "Xuyên", "Đắk",
        ] {
            assert!(is_syllable(word), "{word}");
        }
        for word in [
            "Hµ", "TÜnh", "Haø", "Tónhx", "§øc", "Ñöùc", "Thä", "ÃÂ", "Œuvre", "Bouché",
        ] {
            assert!(!is_syllable(word), "{word}");
        }
    }
}
