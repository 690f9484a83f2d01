//! Transmission bandwidths of LTE (TS 36.101 Table 5.6-1) and NR (TS 38.101-1 and -2 Table 5.3.2-1).

use serde::{Deserialize, Serialize};

use crate::error::ModelError;

/// Subcarriers in a resource block.
pub const SUBCARRIERS_PER_BLOCK: u32 = 12;

/// Radio access technology.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RadioAccess {
    /// E-UTRA, 15 kHz subcarriers.
    Lte,
    /// New Radio below 7.125 GHz.
    NrFr1,
    /// New Radio at 24.25 GHz and above.
    NrFr2,
}

/// A carrier's resource grid.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Carrier {
    /// Technology.
    pub access: RadioAccess,
    /// Channel bandwidth, MHz.
    pub bandwidth_mhz: f64,
    /// Subcarrier spacing, kHz.
    pub subcarrier_spacing_khz: u16,
    /// Number of resource blocks N_RB.
    pub resource_blocks: u16,
}

/// Channel bandwidth (MHz) and number of resource blocks.
type Row = (f64, u16);

const LTE: &[Row] = &[(1.4, 6), (3.0, 15), (5.0, 25), (10.0, 50), (15.0, 75), (20.0, 100)];
const FR1_15_KHZ: &[Row] = &[
    (5.0, 25),
    (10.0, 52),
    (15.0, 79),
    (20.0, 106),
    (25.0, 133),
    (30.0, 160),
    (35.0, 188),
    (40.0, 216),
    (45.0, 242),
    (50.0, 270),
];
const FR1_30_KHZ: &[Row] = &[
    (5.0, 11),
    (10.0, 24),
    (15.0, 38),
    (20.0, 51),
    (25.0, 65),
    (30.0, 78),
    (35.0, 92),
    (40.0, 106),
    (45.0, 119),
    (50.0, 133),
    (60.0, 162),
    (70.0, 189),
    (80.0, 217),
    (90.0, 245),
    (100.0, 273),
];
const FR1_60_KHZ: &[Row] = &[
    (10.0, 11),
    (15.0, 18),
    (20.0, 24),
    (25.0, 31),
    (30.0, 38),
    (35.0, 44),
    (40.0, 51),
    (45.0, 58),
    (50.0, 65),
    (60.0, 79),
    (70.0, 93),
    (80.0, 107),
    (90.0, 121),
    (100.0, 135),
];
const FR2_60_KHZ: &[Row] = &[(50.0, 66), (100.0, 132), (200.0, 264)];
const FR2_120_KHZ: &[Row] = &[(50.0, 32), (100.0, 66), (200.0, 132), (400.0, 264)];

impl Carrier {
    /// The grid of a channel bandwidth and subcarrier spacing.
    ///
    /// # Errors
    /// [`ModelError::OutOfRange`] for a bandwidth that the standard does not have at this spacing,
    /// [`ModelError::Inconsistent`] for an unknown spacing.
    ///
    /// ```
    /// use propagation::link::{Carrier, RadioAccess};
    /// let carrier = Carrier::new(RadioAccess::NrFr1, 100.0, 30)?;
    /// assert_eq!(carrier.subcarriers(), 3276);
    /// # Ok::<(), propagation::ModelError>(())
    /// ```
    pub fn new(access: RadioAccess, bandwidth_mhz: f64, subcarrier_spacing_khz: u16) -> Result<Self, ModelError> {
        let rows = match (access, subcarrier_spacing_khz) {
            (RadioAccess::Lte, 15) => LTE,
            (RadioAccess::NrFr1, 15) => FR1_15_KHZ,
            (RadioAccess::NrFr1, 30) => FR1_30_KHZ,
            (RadioAccess::NrFr1, 60) => FR1_60_KHZ,
            (RadioAccess::NrFr2, 60) => FR2_60_KHZ,
            (RadioAccess::NrFr2, 120) => FR2_120_KHZ,
            _ => {
                return Err(ModelError::Inconsistent {
                    model: "resource grid",
                    reason: "unknown subcarrier spacing; LTE has 15 kHz, NR FR1 15, 30 and 60, NR FR2 60 and 120",
                });
            }
        };
        let row = rows.iter().find(|(mhz, _)| (mhz - bandwidth_mhz).abs() < 1e-6);
        row.map(|&(_, resource_blocks)| Self {
            access,
            bandwidth_mhz,
            subcarrier_spacing_khz,
            resource_blocks,
        })
        .ok_or(ModelError::OutOfRange {
            model: "resource grid",
            quantity: "channel bandwidth",
            value: bandwidth_mhz,
            unit: "MHz",
            minimum: rows[0].0,
            maximum: rows[rows.len() - 1].0,
        })
    }

    /// An LTE carrier.
    ///
    /// # Errors
    /// As [`Carrier::new`].
    pub fn lte(bandwidth_mhz: f64) -> Result<Self, ModelError> {
        Self::new(RadioAccess::Lte, bandwidth_mhz, 15)
    }

    /// Number of subcarriers, 12·N_RB.
    pub fn subcarriers(&self) -> u32 {
        SUBCARRIERS_PER_BLOCK * u32::from(self.resource_blocks)
    }

    /// Occupied bandwidth 12·N_RB·SCS, Hz.
    pub fn occupied_hz(&self) -> f64 {
        f64::from(self.subcarriers()) * f64::from(self.subcarrier_spacing_khz) * 1e3
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_grid_is_wider_than_its_channel_and_none_wastes_more_than_a_tenth_at_20_mhz() {
        for (access, spacing, rows) in [
            (RadioAccess::Lte, 15, LTE),
            (RadioAccess::NrFr1, 15, FR1_15_KHZ),
            (RadioAccess::NrFr1, 30, FR1_30_KHZ),
            (RadioAccess::NrFr1, 60, FR1_60_KHZ),
            (RadioAccess::NrFr2, 60, FR2_60_KHZ),
            (RadioAccess::NrFr2, 120, FR2_120_KHZ),
        ] {
            for &(mhz, _) in rows {
                let carrier = Carrier::new(access, mhz, spacing).unwrap();
                let used = carrier.occupied_hz() / (mhz * 1e6);
                assert!(
                    used < 1.0 && used > 0.75,
                    "{access:?} {mhz} MHz at {spacing} kHz uses {used}"
                );
            }
        }
    }

    #[test]
    fn unknown_grids_are_refused() {
        assert!(Carrier::lte(7.0).is_err());
        assert!(Carrier::new(RadioAccess::NrFr1, 100.0, 15).is_err());
        assert!(Carrier::new(RadioAccess::NrFr1, 100.0, 120).is_err());
    }
}
