//! One candidate on one page: what is done, why, a map, and the ground between the mast and the villages that it serves.

mod map;

use coverage_model::point_to_point::drawing::{Language, svg};
use coverage_model::point_to_point::{PathRequest, analyse};
use geodata::{Area, DatasetKind, Line, Network, Place, Records};
use geodesy::distance_m;
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
    communes: Vec<Area>,
    zones: Vec<Area>,
    roads: Vec<Line>,
    network: Network,
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
        let roads = match inputs.records(artefacts, DatasetKind::Roads)? {
            Some(Records::Lines(roads)) => roads,
            _ => Vec::new(),
        };
        Ok(Self {
            plan,
            served,
            communes: inputs.areas(artefacts, DatasetKind::Areas)?,
            zones: inputs.areas(artefacts, DatasetKind::Zones)?,
            roads,
            network,
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
            map::map(candidate.position, &self.served, &self.around())
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

    fn around(&self) -> map::Around<'_> {
        map::Around {
            communes: &self.communes,
            zones: &self.zones,
            roads: &self.roads,
            network: &self.network,
        }
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
                say("Cụm dân cư xa", "Outlying clusters"),
                names(&action.gain.outlying_clusters),
            ),
            (say("Đổi loại", "Classes changed"), class_changes(action, vi)),
            (say("Mất nếu bỏ", "Lost without it"), lost(&action.lost_without, vi)),
        ];
        if let Some(phase) = &action.phase {
            facts.push((say("Giai đoạn", "Phase"), phase.clone()));
        }
        if !action.there_for.is_empty() {
            let words = |one: &planner::ConstraintWords| if vi { one.text_vi.clone() } else { one.text_en.clone() };
            let list: Vec<String> = action.there_for.iter().map(words).collect();
            facts.push((say("Có mặt vì ràng buộc", "There for a constraint"), list.join("; ")));
        }
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
}

/// Villages whose class changes, with the class before and after.
fn class_changes(action: &PlannedAction, vi: bool) -> String {
    use coverage_model::VillageClass;
    let word = |class: VillageClass| match (class, vi) {
        (VillageClass::White, true) => "trắng",
        (VillageClass::White, false) => "white",
        (VillageClass::Hollow, true) => "lõm",
        (VillageClass::Hollow, false) => "hollow",
        (VillageClass::Served, true) => "đạt",
        (VillageClass::Served, false) => "served",
    };
    let list: Vec<String> = action
        .gain
        .class_changes
        .iter()
        .map(|change| format!("{} ({} → {})", change.name, word(change.from), word(change.to)))
        .collect();
    list.join(", ")
}

/// What nobody else in the plan serves.
fn lost(gain: &planner::Gain, vi: bool) -> String {
    let villages: Vec<&str> = gain.villages.iter().map(|place| place.name.as_str()).collect();
    let people = format!("{:.0} {}", gain.people, if vi { "người" } else { "people" });
    if villages.is_empty() {
        people
    } else {
        format!("{people}; {}", villages.join(", "))
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
