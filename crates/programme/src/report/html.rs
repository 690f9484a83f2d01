//! A paper as one HTML page without outside references.

use std::fmt::Write;

use base64::Engine;

use super::map_picture::Picture;
use super::paper::Paper;
use super::table::Table;
use crate::number::Language;

const STYLE: &str = "body{font:14px/1.45 'Be Vietnam Pro',system-ui,sans-serif;color:#1b1f24;max-width:1100px;margin:24px auto;padding:0 16px}\
h1{font-size:20px;margin:0 0 4px;text-align:center}h2{font-size:16px;margin:28px 0 8px}p{margin:4px 0}\
.head{display:flex;justify-content:space-between;gap:32px;text-align:center;margin-bottom:20px}\
.note{color:#57606a;text-align:center}.warn{background:#fff3cd;border:1px solid #e0c36a;padding:6px 10px}\
table{border-collapse:collapse;width:100%;font-variant-numeric:tabular-nums;font-size:13px}\
th,td{border:1px solid #d0d7de;padding:4px 8px;text-align:left;vertical-align:top}th{background:#f3f5f7}td.n,th.n{text-align:right}\
tr.total td{font-weight:600;background:#f3f5f7}figure{margin:20px 0}figure img{max-width:100%;border:1px solid #d0d7de}\
.legend span{display:inline-block;margin-right:18px}.legend i{display:inline-block;width:12px;height:12px;border:1px solid #57606a;margin-right:6px}\
@media print{body{max-width:none;margin:0}h2{break-after:avoid}tr,figure{break-inside:avoid}}";

/// Writes the page.
pub(super) fn write(paper: &Paper) -> String {
    let language = match paper.language {
        Language::Vietnamese => "vi",
        Language::English => "en",
    };
    let subject = escape(&paper.subject);
    let mut page = format!(
        "<!doctype html>\n<html lang=\"{language}\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\n<title>{subject}</title>\n\
         <style>{STYLE}</style>\n</head>\n<body>\n"
    );
    page.push_str(&heading(paper));
    put(
        &mut page,
        format_args!("<h1>{}</h1>\n<p class=\"note\"><b>{subject}</b></p>\n", paper.kind),
    );
    let class = if paper.synthetic { "warn" } else { "note" };
    put(
        &mut page,
        format_args!("<p class=\"{class}\">{}</p>\n", escape(&paper.provenance)),
    );
    for warning in &paper.warnings {
        put(&mut page, format_args!("<p class=\"warn\">{}</p>\n", escape(warning)));
    }
    for sentence in &paper.summary {
        put(&mut page, format_args!("<p>{}</p>\n", escape(sentence)));
    }
    for table in &paper.tables {
        page.push_str(&section(table));
    }
    for picture in &paper.pictures {
        page.push_str(&figure(picture));
    }
    for table in &paper.annexes {
        page.push_str(&section(table));
    }
    page.push_str("</body>\n</html>\n");
    page
}

/// The official heading block.
fn heading(paper: &Paper) -> String {
    let heading = &paper.heading;
    let [above, writer, dated] = [&heading.above, &heading.writer, &heading.dated].map(|text| escape(text));
    format!(
        "<div class=\"head\"><div><p>{above}</p><p><b>{writer}</b></p><p>{}</p></div>\
         <div><p><b>{}</b></p><p><b>{}</b></p><p><i>{dated}</i></p></div></div>\n",
        heading.number, heading.country, heading.motto,
    )
}

fn section(table: &Table) -> String {
    let mut text = format!("<h2>{}</h2>\n<table>\n<thead><tr>", escape(&table.title));
    let mark = |numeric: bool| if numeric { " class=\"n\"" } else { "" };
    for (header, numeric) in &table.headers {
        put(&mut text, format_args!("<th{}>{}</th>", mark(*numeric), escape(header)));
    }
    text.push_str("</tr></thead>\n<tbody>\n");
    for (index, row) in table.rows.iter().enumerate() {
        let last = table.totalled && index + 1 == table.rows.len();
        text.push_str(if last { "<tr class=\"total\">" } else { "<tr>" });
        for (cell, (_, numeric)) in row.iter().zip(&table.headers) {
            put(&mut text, format_args!("<td{}>{}</td>", mark(*numeric), escape(cell)));
        }
        text.push_str("</tr>\n");
    }
    text.push_str("</tbody>\n</table>\n");
    text
}

/// A map inside the page itself.
fn figure(picture: &Picture) -> String {
    let title = escape(&picture.title);
    let mut text = format!(
        "<figure><h2>{title}</h2><img alt=\"{title}\" width=\"{}\" height=\"{}\" src=\"data:image/png;base64,{}\"><figcaption class=\"legend\">",
        picture.width,
        picture.height,
        base64::engine::general_purpose::STANDARD.encode(&picture.png)
    );
    for ([red, green, blue], label) in &picture.legend {
        put(
            &mut text,
            format_args!(
                "<span><i style=\"background:#{red:02x}{green:02x}{blue:02x}\"></i>{}</span>",
                escape(label)
            ),
        );
    }
    text.push_str("</figcaption></figure>\n");
    text
}

/// Appends formatted text; writing to a string cannot fail.
fn put(text: &mut String, arguments: std::fmt::Arguments<'_>) {
    let _ = text.write_fmt(arguments);
}

/// Text as HTML or XML content. Control characters that XML forbids are left out.
pub(super) fn escape(text: &str) -> String {
    let allowed = |c: &char| !c.is_control() || matches!(c, '\n' | '\t');
    text.chars()
        .filter(allowed)
        .collect::<String>()
        .replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}
