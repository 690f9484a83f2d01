//! A paper as a Word document in the official layout (Decree 30/2020/NĐ-CP: heading block, number and date, recipients, signature).

use std::fmt::Write as _;
use std::io::{Cursor, Write};

use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipWriter};

use super::html::escape;
use super::map_picture::Picture;
use super::paper::Paper;
use super::table::Table;
use crate::error::ProgrammeError;
use crate::number::Language;

const DECLARATION: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>";
const CONTENT_TYPES: &str = "<Types xmlns=\"http://schemas.openxmlformats.org/package/2006/content-types\">\
<Default Extension=\"rels\" ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/>\
<Default Extension=\"xml\" ContentType=\"application/xml\"/><Default Extension=\"png\" ContentType=\"image/png\"/>\
<Override PartName=\"/word/document.xml\" ContentType=\"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml\"/>\
<Override PartName=\"/word/footer.xml\" ContentType=\"application/vnd.openxmlformats-officedocument.wordprocessingml.footer+xml\"/>\
<Override PartName=\"/word/styles.xml\" ContentType=\"application/vnd.openxmlformats-officedocument.wordprocessingml.styles+xml\"/></Types>";
const RELATIONS: &str = "xmlns=\"http://schemas.openxmlformats.org/package/2006/relationships\"";
const OFFICE: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
const NAMESPACES: &str = "xmlns:w=\"http://schemas.openxmlformats.org/wordprocessingml/2006/main\" \
xmlns:r=\"http://schemas.openxmlformats.org/officeDocument/2006/relationships\" \
xmlns:wp=\"http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing\" \
xmlns:a=\"http://schemas.openxmlformats.org/drawingml/2006/main\" xmlns:pic=\"http://schemas.openxmlformats.org/drawingml/2006/picture\"";

/// Twentieths of a point: A4 with the margins of the decree (20 mm above and below, 30 mm left, 15–20 mm right).
const PORTRAIT: Page = Page {
    width: 11_906,
    height: 16_838,
    left: 1_701,
    right: 964,
};
const LANDSCAPE: Page = Page {
    width: 16_838,
    height: 11_906,
    left: 1_134,
    right: 964,
};

struct Page {
    width: u32,
    height: u32,
    left: u32,
    right: u32,
}

impl Page {
    const fn usable(&self) -> u32 {
        self.width - self.left - self.right
    }

    fn section(&self) -> String {
        let orient = if self.width > self.height {
            " w:orient=\"landscape\""
        } else {
            ""
        };
        format!(
            "<w:sectPr><w:footerReference w:type=\"default\" r:id=\"rId2\"/><w:pgSz w:w=\"{}\" w:h=\"{}\"{orient}/>\
             <w:pgMar w:top=\"1134\" w:right=\"{}\" w:bottom=\"1134\" w:left=\"{}\" w:header=\"567\" w:footer=\"567\" w:gutter=\"0\"/></w:sectPr>",
            self.width, self.height, self.right, self.left
        )
    }
}

/// Writes the document.
///
/// # Errors
/// [`ProgrammeError::Package`] when the package cannot be made.
pub(super) fn write(paper: &Paper) -> Result<Vec<u8>, ProgrammeError> {
    let broken = |error: &dyn std::fmt::Display| ProgrammeError::Package(error.to_string());
    let mut package = ZipWriter::new(Cursor::new(Vec::new()));
    // A fixed time: the same paper has the same bytes.
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .last_modified_time(DateTime::default());
    let text = |content: &str| format!("{DECLARATION}{content}").into_bytes();
    let mut parts = vec![
        ("[Content_Types].xml".to_owned(), text(CONTENT_TYPES)),
        ("_rels/.rels".to_owned(), text(&root_relations())),
        (
            "word/_rels/document.xml.rels".to_owned(),
            text(&relations(paper.pictures.len())),
        ),
        ("word/styles.xml".to_owned(), text(&styles(paper.language))),
        ("word/footer.xml".to_owned(), text(&footer())),
        ("word/document.xml".to_owned(), text(&document(paper))),
    ];
    for (index, picture) in paper.pictures.iter().enumerate() {
        parts.push((format!("word/media/map{index}.png"), picture.png.clone()));
    }
    for (name, content) in parts {
        package.start_file(name, options).map_err(|error| broken(&error))?;
        package.write_all(&content).map_err(|error| broken(&error))?;
    }
    Ok(package.finish().map_err(|error| broken(&error))?.into_inner())
}

fn root_relations() -> String {
    format!(
        "<Relationships {RELATIONS}><Relationship Id=\"rId1\" Type=\"{OFFICE}/officeDocument\" Target=\"word/document.xml\"/></Relationships>"
    )
}

fn relations(pictures: usize) -> String {
    let mut text = format!(
        "<Relationships {RELATIONS}><Relationship Id=\"rId1\" Type=\"{OFFICE}/styles\" Target=\"styles.xml\"/>\
         <Relationship Id=\"rId2\" Type=\"{OFFICE}/footer\" Target=\"footer.xml\"/>"
    );
    for index in 0..pictures {
        let _ = write!(
            text,
            "<Relationship Id=\"map{index}\" Type=\"{OFFICE}/image\" Target=\"media/map{index}.png\"/>"
        );
    }
    text + "</Relationships>"
}

fn styles(language: Language) -> String {
    let code = language.pick("vi-VN", "en-GB");
    format!(
        "<w:styles {NAMESPACES}><w:docDefaults><w:rPrDefault><w:rPr>\
         <w:rFonts w:ascii=\"Times New Roman\" w:hAnsi=\"Times New Roman\" w:cs=\"Times New Roman\" w:eastAsia=\"Times New Roman\"/>\
         <w:sz w:val=\"26\"/><w:szCs w:val=\"26\"/><w:lang w:val=\"{code}\"/></w:rPr></w:rPrDefault></w:docDefaults>\
         <w:style w:type=\"paragraph\" w:default=\"1\" w:styleId=\"Normal\"><w:name w:val=\"Normal\"/></w:style>\
         <w:style w:type=\"paragraph\" w:styleId=\"Heading1\"><w:name w:val=\"heading 1\"/><w:basedOn w:val=\"Normal\"/>\
         <w:pPr><w:keepNext/><w:outlineLvl w:val=\"0\"/></w:pPr><w:rPr><w:b/></w:rPr></w:style></w:styles>"
    )
}

/// The page's number in the middle.
fn footer() -> String {
    let field =
        |kind: &str| format!("<w:r><w:rPr><w:sz w:val=\"22\"/></w:rPr><w:fldChar w:fldCharType=\"{kind}\"/></w:r>");
    format!(
        "<w:ftr {NAMESPACES}><w:p><w:pPr><w:jc w:val=\"center\"/></w:pPr>{}\
         <w:r><w:rPr><w:sz w:val=\"22\"/></w:rPr><w:instrText xml:space=\"preserve\"> PAGE </w:instrText></w:r>{}</w:p></w:ftr>",
        field("begin"),
        field("end")
    )
}

fn document(paper: &Paper) -> String {
    let say = |vi, en| paper.language.pick_static(vi, en);
    let mut body = heading(paper);
    body += &Paragraph::new(paper.kind)
        .bold()
        .centre()
        .size(28)
        .space(240, 0)
        .write();
    body += &Paragraph::new(&paper.subject)
        .bold()
        .centre()
        .size(28)
        .space(0, 60)
        .write();
    body += &Paragraph::new("──────").centre().size(16).space(0, 120).write();
    body += &Paragraph::new(&paper.heading.addressed).centre().space(0, 120).write();
    let provenance = Paragraph::new(&paper.provenance).italic().centre().size(22);
    body += &if paper.synthetic { provenance.bold() } else { provenance }
        .space(0, 120)
        .write();
    for sentence in &paper.summary {
        body += &Paragraph::new(sentence).body().write();
    }
    for warning in &paper.warnings {
        body += &Paragraph::new(warning).italic().body().write();
    }
    let mut number = 0;
    for table in &paper.tables {
        number += 1;
        body += &Paragraph::new(&format!("{number}. {}", table.title)).heading().write();
        body += &grid(table, &PORTRAIT);
        // Word joins tables that touch.
        body += &Paragraph::new("").size(12).write();
    }
    if !paper.pictures.is_empty() {
        number += 1;
        body += &Paragraph::new(&format!("{number}. {}", say("Bản đồ", "Maps")))
            .heading()
            .write();
    }
    for (index, picture) in paper.pictures.iter().enumerate() {
        body += &map(picture, index);
    }
    body += &Paragraph::new("").write();
    body += &closing(paper);
    if paper.annexes.is_empty() {
        return format!(
            "<w:document {NAMESPACES}><w:body>{body}{}</w:body></w:document>",
            PORTRAIT.section()
        );
    }
    // A section's properties stand in its last paragraph.
    body += &nothing(&PORTRAIT.section());
    for (index, table) in paper.annexes.iter().enumerate() {
        let title = format!("{} {}. {}", say("Phụ lục", "Annex"), roman(index + 1), table.title);
        let title = Paragraph::new(&title).heading();
        // Every annex begins a page; the first has one from its section.
        body += &if index > 0 { title.on_new_page() } else { title }.write();
        body += &Paragraph::new(&paper.provenance).italic().size(20).space(0, 80).write();
        body += &grid(table, &LANDSCAPE);
    }
    body += &nothing("");
    format!(
        "<w:document {NAMESPACES}><w:body>{body}{}</w:body></w:document>",
        LANDSCAPE.section()
    )
}

fn roman(number: usize) -> &'static str {
    ["I", "II", "III", "IV", "V", "VI", "VII", "VIII"]
        .get(number - 1)
        .copied()
        .unwrap_or("…")
}

/// Issuer and number on the left, country and date on the right.
fn heading(paper: &Paper) -> String {
    let heading = &paper.heading;
    let line = |text: &str| Paragraph::new(text).centre().size(24);
    let rule = Paragraph::new("───────").centre().size(14).write();
    let left = line(&heading.above.to_uppercase()).write()
        + &line(&heading.writer.to_uppercase()).bold().write()
        + &rule
        + &line(heading.number).write();
    let right = line(heading.country).bold().size(24).write()
        + &line(heading.motto).bold().write()
        + &rule
        + &line(&heading.dated).italic().write();
    two_columns(&left, &right, [43, 57])
}

/// Nơi nhận on the left, signature on the right.
fn closing(paper: &Paper) -> String {
    let say = |vi, en| paper.language.pick_static(vi, en);
    let recipients = [
        ("- Như trên;", "- As above;"),
        ("- Bộ Khoa học và Công nghệ;", "- Ministry of Science and Technology;"),
        ("- Các doanh nghiệp viễn thông;", "- Operators;"),
        ("- Lưu: VT.", "- File."),
    ];
    let mut left = Paragraph::new(say("Nơi nhận:", "To:")).bold().italic().size(24).write();
    for (vi, en) in recipients {
        left += &Paragraph::new(say(vi, en)).size(22).write();
    }
    let mut right = Paragraph::new(paper.heading.signer).bold().centre().write();
    for _ in 0..4 {
        right += &Paragraph::new("").write();
    }
    right += &Paragraph::new(say("(Ký, ghi rõ họ tên, đóng dấu)", "(signature, name, seal)"))
        .italic()
        .centre()
        .size(22)
        .write();
    two_columns(&left, &right, [50, 50])
}

fn two_columns(left: &str, right: &str, parts: [u32; 2]) -> String {
    let [first, second] = parts.map(|part| PORTRAIT.usable() * part / 100);
    let cell = |content: &str, width: u32| {
        format!("<w:tc><w:tcPr><w:tcW w:w=\"{width}\" w:type=\"dxa\"/></w:tcPr>{content}</w:tc>")
    };
    format!(
        "<w:tbl><w:tblPr><w:tblW w:w=\"{}\" w:type=\"dxa\"/><w:tblLayout w:type=\"fixed\"/>\
         <w:tblCellMar><w:left w:w=\"0\" w:type=\"dxa\"/><w:right w:w=\"0\" w:type=\"dxa\"/></w:tblCellMar></w:tblPr>\
         <w:tblGrid><w:gridCol w:w=\"{first}\"/><w:gridCol w:w=\"{second}\"/></w:tblGrid><w:tr><w:trPr><w:cantSplit/></w:trPr>{}{}</w:tr></w:tbl>",
        first + second,
        cell(left, first),
        cell(right, second),
    )
}

fn grid(table: &Table, page: &Page) -> String {
    let line = |name: &str| format!("<w:{name} w:val=\"single\" w:sz=\"4\" w:color=\"808080\"/>");
    let borders: String = ["top", "left", "bottom", "right", "insideH", "insideV"]
        .into_iter()
        .map(line)
        .collect();
    // Text of 10 points: a bold letter is about 5.5 points wide; the edges are those of `tblCellMar`.
    let widths = table.widths(page.usable(), 96, 150);
    let columns: String = widths
        .iter()
        .map(|width| format!("<w:gridCol w:w=\"{width}\"/>"))
        .collect();
    let mut text = format!(
        "<w:tbl><w:tblPr><w:tblW w:w=\"{}\" w:type=\"dxa\"/><w:tblBorders>{borders}</w:tblBorders><w:tblLayout w:type=\"fixed\"/>\
         <w:tblCellMar><w:left w:w=\"70\" w:type=\"dxa\"/><w:right w:w=\"70\" w:type=\"dxa\"/></w:tblCellMar></w:tblPr><w:tblGrid>{columns}</w:tblGrid>",
        widths.iter().sum::<u32>()
    );
    let cell = |content: &str, width: u32, shade: &str| {
        format!("<w:tc><w:tcPr><w:tcW w:w=\"{width}\" w:type=\"dxa\"/>{shade}</w:tcPr>{content}</w:tc>")
    };
    const HEAD: &str = "<w:shd w:val=\"clear\" w:color=\"auto\" w:fill=\"E7EEF5\"/><w:vAlign w:val=\"center\"/>";
    let headers: String = table
        .headers
        .iter()
        .zip(&widths)
        .map(|((name, _), width)| cell(&Paragraph::new(name).bold().centre().size(20).write(), *width, HEAD))
        .collect();
    // The header row comes again on every page.
    let _ = write!(
        text,
        "<w:tr><w:trPr><w:cantSplit/><w:tblHeader/></w:trPr>{headers}</w:tr>"
    );
    for (index, row) in table.rows.iter().enumerate() {
        let last = table.totalled && index + 1 == table.rows.len();
        let cells: String = row
            .iter()
            .zip(&table.headers)
            .zip(&widths)
            .map(|((content, (_, right)), width)| {
                let mut paragraph = Paragraph::new(content).size(20).space(0, 0);
                if last {
                    paragraph = paragraph.bold();
                }
                if *right {
                    paragraph = paragraph.right();
                }
                cell(&paragraph.write(), *width, "")
            })
            .collect();
        let _ = write!(text, "<w:tr><w:trPr><w:cantSplit/></w:trPr>{cells}</w:tr>");
    }
    text + "</w:tbl>"
}

/// A paragraph that takes no room: what Word wants after a last table, without a page of its own.
fn nothing(properties: &str) -> String {
    format!(
        "<w:p><w:pPr><w:spacing w:before=\"0\" w:after=\"0\" w:line=\"20\" w:lineRule=\"exact\"/><w:rPr><w:sz w:val=\"2\"/></w:rPr>{properties}</w:pPr></w:p>"
    )
}

/// A map with its heading above and its legend below, kept together.
fn map(picture: &Picture, index: usize) -> String {
    /// English Metric Units in a millimetre.
    const EMU_PER_MM: f64 = 36_000.0;
    // Two maps with their words stand on a page.
    const WIDEST_MM: f64 = 155.0;
    const TALLEST_MM: f64 = 98.0;
    let (width, height) = (picture.width as f64, picture.height as f64);
    let scale = (WIDEST_MM / width).min(TALLEST_MM / height) * EMU_PER_MM;
    let (across, down) = ((width * scale).round(), (height * scale).round());
    let (id, title) = (index + 1, escape(&picture.title));
    let drawing = format!(
        "<w:p><w:pPr><w:keepNext/><w:jc w:val=\"center\"/></w:pPr><w:r><w:drawing><wp:inline><wp:extent cx=\"{across}\" cy=\"{down}\"/>\
         <wp:docPr id=\"{id}\" name=\"map{id}\" descr=\"{title}\"/><a:graphic><a:graphicData uri=\"http://schemas.openxmlformats.org/drawingml/2006/picture\">\
         <pic:pic><pic:nvPicPr><pic:cNvPr id=\"{id}\" name=\"map{id}\"/><pic:cNvPicPr/></pic:nvPicPr><pic:blipFill><a:blip r:embed=\"map{index}\"/>\
         <a:stretch><a:fillRect/></a:stretch></pic:blipFill><pic:spPr><a:xfrm><a:off x=\"0\" y=\"0\"/><a:ext cx=\"{across}\" cy=\"{down}\"/></a:xfrm>\
         <a:prstGeom prst=\"rect\"><a:avLst/></a:prstGeom></pic:spPr></pic:pic></a:graphicData></a:graphic></wp:inline></w:drawing></w:r></w:p>"
    );
    let legend: String = picture
        .legend
        .iter()
        .map(|([red, green, blue], label)| {
            format!(
                "<w:r><w:rPr><w:color w:val=\"{red:02X}{green:02X}{blue:02X}\"/><w:sz w:val=\"26\"/></w:rPr><w:t xml:space=\"preserve\">■ </w:t></w:r>\
                 <w:r><w:rPr><w:sz w:val=\"22\"/></w:rPr><w:t xml:space=\"preserve\">{}     </w:t></w:r>",
                escape(label)
            )
        })
        .collect();
    Paragraph::new(&picture.title)
        .bold()
        .centre()
        .size(24)
        .keep()
        .space(120, 40)
        .write()
        + &drawing
        + &format!("<w:p><w:pPr><w:spacing w:after=\"160\"/><w:jc w:val=\"center\"/></w:pPr>{legend}</w:p>")
}

/// A paragraph of one run; `size` in half points, spaces in twentieths of a point.
#[derive(Clone, Default)]
struct Paragraph {
    text: String,
    bold: bool,
    italic: bool,
    side: &'static str,
    size: u32,
    before: u32,
    after: u32,
    keep: bool,
    indent: bool,
    outline: bool,
    new_page: bool,
}

impl Paragraph {
    fn new(text: &str) -> Self {
        Self {
            text: text.to_owned(),
            after: 20,
            ..Self::default()
        }
    }

    fn bold(mut self) -> Self {
        self.bold = true;
        self
    }

    fn italic(mut self) -> Self {
        self.italic = true;
        self
    }

    fn centre(mut self) -> Self {
        self.side = "center";
        self
    }

    fn right(mut self) -> Self {
        self.side = "right";
        self
    }

    fn size(mut self, half_points: u32) -> Self {
        self.size = half_points;
        self
    }

    fn space(mut self, before: u32, after: u32) -> Self {
        (self.before, self.after) = (before, after);
        self
    }

    fn keep(mut self) -> Self {
        self.keep = true;
        self
    }

    /// A paragraph of running text: justified, first line indented.
    fn body(mut self) -> Self {
        self.side = "both";
        self.indent = true;
        self.space(60, 60)
    }

    /// A heading of a section.
    fn heading(mut self) -> Self {
        self.outline = true;
        self.bold().keep().space(200, 80)
    }

    fn on_new_page(mut self) -> Self {
        self.new_page = true;
        self
    }

    fn write(&self) -> String {
        let mut shape = String::new();
        if self.outline {
            shape.push_str("<w:pStyle w:val=\"Heading1\"/>");
        }
        if self.keep {
            shape.push_str("<w:keepNext/>");
        }
        if self.new_page {
            shape.push_str("<w:pageBreakBefore/>");
        }
        let _ = write!(
            shape,
            "<w:spacing w:before=\"{}\" w:after=\"{}\"/>",
            self.before, self.after
        );
        if self.indent {
            shape.push_str("<w:ind w:firstLine=\"720\"/>");
        }
        if !self.side.is_empty() {
            let _ = write!(shape, "<w:jc w:val=\"{}\"/>", self.side);
        }
        let mut look = String::new();
        if self.bold {
            look.push_str("<w:b/>");
        }
        if self.italic {
            look.push_str("<w:i/>");
        }
        if self.size > 0 {
            let _ = write!(look, "<w:sz w:val=\"{0}\"/><w:szCs w:val=\"{0}\"/>", self.size);
        }
        format!(
            "<w:p><w:pPr>{shape}</w:pPr><w:r><w:rPr>{look}</w:rPr><w:t xml:space=\"preserve\">{}</w:t></w:r></w:p>",
            escape(&self.text)
        )
    }
}
