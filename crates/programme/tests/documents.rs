//! The five documents word for word: every indicator with its class, baseline, targets, deadlines and clauses, what is due when, and who comes first.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use std::collections::BTreeSet;

use jiff::civil::{Date, date};
use programme::{Actor, Class, Indicator, Programme, SourceMark, Unit, library, programme_schema};
use serde_json::Value;

/// Ends of years, as most deadlines are.
const Y24: Date = date(2024, 12, 31);
const Y25: Date = date(2025, 12, 31);
const Y30: Date = date(2030, 12, 31);

/// Number in the table of all indicators, programme, id, class, baseline, targets with their deadlines, clause.
type Line = (
    u32,
    &'static str,
    &'static str,
    Class,
    Option<f64>,
    &'static [(f64, Option<Date>)],
    &'static str,
);

const LANG_SON: &str = "lang-son-251";
const BINH_PHUOC: &str = "binh-phuoc-2023";
const CAO_LOC: &str = "cao-loc-2023";
const HA_TINH: &str = "ha-tinh-529";
const LONG_AN: &str = "long-an-2550";

/// Copied from the documents, not from the files that ship.
const LINES: [Line; 49] = {
    use Class::{A, B, C};
    [
        (
            1,
            LANG_SON,
            "commune-centres-5g",
            A,
            None,
            &[(100.0, Some(Y25))],
            "II.1",
        ),
        (2, LANG_SON, "population-5g", A, None, &[(100.0, Some(Y30))], "II.2"),
        (
            3,
            LANG_SON,
            "villages-with-power",
            A,
            None,
            &[(100.0, Some(Y25))],
            "II.1",
        ),
        (
            4,
            BINH_PHUOC,
            "villages-broadband",
            A,
            None,
            &[(100.0, Some(Y25))],
            "II.1, IV.2",
        ),
        (
            5,
            CAO_LOC,
            "villages-broadband",
            A,
            Some(92.0),
            &[(98.0, Some(Y25))],
            "II.2.a, chú thích 1",
        ),
        (6, LANG_SON, "zones-5g-half", A, None, &[(50.0, Some(Y25))], "II.1"),
        (7, LANG_SON, "iot-in-zones", B, None, &[(20.0, Some(Y25))], "II.1"),
        (
            8,
            LANG_SON,
            "zones-5g-universal",
            A,
            None,
            &[(100.0, Some(Y30))],
            "II.2",
        ),
        (8, LANG_SON, "iot-universal", C, None, &[], "II.2"),
        (9, LANG_SON, "mobile-speed", B, None, &[(2.0, Some(Y25))], "II.1"),
        (10, BINH_PHUOC, "mobile-speed", B, None, &[(70.0, Some(Y25))], "II.1"),
        (
            11,
            CAO_LOC,
            "mobile-speed",
            B,
            Some(34.41),
            &[(42.0, Some(Y25))],
            "II.2.a",
        ),
        (12, BINH_PHUOC, "fixed-speed", B, None, &[(95.0, Some(Y25))], "II.2"),
        (
            12,
            CAO_LOC,
            "fixed-speed",
            B,
            Some(85.07),
            &[(102.0, Some(Y25))],
            "II.2.b",
        ),
        (13, BINH_PHUOC, "sharing", A, None, &[(25.0, Some(Y25))], "II.1"),
        (14, CAO_LOC, "sharing", B, Some(16.0), &[], "chú thích 1"),
        (15, HA_TINH, "stations", A, Some(3_600.0), &[], "II.1"),
        (
            16,
            HA_TINH,
            "stations-5g",
            A,
            Some(50.0),
            &[(380.0, Some(Y25))],
            "II.1, II.2.1",
        ),
        (
            17,
            HA_TINH,
            "stations-5g-in-zones",
            A,
            Some(26.0),
            &[(66.0, Some(Y25))],
            "II.1, II.2.1",
        ),
        (18, HA_TINH, "economic-zones", A, Some(2.0), &[], "II.1"),
        (
            18,
            HA_TINH,
            "industrial-parks",
            A,
            Some(7.0),
            &[(12.0, Some(Y30))],
            "II.1",
        ),
        (
            18,
            HA_TINH,
            "industrial-clusters",
            A,
            Some(22.0),
            &[(45.0, Some(Y30))],
            "II.1",
        ),
        (
            19,
            HA_TINH,
            "industrial-park-area",
            A,
            None,
            &[(3_022.96, Some(Y30))],
            "II.1",
        ),
        (
            19,
            HA_TINH,
            "industrial-cluster-area",
            A,
            None,
            &[(1_981.84, Some(Y30)), (2_241.84, None)],
            "II.1",
        ),
        (20, HA_TINH, "quality-5g", C, None, &[], "II.2.3, IV.5"),
        (
            21,
            BINH_PHUOC,
            "mobile-subscriptions",
            B,
            None,
            &[(100.0, Some(Y25))],
            "II.1",
        ),
        (
            21,
            CAO_LOC,
            "mobile-subscriptions",
            B,
            Some(80.69),
            &[(85.0, Some(Y25))],
            "II.2.a",
        ),
        (
            22,
            BINH_PHUOC,
            "smartphone-subscriptions",
            B,
            None,
            &[(100.0, Some(Y25))],
            "II.1",
        ),
        (
            22,
            CAO_LOC,
            "smartphone-subscriptions",
            B,
            Some(80.20),
            &[(85.0, Some(Y25))],
            "II.2.a",
        ),
        (
            23,
            BINH_PHUOC,
            "adults-smartphone",
            B,
            None,
            &[(100.0, Some(Y25))],
            "II.1",
        ),
        (
            23,
            CAO_LOC,
            "adults-smartphone",
            B,
            Some(70.0),
            &[(80.0, Some(Y25))],
            "II.2.a",
        ),
        (
            24,
            BINH_PHUOC,
            "switch-off-2g",
            A,
            None,
            &[(0.0, Some(Y24))],
            "III.1, IV.2",
        ),
        (24, CAO_LOC, "switch-off-2g", A, None, &[], "II.2.a"),
        (24, LONG_AN, "switch-off-2g", A, None, &[], "nội dung kế hoạch"),
        (
            25,
            BINH_PHUOC,
            "fixed-subscriptions",
            B,
            None,
            &[(60.0, Some(Y25))],
            "II.2",
        ),
        (
            25,
            CAO_LOC,
            "fixed-subscriptions",
            B,
            Some(17.38),
            &[(18.0, Some(Y25))],
            "II.2.b",
        ),
        (
            26,
            BINH_PHUOC,
            "households-fibre",
            B,
            None,
            &[(100.0, Some(Y25))],
            "II.2",
        ),
        (
            26,
            CAO_LOC,
            "households-fibre",
            B,
            Some(67.75),
            &[(75.0, Some(Y25))],
            "II.2.b",
        ),
        (27, BINH_PHUOC, "villages-ftth", B, None, &[(100.0, Some(Y25))], "II.2"),
        (
            27,
            CAO_LOC,
            "villages-ftth",
            B,
            Some(87.0),
            &[(95.0, Some(Y25))],
            "II.2.b",
        ),
        (
            28,
            LANG_SON,
            "fixed-1gbps",
            B,
            None,
            &[(60.0, Some(Y25)), (100.0, Some(Y30))],
            "II",
        ),
        (
            29,
            LANG_SON,
            "iot-per-person",
            B,
            None,
            &[(1.0, Some(Y25)), (4.0, Some(Y30))],
            "II",
        ),
        (30, LANG_SON, "ipv6", B, None, &[(90.0, Some(Y30))], "II.2"),
        (30, LANG_SON, "digital-signature", B, None, &[(30.0, Some(Y30))], "II.2"),
        (31, LANG_SON, "cloud", B, None, &[], "II"),
        (31, BINH_PHUOC, "cloud", B, None, &[], "II"),
        (31, CAO_LOC, "cloud", B, None, &[], "II"),
        (
            32,
            LANG_SON,
            "national-5g-of-4g",
            A,
            None,
            &[(50.0, Some(Y25))],
            "QĐ 912/QĐ-BKHCN (viện dẫn)",
        ),
        (
            32,
            HA_TINH,
            "national-5g-of-4g",
            A,
            None,
            &[(50.0, Some(Y25))],
            "QĐ 912/QĐ-BKHCN (viện dẫn)",
        ),
    ]
};

fn all() -> Vec<Programme> {
    library::keys()
        .into_iter()
        .map(|key| library::programme(key).unwrap())
        .collect()
}

fn find<'a>(programmes: &'a [Programme], key: &str, id: &str) -> &'a Indicator {
    let programme = programmes.iter().find(|programme| programme.key == key).unwrap();
    programme
        .indicator(id)
        .unwrap_or_else(|| panic!("{key} has no indicator {id}"))
}

#[test]
fn every_indicator_says_what_its_document_says() {
    let programmes = all();
    for (row, key, id, class, baseline, targets, clause) in LINES {
        let indicator = find(&programmes, key, id);
        assert_eq!((indicator.row, indicator.class), (row, class), "{key} {id}");
        assert_eq!(indicator.baseline.as_ref().map(|one| one.value), baseline, "{key} {id}");
        let found: Vec<_> = indicator
            .targets
            .iter()
            .map(|target| (target.value.or(target.times_baseline).unwrap(), target.by))
            .collect();
        assert_eq!(found, targets, "{key} {id}");
        assert_eq!(indicator.clause, clause, "{key} {id}");
    }
    let count: usize = programmes.iter().map(|programme| programme.indicators.len()).sum();
    assert_eq!(
        count,
        LINES.len(),
        "an indicator that no document states, or one left out"
    );
}

#[test]
fn every_indicator_names_unit_denominator_source_and_formula() {
    for programme in all() {
        for indicator in &programme.indicators {
            let name = format!("{} {}", programme.key, indicator.id);
            assert!(
                !indicator.source.text.is_empty() && indicator.source.mark == SourceMark::S,
                "{name}"
            );
            let share = indicator.unit == Unit::Percent;
            assert_eq!(
                share || indicator.unit == Unit::Per100People,
                indicator.denominator_vi.is_some() && indicator.denominator_en.is_some(),
                "{name}: what a share is of is named, in both languages"
            );
            for reading in &indicator.readings {
                let formula = reading.formula.formula();
                assert!(
                    !formula.vi.is_empty() && !formula.en.is_empty() && !reading.name_en.is_empty(),
                    "{name}"
                );
            }
        }
    }
}

/// What is ambiguous keeps all its readings, one of them used.
#[test]
fn ambiguous_indicators_keep_their_readings() {
    let programmes = all();
    let readings = |key: &str, id: &str| -> Vec<String> {
        let indicator = find(&programmes, key, id);
        indicator.readings.iter().map(|reading| reading.id.clone()).collect()
    };
    assert_eq!(readings(LANG_SON, "zones-5g-half"), ["a", "b", "c"]);
    for key in [BINH_PHUOC, CAO_LOC] {
        assert_eq!(
            readings(key, "sharing"),
            ["by-location", "by-station", "by-hosted-tenant"]
        );
        assert!(readings(key, "villages-broadband").contains(&"electrified".to_owned()));
    }
    assert_eq!(readings(LANG_SON, "villages-with-power"), ["electrified", "all"]);
    for key in [BINH_PHUOC, CAO_LOC, LONG_AN] {
        let found = readings(key, "switch-off-2g");
        assert_eq!(found, ["locations", "places", "locations-2g-3g", "places-2g-3g"]);
    }
    let area = find(&programmes, HA_TINH, "industrial-park-area");
    let targets: Vec<_> = area.readings.iter().map(|reading| reading.target).collect();
    assert_eq!(targets, [None, Some(1_969.2), Some(1_053.76)]);
    // National bars are marked where a document cites them.
    for key in [LANG_SON, HA_TINH] {
        assert!(find(&programmes, key, "national-5g-of-4g").national);
    }
}

#[test]
fn deliverables_actors_and_priorities_are_those_of_the_documents() {
    let programmes = all();
    let programme = |key: &str| programmes.iter().find(|one| one.key == key).unwrap();
    let ha_tinh = programme(HA_TINH);
    let due = |id: &str| {
        let found = ha_tinh.deliverables.iter().find(|one| one.id == id).unwrap();
        (found.actor, found.due, found.clause.as_str())
    };
    assert_eq!(due("site-list"), (Actor::Operator, Some(date(2025, 10, 15)), "IV.5"));
    assert_eq!(due("results"), (Actor::Operator, Some(date(2025, 12, 20)), "IV.5"));
    assert_eq!(due("demand-areas"), (Actor::ZoneBoard, None, "IV.3"));
    assert_eq!(due("works-announcement"), (Actor::Investor, None, "IV.6"));
    assert_eq!(due("sharing-registration"), (Actor::Operator, None, "IV.6"));
    let yearly = |key: &str| programme(key).deliverables[0].due_each_year.as_deref();
    assert_eq!(yearly(BINH_PHUOC), Some("12-30"));
    for key in [LANG_SON, CAO_LOC, LONG_AN] {
        assert_eq!(yearly(key), Some("12-31"), "{key}");
    }
    let actors: BTreeSet<&str> = ha_tinh.actors.iter().map(|role| role.actor.key()).collect();
    assert_eq!(actors.len(), 8, "{actors:?}");
    for programme in &programmes {
        let reports = programme.actors.iter().any(|role| role.actor == Actor::Department);
        assert!(
            reports && programme.actors.iter().all(|role| !role.clause.is_empty()),
            "{}",
            programme.key
        );
    }
    let quotas: u32 = ha_tinh.quotas.iter().map(|quota| quota.actions).sum();
    assert_eq!((ha_tinh.quotas.len(), quotas), (3, 330));
    assert_eq!(
        ha_tinh.quota_source.as_ref().unwrap().mark,
        SourceMark::R,
        "no document states them"
    );
    let first: Vec<&str> = ha_tinh.priority_zones.iter().map(|zone| zone.name.as_str()).collect();
    assert_eq!(
        first,
        [
            "Formosa Sơn Dương",
            "Vũng Áng I",
            "Vũng Áng II",
            "CCN Nam Hồng",
            "CCN Đức Thọ"
        ]
    );
    let kinds = |key: &str| -> BTreeSet<&str> {
        programme(key)
            .priority_places
            .iter()
            .map(|place| place.kind.as_str())
            .collect()
    };
    let named = [
        "industrial_park",
        "industrial_cluster",
        "public_administration",
        "historical_site",
        "scenic_site",
        "tourist_area",
        "health_facility",
        "transport_hub",
        "roads_waterways",
        "shopping_centre",
        "mixed_residential",
        "dense_population",
        "hotel",
        "rural_area",
        "school",
    ];
    for kind in named {
        assert!(
            kinds(LANG_SON).contains(kind) && kinds(CAO_LOC).contains(kind),
            "{kind}"
        );
    }
    assert!(kinds(LANG_SON).contains("border_post"));
}

/// The published file is what the types say; with `PHUSONG_BLESS` set it is written anew.
#[test]
fn the_published_schema_is_that_of_the_types() {
    let file = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../data/programmes/programme.schema.json"
    );
    let schema = programme_schema();
    if std::env::var_os("PHUSONG_BLESS").is_some() {
        std::fs::write(file, serde_json::to_string_pretty(&schema).unwrap() + "\n").unwrap();
    }
    let published: Value = serde_json::from_str(&std::fs::read_to_string(file).unwrap()).unwrap();
    // Not assert_eq: nobody reads two schemas in one line each.
    assert!(
        published == schema,
        "write it anew: PHUSONG_BLESS=1 cargo test --workspace --test documents"
    );
}
