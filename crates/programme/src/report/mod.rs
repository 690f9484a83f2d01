//! The papers that go to the province: report and annual plan, each as workbook, page and document.
//!
//! The same inputs give the same bytes. Every figure carries its unit, formula, clause and run.

mod annual;
mod canvas;
mod docx;
mod html;
mod map_picture;
mod paper;
mod table;
mod village_list;
mod xlsx;
mod zone_rows;

use jiff::civil::Date;

use crate::annual_plan::AnnualPlan;
use crate::document::Programme;
use crate::error::ProgrammeError;
use crate::evaluate::Evaluation;
use crate::facts::Facts;
use crate::number::Language;
use crate::villages::VillageRow;
use crate::workflow::DeliveryRow;

pub use annual::annual_xlsx;
pub use village_list::{villages_csv, villages_geojson, villages_xlsx};
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
}

/// Everything that an annual plan's paper is made of.
#[derive(Debug, Clone, Copy)]
pub struct AnnualPaper<'a> {
    /// The programme that obliges to it.
    pub programme: &'a Programme,
    /// The plan of the year.
    pub plan: &'a AnnualPlan,
    /// Day of the paper.
    pub today: Date,
    /// Name of the project.
    pub project: &'a str,
    /// Whether its data are synthetic.
    pub synthetic: bool,
    /// The coverage run.
    pub run: Option<&'a str>,
    /// Language.
    pub language: Language,
}

/// Writes the report as a Word document.
///
/// # Errors
/// [`ProgrammeError::Package`] when the package cannot be made.
pub fn docx(report: &Report<'_>) -> Result<Vec<u8>, ProgrammeError> {
    docx::write(&report.paper())
}

/// Writes the report as one page without outside references.
#[must_use]
pub fn html(report: &Report<'_>) -> String {
    html::write(&report.paper())
}

/// Writes the annual plan as a Word document.
///
/// # Errors
/// [`ProgrammeError::Package`] when the package cannot be made.
pub fn annual_docx(paper: &AnnualPaper<'_>) -> Result<Vec<u8>, ProgrammeError> {
    docx::write(&paper.paper())
}

/// Writes the annual plan as one page without outside references.
#[must_use]
pub fn annual_html(paper: &AnnualPaper<'_>) -> String {
    html::write(&paper.paper())
}
