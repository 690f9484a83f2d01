//! Excel 97–2003 files, looked through before a library opens them: the chains of the container (MS-CFB) must end, and the
//! tables (MS-XLS) must not be larger once expanded than an import may be.

use crate::archive::{EXPANDED_CELL_BYTES, damaged, too_large};
use crate::budget::Budget;
use crate::error::ImportError;

const END_OF_CHAIN: u32 = 0xffff_fffe;
const LAST_SECTOR: u32 = 0xffff_fff9;
const DIRECTORY_ENTRY: usize = 128;
/// Streams shorter than this are kept in the small sectors of the root entry.
const SHORTEST_OWN_STREAM: u64 = 4096;
const SMALL_SECTOR: usize = 64;
/// Letters of the longest string that the format can hold.
const LONGEST_STRING: u32 = 65_535;
/// What the library sets aside for each cell of the extent that a table declares.
const RESERVED_CELL_BYTES: u64 = 40;
const MOST_SHEETS: usize = 1_000;

/// Looks through a workbook.
///
/// # Errors
/// Refuses chains that do not end or lead out of the file, and tables too large to expand.
pub fn inspect(file: &str, bytes: &[u8], budget: &Budget) -> Result<(), ImportError> {
    let refused = || damaged(file, &"Excel 97–2003");
    let container = Container::open(bytes).ok_or_else(refused)?;
    let stream = container.workbook().ok_or_else(refused)?;
    let expanded = expanded_bytes(&stream).ok_or_else(refused)?;
    // What is expanded is copied into rows while it is still there.
    if expanded > budget.bytes_left() / 2 {
        return Err(too_large(file, "cells"));
    }
    Ok(())
}

fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_le_bytes(*bytes.get(at..)?.first_chunk()?))
}

fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_le_bytes(*bytes.get(at..)?.first_chunk()?))
}

fn u64_at(bytes: &[u8], at: usize) -> Option<u64> {
    Some(u64::from_le_bytes(*bytes.get(at..)?.first_chunk()?))
}

/// A compound file.
struct Container<'a> {
    bytes: &'a [u8],
    sector_bytes: usize,
    next: Vec<u32>,
    directory: Vec<u8>,
    small: Vec<u8>,
    small_next: Vec<u32>,
}

impl<'a> Container<'a> {
    fn open(bytes: &'a [u8]) -> Option<Self> {
        let sector_bytes = match u16_at(bytes, 30)? {
            9 => 512,
            12 => 4096,
            _ => return None,
        };
        let mut container = Self {
            bytes,
            sector_bytes,
            next: Vec::new(),
            directory: Vec::new(),
            small: Vec::new(),
            small_next: Vec::new(),
        };
        container.next = container.allocation_table()?;
        container.directory = container.chain(u32_at(bytes, 48)?, u64::MAX)?;
        if u32_at(bytes, 64)? > 0 {
            let root = container.directory.get(..DIRECTORY_ENTRY)?;
            let (start, length) = container.extent(root)?;
            container.small = container.chain(start, length)?;
            let small_next = container.chain(u32_at(bytes, 60)?, u64::MAX)?;
            container.small_next = numbers(&small_next);
        }
        Some(container)
    }

    fn sector(&self, number: u32) -> Option<&'a [u8]> {
        let start = (number as usize).checked_add(1)?.checked_mul(self.sector_bytes)?;
        let end = start.checked_add(self.sector_bytes)?.min(self.bytes.len());
        self.bytes.get(start..end)
    }

    fn sectors(&self) -> usize {
        self.bytes.len() / self.sector_bytes
    }

    /// For every sector the one that follows it: the sectors that the header and its chain of further lists name.
    fn allocation_table(&self) -> Option<Vec<u32>> {
        let mut lists = numbers(self.bytes.get(76..512)?);
        let mut further = u32_at(self.bytes, 68)?;
        for _ in 0..=self.sectors() {
            if further > LAST_SECTOR {
                break;
            }
            lists.extend(numbers(self.sector(further)?));
            further = lists.pop()?;
        }
        if further <= LAST_SECTOR {
            return None;
        }
        let mut table = Vec::new();
        for list in lists.into_iter().filter(|list| *list <= LAST_SECTOR) {
            table.extend(numbers(self.sector(list)?));
            // A sector that is named twice would make the table longer than the file.
            if table.len() > self.sectors() + self.sector_bytes {
                return None;
            }
        }
        Some(table)
    }

    /// The content of a chain up to a length; a chain is never longer than the file.
    fn chain(&self, mut sector: u32, length: u64) -> Option<Vec<u8>> {
        let mut content = Vec::new();
        for _ in 0..=self.sectors() {
            if sector == END_OF_CHAIN || content.len() as u64 >= length {
                content.truncate(usize::try_from(length).unwrap_or(usize::MAX));
                return Some(content);
            }
            content.extend_from_slice(self.sector(sector)?);
            sector = *self.next.get(sector as usize)?;
        }
        None
    }

    fn small_chain(&self, mut sector: u32, length: u64) -> Option<Vec<u8>> {
        let mut content = Vec::new();
        for _ in 0..=self.small_next.len() {
            if sector == END_OF_CHAIN || content.len() as u64 >= length {
                return Some(content);
            }
            let start = (sector as usize).checked_mul(SMALL_SECTOR)?;
            content.extend_from_slice(self.small.get(start..start.checked_add(SMALL_SECTOR)?)?);
            sector = *self.small_next.get(sector as usize)?;
        }
        None
    }

    /// First sector and length of a directory entry's stream.
    fn extent(&self, entry: &[u8]) -> Option<(u32, u64)> {
        let length = if self.sector_bytes == 512 {
            u64::from(u32_at(entry, 120)?)
        } else {
            u64_at(entry, 120)?
        };
        (length <= self.bytes.len() as u64).then_some((u32_at(entry, 116)?, length))
    }

    /// The stream of the workbook: `Workbook`, in older files `Book`.
    fn workbook(&self) -> Option<Vec<u8>> {
        let entries = || self.directory.chunks_exact(DIRECTORY_ENTRY);
        let entry = entries()
            .find(|entry| is_named(entry, "workbook"))
            .or_else(|| entries().find(|entry| is_named(entry, "book")))?;
        let (start, length) = self.extent(entry)?;
        if length < SHORTEST_OWN_STREAM {
            self.small_chain(start, length)
        } else {
            self.chain(start, length)
        }
    }
}

fn numbers(bytes: &[u8]) -> Vec<u32> {
    let (chunks, _) = bytes.as_chunks::<4>();
    chunks.iter().map(|chunk| u32::from_le_bytes(*chunk)).collect()
}

fn is_named(entry: &[u8], name: &str) -> bool {
    let written: String = char::decode_utf16(
        entry[..64]
            .chunks_exact(2)
            .map(|pair| u16::from_le_bytes([pair[0], pair[1]])),
    )
    .map_while(Result::ok)
    .take_while(|character| *character != '\0')
    .collect();
    written.eq_ignore_ascii_case(name)
}

/// One record of the workbook's stream.
struct Record<'a> {
    kind: u16,
    data: &'a [u8],
}

/// The records of a stream from a position on; ends where the stream does.
fn records(stream: &[u8], mut at: usize) -> impl Iterator<Item = Record<'_>> {
    std::iter::from_fn(move || {
        let kind = u16_at(stream, at)?;
        let length = usize::from(u16_at(stream, at + 2)?);
        let data = stream.get(at + 4..at + 4 + length)?;
        at += 4 + length;
        Some(Record { kind, data })
    })
}

/// What all sheets take once every cell between the first and the last is in memory; `None` for a damaged stream.
fn expanded_bytes(stream: &[u8]) -> Option<u64> {
    const END: u16 = 0x000a;
    const BOUND_SHEET: u16 = 0x0085;
    const SHARED_STRINGS: u16 = 0x00fc;
    const CONTINUE: u16 = 0x003c;
    let mut sheets = Vec::new();
    let mut strings: Vec<&[u8]> = Vec::new();
    let mut in_strings = false;
    for record in records(stream, 0).take_while(|record| record.kind != END) {
        match record.kind {
            BOUND_SHEET => sheets.push(u32_at(record.data, 0)? as usize),
            SHARED_STRINGS => strings = vec![record.data],
            CONTINUE if in_strings => strings.push(record.data),
            _ => {}
        }
        in_strings = record.kind == SHARED_STRINGS || (in_strings && record.kind == CONTINUE);
    }
    if sheets.len() > MOST_SHEETS {
        return None;
    }
    let lengths = string_lengths(&strings);
    sheets.into_iter().try_fold(0_u64, |sum, start| {
        stream.get(start..)?;
        Some(sum.saturating_add(sheet_bytes(stream, start, &lengths)?))
    })
}

fn sheet_bytes(stream: &[u8], start: usize, string_lengths: &[u32]) -> Option<u64> {
    let (mut depth, mut rows, mut columns) = (0_u32, 0_u64, 0_u64);
    let (mut declared, mut cells, mut text) = (0_u64, 0_u64, 0_u64);
    for Record { kind, data } in records(stream, start) {
        match kind {
            0x0809 => depth += 1,
            0x000a if depth <= 1 => break,
            0x000a => depth -= 1,
            // The table's extent as it declares it itself.
            0x0200 => {
                let (last_row, last_column) = match data.len() {
                    10 => (u64::from(u16_at(data, 2)?), u64::from(u16_at(data, 6)?)),
                    14 | 16 => (u64::from(u32_at(data, 4)?), u64::from(u16_at(data, 10)?)),
                    _ => return None,
                };
                declared = declared.saturating_add(last_row.saturating_mul(last_column));
            }
            0x0006 | 0x00bd | 0x00d6 | 0x00fd | 0x0203 | 0x0204 | 0x0205 | 0x027e => {
                let (row, first) = (u64::from(u16_at(data, 0)?), u64::from(u16_at(data, 2)?));
                let more = if kind == 0x00bd {
                    data.len().saturating_sub(6) / 6
                } else {
                    1
                };
                rows = rows.max(row + 1);
                columns = columns.max(first + more as u64);
                cells += more as u64;
                text += match kind {
                    0x00fd => u64::from(
                        string_lengths
                            .get(u32_at(data, 6)? as usize)
                            .copied()
                            .unwrap_or(LONGEST_STRING),
                    ),
                    _ => data.len() as u64,
                };
            }
            0x0207 => text += data.len() as u64,
            _ => {}
        }
    }
    let expanded = cells
        .max(rows.saturating_mul(columns))
        .saturating_mul(EXPANDED_CELL_BYTES);
    let reserved = declared.saturating_mul(RESERVED_CELL_BYTES);
    // A letter becomes up to three bytes.
    Some(expanded.saturating_add(reserved).saturating_add(text.saturating_mul(3)))
}

/// Letters of every shared string (MS-XLS 2.4.265), which may be spread over records: each piece after the first begins with a
/// byte that says how wide its letters are.
fn string_lengths(pieces: &[&[u8]]) -> Vec<u32> {
    let mut reader = Pieces {
        pieces,
        piece: 0,
        at: 8,
    };
    let mut lengths = Vec::new();
    while let Some(length) = reader.string() {
        lengths.push(length);
    }
    lengths
}

struct Pieces<'a> {
    pieces: &'a [&'a [u8]],
    piece: usize,
    at: usize,
}

impl Pieces<'_> {
    fn left(&self) -> usize {
        self.pieces
            .get(self.piece)
            .map_or(0, |piece| piece.len().saturating_sub(self.at))
    }

    fn turn(&mut self) -> Option<()> {
        self.piece += 1;
        self.at = 0;
        (self.piece < self.pieces.len()).then_some(())
    }

    fn number(&mut self, bytes: usize) -> Option<u32> {
        let mut number = 0;
        for index in 0..bytes {
            if self.left() == 0 {
                self.turn()?;
            }
            number |= u32::from(*self.pieces[self.piece].get(self.at)?) << (8 * index);
            self.at += 1;
        }
        Some(number)
    }

    fn skip(&mut self, mut bytes: usize) -> Option<()> {
        while bytes > self.left() {
            bytes -= self.left();
            self.turn()?;
        }
        self.at += bytes;
        Some(())
    }

    fn string(&mut self) -> Option<u32> {
        let letters = self.number(2)?;
        let flags = self.number(1)?;
        let runs = if flags & 8 != 0 { self.number(2)? as usize } else { 0 };
        let extension = if flags & 4 != 0 { self.number(4)? as usize } else { 0 };
        let mut wide = flags & 1 != 0;
        let mut left = letters as usize;
        loop {
            let width = if wide { 2 } else { 1 };
            let here = left.min(self.left() / width);
            self.at += here * width;
            left -= here;
            if left == 0 {
                break;
            }
            self.turn()?;
            wide = *self.pieces[self.piece].first()? & 1 != 0;
            self.at = 1;
        }
        self.skip(runs * 4)?;
        self.skip(extension)?;
        Some(letters)
    }
}
