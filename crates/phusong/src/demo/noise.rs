//! Seeded value noise: the same numbers for the same seed on every run.

/// A hash of lattice coordinates to `[-1, 1]` (SplitMix64 finaliser).
fn lattice_value(seed: u64, column: i64, row: i64) -> f64 {
    let mut bits =
        seed ^ (column as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ (row as u64).wrapping_mul(0xC2B2_AE3D_27D4_EB4F);
    bits = (bits ^ (bits >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    bits = (bits ^ (bits >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    bits ^= bits >> 31;
    (bits >> 11) as f64 / (1u64 << 52) as f64 - 1.0
}

/// Smooth noise in `[-1, 1]` with features about `wavelength` across (same unit as `x`, `y`).
pub fn smooth(seed: u64, x: f64, y: f64, wavelength: f64) -> f64 {
    let (x, y) = (x / wavelength, y / wavelength);
    let (column, row) = (x.floor(), y.floor());
    let (u, v) = (fade(x - column), fade(y - row));
    let (column, row) = (column as i64, row as i64);
    let corner = |dc: i64, dr: i64| lattice_value(seed, column + dc, row + dr);
    let south = corner(0, 0) + u * (corner(1, 0) - corner(0, 0));
    let north = corner(0, 1) + u * (corner(1, 1) - corner(0, 1));
    south + v * (north - south)
}

/// Sum of `octaves` of [`smooth`], each half the wavelength and half the amplitude of the one before.
pub fn fractal(seed: u64, x: f64, y: f64, wavelength: f64, octaves: u32) -> f64 {
    let mut total = 0.0;
    let mut amplitude = 0.5;
    let mut wavelength = wavelength;
    for octave in 0..octaves {
        total += amplitude * smooth(seed.wrapping_add(u64::from(octave)), x, y, wavelength);
        amplitude *= 0.5;
        wavelength *= 0.5;
    }
    total
}

/// Quintic fade: first and second derivatives vanish at the lattice.
fn fade(t: f64) -> f64 {
    t * t * t * (t * (t * 6.0 - 15.0) + 10.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn noise_stays_in_range_and_repeats() {
        for step in 0..2_000 {
            let (x, y) = (f64::from(step) * 0.37, f64::from(step) * -0.61);
            let value = fractal(7, x, y, 5.0, 4);
            assert!((-1.0..=1.0).contains(&value));
            assert_eq!(value.to_bits(), fractal(7, x, y, 5.0, 4).to_bits());
        }
    }
}
