//! From SINR to bits per second.

use serde::{Deserialize, Serialize};

use super::resource_grid::{Carrier, RadioAccess};
use crate::normal_distribution::tail_probability;

/// Spectral efficiency as an attenuated and truncated Shannon bound (TR 36.942 Annex A).
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct TruncatedShannon {
    /// Attenuation factor α.
    pub attenuation: f64,
    /// SINR below which there is no service, dB.
    pub minimum_sinr_db: f64,
    /// Greatest efficiency, bit/s/Hz.
    pub maximum_efficiency: f64,
}

impl TruncatedShannon {
    /// Downlink baseline with 64QAM: 4.4 bit/s/Hz at about 22 dB.
    pub const DOWNLINK_64QAM: Self = Self {
        attenuation: 0.6,
        minimum_sinr_db: -10.0,
        maximum_efficiency: 4.4,
    };
    /// Downlink with 256QAM: the same curve up to 30 dB.
    pub const DOWNLINK_256QAM: Self = Self {
        attenuation: 0.6,
        minimum_sinr_db: -10.0,
        maximum_efficiency: 5.98,
    };
    /// Uplink baseline: 2.0 bit/s/Hz at 15 dB.
    pub const UPLINK: Self = Self {
        attenuation: 0.4,
        minimum_sinr_db: -10.0,
        maximum_efficiency: 2.0,
    };

    /// Efficiency of one layer in bit/s/Hz at a SINR in dB.
    pub fn efficiency(&self, sinr_db: f64) -> f64 {
        if sinr_db < self.minimum_sinr_db {
            return 0.0;
        }
        let shannon = (1.0 + 10f64.powf(sinr_db / 10.0)).log2();
        (self.attenuation * shannon).min(self.maximum_efficiency)
    }

    /// SINR in dB at which an efficiency is reached; `None` beyond the maximum.
    pub fn required_sinr_db(&self, efficiency: f64) -> Option<f64> {
        if efficiency > self.maximum_efficiency {
            return None;
        }
        let sinr = (efficiency / self.attenuation).exp2() - 1.0;
        Some((10.0 * sinr.log10()).max(self.minimum_sinr_db))
    }
}

/// Tables of channel quality indicators (TS 38.214 Tables 5.2.2.1-2 to -4): bits per symbol and code rate × 1024.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CqiTable {
    /// Up to 64QAM; also LTE's.
    Qam64,
    /// Up to 256QAM.
    Qam256,
    /// Up to 64QAM with low efficiencies, for high reliability.
    LowEfficiency,
}

type CqiRow = (u8, u16);

/// The rows of both tables up to 64QAM: the one for high reliability begins two rows before the other.
const UP_TO_QAM64: [CqiRow; 17] = [
    (2, 30),
    (2, 50),
    (2, 78),
    (2, 120),
    (2, 193),
    (2, 308),
    (2, 449),
    (2, 602),
    (4, 378),
    (4, 490),
    (4, 616),
    (6, 466),
    (6, 567),
    (6, 666),
    (6, 772),
    (6, 873),
    (6, 948),
];
const QAM256: [CqiRow; 15] = [
    (2, 78),
    (2, 193),
    (2, 449),
    (4, 378),
    (4, 490),
    (4, 616),
    (6, 466),
    (6, 567),
    (6, 666),
    (6, 772),
    (6, 873),
    (8, 711),
    (8, 797),
    (8, 885),
    (8, 948),
];
/// SINR from which each indicator of the 64QAM table is reported, dB. Not standardised: customary values.
const CQI_SINR_DB: [f64; 15] = [
    -6.7, -4.7, -2.3, 0.2, 2.4, 4.3, 5.9, 8.1, 10.3, 11.7, 14.1, 16.3, 18.7, 21.0, 22.7,
];

/// Highest CQI of the 64QAM table whose customary threshold a SINR reaches; `None` below the first.
pub fn cqi(sinr_db: f64) -> Option<u8> {
    match CQI_SINR_DB.partition_point(|&threshold| threshold <= sinr_db) {
        0 => None,
        index => Some(index as u8),
    }
}

impl CqiTable {
    /// Efficiency Qm·R in bit per symbol of an indicator 1 … 15; 0 outside.
    pub fn efficiency(self, indicator: u8) -> f64 {
        let rows = match self {
            Self::Qam64 => &UP_TO_QAM64[2..],
            Self::Qam256 => &QAM256,
            Self::LowEfficiency => &UP_TO_QAM64[..15],
        };
        let row = usize::from(indicator).checked_sub(1).and_then(|index| rows.get(index));
        row.map_or(0.0, |&(bits, rate)| f64::from(bits) * f64::from(rate) / 1024.0)
    }
}

/// How the time of a carrier is shared between the directions.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Duplex {
    /// Paired spectrum: all of the time in each direction.
    Fdd,
    /// Unpaired spectrum with this fraction of symbols in the direction wanted.
    Tdd(f64),
}

impl Duplex {
    /// Downlink of the slot pattern DDDSU with a special slot of 10:2:2 symbols: 0.743.
    pub const TDD_DDDSU_DOWNLINK: Self = Self::Tdd((3.0 * 14.0 + 10.0) / (5.0 * 14.0));

    /// Fraction of time in the direction wanted.
    pub fn fraction(self) -> f64 {
        match self {
            Self::Fdd => 1.0,
            Self::Tdd(fraction) => fraction.clamp(0.0, 1.0),
        }
    }
}

/// Everything between a layer's efficiency and user bits.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct ThroughputModel {
    /// Efficiency of one layer.
    pub efficiency: TruncatedShannon,
    /// Most MIMO layers that transmitter and receiver support together.
    pub layers: u8,
    /// Fraction of resource elements spent on control and reference signals.
    pub overhead: f64,
    /// Duplex.
    pub duplex: Duplex,
    /// Block error rate aimed at.
    pub block_error_rate: f64,
}

impl ThroughputModel {
    /// Customary downlink of a technology with a number of layers: 64QAM and a quarter of overhead for LTE, 256QAM
    /// and the overheads of TS 38.306 for NR, block error rate 0.1.
    pub fn downlink(access: RadioAccess, layers: u8, duplex: Duplex) -> Self {
        let (efficiency, overhead) = match access {
            RadioAccess::Lte => (TruncatedShannon::DOWNLINK_64QAM, 0.25),
            RadioAccess::NrFr1 => (TruncatedShannon::DOWNLINK_256QAM, 0.14),
            RadioAccess::NrFr2 => (TruncatedShannon::DOWNLINK_256QAM, 0.18),
        };
        Self {
            efficiency,
            layers,
            overhead,
            duplex,
            block_error_rate: 0.1,
        }
    }

    /// Throughput in bit/s at a SINR in dB and the number of layers that gives it: the power is divided among the
    /// layers, and the number that carries most is chosen.
    ///
    /// ```
    /// use propagation::link::throughput::{Duplex, ThroughputModel};
    /// use propagation::link::{Carrier, RadioAccess};
    ///
    /// let carrier = Carrier::new(RadioAccess::NrFr1, 100.0, 30)?;
    /// let model = ThroughputModel::downlink(RadioAccess::NrFr1, 4, Duplex::TDD_DDDSU_DOWNLINK);
    /// let (near, layers) = model.bits_per_second(&carrier, 36.0);
    /// let (far, single) = model.bits_per_second(&carrier, -9.0);
    /// assert_eq!((layers, single), (4, 1));
    /// assert!(near > 1.0e9 && far < 1.0e7);
    /// # Ok::<(), propagation::ModelError>(())
    /// ```
    pub fn bits_per_second(&self, carrier: &Carrier, sinr_db: f64) -> (f64, u8) {
        let usable_hz =
            carrier.occupied_hz() * (1.0 - self.overhead) * self.duplex.fraction() * (1.0 - self.block_error_rate);
        let of_layers = |layers: u8| {
            let share_db = 10.0 * f64::from(layers).log10();
            f64::from(layers) * self.efficiency.efficiency(sinr_db - share_db) * usable_hz
        };
        (1..=self.layers.max(1))
            .map(|layers| (of_layers(layers), layers))
            .fold(
                (0.0, 1),
                |best, candidate| {
                    if candidate.0 > best.0 { candidate } else { best }
                },
            )
    }
}

/// Peak rate of an NR carrier in bit/s by TS 38.306: layers, bits per symbol of the modulation, overhead.
pub fn nr_peak_bits_per_second(carrier: &Carrier, layers: u8, bits_per_symbol: u8, overhead: f64) -> f64 {
    const MAXIMUM_CODE_RATE: f64 = 948.0 / 1024.0;
    const SYMBOLS_PER_SLOT: f64 = 14.0;
    let slots_per_second = 1e3 * f64::from(carrier.subcarrier_spacing_khz) / 15.0;
    f64::from(layers)
        * f64::from(bits_per_symbol)
        * MAXIMUM_CODE_RATE
        * f64::from(carrier.subcarriers())
        * SYMBOLS_PER_SLOT
        * slots_per_second
        * (1.0 - overhead)
}

/// Probability that SINR exceeds a threshold when its error is normal with `sigma_db` around a median.
pub fn probability_above(median_db: f64, threshold_db: f64, sigma_db: f64) -> f64 {
    tail_probability((threshold_db - median_db) / sigma_db)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn efficiencies_are_those_of_the_tables() {
        assert!((CqiTable::Qam64.efficiency(15) - 5.5547).abs() < 5e-5);
        assert!((CqiTable::Qam256.efficiency(15) - 7.4063).abs() < 5e-5);
        assert!((CqiTable::Qam256.efficiency(12) - 5.5547).abs() < 5e-5);
        assert!((CqiTable::LowEfficiency.efficiency(1) - 0.0586).abs() < 5e-5);
        assert_eq!(CqiTable::Qam64.efficiency(0), 0.0);
        assert_eq!(CqiTable::Qam64.efficiency(16), 0.0);
        for table in [CqiTable::Qam64, CqiTable::Qam256, CqiTable::LowEfficiency] {
            assert!((1..15).all(|i| table.efficiency(i) < table.efficiency(i + 1)));
        }
    }

    #[test]
    fn cqi_thresholds_switch_where_they_say() {
        assert_eq!(cqi(-7.0), None);
        assert_eq!(cqi(-6.7), Some(1));
        assert_eq!(cqi(30.0), Some(15));
    }

    #[test]
    fn peak_rate_of_100_mhz_with_4_layers_and_256qam() {
        let carrier = Carrier::new(RadioAccess::NrFr1, 100.0, 30).unwrap();
        assert!((nr_peak_bits_per_second(&carrier, 4, 8, 0.14) / 1e9 - 2.337).abs() < 5e-4);
    }

    #[test]
    fn efficiency_inverts() {
        let curve = TruncatedShannon::DOWNLINK_64QAM;
        for sinr_db in [-9.0, 0.0, 10.0, 20.0] {
            assert!((curve.required_sinr_db(curve.efficiency(sinr_db)).unwrap() - sinr_db).abs() < 1e-9);
        }
        assert_eq!(curve.required_sinr_db(9.0), None);
        assert!((TruncatedShannon::DOWNLINK_256QAM.efficiency(30.0) - 5.98).abs() < 1e-3);
    }
}
