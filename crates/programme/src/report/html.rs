//! The report as one HTML page without outside references.

use std::fmt::Write;

use super::Report;
use super::table::{Table, tables};
use crate::number::Language;

const STYLE: &str = "body{font:14px/1.45 'Be Vietnam Pro',system-ui,sans-serif;color:#1b1f24;max-width:1100px;margin:24px auto;padding:0 16px}\
h1{font-size:20px;margin:0 0 4px}h2{font-size:16px;margin:28px 0 8px}p{margin:4px 0}\
.head{display:flex;justify-content:space-between;gap:32px;text-align:center;margin-bottom:20px}\
.note{color:#57606a}.warn{background:#fff3cd;border:1px solid #e0c36a;padding:6px 10px}\
table{border-collapse:collapse;width:100%;font-variant-numeric:tabular-nums;font-size:13px}\
th,td{border:1px solid #d0d7de;padding:4px 8px;text-align:left;vertical-align:top}th{background:#f3f5f7}td.n,th.n{text-align:right}\
@media print{body{max-width:none;margin:0}h2{break-after:avoid}tr{break-inside:avoid}}";

/// Writes the page.
#[must_use]
pub fn html(report: &Report<'_>) -> String {
    let language = match report.language {
        Language::Vietnamese => "vi",
        Language::English => "en",
    };
    let title = escape(report.title());
    let mut page = format!(
        "<!doctype html>\n<html lang=\"{language}\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\n<title>{title}</title>\n\
         <style>{STYLE}</style>\n</head>\n<body>\n"
    );
    page.push_str(&heading(report));
    let under = format!("{} {}", report.say("Theo", "Under"), report.evaluation.document);
    put(
        &mut page,
        format_args!("<h1>{title}</h1>\n<p class=\"note\">{}</p>\n", escape(&under)),
    );
    let class = if report.synthetic { "warn" } else { "note" };
    put(
        &mut page,
        format_args!("<p class=\"{class}\">{}</p>\n", escape(&report.subtitle())),
    );
    for warning in &report.evaluation.warnings {
        put(&mut page, format_args!("<p class=\"warn\">{}</p>\n", escape(warning)));
    }
    for table in tables(report) {
        page.push_str(&section(&table));
    }
    page.push_str("</body>\n</html>\n");
    page
}

/// The official heading block.
fn heading(report: &Report<'_>) -> String {
    let [issuer, country, motto, dated] = super::table::heading(report).map(|text| escape(&text));
    format!(
        "<div class=\"head\"><div><p>{issuer}</p><p>{}: …</p></div><div><p><b>{country}</b></p><p><b>{motto}</b></p><p><i>{dated}</i></p></div></div>\n",
        report.say("Số", "No"),
    )
}

fn section(table: &Table) -> String {
    let mut text = format!("<h2>{}</h2>\n<table>\n<thead><tr>", escape(&table.title));
    let mark = |numeric: bool| if numeric { " class=\"n\"" } else { "" };
    for (header, numeric) in &table.headers {
        put(&mut text, format_args!("<th{}>{}</th>", mark(*numeric), escape(header)));
    }
    text.push_str("</tr></thead>\n<tbody>\n");
    for row in &table.rows {
        text.push_str("<tr>");
        for (cell, (_, numeric)) in row.iter().zip(&table.headers) {
            put(&mut text, format_args!("<td{}>{}</td>", mark(*numeric), escape(cell)));
        }
        text.push_str("</tr>\n");
    }
    text.push_str("</tbody>\n</table>\n");
    text
}

/// Appends formatted text; writing to a string cannot fail.
fn put(text: &mut String, arguments: std::fmt::Arguments<'_>) {
    let _ = text.write_fmt(arguments);
}

/// Text as HTML or XML content.
pub(super) fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}
