//! A corpus of malformed programmes: each is refused with the line and field of what is wrong, and none panics.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use programme::{Problem, ProgrammeError, library, read, read_value};
use proptest::prelude::*;
use serde_json::{Value, json};

fn problems(text: &str) -> Vec<Problem> {
    match read(text) {
        Err(ProgrammeError::Invalid(problems)) => problems,
        other => panic!("expected problems, got {other:?}"),
    }
}

/// What is replaced in which programme, the field that is named, and the text of the line that is named.
const CORPUS: [(&str, &str, &str, &str, &str); 21] = [
    (
        "ha-tinh-529",
        "key = \"ha-tinh-529\"",
        "key = \"Hà Tĩnh\"",
        "key",
        "key = ",
    ),
    (
        "ha-tinh-529",
        "key = \"ha-tinh-529\"",
        "kee = \"ha-tinh-529\"",
        "kee",
        "kee = ",
    ),
    (
        "ha-tinh-529",
        "title_vi = ",
        "title_vi = 5 # ",
        "title_vi",
        "title_vi = 5",
    ),
    (
        "ha-tinh-529",
        "date = \"2025-09-30\"",
        "date = \"30/09/2025\"",
        "document.date",
        "30/09/2025",
    ),
    (
        "ha-tinh-529",
        "to_year = 2030",
        "to_year = 2020",
        "document.to_year",
        "to_year = 2020",
    ),
    (
        "ha-tinh-529",
        "technology = \"5g\"",
        "technology = \"6g\"",
        "planner.technology",
        "\"6g\"",
    ),
    (
        "ha-tinh-529",
        "actions_from = \"stations-5g\"",
        "actions_from = \"x\"",
        "planner.actions_from",
        "actions_from = \"x\"",
    ),
    (
        "ha-tinh-529",
        "class = \"A\"",
        "class = \"D\"",
        "indicators.stations.class",
        "class = \"D\"",
    ),
    (
        "ha-tinh-529",
        "unit = \"station\"",
        "unit = \"percent\"",
        "indicators.stations.unit",
        "unit = \"percent\"",
    ),
    (
        "ha-tinh-529",
        "measure = \"station_count\"",
        "measure = \"station_sum\"",
        "indicators.stations.readings.all.formula",
        "station_sum",
    ),
    (
        "ha-tinh-529",
        "technologies = [\"2g\", \"3g\", \"4g\", \"5g\"]",
        "technologies = [\"2g\", \"3g\", \"4g\", \"lte\"]",
        "indicators.stations.readings.all.formula",
        "\"lte\"",
    ),
    (
        "ha-tinh-529",
        "used = true\n",
        "",
        "indicators.stations.readings.used",
        "id = \"stations\"",
    ),
    (
        "ha-tinh-529",
        "id = \"stations-5g\"\n",
        "id = \"stations\"\n",
        "indicators.stations.id",
        "id = \"stations\"",
    ),
    (
        "ha-tinh-529",
        "targets = [{ value = 380, by = \"2025-12-31\" }]",
        "targets = [{ value = -380, by = \"2025-12-31\" }]",
        "indicators.stations-5g.targets.value",
        "value = -380",
    ),
    (
        "ha-tinh-529",
        "targets = [{ value = 380, by = \"2025-12-31\" }]",
        "targets = [{ by = \"2025-12-31\" }]",
        "indicators.stations-5g.targets.value",
        "targets = [{ by",
    ),
    (
        "lang-son-251",
        "targets = [{ value = 60, by = \"2025-12-31\" }, { value = 100, by = \"2030-12-31\" }]",
        "targets = [{ value = 60, by = \"2035-12-31\" }, { value = 100, by = \"2030-12-31\" }]",
        "indicators.fixed-1gbps.targets.by",
        "2035-12-31",
    ),
    (
        "lang-son-251",
        "value = 100",
        "value = 1000",
        "indicators.commune-centres-5g.targets.value",
        "value = 1000",
    ),
    (
        "lang-son-251",
        "kind = \"border_post\"",
        "kind = \"moon\"",
        "priority_places.moon.kind",
        "kind = \"moon\"",
    ),
    (
        "ha-tinh-529",
        "operator = \"VNPT\"",
        "operator = \"Viettel\"",
        "quotas.Viettel.operator",
        "operator = \"Viettel\"",
    ),
    (
        "ha-tinh-529",
        "weight = 3.0",
        "weight = -3.0",
        "priority.Formosa Sơn Dương.weight",
        "Formosa Sơn Dương",
    ),
    (
        "binh-phuoc-2023",
        "due_each_year = \"12-30\"",
        "due_each_year = \"30/12\"",
        "deliverables.yearly-report.due_each_year",
        "30/12",
    ),
];

#[test]
fn every_fault_is_named_by_line_and_field() {
    for (key, from, to, field, line) in CORPUS {
        let text = library::text(key).unwrap();
        assert!(text.contains(from), "{key} has no {from}");
        let broken = text.replacen(from, to, 1);
        let found = problems(&broken);
        let problem = found.iter().find(|problem| problem.field == field);
        let problem = problem.unwrap_or_else(|| panic!("{field} in {found:?}"));
        let named = broken.lines().nth(problem.line - 1).unwrap_or_default();
        assert!(named.contains(line), "{field}: line {} is {named:?}", problem.line);
        assert!(!problem.detail_vi.is_empty() && !problem.detail_en.is_empty());
    }
}

#[test]
fn the_json_form_is_checked_alike() {
    let good = serde_json::to_value(library::programme("cao-loc-2023").unwrap()).unwrap();
    assert_eq!(
        read_value(good.clone()).unwrap().0,
        library::programme("cao-loc-2023").unwrap()
    );
    let mut bad = good;
    bad["indicators"][0]["targets"][0]["value"] = json!(980);
    let Err(ProgrammeError::Invalid(problems)) = read_value(bad) else {
        panic!("a share of 980 %")
    };
    assert_eq!(problems[0].field, "indicators.villages-broadband.targets.value");
    for shapeless in [
        json!(null),
        json!(5),
        json!([]),
        json!({}),
        json!("x"),
        json!({ "key": { "a": [1, "b"] } }),
    ] {
        assert!(matches!(read_value(shapeless), Err(ProgrammeError::Invalid(_))));
    }
}

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<f64>().prop_map(|number| json!(number)),
        ".{0,12}".prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 24, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::btree_map("[a-z_]{1,10}", inner, 0..4).prop_map(|map| json!(map)),
        ]
    })
}

proptest! {
    /// Cutting or garbling a document anywhere gives an answer, never a panic.
    #[test]
    fn garbled_text_never_panics(at in 0.0..1.0f64, length in 0..40usize, put in ".{0,8}") {
        let text: Vec<char> = library::text("lang-son-251").unwrap().chars().collect();
        let start = (at * text.len() as f64) as usize;
        let end = (start + length).min(text.len());
        let garbled: String = text[..start].iter().copied().chain(put.chars()).chain(text[end..].iter().copied()).collect();
        drop(read(&garbled));
    }

    #[test]
    fn any_json_gets_an_answer(value in any_json()) {
        drop(read_value(value));
    }
}
