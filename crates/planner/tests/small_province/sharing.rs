//! Masts that could be shared.

use geodata::{Cell, Network, Site, Station, StationStatus, Technology};
use geodesy::LonLat;
use planner::candidates::AddedCandidate;
use planner::sharing::{SharingRule, SharingRules};
use planner::{ActionKind, CostModel, PlanRequest, sharing};

use crate::province::{OneTemplate, Silent, province, request};

#[test]
fn near_masts_of_two_owners_are_proposed_for_sharing() {
    let mut province = province();
    // A VNPT mast 300 m from Viettel's S0, and a restricted one.
    let mut near = Site::new("N1", "VNPT", LonLat::new(105.5428, 18.04));
    near.mast_height_m = Some(42.0);
    near.free_height_m = Some(36.0);
    province.network.sites.push(near);
    province.network.stations.push(Station {
        code: "N1-4g".to_owned(),
        site_code: "N1".to_owned(),
        operator: "VNPT".to_owned(),
        technology: Technology::G4,
        on_air: None,
        status: StationStatus::OnAir,
    });
    let template = province.network.cells[0].clone();
    province.network.cells.push(Cell {
        code: "N1-4g-1".to_owned(),
        station_code: "N1-4g".to_owned(),
        ..template
    });
    let engine = province.engine();
    let costs = CostModel::shipped().unwrap();
    let find = |network: &Network| {
        sharing::find(
            &engine,
            network,
            &[],
            &SharingRules::default(),
            &costs,
            &OneTemplate,
            &Silent,
        )
        .unwrap()
    };
    let found = find(&province.network);
    let first = &found.proposals[0];
    assert_eq!(first.rule, SharingRule::WithinDistance);
    assert_eq!(first.keep.site_code.as_deref(), Some("N1"), "known room makes the host");
    assert_eq!(first.leave.site_code.as_deref(), Some("S0"));
    let tenant = &first.tenants_moved[0];
    assert!(tenant.people_kept > 0.0 && (tenant.people_before - tenant.people_kept - tenant.people_lost).abs() < 1e-6);
    assert!(tenant.worst_change_db.unwrap() <= tenant.mean_change_db.unwrap());
    assert!(found.share_before.by_location < 1e-9);
    if first.people_kept_share >= found.rules.keep_at_least {
        assert!(found.share_after.by_location > 0.0);
    }
    // Restricted masts count in the sums and are shown to nobody.
    let mut network = province.network.clone();
    network.sites[0].restricted = true;
    let secret = find(&network);
    assert_eq!(secret.share_after, found.share_after);
    let shown = secret.without_restricted();
    assert!(shown.restricted_hidden >= 1);
    assert!(!serde_json::to_string(&shown.proposals).unwrap().contains("\"S0\""));
    let operator = found.for_operator("Viettel");
    assert!(!serde_json::to_string(&operator.proposals).unwrap().contains("\"N1\""));
}

#[test]
fn farther_masts_and_new_ones_share_where_coverage_is_kept() {
    let mut province = province();
    // A VNPT mast 900 m from Viettel's S0: beyond the rule's distance, within functional reach.
    let mut host = Site::new("F1", "VNPT", LonLat::new(105.5485, 18.04));
    host.mast_height_m = Some(60.0);
    host.free_height_m = Some(50.0);
    province.network.sites.push(host);
    province.network.stations.push(Station {
        code: "F1-4g".to_owned(),
        site_code: "F1".to_owned(),
        operator: "VNPT".to_owned(),
        technology: Technology::G4,
        on_air: None,
        status: StationStatus::OnAir,
    });
    let wanted = PlanRequest {
        added: vec![AddedCandidate {
            id: "new-mast".to_owned(),
            position: [105.5487, 18.0455],
            action: ActionKind::NewTower,
            operator: Some("MobiFone".to_owned()),
            antenna_height_m: Some(42.0),
        }],
        pinned: ["new-mast".to_owned()].into(),
        ..request(1)
    };
    let plan = province.plan(&wanted, &Silent).unwrap();
    let new: Vec<_> = plan.actions.iter().map(|action| action.candidate.clone()).collect();
    let engine = province.engine();
    let costs = CostModel::shipped().unwrap();
    let find = |rules: &SharingRules| {
        sharing::find(&engine, &province.network, &new, rules, &costs, &OneTemplate, &Silent).unwrap()
    };
    let rules = SharingRules {
        keep_at_least: 0.5,
        ..SharingRules::default()
    };
    let found = find(&rules);
    let of = |rule: SharingRule| found.proposals.iter().filter(move |one| one.rule == rule);
    let pair = of(SharingRule::Functional)
        .find(|one| one.leave.site_code.as_deref() == Some("S0") || one.keep.site_code.as_deref() == Some("S0"))
        .unwrap();
    assert!((500.0..1_500.0).contains(&pair.distance_m) && pair.people_kept_share >= 0.5);
    for tenant in &pair.tenants_moved {
        assert!((tenant.people_before - tenant.people_kept - tenant.people_lost).abs() < 1e-6);
        assert!(tenant.km2_kept + tenant.km2_lost + tenant.km2_gained > 0.0);
        assert!(
            tenant
                .mean_change_db
                .is_none_or(|mean| mean >= tenant.worst_change_db.unwrap() - 1e-9)
        );
    }
    let instead = of(SharingRule::NewMastNearExisting).next().unwrap();
    assert!(instead.leave.site_code.is_none() && instead.leave.owner.as_deref() == Some("MobiFone"));
    let saved = costs.capital_million_vnd(ActionKind::NewTower, None, 0.0)
        - costs.capital_million_vnd(ActionKind::CoLocate, None, 0.0);
    assert!((instead.capital_saved_million_vnd - saved).abs() < 1e-9);
    assert!(instead.rule_text_vi.contains("dùng chung") && instead.people_kept_share >= 0.5);
    let ranks: Vec<u32> = found.proposals.iter().map(|one| one.rank).collect();
    assert_eq!(ranks, (1..=ranks.len() as u32).collect::<Vec<_>>());
    // Both distances and the functional reach are the planner's to set.
    let strict = find(&SharingRules {
        functional_within_m: 0.0,
        dense_within_m: 1_000.0,
        sparse_within_m: 1_000.0,
        ..rules
    });
    assert!(strict.proposals.iter().all(|one| one.rule != SharingRule::Functional));
    assert!(
        strict
            .proposals
            .iter()
            .any(|one| one.rule == SharingRule::WithinDistance)
    );
}
