//! Files put together byte by byte: packed ones, Excel 97 ones, and what a hostile hand can do to them.
#![allow(clippy::unwrap_used)]
#![allow(dead_code)] // Each test program uses its own part.

use std::io::{Cursor, Write};

use zip::write::SimpleFileOptions;

/// A zip archive of these entries.
pub fn zipped(entries: &[(&str, &[u8])]) -> Vec<u8> {
    let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default()
        .compression_method(zip::CompressionMethod::Deflated)
        .compression_level(Some(1));
    for (name, bytes) in entries {
        archive.start_file(*name, options).unwrap();
        archive.write_all(bytes).unwrap();
    }
    archive.finish().unwrap().into_inner()
}

/// The archive with another unpacked size declared for every entry.
pub fn declaring(mut archive: Vec<u8>, bytes: u32) -> Vec<u8> {
    let mut at = 0;
    while let Some(found) = archive[at..].windows(4).position(|window| window == b"PK\x01\x02") {
        at += found;
        archive[at + 24..at + 28].copy_from_slice(&bytes.to_le_bytes());
        at += 4;
    }
    archive
}

/// A workbook of one sheet, with this XML between the tags of its data.
pub fn xlsx(sheet_data: &str, shared_strings: &str) -> Vec<u8> {
    let sheet = format!(
        "<worksheet xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\"><sheetData>{sheet_data}</sheetData></worksheet>"
    );
    xlsx_of(sheet.as_bytes(), shared_strings.as_bytes())
}

/// A workbook of one sheet with this XML as a whole.
pub fn xlsx_of(sheet: &[u8], shared_strings: &[u8]) -> Vec<u8> {
    const RELATIONS: &str = "http://schemas.openxmlformats.org/package/2006/relationships";
    const OFFICE: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    let relations = format!(
        "<Relationships xmlns=\"{RELATIONS}\"><Relationship Id=\"rId1\" Type=\"{OFFICE}/worksheet\" Target=\"worksheets/sheet1.xml\"/>\
         <Relationship Id=\"rId2\" Type=\"{OFFICE}/sharedStrings\" Target=\"sharedStrings.xml\"/></Relationships>"
    );
    let workbook = format!(
        "<workbook xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\" xmlns:r=\"{OFFICE}\"><sheets>\
         <sheet name=\"BTS\" sheetId=\"1\" r:id=\"rId1\"/></sheets></workbook>"
    );
    let root = format!(
        "<Relationships xmlns=\"{RELATIONS}\"><Relationship Id=\"rId1\" Type=\"{OFFICE}/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>"
    );
    let types = "<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\"/>";
    zipped(&[
        ("[Content_Types].xml", types.as_bytes()),
        ("_rels/.rels", root.as_bytes()),
        ("xl/workbook.xml", workbook.as_bytes()),
        ("xl/_rels/workbook.xml.rels", relations.as_bytes()),
        ("xl/worksheets/sheet1.xml", sheet),
        ("xl/sharedStrings.xml", shared_strings),
    ])
}

/// An OpenDocument spreadsheet of these tables.
pub fn ods(tables: &str) -> Vec<u8> {
    let content = format!(
        "<office:document-content xmlns:office=\"urn:oasis:names:tc:opendocument:xmlns:office:1.0\" \
         xmlns:table=\"urn:oasis:names:tc:opendocument:xmlns:table:1.0\" xmlns:text=\"urn:oasis:names:tc:opendocument:xmlns:text:1.0\">\
         <office:body><office:spreadsheet>{tables}</office:spreadsheet></office:body></office:document-content>"
    );
    zipped(&[
        ("mimetype", b"application/vnd.oasis.opendocument.spreadsheet"),
        (
            "META-INF/manifest.xml",
            b"<manifest:manifest xmlns:manifest=\"urn:oasis:names:tc:opendocument:xmlns:manifest:1.0\"/>",
        ),
        ("content.xml", content.as_bytes()),
    ])
}

/// A table of an OpenDocument spreadsheet.
pub fn ods_table(rows: &[Vec<String>]) -> String {
    let row = |cells: &Vec<String>| {
        let cells = cells.iter().map(|text| {
            format!("<table:table-cell office:value-type=\"string\"><text:p>{text}</text:p></table:table-cell>")
        });
        format!("<table:table-row>{}</table:table-row>", cells.collect::<String>())
    };
    format!(
        "<table:table table:name=\"BTS\">{}</table:table>",
        rows.iter().map(row).collect::<String>()
    )
}

/// One record of an Excel 97 stream.
pub fn record(kind: u16, data: &[u8]) -> Vec<u8> {
    let mut bytes = kind.to_le_bytes().to_vec();
    bytes.extend((data.len() as u16).to_le_bytes());
    bytes.extend(data);
    bytes
}

/// The extent that an Excel 97 sheet declares.
pub fn dimensions(rows: u32, columns: u16) -> Vec<u8> {
    let mut data = vec![0; 14];
    data[4..8].copy_from_slice(&rows.to_le_bytes());
    data[10..12].copy_from_slice(&columns.to_le_bytes());
    record(0x0200, &data)
}

/// A text cell of an Excel 97 sheet.
pub fn label(row: u16, column: u16, text: &str) -> Vec<u8> {
    let letters: Vec<u16> = text.encode_utf16().collect();
    let mut data = Vec::new();
    for number in [row, column, 0, letters.len() as u16] {
        data.extend(number.to_le_bytes());
    }
    data.push(1);
    data.extend(letters.into_iter().flat_map(u16::to_le_bytes));
    record(0x0204, &data)
}

/// The records of an Excel 97 workbook: each sheet has its name and its own records.
pub fn xls_stream(sheets: &[(&str, Vec<u8>)]) -> Vec<u8> {
    let begin = |kind: u16| {
        let mut data = vec![0; 16];
        data[..2].copy_from_slice(&0x0600_u16.to_le_bytes());
        data[2..4].copy_from_slice(&kind.to_le_bytes());
        record(0x0809, &data)
    };
    let end = record(0x000a, &[]);
    let named = |start: usize, name: &str| {
        let mut data = (start as u32).to_le_bytes().to_vec();
        data.extend([0, 0, name.len() as u8, 0]);
        data.extend(name.bytes());
        record(0x0085, &data)
    };
    let globals: usize = sheets.iter().map(|(name, _)| named(0, name).len()).sum();
    let mut start = begin(5).len() + globals + end.len();
    let mut stream = begin(5);
    let mut bodies = Vec::new();
    for (name, records) in sheets {
        stream.extend(named(start, name));
        let body = [begin(0x10), records.clone(), end.clone()].concat();
        start += body.len();
        bodies.extend(body);
    }
    stream.extend(end);
    stream.extend(bodies);
    stream
}

/// A compound file with one stream, `Workbook`; `directory_next` follows the directory's sector (the end, in a sound file).
pub fn compound(stream: &[u8], directory_next: u32) -> Vec<u8> {
    const SECTOR: usize = 512;
    const END: u32 = 0xffff_fffe;
    const FREE: u32 = 0xffff_ffff;
    let length = stream.len().max(4096);
    let sectors = length.div_ceil(SECTOR);
    let tables = (sectors + 1 + (sectors + 1).div_ceil(127)).div_ceil(128);
    // Sector 0 is the directory, then the tables, then the stream.
    let first = 1 + tables;
    let mut header = vec![0_u8; SECTOR];
    header[..8].copy_from_slice(&[0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1]);
    for (at, number) in [(24, 0x3e_u16), (26, 3), (28, 0xfffe), (30, 9), (32, 6)] {
        header[at..at + 2].copy_from_slice(&number.to_le_bytes());
    }
    for (at, number) in [(44, tables as u32), (48, 0), (56, 4096), (60, END), (68, END)] {
        header[at..at + 4].copy_from_slice(&number.to_le_bytes());
    }
    for list in 0..109 {
        let number = if list < tables { 1 + list as u32 } else { FREE };
        header[76 + 4 * list..80 + 4 * list].copy_from_slice(&number.to_le_bytes());
    }
    let mut next = vec![FREE; tables * 128];
    next[0] = directory_next;
    next[1..=tables].fill(0xffff_fffd);
    for (sector, after) in next.iter_mut().enumerate().skip(first).take(sectors) {
        *after = if sector + 1 < first + sectors {
            sector as u32 + 1
        } else {
            END
        };
    }
    let entry = |name: &str, kind: u8, start: u32, length: u32, child: u32| {
        let mut bytes = vec![0_u8; 128];
        for (index, letter) in name.encode_utf16().enumerate() {
            bytes[2 * index..2 * index + 2].copy_from_slice(&letter.to_le_bytes());
        }
        bytes[64..66].copy_from_slice(&(2 * name.len() as u16 + 2).to_le_bytes());
        bytes[66] = kind;
        for at in [68, 72] {
            bytes[at..at + 4].copy_from_slice(&FREE.to_le_bytes());
        }
        bytes[76..80].copy_from_slice(&child.to_le_bytes());
        bytes[116..120].copy_from_slice(&start.to_le_bytes());
        bytes[120..124].copy_from_slice(&length.to_le_bytes());
        bytes
    };
    let mut file = header;
    file.extend(entry("Root Entry", 5, END, 0, 1));
    file.extend(entry("Workbook", 2, first as u32, length as u32, FREE));
    file.resize(2 * SECTOR, 0);
    file.extend(next.iter().flat_map(|sector| sector.to_le_bytes()));
    file.extend(stream);
    file.resize((1 + first + sectors) * SECTOR, 0);
    file
}

/// An Excel 97 workbook of one sheet of texts.
pub fn xls(rows: &[Vec<String>]) -> Vec<u8> {
    let width = rows.iter().map(Vec::len).max().unwrap_or(0) as u16;
    let mut records = dimensions(rows.len() as u32, width);
    for (row, cells) in rows.iter().enumerate() {
        for (column, text) in cells.iter().enumerate() {
            records.extend(label(row as u16, column as u16, text));
        }
    }
    compound(&xls_stream(&[("BTS", records)]), 0xffff_fffe)
}

/// A list of three stations as rows of texts, with its header.
pub fn small_list() -> Vec<Vec<String>> {
    let mut rows = vec![
        ["Mã trạm", "Tên trạm", "Nhà mạng", "Kinh độ", "Vĩ độ", "Công nghệ"]
            .map(str::to_owned)
            .to_vec(),
    ];
    for number in 0..3 {
        rows.push(vec![
            format!("HT{number:03}"),
            format!("Trạm Đức Thọ {number}"),
            "Viettel".to_owned(),
            format!("105.5{number}"),
            format!("18.2{number}"),
            "4G".to_owned(),
        ]);
    }
    rows
}
