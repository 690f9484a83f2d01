//! Which format a file really is: by its bytes first, by its name second.

use std::path::Path;
use std::sync::Arc;

use crate::archive;
use crate::error::ImportError;
use crate::import::{InputFile, Limits};
use crate::message::Message;

/// A format that can be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileFormat {
    /// Delimited text.
    Delimited,
    /// Office Open XML workbook.
    Xlsx,
    /// Binary Office Open XML workbook.
    Xlsb,
    /// Excel 97–2003 workbook.
    Xls,
    /// OpenDocument workbook.
    Ods,
    /// GeoJSON or newline-delimited GeoJSON.
    GeoJson,
    /// Keyhole markup.
    Kml,
    /// Zipped Keyhole markup.
    Kmz,
    /// OpenStreetMap XML.
    Osm,
    /// FlatGeobuf.
    FlatGeobuf,
    /// GeoPackage.
    GeoPackage,
    /// Zipped shapefiles.
    Shapefile,
}

/// The bytes of a file, after its size was checked, and its format.
pub fn open(input: &InputFile, limits: &Limits) -> Result<(Arc<str>, Vec<u8>, FileFormat), ImportError> {
    let name: Arc<str> = input.name.as_str().into();
    let size = std::fs::metadata(&input.path)
        .map_err(|error| unreadable(&name, &error))?
        .len();
    if size > limits.file_bytes {
        return Err(too_large(&name, size, limits.file_bytes));
    }
    let bytes = std::fs::read(&input.path).map_err(|error| unreadable(&name, &error))?;
    if bytes.iter().all(u8::is_ascii_whitespace) {
        return Err(empty(&name));
    }
    let format = detect(&name, &bytes)?;
    Ok((name, bytes, format))
}

fn detect(name: &str, bytes: &[u8]) -> Result<FileFormat, ImportError> {
    let foreign = |what: &str| Err(wrong_type(name, what));
    match bytes {
        [b'P', b'K', 3, 4, ..] => detect_zip(name, bytes),
        [0xd0, 0xcf, 0x11, 0xe0, ..] if extension(name) == "doc" => foreign("Word"),
        [0xd0, 0xcf, 0x11, 0xe0, ..] => Ok(FileFormat::Xls),
        [b'f', b'g', b'b', 3, ..] => Ok(FileFormat::FlatGeobuf),
        _ if bytes.starts_with(b"SQLite format 3\0") => Ok(FileFormat::GeoPackage),
        [0, 0, 0x27, 0x0a, ..] => Err(bare_shapefile(name)),
        [b'%', b'P', b'D', b'F', ..] => foreign("PDF"),
        [0x89, b'P', b'N', b'G', ..] => foreign("PNG"),
        [0xff, 0xd8, 0xff, ..] => foreign("JPEG"),
        [b'I', b'I', 42 | 43, 0, ..] | [b'M', b'M', 0, 42 | 43, ..] => foreign("TIFF"),
        [b'R', b'a', b'r', b'!', ..] => foreign("RAR"),
        [b'7', b'z', 0xbc, 0xaf, ..] => foreign("7z"),
        [0x7f, b'E', b'L', b'F', ..] | [b'M', b'Z', ..] if has_nul(bytes) => foreign("executable"),
        _ => detect_text(name, bytes),
    }
}

fn detect_zip(name: &str, bytes: &[u8]) -> Result<FileFormat, ImportError> {
    let archive = archive::directory(name, bytes)?;
    let has = |wanted: &str| {
        archive
            .file_names()
            .flatten()
            .any(|entry| entry.eq_ignore_ascii_case(wanted))
    };
    let ends = |ending: &str| {
        archive
            .file_names()
            .flatten()
            .any(|entry| entry.to_lowercase().ends_with(ending))
    };
    if has("xl/workbook.xml") {
        Ok(FileFormat::Xlsx)
    } else if has("xl/workbook.bin") {
        Ok(FileFormat::Xlsb)
    } else if has("content.xml") && has("mimetype") && extension(name) != "odt" {
        Ok(FileFormat::Ods)
    } else if has("word/document.xml") {
        Err(wrong_type(name, "Word"))
    } else if ends(".shp") {
        Ok(FileFormat::Shapefile)
    } else if ends(".kml") {
        Ok(FileFormat::Kmz)
    } else {
        Err(wrong_type(name, "ZIP"))
    }
}

fn detect_text(name: &str, bytes: &[u8]) -> Result<FileFormat, ImportError> {
    let marked = encoding_rs::Encoding::for_bom(bytes).is_some();
    let first = bytes
        .iter()
        .copied()
        .find(|byte| !byte.is_ascii_whitespace() && !matches!(byte, 0xef | 0xbb | 0xbf | 0x1e));
    match (first, extension(name).as_str()) {
        (_, "geojson" | "json" | "ndjson" | "geojsonl" | "jsonl" | "geojsons") => Ok(FileFormat::GeoJson),
        (Some(b'{' | b'['), _) => Ok(FileFormat::GeoJson),
        (Some(b'<'), _) => match root_element(bytes).as_deref() {
            Some("kml") => Ok(FileFormat::Kml),
            Some("osm") => Ok(FileFormat::Osm),
            _ => Err(wrong_type(name, "XML/HTML")),
        },
        _ if !marked && has_nul(bytes) && !looks_like_utf16(bytes) => Err(wrong_type(name, "binary")),
        _ => Ok(FileFormat::Delimited),
    }
}

/// The name of an XML document's first element.
fn root_element(bytes: &[u8]) -> Option<String> {
    let start: String = String::from_utf8_lossy(&bytes[..bytes.len().min(8192)]).replace('\0', "");
    let root = start.split('<').skip(1).find(|tag| !tag.starts_with(['?', '!']))?;
    let name = root.split(|c: char| c.is_whitespace() || c == '>' || c == '/').next()?;
    Some(name.rsplit(':').next().unwrap_or(name).to_lowercase())
}

fn bare_shapefile(name: &str) -> ImportError {
    ImportError::new(
        "shapefile_not_zipped",
        Message::new(
            "tệp .shp chỉ là một phần của shapefile",
            "the .shp file is only a part of a shapefile",
        ),
    )
    .at(name)
    .advise(Message::new(
        "nén cả các tệp .shp, .shx, .dbf, .prj vào một tệp zip rồi tải lên",
        "zip the .shp, .shx, .dbf and .prj files together and upload the zip",
    ))
}

fn has_nul(bytes: &[u8]) -> bool {
    bytes.iter().take(4096).any(|byte| *byte == 0)
}

fn looks_like_utf16(bytes: &[u8]) -> bool {
    let start = &bytes[..bytes.len().min(400)];
    let zeros = |offset: usize| start.iter().skip(offset).step_by(2).filter(|byte| **byte == 0).count();
    let (even, odd) = (zeros(0), zeros(1));
    even.max(odd) * 4 > start.len() && even.min(odd) * 20 <= start.len()
}

fn extension(name: &str) -> String {
    Path::new(name)
        .extension()
        .map(|extension| extension.to_string_lossy().to_lowercase())
        .unwrap_or_default()
}

fn unreadable(name: &str, error: &std::io::Error) -> ImportError {
    ImportError::new(
        "unreadable_file",
        Message::new(
            format!("không mở được tệp: {error}"),
            format!("the file cannot be opened: {error}"),
        ),
    )
    .at(name)
}

fn empty(name: &str) -> ImportError {
    ImportError::new("empty_file", Message::new("tệp không có nội dung", "the file is empty"))
        .at(name)
        .advise(Message::new(
            "kiểm tra lại tệp rồi tải lên lần nữa",
            "check the file and upload it again",
        ))
}

fn too_large(name: &str, size: u64, limit: u64) -> ImportError {
    let megabytes = |bytes: u64| bytes.div_ceil(1 << 20);
    ImportError::new(
        "file_too_large",
        Message::new(
            format!("tệp có {} MB, giới hạn là {} MB", megabytes(size), megabytes(limit)),
            format!(
                "the file has {} MB, the limit is {} MB",
                megabytes(size),
                megabytes(limit)
            ),
        ),
    )
    .at(name)
    .advise(Message::new(
        "chia tệp thành nhiều phần nhỏ hơn",
        "split the file into smaller parts",
    ))
}

fn wrong_type(name: &str, found: &str) -> ImportError {
    ImportError::new(
        "wrong_file_type",
        Message::new(
            format!("loại tệp này ({found}) không nhập được vào bộ dữ liệu này"),
            format!("files of this type ({found}) cannot be imported into this dataset"),
        ),
    )
    .at(name)
    .advise(Message::new(
        "dùng CSV, XLSX, XLS, ODS, GeoJSON, KML, GeoPackage, FlatGeobuf hoặc shapefile nén zip",
        "use CSV, XLSX, XLS, ODS, GeoJSON, KML, GeoPackage, FlatGeobuf or a zipped shapefile",
    ))
}
