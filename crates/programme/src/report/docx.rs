//! The report as a Word document in the official layout (heading block, số, ngày, nơi nhận).

use std::fmt::Write as _;
use std::io::{Cursor, Write};

use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipWriter};

use super::Report;
use super::html::escape;
use super::table::{Table, tables};
use crate::error::ProgrammeError;

const CONTENT_TYPES: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\
<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\">\
<Default Extension=\"rels\" ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/>\
<Default Extension=\"xml\" ContentType=\"application/xml\"/>\
<Override PartName=\"/word/document.xml\" ContentType=\"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml\"/>\
<Override PartName=\"/word/styles.xml\" ContentType=\"application/vnd.openxmlformats-officedocument.wordprocessingml.styles+xml\"/></Types>";

const RELATIONSHIPS: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\
<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\"><Relationship Id=\"rId1\" \
Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument\" Target=\"word/document.xml\"/></Relationships>";

const DOCUMENT_RELATIONSHIPS: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\
<Relationships xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\"><Relationship Id=\"rId1\" \
Type=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships/styles\" Target=\"styles.xml\"/></Relationships>";

const NAMESPACE: &str = "xmlns:w=\"http://schemas.openxmlformats.org/wordprocessingml/2006/main\"";

/// Writes the document.
///
/// # Errors
/// [`ProgrammeError::Package`] when the package cannot be made.
pub fn docx(report: &Report<'_>) -> Result<Vec<u8>, ProgrammeError> {
    let broken = |error: &dyn std::fmt::Display| ProgrammeError::Package(error.to_string());
    let mut package = ZipWriter::new(Cursor::new(Vec::new()));
    // A fixed time: the same report has the same bytes.
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .last_modified_time(DateTime::default());
    let (styles, document) = (styles(), document(report));
    let parts = [
        ("[Content_Types].xml", CONTENT_TYPES),
        ("_rels/.rels", RELATIONSHIPS),
        ("word/_rels/document.xml.rels", DOCUMENT_RELATIONSHIPS),
        ("word/styles.xml", &styles),
        ("word/document.xml", &document),
    ];
    for (name, content) in parts {
        package.start_file(name, options).map_err(|error| broken(&error))?;
        package.write_all(content.as_bytes()).map_err(|error| broken(&error))?;
    }
    Ok(package.finish().map_err(|error| broken(&error))?.into_inner())
}

fn styles() -> String {
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?><w:styles {NAMESPACE}><w:docDefaults><w:rPrDefault><w:rPr>\
         <w:rFonts w:ascii=\"Times New Roman\" w:hAnsi=\"Times New Roman\" w:cs=\"Times New Roman\"/><w:sz w:val=\"26\"/><w:lang w:val=\"vi-VN\"/>\
         </w:rPr></w:rPrDefault></w:docDefaults>\
         <w:style w:type=\"paragraph\" w:default=\"1\" w:styleId=\"Normal\"><w:name w:val=\"Normal\"/></w:style></w:styles>"
    )
}

fn document(report: &Report<'_>) -> String {
    let mut body = heading(report);
    body.push_str(&paragraph(
        report.say("BÁO CÁO", "REPORT"),
        Look {
            bold: true,
            centre: true,
            size: 28,
            ..Look::default()
        },
    ));
    let about = format!("{}: {}", report.say("Kết quả thực hiện", "Results"), report.title());
    body.push_str(&paragraph(
        &about,
        Look {
            bold: true,
            centre: true,
            size: 26,
            ..Look::default()
        },
    ));
    body.push_str(&paragraph(
        &report.subtitle(),
        Look {
            italic: true,
            centre: true,
            size: 22,
            ..Look::default()
        },
    ));
    for warning in &report.evaluation.warnings {
        body.push_str(&paragraph(
            warning,
            Look {
                italic: true,
                size: 22,
                ..Look::default()
            },
        ));
    }
    for (index, table) in tables(report).iter().enumerate() {
        let title = format!("{}. {}", index + 1, table.title);
        body.push_str(&paragraph(
            &title,
            Look {
                bold: true,
                size: 26,
                before: true,
                ..Look::default()
            },
        ));
        body.push_str(&grid(table));
    }
    body.push_str(&paragraph("", Look::default()));
    body.push_str(&closing(report));
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?><w:document {NAMESPACE}><w:body>{body}<w:sectPr>\
         <w:pgSz w:w=\"16838\" w:h=\"11906\" w:orient=\"landscape\"/>\
         <w:pgMar w:top=\"1134\" w:right=\"850\" w:bottom=\"1134\" w:left=\"1701\" w:header=\"708\" w:footer=\"708\" w:gutter=\"0\"/>\
         </w:sectPr></w:body></w:document>"
    )
}

/// Issuer and number on the left, country and date on the right.
fn heading(report: &Report<'_>) -> String {
    let [issuer, country, motto, dated] = super::table::heading(report);
    let centre = |text: &str, bold: bool, italic: bool| {
        paragraph(
            text,
            Look {
                bold,
                italic,
                centre: true,
                size: 26,
                ..Look::default()
            },
        )
    };
    let number = report.say("Số:        /BC-…", "No:        /BC-…");
    let left = centre(&issuer.to_uppercase(), true, false) + &centre(number, false, false);
    let right = centre(&country, true, false) + &centre(&motto, true, false) + &centre(&dated, false, true);
    two_columns(&left, &right)
}

/// Nơi nhận on the left, signature on the right.
fn closing(report: &Report<'_>) -> String {
    let line = |vi: &str, en: &str, bold: bool| {
        paragraph(
            report.say(vi, en),
            Look {
                bold,
                size: 22,
                ..Look::default()
            },
        )
    };
    let left = line("Nơi nhận:", "To:", true)
        + &line(
            "- Bộ Khoa học và Công nghệ;",
            "- Ministry of Science and Technology;",
            false,
        )
        + &line("- UBND tỉnh;", "- Provincial People's Committee;", false)
        + &line("- Lưu: VT.", "- File.", false);
    let right = paragraph(
        report.say("NGƯỜI KÝ", "SIGNED"),
        Look {
            bold: true,
            centre: true,
            size: 26,
            ..Look::default()
        },
    );
    two_columns(&left, &right)
}

fn two_columns(left: &str, right: &str) -> String {
    let cell = |content: &str| format!("<w:tc><w:tcPr><w:tcW w:w=\"2500\" w:type=\"pct\"/></w:tcPr>{content}</w:tc>");
    let after = paragraph("", Look::default());
    format!(
        "<w:tbl><w:tblPr><w:tblW w:w=\"5000\" w:type=\"pct\"/></w:tblPr><w:tblGrid><w:gridCol/><w:gridCol/></w:tblGrid>\
         <w:tr>{}{}</w:tr></w:tbl>{after}",
        cell(left),
        cell(right),
    )
}

fn grid(table: &Table) -> String {
    let line = |name: &str| format!("<w:{name} w:val=\"single\" w:sz=\"4\" w:color=\"888888\"/>");
    let borders: String = ["top", "left", "bottom", "right", "insideH", "insideV"]
        .into_iter()
        .map(line)
        .collect();
    let columns = "<w:gridCol/>".repeat(table.headers.len());
    let mut text = format!(
        "<w:tbl><w:tblPr><w:tblW w:w=\"5000\" w:type=\"pct\"/><w:tblBorders>{borders}</w:tblBorders></w:tblPr><w:tblGrid>{columns}</w:tblGrid>"
    );
    let cell = |content: &str, look: Look| format!("<w:tc>{}</w:tc>", paragraph(content, look));
    let header = Look {
        bold: true,
        centre: true,
        size: 20,
        ..Look::default()
    };
    let headers: String = table.headers.iter().map(|(name, _)| cell(name, header)).collect();
    // The header row comes again on every page.
    let _ = write!(text, "<w:tr><w:trPr><w:tblHeader/></w:trPr>{headers}</w:tr>");
    for row in &table.rows {
        let cells: String = row
            .iter()
            .zip(&table.headers)
            .map(|(content, &(_, right))| {
                cell(
                    content,
                    Look {
                        right,
                        size: 20,
                        ..Look::default()
                    },
                )
            })
            .collect();
        let _ = write!(text, "<w:tr><w:trPr><w:cantSplit/></w:trPr>{cells}</w:tr>");
    }
    text.push_str("</w:tbl>");
    text
}

/// How a paragraph looks; `size` in half points.
#[derive(Clone, Copy, Default)]
struct Look {
    bold: bool,
    italic: bool,
    centre: bool,
    right: bool,
    before: bool,
    size: u32,
}

fn paragraph(content: &str, look: Look) -> String {
    let mut shape = String::new();
    if look.before {
        shape.push_str("<w:keepNext/><w:spacing w:before=\"240\" w:after=\"80\"/>");
    } else {
        shape.push_str("<w:spacing w:before=\"0\" w:after=\"20\"/>");
    }
    if look.centre || look.right {
        let side = if look.centre { "center" } else { "right" };
        let _ = write!(shape, "<w:jc w:val=\"{side}\"/>");
    }
    let bold = if look.bold { "<w:b/>" } else { "" };
    let italic = if look.italic { "<w:i/>" } else { "" };
    let size = if look.size > 0 {
        format!("<w:sz w:val=\"{}\"/>", look.size)
    } else {
        String::new()
    };
    let text = escape(content);
    format!(
        "<w:p><w:pPr>{shape}</w:pPr><w:r><w:rPr>{bold}{italic}{size}</w:rPr><w:t xml:space=\"preserve\">{text}</w:t></w:r></w:p>"
    )
}
