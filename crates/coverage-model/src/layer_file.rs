//! A layer as bytes: a JSON header, then the codes, compressed together.
//!
//! Each code is stored as its difference from its western neighbour, low bytes before high bytes: coverage is smooth, and this is what makes
//! it small. The same layer gives the same bytes.

use geodata::Technology;
use geodesy::tile_grid::PixelWindow;
use serde::{Deserialize, Serialize};

use crate::{CoverageError, Layer, Quantity};

#[derive(Serialize, Deserialize)]
struct Header {
    technology: Technology,
    operator: Option<String>,
    quantity: Quantity,
    window: PixelWindow,
    cells: Vec<String>,
}

const COMPRESSION_LEVEL: i32 = 3;

impl Layer {
    /// The layer as bytes.
    ///
    /// # Errors
    /// [`CoverageError::DamagedLayer`] when the layer cannot be packed (more names than a file can hold).
    pub fn to_bytes(&self) -> Result<Vec<u8>, CoverageError> {
        let header = serde_json::to_vec(&Header {
            technology: self.technology,
            operator: self.operator.clone(),
            quantity: self.quantity,
            window: self.window,
            cells: self.cells.clone(),
        })
        .map_err(|error| damaged(error.to_string()))?;
        let length = u32::try_from(header.len()).map_err(|error| damaged(error.to_string()))?;
        let mut plain = Vec::with_capacity(4 + header.len() + 2 * self.codes.len());
        plain.extend(length.to_le_bytes());
        plain.extend(&header);
        let before = std::iter::once(0).chain(self.codes.iter().copied());
        let steps = || {
            self.codes
                .iter()
                .zip(before.clone())
                .map(|(code, before)| code.wrapping_sub(before).to_le_bytes())
        };
        plain.extend(steps().map(|[low, _]| low));
        plain.extend(steps().map(|[_, high]| high));
        zstd::bulk::compress(&plain, COMPRESSION_LEVEL).map_err(|error| damaged(error.to_string()))
    }

    /// Reads a layer back.
    ///
    /// # Errors
    /// [`CoverageError::DamagedLayer`] when the bytes are not a whole layer.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, CoverageError> {
        let plain = zstd::decode_all(bytes).map_err(|error| damaged(error.to_string()))?;
        let whole = |part: &str| damaged(format!("its {part} is cut short"));
        let (length, rest) = plain.split_first_chunk::<4>().ok_or_else(|| whole("header"))?;
        let (header, steps) = rest
            .split_at_checked(u32::from_le_bytes(*length) as usize)
            .ok_or_else(|| whole("header"))?;
        let header: Header = serde_json::from_slice(header).map_err(|error| damaged(error.to_string()))?;
        let count = (header.window.columns as usize).checked_mul(header.window.rows as usize);
        let Some(count) = count.filter(|count| steps.len() == 2 * count) else {
            return Err(whole("raster"));
        };
        let (low, high) = steps.split_at(count);
        let mut last = 0_u16;
        let codes = low
            .iter()
            .zip(high)
            .map(|(low, high)| {
                last = last.wrapping_add(u16::from_le_bytes([*low, *high]));
                last
            })
            .collect();
        Ok(Self {
            technology: header.technology,
            operator: header.operator,
            quantity: header.quantity,
            window: header.window,
            codes,
            cells: header.cells,
        })
    }
}

fn damaged(reason: String) -> CoverageError {
    CoverageError::DamagedLayer { reason }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_layer_comes_back_as_it_was(codes in proptest::collection::vec(any::<u16>(), 12), operator in any::<Option<String>>()) {
            let layer = Layer {
                technology: Technology::G4,
                operator,
                quantity: Quantity::Signal,
                window: PixelWindow { zoom: 12, column: 7, row: 9, columns: 4, rows: 3 },
                codes,
                cells: vec!["a".into()],
            };
            let bytes = layer.to_bytes().expect("small");
            prop_assert_eq!(Layer::from_bytes(&bytes).expect("whole"), layer);
            prop_assert!(Layer::from_bytes(&bytes[..bytes.len() / 2]).is_err());
        }
    }
}
