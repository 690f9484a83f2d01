//! One candidate on one page: what is done, why, a map, and the ground between the mast and the villages that it serves.

use coverage_model::point_to_point::drawing::{Language, svg};
use coverage_model::point_to_point::{PathRequest, analyse};
use geodata::Place;
use geodesy::{LocalFrame, LonLat, distance_m};
use planner::{Plan, PlannedAction};
use serde_json::{Value, json};
use store::{Artefacts, Run, RunKind, Store};
use terrain::Ground;

use super::plan_of;
use crate::Problem;
use crate::work::export::Exported;
use crate::work::inputs::ProjectInputs;
use crate::work::{blocking, ground, results};

/// Villages to which the ground is drawn.
const MOST_PROFILES: usize = 4;
/// Step of a drawn profile, metres.
const PROFILE_STEP_M: f64 = 30.0;

/// The form of a sheet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// For programs.
    Json,
    /// A page to be read and printed.
    Html,
}

/// Makes the sheet of one action of a plan.
///
/// # Errors
/// `not_found` when the plan has no such action.
pub async fn sheet(
    store: &Store,
    project: &str,
    run: &str,
    id: &str,
    form: Form,
    language: Language,
) -> Result<Exported, Problem> {
    let inputs = ProjectInputs::load(store, project).await?;
    let run = results::find(store, &inputs.project.id, RunKind::Plan, Some(run)).await?;
    let artefacts = store.artefacts().clone();
    let id = id.to_owned();
    blocking(move || {
        let facts = Facts::read(&artefacts, &inputs, &run, &id)?;
        let (bytes, media_type, ending) = match form {
            Form::Json => (serde_json::to_vec_pretty(&facts.json()?)?, "application/json", "json"),
            Form::Html => (facts.html(language)?.into_bytes(), "text/html; charset=utf-8", "html"),
        };
        let name: String = id
            .chars()
            .map(|letter| if letter.is_ascii_alphanumeric() { letter } else { '-' })
            .collect();
        Ok(Exported {
            name: format!("{name}.{ending}"),
            media_type,
            bytes,
            rows: 1,
        })
    })
    .await
}

struct Facts {
    plan: Plan,
    action: PlannedAction,
    served: Vec<Place>,
    ground: Ground,
    frequency_mhz: f64,
    run: Run,
    project: String,
    synthetic: bool,
}

impl Facts {
    fn read(artefacts: &Artefacts, inputs: &ProjectInputs, run: &Run, id: &str) -> Result<Self, Problem> {
        let plan = plan_of(artefacts, run)?;
        let action = plan
            .actions
            .iter()
            .find(|action| action.candidate.id == id)
            .cloned()
            .ok_or_else(|| Problem::not_found("vị trí đề xuất", "action", id))?;
        let places = inputs.places(artefacts)?;
        let gain = &action.gain;
        let codes: std::collections::BTreeSet<&str> = gain
            .villages
            .iter()
            .chain(&gain.places)
            .map(|place| place.code.as_str())
            .collect();
        let mut served: Vec<Place> = places
            .into_iter()
            .filter(|place| codes.contains(place.code.as_str()))
            .collect();
        served.sort_by(|a, b| {
            let far = |place: &Place| distance_m(action.candidate.position, place.position);
            far(b).total_cmp(&far(a))
        });
        let network = inputs.network(artefacts)?;
        let templates = super::templates::OwnCells::of(&network);
        let small = action.candidate.action == planner::ActionKind::PoleSmallCell;
        let template = planner::CellTemplates::template(
            &templates,
            &action.candidate.operator,
            action.candidate.technology,
            small,
        );
        Ok(Self {
            plan,
            served,
            ground: ground::open(artefacts, inputs)?,
            frequency_mhz: template.frequency_mhz,
            run: run.clone(),
            project: inputs.project.name.clone(),
            synthetic: inputs.project.synthetic,
            action,
        })
    }

    /// The paths to the farthest places that it serves: those are the hard ones.
    fn paths(&self) -> impl Iterator<Item = (&Place, coverage_model::point_to_point::PointToPoint)> {
        let request = PathRequest {
            frequency_mhz: self.frequency_mhz,
            tx_height_m: self.action.candidate.antenna_height_m,
            step_m: PROFILE_STEP_M,
            ..PathRequest::default()
        };
        self.served.iter().take(MOST_PROFILES).filter_map(move |place| {
            let path = analyse(&self.ground, self.action.candidate.position, place.position, &request).ok()?;
            Some((place, path))
        })
    }

    fn json(&self) -> Result<Value, Problem> {
        let serves: Vec<Value> = self
            .paths()
            .map(|(place, path)| {
                json!({
                    "place": { "code": place.code, "name": place.name, "position": [place.position.lon_deg, place.position.lat_deg] },
                    "distance_m": path.distance_m,
                    "profile": path.profile,
                    "ray_m": path.geometry.ray_m,
                    "fresnel_radius_m": path.geometry.fresnel_radius_m,
                    "line_of_sight": path.geometry.clearance.line_of_sight,
                    "fresnel_ratio": path.geometry.clearance.fresnel_ratio,
                })
            })
            .collect();
        Ok(json!({
            "run": self.run.id,
            "project": self.project,
            "synthetic": self.synthetic,
            "action": serde_json::to_value(&self.action)?,
            "serves": serves,
            "frequency_mhz": self.frequency_mhz,
            "parameters": self.run.parameters,
            "costs_source": self.plan.costs.source,
        }))
    }

    fn html(&self, language: Language) -> Result<String, Problem> {
        let vi = language == Language::Vietnamese;
        let say = |text_vi: &'static str, text_en: &'static str| if vi { text_vi } else { text_en };
        let candidate = &self.action.candidate;
        let title = format!(
            "{} · {} · {}",
            if vi {
                candidate.action.label_vi()
            } else {
                candidate.action.label_en()
            },
            candidate.operator,
            candidate.site_code.as_deref().unwrap_or(&candidate.id)
        );
        let mut page = format!(
            "<!doctype html><html lang=\"{}\"><meta charset=\"utf-8\"><title>{}</title><style>{STYLE}</style><h1>{}</h1>",
            if vi { "vi" } else { "en" },
            escape(&title),
            escape(&title)
        );
        if self.synthetic {
            page += &format!("<p class=\"note\">{}</p>", say("Dữ liệu mô phỏng", "Synthetic data"));
        }
        page += &format!(
            "<p>{}</p>",
            escape(if vi {
                &self.action.reason_vi
            } else {
                &self.action.reason_en
            })
        );
        page += "<table>";
        for (name, value) in self.facts(vi) {
            page += &format!("<tr><th>{}</th><td>{}</td></tr>", escape(&name), escape(&value));
        }
        page += "</table>";
        page += &format!(
            "<h2>{}</h2>{}",
            say("Vị trí và nơi được phục vụ", "Where, and whom it serves"),
            self.map()
        );
        for (place, path) in self.paths() {
            page += &format!(
                "<h2>{} {}</h2>",
                say("Địa hình tới", "The ground to"),
                escape(&place.name)
            );
            page += &svg(&path, language);
        }
        page += &format!(
            "<h2>{}</h2><p>{} <code>{}</code> · {}</p><pre>{}</pre>",
            say("Tham số", "Parameters"),
            say("Phương án", "Plan"),
            self.run.id,
            escape(&self.plan.costs.source),
            escape(&serde_json::to_string_pretty(&self.run.parameters)?)
        );
        Ok(page)
    }

    /// The facts as names and values.
    fn facts(&self, vi: bool) -> Vec<(String, String)> {
        let (action, candidate) = (&self.action, &self.action.candidate);
        let say = |text_vi: &str, text_en: &str| (if vi { text_vi } else { text_en }).to_owned();
        let number = |value: f64| {
            let text = format!("{value:.1}");
            if vi { text.replace('.', ",") } else { text }
        };
        let names = |list: &[planner::ServedPlace]| {
            list.iter()
                .map(|place| place.name.as_str())
                .collect::<Vec<_>>()
                .join(", ")
        };
        let mut facts = vec![
            (say("Hạng trong phương án", "Rank in the plan"), action.rank.to_string()),
            (
                say("Tọa độ (WGS 84)", "Position (WGS 84)"),
                format!("{:.6}, {:.6}", candidate.position.lat_deg, candidate.position.lon_deg),
            ),
            (say("Công nghệ", "Technology"), candidate.technology.to_string()),
            (
                say("Độ cao anten (m)", "Antenna height (m)"),
                number(candidate.antenna_height_m),
            ),
            (
                say("Vốn đầu tư (triệu đồng)", "Capital (million VND)"),
                number(candidate.capital_million_vnd),
            ),
            (
                say("Chi phí mỗi năm (triệu đồng)", "Per year (million VND)"),
                number(candidate.yearly_million_vnd),
            ),
            (
                say("Truyền dẫn", "Backhaul"),
                format!(
                    "{} {}",
                    backhaul_label(candidate.backhaul.kind, vi),
                    candidate.backhaul.to.as_deref().map_or_else(String::new, |to| format!(
                        "→ {to} ({} km)",
                        number(candidate.backhaul.distance_m / 1000.0)
                    ))
                ),
            ),
            (
                say("Thêm người có sóng", "People gained"),
                format!("{:.0}", action.gain.people),
            ),
            (say("Thôn", "Villages"), names(&action.gain.villages)),
            (say("Địa điểm khác", "Other places"), names(&action.gain.places)),
            (
                say("Mất nếu bỏ (người)", "Lost without it (people)"),
                format!("{:.0}", action.lost_without.people),
            ),
        ];
        if let Some(cost) = action.cost_per_person_million_vnd {
            facts.push((
                say("Vốn mỗi người (triệu đồng)", "Capital per person (million VND)"),
                number(cost),
            ));
        }
        if let Some(runner_up) = &action.runner_up {
            let why = if vi { &runner_up.reason_vi } else { &runner_up.reason_en };
            facts.push((
                say("Phương án kế tiếp", "Runner-up"),
                format!("{}: {why}", runner_up.id),
            ));
        }
        if !action.makes_redundant.is_empty() {
            let ids: Vec<&str> = action.makes_redundant.iter().map(|one| one.id.as_str()).collect();
            facts.push((say("Làm thừa", "Makes redundant"), ids.join(", ")));
        }
        facts
    }

    /// The mast and what it serves, to scale, north up.
    fn map(&self) -> String {
        const HALF: f64 = 240.0;
        let centre = self.action.candidate.position;
        let frame = LocalFrame::new(centre);
        let reach_m = self
            .served
            .iter()
            .map(|place| distance_m(centre, place.position))
            .fold(1_000.0, f64::max)
            * 1.15;
        let at = |position: LonLat| {
            let (east, north) = frame.to_local(position);
            (HALF + east / reach_m * HALF, HALF - north / reach_m * HALF)
        };
        let mut svg = format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {0} {0}\" width=\"{0}\" height=\"{0}\"><rect width=\"{0}\" height=\"{0}\" fill=\"#f8fafc\"/>",
            2.0 * HALF
        );
        for kilometres in 1..=((reach_m / 1000.0) as u32).min(12) {
            let radius = f64::from(kilometres) * 1000.0 / reach_m * HALF;
            svg += &format!(
                "<circle cx=\"{HALF}\" cy=\"{HALF}\" r=\"{radius:.1}\" fill=\"none\" stroke=\"#cbd5e1\"/><text x=\"{:.1}\" y=\"{HALF}\" class=\"small\">{kilometres} km</text>",
                HALF + radius
            );
        }
        for place in &self.served {
            let (x, y) = at(place.position);
            svg += &format!(
                "<path d=\"M{HALF} {HALF}L{x:.1} {y:.1}\" stroke=\"#94a3b8\"/><circle cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"4\" fill=\"#0b6e4f\"/><text x=\"{:.1}\" y=\"{:.1}\">{}</text>",
                x + 6.0,
                y - 6.0,
                escape(&place.name)
            );
        }
        svg += &format!("<path d=\"M{HALF} {}l8 18h-16z\" fill=\"#c1440e\"/></svg>", HALF - 10.0);
        svg
    }
}

const STYLE: &str = "body{font-family:'Be Vietnam Pro','Segoe UI',Roboto,'Noto Sans',sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#0f172a}\
table{border-collapse:collapse}th{text-align:left;font-weight:500;color:#475569;padding:.2rem 1rem .2rem 0;vertical-align:top}\
svg{max-width:100%;height:auto}text{font-size:12px}.small{font-size:10px;fill:#64748b}.note{color:#c1440e}pre{white-space:pre-wrap;font-size:.75rem}";

fn backhaul_label(kind: planner::BackhaulKind, vi: bool) -> &'static str {
    use planner::BackhaulKind;
    match (kind, vi) {
        (BackhaulKind::OnSite, true) => "đã có tại vị trí",
        (BackhaulKind::OnSite, false) => "on site",
        (BackhaulKind::Fibre, true) => "cáp quang",
        (BackhaulKind::Fibre, false) => "fibre",
        (BackhaulKind::Microwave, true) => "viba",
        (BackhaulKind::Microwave, false) => "microwave",
        (BackhaulKind::Satellite, true) => "vệ tinh",
        (BackhaulKind::Satellite, false) => "satellite",
        (BackhaulKind::Unknown, true) => "chưa rõ",
        (BackhaulKind::Unknown, false) => "unknown",
    }
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}
