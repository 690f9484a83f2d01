//! Who is looking: the part of a query that keeps one operator's rows from another.

/// For whom a query is made. Rows outside a viewer's sight are not counted, listed or found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Viewer {
    /// The department (administrator, planner, auditor) and the single user of a loopback service: everything.
    Department,
    /// One operator: rows of everybody, and its own.
    Operator(String),
    /// Zone boards, communes, the public: only rows that belong to everybody.
    Aggregates,
}

impl Viewer {
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
}
