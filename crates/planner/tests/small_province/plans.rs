//! What plans keep, tell and refuse.

use coverage_model::point_to_point::drawing::Language;
use planner::optimiser::Status;
use planner::{
    ActionKind, PhaseRequest, Plan, PlanError, PlanGoal, PlanListener, PlanProgress, PlanRequest, PriceUnit, Target,
    TargetOf, comparison, curve_svg,
};

use crate::province::{Cancelled, Silent, plan, province, request, village};

#[test]
fn gains_add_up_and_masts_carry_one_action_each() {
    let plan = plan(&request(4), &Silent).unwrap();
    assert_eq!(plan.actions.len(), 4);
    let gained: f64 = plan.actions.iter().map(|action| action.gain.people).sum();
    assert!((gained - plan.totals.people).abs() < 1e-6);
    assert!(
        gained > 100.0 && gained <= plan.totals.people_without_before + 1e-6,
        "{gained} people"
    );
    let masts: std::collections::BTreeSet<_> = plan.actions.iter().map(|action| &action.candidate.id).collect();
    assert_eq!(masts.len(), 4);
    for pair in plan.actions.windows(2) {
        assert!(
            pair[0].gain.value >= pair[1].gain.value - 1e-6,
            "ranked by what they add"
        );
    }
    for action in &plan.actions {
        assert!(
            action.lost_without.value <= action.gain.value + 1e-6,
            "what only it serves is part of what it adds"
        );
        if let Some(runner_up) = &action.runner_up {
            assert!(
                plan.actions.iter().all(|other| other.candidate.id != runner_up.id),
                "a runner-up is not chosen"
            );
        }
    }
    if let Some(bound) = plan.solution.bound {
        assert!(bound >= plan.solution.objective - 1e-6);
    }
}

#[test]
fn no_single_action_beats_the_plan_of_one() {
    let best = plan(&request(1), &Silent).unwrap();
    let all: Vec<String> = plan(
        &PlanRequest {
            at_most: true,
            ..request(50)
        },
        &Silent,
    )
    .unwrap()
    .actions
    .into_iter()
    .map(|action| action.candidate.id)
    .collect();
    assert!(all.len() > 3);
    for id in all {
        let pinned = plan(
            &PlanRequest {
                pinned: [id.clone()].into(),
                ..request(1)
            },
            &Silent,
        )
        .unwrap();
        assert_eq!(pinned.actions[0].candidate.id, id);
        assert!(
            pinned.solution.objective <= best.solution.objective + 1e-6,
            "{id} alone is better"
        );
    }
}

/// Stops as soon as something is chosen.
#[derive(Default)]
struct StoppedWhileChoosing(std::sync::atomic::AtomicBool);

impl PlanListener for StoppedWhileChoosing {
    fn report(&self, progress: PlanProgress) {
        if progress.stage == planner::PlanStage::Optimising && progress.objective.is_some() {
            self.0.store(true, std::sync::atomic::Ordering::Relaxed);
        }
    }
    fn cancelled(&self) -> bool {
        self.0.load(std::sync::atomic::Ordering::Relaxed)
    }
}

#[test]
fn a_cancel_while_choosing_gives_the_best_plan_so_far() {
    let plan = plan(&request(4), &StoppedWhileChoosing::default()).unwrap();
    assert_eq!(plan.actions.len(), 4);
    assert_eq!(plan.solution.stop, planner::optimiser::Stop::Cancelled);
    assert!(plan.actions.iter().all(|action| !action.reason_vi.is_empty()));
}

#[test]
fn zone_minimum_quota_and_ban_hold() {
    let wanted = PlanRequest {
        minimum_in_zones: Some(1),
        quotas: [("Viettel".to_owned(), 2)].into(),
        forbidden: ["upgrade:VNPT:S1".to_owned()].into(),
        ..request(4)
    };
    let plan = plan(&wanted, &Silent).unwrap();
    assert!(plan.totals.in_zones >= 1);
    assert_eq!(
        plan.actions
            .iter()
            .filter(|action| action.candidate.operator == "Viettel")
            .count(),
        2
    );
    assert!(
        plan.actions
            .iter()
            .all(|action| action.candidate.id != "upgrade:VNPT:S1")
    );
}

#[test]
fn what_cannot_be_asked_is_named() {
    assert!(matches!(
        plan(&PlanRequest::default(), &Silent),
        Err(PlanError::NothingAsked)
    ));
    let unknown = PlanRequest {
        pinned: ["upgrade:nobody:S9".to_owned()].into(),
        ..request(1)
    };
    assert!(matches!(plan(&unknown, &Silent), Err(PlanError::UnknownCandidate(id)) if id == "upgrade:nobody:S9"));
    let stranger = PlanRequest {
        quotas: [("Gmobile".to_owned(), 1)].into(),
        ..request(1)
    };
    assert!(matches!(plan(&stranger, &Silent), Err(PlanError::UnknownOperator(name)) if name == "Gmobile"));
    assert!(matches!(plan(&request(1), &Cancelled), Err(PlanError::Cancelled)));
}

#[test]
fn reasons_add_up_and_the_curve_rises() {
    let plan = plan(&request(4), &Silent).unwrap();
    let changes: usize = plan.actions.iter().map(|action| action.gain.class_changes.len()).sum();
    assert!(changes >= 1, "a village changes its class");
    assert!((plan.by_phase[0].value - plan.totals.value).abs() < 1e-6);
    let curve = plan.curve.as_ref().unwrap();
    for pair in curve.points.windows(2) {
        // Each point is within half a percent of its best.
        assert!(pair[1].served >= 0.995 * pair[0].served, "{curve:?}");
        assert!(pair[1].cost_million_vnd <= pair[1].budget_million_vnd + 1e-6);
    }
    let picture = curve_svg(curve, Language::Vietnamese);
    assert!(picture.starts_with("<svg") && picture.ends_with("</svg>") && !picture.contains("NaN"));
    let same = comparison::compare(&plan, &plan);
    assert_eq!(
        (same.both.len(), same.a.only.len(), same.differences.actions),
        (4, 0, 0)
    );
    let fewer = super_plan(3);
    let differs = comparison::compare(&plan, &fewer);
    assert_eq!(differs.differences.actions, -1);
    assert!((differs.differences.value - (fewer.totals.value - plan.totals.value)).abs() < 1e-9);
}

fn super_plan(actions: u32) -> Plan {
    plan(&request(actions), &Silent).unwrap()
}

#[test]
fn phases_keep_their_money_and_a_pin_is_a_reason() {
    let phase = |name: &str, budget| PhaseRequest {
        name: name.to_owned(),
        budget_million_vnd: Some(budget),
        maximum_actions: None,
        value: 1.0,
    };
    let wanted = PlanRequest {
        phases: vec![phase("2026", 1000.0), phase("2027", 500.0)],
        pinned: ["upgrade:MobiFone:S3".to_owned()].into(),
        ..PlanRequest::default()
    };
    let plan = plan(&wanted, &Silent).unwrap();
    assert!(
        plan.price_of_last_million.is_some_and(|price| price > 0.0),
        "money binds: {:?}",
        plan.binding
    );
    assert!(plan.by_phase[0].capital_million_vnd <= 1000.0 + 1e-6);
    assert!(plan.by_phase[1].capital_million_vnd <= 500.0 + 1e-6);
    assert_eq!(
        plan.by_phase.iter().map(|phase| phase.actions).sum::<u32>(),
        plan.totals.actions
    );
    let pinned = plan
        .actions
        .iter()
        .find(|action| action.candidate.id == "upgrade:MobiFone:S3")
        .unwrap();
    assert!(pinned.there_for.iter().any(|reason| reason.text_en.contains("pinned")));
}

#[test]
fn least_cost_reaches_every_village_and_says_whom_nobody_reaches() {
    let everyone = |kinds: &[ActionKind]| PlanRequest {
        goal: PlanGoal::LeastCost {
            targets: vec![Target {
                of: TargetOf::Villages,
                share: 1.0,
            }],
        },
        rules: planner::candidates::CandidateRules {
            kinds: kinds.iter().copied().collect(),
            ..Default::default()
        },
        ..PlanRequest::default()
    };
    let plan = plan(&everyone(&ActionKind::ALL), &Silent).unwrap();
    assert_eq!(plan.solution.status, Status::Optimal, "{:?}", plan.solution);
    assert_eq!(plan.totals.villages, 3);
    assert!((plan.solution.objective - plan.totals.capital_million_vnd).abs() < 1e-6);
    // Each village has its price: what is spent for its sake alone.
    assert!(!plan.binding.is_empty() && plan.price_of_last_million.is_none());
    for one in &plan.binding {
        assert_eq!(one.unit, PriceUnit::MillionVnd);
        assert!(one.text_vi.contains('V') && one.lower_limit, "{one:?}");
    }
    let spent: f64 = plan.binding.iter().map(|one| one.price).sum();
    assert!(spent > 0.0 && spent <= plan.totals.capital_million_vnd + 1e-6);
    // Without the dearest village the plan is cheaper by at least its price.
    let dearest = &plan.binding[0];
    let mut without = province();
    without.places.retain(|place| !dearest.text_vi.contains(&place.name));
    let cheaper = without.plan(&everyone(&ActionKind::ALL), &Silent).unwrap();
    assert!(
        plan.totals.capital_million_vnd - cheaper.totals.capital_million_vnd >= dearest.price - 1e-6,
        "{dearest:?}"
    );
    // Upgrades alone reach fewer: the wish is infeasible, the nearest plan is there, the village is named.
    let mut far = province();
    far.places.push(village("V9", 105.69, 18.005));
    let nearest = far.plan(&everyone(&[ActionKind::Upgrade]), &Silent).unwrap();
    assert_eq!(nearest.solution.status, Status::Infeasible);
    let why = nearest.solution.infeasibility.unwrap();
    assert!(why.conflicting.iter().any(|one| one.text_vi.contains("V9")), "{why:?}");
    assert!(nearest.totals.villages >= 1 && nearest.solution.bound.is_none());
    assert!(nearest.satellite_advice.iter().any(|advice| advice.code == "V9"));
}

#[test]
fn the_last_village_of_a_target_has_a_price() {
    let two_of_three = PlanRequest {
        goal: PlanGoal::LeastCost {
            targets: vec![Target {
                of: TargetOf::Villages,
                share: 0.6,
            }],
        },
        ..PlanRequest::default()
    };
    let plan = plan(&two_of_three, &Silent).unwrap();
    assert!(plan.solution.infeasibility.is_none(), "{:?}", plan.solution);
    let target = plan
        .binding
        .iter()
        .find(|one| one.constraint == "target weight")
        .unwrap();
    assert!(target.unit == PriceUnit::MillionVnd && target.price > 0.0 && target.price.is_finite());
    assert_eq!(target.text_vi, "mục tiêu phải đạt");
    assert_eq!(plan.price_of_last_million, None);
}

#[test]
fn a_quota_that_keeps_an_action_in_is_its_reason() {
    let free = plan(&request(2), &Silent).unwrap();
    let absent = ["MobiFone", "VNPT", "Viettel"]
        .into_iter()
        .find(|operator| free.actions.iter().all(|action| action.candidate.operator != *operator))
        .unwrap();
    let wanted = PlanRequest {
        quotas: [(absent.to_owned(), 1)].into(),
        ..request(2)
    };
    let bound = plan(&wanted, &Silent).unwrap();
    assert!(bound.solution.objective <= free.solution.objective + 1e-6);
    let kept: Vec<_> = bound
        .actions
        .iter()
        .filter(|action| action.candidate.operator == absent)
        .collect();
    assert_eq!(kept.len(), 1);
    let reason = kept[0].there_for.iter().find(|reason| reason.name.ends_with(absent));
    assert!(
        reason.is_some_and(|reason| reason.text_vi.contains("chỉ tiêu")),
        "{:?}",
        kept[0].there_for
    );
    assert!(kept[0].reason_en.contains(absent) && kept[0].reason_vi.contains("ràng buộc"));
    assert!(
        bound
            .binding
            .iter()
            .any(|one| one.constraint.ends_with(absent) && one.price > 0.0),
        "{:?}",
        bound.binding
    );
}

#[test]
fn the_last_million_has_a_price_and_places_can_be_a_must() {
    let within = |budget: f64| PlanRequest {
        budget_million_vnd: Some(budget),
        ..PlanRequest::default()
    };
    let poor = plan(&within(1_500.0), &Silent).unwrap();
    let price = poor.price_of_last_million.unwrap();
    let richer = plan(&within(1_900.0), &Silent).unwrap();
    assert!(price > 0.0 && price.is_finite());
    let budget = poor.binding.iter().find(|one| one.constraint == "budget").unwrap();
    assert!(!budget.lower_limit && (budget.price - price).abs() < 1e-12 && budget.text_vi == "kinh phí");
    assert!(poor.totals.capital_million_vnd <= 1_500.0 && richer.solution.objective >= poor.solution.objective - 1e-6);
    let unserved = ["V1", "V2", "V3"].into_iter().find(|code| {
        poor.actions
            .iter()
            .all(|action| action.gain.villages.iter().all(|village| village.code != *code))
    });
    let Some(code) = unserved else { return };
    let must = PlanRequest {
        must_serve: [code.to_owned()].into(),
        ..within(1_500.0)
    };
    let plan = plan(&must, &Silent).unwrap();
    let serving = plan
        .actions
        .iter()
        .find(|action| action.gain.villages.iter().any(|village| village.code == code))
        .unwrap();
    assert!(plan.solution.infeasibility.is_none() && plan.solution.objective <= poor.solution.objective + 1e-6);
    assert!(serving.reason_vi.contains("thôn"));
    let nowhere = PlanRequest {
        must_serve: ["nowhere".to_owned()].into(),
        ..within(1_500.0)
    };
    assert!(
        matches!(super::province::plan(&nowhere, &Silent), Err(PlanError::UnknownPlace(code)) if code == "nowhere")
    );
}

#[test]
fn constraints_that_exclude_each_other_are_named_with_the_nearest_plan() {
    // Four actions, of which five inside the one zone: the zone minimum and the number cannot both hold.
    let wanted = PlanRequest {
        minimum_in_zones: Some(5),
        ..request(4)
    };
    let nearest = plan(&wanted, &Silent).unwrap();
    assert_eq!(nearest.solution.status, Status::Infeasible);
    let why = nearest.solution.infeasibility.unwrap();
    let named = |word: &str| why.conflicting.iter().any(|one| one.text_en.contains(word));
    assert!(named("zones") || named("number of actions"), "{why:?}");
    assert!(!why.violations.is_empty() && why.violations.iter().all(|one| (one.required - one.found).abs() > 1e-9));
    assert!(!nearest.actions.is_empty() && nearest.solution.gap.is_none());
}
