//! Demand areas that zone boards propose, works that investors announce, and the operators' answers.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// What a call is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CallKind {
    /// An area where 5G is wanted (a zone board's proposal).
    DemandArea,
    /// Works that operators may register to share (an investor's announcement).
    SharingCall,
}

/// A call to the operators.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Call {
    /// Unique.
    #[serde(default)]
    pub id: String,
    /// What it is.
    pub kind: CallKind,
    /// Who calls.
    pub from: String,
    /// What it is about.
    pub title: String,
    /// More.
    #[serde(default)]
    pub note: String,
    /// The zone, where it is one.
    #[serde(default)]
    pub zone_code: Option<String>,
    /// Longitude and latitude in degrees, where it is a place.
    #[serde(default)]
    pub position: Option<[f64; 2]>,
    /// Day of the call.
    pub date: Date,
    /// Day until which answers are awaited.
    #[serde(default)]
    pub due: Option<Date>,
    /// Answers, oldest first; the last of an operator counts.
    #[serde(default)]
    pub answers: Vec<Answer>,
}

/// What an operator says to a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AnswerKind {
    /// It takes part.
    Joins,
    /// It does not.
    Declines,
    /// It is thinking about it.
    Considers,
}

/// An operator's answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    /// Operator.
    pub operator: String,
    /// What it says.
    pub answer: AnswerKind,
    /// More.
    #[serde(default)]
    pub note: String,
    /// Day of the answer.
    pub date: Date,
    /// Who entered it.
    #[serde(default)]
    pub who: String,
}

impl Call {
    /// Operators of a list that have not answered.
    #[must_use]
    pub fn unanswered<'a>(&self, operators: &'a [String]) -> Vec<&'a str> {
        let answered = |operator: &&String| self.answers.iter().any(|answer| answer.operator == **operator);
        operators
            .iter()
            .filter(|operator| !answered(operator))
            .map(String::as_str)
            .collect()
    }
}
