//! Measured patterns in MSI Planet format (`.msi`, `.pln`, `.txt`).
//!
//! Lines `KEY value` in any order and case, then the two cuts: `HORIZONTAL n` and `VERTICAL n` followed by n lines
//! `angle attenuation`. Attenuations are below the maximum; vertical angles grow downwards from the horizon in
//! front (90 = straight down), horizontal ones clockwise.

use serde::{Deserialize, Serialize};

use super::direction::Direction;

/// dBi of a half-wave dipole.
const DIPOLE_GAIN_DBI: f64 = 2.15;
/// Attenuations of the combined pattern are limited here.
const MAXIMUM_ATTENUATION_DB: f64 = 40.0;
/// More samples than any instrument writes; guards against a file that lies about its length.
const MAXIMUM_SAMPLES: usize = 36_000;

/// Why a pattern file is refused. Lines are counted from 1.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum MsiError {
    /// A number that is none.
    #[error("line {line}: {text:?} is not a number ({expected})")]
    NotANumber {
        /// Where.
        line: usize,
        /// What was found.
        text: String,
        /// What was expected there.
        expected: &'static str,
    },
    /// A sample of a cut that lacks its angle or attenuation.
    #[error("line {line}: expected \"angle attenuation\", found {text:?}")]
    Sample {
        /// Where.
        line: usize,
        /// What was found.
        text: String,
    },
    /// An angle outside 0 … 360 or given twice.
    #[error("line {line}: angle {angle_deg} is outside 0 to 360 degrees or occurs twice in the {cut} cut")]
    Angle {
        /// Where.
        line: usize,
        /// The angle.
        angle_deg: f64,
        /// Which cut.
        cut: &'static str,
    },
    /// The file ends, or another key begins, before the declared number of samples.
    #[error("line {line}: the {cut} cut declares {declared} samples, but only {found} follow")]
    Short {
        /// Where the cut was declared.
        line: usize,
        /// Which cut.
        cut: &'static str,
        /// Samples promised.
        declared: usize,
        /// Samples found.
        found: usize,
    },
    /// A number of samples that no pattern has.
    #[error("line {line}: the {cut} cut declares {declared} samples; 2 to 36000 are possible")]
    Count {
        /// Where.
        line: usize,
        /// Which cut.
        cut: &'static str,
        /// Samples promised.
        declared: usize,
    },
    /// A cut or the gain is missing.
    #[error("the file has no {key} line")]
    Missing {
        /// The key not found.
        key: &'static str,
    },
    /// A cut or key given twice.
    #[error("line {line}: {key} occurs a second time")]
    Twice {
        /// Where.
        line: usize,
        /// The key.
        key: &'static str,
    },
    /// A unit other than dBd and dBi.
    #[error("line {line}: unknown gain unit {unit:?}; dBd and dBi are known")]
    Unit {
        /// Where.
        line: usize,
        /// What was found.
        unit: String,
    },
}

/// Something that was put right or looks wrong, without stopping the import.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "code", rename_all = "snake_case")]
#[non_exhaustive]
pub enum MsiWarning {
    /// The gain has no unit; dBd was assumed, as the format's convention says.
    GainUnitAssumed,
    /// Attenuations were written as negative numbers.
    NegativeAttenuation {
        /// First such line.
        line: usize,
    },
    /// Vertical angles counted upwards: the cut was turned over.
    VerticalCutTurnedOver,
    /// A cut whose least attenuation is not near 0.
    PeakNotZero {
        /// Least attenuation, dB.
        minimum_db: f64,
    },
    /// The gain is not between 0 and 30 dBi.
    UnusualGain {
        /// Gain, dBi.
        gain_dbi: f64,
    },
    /// The 3 dB width of a cut differs from the declared one by more than a fifth.
    WidthDiffers {
        /// Declared, degrees.
        declared_deg: f64,
        /// Measured from the samples, degrees.
        measured_deg: f64,
    },
}

/// Unit in which a file states its gain.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum GainUnit {
    /// Over a half-wave dipole.
    #[serde(rename = "dBd")]
    Dbd,
    /// Over an isotropic radiator.
    #[serde(rename = "dBi")]
    Dbi,
}

/// One cut: attenuation in dB by angle, all around.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Cut {
    /// Angles in degrees, 0 … below 360, increasing.
    angles_deg: Vec<f64>,
    /// Attenuations in dB, not negative.
    attenuations_db: Vec<f64>,
}

impl Cut {
    /// Attenuation in dB at any angle, linear in dB between samples and across 360°.
    pub fn attenuation_db(&self, angle_deg: f64) -> f64 {
        let angle = angle_deg.rem_euclid(360.0);
        let count = self.angles_deg.len();
        let next = self.angles_deg.partition_point(|&a| a <= angle) % count;
        let previous = (next + count - 1) % count;
        let span = (self.angles_deg[next] - self.angles_deg[previous]).rem_euclid(360.0);
        let (low, high) = (self.attenuations_db[previous], self.attenuations_db[next]);
        if span == 0.0 {
            return low;
        }
        let fraction = (angle - self.angles_deg[previous]).rem_euclid(360.0) / span;
        low + (high - low) * fraction
    }

    /// Angles in degrees.
    pub fn angles_deg(&self) -> &[f64] {
        &self.angles_deg
    }

    /// Attenuations in dB, one per angle.
    pub fn attenuations_db(&self) -> &[f64] {
        &self.attenuations_db
    }

    /// Angle and value of the least attenuation.
    pub fn peak(&self) -> (f64, f64) {
        let values = self
            .angles_deg
            .iter()
            .copied()
            .zip(self.attenuations_db.iter().copied());
        values.fold(
            (0.0, f64::INFINITY),
            |best, sample| if sample.1 < best.1 { sample } else { best },
        )
    }

    /// Width in degrees over which the cut stays within 3 dB of its peak.
    pub fn width_3db_deg(&self) -> f64 {
        let (peak_deg, minimum_db) = self.peak();
        let within = |offset: f64| self.attenuation_db(peak_deg + offset) <= minimum_db + 3.0;
        let reach = |sign: f64| {
            (1..1800)
                .map(|tenth| f64::from(tenth) * 0.1)
                .find(|&a| !within(sign * a))
                .unwrap_or(180.0)
        };
        reach(1.0) + reach(-1.0) - 0.1
    }

    fn turned_over(self) -> Self {
        let mut samples: Vec<_> = self
            .angles_deg
            .iter()
            .map(|a| (360.0 - a).rem_euclid(360.0))
            .zip(self.attenuations_db)
            .collect();
        samples.sort_by(|a, b| a.0.total_cmp(&b.0));
        let (angles_deg, attenuations_db) = samples.into_iter().unzip();
        Self {
            angles_deg,
            attenuations_db,
        }
    }
}

/// A measured antenna.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MsiAntenna {
    /// Name of the antenna.
    pub name: String,
    /// Maximum gain, dBi.
    pub gain_dbi: f64,
    /// Unit in which the file states the gain.
    pub gain_unit: GainUnit,
    /// Centre of the frequency or frequency range, MHz, if given.
    pub frequency_mhz: Option<f64>,
    /// Electrical tilt that is part of the measurement, degrees downwards, if stated.
    pub electrical_tilt_deg: Option<f64>,
    /// Cut through the beam at constant elevation; angles clockwise from the boresight.
    pub horizontal: Cut,
    /// Cut through the boresight; angles downwards from the horizon in front.
    pub vertical: Cut,
    /// All other lines, as key and value.
    pub metadata: Vec<(String, String)>,
    /// What was put right or looks wrong.
    pub warnings: Vec<MsiWarning>,
}

impl MsiAntenna {
    /// Reads a file's text. Bytes that are not UTF-8 should be taken as Latin-1 by the caller.
    ///
    /// # Errors
    /// [`MsiError`], with the line.
    pub fn parse(text: &str) -> Result<Self, MsiError> {
        let mut reader = Reader::default();
        let mut lines = text
            .lines()
            .enumerate()
            .map(|(i, line)| (i + 1, line.trim()))
            .peekable();
        while let Some((line, content)) = lines.next() {
            if content.is_empty() {
                continue;
            }
            let (key, value) = content
                .split_once([' ', '\t'])
                .map_or((content, ""), |(k, v)| (k, v.trim()));
            match key.to_ascii_uppercase().as_str() {
                "HORIZONTAL" => {
                    once(&reader.horizontal, line, "HORIZONTAL")?;
                    reader.horizontal = Some(read_cut(&mut lines, line, value, "horizontal", &mut reader.warnings)?);
                }
                "VERTICAL" => {
                    once(&reader.vertical, line, "VERTICAL")?;
                    reader.vertical = Some(read_cut(&mut lines, line, value, "vertical", &mut reader.warnings)?);
                }
                "GAIN" => {
                    once(&reader.gain, line, "GAIN")?;
                    reader.gain = Some(read_gain(line, value)?);
                }
                "NAME" => reader.name = value.to_owned(),
                "FREQUENCY" => reader.frequency_mhz = read_frequency(value),
                "ELECTRICAL_TILT" => {
                    reader.electrical_tilt_deg = Some(parse_number(
                        value.trim_end_matches(['°', ' ']),
                        line,
                        "electrical tilt in degrees",
                    )?);
                }
                _ if reader.name.is_empty() && reader.is_untouched() => reader.name = content.to_owned(),
                _ => reader.metadata.push((key.to_owned(), value.to_owned())),
            }
        }
        reader.finish()
    }

    /// Attenuation in dB in a direction of the antenna frame: the two cuts interpolated by azimuth, so that each cut
    /// is met exactly in its own plane; 0 … 40 dB.
    pub fn attenuation_db(&self, direction: Direction) -> f64 {
        let backwards = (direction.azimuth_deg.abs() / 180.0).min(1.0);
        let depression = -direction.elevation_deg;
        let front = self.vertical.attenuation_db(depression) - self.horizontal.attenuation_db(0.0);
        let back = self.vertical.attenuation_db(180.0 - depression) - self.horizontal.attenuation_db(180.0);
        let horizontal = self.horizontal.attenuation_db(direction.azimuth_deg);
        (horizontal + (1.0 - backwards) * front + backwards * back).clamp(0.0, MAXIMUM_ATTENUATION_DB)
    }
}

#[derive(Default)]
struct Reader {
    name: String,
    gain: Option<(f64, Option<GainUnit>)>,
    frequency_mhz: Option<f64>,
    electrical_tilt_deg: Option<f64>,
    horizontal: Option<Cut>,
    vertical: Option<Cut>,
    metadata: Vec<(String, String)>,
    warnings: Vec<MsiWarning>,
}

impl Reader {
    /// Whether nothing was read yet: some makers leave out the word NAME on the first line.
    fn is_untouched(&self) -> bool {
        self.gain.is_none() && self.horizontal.is_none() && self.vertical.is_none() && self.metadata.is_empty()
    }

    fn finish(mut self) -> Result<MsiAntenna, MsiError> {
        let (gain, stated_unit) = self.gain.ok_or(MsiError::Missing { key: "GAIN" })?;
        let horizontal = self.horizontal.take().ok_or(MsiError::Missing { key: "HORIZONTAL" })?;
        let mut vertical = self.vertical.take().ok_or(MsiError::Missing { key: "VERTICAL" })?;
        if stated_unit.is_none() {
            self.warnings.push(MsiWarning::GainUnitAssumed);
        }
        let gain_unit = stated_unit.unwrap_or(GainUnit::Dbd);
        let gain_dbi = if gain_unit == GainUnit::Dbd {
            gain + DIPOLE_GAIN_DBI
        } else {
            gain
        };
        if let Some(tilt) = self.electrical_tilt_deg.filter(|tilt| *tilt >= 1.0) {
            let near = |angle: f64| (vertical.peak().0 - angle).abs() <= tilt / 2.0;
            if near(360.0 - tilt) {
                vertical = vertical.turned_over();
                self.warnings.push(MsiWarning::VerticalCutTurnedOver);
            }
        }
        self.check(gain_dbi, &horizontal, &vertical);
        Ok(MsiAntenna {
            name: self.name,
            gain_dbi,
            gain_unit,
            frequency_mhz: self.frequency_mhz,
            electrical_tilt_deg: self.electrical_tilt_deg,
            horizontal,
            vertical,
            metadata: self.metadata,
            warnings: self.warnings,
        })
    }

    fn check(&mut self, gain_dbi: f64, horizontal: &Cut, vertical: &Cut) {
        if !(gain_dbi > 0.0 && gain_dbi < 30.0) {
            self.warnings.push(MsiWarning::UnusualGain { gain_dbi });
        }
        for (cut, key) in [(horizontal, "H_WIDTH"), (vertical, "V_WIDTH")] {
            let minimum_db = cut.peak().1;
            if minimum_db > 0.5 {
                self.warnings.push(MsiWarning::PeakNotZero { minimum_db });
            }
            let declared = self.metadata.iter().find(|(k, _)| k.eq_ignore_ascii_case(key));
            let Some(declared_deg) = declared.and_then(|(_, value)| first_number(value)) else {
                continue;
            };
            let measured_deg = cut.width_3db_deg();
            if declared_deg > 0.0 && (measured_deg / declared_deg - 1.0).abs() > 0.2 {
                self.warnings.push(MsiWarning::WidthDiffers {
                    declared_deg,
                    measured_deg,
                });
            }
        }
    }
}

fn once<T>(slot: &Option<T>, line: usize, key: &'static str) -> Result<(), MsiError> {
    if slot.is_some() {
        Err(MsiError::Twice { line, key })
    } else {
        Ok(())
    }
}

fn parse_number(text: &str, line: usize, expected: &'static str) -> Result<f64, MsiError> {
    let number = text
        .trim()
        .replace(',', ".")
        .parse::<f64>()
        .ok()
        .filter(|number| number.is_finite());
    number.ok_or_else(|| MsiError::NotANumber {
        line,
        text: text.trim().to_owned(),
        expected,
    })
}

fn first_number(text: &str) -> Option<f64> {
    text.split_whitespace().next()?.parse().ok()
}

/// A frequency, or the centre of a range "1710-2170".
fn read_frequency(value: &str) -> Option<f64> {
    let digits = value.trim_end_matches(|c: char| c.is_ascii_alphabetic() || c.is_whitespace());
    match digits.split_once('-') {
        Some((low, high)) => Some(0.5 * (low.trim().parse::<f64>().ok()? + high.trim().parse::<f64>().ok()?)),
        None => digits.trim().parse().ok(),
    }
}

fn read_gain(line: usize, value: &str) -> Result<(f64, Option<GainUnit>), MsiError> {
    let split = value
        .find(|c: char| c.is_ascii_alphabetic() && c != 'e' && c != 'E')
        .unwrap_or(value.len());
    let (number, unit) = value.split_at(split);
    let unit = match unit.trim().to_ascii_lowercase().as_str() {
        "" => None,
        "dbd" => Some(GainUnit::Dbd),
        "dbi" => Some(GainUnit::Dbi),
        _ => {
            return Err(MsiError::Unit {
                line,
                unit: unit.trim().to_owned(),
            });
        }
    };
    Ok((parse_number(number, line, "gain in dBd or dBi")?, unit))
}

fn read_cut<'a>(
    lines: &mut std::iter::Peekable<impl Iterator<Item = (usize, &'a str)>>,
    line: usize,
    declared: &str,
    cut: &'static str,
    warnings: &mut Vec<MsiWarning>,
) -> Result<Cut, MsiError> {
    let declared = parse_number(declared, line, "number of samples")? as usize;
    if !(2..=MAXIMUM_SAMPLES).contains(&declared) {
        return Err(MsiError::Count { line, cut, declared });
    }
    let mut samples: Vec<(f64, f64)> = Vec::with_capacity(declared);
    let mut negative = None;
    while samples.len() < declared {
        let Some((sample_line, content)) = lines.next_if(|(_, content)| !begins_a_key(content)) else {
            return Err(MsiError::Short {
                line,
                cut,
                declared,
                found: samples.len(),
            });
        };
        if content.is_empty() {
            continue;
        }
        let mut fields = content.split([' ', '\t', ';']).filter(|field| !field.is_empty());
        let (Some(angle), Some(attenuation)) = (fields.next(), fields.next()) else {
            return Err(MsiError::Sample {
                line: sample_line,
                text: content.to_owned(),
            });
        };
        let angle_deg = parse_number(angle, sample_line, "angle in degrees")?;
        let attenuation_db = parse_number(attenuation, sample_line, "attenuation in dB")?;
        if !(0.0..=360.0).contains(&angle_deg) {
            return Err(MsiError::Angle {
                line: sample_line,
                angle_deg,
                cut,
            });
        }
        if attenuation_db < 0.0 {
            negative.get_or_insert(sample_line);
        }
        samples.push((angle_deg, attenuation_db.abs()));
    }
    if let Some(line) = negative {
        warnings.push(MsiWarning::NegativeAttenuation { line });
    }
    order_cut(samples, line, cut)
}

/// Sorts by angle; a last sample at 360 repeats that at 0 and is dropped.
fn order_cut(mut samples: Vec<(f64, f64)>, line: usize, cut: &'static str) -> Result<Cut, MsiError> {
    samples.sort_by(|a, b| a.0.total_cmp(&b.0));
    if samples[0].0 == 0.0 && samples[samples.len() - 1].0 == 360.0 {
        samples.pop();
    }
    if let Some(pair) = samples.windows(2).find(|pair| pair[0].0 == pair[1].0) {
        return Err(MsiError::Angle {
            line,
            angle_deg: pair[0].0,
            cut,
        });
    }
    let (angles_deg, attenuations_db) = samples.into_iter().unzip();
    Ok(Cut {
        angles_deg,
        attenuations_db,
    })
}

fn begins_a_key(content: &str) -> bool {
    content.starts_with(|c: char| c.is_ascii_alphabetic())
}

#[cfg(test)]
mod tests;
