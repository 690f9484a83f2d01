//! The position of one row in the system that its sheet was found to be in, or in the one that its own commune proves.

use geodesy::LonLat;
use geodesy::coordinate_system::{VN2000_GEOGRAPHIC, WGS84};

use super::declared::DeclaredSystem;
use super::pair::PairKind;
use super::rescue::{Rescue, rescues};
use super::sheet::{Locator, RowPosition, SheetSystem, in_vietnam, is_tm3, is_vn2000_projected, ordered};

/// A row further than this from its own commune does not belong there: the declared boundary is drawn to a few
/// hundred metres in the sources.
const COMMUNE_TOLERANCE_M: f64 = 500.0;
/// A row outside its commune by less than this is not worth a word: boundaries are drawn to some tens of metres.
const BOUNDARY_THICKNESS_M: f64 = 30.0;

/// Where a row is, and what had to be done for it.
#[derive(Debug, Clone, PartialEq)]
pub struct Located {
    /// Position, WGS 84.
    pub position: LonLat,
    /// EPSG code in which the numbers were read.
    pub epsg: u32,
    /// Whether the two numbers were exchanged.
    pub swapped: bool,
    /// Whether another system than the sheet's was taken, because the row's commune proves it.
    pub other_system: bool,
    /// What had to be done to the numbers themselves.
    pub rescue: Option<Rescue>,
    /// Distance to the declared commune, metres, when the row is outside it by more than the tolerance.
    pub outside_commune_m: Option<f64>,
}

/// Why a row's numbers are no position that can be taken.
#[derive(Debug, Clone, PartialEq)]
pub enum NotLocated {
    /// Neither degrees nor metres.
    NoPosition,
    /// The sheet's system stayed unclear.
    Unclear,
    /// Outside the province by this distance, metres.
    OutsideProvince(LonLat, f64),
    /// In the province, but this far from the declared commune, metres.
    FarFromCommune(LonLat, f64),
}

impl Locator<'_> {
    /// Finds where a row is.
    pub fn locate(&self, row: &RowPosition, system: &SheetSystem) -> Result<Located, NotLocated> {
        let Some(kind) = row.pair.kind() else {
            return self.rescued(row, system).ok_or(NotLocated::NoPosition);
        };
        let (east, north, swapped) = ordered(&row.pair, kind);
        let located = |position, epsg, other_system, outside_commune_m| Located {
            position,
            epsg,
            swapped,
            other_system,
            rescue: None,
            outside_commune_m,
        };
        let own_system = self.system_of(row, kind, system);
        let first = own_system
            .as_ref()
            .ok()
            .and_then(|epsg| Some((self.convert(*epsg, east, north)?, *epsg)));
        if let Some((position, epsg)) = first
            && (!self.territory.is_known() || self.fits(position, row.communes()))
        {
            let outside = self.outside_m(position, row.communes());
            return Ok(located(position, epsg, false, outside));
        }
        if let Some((position, epsg)) = self.only_system_that_fits(row, kind, east, north) {
            return Ok(located(
                position,
                epsg,
                own_system.is_ok(),
                self.outside_m(position, row.communes()),
            ));
        }
        if let Some(rescued) = self.rescued(row, system) {
            return Ok(rescued);
        }
        own_system?;
        let (position, epsg) = first.ok_or(NotLocated::NoPosition)?;
        let outside_m = self.territory.distance_m(position);
        if outside_m > COMMUNE_TOLERANCE_M {
            return Err(NotLocated::OutsideProvince(position, outside_m));
        }
        if row.communes().is_empty() {
            // A boundary in the sources is not exact: a mast on the shore or on the border stays.
            return Ok(located(position, epsg, false, Some(outside_m)));
        }
        Err(NotLocated::FarFromCommune(
            position,
            self.distance_to_own_m(position, row.communes()),
        ))
    }

    /// Distance to where a row belongs, when it is outside by more than a boundary's own thickness.
    fn outside_m(&self, position: LonLat, communes: &[usize]) -> Option<f64> {
        if !self.territory.is_known() || self.is_inside(position, communes) {
            return None;
        }
        let distance = if communes.is_empty() {
            self.territory.distance_m(position)
        } else {
            self.distance_to_own_m(position, communes)
        };
        (distance > BOUNDARY_THICKNESS_M).then_some(distance)
    }

    /// The one other reading of the numbers themselves (a lost decimal point, a wrong sign, kilometres) that puts a row
    /// where it belongs.
    fn rescued(&self, row: &RowPosition, system: &SheetSystem) -> Option<Located> {
        let mut found: Option<Located> = None;
        for rescue in rescues(&row.pair) {
            let epsg = match rescue.kind {
                PairKind::Geographic => self.system_of(row, PairKind::Geographic, system).unwrap_or(WGS84),
                PairKind::Projected => {
                    let own = self.system_of(row, PairKind::Projected, system).ok();
                    let Some(epsg) = own.or_else(|| self.province_codes.first().copied()) else {
                        continue;
                    };
                    epsg
                }
            };
            let Some(position) = self.convert(epsg, rescue.east, rescue.north) else {
                continue;
            };
            let fits = if self.territory.is_known() {
                self.fits(position, row.communes())
            } else {
                in_vietnam(position.lon_deg, position.lat_deg)
            };
            if !fits {
                continue;
            }
            if found
                .as_ref()
                .is_some_and(|other| geodesy::distance_m(other.position, position) > 1.0)
            {
                return None;
            }
            let outside_commune_m = self.outside_m(position, row.communes());
            found.get_or_insert(Located {
                position,
                epsg,
                swapped: rescue.swapped,
                other_system: false,
                rescue: Some(rescue),
                outside_commune_m,
            });
        }
        found
    }

    fn system_of(&self, row: &RowPosition, kind: PairKind, system: &SheetSystem) -> Result<u32, NotLocated> {
        match (kind, row.declared) {
            (PairKind::Geographic, Some(DeclaredSystem::Vn2000 | DeclaredSystem::Epsg(VN2000_GEOGRAPHIC))) => {
                Ok(VN2000_GEOGRAPHIC)
            }
            (PairKind::Geographic, Some(DeclaredSystem::Epsg(WGS84))) => Ok(WGS84),
            (PairKind::Geographic, _) => Ok(system.geographic),
            (PairKind::Projected, Some(DeclaredSystem::Epsg(epsg)))
                if self
                    .transformers
                    .iter()
                    .any(|(code, ..)| *code == epsg && epsg != VN2000_GEOGRAPHIC) =>
            {
                Ok(epsg)
            }
            (PairKind::Projected, _) => system.projected.ok_or(NotLocated::Unclear),
        }
    }

    /// The one system in which a row falls into its own declared commune. Without a declared commune nothing is
    /// proved, and with two systems that fit nothing is decided. TM-3 zones are tried before UTM: a wrong central
    /// meridian is the common mistake, and zone 482 and UTM 48N lie only 600 m apart.
    pub(super) fn only_system_that_fits(
        &self,
        row: &RowPosition,
        kind: PairKind,
        east: f64,
        north: f64,
    ) -> Option<(LonLat, u32)> {
        if kind == PairKind::Geographic || row.communes().is_empty() {
            return None;
        }
        let fitting = |codes: &dyn Fn(u32) -> bool| -> Vec<(LonLat, u32)> {
            let systems = self
                .transformers
                .iter()
                .map(|(epsg, ..)| *epsg)
                .filter(|epsg| codes(*epsg));
            systems
                .filter_map(|epsg| Some((self.convert(epsg, east, north)?, epsg)))
                .filter(|(position, _)| self.fits(*position, row.communes()))
                .collect()
        };
        let mut found = fitting(&is_tm3);
        if found.is_empty() {
            found = fitting(&|epsg| is_vn2000_projected(epsg) && !is_tm3(epsg));
        }
        match found[..] {
            [one] => Some(one),
            _ => None,
        }
    }

    /// Whether a position is where its row belongs, with the tolerance that drawn boundaries need.
    fn fits(&self, position: LonLat, communes: &[usize]) -> bool {
        if communes.is_empty() {
            self.territory.contains(position)
        } else {
            self.distance_to_own_m(position, communes) <= COMMUNE_TOLERANCE_M
        }
    }

    fn distance_to_own_m(&self, position: LonLat, communes: &[usize]) -> f64 {
        let distances = communes
            .iter()
            .map(|commune| self.territory.distance_to_commune_m(*commune, position));
        distances.fold(f64::INFINITY, f64::min)
    }
}
