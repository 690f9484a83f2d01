//! The cost–coverage curve: what more money would win, where it stops paying, and its drawing.

use std::ops::ControlFlow;

use coverage_model::point_to_point::drawing::Language;
use serde::{Deserialize, Serialize};

use super::Question;
use crate::grouped;
use crate::optimiser::analysis::{cost_coverage_curve, knee};
use crate::optimiser::{Bound, ConstraintError, Constraints, Instance, Limits};

/// How much demand how much money wins, other constraints than numbers of actions left in place.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Curve {
    /// By rising budget.
    pub points: Vec<CurvePoint>,
    /// The point after which each million brings clearly less, by its place in `points`.
    pub knee: Option<usize>,
}

/// A point of the curve.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct CurvePoint {
    /// Money allowed, million VND.
    #[serde(rename = "budget")]
    pub budget_million_vnd: f64,
    /// Money used, million VND.
    #[serde(rename = "cost")]
    pub cost_million_vnd: f64,
    /// Demand won, in people.
    pub served: f64,
    /// No plan within the budget wins more.
    pub bound: Option<f64>,
}

/// Budgets of the curve, as shares of what the plan costs.
const SHARES: [f64; 10] = [0.05, 0.1, 0.2, 0.35, 0.5, 0.75, 1.0, 1.25, 1.5, 2.0];
/// Effort for each point, in the optimiser's units, and the gap that is good enough.
const WORK: f64 = 0.15;
const GAP: f64 = 0.005;

/// Computes the curve around what the plan costs; none for a plan that costs nothing.
pub(super) fn curve(question: &Question<'_>, instance: &Instance) -> Result<Option<Curve>, ConstraintError> {
    let cost = question.solution.cost;
    if cost <= 0.0 {
        return Ok(None);
    }
    let budgets: Vec<f64> = SHARES.iter().map(|share| share * cost).collect();
    let constraints = Constraints {
        conflicts: question.constraints.conflicts.clone(),
        forbidden: question.constraints.forbidden.clone(),
        ..Constraints::default()
    };
    let limits = Limits {
        seed: question.request.seed,
        work: Some(WORK),
        seconds: None,
        gap: GAP,
        ..Limits::default()
    };
    let found = cost_coverage_curve(instance, &constraints, &budgets, &limits, &mut |_| {
        ControlFlow::Continue(())
    })?;
    Ok(Some(Curve {
        knee: knee(&found),
        points: found
            .into_iter()
            .map(|point| CurvePoint {
                budget_million_vnd: point.budget,
                cost_million_vnd: point.cost,
                served: point.served,
                bound: point.bound.map(Bound::value),
            })
            .collect(),
    }))
}

const WIDTH: f64 = 720.0;
const HEIGHT: f64 = 420.0;
const LEFT: f64 = 90.0;
const RIGHT: f64 = 20.0;
const TOP: f64 = 40.0;
const BOTTOM: f64 = 60.0;

/// The curve as an SVG picture, with the knee marked.
#[must_use]
pub fn curve_svg(curve: &Curve, language: Language) -> String {
    let most = |value: fn(&CurvePoint) -> f64| curve.points.iter().map(value).fold(f64::MIN_POSITIVE, f64::max);
    let (dearest, best) = (most(|point| point.budget_million_vnd), most(|point| point.served));
    let x = |money: f64| LEFT + (WIDTH - LEFT - RIGHT) * money / dearest;
    let y = |served: f64| HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * served / best;
    let (title, money, served, knee) = match language {
        Language::Vietnamese => (
            "Kinh phí và kết quả",
            "Kinh phí (tỷ đồng)",
            "Nhu cầu được phục vụ (quy ra người)",
            "điểm gãy",
        ),
        Language::English => (
            "Cost and coverage",
            "Budget (billion VND)",
            "Demand served (in people)",
            "knee",
        ),
    };
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" role=\"img\" aria-label=\"{title}\" font-family=\"sans-serif\" font-size=\"13\">\
         <rect width=\"{WIDTH}\" height=\"{HEIGHT}\" fill=\"#fff\"/><text x=\"{LEFT}\" y=\"24\" font-size=\"16\">{title}</text>"
    );
    for step in 0..=4 {
        let share = f64::from(step) / 4.0;
        let (tick_x, tick_y) = (x(dearest * share), y(best * share));
        let (bottom, right) = (HEIGHT - BOTTOM, WIDTH - RIGHT);
        svg.push_str(&format!(
            "<path d=\"M{LEFT} {tick_y:.1}H{right}M{tick_x:.1} {TOP}V{bottom}\" stroke=\"#ddd\" fill=\"none\"/>\
             <text x=\"{tick_x:.1}\" y=\"{:.1}\" text-anchor=\"middle\">{}</text>\
             <text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"end\">{}</text>",
            bottom + 18.0,
            number(dearest * share / 1000.0, language),
            LEFT - 8.0,
            tick_y + 4.0,
            number(best * share, language),
        ));
    }
    let line = |value: &dyn Fn(&CurvePoint) -> Option<f64>| {
        let mut path = format!("M{:.1} {:.1}", x(0.0), y(0.0));
        for point in &curve.points {
            if let Some(value) = value(point) {
                path.push_str(&format!(
                    "L{:.1} {:.1}",
                    x(point.budget_million_vnd),
                    y(value.min(best))
                ));
            }
        }
        path
    };
    svg.push_str(&format!(
        "<path d=\"{}\" stroke=\"#0b6e4f\" stroke-width=\"2.5\" fill=\"none\"/>",
        line(&|point| Some(point.served))
    ));
    for (place, point) in curve.points.iter().enumerate() {
        let is_knee = curve.knee == Some(place);
        let (at_x, at_y) = (x(point.budget_million_vnd), y(point.served));
        let (radius, colour) = if is_knee { (6, "#c1440e") } else { (3, "#0b6e4f") };
        svg.push_str(&format!(
            "<circle cx=\"{at_x:.1}\" cy=\"{at_y:.1}\" r=\"{radius}\" fill=\"{colour}\"/>"
        ));
        if is_knee {
            svg.push_str(&format!(
                "<text x=\"{:.1}\" y=\"{:.1}\" fill=\"#c1440e\">{knee}</text>",
                at_x + 10.0,
                at_y + 18.0
            ));
        }
    }
    svg.push_str(&format!(
        "<text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"middle\">{money}</text>\
         <text transform=\"translate(18 {:.1}) rotate(-90)\" text-anchor=\"middle\">{served}</text></svg>",
        (LEFT + WIDTH - RIGHT) / 2.0,
        HEIGHT - 16.0,
        (TOP + HEIGHT - BOTTOM) / 2.0
    ));
    svg
}

/// A whole number with thousands apart, as each language writes it; small ones with one decimal.
fn number(value: f64, language: Language) -> String {
    let (point, comma) = match language {
        Language::Vietnamese => ('.', ','),
        Language::English => (',', '.'),
    };
    if value.abs() < 100.0 {
        return format!("{value:.1}").replace('.', &comma.to_string());
    }
    grouped(value, point)
}
