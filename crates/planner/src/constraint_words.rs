//! The optimiser's constraints in the planner's words.

use serde::{Deserialize, Serialize};

use crate::candidates::Surroundings;
use crate::demand::DemandKind;
use crate::prepared::Prepared;
use crate::request::{QUOTA, ZONES};

/// A constraint by name and in words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConstraintWords {
    /// Its name in the optimiser.
    pub name: String,
    /// In Vietnamese.
    pub text_vi: String,
    /// In English.
    pub text_en: String,
}

impl ConstraintWords {
    /// Says what a constraint of the optimiser means.
    pub(crate) fn of(name: &str, prepared: &Prepared, surroundings: &Surroundings<'_>) -> Self {
        let after = |start: &str| name.strip_prefix(start).map(str::to_owned);
        let (text_vi, text_en) = match name {
            "count" => ("số hành động".to_owned(), "number of actions".to_owned()),
            "budget" => ("kinh phí".to_owned(), "budget".to_owned()),
            "conflicts" => (
                "mỗi vị trí một hành động và khoảng cách tối thiểu giữa các cột mới".to_owned(),
                "one action per site and the spacing of new masts".to_owned(),
            ),
            "must_pick" => ("các vị trí đã ghim".to_owned(), "pinned candidates".to_owned()),
            "forbidden" => ("các vị trí đã loại".to_owned(), "forbidden candidates".to_owned()),
            "target weight" => ("mục tiêu phải đạt".to_owned(), "target to reach".to_owned()),
            "cost" => ("chi phí".to_owned(), "cost".to_owned()),
            ZONES => (
                "số tối thiểu trong khu kinh tế, khu và cụm công nghiệp".to_owned(),
                "minimum in economic zones, industrial parks and clusters".to_owned(),
            ),
            _ => {
                if let Some(operator) = after(QUOTA) {
                    (format!("chỉ tiêu của {operator}"), format!("quota of {operator}"))
                } else if let Some(phase) = after("budget of phase ") {
                    (format!("kinh phí giai đoạn {phase}"), format!("budget of {phase}"))
                } else if let Some(phase) = after("count of phase ") {
                    (
                        format!("số hành động giai đoạn {phase}"),
                        format!("number of actions in {phase}"),
                    )
                } else if let Some(phase) = after("limits of phase ") {
                    (format!("giới hạn giai đoạn {phase}"), format!("limits of {phase}"))
                } else if let Some(place) =
                    after("must serve demand ").and_then(|number| place(&number, prepared, surroundings))
                {
                    (format!("phải phủ sóng {place}"), format!("{place} must be served"))
                } else if let Some(candidate) = after("must pick candidate ")
                    .and_then(|number| prepared.found.candidates.get(number.parse::<usize>().ok()?))
                {
                    (
                        format!("đã ghim {}", candidate.id),
                        format!("{} is pinned", candidate.id),
                    )
                } else {
                    (name.to_owned(), name.to_owned())
                }
            }
        };
        Self {
            name: name.to_owned(),
            text_vi,
            text_en,
        }
    }
}

/// Name of the place that a demand point stands for.
fn place(number: &str, prepared: &Prepared, surroundings: &Surroundings<'_>) -> Option<String> {
    let point = prepared.demand.points.get(number.parse::<usize>().ok()?)?;
    match point.kind {
        DemandKind::Place { index } | DemandKind::OutlyingCluster { index } => {
            let place = surroundings.places.get(index)?;
            Some(format!("{} ({})", place.name, place.code))
        }
        _ => None,
    }
}
