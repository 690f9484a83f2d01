//! Axes: from numbers to positions, and where to put the ticks.

/// A linear axis from values to pixels.
#[derive(Debug, Clone, Copy)]
pub(super) struct Scale {
    from: f64,
    to: f64,
    start_px: f64,
    end_px: f64,
}

impl Scale {
    pub(super) const fn new((from, to): (f64, f64), (start_px, end_px): (f64, f64)) -> Self {
        Self {
            from,
            to,
            start_px,
            end_px,
        }
    }

    pub(super) fn px(&self, value: f64) -> f64 {
        self.start_px + (value - self.from) / (self.to - self.from) * (self.end_px - self.start_px)
    }

    /// Round values inside the axis, about `wanted` of them, at a step of 1, 2 or 5 times a power of ten.
    pub(super) fn ticks(&self, wanted: usize) -> Vec<f64> {
        let rough = (self.to - self.from).abs() / wanted.max(1) as f64;
        if !rough.is_normal() {
            return Vec::new();
        }
        let magnitude = 10_f64.powf(rough.log10().floor());
        let step = [1.0, 2.0, 5.0, 10.0]
            .into_iter()
            .map(|m| m * magnitude)
            .find(|step| *step >= rough)
            .unwrap_or(rough);
        let (low, high) = (self.from.min(self.to), self.from.max(self.to));
        let first = (low / step).ceil() as i64;
        let last = (high / step).floor() as i64;
        (first..=last).map(|index| index as f64 * step).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_are_round_and_inside() {
        assert_eq!(
            Scale::new((0.0, 10.0), (0.0, 1.0)).ticks(5),
            [0.0, 2.0, 4.0, 6.0, 8.0, 10.0]
        );
        assert_eq!(
            Scale::new((-3.0, 47.0), (0.0, 1.0)).ticks(5),
            [0.0, 10.0, 20.0, 30.0, 40.0]
        );
        assert!(Scale::new((5.0, 5.0), (0.0, 1.0)).ticks(5).is_empty());
        assert!(Scale::new((f64::NAN, 5.0), (0.0, 1.0)).ticks(5).is_empty());
    }
}
