//! Whole numbers as people read them.

/// A whole number with its thousands apart: 8.189 in Vietnamese, 8,189 in English.
#[must_use]
pub fn grouped(value: f64, separator: char) -> String {
    let digits = format!("{:.0}", value.abs());
    let mut text = String::with_capacity(digits.len() + digits.len() / 3 + 1);
    if value < 0.0 && digits != "0" {
        text.push('−');
    }
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(separator);
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_stand_apart() {
        let written = [0.0, -0.2, 7.4, 999.6, 8189.0, 1_234_567.0, -45_000.0].map(|value| grouped(value, '.'));
        assert_eq!(written, ["0", "0", "7", "1.000", "8.189", "1.234.567", "−45.000"]);
    }
}
