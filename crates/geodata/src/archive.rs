//! Zip containers, looked through in bounded memory before anything of them is unpacked: sizes, macros, entities, and what
//! the table reader does not tell (hidden rows, merged cells, which sheets hold formulas).

use std::collections::HashMap;
use std::io::{BufRead, BufReader, Cursor, Read};

use zip::ZipArchive;

use crate::budget::Budget;
use crate::error::ImportError;
use crate::message::Message;

/// Entries of one archive; office files have some tens.
const MOST_ENTRIES: usize = 10_000;
/// Longest piece of XML between two tags.
const LONGEST_TEXT_BYTES: u64 = 32 << 20;
/// The strings that all sheets share are held in memory as a whole.
const SHARED_STRINGS_BYTES: u64 = 256 << 20;
const MOST_SHARED_STRINGS: u64 = 5_000_000;
/// Styles, relations, the list of sheets: a library keeps them whole.
const OTHER_PART_BYTES: u64 = 64 << 20;
/// What a library that expands a table (OpenDocument, Excel 97) takes for each cell between the first and the last.
pub const EXPANDED_CELL_BYTES: u64 = 112;

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

/// Opens a zip archive of not too many entries: they are counted before the directory is read into memory.
pub fn directory<'a>(file: &str, bytes: &'a [u8]) -> Result<ZipArchive<Cursor<&'a [u8]>>, ImportError> {
    const ENTRY: &[u8] = b"PK\x01\x02";
    if memchr::memmem::find_iter(bytes, ENTRY).take(MOST_ENTRIES + 1).count() > MOST_ENTRIES {
        return Err(too_large(file, "entries"));
    }
    ZipArchive::new(Cursor::new(bytes)).map_err(|error| damaged(file, &error))
}

/// Opens a zip archive whose entries are within the limits, as far as it says itself.
pub fn open<'a>(bytes: &'a [u8], budget: &Budget) -> Result<ZipArchive<Cursor<&'a [u8]>>, ImportError> {
    let (file, limits) = (budget.file(), budget.limits());
    let mut archive = directory(file, bytes)?;
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

/// One entry unpacked, whatever size it declares; at most as large as a file that is not packed may be.
pub fn read_entry(
    archive: &mut ZipArchive<Cursor<&[u8]>>,
    index: usize,
    budget: &Budget,
) -> Result<Vec<u8>, ImportError> {
    let file = budget.file();
    let entry = archive.by_index(index).map_err(|error| damaged(file, &error))?;
    let mut bytes = Vec::new();
    let most = budget.limits().file_bytes;
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
pub fn inspect_workbook(bytes: &[u8], budget: &mut Budget) -> Result<WorkbookFacts, ImportError> {
    let mut archive = open(bytes, budget)?;
    let file = budget.file().to_owned();
    let mut scan = Scan::new(&file, budget);
    for index in 0..archive.len() {
        let entry = archive.by_index(index).map_err(|error| damaged(&file, &error))?;
        let name = entry
            .name()
            .map(std::borrow::Cow::into_owned)
            .unwrap_or_default()
            .to_lowercase();
        if name.ends_with("vbaproject.bin") || name.contains("/macrosheets/") || name.starts_with("basic/") {
            return Err(macros(&file));
        }
        if name.ends_with(".xml") || name.ends_with(".rels") {
            scan.entry(&name, entry)?;
        } else {
            scan.pass_over(&name, entry)?;
        }
    }
    Ok(scan.facts())
}

/// Whether an Excel 97–2003 file carries a VBA project.
#[must_use]
pub fn has_vba_stream(bytes: &[u8]) -> bool {
    let name: Vec<u8> = "_VBA_PROJECT".encode_utf16().flat_map(u16::to_le_bytes).collect();
    memchr::memmem::find(bytes, &name).is_some()
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
    budget: &'a mut Budget,
    unpacked: u64,
    by_path: HashMap<String, SheetFacts>,
    /// Sheet names with the ids of their relations, in order.
    names: Vec<(String, String)>,
    /// Relation id → path.
    paths: HashMap<String, String>,
    /// Sheets of an OpenDocument file.
    tables: Vec<(String, SheetFacts)>,
    cursor: TableCursor,
    /// Memory that the tables so far will take once expanded, without the one being looked at.
    expanded_bytes: u64,
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
    /// How often the text of the cell stands in the table.
    copies: u64,
    text_bytes: u64,
}

impl TableCursor {
    /// What the table takes once every cell between the first and the last is in memory.
    const fn expanded_bytes(&self) -> u64 {
        self.last_row
            .saturating_mul(self.last_column)
            .saturating_mul(EXPANDED_CELL_BYTES)
            .saturating_add(self.text_bytes)
    }
}

impl<'a> Scan<'a> {
    fn new(file: &'a str, budget: &'a mut Budget) -> Self {
        Self {
            file,
            budget,
            unpacked: 0,
            by_path: HashMap::new(),
            names: Vec::new(),
            paths: HashMap::new(),
            tables: Vec::new(),
            cursor: TableCursor::default(),
            expanded_bytes: 0,
            shared_strings: 0,
        }
    }

    fn entry(&mut self, name: &str, entry: impl Read) -> Result<(), ImportError> {
        let unpacked_limit = self.budget.limits().unpacked_bytes;
        let shared = name.ends_with("sharedstrings.xml");
        let most = if shared {
            SHARED_STRINGS_BYTES
        } else if name.contains("worksheets/") || name.ends_with("content.xml") {
            unpacked_limit
        } else {
            OTHER_PART_BYTES
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
                return self.check_expanded();
            }
            own += read;
            self.unpacked += read;
            if own > most || self.unpacked > unpacked_limit || read == LONGEST_TEXT_BYTES {
                return Err(unpacked_too_large(self.file, most.min(unpacked_limit)));
            }
            let start = chunk.iter().rposition(|byte| *byte == b'<');
            let text = start.unwrap_or(chunk.len()) as u64;
            self.cursor.text_bytes = self
                .cursor
                .text_bytes
                .saturating_add(text.saturating_mul(self.cursor.copies));
            let Some(start) = start else { continue };
            self.tag(name, &chunk[start..], &mut row)?;
        }
    }

    /// Anything but XML: only what it unpacks to is of interest.
    fn pass_over(&mut self, name: &str, entry: impl Read) -> Result<(), ImportError> {
        let unpacked_limit = self.budget.limits().unpacked_bytes;
        let most = if name.ends_with("sharedstrings.bin") {
            SHARED_STRINGS_BYTES
        } else {
            unpacked_limit - self.unpacked.min(unpacked_limit)
        };
        let read = std::io::copy(&mut entry.take(most + 1), &mut std::io::sink());
        let read = read.map_err(|error| damaged(self.file, &error))?;
        self.unpacked += read;
        if read > most {
            return Err(unpacked_too_large(self.file, most));
        }
        Ok(())
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
                    self.budget.take(size_of::<u32>())?;
                    self.sheet(path).hidden_rows.push(*row);
                }
            }
            b"f" if path.contains("worksheets/") => self.sheet(path).has_formulas = true,
            b"mergeCell" => {
                if let Some(cells) = attribute(tag, "ref").as_deref().and_then(cell_range) {
                    self.budget.take(size_of::<[u32; 4]>())?;
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
                self.expanded_bytes = self.expanded_bytes.saturating_add(self.cursor.expanded_bytes());
                self.cursor = TableCursor::default();
                self.tables
                    .push((attribute(tag, "table:name").unwrap_or_default(), SheetFacts::default()));
            }
            b"table:table-row" => {
                self.cursor.row = self.cursor.row.saturating_add(self.cursor.repeat);
                self.cursor.repeat = repeated("table:number-rows-repeated");
                self.cursor.column = 0;
                self.cursor.copies = 0;
                let hidden = attribute(tag, "table:visibility").is_some_and(|word| word != "visible");
                if let Some((_, facts)) = self.tables.last_mut().filter(|_| hidden) {
                    let first = self.cursor.row + 1;
                    let rows = first..first + self.cursor.repeat.min(10_000);
                    self.budget
                        .take(self.cursor.repeat.min(10_000) as usize * size_of::<u32>())?;
                    facts.hidden_rows.extend(rows.filter_map(|row| u32::try_from(row).ok()));
                }
            }
            b"table:table-cell" | b"table:covered-table-cell" => {
                let columns = repeated("table:number-columns-repeated");
                self.cursor.column = self.cursor.column.saturating_add(columns);
                self.cursor.copies = columns.saturating_mul(self.cursor.repeat);
                let formula = attribute(tag, "table:formula").is_some();
                if let Some((_, facts)) = self.tables.last_mut() {
                    facts.has_formulas |= formula;
                }
                let cursor = &mut self.cursor;
                if formula || tag.windows(7).any(|window| window == b"office:") {
                    cursor.last_row = cursor.row.saturating_add(cursor.repeat);
                    cursor.last_column = cursor.last_column.max(cursor.column);
                }
                if formula || attribute(tag, "office:string-value").is_some() {
                    let attributes = (tag.len() as u64).saturating_mul(cursor.copies);
                    cursor.text_bytes = cursor.text_bytes.saturating_add(attributes);
                }
                self.check_expanded()?;
            }
            _ => {}
        }
        Ok(())
    }

    fn check_expanded(&self) -> Result<(), ImportError> {
        let expanded = self.expanded_bytes.saturating_add(self.cursor.expanded_bytes());
        // What is expanded is copied into rows while it is still there.
        if expanded > self.budget.bytes_left() / 2 {
            return Err(too_large(self.file, "cells"));
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
            return Some(
                quick_xml::escape::unescape(text).map_or_else(|_| text.to_owned(), std::borrow::Cow::into_owned),
            );
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

/// The refusal of a table that a few bytes make huge.
pub fn too_large(file: &str, what: &str) -> ImportError {
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
