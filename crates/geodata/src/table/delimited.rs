//! CSV and its relatives: separator, encoding and byte-order mark are found, not asked for.

use std::borrow::Cow;
use std::sync::Arc;

use chardetng::EncodingDetector;
use encoding_rs::Encoding;
use unicode_normalization::UnicodeNormalization;

use super::repeats::Repeats;
use super::{Row, Sheet, Value};
use crate::budget::Budget;
use crate::error::ImportError;
use crate::message::Message;
use crate::text::{LegacyFont, is_syllable, marked_words};

const SEPARATORS: [u8; 4] = [b',', b';', b'\t', b'|'];

/// Reads a delimited text file.
pub fn read(file: &Arc<str>, bytes: &[u8], budget: &mut Budget) -> Result<Sheet, ImportError> {
    let text = decode(bytes);
    let separator = find_separator(&text);
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(separator)
        .has_headers(false)
        .flexible(true)
        .from_reader(text.as_bytes());
    let most_columns = budget.limits().columns;
    if widest_row(text.as_bytes(), separator) > most_columns as usize {
        return Err(super::open::too_many_columns(file, most_columns));
    }
    let mut rows = Vec::new();
    let mut repeats = Repeats::new();
    let mut record = csv::StringRecord::new();
    loop {
        match reader.read_record(&mut record) {
            Ok(true) => {}
            Ok(false) => break,
            Err(error) => return Err(malformed(file, &error)),
        }
        let line = record.position().map_or(0, |position| first_line(&text, position));
        let row = row_of(line, &record, &mut repeats);
        if row.is_empty() {
            continue;
        }
        budget.take_row()?;
        budget.take(row.values.len() * size_of::<Value>())?;
        for value in &row.values {
            if let Value::Text(text) = value {
                budget.take_text(text)?;
            }
        }
        rows.push(row);
    }
    Ok(Sheet {
        file: Arc::clone(file),
        name: None,
        rows,
        ..Sheet::default()
    })
}

/// Fields of the widest row, counted before any row is taken apart: a line of a hundred million commas is not one to read.
fn widest_row(text: &[u8], separator: u8) -> usize {
    let (mut widest, mut fields) = (1, 1);
    let (mut quoted, mut at_start) = (false, true);
    for byte in text {
        let was_quoted = quoted;
        match byte {
            b'"' if at_start || quoted => quoted = !quoted,
            b'\n' | b'\r' if !quoted => fields = 1,
            other if *other == separator && !quoted => {
                fields += 1;
                widest = widest.max(fields);
            }
            _ => {}
        }
        // A doubled quote inside a quoted field closes it and opens it again.
        let closes = was_quoted && *byte == b'"';
        at_start = !quoted && (closes || *byte == separator || matches!(byte, b'\n' | b'\r'));
    }
    widest
}

/// Line on which a record's text begins; the reader's own position is before the blank lines that precede it.
fn first_line(text: &str, position: &csv::Position) -> u64 {
    let start = usize::try_from(position.byte()).unwrap_or(usize::MAX);
    let rest = text.as_bytes().get(start..).unwrap_or_default();
    let blank = rest.iter().take_while(|byte| matches!(byte, b'\n' | b'\r'));
    position.line() + blank.filter(|byte| **byte == b'\n').count() as u64
}

fn row_of(line: u64, record: &csv::StringRecord, repeats: &mut Repeats) -> Row {
    let values = record
        .iter()
        .map(|field| {
            if field.trim().is_empty() {
                Value::Empty
            } else {
                Value::Text(repeats.shared(field))
            }
        })
        .collect();
    Row {
        number: u32::try_from(line).unwrap_or(u32::MAX),
        hidden: false,
        values,
    }
}

fn malformed(file: &str, error: &csv::Error) -> ImportError {
    ImportError::new(
        "malformed_csv",
        Message::new(
            format!("tệp CSV bị lỗi: {error}"),
            format!("the CSV file is malformed: {error}"),
        ),
    )
    .at(file)
}

/// Decodes by byte-order mark, else as UTF-8, else as the encoding that the bytes look like.
pub fn decode(bytes: &[u8]) -> Cow<'_, str> {
    if let Some((encoding, length)) = Encoding::for_bom(bytes) {
        return encoding.decode_without_bom_handling(&bytes[length..]).0;
    }
    if let Some(encoding) = utf16_without_mark(bytes) {
        return encoding.decode_without_bom_handling(bytes).0;
    }
    std::str::from_utf8(bytes).map_or_else(|_| decode_single_bytes(bytes), Cow::Borrowed)
}

/// Bytes of a file by which its encoding is told.
const ENCODING_SAMPLE: usize = 1 << 18;

/// Bytes that are no Unicode: Windows-1258, or Western letters that a legacy Vietnamese font shows otherwise (these are told
/// apart cell by cell later), or whatever else they look like.
fn decode_single_bytes(bytes: &[u8]) -> Cow<'_, str> {
    // Headings alone may be plain ASCII: the sample begins at the first byte that is not.
    let first = bytes.iter().position(|byte| !byte.is_ascii()).unwrap_or(0);
    let sample = &bytes[first..bytes.len().min(first + ENCODING_SAMPLE)];
    let vietnamese = encoding_rs::WINDOWS_1258.decode_without_bom_handling(sample).0;
    if share_of_syllables(&vietnamese) >= 0.8 {
        let whole = encoding_rs::WINDOWS_1258.decode_without_bom_handling(bytes).0;
        return whole.nfc().collect();
    }
    let western = encoding_rs::WINDOWS_1252.decode_without_bom_handling(sample).0;
    let legacy = LegacyFont::ALL
        .into_iter()
        .map(|font| share_of_syllables(&font.decode(&western)));
    if legacy.fold(0.0, f64::max) >= 0.8 {
        return encoding_rs::WINDOWS_1252.decode_without_bom_handling(bytes).0;
    }
    let mut detector = EncodingDetector::new();
    detector.feed(bytes, true);
    let encoding = detector.guess(Some(b"vn"), false);
    encoding.decode_without_bom_handling(bytes).0
}

/// How many of the first marked words are Vietnamese syllables, 0–1.
fn share_of_syllables(text: &str) -> f64 {
    const WORDS: usize = 400;
    let composed: String = text.chars().take(200_000).nfc().collect();
    let (mut all, mut good) = (0_u32, 0_u32);
    for word in marked_words(&composed).take(WORDS) {
        all += 1;
        good += u32::from(is_syllable(word));
    }
    f64::from(good) / f64::from(all.max(1))
}

/// UTF-16 without a mark shows itself by every second byte of its ASCII part being zero.
fn utf16_without_mark(bytes: &[u8]) -> Option<&'static Encoding> {
    let start = &bytes[..bytes.len().min(200)];
    let zeros = |offset: usize| start.iter().skip(offset).step_by(2).filter(|byte| **byte == 0).count();
    let pairs = start.len() / 2;
    if pairs < 4 {
        return None;
    }
    match (zeros(0) * 2 > pairs, zeros(1) * 2 > pairs) {
        (false, true) => Some(encoding_rs::UTF_16LE),
        (true, false) => Some(encoding_rs::UTF_16BE),
        _ => None,
    }
}

/// The separator that splits the first lines into the most columns, alike in every line.
fn find_separator(text: &str) -> u8 {
    let sample: Vec<&str> = text.lines().filter(|line| !line.trim().is_empty()).take(20).collect();
    SEPARATORS
        .into_iter()
        .max_by_key(|separator| {
            let counts: Vec<usize> = sample
                .iter()
                .map(|line| count_outside_quotes(line, *separator))
                .collect();
            let mut sorted = counts.clone();
            sorted.sort_unstable();
            let typical = sorted.get(sorted.len() / 2).copied().unwrap_or(0);
            let alike = counts.iter().filter(|count| **count == typical).count();
            if typical == 0 {
                (0, 0)
            } else {
                (alike * 100 / sample.len().max(1) + typical.min(20), typical)
            }
        })
        .unwrap_or(b',')
}

fn count_outside_quotes(line: &str, separator: u8) -> usize {
    let mut quoted = false;
    line.bytes()
        .filter(|byte| {
            if *byte == b'"' {
                quoted = !quoted;
            }
            !quoted && *byte == separator
        })
        .count()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::import::Limits;

    fn sheet(bytes: &[u8]) -> Sheet {
        read(&"a.csv".into(), bytes, &mut Budget::new(&Limits::default())).unwrap()
    }

    #[test]
    fn separator_is_found() {
        for separator in [",", ";", "\t", "|"] {
            let text = format!("a{separator}b{separator}c\n1{separator}\"x{separator}y\"{separator}3\n");
            assert_eq!(sheet(text.as_bytes()).rows[1].values.len(), 3, "{separator:?}");
        }
        // Decimal commas must not win over the separator.
        assert_eq!(
            sheet(b"code;lon;lat\nA;105,91;18,34\nB;105,92;18,35\n").rows[1]
                .values
                .len(),
            3
        );
    }

    #[test]
    fn encodings_are_found() {
        let text = "Mã trạm,Kinh độ\nHTH1,Đức Thọ\n";
        let utf16: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let mut marked = vec![0xff, 0xfe];
        marked.extend(&utf16);
        let mut utf8 = vec![0xef, 0xbb, 0xbf];
        utf8.extend(text.as_bytes());
        for bytes in [text.as_bytes().to_vec(), utf8, utf16, marked] {
            assert_eq!(sheet(&bytes).rows[0].values[0], Value::Text("Mã trạm".into()));
        }
    }

    #[test]
    fn the_widest_row_is_counted_as_it_will_be_read() {
        for (text, fields) in [
            ("a,b,c\n1,2\n", 3),
            ("\"a,b,c,d\",e\n", 2),
            ("\"a\"\",b\",c\n", 2),
            ("a\"b,c,d\"e,f\n", 4),
            ("\"two\nlines, here\",b,c\n", 3),
        ] {
            assert_eq!(widest_row(text.as_bytes(), b','), fields, "{text:?}");
            assert_eq!(
                sheet(text.as_bytes()).rows.iter().map(|row| row.values.len()).max(),
                Some(fields),
                "{text:?}"
            );
        }
    }

    #[test]
    fn line_numbers_are_those_of_the_file() {
        let numbers: Vec<u32> = sheet(b"a,b\n\n1,\"two\nlines\"\n2,3\n")
            .rows
            .iter()
            .map(|row| row.number)
            .collect();
        assert_eq!(numbers, [1, 3, 5]);
    }
}
