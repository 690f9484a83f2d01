//! A plan changed by hand.

use planner::hand::{AddedPlace, Adjustment, Move, Workshop, adjust};
use planner::{CandidateSource, CostModel, PlanRequest, decide};

use crate::province::{OneTemplate, Silent, province, request};

#[test]
fn a_plan_is_changed_by_hand() {
    let province = province();
    let wanted = request(3);
    let prepared = province.prepare(&wanted, &Silent).unwrap();
    let costs = CostModel::shipped().unwrap();
    let plan = decide(&prepared, &province.surroundings(), &wanted, &costs, &Silent).unwrap();
    let engine = province.engine();
    let change = |change: &Adjustment| {
        let workshop = || {
            Ok(Workshop {
                engine: &engine,
                templates: &OneTemplate,
                listener: &Silent,
            })
        };
        adjust(
            &prepared,
            &province.surroundings(),
            &plan,
            change,
            &costs,
            workshop,
            1.0,
        )
    };
    let first = plan.actions[0].candidate.id.clone();
    let without = change(&Adjustment {
        forbid: [first.clone()].into(),
        ..Adjustment::default()
    })
    .unwrap();
    assert_eq!(without.after.actions, 3);
    assert!(without.removed.iter().any(|gone| gone.candidate.id == first));
    assert!(without.after.value <= without.before.value + 1e-6);
    let moved = change(&Adjustment {
        moved: vec![Move {
            id: first.clone(),
            position: [105.58, 18.11],
        }],
        keep_rest: true,
        ..Adjustment::default()
    })
    .unwrap();
    assert_eq!(moved.after.actions, 3);
    assert!(
        moved
            .added
            .iter()
            .any(|new| new.candidate.source == CandidateSource::Hand)
    );
    let added = change(&Adjustment {
        add: vec![AddedPlace {
            position: [105.60, 18.13],
            action: None,
            operator: None,
            antenna_height_m: None,
        }],
        actions: Some(4),
        ..Adjustment::default()
    })
    .unwrap();
    assert_eq!((added.after.actions, added.request_added.len()), (4, 1));
    // What is kept by a plan run is what was seen.
    let kept = PlanRequest {
        actions: Some(4),
        pinned: [added.request_added[0].id.clone()].into(),
        added: added.request_added.clone(),
        ..wanted.clone()
    };
    let kept = province.plan(&kept, &Silent).unwrap();
    assert!((kept.totals.value - added.after.value).abs() < 1e-6);
    assert!(
        change(&Adjustment {
            pin: ["nobody".to_owned()].into(),
            ..Adjustment::default()
        })
        .is_err()
    );
}
