//! Areas that exist no longer: a district's programme goes on being measured on the communes that took its place.
//!
//! The new communes do not follow the old border: some lie wholly inside the old district, others only in part. A figure is
//! computed twice, over all successors and over those wholly inside, and the two are given as its range.

use std::collections::BTreeSet;

use geo::Intersects;
use geodata::{Area, Network, Place, Site};
use geodesy::LonLat;
use serde::{Deserialize, Serialize};

use crate::document::Programme;
use crate::facts::{Coverage, Facts, FactsFile};
use crate::text::Text;

/// One line of the crosswalk: part of an area of the past lies in an area of today.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Successor {
    /// Key of the programme whose area this is.
    #[serde(default)]
    pub programme: String,
    /// Code of the area of the past (a commune of the district).
    pub from_code: String,
    /// Its name.
    pub from_name: String,
    /// Code of the commune of today.
    pub to_code: String,
    /// The part of the commune of today that comes from the area of the past, 0 … 1, where it is known.
    #[serde(default)]
    pub share: Option<f64>,
    /// Whether the commune of today lies wholly inside the programme's area.
    pub exact: bool,
    /// Where the line comes from.
    #[serde(default)]
    pub source: String,
}

/// The area of a programme that is less than the project.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ProgrammeArea {
    /// Name as the document writes it.
    pub name_vi: String,
    /// First day on which it exists no longer.
    pub valid_to: Option<jiff::civil::Date>,
    /// Codes of the communes of today that stand for it.
    pub communes: Vec<String>,
    /// Whether all of them lie wholly inside it.
    pub exact: bool,
    /// What the reader must know.
    pub note: Text,
}

/// The communes that stand for a programme's area on a day: all of them, and those that lie wholly inside.
pub(crate) struct Communes {
    pub all: BTreeSet<String>,
    pub whole: BTreeSet<String>,
}

/// The communes of a programme's area; none when it has no area of its own or nobody entered the crosswalk.
pub(crate) fn communes(programme: &Programme, facts: &Facts<'_>) -> Option<Communes> {
    programme.document.area_vi.as_ref()?;
    let rows = || facts.crosswalk.iter().filter(|row| row.programme == programme.key);
    let all: BTreeSet<String> = rows().map(|row| row.to_code.clone()).collect();
    let partial: BTreeSet<&String> = rows().filter(|row| !row.exact).map(|row| &row.to_code).collect();
    let whole = all.iter().filter(|code| !partial.contains(code)).cloned().collect();
    (!all.is_empty()).then_some(Communes { all, whole })
}

/// What to say about a programme's area; `None` when the programme is about the whole project.
pub(crate) fn area(programme: &Programme, facts: &Facts<'_>, communes: Option<&Communes>) -> Option<ProgrammeArea> {
    let document = &programme.document;
    let name_vi = document.area_vi.clone()?;
    let exact = communes.is_some_and(|communes| communes.all.len() == communes.whole.len());
    let gone = document.area_valid_to.filter(|end| *end <= facts.today);
    let (gone_vi, gone_en) = gone.map_or_else(Default::default, |end| {
        (
            format!("Địa bàn {name_vi} không còn từ {}. ", crate::number::date_vi(end)),
            format!("The area of {name_vi} exists no longer since {end}. "),
        )
    });
    let (how_vi, how_en) = match communes {
        None => (
            "Chưa nhập bảng chuyển đổi xã: số liệu tính trên toàn dự án, không so sánh được với hiện trạng của huyện"
                .to_owned(),
            "No crosswalk of communes was entered: figures are of the whole project and cannot be held against the district's baseline"
                .to_owned(),
        ),
        Some(communes) if exact => (
            format!("Tính trên {} xã, phường thay thế, nằm trọn trong địa bàn cũ", communes.all.len()),
            format!("Measured on {} successor communes, all wholly inside the old area", communes.all.len()),
        ),
        Some(communes) => (
            format!(
                "Tính trên {} xã, phường thay thế, trong đó {} chỉ nằm một phần trong địa bàn cũ: mỗi số kèm khoảng sai lệch",
                communes.all.len(),
                communes.all.len() - communes.whole.len()
            ),
            format!(
                "Measured on {} successor communes, {} of which lie only in part inside the old area: every figure carries its range",
                communes.all.len(),
                communes.all.len() - communes.whole.len()
            ),
        ),
    };
    Some(ProgrammeArea {
        name_vi,
        valid_to: document.area_valid_to,
        communes: communes
            .map(|communes| communes.all.iter().cloned().collect())
            .unwrap_or_default(),
        exact,
        note: Text::new(gone_vi + &how_vi + ".", gone_en + &how_en + "."),
    })
}

/// The facts of a programme's own area, where it is less than the project: what a report shows the rows of.
#[must_use]
pub fn facts_of_area(programme: &Programme, facts: &Facts<'_>) -> Option<FactsFile> {
    communes(programme, facts).map(|communes| facts.within(&communes.all))
}

impl Facts<'_> {
    /// Only what lies in some communes: their sites with stations and cells, places, zones that touch them, their coverage.
    #[must_use]
    pub(crate) fn within(&self, codes: &BTreeSet<String>) -> FactsFile {
        let communes: Vec<Area> = self
            .communes
            .iter()
            .filter(|area| codes.contains(&area.code))
            .cloned()
            .collect();
        let network = self.network_within(codes, &communes);
        let places: Vec<Place> = self
            .places
            .iter()
            .filter(|place| lies_in(place.commune_code.as_deref(), place.position, codes, &communes))
            .cloned()
            .collect();
        let zones = self
            .zones
            .iter()
            .filter(|zone| {
                communes
                    .iter()
                    .any(|commune| commune.geometry.intersects(&zone.geometry))
            })
            .cloned()
            .collect();
        let coverage = self.coverage.map(|coverage| {
            let kept: BTreeSet<&str> = places.iter().map(|place| place.code.as_str()).collect();
            Coverage {
                run: coverage.run.clone(),
                places: coverage
                    .places
                    .iter()
                    .filter(|row| kept.contains(row.place_code.as_str()))
                    .cloned()
                    .collect(),
                areas: coverage
                    .areas
                    .iter()
                    .filter(|row| codes.contains(&row.area_code))
                    .cloned()
                    .collect(),
            }
        });
        FactsFile {
            network,
            communes,
            zones,
            places,
            coverage,
            reported: self.reported.to_vec(),
            ..FactsFile::default()
        }
    }

    fn network_within(&self, codes: &BTreeSet<String>, communes: &[Area]) -> Network {
        let sites: Vec<Site> = self
            .network
            .sites
            .iter()
            .filter(|site| lies_in(site.commune_code.as_deref(), site.position, codes, communes))
            .cloned()
            .collect();
        let kept: BTreeSet<&str> = sites.iter().map(|site| site.code.as_str()).collect();
        let stations = self
            .network
            .stations
            .iter()
            .filter(|station| kept.contains(station.site_code.as_str()))
            .cloned()
            .collect();
        // Cells do not count in any formula.
        Network {
            stations,
            sites,
            cells: Vec::new(),
        }
    }
}

/// Whether something lies in the communes: by its stated commune, else by its position.
fn lies_in(stated: Option<&str>, position: LonLat, codes: &BTreeSet<String>, communes: &[Area]) -> bool {
    let point = geo_types::Point::new(position.lon_deg, position.lat_deg);
    stated.map_or_else(
        || communes.iter().any(|commune| commune.geometry.intersects(&point)),
        |code| codes.contains(code),
    )
}
