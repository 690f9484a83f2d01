//! What a commit would do to the version in use: rows added, moved, changed, removed.

use std::collections::HashMap;

use geodata::Records;
use geodesy::{LonLat, distance_m};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// A row nearer to its old place than this has not moved, metres: coordinates are kept to about a centimetre.
const MOVED_M: f64 = 0.1;

/// What happens to a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Change {
    /// It is new.
    Added,
    /// It is at another place (and may be changed otherwise).
    Moved,
    /// Something else of it is different.
    Changed,
    /// It is no more.
    Removed,
}

/// One field that is different.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FieldChange {
    /// Name of the field.
    pub field: String,
    /// What it was.
    pub from: Value,
    /// What it will be.
    pub to: Value,
}

/// One row that is different.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RowChange {
    /// What happens to it.
    pub change: Change,
    /// `sites`, `stations`, `cells`, `areas`, …
    pub layer: String,
    /// Its code.
    pub code: String,
    /// Its name, where it has one.
    pub name: Option<String>,
    /// How far it moves, metres.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub distance_m: Option<f64>,
    /// What of it is different.
    pub fields: Vec<FieldChange>,
}

/// How many rows of each.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    /// New rows.
    pub added: usize,
    /// Rows at another place.
    pub moved: usize,
    /// Rows that are different otherwise.
    pub changed: usize,
    /// Rows that are no more.
    pub removed: usize,
    /// Rows that stay as they are.
    pub unchanged: usize,
}

impl Counts {
    /// Whether anything is different.
    pub const fn any(&self) -> bool {
        self.added + self.moved + self.changed + self.removed > 0
    }
}

/// The difference between two versions.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Difference {
    /// How many rows.
    pub counts: Counts,
    /// The rows that are different; none when only their numbers are asked for.
    pub rows: Vec<RowChange>,
    counted_only: bool,
}

impl Difference {
    fn add(&mut self, change: Change, row: impl FnOnce() -> RowChange) {
        let count = match change {
            Change::Added => &mut self.counts.added,
            Change::Moved => &mut self.counts.moved,
            Change::Changed => &mut self.counts.changed,
            Change::Removed => &mut self.counts.removed,
        };
        *count += 1;
        if !self.counted_only {
            self.rows.push(row());
        }
    }
}

/// How rows of one layer are compared.
struct Layer<T> {
    name: &'static str,
    code: fn(&T) -> &str,
    title: fn(&T) -> Option<&str>,
    position: fn(&T) -> Option<LonLat>,
}

/// Compares the version in use with what would be in use.
pub fn difference(old: Option<&Records>, new: &Records) -> Difference {
    compared(old, new, false)
}

/// How many rows are different: what is to be told of each of them may take more memory than the rows themselves.
pub fn counts(old: Option<&Records>, new: &Records) -> Counts {
    compared(old, new, true).counts
}

fn compared(old: Option<&Records>, new: &Records, counted_only: bool) -> Difference {
    let mut found = Difference {
        counted_only,
        ..Difference::default()
    };
    let empty = Records::Places(Vec::new());
    match (old.unwrap_or(&empty), new) {
        (Records::Sites(old), Records::Sites(new)) => networks(Some(old), new, &mut found),
        (_, Records::Sites(new)) => networks(None, new, &mut found),
        (old, Records::Areas(new)) => {
            let old = if let Records::Areas(old) = old {
                old.as_slice()
            } else {
                &[]
            };
            let layer = Layer {
                name: "areas",
                code: |area: &geodata::Area| &area.code,
                title: |area| Some(&area.name),
                position: |_| None,
            };
            layer.compare(old, new, &mut found);
        }
        (old, Records::Places(new)) => {
            let old = if let Records::Places(old) = old {
                old.as_slice()
            } else {
                &[]
            };
            let layer = Layer {
                name: "places",
                code: |place: &geodata::Place| &place.code,
                title: |place| Some(&place.name),
                position: |place| Some(place.position),
            };
            layer.compare(old, new, &mut found);
        }
        (old, Records::Poles(new)) => {
            let old = if let Records::Poles(old) = old {
                old.as_slice()
            } else {
                &[]
            };
            let layer = Layer {
                name: "poles",
                code: |pole: &geodata::Pole| &pole.code,
                title: |_| None,
                position: |pole| Some(pole.position),
            };
            layer.compare(old, new, &mut found);
        }
        (old, Records::Lines(new)) => {
            let old = if let Records::Lines(old) = old {
                old.as_slice()
            } else {
                &[]
            };
            let layer = Layer {
                name: "lines",
                code: |line: &geodata::Line| &line.code,
                title: |line| Some(&line.name),
                position: |_| None,
            };
            layer.compare(old, new, &mut found);
        }
        // Measurements, figures and crosswalks have no codes: a list is either the same or another one.
        (old, new) => {
            if old == new {
                found.counts.unchanged = new.len();
            } else {
                found.counts.removed = if std::mem::discriminant(old) == std::mem::discriminant(new) {
                    old.len()
                } else {
                    0
                };
                found.counts.added = new.len();
            }
        }
    }
    found
}

fn networks(old: Option<&geodata::Network>, new: &geodata::Network, found: &mut Difference) {
    let empty = geodata::Network::default();
    let old = old.unwrap_or(&empty);
    let sites = Layer {
        name: "sites",
        code: |site: &geodata::Site| &site.code,
        title: |site| Some(&site.name),
        position: |site| Some(site.position),
    };
    sites.compare(&old.sites, &new.sites, found);
    let stations = Layer {
        name: "stations",
        code: |station: &geodata::Station| &station.code,
        title: |_| None,
        position: |_| None,
    };
    stations.compare(&old.stations, &new.stations, found);
    let cells = Layer {
        name: "cells",
        code: |cell: &geodata::Cell| &cell.code,
        title: |_| None,
        position: |_| None,
    };
    cells.compare(&old.cells, &new.cells, found);
}

impl<T: PartialEq + Serialize> Layer<T> {
    fn compare(&self, old: &[T], new: &[T], found: &mut Difference) {
        if old.is_empty() && found.counted_only {
            found.counts.added += new.len();
            return;
        }
        let mut before: HashMap<&str, Vec<&T>> = HashMap::with_capacity(old.len());
        for row in old.iter().rev() {
            before.entry((self.code)(row)).or_default().push(row);
        }
        for row in new {
            let earlier = before.get_mut((self.code)(row)).and_then(Vec::pop);
            match earlier {
                None => found.add(Change::Added, || self.row(Change::Added, row, None, Vec::new())),
                Some(earlier) if earlier == row => found.counts.unchanged += 1,
                Some(earlier) => {
                    let moved = (self.position)(earlier)
                        .zip((self.position)(row))
                        .map(|(a, b)| distance_m(a, b));
                    let moved = moved.filter(|metres| *metres > MOVED_M);
                    let fields = changed_fields(earlier, row);
                    if moved.is_none() && fields.is_empty() {
                        found.counts.unchanged += 1;
                        continue;
                    }
                    let change = if moved.is_some() {
                        Change::Moved
                    } else {
                        Change::Changed
                    };
                    found.add(change, || self.row(change, row, moved, fields));
                }
            }
        }
        let removed = old.iter().filter(|row| {
            let left = before.get_mut((self.code)(row));
            left.is_some_and(|rows| rows.pop().is_some())
        });
        for row in removed {
            found.add(Change::Removed, || self.row(Change::Removed, row, None, Vec::new()));
        }
    }

    fn row(&self, change: Change, row: &T, distance_m: Option<f64>, fields: Vec<FieldChange>) -> RowChange {
        RowChange {
            change,
            layer: self.name.to_owned(),
            code: (self.code)(row).to_owned(),
            name: (self.title)(row).map(str::to_owned),
            distance_m,
            fields,
        }
    }
}

/// The fields of two records that differ; shapes are named but not told in full.
fn changed_fields(old: &impl Serialize, new: &impl Serialize) -> Vec<FieldChange> {
    let fields = |record: Value| match record {
        Value::Object(fields) => fields,
        _ => serde_json::Map::new(),
    };
    let old = fields(serde_json::to_value(old).unwrap_or_default());
    let new = fields(serde_json::to_value(new).unwrap_or_default());
    let names = old.keys().chain(new.keys().filter(|key| !old.contains_key(*key)));
    names
        .filter(|name| !alike(old.get(*name), new.get(*name)))
        .map(|name| {
            let told = |fields: &serde_json::Map<String, Value>| {
                let value = fields.get(name).cloned().unwrap_or_default();
                if name == "geometry" { Value::Null } else { value }
            };
            FieldChange {
                field: name.clone(),
                from: told(&old),
                to: told(&new),
            }
        })
        .collect()
}

/// Whether two values are the same. A number that was written down and read again may differ in its last digit.
fn alike(old: Option<&Value>, new: Option<&Value>) -> bool {
    const LAST_DIGIT: f64 = 1e-12;
    match (old, new) {
        (Some(Value::Number(a)), Some(Value::Number(b))) => match (a.as_f64(), b.as_f64()) {
            (Some(a), Some(b)) => (a - b).abs() <= LAST_DIGIT * a.abs().max(b.abs()),
            (a, b) => a == b,
        },
        (Some(Value::Array(a)), Some(Value::Array(b))) => {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| alike(Some(a), Some(b)))
        }
        (Some(Value::Object(a)), Some(Value::Object(b))) => {
            a.len() == b.len() && a.iter().all(|(name, a)| alike(Some(a), b.get(name)))
        }
        (a, b) => a == b,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use geodata::{Place, PlaceKind};

    fn place(code: &str, lon: f64, name: &str) -> Place {
        Place::new(code, name, PlaceKind::Village, LonLat::new(lon, 18.0))
    }

    #[test]
    fn rows_are_added_moved_changed_removed() {
        let old = Records::Places(vec![
            place("a", 105.0, "A"),
            place("b", 105.0, "B"),
            place("c", 105.0, "C"),
            place("d", 105.0, "D"),
        ]);
        let new = Records::Places(vec![
            place("d", 105.0, "D"),
            place("a", 105.001, "A"),
            place("b", 105.0, "B2"),
            place("e", 105.0, "E"),
        ]);
        let found = difference(Some(&old), &new);
        assert_eq!(
            found.counts,
            Counts {
                added: 1,
                moved: 1,
                changed: 1,
                removed: 1,
                unchanged: 1
            }
        );
        let moved = found.rows.iter().find(|row| row.change == Change::Moved).unwrap();
        assert!((moved.distance_m.unwrap() - 105.8).abs() < 1.0);
        let changed = found.rows.iter().find(|row| row.change == Change::Changed).unwrap();
        assert_eq!(
            (changed.fields[0].field.as_str(), &changed.fields[0].to),
            ("name", &Value::from("B2"))
        );
        assert_eq!(counts(Some(&old), &new), found.counts);
        let rounded = Records::Places(vec![place("a", 105.1, "A")]);
        let exact = Records::Places(vec![place("a", 105.1 + 1.5e-14, "A")]);
        assert!(rounded != exact && !counts(Some(&rounded), &exact).any());
        assert!(!difference(Some(&new), &new).counts.any());
        assert_eq!(difference(None, &new).counts.added, 4);
    }
}
