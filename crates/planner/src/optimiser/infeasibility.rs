//! Which constraints cannot hold together: leave out one after the other, and keep out those without which it is still impossible.

use super::Instance;
use super::branch;
use super::clock::Clock;
use super::constraints::{Constraints, Goal, Phase, Quota};
use super::core_problem::CoreProblem;
use super::incumbent::Incumbent;
use super::model::Model;
use super::relaxation::{Relaxation, Start};
use super::solution::Status;

/// Nodes spent on each question "is it still impossible?".
const NODES: usize = 300;

type Part = (String, Box<dyn Fn(&mut Constraints)>);

/// Names of constraints that cannot all hold; leaving any one of them out makes a plan possible, as far as the search could tell. Empty
/// where impossibility was not proved.
pub(super) fn conflicting(
    instance: &Instance,
    constraints: &Constraints,
    status: Status,
    clock: &Clock,
) -> Vec<String> {
    if status != Status::Infeasible {
        return Vec::new();
    }
    let mut rest = constraints.clone();
    let mut names = Vec::new();
    for (name, leave_out) in parts(constraints) {
        let mut without = rest.clone();
        leave_out(&mut without);
        if !clock.over() && impossible(instance, &without, clock) {
            rest = without;
        } else {
            names.push(name);
        }
    }
    names
}

/// Every constraint with a way to leave it out. Places in lists stay as they are, so that the ways do not disturb each other.
fn parts(constraints: &Constraints) -> Vec<Part> {
    let mut parts: Vec<Part> = Vec::new();
    if !constraints.conflicts.is_empty() {
        parts.push(("conflicts".into(), Box::new(|c| c.conflicts.clear())));
    }
    for (index, quota) in constraints.quotas.iter().enumerate() {
        parts.push((
            quota.name.clone(),
            Box::new(move |c| c.quotas[index] = Quota::default()),
        ));
    }
    if !constraints.must_pick.is_empty() {
        parts.push(("must_pick".into(), Box::new(|c| c.must_pick.clear())));
    }
    if !constraints.forbidden.is_empty() {
        parts.push(("forbidden".into(), Box::new(|c| c.forbidden.clear())));
    }
    for &demand in &constraints.must_serve {
        parts.push((
            format!("must serve demand {demand}"),
            Box::new(move |c| c.must_serve.retain(|&other| other != demand)),
        ));
    }
    if constraints.count.is_some() {
        parts.push(("count".into(), Box::new(|c| c.count = None)));
    }
    if constraints.budget.is_some() {
        parts.push(("budget".into(), Box::new(|c| c.budget = None)));
    }
    for (index, phase) in constraints.phases.iter().enumerate() {
        let unlimited = Phase {
            budget: None,
            maximum_count: None,
            ..phase.clone()
        };
        parts.push((
            format!("limits of phase {}", phase.name),
            Box::new(move |c| c.phases[index] = unlimited.clone()),
        ));
    }
    if matches!(constraints.goal, Goal::LeastCost { .. }) {
        parts.push(("target weight".into(), Box::new(|c| c.goal = Goal::MostServed)));
    }
    parts
}

/// Whether it is proved that no plan meets the constraints.
fn impossible(instance: &Instance, constraints: &Constraints, clock: &Clock) -> bool {
    let Ok(model) = Model::new(instance, constraints) else {
        return false;
    };
    let Some((root, _)) = CoreProblem::whole(&model).propagate(None) else {
        return true;
    };
    if !model.target_reached(root.served + root.model.instance.coverable_weight()) {
        return true;
    }
    let incumbent = Incumbent::new(&model);
    if incumbent.feasible {
        return false;
    }
    let warm = Relaxation::new(&root.model, Start::Plan(&[])).warm();
    let mut found = false;
    let outcome = branch::search(root, warm, &incumbent, NODES, clock, &mut |incumbent, _| {
        found |= incumbent.feasible;
        incumbent.feasible
    });
    outcome.complete && outcome.plan.is_none()
}
