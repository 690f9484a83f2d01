//! Reasons as sentences, in both languages.

use coverage_model::VillageClass;

use super::Gain;
use crate::action::Candidate;
use crate::constraint_words::ConstraintWords;
use crate::grouped;

/// Why an action is in the plan.
pub(super) fn reason(candidate: &Candidate, gain: &Gain, there_for: &[ConstraintWords]) -> (String, String) {
    let people = |separator| grouped(gain.people, separator);
    let mut vi = format!("{}: thêm {} người có sóng", candidate.action.label_vi(), people('.'));
    let mut en = format!(
        "{}: {} more people with signal",
        candidate.action.label_en(),
        people(',')
    );
    if !gain.villages.is_empty() {
        let names: Vec<&str> = gain
            .villages
            .iter()
            .take(3)
            .map(|village| village.name.as_str())
            .collect();
        let (number, names) = (gain.villages.len(), shortened(&names, gain.villages.len()));
        vi += &format!(", {number} thôn ({names})");
        en += &format!(", {number} villages ({names})");
    }
    let changed = |from| gain.class_changes.iter().filter(|change| change.from == from).count();
    let (white, hollow) = (changed(VillageClass::White), changed(VillageClass::Hollow));
    if white > 0 {
        vi += &format!(", {white} thôn hết trắng sóng");
        en += &format!(", {white} villages no longer white");
    }
    if hollow > 0 {
        vi += &format!(", {hollow} thôn hết lõm sóng");
        en += &format!(", {hollow} villages no longer hollow");
    }
    if !candidate.zone_codes.is_empty() {
        vi += ", nằm trong khu kinh tế hoặc khu, cụm công nghiệp";
        en += ", inside an economic zone, industrial park or cluster";
    }
    if !there_for.is_empty() {
        let list = |pick: fn(&ConstraintWords) -> &str| there_for.iter().map(pick).collect::<Vec<_>>().join("; ");
        vi += &format!("; có mặt vì ràng buộc: {}", list(|one| &one.text_vi));
        en += &format!("; here because of: {}", list(|one| &one.text_en));
    } else if gain.value <= 0.0 {
        vi += "; không thêm nhu cầu nào";
        en += "; adds no demand";
    }
    (vi, en)
}

/// Why a runner-up lost.
pub(super) fn why_lost(shortfall: f64, extra_cost: f64) -> (String, String) {
    let (vi, en) = if shortfall > 0.5 {
        (
            format!("phục vụ ít hơn {} (quy ra người)", grouped(shortfall, '.')),
            format!("would serve {} less (in people)", grouped(shortfall, ',')),
        )
    } else if shortfall < -0.5 {
        (
            format!(
                "phục vụ thêm {} (quy ra người) nhưng bị ràng buộc khác giữ lại",
                grouped(-shortfall, '.')
            ),
            format!(
                "would serve {} more (in people), but another constraint keeps it out",
                grouped(-shortfall, ',')
            ),
        )
    } else {
        ("phục vụ như nhau".to_owned(), "would serve the same".to_owned())
    };
    if extra_cost > 0.5 {
        return (
            format!("{vi}, đắt hơn {} triệu đồng", grouped(extra_cost, '.')),
            format!("{en}, costs {} million VND more", grouped(extra_cost, ',')),
        );
    }
    (vi, en)
}

fn shortened(names: &[&str], all: usize) -> String {
    let listed = names.join(", ");
    if all > names.len() {
        format!("{listed}, …")
    } else {
        listed
    }
}
