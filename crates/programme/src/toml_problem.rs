//! What the TOML reader met, with line and field and in both languages: the reader itself speaks English only.

use crate::error::Problem;

/// A problem that the TOML reader met in `text`.
pub(crate) fn toml_problem(text: &str, error: &toml::de::Error) -> Problem {
    let start = error.span().map_or(0, |span| span.start.min(text.len()));
    let line = text.get(..start).unwrap_or_default().matches('\n').count() + 1;
    let content = text.lines().nth(line - 1).unwrap_or_default();
    let key = content
        .split('=')
        .next()
        .unwrap_or_default()
        .trim()
        .trim_matches(['[', ']'])
        .to_owned();
    let field = match section_of(text, line) {
        Some(section) if section != key => format!("{section}.{key}"),
        _ => key,
    };
    Problem {
        line,
        field,
        detail_vi: in_vietnamese(error.message()),
        detail_en: error.message().to_owned(),
    }
}

/// The table that a line stands in, with the ids of the table and of the one that it is part of where they have some:
/// `indicators.stations.readings.all`.
fn section_of(text: &str, line: usize) -> Option<String> {
    let before: Vec<&str> = text.lines().take(line).collect();
    let start = before
        .iter()
        .rposition(|content| content.trim_start().starts_with('['))?;
    let name = before[start].trim().trim_matches(['[', ']']);
    let own = with_id(name.rsplit('.').next().unwrap_or(name), &before[start..]);
    let Some((whole, _)) = name.rsplit_once('.') else {
        return Some(own);
    };
    let heading = format!("[[{whole}]]");
    let above = before[..start].iter().rposition(|content| content.trim() == heading);
    let above = above.map_or_else(|| whole.to_owned(), |at| with_id(whole, &before[at..start]));
    Some(format!("{above}.{own}"))
}

/// A table's name with the first id in its lines.
fn with_id(name: &str, lines: &[&str]) -> String {
    let id = lines.iter().find_map(|content| content.strip_prefix("id = "));
    id.map_or_else(
        || name.to_owned(),
        |id| format!("{name}.{}", id.trim().trim_matches('"')),
    )
}

/// The reader's message in Vietnamese. Its messages about values have a few fixed forms (serde's); all others are about the
/// way the file is written, where line and field say more than the words.
fn in_vietnamese(message: &str) -> String {
    let message = message.trim();
    let form = |prefix: &str| message.strip_prefix(prefix);
    if let Some(field) = form("missing field ") {
        return format!("thiếu trường {field}");
    }
    if let Some(field) = form("duplicate key").or_else(|| form("duplicate field ")) {
        return format!("trường có hai lần {}", field.trim()).trim_end().to_owned();
    }
    for (prefix, what) in [
        ("unknown field ", "không có trường"),
        ("unknown variant ", "không có giá trị"),
        ("invalid type: ", "sai kiểu:"),
        ("invalid value: ", "sai giá trị:"),
        ("invalid length ", "sai số phần tử:"),
    ] {
        let Some(rest) = form(prefix) else { continue };
        return match rest.split_once(", expected ") {
            Some((found, expected)) => format!("{what} {}; cần {}", noun(found), noun(expected)),
            None => format!("{what} {}", noun(rest)),
        };
    }
    "viết sai cú pháp TOML (thiếu dấu bằng, dấu ngoặc kép hay dấu ngoặc vuông chẳng hạn)".to_owned()
}

/// Serde's name of a kind of value, in Vietnamese; a name in backquotes or quotes stays as it is.
fn noun(found: &str) -> String {
    let (kind, value) = match found.find(['`', '"']) {
        Some(at) => found.split_at(at),
        None => (found, ""),
    };
    let kind = kind.trim();
    let named = match kind {
        "" => "",
        "one of" => "một trong",
        "string" | "a string" | "a borrowed string" => "chuỗi chữ",
        "boolean" | "a boolean" => "true hoặc false",
        "integer" | "an integer" | "i32" | "i64" => "số nguyên",
        "u8" | "u16" | "u32" | "u64" | "usize" => "số nguyên không âm",
        "floating point" | "f32" | "f64" => "số",
        "datetime" => "ngày giờ",
        "sequence" | "a sequence" => "danh sách",
        "map" | "a map" => "bảng",
        _ if kind.starts_with("struct ") || kind.starts_with("internally tagged") => "bảng",
        _ if kind.starts_with("a date") || kind.contains("NaiveDate") || kind.contains("date string") => {
            "ngày dạng năm-tháng-ngày"
        }
        _ => kind,
    };
    format!("{named} {}", value.replace("` or `", "` hoặc `"))
        .trim()
        .to_owned()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

    use super::*;

    #[derive(Debug, serde::Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Sample {
        #[expect(dead_code, reason = "only reading is tested")]
        quota: u32,
        #[expect(dead_code, reason = "only reading is tested")]
        class: Option<Class>,
    }

    #[derive(Debug, serde::Deserialize)]
    enum Class {
        A,
        B,
    }

    fn of(text: &str) -> Problem {
        toml_problem(text, &toml::from_str::<Sample>(text).unwrap_err())
    }

    #[test]
    fn every_form_of_the_reader_s_messages_is_vietnamese() {
        for (text, line, vietnamese) in [
            ("class = \"A\"\n", 1, "thiếu trường `quota`"),
            (
                "quota = 1\nquotta = 2\n",
                2,
                "không có trường `quotta`; cần `quota` hoặc `class`",
            ),
            (
                "quota = 1\nclass = \"D\"\n",
                2,
                "không có giá trị `D`; cần `A` hoặc `B`",
            ),
            (
                "quota = \"x\"\n",
                1,
                "sai kiểu: chuỗi chữ \"x\"; cần số nguyên không âm",
            ),
            ("quota = 1.5\n", 1, "sai kiểu: số `1.5`; cần số nguyên không âm"),
            ("quota = -1\n", 1, "sai giá trị: số nguyên `-1`; cần số nguyên không âm"),
            ("quota = 1\nquota = 2\n", 2, "trường có hai lần"),
            (
                "quota = 1\nclass \"A\"\n",
                2,
                "viết sai cú pháp TOML (thiếu dấu bằng, dấu ngoặc kép hay dấu ngoặc vuông chẳng hạn)",
            ),
        ] {
            let problem = of(text);
            assert_eq!(
                (problem.line, problem.detail_vi.as_str()),
                (line, vietnamese),
                "{problem}"
            );
        }
    }
}
