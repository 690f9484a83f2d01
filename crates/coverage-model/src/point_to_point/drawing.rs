//! The path as an SVG picture: self-contained, readable on white paper and on screen.

use std::fmt::Write;

use serde::{Deserialize, Serialize};

use super::scale::Scale;
use super::{Applicability, ModelLoss, PointToPoint};

/// Language of a picture's words and numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum Language {
    /// Vietnamese, with decimal commas.
    #[default]
    #[serde(rename = "vi")]
    Vietnamese,
    /// English, with decimal points.
    #[serde(rename = "en")]
    English,
}

const WIDTH: f64 = 1100.0;
const HEIGHT: f64 = 520.0;
const PLOT: Box2 = Box2 {
    left: 64.0,
    right: 800.0,
    top: 64.0,
    bottom: 430.0,
};
/// Left edge of the table of losses.
const TABLE_X: f64 = 828.0;

#[derive(Clone, Copy)]
struct Box2 {
    left: f64,
    right: f64,
    top: f64,
    bottom: f64,
}

const STYLE: &str = "\
text{font-family:'Be Vietnam Pro','Segoe UI',Roboto,'Noto Sans',sans-serif;font-size:12px;fill:#334155}\
.title{font-size:16px;font-weight:600;fill:#0f172a}\
.small{font-size:11px;fill:#64748b}\
.number{font-variant-numeric:tabular-nums}\
.strong{font-weight:600;fill:#0f172a}\
.halo{paint-order:stroke;stroke:#fff;stroke-width:4px;stroke-linejoin:round}\
.grid{stroke:#e2e8f0;stroke-width:1}\
.axis{stroke:#94a3b8;stroke-width:1}\
.ground{fill:url(#earth);stroke:#7c5c38;stroke-width:1.2;stroke-linejoin:round}\
.clutter{fill:#4d9a57;fill-opacity:.75}\
.fresnel{fill:#3b82f6;fill-opacity:.13;stroke:#3b82f6;stroke-opacity:.55;stroke-width:1;stroke-dasharray:4 3}\
.ray{stroke:#2563eb;stroke-width:1.6;fill:none}\
.cut{stroke:#dc2626;stroke-width:1.6;fill:none;stroke-dasharray:6 4}\
.mast{stroke:#0f172a;stroke-width:2.4;stroke-linecap:round}\
.tip{fill:#0f172a}\
.mark{fill:#fff;stroke:#dc2626;stroke-width:2}\
.mark.clear{stroke:#16a34a}";

/// Draws a path.
#[must_use]
pub fn svg(path: &PointToPoint, language: Language) -> String {
    let words = Words { language };
    let sheet = Sheet::new(path);
    let mut svg = String::with_capacity(64 * 1024);
    let _ = write!(
        svg,
        r##"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}" role="img">
<title>{}</title>
<style>{STYLE}</style>
<defs>
<linearGradient id="earth" x1="0" y1="0" x2="0" y2="1"><stop offset="0" stop-color="#c8a36c"/><stop offset="1" stop-color="#efe2cb"/></linearGradient>
<clipPath id="plot"><rect x="{}" y="{}" width="{}" height="{}"/></clipPath>
</defs>
<rect width="{WIDTH}" height="{HEIGHT}" fill="#fff"/>"##,
        words.heading(path),
        PLOT.left,
        PLOT.top,
        PLOT.right - PLOT.left,
        PLOT.bottom - PLOT.top,
    );
    heading(&mut svg, path, &words);
    axes(&mut svg, &sheet, &words);
    svg.push_str(r#"<g clip-path="url(#plot)">"#);
    ground(&mut svg, path, &sheet);
    fresnel_zone(&mut svg, path, &sheet);
    ray(&mut svg, path, &sheet);
    svg.push_str("</g>");
    masts(&mut svg, path, &sheet, &words);
    tightest_place(&mut svg, path, &sheet, &words);
    legend(&mut svg, &words);
    losses(&mut svg, path, &words);
    svg.push_str("</svg>\n");
    svg
}

/// The axes of one picture.
struct Sheet {
    x: Scale,
    y: Scale,
}

impl Sheet {
    fn new(path: &PointToPoint) -> Self {
        let samples = 0..path.profile.distance_m.len();
        let ground = samples
            .clone()
            .map(|i| path.profile.height_m[i] + path.geometry.earth_bulge_m[i]);
        let low = ground.fold(f64::MAX, f64::min);
        let high = samples
            .map(|i| {
                (path.geometry.ray_m[i] + path.geometry.fresnel_radius_m[i])
                    .max(path.geometry.obstacle_m(&path.profile, i))
            })
            .fold(f64::MIN, f64::max);
        let room = ((high - low) * 0.08).max(5.0);
        Self {
            x: Scale::new((0.0, path.distance_m / 1000.0), (PLOT.left, PLOT.right)),
            y: Scale::new((low - room, high + room), (PLOT.bottom, PLOT.top)),
        }
    }

    fn point(&self, path: &PointToPoint, sample: usize, height_m: f64) -> (f64, f64) {
        (self.x.px(path.profile.distance_m[sample] / 1000.0), self.y.px(height_m))
    }
}

fn heading(svg: &mut String, path: &PointToPoint, words: &Words) {
    text(svg, (PLOT.left, 28.0), "title", "start", &words.heading(path));
    text(svg, (PLOT.left, 48.0), "small", "start", &words.parameters(path));
}

fn axes(svg: &mut String, sheet: &Sheet, words: &Words) {
    for km in sheet.x.ticks(8) {
        let x = sheet.x.px(km);
        line(svg, "grid", (x, PLOT.top), (x, PLOT.bottom));
        text(svg, (x, PLOT.bottom + 17.0), "small number", "middle", &words.short(km));
    }
    for height in sheet.y.ticks(7) {
        let y = sheet.y.px(height);
        line(svg, "grid", (PLOT.left, y), (PLOT.right, y));
        text(
            svg,
            (PLOT.left - 8.0, y + 4.0),
            "small number",
            "end",
            &words.short(height),
        );
    }
    line(svg, "axis", (PLOT.left, PLOT.bottom), (PLOT.right, PLOT.bottom));
    line(svg, "axis", (PLOT.left, PLOT.top), (PLOT.left, PLOT.bottom));
    text(
        svg,
        (PLOT.right, PLOT.bottom + 34.0),
        "small",
        "end",
        words.pick("Khoảng cách, km", "Distance, km"),
    );
    text(svg, (PLOT.left - 8.0, PLOT.top - 6.0), "small", "end", "m");
}

/// Most points that an outline needs: more than one per pixel shows nothing new.
const MAXIMUM_POINTS: usize = 2000;

/// The samples to draw: all of them, or evenly chosen ones with both ends.
fn drawn_samples(path: &PointToPoint) -> Vec<usize> {
    let last = path.profile.distance_m.len().saturating_sub(1);
    if last < MAXIMUM_POINTS {
        return (0..=last).collect();
    }
    (0..=MAXIMUM_POINTS)
        .map(|index| index * last / MAXIMUM_POINTS)
        .collect()
}

fn ground(svg: &mut String, path: &PointToPoint, sheet: &Sheet) {
    let samples = drawn_samples(path);
    let over_earth = |i: usize| path.profile.height_m[i] + path.geometry.earth_bulge_m[i];
    // Clutter is drawn as one block per run of samples that have it.
    let mut start = 0;
    while start < samples.len() {
        let length = samples[start..]
            .iter()
            .take_while(|i| path.profile.clutter_m[**i] > 0.0)
            .count();
        if length > 0 {
            let run = &samples[start..start + length];
            let mut points: Vec<(f64, f64)> = run
                .iter()
                .map(|i| sheet.point(path, *i, over_earth(*i) + path.profile.clutter_m[*i]))
                .collect();
            points.extend(run.iter().rev().map(|i| sheet.point(path, *i, over_earth(*i))));
            polygon(svg, "clutter", &points);
        }
        start += length.max(1);
    }
    let mut outline: Vec<(f64, f64)> = samples.iter().map(|i| sheet.point(path, *i, over_earth(*i))).collect();
    outline.push((PLOT.right + 2.0, PLOT.bottom + 2.0));
    outline.push((PLOT.left - 2.0, PLOT.bottom + 2.0));
    polygon(svg, "ground", &outline);
}

fn fresnel_zone(svg: &mut String, path: &PointToPoint, sheet: &Sheet) {
    let samples = drawn_samples(path);
    let edge = |i: &usize, sign: f64| {
        sheet.point(
            path,
            *i,
            path.geometry.ray_m[*i] + sign * path.geometry.fresnel_radius_m[*i],
        )
    };
    let mut outline: Vec<(f64, f64)> = samples.iter().map(|i| edge(i, 1.0)).collect();
    outline.extend(samples.iter().rev().map(|i| edge(i, -1.0)));
    polygon(svg, "fresnel", &outline);
}

fn ray(svg: &mut String, path: &PointToPoint, sheet: &Sheet) {
    let class = if path.geometry.clearance.line_of_sight {
        "ray"
    } else {
        "cut"
    };
    let (from, to) = ends(path, sheet);
    line(svg, class, from, to);
}

/// Both antennas on the sheet.
fn ends(path: &PointToPoint, sheet: &Sheet) -> ((f64, f64), (f64, f64)) {
    let last = path.profile.distance_m.len().saturating_sub(1);
    let at = |i: usize| sheet.point(path, i, path.geometry.ray_m[i]);
    (at(0), at(last))
}

fn masts(svg: &mut String, path: &PointToPoint, sheet: &Sheet, words: &Words) {
    let last = path.profile.distance_m.len().saturating_sub(1);
    let (from, to) = ends(path, sheet);
    for (sample, tip) in [(0, from), (last, to)] {
        line(
            svg,
            "mast",
            sheet.point(path, sample, path.profile.height_m[sample]),
            tip,
        );
        let _ = write!(
            svg,
            r#"<circle class="tip" cx="{:.1}" cy="{:.1}" r="3.6"/>"#,
            tip.0, tip.1
        );
    }
    let label = |letter: &str, height: f64| format!("{letter} · {} m", words.short(height));
    let lift = |y: f64| (y - 10.0).max(PLOT.top + 12.0);
    text(
        svg,
        (from.0 + 7.0, lift(from.1)),
        "strong halo",
        "start",
        &label("A", path.request.tx_height_m),
    );
    text(
        svg,
        (to.0 - 7.0, lift(to.1)),
        "strong halo",
        "end",
        &label("B", path.request.rx_height_m),
    );
}

fn tightest_place(svg: &mut String, path: &PointToPoint, sheet: &Sheet, words: &Words) {
    let clearance = &path.geometry.clearance;
    let Some(sample) = path
        .profile
        .distance_m
        .iter()
        .position(|distance| *distance >= clearance.distance_m)
    else {
        return;
    };
    let (x, y) = sheet.point(path, sample, path.geometry.obstacle_m(&path.profile, sample));
    let class = if clearance.fresnel_ratio >= 0.6 {
        "mark clear"
    } else {
        "mark"
    };
    let _ = write!(svg, r#"<circle class="{class}" cx="{x:.1}" cy="{y:.1}" r="4.5"/>"#);
    text(
        svg,
        (PLOT.left, PLOT.bottom + 56.0),
        "strong",
        "start",
        &words.verdict(path),
    );
}

fn legend(svg: &mut String, words: &Words) {
    let y = PLOT.bottom + 76.0;
    let mut x = PLOT.left;
    for (class, label) in [
        ("ground", words.pick("Địa hình", "Terrain")),
        ("clutter", words.pick("Lớp phủ", "Clutter")),
        ("fresnel", words.pick("Miền Fresnel thứ nhất", "First Fresnel zone")),
    ] {
        let _ = write!(
            svg,
            r#"<rect class="{class}" x="{x}" y="{}" width="18" height="11" rx="2"/>"#,
            y - 9.5
        );
        text(svg, (x + 24.0, y), "small", "start", label);
        x += 50.0 + label.chars().count() as f64 * 6.6;
    }
    line(svg, "ray", (x, y - 4.0), (x + 18.0, y - 4.0));
    let label = words.pick("Tia thẳng (nét đứt đỏ: bị che)", "Ray (dashed red: obstructed)");
    text(svg, (x + 24.0, y), "small", "start", label);
}

fn losses(svg: &mut String, path: &PointToPoint, words: &Words) {
    let mut y = PLOT.top + 4.0;
    text(
        svg,
        (TABLE_X, y),
        "strong",
        "start",
        words.pick("Suy hao đường truyền", "Basic transmission loss"),
    );
    text(svg, (WIDTH - 24.0, y), "small", "end", "dB");
    for loss in &path.losses {
        y += 8.0;
        line(svg, "grid", (TABLE_X, y), (WIDTH - 24.0, y));
        y += 15.0;
        let first = loss.model == "p1812";
        text(
            svg,
            (TABLE_X, y),
            if first { "strong" } else { "" },
            "start",
            words.model_name(loss),
        );
        let value = loss
            .loss_db
            .map_or_else(|| "–".to_owned(), |loss_db| words.fixed(loss_db));
        text(
            svg,
            (WIDTH - 24.0, y),
            if first { "strong number" } else { "number" },
            "end",
            &value,
        );
        y += 12.5;
        text(
            svg,
            (TABLE_X, y),
            "small",
            "start",
            words.applicability(&loss.applicability),
        );
    }
}

fn line(svg: &mut String, class: &str, from: (f64, f64), to: (f64, f64)) {
    let _ = write!(
        svg,
        r#"<line class="{class}" x1="{:.1}" y1="{:.1}" x2="{:.1}" y2="{:.1}"/>"#,
        from.0, from.1, to.0, to.1
    );
}

fn polygon(svg: &mut String, class: &str, points: &[(f64, f64)]) {
    let _ = write!(svg, r#"<polygon class="{class}" points=""#);
    for (x, y) in points {
        let _ = write!(svg, "{x:.1},{y:.1} ");
    }
    svg.push_str("\"/>");
}

/// Writes a line of text; the words are ours and hold no markup, `&` and `<` are escaped all the same.
fn text(svg: &mut String, (x, y): (f64, f64), class: &str, anchor: &str, words: &str) {
    let words = words.replace('&', "&amp;").replace('<', "&lt;");
    let _ = write!(
        svg,
        r#"<text class="{class}" x="{x:.1}" y="{y:.1}" text-anchor="{anchor}">{words}</text>"#
    );
}

/// Words and numbers in one language.
struct Words {
    language: Language,
}

impl Words {
    const fn pick<'a>(&self, vietnamese: &'a str, english: &'a str) -> &'a str {
        match self.language {
            Language::Vietnamese => vietnamese,
            Language::English => english,
        }
    }

    fn localised(&self, number: &str) -> String {
        let number = number.replace('-', "−");
        match self.language {
            Language::Vietnamese => number.replace('.', ","),
            Language::English => number,
        }
    }

    /// As few decimals as the number needs, at most two.
    fn short(&self, value: f64) -> String {
        let text = format!("{value:.2}");
        let text = text.trim_end_matches('0').trim_end_matches('.');
        self.localised(if text == "-0" { "0" } else { text })
    }

    fn fixed(&self, value: f64) -> String {
        self.localised(&format!("{value:.1}"))
    }

    fn heading(&self, path: &PointToPoint) -> String {
        let title = self.pick("Mặt cắt đường truyền", "Path profile");
        format!(
            "{title} A → B: {} km",
            self.localised(&format!("{:.2}", path.distance_m / 1000.0))
        )
    }

    fn parameters(&self, path: &PointToPoint) -> String {
        let place = |p: geodesy::LonLat| self.localised(&format!("{:.5}°; {:.5}°", p.lat_deg, p.lon_deg));
        format!(
            "A {} · B {} · {} MHz · {} {}° · {} {} m · {} {}",
            place(path.from),
            place(path.to),
            self.short(path.request.frequency_mhz),
            self.pick("phương vị", "azimuth"),
            self.fixed(path.azimuth_deg),
            self.pick("bước", "step"),
            self.short(path.request.step_m),
            self.pick("k =", "k ="),
            self.localised(&format!("{:.2}", path.geometry.effective_radius_m / 6_371_000.0)),
        )
    }

    fn verdict(&self, path: &PointToPoint) -> String {
        let clearance = &path.geometry.clearance;
        let sight = if clearance.line_of_sight {
            self.pick("Có tầm nhìn thẳng", "Line of sight")
        } else {
            self.pick("Bị che khuất", "Obstructed")
        };
        let place = self.localised(&format!("{:.2}", clearance.distance_m / 1000.0));
        let metres = self.fixed(clearance.height_m.abs());
        let radii = self.localised(&format!("{:.2}", clearance.fresnel_ratio));
        match (self.language, clearance.line_of_sight) {
            (Language::Vietnamese, true) => {
                format!("{sight}; hẹp nhất tại {place} km: tia cao hơn {metres} m ({radii} F₁)")
            }
            (Language::Vietnamese, false) => {
                format!("{sight}; nặng nhất tại {place} km: tia thấp hơn {metres} m ({radii} F₁)")
            }
            (Language::English, true) => format!("{sight}; tightest at {place} km: ray {metres} m above ({radii} F₁)"),
            (Language::English, false) => format!("{sight}; worst at {place} km: ray {metres} m below ({radii} F₁)"),
        }
    }

    const fn model_name(&self, loss: &ModelLoss) -> &'static str {
        match self.language {
            Language::Vietnamese => loss.name_vi,
            Language::English => loss.name_en,
        }
    }

    fn applicability(&self, applicability: &Applicability) -> &'static str {
        let (vietnamese, english) = match applicability {
            Applicability::PathSpecific => ("theo địa hình của tuyến", "from this path's terrain"),
            Applicability::NoObstacles => ("không vật cản", "no obstacles"),
            Applicability::Statistical => ("mô hình thống kê", "statistical model"),
            Applicability::Extrapolated => ("ngoài phạm vi của mô hình", "outside the model's range"),
            Applicability::Refused(_) => ("không áp dụng", "does not apply"),
        };
        match self.language {
            Language::Vietnamese => vietnamese,
            Language::English => english,
        }
    }
}
