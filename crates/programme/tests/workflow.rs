//! Due dates, quotas, lists held against each other and the programme, sites from plan to air.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use std::collections::BTreeSet;

use geo_types::{MultiPolygon, polygon};
use geodata::{Area, AreaKind, Network, Site, Station, StationStatus, Technology};
use geodesy::LonLat;
use jiff::civil::Date;
use jiff::civil::date;
use programme::workflow::{
    Delivery, FindingCode, PlannedSite, Stage, StageEvent, Submission, check_list, check_together, conflicts,
    count_stages, deliveries, plan_against_built, quotas, stages,
};
use programme::{Facts, library};
use proptest::prelude::*;

fn operators() -> Vec<String> {
    ["Viettel", "VNPT", "MobiFone"].map(str::to_owned).to_vec()
}

fn handed_in(deliverable: &str, who: &str, day: Date) -> Submission {
    Submission {
        deliverable: deliverable.to_owned(),
        who: who.to_owned(),
        date: day,
    }
}

#[test]
fn site_lists_and_results_follow_their_dates() {
    let programme = library::programme("ha-tinh-529").unwrap();
    let submissions = [
        handed_in("site-list", "Viettel", date(2025, 10, 15)),
        handed_in("site-list", "VNPT", date(2025, 10, 16)),
    ];
    let rows = deliveries(&programme, &operators(), &submissions, date(2025, 10, 20));
    let status = |id: &str, who: &str| {
        rows.iter()
            .find(|row| row.deliverable == id && row.who == who)
            .unwrap()
            .status
    };
    assert_eq!(status("site-list", "Viettel"), Delivery::Received);
    assert_eq!(status("site-list", "VNPT"), Delivery::ReceivedLate);
    assert_eq!(status("site-list", "MobiFone"), Delivery::Missing);
    assert_eq!(status("results", "Viettel"), Delivery::Open);
    assert_eq!(status("demand-areas", "zone_board"), Delivery::Open);
}

#[test]
fn a_yearly_report_is_due_every_year() {
    let programme = library::programme("binh-phuoc-2023").unwrap();
    let submissions = [handed_in("yearly-report", "department", date(2024, 12, 20))];
    let status = |day| deliveries(&programme, &[], &submissions, day)[0].status;
    assert_eq!(status(date(2024, 12, 31)), Delivery::Received);
    assert_eq!(status(date(2025, 12, 31)), Delivery::Missing);
    assert_eq!(status(date(2025, 12, 30)), Delivery::Open);
}

#[test]
fn lists_are_held_against_quotas() {
    let programme = library::programme("ha-tinh-529").unwrap();
    let site = |index: usize, operator: &str, stage| PlannedSite {
        code: format!("S{index}"),
        operator: operator.to_owned(),
        position: LonLat::new(105.9, 18.3),
        action: "upgrade".to_owned(),
        stage,
        commune_code: None,
        quarter: None,
    };
    let mut sites: Vec<_> = (0..100).map(|index| site(index, "VNPT", Stage::OnAir)).collect();
    sites.extend((100..105).map(|index| site(index, "Viettel", Stage::Planned)));
    let rows = quotas(&programme, &sites);
    let row = |operator: &str| rows.iter().find(|row| row.operator == operator).unwrap();
    assert_eq!((row("VNPT").difference, row("VNPT").on_air), (0, 100));
    assert_eq!(row("Viettel").difference, -155);
    assert_eq!(row("MobiFone").difference, -70);
}

proptest! {
    /// Every pair is found, by brute force.
    #[test]
    fn conflicts_are_all_found(points in proptest::collection::vec((0..3usize, 0..2_000i32, 0..2_000i32), 0..40)) {
        let sites: Vec<PlannedSite> = points.iter().enumerate().map(|(index, &(operator, x, y))| PlannedSite {
            code: format!("S{index}"),
            operator: operators()[operator].clone(),
            position: LonLat::new(105.9 + f64::from(x) * 1e-5, 18.3 + f64::from(y) * 1e-5),
            action: if index % 5 == 0 { "upgrade".to_owned() } else { "new_tower".to_owned() },
            stage: Stage::Planned,
            commune_code: None,
            quarter: None,
        }).collect();
        let found: BTreeSet<BTreeSet<String>> = conflicts(&sites, 100.0).into_iter().map(|pair| [pair.first, pair.second].into()).collect();
        let mut expected = BTreeSet::new();
        for a in &sites {
            for b in &sites {
                let new = a.action == "new_tower" && b.action == "new_tower";
                if new && a.operator != b.operator && geodesy::distance_m(a.position, b.position) <= 100.0 {
                    expected.insert(BTreeSet::from([a.code.clone(), b.code.clone()]));
                }
            }
        }
        prop_assert_eq!(found, expected);
    }
}

fn planned(code: &str, operator: &str, action: &str, lon: f64) -> PlannedSite {
    PlannedSite {
        code: code.to_owned(),
        operator: operator.to_owned(),
        position: LonLat::new(lon, 18.3),
        action: action.to_owned(),
        stage: Stage::Planned,
        commune_code: None,
        quarter: None,
    }
}

fn network() -> Network {
    let mut network = Network::default();
    for (code, technology, lon) in [("OWN", Technology::G4, 105.9), ("DONE", Technology::G5, 105.95)] {
        network.sites.push(Site::new(code, "VNPT", LonLat::new(lon, 18.3)));
        network.stations.push(Station {
            code: format!("{code}-{technology}"),
            site_code: code.to_owned(),
            operator: "VNPT".to_owned(),
            technology,
            on_air: Some(date(2025, 11, 1)),
            status: StationStatus::OnAir,
        });
    }
    network
}

#[test]
fn a_list_is_held_against_quota_masts_and_the_other_lists() {
    let programme = library::programme("ha-tinh-529").unwrap();
    let network = network();
    let facts = Facts {
        today: date(2025, 11, 21),
        network: &network,
        communes: &[],
        zones: &[],
        places: &[],
        coverage: None,
        reported: &[],
        crosswalk: &[],
    };
    let list = [
        planned("OWN", "VNPT", "upgrade", 105.9),
        planned("DONE", "VNPT", "upgrade", 105.95),
        planned("NONE", "VNPT", "upgrade", 106.0),
        planned("NOMAST", "VNPT", "co_locate", 106.0),
        planned("N1", "VNPT", "new_tower", 106.1),
        planned("N1", "VNPT", "new_tower", 105.9005),
    ];
    let others = [planned("V1", "Viettel", "new_tower", 106.1005)];
    let findings = check_list(&programme, "VNPT", &list, &others, &facts);
    let sites = |code: FindingCode| {
        let finding = findings.iter().find(|finding| finding.code == code);
        finding
            .unwrap_or_else(|| panic!("{code:?} in {findings:?}"))
            .sites
            .clone()
    };
    assert_eq!(sites(FindingCode::UnderQuota), Vec::<String>::new());
    assert_eq!(sites(FindingCode::DuplicateCode), ["N1"]);
    assert_eq!(sites(FindingCode::AlreadyOnAir), ["DONE"]);
    assert_eq!(sites(FindingCode::NothingToUpgrade), ["NONE"]);
    assert_eq!(sites(FindingCode::NoMastToShare), ["NOMAST"]);
    // 0.0005° of longitude is 53 m here.
    assert_eq!(sites(FindingCode::BothPlanAMast), ["N1"]);
    assert_eq!(sites(FindingCode::MastStandsNearby), ["N1"]);
    let rival = findings
        .iter()
        .find(|finding| finding.code == FindingCode::BothPlanAMast)
        .unwrap();
    assert_eq!(rival.other_operator.as_deref(), Some("Viettel"));
    assert!(!rival.message.en.contains("V1"), "another's site code stays unsaid");
    let together = check_together(&programme, Some(40), &list, &facts);
    assert_eq!(together[0].code, FindingCode::TooFewInZones);
    // A zone that the document puts first and that no list addresses is named, until one does.
    let ring = |west: f64| polygon![(x: west, y: 18.2), (x: west + 0.01, y: 18.2), (x: west + 0.01, y: 18.21), (x: west, y: 18.21)];
    let zones = [("A", "CCN Nam Hồng", 106.3), ("B", "KCN khác", 106.4)]
        .map(|(code, name, west)| Area::new(code, name, AreaKind::IndustrialCluster, MultiPolygon(vec![ring(west)])));
    let facts = Facts { zones: &zones, ..facts };
    let named = |list: &[PlannedSite]| {
        let found = check_together(&programme, None, list, &facts);
        found.iter().map(|finding| finding.code).collect::<Vec<_>>()
    };
    assert_eq!(named(&list), [FindingCode::PriorityZoneMissing]);
    let inside = PlannedSite {
        position: LonLat::new(106.305, 18.205),
        ..list[4].clone()
    };
    assert_eq!(named(&[inside]), []);
    // More than the quota, and no quota at all.
    let many: Vec<PlannedSite> = (0..71)
        .map(|index| {
            planned(
                &format!("M{index}"),
                "MobiFone",
                "new_tower",
                105.0 + 0.01 * f64::from(index),
            )
        })
        .collect();
    let codes = |operator: &str, list: &[PlannedSite]| {
        let found = check_list(&programme, operator, list, &[], &facts);
        found.iter().map(|finding| finding.code).collect::<Vec<_>>()
    };
    assert!(codes("MobiFone", &many).contains(&FindingCode::OverQuota));
    assert!(!codes("MobiFone", &many[1..]).contains(&FindingCode::OverQuota));
    assert!(codes("Gmobile", &many[..1]).contains(&FindingCode::NoQuota));
}

#[test]
fn sites_go_from_plan_to_air_by_their_code() {
    let network = network();
    let list = [
        planned("DONE", "VNPT", "upgrade", 105.951),
        planned("N1", "VNPT", "new_tower", 106.1),
        planned("N2", "VNPT", "new_tower", 106.2),
    ];
    let event = |code: &str, stage, day| StageEvent {
        code: code.to_owned(),
        operator: None,
        stage,
        date: day,
        who: "VNPT".to_owned(),
    };
    let events = [
        event("N1", Stage::Permitted, date(2025, 11, 5)),
        event("N1", Stage::Surveyed, date(2025, 10, 5)),
        event("N2", Stage::Built, date(2025, 12, 5)),
    ];
    let states = stages(&list, &events, &network, Technology::G5, date(2025, 11, 21));
    let found: Vec<_> = states
        .iter()
        .map(|state| (state.site.stage, state.history.len()))
        .collect();
    // What is said of December is not known in November.
    assert_eq!(found, [(Stage::OnAir, 0), (Stage::Permitted, 2), (Stage::Planned, 0)]);
    assert_eq!(count_stages(&states)["on_air"], 1);
    // Two operators plan on one mast: each has its own progress.
    let shared = [
        planned("OWN", "Viettel", "co_locate", 105.9),
        planned("OWN", "VNPT", "upgrade", 105.9),
    ];
    let of_vnpt = StageEvent {
        operator: Some("VNPT".to_owned()),
        ..event("OWN", Stage::Built, date(2025, 11, 5))
    };
    let stages_of: Vec<Stage> = stages(&shared, &[of_vnpt], &network, Technology::G5, date(2025, 11, 21))
        .into_iter()
        .map(|state| state.site.stage)
        .collect();
    assert_eq!(stages_of, [Stage::Planned, Stage::Built]);
    let difference = plan_against_built(&states, &network, Technology::G5, date(2025, 9, 30));
    assert_eq!((difference.done.len(), difference.outstanding.len()), (1, 2));
    // 0.001° of longitude is 106 m here.
    assert_eq!(difference.moved[0].code, "DONE");
    assert!((difference.moved[0].distance_m - 105.7).abs() < 1.0);
    let unplanned = plan_against_built(&[], &network, Technology::G5, date(2025, 9, 30)).unplanned;
    assert_eq!(unplanned, ["DONE"]);
}
