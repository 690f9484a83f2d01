//! A layer as bytes: a JSON header, then the codes, compressed together.
//!
//! Each code is stored as its difference from its western neighbour, low bytes before high bytes: coverage is smooth, and this is what makes
//! it small. The same layer gives the same bytes.

use coverage_model::{Layer, Quantity};
use geodata::Technology;
use geodesy::tile_grid::PixelWindow;
use serde::{Deserialize, Serialize};

use crate::Problem;

#[derive(Serialize, Deserialize)]
struct Header {
    technology: Technology,
    operator: Option<String>,
    quantity: Quantity,
    window: PixelWindow,
    cells: Vec<String>,
}

const COMPRESSION_LEVEL: i32 = 3;

/// Writes a layer.
pub fn to_bytes(layer: &Layer) -> Result<Vec<u8>, Problem> {
    let header = serde_json::to_vec(&Header {
        technology: layer.technology,
        operator: layer.operator.clone(),
        quantity: layer.quantity,
        window: layer.window,
        cells: layer.cells.clone(),
    })?;
    let mut plain = Vec::with_capacity(4 + header.len() + 2 * layer.codes.len());
    plain.extend(
        u32::try_from(header.len())
            .map_err(|e| Problem::internal(&e))?
            .to_le_bytes(),
    );
    plain.extend(&header);
    let before = std::iter::once(0).chain(layer.codes.iter().copied());
    let steps: Vec<u16> = layer
        .codes
        .iter()
        .zip(before)
        .map(|(code, before)| code.wrapping_sub(before))
        .collect();
    plain.extend(steps.iter().map(|step| step.to_le_bytes()[0]));
    plain.extend(steps.iter().map(|step| step.to_le_bytes()[1]));
    Ok(zstd::encode_all(plain.as_slice(), COMPRESSION_LEVEL)?)
}

/// Reads a layer back.
///
/// # Errors
/// `damaged_layer` when the bytes are not a whole layer.
pub fn from_bytes(bytes: &[u8]) -> Result<Layer, Problem> {
    let plain = zstd::decode_all(bytes).map_err(|_| damaged())?;
    let (length, rest) = plain.split_first_chunk::<4>().ok_or_else(damaged)?;
    let length = usize::try_from(u32::from_le_bytes(*length)).map_err(|_| damaged())?;
    let (header, steps) = rest.split_at_checked(length).ok_or_else(damaged)?;
    let header: Header = serde_json::from_slice(header).map_err(|_| damaged())?;
    let count = header.window.len();
    if steps.len() != 2 * count {
        return Err(damaged());
    }
    let (low, high) = steps.split_at(count);
    let mut last = 0u16;
    let codes = low
        .iter()
        .zip(high)
        .map(|(low, high)| {
            last = last.wrapping_add(u16::from_le_bytes([*low, *high]));
            last
        })
        .collect();
    Ok(Layer {
        technology: header.technology,
        operator: header.operator,
        quantity: header.quantity,
        window: header.window,
        codes,
        cells: header.cells,
    })
}

fn damaged() -> Problem {
    Problem::new(
        500,
        "damaged_layer",
        "lớp bản đồ đã lưu bị hỏng",
        "the stored layer is damaged",
    )
    .advise("Tính lại vùng phủ sóng.", "Run coverage again.")
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
            let bytes = to_bytes(&layer).unwrap();
            prop_assert_eq!(from_bytes(&bytes).unwrap(), layer);
            prop_assert!(from_bytes(&bytes[..bytes.len() / 2]).is_err());
        }
    }
}
