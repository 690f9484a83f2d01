//! The land that the plan is made for: whoever lives across the border is nobody's demand here.

use coverage_model::spans;
use geodata::{Area, AreaKind};
use geodesy::tile_grid::PixelWindow;

/// Which pixels of a raster lie in the project's communes (or its province): all of them where the project has neither.
#[derive(Debug, Clone, PartialEq)]
pub struct Territory {
    pixels: usize,
    inside: Option<Vec<bool>>,
}

impl Territory {
    /// Marks the pixels whose centre lies in a commune or province of `areas`.
    #[must_use]
    pub fn of(areas: &[Area], window: &PixelWindow) -> Self {
        let pixels = window.columns as usize * window.rows as usize;
        let mut home = areas
            .iter()
            .filter(|area| matches!(area.kind, AreaKind::Commune | AreaKind::Province))
            .peekable();
        if home.peek().is_none() {
            return Self { pixels, inside: None };
        }
        let mut inside = vec![false; pixels];
        for span in home.flat_map(|area| spans(&area.geometry, window)) {
            let row = (span.row * window.columns) as usize;
            inside[row + span.from as usize..row + span.to as usize].fill(true);
        }
        Self {
            pixels,
            inside: Some(inside),
        }
    }

    /// Whether a pixel (row-major index) lies in it.
    #[must_use]
    pub fn contains(&self, pixel: usize) -> bool {
        self.inside
            .as_ref()
            .is_none_or(|inside| inside.get(pixel).copied().unwrap_or(false))
    }

    /// What needs no service, by pixel: what is `served` already (nothing beyond its end), and all beyond the border.
    #[must_use]
    pub fn settled(&self, served: &[bool]) -> Vec<bool> {
        (0..self.pixels)
            .map(|pixel| served.get(pixel).copied().unwrap_or(false) || !self.contains(pixel))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use geo_types::{MultiPolygon, polygon};
    use geodesy::Bounds;

    use super::*;

    const BOUNDS: Bounds = Bounds {
        west: 105.5,
        south: 18.0,
        east: 105.6,
        north: 18.1,
    };

    /// A commune over the western half of the bounds.
    fn western_half() -> Area {
        let half = polygon![(x: 105.4, y: 17.9), (x: 105.55, y: 17.9), (x: 105.55, y: 18.2), (x: 105.4, y: 18.2)];
        Area::new("A", "A", AreaKind::Commune, MultiPolygon::new(vec![half]))
    }

    #[test]
    fn pixels_across_the_border_need_no_service() {
        let window = PixelWindow::covering(BOUNDS, 10);
        let territory = Territory::of(&[western_half()], &window);
        let settled = territory.settled(&[]);
        for row in 0..window.rows {
            for column in 0..window.columns {
                let west = window.centre(column, row).lon_deg < 105.55;
                assert_eq!(settled[(row * window.columns + column) as usize], !west);
            }
        }
    }

    #[test]
    fn without_communes_all_of_the_raster_counts() {
        let window = PixelWindow::covering(BOUNDS, 10);
        let territory = Territory::of(&[], &window);
        let mut served = vec![false; window.columns as usize * window.rows as usize];
        served[3] = true;
        assert_eq!(territory.settled(&served), served);
    }
}
