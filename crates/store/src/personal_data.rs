//! Personal data in free text: what is masked before a row leaves the department.
//!
//! Notes of site lists hold land owners' names and phone numbers. Masked are phone numbers, identity card numbers, e-mail addresses, and the
//! name after a form of address ("ông", "bà", "chủ đất", …). A mask that hides a mast's number by mistake costs little; a number that gets out
//! cannot be taken back.

use serde_json::Value;

/// Stands for what was masked.
const MASK: &str = "•••";
/// Fewest digits of a number that is masked: Vietnamese phone numbers have 10, identity cards 9 or 12.
const LEAST_DIGITS: usize = 9;
/// Most digits: longer ones are no phone number or card.
const MOST_DIGITS: usize = 13;
/// Forms of address and roles that are followed by a person's name, in lower case.
const BEFORE_A_NAME: [&str; 20] = [
    "ông", "bà", "anh", "chị", "cô", "chú", "bác", "hộ", "ô.", "b.", "a.", "c.", "đất", "nhà", "lh", "lh:", "hệ",
    "hệ:", "mr", "ms",
];
/// Properties that hold free text.
const FREE_TEXT: [&str; 6] = ["note", "notes", "ghi_chu", "contact", "address", "remark"];

/// Masks personal data in the free-text properties of a row.
pub(crate) fn mask_properties(properties: &mut Value) {
    let Value::Object(fields) = properties else { return };
    for (key, value) in fields {
        if let (true, Value::String(text)) = (FREE_TEXT.contains(&key.as_str()), &mut *value) {
            *text = mask(text);
        }
    }
}

/// A text without the personal data that can be told by their form.
pub fn mask(text: &str) -> String {
    mask_names(&mask_numbers(text))
}

/// Masks e-mail addresses and runs of digits (with blanks, dots, dashes between) of the length of phone and card numbers.
fn mask_numbers(text: &str) -> String {
    let mut masked = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(character) = rest.chars().next() {
        if character.is_ascii_digit() || character == '+' {
            let length = number_length(rest);
            let (number, after) = rest.split_at(length);
            let digits = number.chars().filter(char::is_ascii_digit).count();
            let personal = (LEAST_DIGITS..=MOST_DIGITS).contains(&digits);
            masked.push_str(if personal { MASK } else { number });
            rest = after;
        } else {
            masked.push(character);
            rest = &rest[character.len_utf8()..];
        }
    }
    masked
        .split_inclusive(char::is_whitespace)
        .map(|word| {
            if word.contains('@') && word.contains('.') {
                let blank = word.len() - word.trim_end().len();
                format!("{MASK}{}", &word[word.len() - blank..])
            } else {
                word.to_owned()
            }
        })
        .collect()
}

/// Bytes of the number at the start of a text: digits with single separators between them.
fn number_length(text: &str) -> usize {
    let mut end = 0;
    let mut separated = false;
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            b'0'..=b'9' => {
                end = at + 1;
                separated = false;
            }
            b'+' if at == 0 => end = 1,
            b' ' | b'.' | b'-' if !separated && at > 0 => separated = true,
            _ => break,
        }
    }
    end
}

/// Masks the capitalised words (up to five) after a form of address.
fn mask_names(text: &str) -> String {
    let mut masked = String::with_capacity(text.len());
    let mut after_address = false;
    let mut name_words = 0;
    for word in text.split_inclusive(char::is_whitespace) {
        let bare = word.trim_matches(|c: char| !c.is_alphanumeric() && c != '.' && c != ':');
        let capital = bare.chars().next().is_some_and(char::is_uppercase);
        if after_address && capital && name_words < 5 {
            if name_words == 0 {
                masked.push_str(MASK);
            }
            name_words += 1;
            let ends = word.trim_end().ends_with([',', ';', ')', '.']);
            if ends {
                masked.push_str(&word[word.trim_end().len() - 1..]);
                (after_address, name_words) = (false, 0);
            }
            continue;
        }
        if name_words > 0 {
            masked.push(' ');
        }
        name_words = 0;
        after_address = BEFORE_A_NAME.contains(&bare.to_lowercase().as_str());
        masked.push_str(word);
    }
    masked
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn numbers_addresses_and_names_are_masked_and_the_rest_stays() {
        let cases = [
            ("Cột 42 m, móng 3x3", "Cột 42 m, móng 3x3"),
            ("LH 0912 345 678 trước khi vào", "LH ••• trước khi vào"),
            ("sđt: +84.912.345.678", "sđt: •••"),
            ("CCCD 042123456789.", "CCCD •••."),
            ("thuê đất ông Nguyễn Văn An, thôn 3", "thuê đất ông •••, thôn 3"),
            ("đất bà Trần Thị B", "đất bà •••"),
            ("gửi a.b@example.vn nhé", "gửi ••• nhé"),
            ("Phát sóng 15/10/2025, băng 1800", "Phát sóng 15/10/2025, băng 1800"),
            ("ông Hùng cho thuê", "ông ••• cho thuê"),
        ];
        for (text, expected) in cases {
            assert_eq!(mask(text), expected);
        }
    }

    proptest! {
        #[test]
        fn no_phone_number_survives(before in "[a-zà-ỹ ]{0,20}", number in "0[1-9][0-9]{8}", after in "[ ,;]?[a-z ]{0,10}") {
            let masked = mask(&format!("{before}{number}{after}"));
            prop_assert!(!masked.contains(&number[1..]));
        }

        #[test]
        fn any_text_can_be_masked(text in ".{0,200}") {
            mask(&text);
        }
    }
}
