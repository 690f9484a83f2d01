//! What is due from whom, and what was received.

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
    /// Its name in English.
    pub name_en: String,
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
            other => vec![other.key().to_owned()],
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
                name_en: deliverable.name_en.clone(),
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
