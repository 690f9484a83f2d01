//! Quotas, due dates and the way of a site from plan to air.

use std::collections::{BTreeMap, BTreeSet};

use geodesy::LonLat;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::document::{Actor, Programme};

/// A deliverable that somebody handed in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Submission {
    /// Deliverable's id.
    pub deliverable: String,
    /// Who handed it in: an operator's name, or the actor's key.
    pub who: String,
    /// Day of receipt.
    pub date: Date,
}

/// Standing of a deliverable.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Delivery {
    /// Received in time, or without a date.
    Received,
    /// Received after the due date.
    ReceivedLate,
    /// Not received, and the due date has passed.
    Missing,
    /// Not received, with time left.
    Open,
}

/// One deliverable of one actor.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DeliveryRow {
    /// Deliverable's id.
    pub deliverable: String,
    /// Its name.
    pub name_vi: String,
    /// Who owes it.
    pub who: String,
    /// Due date in the year asked for.
    pub due: Option<Date>,
    /// Day of the first receipt.
    pub received: Option<Date>,
    /// Standing.
    pub status: Delivery,
    /// Clause.
    pub clause: String,
}

/// The day of a year that `month-day` (`12-30`) names.
#[must_use]
pub fn day_of_year(text: &str, year: i16) -> Option<Date> {
    let (month, day) = text.split_once('-')?;
    Date::new(year, month.parse().ok()?, day.parse().ok()?).ok()
}

/// Standing of every deliverable on a day; those due each year are taken for the day's year.
#[must_use]
pub fn deliveries(
    programme: &Programme,
    operators: &[String],
    submissions: &[Submission],
    today: Date,
) -> Vec<DeliveryRow> {
    let mut rows = Vec::new();
    for deliverable in &programme.deliverables {
        let yearly = deliverable.due_each_year.as_deref();
        let due = deliverable.due.or_else(|| day_of_year(yearly?, today.year()));
        let owing: Vec<String> = match deliverable.actor {
            Actor::Operator => operators.to_vec(),
            other => vec![actor_key(other).to_owned()],
        };
        for who in owing {
            // A yearly deliverable of last year does not answer for this year.
            let counts = |row: &&Submission| {
                row.deliverable == deliverable.id
                    && row.who == who
                    && row.date <= today
                    && (yearly.is_none() || row.date.year() == today.year())
            };
            let received = submissions.iter().filter(counts).map(|row| row.date).min();
            rows.push(DeliveryRow {
                deliverable: deliverable.id.clone(),
                name_vi: deliverable.name_vi.clone(),
                status: standing(due, received, today),
                who,
                due,
                received,
                clause: deliverable.clause.clone(),
            });
        }
    }
    rows
}

fn standing(due: Option<Date>, received: Option<Date>, today: Date) -> Delivery {
    match (due, received) {
        (Some(due), Some(received)) if received > due => Delivery::ReceivedLate,
        (_, Some(_)) => Delivery::Received,
        (Some(due), None) if today > due => Delivery::Missing,
        _ => Delivery::Open,
    }
}

fn actor_key(actor: Actor) -> &'static str {
    match actor {
        Actor::Department => "department",
        Actor::Operator => "operator",
        Actor::ZoneBoard => "zone_board",
        Actor::Commune => "commune",
        Actor::Investor => "investor",
    }
}

/// How far a site is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// Dự kiến.
    Planned,
    /// Đã khảo sát.
    Surveyed,
    /// Đã cấp phép.
    Permitted,
    /// Đã xây dựng.
    Built,
    /// Đã phát sóng.
    OnAir,
}

/// A site of an operator's submitted list.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlannedSite {
    /// Site code.
    pub code: String,
    /// Operator.
    pub operator: String,
    /// Position.
    pub position: LonLat,
    /// `upgrade`, `co_locate`, `new_tower`, `pole_small_cell` or `leo`.
    pub action: String,
    /// How far it is.
    pub stage: Stage,
}

/// An operator's list against its quota.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct QuotaRow {
    /// Operator.
    pub operator: String,
    /// Actions given to it.
    pub quota: u32,
    /// Actions on its list.
    pub listed: u32,
    /// Of them on air.
    pub on_air: u32,
    /// Listed minus quota.
    pub difference: i64,
}

/// Each operator's list against its quota; operators without quota come with 0.
#[must_use]
pub fn quotas(programme: &Programme, sites: &[PlannedSite]) -> Vec<QuotaRow> {
    let given: BTreeMap<&str, u32> = programme
        .quotas
        .iter()
        .map(|quota| (quota.operator.as_str(), quota.actions))
        .collect();
    let operators: BTreeSet<&str> = given
        .keys()
        .copied()
        .chain(sites.iter().map(|site| site.operator.as_str()))
        .collect();
    operators
        .into_iter()
        .map(|operator| {
            let own = || sites.iter().filter(|site| site.operator == operator);
            let quota = given.get(operator).copied().unwrap_or_default();
            // Lists hold thousands of sites at most.
            let listed = own().count() as u32;
            let on_air = own().filter(|site| site.stage == Stage::OnAir).count() as u32;
            QuotaRow {
                operator: operator.to_owned(),
                quota,
                listed,
                on_air,
                difference: i64::from(listed) - i64::from(quota),
            }
        })
        .collect()
}

/// Two operators that plan masts close together.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Conflict {
    /// First site.
    pub first: String,
    /// Its operator.
    pub first_operator: String,
    /// Second site.
    pub second: String,
    /// Its operator.
    pub second_operator: String,
    /// Distance (metres).
    pub distance_m: f64,
}

/// Pairs of new masts of different operators within `distance_m`: they should share one.
#[must_use]
pub fn conflicts(sites: &[PlannedSite], distance_m: f64) -> Vec<Conflict> {
    let mut masts: Vec<&PlannedSite> = sites.iter().filter(|site| site.action == "new_tower").collect();
    masts.sort_by(|a, b| a.position.lat_deg.total_cmp(&b.position.lat_deg));
    // One degree of latitude is never less than 110.5 km.
    let reach_deg = distance_m / 110_500.0;
    let mut conflicts = Vec::new();
    for (index, first) in masts.iter().enumerate() {
        for second in &masts[index + 1..] {
            if second.position.lat_deg - first.position.lat_deg > reach_deg {
                break;
            }
            let apart = geodesy::distance_m(first.position, second.position);
            if first.operator != second.operator && apart <= distance_m {
                conflicts.push(Conflict {
                    first: first.code.clone(),
                    first_operator: first.operator.clone(),
                    second: second.code.clone(),
                    second_operator: second.operator.clone(),
                    distance_m: apart,
                });
            }
        }
    }
    conflicts
}

/// What differs between the plan and what stands.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct PlanAgainstBuilt {
    /// Planned and on air.
    pub done: Vec<String>,
    /// Planned and not on air.
    pub outstanding: Vec<String>,
    /// On air and never planned.
    pub unplanned: Vec<String>,
}

/// Compares planned site codes with those on air.
#[must_use]
pub fn plan_against_built(planned: &[PlannedSite], on_air: &BTreeSet<String>) -> PlanAgainstBuilt {
    let codes: BTreeSet<String> = planned.iter().map(|site| site.code.clone()).collect();
    PlanAgainstBuilt {
        done: codes.intersection(on_air).cloned().collect(),
        outstanding: codes.difference(on_air).cloned().collect(),
        unplanned: on_air.difference(&codes).cloned().collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::library;
    use jiff::civil::date;
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
}
