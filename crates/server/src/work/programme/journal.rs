//! What people bring to a programme, read from and written to its journal.

use jiff::civil::Date;
use programme::workflow::{Answer, Call, PlannedSite, StageEvent, Submission};
use programme::{Content, Programme, Reported, Successor};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use store::{NewProgrammeEntry, ProgrammeEntry, Store, Viewer};

use crate::Problem;

/// Kinds of entries.
pub mod kinds {
    /// A reported value of an indicator.
    pub const REPORTED: &str = "reported";
    /// A deliverable handed in.
    pub const SUBMISSION: &str = "submission";
    /// An operator's site list.
    pub const SITE_LIST: &str = "site_list";
    /// How far a site is.
    pub const STAGE: &str = "stage";
    /// A demand area or sharing call.
    pub const CALL: &str = "call";
    /// An operator's answer to a call.
    pub const ANSWER: &str = "answer";
    /// What became of the communes of a district.
    pub const CROSSWALK: &str = "crosswalk";
    /// Village rules of the project.
    pub const VILLAGE_RULES: &str = "village_rules";
}

/// The journal of one programme in one project, as one viewer sees it and one writer writes it.
pub struct Journal<'a> {
    /// The store.
    pub store: &'a Store,
    /// The project's id.
    pub project: &'a str,
    /// The programme's key; empty for the project's own affairs.
    pub programme: &'a str,
    /// For whom it is read.
    pub viewer: Viewer,
    /// Who writes.
    pub who: &'a str,
}

/// An operator's list as handed in.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SiteList {
    /// Operator.
    pub operator: String,
    /// Day of receipt.
    pub date: Date,
    /// Who handed it in.
    #[serde(default)]
    pub who: String,
    /// The sites.
    pub sites: Vec<PlannedSite>,
}

impl Journal<'_> {
    /// Writes an entry.
    pub async fn write(
        &self,
        kind: &str,
        subject: &str,
        operator: Option<&str>,
        document: Value,
    ) -> Result<ProgrammeEntry, Problem> {
        let entry = NewProgrammeEntry {
            programme: self.programme,
            kind,
            subject,
            operator,
            document,
            who: self.who,
        };
        Ok(self.store.append_programme_entry(self.project, entry).await?)
    }

    /// Writes several entries of a kind, each about a subject: all of them or none.
    pub async fn write_all(&self, kind: &str, entries: &[(&str, Value)]) -> Result<(), Problem> {
        let new = entries.iter().map(|(subject, document)| NewProgrammeEntry {
            programme: self.programme,
            kind,
            subject,
            operator: None,
            document: document.clone(),
            who: self.who,
        });
        Ok(self.store.append_programme_entries(self.project, new).await?)
    }

    async fn entries(&self, kind: &str) -> Result<Vec<ProgrammeEntry>, Problem> {
        let entries = self
            .store
            .programme_entries(self.project, self.programme, kind, &self.viewer);
        Ok(entries.await?)
    }

    async fn all<T: DeserializeOwned>(&self, kind: &str) -> Result<Vec<T>, Problem> {
        let entries = self.entries(kind).await?;
        let mut all = Vec::with_capacity(entries.len());
        for entry in entries {
            let mut document = entry.document;
            if let Value::Object(fields) = &mut document {
                // Written once, in the journal's own column.
                fields.insert("who".to_owned(), json!(entry.who));
            }
            all.push(serde_json::from_value(document)?);
        }
        Ok(all)
    }

    /// Reported values in the order in which they were entered.
    pub async fn reported(&self) -> Result<Vec<Reported>, Problem> {
        self.all(kinds::REPORTED).await
    }

    /// Reported values with the time of their entry, newest entry first.
    pub async fn reported_rows(&self) -> Result<Vec<Value>, Problem> {
        let entries = self.entries(kinds::REPORTED).await?;
        Ok(entries.into_iter().rev().map(shown).collect())
    }

    /// Deliverables handed in.
    pub async fn submissions(&self) -> Result<Vec<Submission>, Problem> {
        let entries = self.entries(kinds::SUBMISSION).await?;
        let mut all = Vec::new();
        for entry in entries {
            let text = |name: &str| entry.document[name].as_str().unwrap_or_default().to_owned();
            all.push(Submission {
                deliverable: text("deliverable"),
                who: text("who"),
                date: serde_json::from_value(entry.document["date"].clone())?,
            });
        }
        Ok(all)
    }

    /// Every list handed in, as the receipt of what it fulfils.
    pub async fn lists_as_submissions(&self, programme: &Programme) -> Result<Vec<Submission>, Problem> {
        let fulfilled: Vec<&str> = programme
            .deliverables
            .iter()
            .filter(|deliverable| deliverable.content == Some(Content::SiteList))
            .map(|deliverable| deliverable.id.as_str())
            .collect();
        if fulfilled.is_empty() {
            return Ok(Vec::new());
        }
        let mut all = Vec::new();
        for list in self.all::<SiteList>(kinds::SITE_LIST).await? {
            all.extend(fulfilled.iter().map(|deliverable| Submission {
                deliverable: (*deliverable).to_owned(),
                who: list.operator.clone(),
                date: list.date,
            }));
        }
        Ok(all)
    }

    /// The newest list of every operator, by operator.
    pub async fn lists(&self) -> Result<Vec<SiteList>, Problem> {
        let mut newest: std::collections::BTreeMap<String, SiteList> = std::collections::BTreeMap::new();
        for list in self.all::<SiteList>(kinds::SITE_LIST).await? {
            newest.insert(list.operator.clone(), list);
        }
        Ok(newest.into_values().collect())
    }

    /// What was said of sites, in the order in which it was entered.
    pub async fn stage_events(&self) -> Result<Vec<StageEvent>, Problem> {
        self.all(kinds::STAGE).await
    }

    /// Calls with their answers, oldest first.
    pub async fn calls(&self) -> Result<Vec<Call>, Problem> {
        let mut calls: Vec<Call> = Vec::new();
        for entry in self.entries(kinds::CALL).await? {
            let mut call: Call = serde_json::from_value(entry.document)?;
            call.id = entry.id;
            calls.push(call);
        }
        for entry in self.entries(kinds::ANSWER).await? {
            if let Some(call) = calls.iter_mut().find(|call| call.id == entry.subject) {
                let mut answer: Answer = serde_json::from_value(entry.document)?;
                answer.who = entry.who;
                call.answers.push(answer);
            }
        }
        Ok(calls)
    }

    /// The newest crosswalk.
    pub async fn crosswalk(&self) -> Result<Vec<Successor>, Problem> {
        let Some(entry) = self.entries(kinds::CROSSWALK).await?.pop() else {
            return Ok(Vec::new());
        };
        let mut rows: Vec<Successor> = serde_json::from_value(entry.document["rows"].clone())?;
        for row in &mut rows {
            row.programme = self.programme.to_owned();
        }
        Ok(rows)
    }

    /// The project's own village rules; `None` when those that ship are in use.
    pub async fn village_rules(&self) -> Result<Option<String>, Problem> {
        let newest = self.entries(kinds::VILLAGE_RULES).await?.pop();
        Ok(newest.and_then(|entry| entry.document["text"].as_str().map(str::to_owned)))
    }
}

/// An entry's document with who and when.
pub fn shown(entry: ProgrammeEntry) -> Value {
    let mut document = entry.document;
    if let Value::Object(fields) = &mut document {
        fields.entry("who").or_insert_with(|| json!(entry.who));
        fields.insert("at".to_owned(), json!(entry.at));
    }
    document
}
