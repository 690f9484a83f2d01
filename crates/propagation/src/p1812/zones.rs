//! How much of the path lies over sea, coast and inland (section 3.2, Table 5).

use serde::Serialize;

use super::path::{Path, Zone};

/// Zone lengths of a path.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct ZoneLengths {
    /// Fraction of the path over sea, ω (0 … 1).
    pub sea_fraction: f64,
    /// Longest continuous land stretch (inland and coastal), dtm, km.
    pub longest_land_km: f64,
    /// Longest continuous inland stretch, dlm, km.
    pub longest_inland_km: f64,
    /// Distance from the transmitter over land to the coast, dct, km.
    pub tx_coast_km: f64,
    /// Distance from the receiver over land to the coast, dcr, km.
    pub rx_coast_km: f64,
}

/// Coast distance where none is known and the terminal stands on land.
const FAR_FROM_THE_COAST_KM: f64 = 500.0;

impl ZoneLengths {
    /// An all-inland path.
    pub fn inland(distance_km: f64) -> Self {
        Self {
            sea_fraction: 0.0,
            longest_land_km: distance_km,
            longest_inland_km: distance_km,
            tx_coast_km: FAR_FROM_THE_COAST_KM,
            rx_coast_km: FAR_FROM_THE_COAST_KM,
        }
    }

    /// Zone lengths of a profile. Coast distances not given follow the convention of the reference data: 0 for a
    /// terminal at sea, 500 km otherwise.
    pub fn of(path: &Path, tx_coast_km: Option<f64>, rx_coast_km: Option<f64>) -> Self {
        let coast_km = |zone| if zone == Zone::Sea { 0.0 } else { FAR_FROM_THE_COAST_KM };
        let total = path.total_km();
        let sea_fraction = if path.zone.iter().all(|&z| z == Zone::Sea) {
            1.0
        } else {
            sum_km(path, |z| z == Zone::Sea) / total
        };
        let inland = path.zone.iter().all(|&z| z == Zone::Inland);
        Self {
            sea_fraction,
            longest_land_km: if inland {
                total
            } else {
                longest_run_km(path, |z| z != Zone::Sea)
            },
            longest_inland_km: if inland {
                total
            } else {
                longest_run_km(path, |z| z == Zone::Inland)
            },
            tx_coast_km: tx_coast_km.unwrap_or_else(|| coast_km(path.zone[0])),
            rx_coast_km: rx_coast_km.unwrap_or_else(|| coast_km(path.zone[path.last()])),
        }
    }
}

/// Half of each interval that touches the point.
fn owned_km(path: &Path, i: usize) -> f64 {
    let d = &path.distance_km;
    (d[(i + 1).min(path.last())] - d[i.saturating_sub(1)]) / 2.0
}

fn sum_km(path: &Path, wanted: impl Fn(Zone) -> bool) -> f64 {
    (0..path.len())
        .filter(|&i| wanted(path.zone[i]))
        .map(|i| owned_km(path, i))
        .sum()
}

fn longest_run_km(path: &Path, wanted: impl Fn(Zone) -> bool) -> f64 {
    let (mut run, mut longest) = (0.0, 0.0_f64);
    for (i, &zone) in path.zone.iter().enumerate() {
        run = if wanted(zone) { run + owned_km(path, i) } else { 0.0 };
        longest = longest.max(run);
    }
    longest
}
