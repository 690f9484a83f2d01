//! The report that goes to the province: workbook, page and document from one evaluation.
//!
//! The same inputs give the same bytes. Every figure carries its unit, formula, clause and run.

mod docx;
mod html;
mod live;
mod table;
mod xlsx;
mod zone_rows;

use crate::document::Programme;
use crate::evaluate::Evaluation;
use crate::facts::Facts;
use crate::number::Language;
use crate::villages::VillageRow;
use crate::workflow::DeliveryRow;

pub use docx::docx;
pub use html::html;
pub use xlsx::xlsx;

/// Everything that a report is made of.
#[derive(Debug, Clone, Copy)]
pub struct Report<'a> {
    /// The programme.
    pub programme: &'a Programme,
    /// Its evaluation.
    pub evaluation: &'a Evaluation,
    /// The facts that it was measured on.
    pub facts: Facts<'a>,
    /// The village decision table; empty without a coverage run.
    pub villages: &'a [VillageRow],
    /// Standing of the deliverables.
    pub deliveries: &'a [DeliveryRow],
    /// Name of the project.
    pub project: &'a str,
    /// Whether its data are synthetic: said in every heading.
    pub synthetic: bool,
    /// Language.
    pub language: Language,
}

impl Report<'_> {
    /// Vietnamese or English.
    pub(crate) fn say<'t>(&self, vi: &'t str, en: &'t str) -> &'t str {
        self.language.pick(vi, en)
    }

    /// The programme's title.
    pub(crate) fn title(&self) -> &str {
        self.say(&self.evaluation.title_vi, &self.evaluation.title_en)
    }

    /// The line under the title: project, day, run, and that data are synthetic where they are.
    pub(crate) fn subtitle(&self) -> String {
        let day = crate::number::date(self.evaluation.today, self.language);
        let run = self
            .evaluation
            .run
            .as_deref()
            .unwrap_or_else(|| self.say("chưa có", "none"));
        let text = format!(
            "{}: {} · {}: {day} · {}: {run}",
            self.say("Dự án", "Project"),
            self.project,
            self.say("Ngày tính", "Day"),
            self.say("Lần tính vùng phủ", "Coverage run"),
        );
        if self.synthetic {
            let warning = self.say("DỮ LIỆU MÔ PHỎNG, KHÔNG PHẢI SỐ LIỆU THẬT", "SYNTHETIC DATA, NOT REAL");
            return format!("{text} · {warning}");
        }
        text
    }

    /// Reasons are written `vi · en`: the half of the report's language.
    pub(crate) fn half<'t>(&self, reason: &'t str) -> &'t str {
        reason
            .split_once(" · ")
            .map_or(reason, |(vi, en)| self.language.pick(vi, en))
    }
}
