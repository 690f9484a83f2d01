//! Radio values of cells that are not there yet.

use std::collections::{BTreeMap, HashMap};

use geodata::{Network, Technology};
use planner::{CellTemplate, CellTemplates};

/// New cells take after what the operator has on air already; the domain's usual values stand in where it has none.
pub(super) struct OwnCells {
    by_operator: HashMap<(String, Technology), CellTemplate>,
    by_technology: HashMap<Technology, CellTemplate>,
}

/// EIRP of a pole cell per resource element, dBm (a small cell of some watts; see the shipped radio templates).
const SMALL_CELL_EIRP_DBM: f64 = 20.0;

impl OwnCells {
    /// What the network's cells have in common.
    pub fn of(network: &Network) -> Self {
        let stations: HashMap<&str, &geodata::Station> = network
            .stations
            .iter()
            .map(|station| (station.code.as_str(), station))
            .collect();
        let mut counted: BTreeMap<(String, Technology), Vec<CellTemplate>> = BTreeMap::new();
        for cell in &network.cells {
            let Some(station) = stations.get(cell.station_code.as_str()) else {
                continue;
            };
            counted
                .entry((station.operator.clone(), station.technology))
                .or_default()
                .push(CellTemplate {
                    frequency_mhz: cell.frequency_mhz,
                    bandwidth_mhz: cell.bandwidth_mhz,
                    eirp_per_re_dbm: cell.eirp_per_re_dbm,
                    electrical_tilt_deg: cell.electrical_tilt_deg,
                    horizontal_beamwidth_deg: cell.horizontal_beamwidth_deg,
                    vertical_beamwidth_deg: cell.vertical_beamwidth_deg,
                });
        }
        let mut by_technology: HashMap<Technology, CellTemplate> = HashMap::new();
        let mut by_operator = HashMap::new();
        for ((operator, technology), cells) in counted {
            let Some(usual) = commonest(&cells) else { continue };
            by_technology.entry(technology).or_insert(usual);
            by_operator.insert((operator, technology), usual);
        }
        Self {
            by_operator,
            by_technology,
        }
    }
}

impl CellTemplates for OwnCells {
    fn template(&self, operator: &str, technology: Technology, small: bool) -> CellTemplate {
        let own = self.by_operator.get(&(operator.to_owned(), technology));
        let mut template = own
            .or_else(|| self.by_technology.get(&technology))
            .copied()
            .unwrap_or(usual(technology));
        if small {
            template.eirp_per_re_dbm = SMALL_CELL_EIRP_DBM;
            template.horizontal_beamwidth_deg = 360.0;
        }
        template
    }
}

/// The set of radio values that most cells have; of equally common ones the first.
fn commonest(cells: &[CellTemplate]) -> Option<CellTemplate> {
    let mut counts: Vec<(CellTemplate, usize)> = Vec::new();
    for cell in cells {
        match counts.iter_mut().find(|(known, _)| known == cell) {
            Some((_, count)) => *count += 1,
            None => counts.push((*cell, 1)),
        }
    }
    counts
        .into_iter()
        .rev()
        .max_by_key(|(_, count)| *count)
        .map(|(template, _)| template)
}

/// The usual cell of a technology, where no operator has one yet (macro values of the shipped radio templates).
fn usual(technology: Technology) -> CellTemplate {
    let (frequency_mhz, bandwidth_mhz, eirp_per_re_dbm) = match technology {
        Technology::G2 => (945.0, 0.2, 55.0),
        Technology::G3 => (2140.0, 5.0, 50.0),
        Technology::G4 => (1842.5, 20.0, 32.0),
        Technology::G5 => (2550.0, 100.0, 40.0),
    };
    CellTemplate {
        frequency_mhz,
        bandwidth_mhz,
        eirp_per_re_dbm,
        electrical_tilt_deg: 4.0,
        horizontal_beamwidth_deg: 65.0,
        vertical_beamwidth_deg: 7.0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn new_cells_take_after_the_commonest_of_the_operator() {
        let (four, five) = (usual(Technology::G4), usual(Technology::G5));
        assert_eq!(commonest(&[four, five, five]), Some(five));
        assert_eq!(commonest(&[four, five]), Some(four), "the first of equals");
        let templates = OwnCells {
            by_operator: HashMap::new(),
            by_technology: HashMap::new(),
        };
        assert_eq!(
            templates.template("X", Technology::G5, true).eirp_per_re_dbm,
            SMALL_CELL_EIRP_DBM
        );
    }
}
