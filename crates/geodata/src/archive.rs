//! Zip containers, looked through in bounded memory before anything of them is unpacked: sizes, macros, entities, and what
//! the table reader does not tell (hidden rows, merged cells, which sheets hold formulas).

use std::collections::HashMap;
use std::io::{BufRead, BufReader, Cursor, Read};

use zip::ZipArchive;

use crate::error::ImportError;
use crate::import::Limits;
use crate::message::Message;

/// Entries of one archive; office files have some tens.
const MOST_ENTRIES: usize = 10_000;
/// Longest piece of XML between two tags.
const LONGEST_TEXT_BYTES: u64 = 32 << 20;
/// The strings that all sheets share are held in memory as a whole.
const SHARED_STRINGS_BYTES: u64 = 256 << 20;
const MOST_SHARED_STRINGS: u64 = 5_000_000;

/// What was seen of one sheet.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SheetFacts {
    /// Numbers of hidden rows, from 1, ascending.
    pub hidden_rows: Vec<u32>,
    /// Merged cells: first row, first column, last row, last column; rows from 1, columns from 0.
    pub merged: Vec<[u32; 4]>,
    /// Whether any cell is a formula.
    pub has_formulas: bool,
}

/// What was seen of a workbook, by sheet name.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct WorkbookFacts {
    /// Facts by sheet name.
    pub sheets: HashMap<String, SheetFacts>,
}

/// Opens a zip archive whose directory is within the limits.
pub fn open<'a>(file: &str, bytes: &'a [u8], limits: &Limits) -> Result<ZipArchive<Cursor<&'a [u8]>>, ImportError> {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(|error| damaged(file, &error))?;
    if archive.len() > MOST_ENTRIES {
        return Err(too_large(file, "entries"));
    }
    let mut declared: u64 = 0;
    for index in 0..archive.len() {
        let entry = archive.by_index_raw(index).map_err(|error| damaged(file, &error))?;
        declared = declared.saturating_add(entry.size());
    }
    if declared > limits.unpacked_bytes {
        return Err(unpacked_too_large(file, limits.unpacked_bytes));
    }
    Ok(archive)
}

/// One entry unpacked, whatever size it declares.
pub fn read_entry(
    file: &str,
    archive: &mut ZipArchive<Cursor<&[u8]>>,
    index: usize,
    limits: &Limits,
) -> Result<Vec<u8>, ImportError> {
    let entry = archive.by_index(index).map_err(|error| damaged(file, &error))?;
    let mut bytes = Vec::new();
    let most = limits.unpacked_bytes.min(limits.file_bytes.saturating_mul(4));
    let read = entry
        .take(most + 1)
        .read_to_end(&mut bytes)
        .map_err(|error| damaged(file, &error))?;
    if read as u64 > most {
        return Err(unpacked_too_large(file, most));
    }
    Ok(bytes)
}

/// Looks through an office workbook.
///
/// # Errors
/// Refuses macros, document type declarations (entities), and more than the limits allow once unpacked.
pub fn inspect_workbook(file: &str, bytes: &[u8], limits: &Limits) -> Result<WorkbookFacts, ImportError> {
    let mut archive = open(file, bytes, limits)?;
    let mut scan = Scan::new(file, limits);
    for index in 0..archive.len() {
        let entry = archive.by_index(index).map_err(|error| damaged(file, &error))?;
        let name = entry
            .name()
            .map(|name| name.into_owned())
            .unwrap_or_default()
            .to_lowercase();
        if name.ends_with("vbaproject.bin") || name.contains("/macrosheets/") || name.starts_with("basic/") {
            return Err(macros(file));
        }
        if name.ends_with(".xml") || name.ends_with(".rels") {
            scan.entry(&name, entry)?;
        }
    }
    Ok(scan.facts())
}

/// Whether an Excel 97–2003 file carries a VBA project.
#[must_use]
pub fn has_vba_stream(bytes: &[u8]) -> bool {
    let name: Vec<u8> = "_VBA_PROJECT".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let mut rest = bytes;
    while let Some(start) = rest.iter().position(|byte| *byte == b'_') {
        rest = &rest[start..];
        if rest.starts_with(&name) {
            return true;
        }
        rest = &rest[1..];
    }
    false
}

/// The refusal of files with macros.
pub fn macros(file: &str) -> ImportError {
    ImportError::new(
        "macros",
        Message::new(
            "tệp có chứa macro nên không được nhận",
            "the file contains macros and is refused",
        ),
    )
    .at(file)
    .advise(Message::new(
        "lưu lại dưới dạng .xlsx (không macro) rồi tải lên",
        "save it as .xlsx (without macros) and upload that",
    ))
}

/// The refusal of XML that declares entities.
pub fn entities(file: &str) -> ImportError {
    ImportError::new(
        "xml_entities",
        Message::new(
            "tệp XML khai báo kiểu tài liệu hoặc thực thể (DOCTYPE, ENTITY) nên không được nhận",
            "the XML declares a document type or entities (DOCTYPE, ENTITY) and is refused",
        ),
    )
    .at(file)
    .advise(Message::new(
        "xuất lại tệp từ phần mềm gốc",
        "export the file again from the program that made it",
    ))
}

/// The scan of all XML parts of one workbook.
struct Scan<'a> {
    file: &'a str,
    limits: &'a Limits,
    unpacked: u64,
    by_path: HashMap<String, SheetFacts>,
    /// Sheet names with the ids of their relations, in order.
    names: Vec<(String, String)>,
    /// Relation id → path.
    paths: HashMap<String, String>,
    /// Sheets of an OpenDocument file.
    tables: Vec<(String, SheetFacts)>,
    cursor: TableCursor,
    shared_strings: u64,
}

/// Where an OpenDocument scan is inside a table.
#[derive(Default)]
struct TableCursor {
    row: u64,
    repeat: u64,
    column: u64,
    last_row: u64,
    last_column: u64,
}

impl<'a> Scan<'a> {
    fn new(file: &'a str, limits: &'a Limits) -> Self {
        Self {
            file,
            limits,
            unpacked: 0,
            by_path: HashMap::new(),
            names: Vec::new(),
            paths: HashMap::new(),
            tables: Vec::new(),
            cursor: TableCursor::default(),
            shared_strings: 0,
        }
    }

    fn entry(&mut self, name: &str, entry: impl Read) -> Result<(), ImportError> {
        let shared = name.ends_with("sharedstrings.xml");
        let most = if shared {
            SHARED_STRINGS_BYTES
        } else {
            self.limits.unpacked_bytes
        };
        let mut reader = BufReader::with_capacity(1 << 16, entry);
        let mut chunk = Vec::new();
        let mut own: u64 = 0;
        let mut row = 0;
        loop {
            chunk.clear();
            let read = reader
                .by_ref()
                .take(LONGEST_TEXT_BYTES)
                .read_until(b'>', &mut chunk)
                .map_err(|error| damaged(self.file, &error))? as u64;
            if read == 0 {
                return Ok(());
            }
            own += read;
            self.unpacked += read;
            if own > most || self.unpacked > self.limits.unpacked_bytes || read == LONGEST_TEXT_BYTES {
                return Err(unpacked_too_large(self.file, most.min(self.limits.unpacked_bytes)));
            }
            let Some(start) = chunk.iter().rposition(|byte| *byte == b'<') else {
                continue;
            };
            self.tag(name, &chunk[start..], &mut row)?;
        }
    }

    fn tag(&mut self, path: &str, tag: &[u8], row: &mut u32) -> Result<(), ImportError> {
        if tag.starts_with(b"<!DOCTYPE") || tag.starts_with(b"<!ENTITY") {
            return Err(entities(self.file));
        }
        let name_length = tag[1..]
            .iter()
            .position(|byte| byte.is_ascii_whitespace() || matches!(byte, b'/' | b'>'));
        let name = &tag[1..1 + name_length.unwrap_or(0)];
        let local = name.rsplit(|byte| *byte == b':').next().unwrap_or(name);
        match local {
            b"row" if path.contains("worksheets/") => {
                *row = number(tag, "r").unwrap_or(row.saturating_add(1));
                if flag(tag, "hidden") {
                    self.sheet(path).hidden_rows.push(*row);
                }
            }
            b"f" if path.contains("worksheets/") => self.sheet(path).has_formulas = true,
            b"mergeCell" => {
                if let Some(cells) = attribute(tag, "ref").as_deref().and_then(cell_range) {
                    self.sheet(path).merged.push(cells);
                }
            }
            b"sheet" if path.ends_with("workbook.xml") => {
                if let (Some(name), Some(id)) = (attribute(tag, "name"), attribute(tag, "r:id")) {
                    self.names.push((name, id));
                }
            }
            b"Relationship" if path.ends_with("workbook.xml.rels") => {
                if let (Some(id), Some(target)) = (attribute(tag, "Id"), attribute(tag, "Target")) {
                    let target = target.trim_start_matches('/').to_lowercase();
                    let path = if target.starts_with("xl/") {
                        target
                    } else {
                        format!("xl/{target}")
                    };
                    self.paths.insert(id, path);
                }
            }
            b"si" => {
                self.shared_strings += 1;
                if self.shared_strings > MOST_SHARED_STRINGS {
                    return Err(too_large(self.file, "strings"));
                }
            }
            _ if path.ends_with("content.xml") => return self.table_tag(name, tag),
            _ => {}
        }
        Ok(())
    }

    fn sheet(&mut self, path: &str) -> &mut SheetFacts {
        self.by_path.entry(path.to_owned()).or_default()
    }

    /// OpenDocument: rows and cells carry how often they are repeated, so a short file can stand for a huge table.
    fn table_tag(&mut self, name: &[u8], tag: &[u8]) -> Result<(), ImportError> {
        let repeated = |key| {
            attribute(tag, key)
                .and_then(|text| text.parse::<u64>().ok())
                .unwrap_or(1)
                .max(1)
        };
        match name {
            b"table:table" => {
                self.cursor = TableCursor::default();
                self.tables
                    .push((attribute(tag, "table:name").unwrap_or_default(), SheetFacts::default()));
            }
            b"table:table-row" => {
                self.cursor.row += self.cursor.repeat;
                self.cursor.repeat = repeated("table:number-rows-repeated");
                self.cursor.column = 0;
                let hidden = attribute(tag, "table:visibility").is_some_and(|word| word != "visible");
                if let Some((_, facts)) = self.tables.last_mut().filter(|_| hidden) {
                    let first = self.cursor.row + 1;
                    let rows = first..first + self.cursor.repeat.min(10_000);
                    facts.hidden_rows.extend(rows.filter_map(|row| u32::try_from(row).ok()));
                }
            }
            b"table:table-cell" | b"table:covered-table-cell" => {
                self.cursor.column += repeated("table:number-columns-repeated");
                let formula = attribute(tag, "table:formula").is_some();
                if let Some((_, facts)) = self.tables.last_mut() {
                    facts.has_formulas |= formula;
                }
                if attribute(tag, "office:value-type").is_some() {
                    self.cursor.last_row = self.cursor.row + self.cursor.repeat;
                    self.cursor.last_column = self.cursor.last_column.max(self.cursor.column);
                    if self.cursor.last_row.saturating_mul(self.cursor.last_column) > self.limits.cells {
                        return Err(too_large(self.file, "cells"));
                    }
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn facts(mut self) -> WorkbookFacts {
        let mut sheets: HashMap<String, SheetFacts> = self.tables.drain(..).collect();
        for (name, id) in self.names {
            if let Some(facts) = self.paths.get(&id).and_then(|path| self.by_path.remove(path)) {
                sheets.insert(name, facts);
            }
        }
        WorkbookFacts { sheets }
    }
}

fn number(tag: &[u8], key: &str) -> Option<u32> {
    attribute(tag, key)?.parse().ok()
}

fn flag(tag: &[u8], key: &str) -> bool {
    attribute(tag, key).is_some_and(|word| matches!(word.as_str(), "1" | "true" | "on"))
}

/// The value of an attribute of a tag, unescaped.
fn attribute(tag: &[u8], key: &str) -> Option<String> {
    let mut rest = tag;
    loop {
        let start = rest.windows(key.len()).position(|window| window == key.as_bytes())?;
        let before = rest.get(start.checked_sub(1)?)?;
        let after = &rest[start + key.len()..];
        let quoted = after.strip_prefix(b"=").filter(|_| before.is_ascii_whitespace());
        if let Some((quote, value)) = quoted.and_then(<[u8]>::split_first) {
            let end = value.iter().position(|byte| byte == quote)?;
            let text = std::str::from_utf8(&value[..end]).ok()?;
            return Some(quick_xml::escape::unescape(text).map_or_else(|_| text.to_owned(), |text| text.into_owned()));
        }
        rest = after;
    }
}

/// `B2:C4` → first row, first column, last row, last column; rows from 1, columns from 0.
fn cell_range(text: &str) -> Option<[u32; 4]> {
    let (first, last) = text.split_once(':')?;
    let (top, left) = cell(first)?;
    let (bottom, right) = cell(last)?;
    Some([top, left, bottom, right])
}

fn cell(text: &str) -> Option<(u32, u32)> {
    let digits = text.find(|character: char| character.is_ascii_digit())?;
    let (letters, row) = text.split_at(digits);
    let column = letters.bytes().try_fold(0_u32, |column, letter| {
        let value = u32::from(letter.to_ascii_uppercase().checked_sub(b'A')?) + 1;
        (value <= 26 && column < 20_000).then_some(column * 26 + value)
    })?;
    Some((row.parse().ok()?, column.checked_sub(1)?))
}

/// The error of an archive that cannot be read.
pub fn damaged(file: &str, error: &dyn std::fmt::Display) -> ImportError {
    ImportError::new(
        "malformed_archive",
        Message::new(
            format!("tệp nén bị hỏng: {error}"),
            format!("the archive is damaged: {error}"),
        ),
    )
    .at(file)
}

fn unpacked_too_large(file: &str, limit: u64) -> ImportError {
    let megabytes = limit >> 20;
    ImportError::new(
        "unpacked_too_large",
        Message::new(
            format!("nội dung sau khi giải nén lớn hơn {megabytes} MB"),
            format!("the content is larger than {megabytes} MB once unpacked"),
        ),
    )
    .at(file)
    .advise(Message::new(
        "chia tệp thành nhiều phần nhỏ hơn",
        "split the file into smaller parts",
    ))
}

fn too_large(file: &str, what: &str) -> ImportError {
    ImportError::new(
        "table_too_large",
        Message::new(
            format!("bảng quá lớn ({what}); không mở được trong giới hạn bộ nhớ"),
            format!("the table is too large ({what}) for the memory that an import may take"),
        ),
    )
    .at(file)
    .advise(Message::new(
        "xóa các ô thừa hoặc chia tệp thành nhiều phần",
        "delete needless cells or split the file",
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attributes_and_ranges() {
        let tag = br#"<row r="12" spans="1:3" hidden="1" name='a &amp; b'>"#;
        assert_eq!(attribute(tag, "r").as_deref(), Some("12"));
        assert_eq!(attribute(tag, "name").as_deref(), Some("a & b"));
        assert!(flag(tag, "hidden"));
        assert_eq!(attribute(tag, "idden"), None);
        assert_eq!(cell_range("B2:AA4"), Some([2, 1, 4, 26]));
        assert_eq!(cell_range("B2"), None);
    }

    #[test]
    fn vba_is_seen() {
        let mut bytes = vec![0; 600];
        assert!(!has_vba_stream(&bytes));
        bytes.extend("_VBA_PROJECT".encode_utf16().flat_map(u16::to_le_bytes));
        assert!(has_vba_stream(&bytes));
    }
}
