//! The files that go out: the report, the annual plan, the village list.

use jiff::civil::Date;
use programme::report::{self, Report};
use programme::villages::{self, VillageRow};
use programme::{Evaluation, Language, workflow};

use super::documents::Found;
use super::facts::ProjectFacts;
use crate::Problem;

/// Form of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// Excel workbook.
    Xlsx,
    /// Word document.
    Docx,
    /// Web page.
    Html,
}

impl Format {
    /// The form with this name.
    ///
    /// # Errors
    /// `bad_parameter` naming those that there are.
    pub fn from_word(word: &str) -> Result<Self, Problem> {
        match word {
            "xlsx" => Ok(Self::Xlsx),
            "docx" => Ok(Self::Docx),
            "html" => Ok(Self::Html),
            other => Err(Problem::bad_parameter(
                "format",
                format!("không có định dạng «{other}»; dùng xlsx, docx hoặc html"),
                format!("there is no format {other:?}; use xlsx, docx or html"),
            )),
        }
    }

    const fn ending(self) -> &'static str {
        match self {
            Self::Xlsx => "xlsx",
            Self::Docx => "docx",
            Self::Html => "html",
        }
    }

    const fn media_type(self) -> &'static str {
        match self {
            Self::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            Self::Docx => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            Self::Html => "text/html; charset=utf-8",
        }
    }
}

/// A file to send.
#[derive(Debug, Clone)]
pub struct File {
    /// Its name.
    pub name: String,
    /// Its media type.
    pub media_type: &'static str,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

impl File {
    /// BLAKE3 of the bytes: the same inputs give the same.
    #[must_use]
    pub fn hash(&self) -> String {
        blake3::hash(&self.bytes).to_hex().to_string()
    }
}

/// Writes a programme's report.
///
/// # Errors
/// `internal` when the file cannot be made.
pub fn report_file(
    found: &Found,
    loaded: &ProjectFacts,
    evaluation: &Evaluation,
    rules: &[villages::Rule],
    language: Language,
    format: Format,
) -> Result<File, Problem> {
    // The rows of a district's report are the district's: what its formulas count again.
    let area = programme::facts_of_area(&found.programme, &loaded.facts.on(evaluation.today));
    let facts = area.as_ref().unwrap_or(&loaded.facts);
    let broadband = [geodata::Technology::G4, geodata::Technology::G5];
    let table = facts
        .coverage
        .as_ref()
        .map(|coverage| villages::table(&facts.places, coverage, &broadband, rules));
    let deliveries = workflow::deliveries(
        &found.programme,
        &loaded.facts.operators(&found.programme),
        &loaded.facts.submissions,
        evaluation.today,
    );
    let report = Report {
        programme: &found.programme,
        evaluation,
        facts: facts.on(evaluation.today),
        villages: table.as_deref().unwrap_or_default(),
        deliveries: &deliveries,
        project: &loaded.facts.project,
        synthetic: loaded.facts.synthetic,
        language,
    };
    let bytes = match format {
        Format::Xlsx => report::xlsx(&report)?,
        Format::Docx => report::docx(&report)?,
        Format::Html => report::html(&report).into_bytes(),
    };
    Ok(File {
        name: format!("{}-{}.{}", found.programme.key, evaluation.today, format.ending()),
        media_type: format.media_type(),
        bytes,
    })
}

/// Writes the annual plan.
///
/// # Errors
/// `internal` when the file cannot be made.
pub fn annual_plan_file(
    found: &Found,
    loaded: &ProjectFacts,
    plan: &programme::annual_plan::AnnualPlan,
    today: Date,
    language: Language,
    format: Format,
) -> Result<File, Problem> {
    let facts = &loaded.facts;
    let paper = report::AnnualPaper {
        programme: &found.programme,
        plan,
        today,
        project: &facts.project,
        synthetic: facts.synthetic,
        run: facts.coverage.as_ref().map(|coverage| coverage.run.as_str()),
        language,
    };
    let bytes = match format {
        Format::Xlsx => report::annual_xlsx(&paper)?,
        Format::Docx => report::annual_docx(&paper)?,
        Format::Html => report::annual_html(&paper).into_bytes(),
    };
    Ok(File {
        name: format!("{}-{}-annual-plan.{}", found.programme.key, plan.year, format.ending()),
        media_type: format.media_type(),
        bytes,
    })
}

/// Writes the village decision table: `xlsx`, `csv` or `geojson`.
///
/// # Errors
/// `bad_parameter` for another form.
pub fn village_file(
    rows: &[VillageRow],
    loaded: &ProjectFacts,
    language: Language,
    format: &str,
) -> Result<File, Problem> {
    let (bytes, media_type) = match format {
        "xlsx" => (
            report::villages_xlsx(rows, &loaded.facts.communes, language)?,
            Format::Xlsx.media_type(),
        ),
        "csv" => (
            report::villages_csv(rows, &loaded.facts.communes, language).into_bytes(),
            "text/csv; charset=utf-8",
        ),
        "geojson" => (
            report::villages_geojson(rows, &loaded.facts.communes)
                .to_string()
                .into_bytes(),
            "application/geo+json",
        ),
        other => {
            return Err(Problem::bad_parameter(
                "format",
                format!("không có định dạng «{other}»; dùng json, csv, xlsx hoặc geojson"),
                format!("there is no format {other:?}; use json, csv, xlsx or geojson"),
            ));
        }
    };
    Ok(File {
        name: format!("villages.{format}"),
        media_type,
        bytes,
    })
}
