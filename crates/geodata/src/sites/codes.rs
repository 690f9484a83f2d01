//! Codes that a list gives to two masts: whose it is, and what the other's should be.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

/// A code's part before its last digits, the number of those digits, and their value.
type Split<'a> = (&'a str, usize, u64);

/// The site codes of one sheet, row by row.
#[derive(Debug)]
pub struct SheetCodes<'a> {
    codes: &'a [Option<String>],
    /// The first row of every code.
    first: HashMap<&'a str, usize>,
    /// All rows of those codes that stand in several.
    repeated: HashMap<&'a str, Vec<usize>>,
}

impl<'a> SheetCodes<'a> {
    /// Takes the code of every row, `None` where a row has none.
    #[must_use]
    pub fn new(codes: &'a [Option<String>]) -> Self {
        let mut first: HashMap<&str, usize> = HashMap::with_capacity(codes.len());
        let mut repeated: HashMap<&str, Vec<usize>> = HashMap::new();
        for (row, code) in codes.iter().enumerate() {
            let Some(code) = code.as_deref() else { continue };
            match first.entry(code) {
                Entry::Vacant(entry) => {
                    entry.insert(row);
                }
                Entry::Occupied(entry) => repeated.entry(code).or_insert_with(|| vec![*entry.get()]).push(row),
            }
        }
        Self { codes, first, repeated }
    }

    /// Of a code that several rows have, those rows, the one that it belongs to first: that whose neighbours' codes it
    /// continues, else the first. Empty for a code that stands in one row or none.
    #[must_use]
    pub fn rows_of_repeated(&self, code: &str) -> Vec<usize> {
        let mut rows = self.repeated.get(code).cloned().unwrap_or_default();
        rows.sort_by_cached_key(|row| (std::cmp::Reverse(self.continues_neighbours(*row)), *row));
        rows
    }

    /// How well a row's code continues those above and below it.
    fn continues_neighbours(&self, row: usize) -> u8 {
        let Some((prefix, _, number)) = self.split(row) else {
            return 0;
        };
        let near = |other: Option<usize>| {
            let (other_prefix, _, other_number) = other.and_then(|other| self.split(other))?;
            (other_prefix == prefix).then(|| other_number.abs_diff(number))
        };
        let score = |distance: Option<u64>| match distance {
            Some(1) => 2,
            Some(2..=5) => 1,
            _ => 0,
        };
        score(near(row.checked_sub(1))) + score(near(Some(row + 1)))
    }

    fn split(&self, row: usize) -> Option<Split<'a>> {
        split(self.codes.get(row)?.as_deref()?)
    }

    /// The code that is missing between the rows above and below, when they leave room for exactly one that no row has.
    #[must_use]
    pub fn missing_between(&self, row: usize) -> Option<String> {
        let (prefix, width, above) = self.split(row.checked_sub(1)?)?;
        let (other_prefix, _, below) = self.split(row + 1)?;
        if prefix != other_prefix || below.checked_sub(above) != Some(2) {
            return None;
        }
        let code = format!("{prefix}{:0width$}", above + 1);
        (!self.first.contains_key(code.as_str())).then_some(code)
    }

    /// Whether any row has this code.
    #[must_use]
    pub fn has(&self, code: &str) -> bool {
        self.first.contains_key(code)
    }
}

fn split(code: &str) -> Option<Split<'_>> {
    let digits = code.len() - code.bytes().rev().take_while(u8::is_ascii_digit).count();
    let (prefix, number) = code.split_at(digits);
    Some((prefix, number.len(), number.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_belongs_where_it_continues_its_neighbours() {
        let codes = ["HT001", "HT005", "HT003", "HT004", "HT005", "HT006"];
        let codes = codes.map(|code| Some(code.to_owned()));
        let codes = SheetCodes::new(&codes);
        assert_eq!(codes.rows_of_repeated("HT005"), [4, 1]);
        assert!(codes.rows_of_repeated("HT004").is_empty());
        assert_eq!(codes.missing_between(1).as_deref(), Some("HT002"));
        assert_eq!(codes.missing_between(3), None);
        assert_eq!(split("KỲ-07"), Some(("KỲ-", 2, 7)));
        assert_eq!(split("ABC"), None);
    }
}
