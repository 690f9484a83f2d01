//! What page and document show: heading, sentences, tables, maps, annexes. Report and annual plan are both papers.

use jiff::civil::Date;

use super::map_picture::Picture;
use super::table::{self, Table};
use super::{AnnualPaper, Report};
use crate::Programme;
use crate::document::Actor;
use crate::number::{self, Language};

/// A paper ready to be set.
pub(super) struct Paper {
    pub language: Language,
    pub heading: Heading,
    /// BÁO CÁO, KẾ HOẠCH.
    pub kind: &'static str,
    /// What it is about.
    pub subject: String,
    /// Project, day, run, whether data are synthetic.
    pub provenance: String,
    pub synthetic: bool,
    pub warnings: Vec<String>,
    /// Sentences before the tables.
    pub summary: Vec<String>,
    pub tables: Vec<Table>,
    pub pictures: Vec<Picture>,
    /// Wide tables, on landscape pages after the signature.
    pub annexes: Vec<Table>,
}

/// The official heading block, and who signs.
pub(super) struct Heading {
    /// The authority above the one that writes.
    pub above: String,
    /// Who writes.
    pub writer: String,
    pub country: &'static str,
    pub motto: &'static str,
    /// Số: …/BC-….
    pub number: &'static str,
    /// Place and day.
    pub dated: String,
    /// To whom.
    pub addressed: String,
    /// Who signs.
    pub signer: &'static str,
}

/// A people's committee in full.
const COMMITTEE: &str = "Ủy ban nhân dân";

impl Heading {
    fn new(programme: &Programme, day: Date, language: Language, number: &'static str) -> Self {
        let document = &programme.document;
        let successor = document.successor.as_ref().filter(|successor| successor.from <= day);
        let place = successor.map_or(&document.place_vi, |successor| &successor.place_vi);
        let issuer = successor.map_or(&document.issuer_vi, |successor| &successor.issuer_vi);
        let committee = if issuer.starts_with(COMMITTEE) {
            issuer.clone()
        } else {
            format!("{COMMITTEE} tỉnh {place}")
        };
        let department = programme.actors.iter().find(|role| role.actor == Actor::Department);
        let writer = match (successor, department) {
            (Some(successor), _) => language.pick(&successor.department_vi, &successor.department_en),
            (None, Some(role)) => language.pick(&role.name_vi, &role.name_en),
            (None, None) => language.pick("Sở Khoa học và Công nghệ", "Department of Science and Technology"),
        };
        // The line above names the province: a heading does not say it twice.
        let of = committee.strip_prefix(COMMITTEE).unwrap_or_default();
        let writer = writer.strip_suffix(of).unwrap_or(writer);
        let writer = writer
            .strip_suffix(&format!(" of {place}"))
            .unwrap_or(writer)
            .to_owned();
        let above = match language {
            Language::Vietnamese => committee.replacen(COMMITTEE, "UBND", 1),
            Language::English => format!("People's Committee of {place}"),
        };
        let date_vi = day;
        let dated = match language {
            Language::Vietnamese => format!(
                "{place}, ngày {:02} tháng {:02} năm {}",
                date_vi.day(),
                date_vi.month(),
                date_vi.year()
            ),
            Language::English => format!("{place}, {day}"),
        };
        Self {
            above: above.clone(),
            writer,
            country: language.pick_static("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "SOCIALIST REPUBLIC OF VIET NAM"),
            motto: language.pick_static("Độc lập - Tự do - Hạnh phúc", "Independence - Freedom - Happiness"),
            number,
            dated,
            addressed: match language {
                Language::Vietnamese => format!("Kính gửi: {committee}"),
                Language::English => format!("To: {above}"),
            },
            signer: language.pick_static("GIÁM ĐỐC", "DIRECTOR"),
        }
    }
}

/// Project, day, run, and that data are synthetic where they are.
fn provenance(language: Language, project: &str, day: Date, run: Option<&str>, synthetic: bool) -> String {
    let text = format!(
        "{}: {project} · {}: {} · {}: {}",
        language.pick("Dự án", "Project"),
        language.pick("Ngày tính", "Day"),
        number::date(day, language),
        language.pick("Lần tính vùng phủ", "Coverage run"),
        run.unwrap_or_else(|| language.pick("chưa có", "none")),
    );
    if synthetic {
        let warning = language.pick("DỮ LIỆU MÔ PHỎNG, KHÔNG PHẢI SỐ LIỆU THẬT", "SYNTHETIC DATA, NOT REAL");
        return format!("{text} · {warning}");
    }
    text
}

impl Report<'_> {
    /// The line under the title: project, day, run, and that data are synthetic where they are.
    pub(super) fn provenance(&self) -> String {
        provenance(
            self.language,
            self.project,
            self.evaluation.today,
            self.evaluation.run.as_deref(),
            self.synthetic,
        )
    }

    pub(super) fn paper(&self) -> Paper {
        let language = self.language;
        let document = &self.programme.document;
        let subject = match language {
            Language::Vietnamese => format!(
                "Kết quả thực hiện {} số {} ngày {}",
                self.evaluation.title_vi,
                document.number,
                number::date_vi(document.date)
            ),
            Language::English => format!(
                "Results of {} ({}, {})",
                self.evaluation.title_en, document.number, document.date
            ),
        };
        Paper {
            language,
            heading: Heading::new(
                self.programme,
                self.evaluation.today,
                language,
                language.pick_static(
                    "Số:\u{a0}\u{a0}\u{a0}\u{a0}\u{a0}\u{a0}\u{a0}\u{a0}\u{a0}\u{a0}/BC-SKHCN",
                    "No:\u{a0}\u{a0}\u{a0}\u{a0}\u{a0}\u{a0}\u{a0}\u{a0}\u{a0}\u{a0}/BC-SKHCN",
                ),
            ),
            kind: language.pick_static("BÁO CÁO", "REPORT"),
            subject,
            provenance: self.provenance(),
            synthetic: self.synthetic,
            warnings: self
                .evaluation
                .warnings
                .iter()
                .map(|text| text.pick(language).to_owned())
                .collect(),
            summary: table::summary(self),
            tables: table::main_tables(self),
            pictures: super::map_picture::pictures(self),
            annexes: table::annexes(self),
        }
    }
}

impl AnnualPaper<'_> {
    pub(super) fn paper(&self) -> Paper {
        let language = self.language;
        let year = self.plan.year;
        Paper {
            language,
            heading: Heading::new(
                self.programme,
                self.today,
                language,
                language.pick_static(
                    "Số:\u{a0}\u{a0}\u{a0}\u{a0}\u{a0}\u{a0}\u{a0}\u{a0}\u{a0}\u{a0}/KH-SKHCN",
                    "No:\u{a0}\u{a0}\u{a0}\u{a0}\u{a0}\u{a0}\u{a0}\u{a0}\u{a0}\u{a0}/KH-SKHCN",
                ),
            ),
            kind: language.pick_static("KẾ HOẠCH", "PLAN"),
            subject: match language {
                Language::Vietnamese => {
                    format!(
                        "Phát triển hạ tầng viễn thông thụ động năm {year}, theo {}",
                        self.programme.document.number
                    )
                }
                Language::English => {
                    format!(
                        "Telecom infrastructure of {year}, under {}",
                        self.programme.document.number
                    )
                }
            },
            provenance: provenance(language, self.project, self.today, self.run, self.synthetic),
            synthetic: self.synthetic,
            warnings: Vec::new(),
            summary: super::annual::summary(self),
            tables: super::annual::totals(self),
            pictures: Vec::new(),
            annexes: super::annual::lists(self),
        }
    }
}
