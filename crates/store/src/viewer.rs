//! Who is looking: the part of every query that keeps one operator's rows from another.

use std::collections::BTreeMap;

/// For whom a query is made. Rows outside a viewer's sight are not counted, listed or found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Viewer {
    /// The department (administrator, planner, auditor) and the single user of a loopback service: everything.
    #[default]
    Department,
    /// One operator: rows of everybody, and its own.
    Operator(String),
    /// Zone boards, communes, the public: only rows that belong to everybody.
    Aggregates,
}

/// The quantity that others than the department get of layers over all operators: near a mast it is 1 everywhere, so that no maximum shows
/// where the mast stands. Signal, throughput and best server would show it to the pixel.
const SHOWN_TO_ALL: &str = "probability";

impl Viewer {
    /// Whether nothing is kept from it.
    pub fn is_department(&self) -> bool {
        *self == Self::Department
    }

    /// Whether a result of this operator (`None`: over all operators) is for its eyes.
    pub fn sees_operator(&self, operator: Option<&str>) -> bool {
        match (self, operator) {
            (Self::Department, _) | (_, None) => true,
            (Self::Operator(own), Some(operator)) => own.to_lowercase() == operator.to_lowercase(),
            (Self::Aggregates, Some(_)) => false,
        }
    }

    /// Whether it may know what exactly stands behind a result of this operator: which cell serves, how strong the signal is.
    pub fn sees_cells_of(&self, operator: Option<&str>) -> bool {
        self.is_department() || (operator.is_some() && self.sees_operator(operator))
    }

    /// Whether a file of a run, by its role ("layer/4g-any-signal", "footprint/5g-viettel", "areas", …), is for its eyes.
    /// The tables are: whoever reads them leaves out the rows that are not.
    fn sees_file(&self, role: &str) -> bool {
        match (self, role.split_once('/')) {
            (Self::Department, _) => true,
            (_, Some(("layer", key))) => {
                let Some((_, rest)) = key.split_once('-') else {
                    return false;
                };
                let Some((operator, quantity)) = rest.rsplit_once('-') else {
                    return false;
                };
                match operator {
                    "any" => quantity == SHOWN_TO_ALL,
                    operator => self.sees_operator(Some(operator)),
                }
            }
            (_, Some(("footprint", key))) => {
                let operator = key.split_once('-').map_or("", |(_, operator)| operator);
                operator == "any" || self.sees_operator(Some(operator))
            }
            (_, None) => {
                matches!(role, "areas" | "places" | "unions")
                    || (matches!(role, "candidates" | "sharing") && *self != Self::Aggregates)
            }
            (_, Some(_)) => false,
        }
    }

    /// Leaves only the files that are for its eyes.
    pub(crate) fn keep_visible<T>(&self, files: &mut BTreeMap<String, T>) {
        files.retain(|role, _| self.sees_file(role));
    }

    /// The pattern that `visible_to` must match, when rows are restricted to some operators.
    ///
    /// `None`: no restriction. A viewer without an operator gets a pattern that matches nothing.
    pub(crate) fn pattern(&self) -> Option<String> {
        match self {
            Self::Department => None,
            Self::Operator(name) => Some(format!("%|{}|%", escape_like(name))),
            Self::Aggregates => Some("|".to_owned()),
        }
    }
}

/// The `visible_to` column for a row of these operators: `|A|B|`.
pub(crate) fn visible_to(operators: &[String]) -> String {
    let mut text = String::from("|");
    for operator in operators {
        text.push_str(&operator.replace('|', " "));
        text.push('|');
    }
    text
}

/// Makes a text match only itself inside a LIKE pattern whose escape character is the backslash.
fn escape_like(text: &str) -> String {
    text.replace('|', " ")
        .replace('\\', "\\\\")
        .replace('%', "\\%")
        .replace('_', "\\_")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_operator_named_like_a_pattern_matches_only_itself() {
        assert_eq!(
            Viewer::Operator("100%_a\\".into()).pattern().unwrap(),
            "%|100\\%\\_a\\\\|%"
        );
        assert_eq!(visible_to(&["A".into(), "B|C".into()]), "|A|B C|");
    }

    #[test]
    fn files_of_others_and_revealing_layers_are_kept_back() {
        let roles = [
            "areas",
            "places",
            "warnings",
            "plan",
            "candidates",
            "layer/4g-any-signal",
            "layer/4g-any-best_server",
            "layer/4g-any-probability",
            "layer/4g-viettel-signal",
            "layer/4g-vnpt-signal",
            "layer/4g-viet-nam-signal",
            "footprint/4g-any",
            "footprint/4g-viettel",
            "footprint/4g-vnpt",
            "something/new",
        ];
        let seen = |viewer: Viewer| {
            let mut files: BTreeMap<String, ()> = roles.iter().map(|role| ((*role).to_owned(), ())).collect();
            viewer.keep_visible(&mut files);
            files.into_keys().collect::<Vec<_>>()
        };
        assert_eq!(seen(Viewer::Department).len(), roles.len());
        assert_eq!(
            seen(Viewer::Operator("Viettel".into())),
            [
                "areas",
                "candidates",
                "footprint/4g-any",
                "footprint/4g-viettel",
                "layer/4g-any-probability",
                "layer/4g-viettel-signal",
                "places"
            ]
        );
        assert_eq!(
            seen(Viewer::Operator("Viet-Nam".into()))[3],
            "layer/4g-any-probability",
            "and below it its own"
        );
        assert_eq!(
            seen(Viewer::Aggregates),
            ["areas", "footprint/4g-any", "layer/4g-any-probability", "places"]
        );
    }
}
