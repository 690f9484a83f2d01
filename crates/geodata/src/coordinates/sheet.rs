//! The coordinate system of one sheet, by evidence.

use geodesy::coordinate_system::{VN2000_GEOGRAPHIC, WGS84, vn2000_zones};
use geodesy::{LonLat, Transformer};

use super::declared::DeclaredSystem;
use super::pair::{Pair, PairKind};
use super::{SAMPLE, province_epsg};
use crate::import::ImportContext;
use crate::report::CrsCandidate;
use crate::territory::{DeclaredCommune, Territory};

/// Rough box of Vietnam with its islands, degrees.
const VIETNAM: (f64, f64, f64, f64) = (102.0, 6.0, 118.0, 23.6);

/// What the headers of the position columns declare.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct HeaderSystems {
    /// By the columns of longitude and latitude.
    pub geographic: Option<DeclaredSystem>,
    /// By the columns X and Y.
    pub projected: Option<DeclaredSystem>,
}

/// A row with its two numbers and what it declares.
#[derive(Debug, Clone, PartialEq)]
pub struct RowPosition {
    /// The two numbers.
    pub pair: Pair,
    /// The commune that the row declares, as far as it is known.
    pub commune: Option<DeclaredCommune>,
    /// Coordinate system that the row itself declares.
    pub declared: Option<DeclaredSystem>,
}

impl RowPosition {
    /// Communes that the row declares, by their place in the territory; several where an old commune was divided or a
    /// name fits several. Empty when it declares none that is known.
    #[must_use]
    pub fn communes(&self) -> &[usize] {
        self.commune.as_ref().map(DeclaredCommune::communes).unwrap_or_default()
    }
}

/// How a sheet's projected numbers are read.
#[derive(Debug, Clone, PartialEq)]
pub struct SheetSystem {
    /// EPSG code of projected rows; `None` when there are none, or when only the rows' own communes can tell.
    pub projected: Option<u32>,
    /// EPSG code of rows in degrees that do not say it themselves: WGS 84 or geographic VN-2000.
    pub geographic: u32,
    /// Whether projected rows of this sheet stayed unclear.
    pub unclear: bool,
    /// What was tried, best first.
    pub candidates: Vec<CrsCandidate>,
}

/// Tests positions against the territory and remembers transformers.
pub struct Locator<'a> {
    pub(super) territory: &'a Territory<'a>,
    pub(super) transformers: Vec<(u32, String, Transformer)>,
    pub(super) province_codes: Vec<u32>,
    declared: Option<u32>,
}

impl<'a> Locator<'a> {
    /// A locator for one import.
    #[must_use]
    pub fn new(territory: &'a Territory<'a>, context: &ImportContext<'_>) -> Self {
        let province_codes = context.province_name.as_deref().map(province_epsg).unwrap_or_default();
        let mut zones: Vec<(u32, String)> = vn2000_zones().into_iter().map(|zone| (zone.epsg, zone.name)).collect();
        zones.push((VN2000_GEOGRAPHIC, "VN-2000".to_owned()));
        zones.push((32648, "WGS 84 / UTM zone 48N".to_owned()));
        zones.push((32649, "WGS 84 / UTM zone 49N".to_owned()));
        if let Some(epsg) = context
            .declared_epsg
            .filter(|epsg| *epsg != WGS84 && zones.iter().all(|zone| zone.0 != *epsg))
        {
            zones.push((epsg, format!("EPSG:{epsg}")));
        }
        let transformers = zones
            .into_iter()
            .filter_map(|(epsg, name)| Some((epsg, name, Transformer::to_wgs84(epsg).ok()?)))
            .collect();
        Self {
            territory,
            transformers,
            province_codes,
            declared: context.declared_epsg,
        }
    }

    /// Name of a system, for the report.
    #[must_use]
    pub fn name(&self, epsg: u32) -> String {
        let known = self
            .transformers
            .iter()
            .find(|(code, ..)| *code == epsg)
            .map(|(_, name, _)| name.clone());
        known.unwrap_or_else(|| {
            if epsg == WGS84 {
                "WGS 84".to_owned()
            } else {
                format!("EPSG:{epsg}")
            }
        })
    }

    pub(super) fn convert(&self, epsg: u32, east: f64, north: f64) -> Option<LonLat> {
        if epsg == WGS84 {
            return LonLat::checked(east, north).ok();
        }
        let (_, _, transformer) = self.transformers.iter().find(|(code, ..)| *code == epsg)?;
        transformer.convert(east, north).ok()
    }

    /// Chooses the system of a sheet. `header` is what the headers of its position columns declare for degrees and metres.
    #[must_use]
    pub fn sheet_system(&self, rows: &[&RowPosition], header: HeaderSystems) -> SheetSystem {
        let geographic = match (self.declared, header.geographic) {
            (Some(VN2000_GEOGRAPHIC), _)
            | (_, Some(DeclaredSystem::Vn2000 | DeclaredSystem::Epsg(VN2000_GEOGRAPHIC))) => VN2000_GEOGRAPHIC,
            _ => WGS84,
        };
        let mut system = self.projected_system(rows, header.projected);
        system.geographic = geographic;
        if system.candidates.is_empty() && self.territory.is_known() {
            system.candidates.extend(self.geographic_candidate(rows, geographic));
        }
        system
    }

    /// How many of a sheet's rows in degrees fall where they belong.
    fn geographic_candidate(&self, rows: &[&RowPosition], epsg: u32) -> Option<CrsCandidate> {
        let stride = rows.len().div_ceil(SAMPLE).max(1);
        let sample: Vec<&RowPosition> = rows
            .iter()
            .copied()
            .filter(|row| row.pair.kind() == Some(PairKind::Geographic))
            .step_by(stride)
            .collect();
        (!sample.is_empty()).then(|| self.candidate(epsg, &self.name(epsg), &sample, PairKind::Geographic))
    }

    fn projected_system(&self, rows: &[&RowPosition], header_declares: Option<DeclaredSystem>) -> SheetSystem {
        let projected: Vec<&RowPosition> = rows
            .iter()
            .copied()
            .filter(|row| row.pair.kind() == Some(PairKind::Projected))
            .collect();
        if projected.is_empty() {
            return SheetSystem {
                projected: None,
                geographic: WGS84,
                unclear: false,
                candidates: Vec::new(),
            };
        }
        let stride = projected.len().div_ceil(SAMPLE);
        let sample: Vec<&RowPosition> = projected.iter().step_by(stride).copied().collect();
        let (preferred, declared) = self.preferred(&sample, header_declares);
        if !self.territory.is_known() {
            return SheetSystem {
                projected: preferred.first().copied(),
                geographic: WGS84,
                unclear: preferred.is_empty(),
                candidates: Vec::new(),
            };
        }
        let mut candidates: Vec<CrsCandidate> = self
            .transformers
            .iter()
            .filter(|(epsg, ..)| preferred.contains(epsg) || is_vn2000_projected(*epsg))
            .map(|(epsg, name, _)| self.candidate(*epsg, name, &sample, PairKind::Projected))
            .collect();
        let rank = |epsg: u32| {
            preferred
                .iter()
                .position(|code| *code == epsg)
                .unwrap_or(preferred.len())
        };
        candidates.sort_by_key(|candidate| (std::cmp::Reverse(candidate.rows_inside), rank(candidate.epsg)));
        let chosen = accepted(&candidates, &preferred[..declared]).or_else(|| choose(&candidates, &preferred));
        candidates.retain(|candidate| candidate.rows_inside > 0 || Some(candidate.epsg) == chosen);
        if let Some(position) = candidates.iter().position(|candidate| Some(candidate.epsg) == chosen) {
            let first = candidates.remove(position);
            candidates.insert(0, first);
        }
        candidates.truncate(5);
        SheetSystem {
            projected: chosen,
            geographic: WGS84,
            unclear: chosen.is_none() && !self.rows_prove_themselves(&sample),
            candidates,
        }
    }

    /// Whether most rows of a mixed sheet can each be placed by their own commune.
    fn rows_prove_themselves(&self, sample: &[&RowPosition]) -> bool {
        let proved = sample.iter().filter(|row| {
            let (east, north, _) = ordered(&row.pair, PairKind::Projected);
            self.only_system_that_fits(row, PairKind::Projected, east, north)
                .is_some()
        });
        proved.count() * 2 > sample.len()
    }

    /// Systems that are likelier than others before any evidence: declared, then the province's; and how many are declared.
    fn preferred(&self, sample: &[&RowPosition], header_declares: Option<DeclaredSystem>) -> (Vec<u32>, usize) {
        let from_rows = sample
            .iter()
            .filter_map(|row| row.declared)
            .chain(header_declares)
            .filter_map(|declared| match declared {
                DeclaredSystem::Epsg(epsg) if epsg != WGS84 => Some(epsg),
                _ => None,
            });
        let mut codes: Vec<u32> = Vec::new();
        let mut add = |epsg: u32| {
            if !codes.contains(&epsg) {
                codes.push(epsg);
            }
            codes.len()
        };
        let declared = self
            .declared
            .into_iter()
            .chain(from_rows)
            .map(&mut add)
            .last()
            .unwrap_or(0);
        for epsg in &self.province_codes {
            add(*epsg);
        }
        (codes, declared)
    }

    fn candidate(&self, epsg: u32, name: &str, sample: &[&RowPosition], kind: PairKind) -> CrsCandidate {
        let mut inside = 0;
        let mut exchanged = 0;
        for row in sample {
            let (east, north, swapped) = ordered(&row.pair, kind);
            let fits = self
                .convert(epsg, east, north)
                .is_some_and(|position| self.is_inside(position, row.communes()));
            inside += u32::from(fits);
            exchanged += u32::from(swapped);
        }
        let tried = u32::try_from(sample.len()).unwrap_or(u32::MAX);
        CrsCandidate {
            epsg,
            name: name.to_owned(),
            swapped: exchanged * 2 > tried,
            rows_inside: inside,
            rows_tried: tried,
        }
    }

    /// Whether a position is in the row's own commune, or in the province when the row declares none, to the line: zone
    /// 482 and UTM 48N are 600 m apart, and only the rows near an edge tell them from each other.
    pub(super) fn is_inside(&self, position: LonLat, communes: &[usize]) -> bool {
        if communes.is_empty() {
            self.territory.contains(position)
        } else {
            communes
                .iter()
                .any(|commune| self.territory.is_in_commune(*commune, position))
        }
    }
}

/// WGS 84 / UTM is not tried without being declared: it lies 200 m from VN-2000 / UTM, which no commune can tell apart.
pub(super) const fn is_vn2000_projected(epsg: u32) -> bool {
    is_tm3(epsg) || matches!(epsg, 3405 | 3406)
}

pub(super) const fn is_tm3(epsg: u32) -> bool {
    matches!(epsg, 5896..=5899 | 9205..=9218)
}

/// Rows that must fall where they belong for a system to be accepted.
const NEARLY_ALL: f64 = 0.9;

fn share(candidate: &CrsCandidate) -> f64 {
    f64::from(candidate.rows_inside) / f64::from(candidate.rows_tried.max(1))
}

/// The declared system, when nearly all rows speak for it: another one is not looked for then.
fn accepted(candidates: &[CrsCandidate], declared: &[u32]) -> Option<u32> {
    let fits = |epsg: &&u32| candidates.iter().any(|c| c.epsg == **epsg && share(c) >= NEARLY_ALL);
    declared.iter().find(fits).copied()
}

/// The candidate that nearly all rows speak for; of equals the preferred one, and none when nothing is preferred.
fn choose(candidates: &[CrsCandidate], preferred: &[u32]) -> Option<u32> {
    let best = candidates.first()?;
    let runner_up = candidates.get(1).map_or(0.0, share);
    if share(best) < NEARLY_ALL && (share(best) < 0.5 || share(best) - runner_up < 0.2) {
        return None;
    }
    let close = |candidate: &&CrsCandidate| share(candidate) >= share(best) - 0.02 && share(candidate) > 0.0;
    let by_preference = preferred
        .iter()
        .find_map(|code| candidates.iter().filter(close).find(|c| c.epsg == *code));
    let is_alone = candidates.iter().filter(close).count() == 1;
    by_preference
        .or_else(|| is_alone.then_some(best))
        .map(|candidate| candidate.epsg)
}

/// East and north of a pair, and whether they had to be exchanged.
pub(super) fn ordered(pair: &Pair, kind: PairKind) -> (f64, f64, bool) {
    let (east, north) = (pair.east.value, pair.north.value);
    let swapped = match kind {
        // In Vietnam a northing (≥ 885 km) is larger than an easting (≤ 900 km).
        PairKind::Projected => east > north,
        PairKind::Geographic => north.abs() > 90.0 || (!in_vietnam(east, north) && in_vietnam(north, east)),
    };
    if swapped {
        (north, east, true)
    } else {
        (east, north, false)
    }
}

pub(super) fn in_vietnam(lon: f64, lat: f64) -> bool {
    let (west, south, east, north) = VIETNAM;
    (west..=east).contains(&lon) && (south..=north).contains(&lat)
}

#[cfg(test)]
mod tests {
    use super::super::locate::NotLocated;
    use super::*;
    use crate::coordinates::pair::Axis;
    use crate::records::{Area, AreaKind};
    use geo::polygon;
    use geo_types::MultiPolygon;
    use geodesy::distance_m;
    use jiff::civil::date;

    fn commune(code: &str, west: f64, south: f64) -> Area {
        let shape = polygon![
            (x: west, y: south), (x: west + 0.05, y: south), (x: west + 0.05, y: south + 0.05), (x: west, y: south + 0.05)
        ];
        Area::new(code, format!("Xã {code}"), AreaKind::Commune, MultiPolygon(vec![shape]))
    }

    fn row(east: f64, north: f64, commune: Option<usize>) -> RowPosition {
        let axis = |value| Axis {
            value,
            sexagesimal: false,
            repairs: Vec::new(),
            from_text: false,
        };
        RowPosition {
            pair: Pair {
                east: axis(east),
                north: axis(north),
            },
            commune: commune.map(DeclaredCommune::Known),
            declared: None,
        }
    }

    /// A chain of 20 communes, the truth inside each, and the same truth in a projected system.
    fn truth(epsg: u32) -> (Vec<Area>, Vec<(LonLat, f64, f64)>) {
        let areas: Vec<Area> = (0..20)
            .map(|i| {
                commune(
                    &format!("{i:05}"),
                    105.5 + 0.05 * f64::from(i % 5),
                    18.1 + 0.05 * f64::from(i / 5),
                )
            })
            .collect();
        let inverse = Transformer::from_wgs84(epsg).unwrap();
        let points = (0..20)
            .map(|i| {
                let lon = 105.5 + 0.05 * f64::from(i % 5) + 0.02;
                let lat = 18.1 + 0.05 * f64::from(i / 5) + if i % 2 == 0 { 0.003 } else { 0.047 };
                let (east, north) = inverse.convert_raw(lon, lat).unwrap();
                (LonLat::new(lon, lat), east, north)
            })
            .collect();
        (areas, points)
    }

    #[test]
    fn every_zone_is_found_from_the_communes_alone() {
        for zone in vn2000_zones() {
            let (areas, points) = truth(zone.epsg);
            let territory = Territory::new(&areas, None, &[]);
            let locator = Locator::new(&territory, &ImportContext::new(date(2025, 11, 1)));
            for swapped in [false, true] {
                let rows: Vec<RowPosition> = points
                    .iter()
                    .enumerate()
                    .map(|(i, (_, e, n))| {
                        if swapped {
                            row(*n, *e, Some(i))
                        } else {
                            row(*e, *n, Some(i))
                        }
                    })
                    .collect();
                let system = locator.sheet_system(&rows.iter().collect::<Vec<_>>(), HeaderSystems::default());
                assert_eq!(system.projected, Some(zone.epsg), "{}", zone.name);
                for (row, (expected, ..)) in rows.iter().zip(&points) {
                    let located = locator.locate(row, &system).unwrap();
                    assert!(distance_m(located.position, *expected) < 0.01);
                    assert_eq!(located.swapped, swapped);
                }
            }
        }
    }

    #[test]
    fn row_of_another_meridian_is_proved_by_its_commune() {
        let (areas, points) = truth(9209);
        let (_, foreign) = truth(9215);
        let territory = Territory::new(&areas, None, &[]);
        let locator = Locator::new(&territory, &ImportContext::new(date(2025, 11, 1)));
        let mut rows: Vec<RowPosition> = points
            .iter()
            .enumerate()
            .map(|(i, (_, e, n))| row(*e, *n, Some(i)))
            .collect();
        rows[7] = row(foreign[7].1, foreign[7].2, Some(7));
        rows[8] = row(foreign[8].1, foreign[8].2, None);
        let system = locator.sheet_system(&rows.iter().collect::<Vec<_>>(), HeaderSystems::default());
        assert_eq!(system.projected, Some(9209));
        let repaired = locator.locate(&rows[7], &system).unwrap();
        assert!(repaired.other_system && repaired.epsg == 9215);
        assert!(distance_m(repaired.position, points[7].0) < 0.01);
        assert!(matches!(
            locator.locate(&rows[8], &system),
            Err(NotLocated::OutsideProvince(..))
        ));
    }

    #[test]
    fn without_evidence_nothing_is_guessed() {
        let territory = Territory::new(&[], None, &[]);
        let rows = [row(543_210.0, 2_028_134.0, None)];
        let mut context = ImportContext::new(date(2025, 11, 1));
        let system = Locator::new(&territory, &context).sheet_system(&rows.each_ref(), HeaderSystems::default());
        assert!(system.unclear);
        assert_eq!(
            Locator::new(&territory, &context).locate(&rows[0], &system),
            Err(NotLocated::Unclear)
        );
        context.province_name = Some("Hà Tĩnh".to_owned());
        assert_eq!(
            Locator::new(&territory, &context)
                .sheet_system(&rows.each_ref(), HeaderSystems::default())
                .projected,
            Some(9209)
        );
    }

    #[test]
    fn swapped_degrees_are_put_right() {
        let areas = [commune("00001", 105.5, 18.1)];
        let territory = Territory::new(&areas, None, &[]);
        let locator = Locator::new(&territory, &ImportContext::new(date(2025, 11, 1)));
        let system = SheetSystem {
            projected: None,
            geographic: WGS84,
            unclear: false,
            candidates: Vec::new(),
        };
        let located = locator.locate(&row(18.12, 105.52, Some(0)), &system).unwrap();
        assert!(located.swapped);
        assert_eq!(located.position, LonLat::new(105.52, 18.12));
        assert!(matches!(
            locator.locate(&row(10.0, 50.0, None), &system),
            Err(NotLocated::OutsideProvince(..))
        ));
    }
}
