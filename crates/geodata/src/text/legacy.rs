//! Text in the fonts from before Unicode: TCVN3 (ABC, `.VnTime`) and VNI. Such text shows as `Hµ TÜnh` or `Haø Tónh`.

use super::syllable::{is_syllable, marked_words};

/// An encoding from before Unicode whose bytes a file shows as Western letters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum LegacyFont {
    /// TCVN 5712:1993 VN3, one byte a letter.
    Tcvn3,
    /// VNI-Windows, a letter and its mark.
    Vni,
}

impl LegacyFont {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Tcvn3, Self::Vni];

    /// Name for people.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Tcvn3 => "TCVN3",
            Self::Vni => "VNI",
        }
    }

    /// The text in Unicode.
    #[must_use]
    pub fn decode(self, text: &str) -> String {
        match self {
            Self::Tcvn3 => text
                .chars()
                .map(|letter| tcvn3_letter(letter).unwrap_or(letter))
                .collect(),
            Self::Vni => decode_vni(text),
        }
    }
}

/// What a text is when it cannot be Vietnamese as it stands: the font under which every marked word is a syllable.
#[must_use]
pub fn legacy_text(text: &str) -> Option<(LegacyFont, String)> {
    if !could_be_legacy(text) || marked_words(text).all(is_syllable) {
        return None;
    }
    LegacyFont::ALL
        .into_iter()
        .find_map(|font| Some((font, legacy_in(text, font)?)))
}

/// The text as that font has it, when every marked word then is a syllable; also for text that might stand as it is.
#[must_use]
pub fn legacy_in(text: &str, font: LegacyFont) -> Option<String> {
    if !could_be_legacy(text) {
        return None;
    }
    let decoded = font.decode(text);
    let mut marked = 0;
    let valid = marked_words(&decoded).all(|word| {
        marked += 1;
        is_syllable(word)
    });
    (valid && marked > 0 && decoded != text).then_some(decoded)
}

/// Legacy text has letters of Latin-1 and none that only Unicode has.
fn could_be_legacy(text: &str) -> bool {
    let mut western = false;
    for character in text.chars() {
        match character {
            '\0'..='\u{7f}' => {}
            '\u{80}'..='\u{ff}' | '\u{152}' | '\u{153}' | '\u{160}' | '\u{161}' | '\u{178}' => western = true,
            _ => return false,
        }
    }
    western
}

/// TCVN 5712:1993 VN3 by code, 0xA1–0xFE; `\0` where there is no letter.
const TCVN3: [char; 94] = [
    'Ă', 'Â', 'Ê', 'Ô', 'Ơ', 'Ư', 'Đ', 'ă', 'â', 'ê', 'ô', 'ơ', 'ư', 'đ', '\0', '\0', '\0', '\0', '\0', '\0', 'à', 'ả',
    'ã', 'á', 'ạ', '\0', 'ằ', 'ẳ', 'ẵ', 'ắ', '\0', '\0', '\0', '\0', '\0', '\0', '\0', 'ặ', 'ầ', 'ẩ', 'ẫ', 'ấ', 'ậ',
    'è', '\0', 'ẻ', 'ẽ', 'é', 'ẹ', 'ề', 'ể', 'ễ', 'ế', 'ệ', 'ì', 'ỉ', '\0', '\0', '\0', 'ĩ', 'í', 'ị', 'ò', '\0', 'ỏ',
    'õ', 'ó', 'ọ', 'ồ', 'ổ', 'ỗ', 'ố', 'ộ', 'ờ', 'ở', 'ỡ', 'ớ', 'ợ', 'ù', '\0', 'ủ', 'ũ', 'ú', 'ụ', 'ừ', 'ử', 'ữ', 'ứ',
    'ự', 'ỳ', 'ỷ', 'ỹ', 'ý', 'ỵ',
];

fn tcvn3_letter(letter: char) -> Option<char> {
    let index = u32::from(letter).checked_sub(0xa1)? as usize;
    TCVN3.get(index).copied().filter(|found| *found != '\0')
}

/// VNI: a base letter and the mark behind it.
const VNI_PAIRS: [(char, &str); 6] = [
    ('a', "øàùáûảõãïạââáấàầåẩãẫäậêăéắèằúẳüẵëặ"),
    ('e', "øèùéûẻõẽïẹâêáếàềåểãễäệ"),
    ('o', "øòùóûỏõõïọâôáốàồåổãỗäộ"),
    ('u', "øùùúûủõũïụ"),
    ('ô', "øờùớûởõỡïợ"),
    ('ö', "øừùứûửõữïự"),
];
const VNI_Y: &str = "øỳùýûỷõỹ";
const VNI_SINGLE: [(char, char); 7] = [
    ('ô', 'ơ'),
    ('ö', 'ư'),
    ('ñ', 'đ'),
    ('æ', 'ỉ'),
    ('ó', 'ĩ'),
    ('ò', 'ị'),
    ('î', 'ỵ'),
];

fn decode_vni(text: &str) -> String {
    let mut decoded = String::with_capacity(text.len());
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        let small = lower(letter);
        let joined = letters.peek().and_then(|mark| vni_pair(small, lower(*mark)));
        let found = match joined {
            Some(joined) => {
                letters.next();
                Some(joined)
            }
            None => VNI_SINGLE
                .iter()
                .find(|(vni, _)| *vni == small)
                .map(|(_, unicode)| *unicode),
        };
        match found {
            Some(found) if small == letter => decoded.push(found),
            Some(found) => decoded.extend(found.to_uppercase()),
            None => decoded.push(letter),
        }
    }
    decoded
}

fn vni_pair(letter: char, mark: char) -> Option<char> {
    let row = if letter == 'y' {
        VNI_Y
    } else {
        VNI_PAIRS.iter().find(|(base, _)| *base == letter)?.1
    };
    let letters: Vec<char> = row.chars().collect();
    letters.chunks_exact(2).find(|pair| pair[0] == mark).map(|pair| pair[1])
}

fn lower(letter: char) -> char {
    letter.to_lowercase().next().unwrap_or(letter)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn names_in_legacy_fonts_are_read() {
        for (written, font, expected) in [
            ("Hµ TÜnh", LegacyFont::Tcvn3, "Hà Tĩnh"),
            ("§øc Thä", LegacyFont::Tcvn3, "Đức Thọ"),
            ("X· Th¹ch §µi", LegacyFont::Tcvn3, "Xã Thạch Đài"),
            ("Ph\u{ad}êng VÜnh Hßa 12", LegacyFont::Tcvn3, "Phường Vĩnh Hòa 12"),
            ("Haø Tónh", LegacyFont::Vni, "Hà Tĩnh"),
            ("Ñöùc Thoï", LegacyFont::Vni, "Đức Thọ"),
            ("Höông Kheâ", LegacyFont::Vni, "Hương Khê"),
            ("XAÕ THAÏCH ÑAØI", LegacyFont::Vni, "XÃ THẠCH ĐÀI"),
        ] {
            assert_eq!(legacy_text(written), Some((font, expected.to_owned())), "{written}");
        }
    }

    #[test]
    fn right_text_is_left_alone() {
        for text in [
            "Hà Tĩnh",
            "Tân Hòa",
            "Hà Nam",
            "Kỳ Anh",
            "plain",
            "Café Noël",
            "Bouches-du-Rhône",
            "105°54'",
        ] {
            assert_eq!(legacy_text(text), None, "{text}");
        }
        // `Kú` is a syllable as it stands; only its neighbours can say that it is legacy text.
        assert_eq!(legacy_text("Kú Anh"), None);
        assert_eq!(legacy_in("Kú Anh", LegacyFont::Tcvn3).as_deref(), Some("Kỳ Anh"));
    }

    proptest! {
        #[test]
        fn any_text_is_decoded_or_left(text in "\\PC{0,24}") {
            let _ = legacy_text(&text);
        }
    }
}
