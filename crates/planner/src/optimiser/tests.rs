//! The optimiser against exhaustive enumeration, and the promises it makes about determinism and stopping.

use super::*;
use proptest::prelude::*;
use std::ops::ControlFlow;

type Outcome = Result<(), TestCaseError>;

#[derive(Debug, Clone)]
struct Case {
    costs: Vec<f64>,
    weights: Vec<f64>,
    covers: Vec<Vec<u32>>,
    constraints: Constraints,
}

impl Case {
    fn instance(&self) -> Instance {
        Instance::new(self.costs.clone(), self.weights.clone(), &self.covers, None).expect("a valid instance")
    }

    /// Objective of an assignment of phases to candidates (`None` = not chosen), or `None` if it breaks a constraint.
    fn judge(&self, phase_of: &[Option<usize>]) -> Option<f64> {
        let c = &self.constraints;
        let chosen = |candidate: u32| phase_of[candidate as usize].is_some();
        let number = |members: &[u32]| {
            let mut members = members.to_vec();
            members.sort_unstable();
            members.dedup();
            members.iter().filter(|&&member| chosen(member)).count() as u32
        };
        let everyone: Vec<u32> = (0..self.costs.len() as u32).collect();
        let cost_of = |wanted: &dyn Fn(usize) -> bool| -> f64 {
            phase_of
                .iter()
                .zip(&self.costs)
                .filter(|(phase, _)| phase.is_some_and(wanted))
                .map(|(_, cost)| cost)
                .sum()
        };
        let served_by = |phase: usize, demand: usize| {
            self.covers
                .iter()
                .zip(phase_of)
                .any(|(cover, built)| built.is_some_and(|built| built <= phase) && cover.contains(&(demand as u32)))
        };
        let served = |phase: usize| -> f64 {
            (0..self.weights.len())
                .filter(|&demand| served_by(phase, demand))
                .map(|demand| self.weights[demand])
                .sum()
        };
        let count = number(&everyone);
        let last = c.phases.len().max(1) - 1;
        let holds = c.count.is_none_or(|limit| match limit {
            Count::Exactly(n) => count == n,
            Count::AtMost(n) => count <= n,
        }) && c.budget.is_none_or(|budget| cost_of(&|_| true) <= budget + 1e-9)
            && c.quotas.iter().all(|quota| {
                number(&quota.members) >= quota.minimum
                    && quota.maximum.is_none_or(|most| number(&quota.members) <= most)
            })
            && c.must_pick.iter().all(|&candidate| chosen(candidate))
            && !c.forbidden.iter().any(|&candidate| chosen(candidate))
            && c.conflicts.iter().all(|conflict| number(conflict) <= 1)
            && c.must_serve.iter().all(|&demand| served_by(last, demand as usize))
            && c.phases.iter().enumerate().all(|(index, phase)| {
                phase
                    .budget
                    .is_none_or(|budget| cost_of(&|built| built == index) <= budget + 1e-9)
                    && phase.maximum_count.is_none_or(|most| {
                        phase_of.iter().filter(|built| **built == Some(index)).count() as u32 <= most
                    })
            });
        if !holds {
            return None;
        }
        match c.goal {
            Goal::LeastCost { target_weight } => (served(0) >= target_weight - 1e-9).then(|| cost_of(&|_| true)),
            Goal::MostServed if c.phases.is_empty() => Some(served(0)),
            Goal::MostServed => Some(
                c.phases
                    .iter()
                    .enumerate()
                    .map(|(index, phase)| phase.value * served(index))
                    .sum(),
            ),
        }
    }

    /// The best objective of all assignments.
    fn enumerate(&self) -> Option<f64> {
        let phases = self.constraints.phases.len().max(1);
        let least = matches!(self.constraints.goal, Goal::LeastCost { .. });
        let total = (phases + 1).pow(self.costs.len() as u32);
        (0..total)
            .filter_map(|mut code| {
                let assignment: Vec<Option<usize>> = self
                    .costs
                    .iter()
                    .map(|_| {
                        let digit = code % (phases + 1);
                        code /= phases + 1;
                        digit.checked_sub(1)
                    })
                    .collect();
                self.judge(&assignment)
            })
            .reduce(|a, b| if least { a.min(b) } else { a.max(b) })
    }
}

fn limits() -> Limits {
    Limits {
        seconds: None,
        threads: 1,
        ..Limits::default()
    }
}

fn run(case: &Case, limits: &Limits) -> Solution {
    solve(&case.instance(), &case.constraints, limits, &mut |_| {
        ControlFlow::Continue(())
    })
    .expect("valid constraints")
}

fn cases(most_candidates: usize, with_phases: bool) -> impl Strategy<Value = Case> {
    (2..=most_candidates, 1usize..=10, any::<bool>()).prop_flat_map(move |(n, m, whole)| {
        let number = move |most: f64| (0.0..most).prop_map(move |value: f64| if whole { value.round() } else { value });
        let some_candidates = move || proptest::collection::vec(0..n as u32, 1..=n.min(4));
        let quota =
            (some_candidates(), 0u32..3, proptest::option::of(1u32..4)).prop_map(|(members, minimum, maximum)| Quota {
                name: format!("quota on {members:?}"),
                members,
                minimum,
                maximum,
            });
        let phase = (
            proptest::option::of(number(25.0)),
            proptest::option::of(0u32..3),
            number(3.0),
        )
            .prop_map(|(budget, maximum_count, value)| Phase {
                name: "year".into(),
                budget,
                maximum_count,
                value,
            });
        let count = prop_oneof![
            (0..=n as u32).prop_map(Count::Exactly),
            (0..=n as u32).prop_map(Count::AtMost)
        ];
        let rare = |probability| {
            proptest::option::weighted(probability, some_candidates()).prop_map(Option::unwrap_or_default)
        };
        let limits = (
            proptest::option::of(count),
            proptest::option::of(number(40.0)),
            proptest::collection::vec(quota, 0..3),
            proptest::option::weighted(0.3, proptest::collection::vec(0..m as u32, 1..3))
                .prop_map(Option::unwrap_or_default),
            rare(0.2),
            rare(0.3),
            proptest::collection::vec(some_candidates(), 0..3),
            proptest::collection::vec(phase, if with_phases { 1..3 } else { 0..1 }),
            proptest::option::weighted(0.4, number(40.0)).prop_map(move |target| target.filter(|_| !with_phases)),
        );
        (
            proptest::collection::vec(number(15.0), n),
            proptest::collection::vec(number(20.0), m),
            proptest::collection::vec(proptest::collection::vec(0..m as u32, 0..=m), n),
            limits,
        )
            .prop_map(|(costs, weights, covers, limits)| {
                let (count, budget, quotas, must_serve, must_pick, forbidden, conflicts, phases, target) = limits;
                let goal = target.map_or(Goal::MostServed, |target_weight| Goal::LeastCost { target_weight });
                let conflicts: Vec<Vec<u32>> = conflicts.into_iter().filter(|set| set.len() > 1).collect();
                let constraints = Constraints {
                    goal,
                    count,
                    budget,
                    quotas,
                    must_serve,
                    must_pick,
                    forbidden,
                    conflicts,
                    phases,
                };
                Case {
                    costs,
                    weights,
                    covers,
                    constraints,
                }
            })
    })
}

fn same(a: f64, b: f64) -> bool {
    (a - b).abs() <= 1e-6 * a.abs().max(1.0)
}

/// What must hold of every answer, and that the proof is complete on instances this small.
fn check(case: &Case) -> Outcome {
    let truth = case.enumerate();
    let solution = run(case, &limits());
    let mut assignment = vec![None; case.costs.len()];
    for pick in &solution.picks {
        prop_assert!(assignment[pick.candidate as usize].is_none(), "candidate picked twice");
        assignment[pick.candidate as usize] = Some(pick.phase as usize);
    }
    match truth {
        None => {
            prop_assert_eq!(solution.status, Status::Infeasible);
            let reasons = solution.infeasibility.expect("reasons");
            prop_assert!(
                !reasons.conflicting.is_empty() && !reasons.violations.is_empty(),
                "{:?}",
                reasons
            );
            prop_assert!(solution.bound.is_none() && solution.gap.is_none());
        }
        Some(best) => {
            prop_assert_eq!(solution.status, Status::Optimal, "{:?} instead of {}", solution, best);
            prop_assert!(
                same(solution.objective, best),
                "{} instead of {}",
                solution.objective,
                best
            );
            let judged = case.judge(&assignment);
            prop_assert!(
                judged.is_some_and(|judged| same(judged, best)),
                "plan is worth {:?}",
                judged
            );
            let bound = solution.bound.expect("a bound").value();
            let least = matches!(case.constraints.goal, Goal::LeastCost { .. });
            prop_assert!(
                if least {
                    bound <= best + 1e-6
                } else {
                    bound >= best - 1e-6
                },
                "bound {} best {}",
                bound,
                best
            );
            prop_assert!(solution.infeasibility.is_none());
        }
    }
    prop_assert!(solution.objective.is_finite() && solution.served.is_finite() && solution.cost.is_finite());
    Ok(())
}

/// With next to no work allowed the bound must still be valid.
fn check_hurried(case: &Case) -> Outcome {
    let Some(best) = case.enumerate() else { return Ok(()) };
    let solution = run(
        case,
        &Limits {
            work: Some(1e-6),
            ..limits()
        },
    );
    if let Some(bound) = solution.bound.map(Bound::value) {
        let least = matches!(case.constraints.goal, Goal::LeastCost { .. });
        prop_assert!(
            if least {
                bound <= best + 1e-6
            } else {
                bound >= best - 1e-6
            },
            "bound {} best {}",
            bound,
            best
        );
        if !least {
            // With phases nobody can be served for longer than through all of them.
            let phases = &case.constraints.phases;
            let longest: f64 = if phases.is_empty() {
                1.0
            } else {
                phases.iter().map(|phase| phase.value).sum()
            };
            prop_assert!(bound <= longest * case.instance().coverable_weight() + 1e-6);
        }
    }
    prop_assert!(solution.gap.is_none_or(|gap| gap.is_finite() && gap >= 0.0));
    prop_assert!(solution.status != Status::BoundUninformative || solution.gap.is_none());
    Ok(())
}

/// The bound by parts holds for every cut of the province and however early the parts are given up.
fn check_regional(case: &Case) -> Outcome {
    let Some(best) = case.enumerate() else { return Ok(()) };
    if !matches!(case.constraints.goal, Goal::MostServed) {
        return Ok(());
    }
    let model = model::Model::new(&case.instance(), &case.constraints).expect("valid constraints");
    let Some((root, _)) = core_problem::CoreProblem::whole(&model).propagate(None) else {
        return Ok(());
    };
    let mut relaxation = relaxation::Relaxation::new(&root.model, relaxation::Start::Plan(&[]));
    relaxation.iterate(30, &clock::Clock::start(&limits()));
    let warm = relaxation.warm();
    let incumbent = incumbent::Incumbent::new(&model);
    let clock = clock::Clock::start(&limits());
    for (picks, nodes) in [(0.5, 1), (1.0, 200), (100.0, 200)] {
        let effort = regional_bound::Effort {
            picks,
            nodes,
            tolerance: 1e-9,
        };
        let found = regional_bound::bound(&root, &warm, &incumbent, effort, &clock);
        prop_assert!(
            found.bound >= best - 1e-6 * best.abs().max(1.0),
            "{:?} below {}",
            found,
            best
        );
    }
    Ok(())
}

/// HiGHS on the whole problem agrees with enumeration.
#[cfg(feature = "highs")]
fn check_highs(case: &Case) -> Outcome {
    let model = model::Model::new(&case.instance(), &case.constraints).expect("valid constraints");
    let clock = clock::Clock::start(&limits());
    let finish = exact_finish::finish(&core_problem::CoreProblem::whole(&model), &clock);
    let state = |plan: &[u32]| plan_state::PlanState::with(&model, plan);
    match (case.enumerate(), finish) {
        (None, Some(exact_finish::Finish::Best(plan))) => prop_assert!(!state(&plan).feasible()),
        (Some(best), Some(exact_finish::Finish::Best(plan))) => {
            prop_assert!(state(&plan).feasible());
            prop_assert!(
                same(state(&plan).objective(), best),
                "{} instead of {}",
                state(&plan).objective(),
                best
            );
        }
        (Some(best), Some(exact_finish::Finish::Impossible)) => prop_assert!(false, "impossible instead of {}", best),
        // Nothing was asked, or nothing is possible.
        (_, None) | (None, Some(exact_finish::Finish::Impossible)) => {}
    }
    Ok(())
}

#[cfg(feature = "highs")]
proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    #[test]
    fn highs_agrees_with_enumeration(case in cases(9, false)) {
        check_highs(&case)?;
    }

    #[test]
    fn highs_agrees_with_enumeration_of_phases(case in cases(5, true)) {
        check_highs(&case)?;
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn one_period_agrees_with_enumeration(case in cases(11, false)) {
        check(&case)?;
    }

    #[test]
    fn phases_agree_with_enumeration(case in cases(6, true)) {
        check(&case)?;
    }

    #[test]
    fn regional_bounds_are_valid(case in cases(9, false)) {
        check_regional(&case)?;
    }

    #[test]
    fn regional_bounds_of_phases_are_valid(case in cases(5, true)) {
        check_regional(&case)?;
    }

    #[test]
    fn hurried_bounds_are_valid(case in cases(8, false)) {
        check_hurried(&case)?;
    }
}

/// A province in small: clustered demand, candidates near it, three classes of cost.
fn small_province(candidates: usize, demands: usize) -> Case {
    use rand::{Rng, SeedableRng};
    let mut random = rand_chacha::ChaCha8Rng::seed_from_u64(7);
    let towns: Vec<(f64, f64)> = (0..12)
        .map(|_| (random.random_range(0.0..30.0), random.random_range(0.0..30.0)))
        .collect();
    let mut near = |spread: f64| {
        let (x, y) = towns[random.random_range(0..towns.len())];
        (
            x + random.random_range(-spread..spread),
            y + random.random_range(-spread..spread),
        )
    };
    let points: Vec<(f64, f64)> = (0..demands).map(|_| near(4.0)).collect();
    let sites: Vec<(f64, f64)> = (0..candidates).map(|_| near(5.0)).collect();
    let covers = sites
        .iter()
        .map(|site| {
            (0..demands as u32)
                .filter(|&d| (points[d as usize].0 - site.0).hypot(points[d as usize].1 - site.1) < 1.8)
                .collect()
        })
        .collect();
    Case {
        costs: (0..candidates).map(|i| [10.0, 20.0, 50.0][i % 3]).collect(),
        weights: (0..demands).map(|_| f64::from(random.random_range(1u32..60))).collect(),
        covers,
        constraints: Constraints::exactly(20),
    }
}

#[test]
fn the_answer_does_not_depend_on_threads() {
    let mut case = small_province(300, 900);
    case.constraints.quotas.push(Quota {
        name: "zone".into(),
        members: (0..60).collect(),
        minimum: 8,
        maximum: None,
    });
    let limited = |threads| Limits {
        seconds: None,
        work: Some(0.02),
        threads,
        ..Limits::default()
    };
    let one = run(&case, &limited(1));
    assert_eq!(one, run(&case, &limited(2)));
    assert_eq!(one, run(&case, &limited(5)));
}

#[test]
fn a_cancel_returns_the_best_plan_so_far() {
    let case = small_province(300, 900);
    let mut calls = 0;
    let solution = solve(&case.instance(), &case.constraints, &limits(), &mut |_| {
        calls += 1;
        if calls == 3 {
            ControlFlow::Break(())
        } else {
            ControlFlow::Continue(())
        }
    })
    .expect("valid constraints");
    assert_eq!((solution.stop, solution.picks.len()), (Stop::Cancelled, 20));
    let bound = solution.bound.expect("a bound").value();
    assert!(bound >= solution.objective && bound <= case.instance().coverable_weight());
}

#[test]
fn more_candidates_than_needed_serve_everything() {
    let mut case = small_province(300, 200);
    case.constraints = Constraints::exactly(290);
    let solution = run(&case, &limits());
    assert_eq!(solution.status, Status::Optimal);
    assert!(same(solution.objective, case.instance().coverable_weight()));
    assert_eq!(solution.picks.len(), 290);
}

#[test]
fn a_bound_that_tells_nothing_is_called_so() {
    let mut case = small_province(300, 900);
    case.constraints = Constraints::exactly(25);
    let solution = run(
        &case,
        &Limits {
            work: Some(0.0),
            ..limits()
        },
    );
    assert_eq!((solution.status, solution.gap), (Status::BoundUninformative, None));
    assert!(solution.bound.is_some());
}

#[test]
fn saturated_instances_show_no_flattering_gap() {
    // Nearly everything is served by any plan: a gap below one percent would say nothing about the choice.
    let mut case = small_province(300, 900);
    let mut told = 0;
    for (count, work) in [(60, 1e-4), (90, 1e-4), (90, 2e-3), (120, 2e-3), (150, 1e-2)] {
        case.constraints = Constraints::exactly(count);
        let hurried = Limits {
            work: Some(work),
            ..limits()
        };
        let solution = run(&case, &hurried);
        let coverable = case.instance().coverable_weight();
        let bound = solution.bound.expect("a bound").value();
        assert!(bound >= solution.objective && bound <= coverable * (1.0 + 1e-9));
        match solution.status {
            Status::Optimal => assert_eq!(solution.gap, Some(0.0)),
            Status::Feasible => assert!(coverable - bound >= 0.1 * (coverable - solution.objective)),
            Status::BoundUninformative => {
                told += 1;
                assert!(solution.gap.is_none() && coverable - bound < 0.1 * (coverable - solution.objective));
            }
            other => panic!("{other:?}"),
        }
    }
    assert!(told > 0, "one of them has no bound that tells anything");
}

#[test]
fn two_picks_cover_the_line() {
    let case = Case {
        costs: vec![1.0; 4],
        weights: vec![1.0, 2.0, 3.0, 4.0],
        covers: vec![vec![0, 1], vec![1, 2], vec![2, 3], vec![3]],
        constraints: Constraints::exactly(2),
    };
    let solution = run(&case, &limits());
    assert_eq!(
        (solution.objective, solution.candidates(), solution.status),
        (10.0, vec![2, 0], Status::Optimal)
    );
}

#[test]
fn wrong_numbers_are_refused() {
    let refused =
        |costs: Vec<f64>, weights: Vec<f64>, covers: &[Vec<u32>]| Instance::new(costs, weights, covers, None).is_err();
    assert!(refused(vec![f64::NAN], vec![1.0], &[vec![0]]));
    assert!(refused(vec![1.0], vec![-1.0], &[vec![0]]));
    assert!(refused(vec![1.0], vec![1.0], &[vec![1]]));
    assert!(refused(vec![1.0], vec![1.0], &[]));
    let case = small_province(3, 3);
    let unknown = Constraints {
        must_pick: vec![9],
        ..Constraints::default()
    };
    assert!(
        solve(
            &case.instance(),
            &unknown,
            &limits(),
            &mut |_| ControlFlow::Continue(())
        )
        .is_err()
    );
}
