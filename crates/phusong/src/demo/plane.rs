//! The demo's ground plan: a window at about Hà Tĩnh's position, a flat plane in kilometres over it,
//! and regular grids on it.
//!
//! The plane is linear in longitude and latitude, so a polygon partition stays a partition when it is
//! written in degrees.

/// Western edge of the window (degrees).
pub const WEST_DEG: f64 = 105.30;
/// Southern edge of the window (degrees).
pub const SOUTH_DEG: f64 = 17.85;
/// Width of the window (degrees).
pub const WIDTH_DEG: f64 = 1.30;
/// Height of the window (degrees).
pub const HEIGHT_DEG: f64 = 0.95;
/// Kilometres in a degree of longitude at the window's middle latitude.
pub const KM_PER_DEGREE_EAST: f64 = 105.69;
/// Kilometres in a degree of latitude there.
pub const KM_PER_DEGREE_NORTH: f64 = 110.68;

/// A point of the plane: kilometres east and north of the window's south-western corner.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Point {
    pub x: f64,
    pub y: f64,
}

impl Point {
    pub const fn new(x: f64, y: f64) -> Self {
        Self { x, y }
    }

    pub fn from_degrees(lon_deg: f64, lat_deg: f64) -> Self {
        Self::new(
            (lon_deg - WEST_DEG) * KM_PER_DEGREE_EAST,
            (lat_deg - SOUTH_DEG) * KM_PER_DEGREE_NORTH,
        )
    }

    /// Longitude and latitude, rounded to 1e-6 degrees (0.1 m): what the files carry.
    pub fn degrees(self) -> [f64; 2] {
        let round = |degrees: f64| (degrees * 1e6).round() / 1e6;
        [
            round(WEST_DEG + self.x / KM_PER_DEGREE_EAST),
            round(SOUTH_DEG + self.y / KM_PER_DEGREE_NORTH),
        ]
    }

    pub fn distance_km(self, other: Self) -> f64 {
        ((self.x - other.x).powi(2) + (self.y - other.y).powi(2)).sqrt()
    }

    pub fn offset(self, east_km: f64, north_km: f64) -> Self {
        Self::new(self.x + east_km, self.y + north_km)
    }
}

/// Distance from `point` to a polyline, and on which side (positive on the right of its direction).
pub fn signed_distance_km(line: &[Point], point: Point) -> f64 {
    let mut nearest = f64::INFINITY;
    let mut side = 1.0;
    for pair in line.windows(2) {
        let (dx, dy) = (pair[1].x - pair[0].x, pair[1].y - pair[0].y);
        let (px, py) = (point.x - pair[0].x, point.y - pair[0].y);
        let along = ((px * dx + py * dy) / (dx * dx + dy * dy)).clamp(0.0, 1.0);
        let distance = (px - along * dx).hypot(py - along * dy);
        if distance < nearest {
            nearest = distance;
            side = if dx * py - dy * px > 0.0 { -1.0 } else { 1.0 };
        }
    }
    side * nearest
}

/// A regular grid over the window, north row first, cells of `cell_arcsec` seconds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Lattice {
    pub columns: usize,
    pub rows: usize,
    pub cell_arcsec: f64,
}

impl Lattice {
    pub fn new(cell_arcsec: f64) -> Self {
        Self {
            columns: (WIDTH_DEG * 3600.0 / cell_arcsec).round() as usize,
            rows: (HEIGHT_DEG * 3600.0 / cell_arcsec).round() as usize,
            cell_arcsec,
        }
    }

    pub fn len(&self) -> usize {
        self.columns * self.rows
    }

    pub fn cell_deg(&self) -> f64 {
        self.cell_arcsec / 3600.0
    }

    /// Cell width and height in kilometres.
    pub fn cell_km(&self) -> (f64, f64) {
        (
            self.cell_deg() * KM_PER_DEGREE_EAST,
            self.cell_deg() * KM_PER_DEGREE_NORTH,
        )
    }

    pub fn cell_area_km2(&self) -> f64 {
        let (width, height) = self.cell_km();
        width * height
    }

    /// Centre of a cell.
    pub fn centre(&self, index: usize) -> Point {
        self.at((index % self.columns) as f64 + 0.5, (index / self.columns) as f64 + 0.5)
    }

    /// The plane point at fractional column and row (0, 0 = north-western corner).
    pub fn at(&self, column: f64, row: f64) -> Point {
        let (width, height) = self.cell_km();
        Point::new(column * width, (self.rows as f64 - row) * height)
    }

    /// Fractional column and row of a plane point.
    pub fn locate(&self, point: Point) -> (f64, f64) {
        let (width, height) = self.cell_km();
        (point.x / width, self.rows as f64 - point.y / height)
    }

    /// The cell that holds `point`; points outside go to the nearest edge cell.
    pub fn cell(&self, point: Point) -> usize {
        let (column, row) = self.locate(point);
        let column = (column.max(0.0) as usize).min(self.columns - 1);
        let row = (row.max(0.0) as usize).min(self.rows - 1);
        row * self.columns + column
    }

    pub fn on_edge(&self, index: usize) -> bool {
        let (column, row) = (index % self.columns, index / self.columns);
        column == 0 || row == 0 || column + 1 == self.columns || row + 1 == self.rows
    }

    /// The up to eight neighbours of a cell with their distance in kilometres.
    pub fn neighbours(&self, index: usize) -> impl Iterator<Item = (usize, f64)> + use<> {
        const STEPS: [(i32, i32); 8] = [(1, 0), (0, 1), (-1, 0), (0, -1), (1, 1), (-1, 1), (-1, -1), (1, -1)];
        let (columns, rows) = (self.columns as i32, self.rows as i32);
        let (column, row) = ((index % self.columns) as i32, (index / self.columns) as i32);
        let (width, height) = self.cell_km();
        STEPS.into_iter().filter_map(move |(dc, dr)| {
            let (c, r) = (column + dc, row + dr);
            let inside = c >= 0 && r >= 0 && c < columns && r < rows;
            let distance = (f64::from(dc) * width).hypot(f64::from(dr) * height);
            inside.then_some(((r * columns + c) as usize, distance))
        })
    }

    /// The up to four neighbours that share an edge with the cell.
    pub fn edge_neighbours(&self, index: usize) -> impl Iterator<Item = usize> + use<> {
        let columns = self.columns;
        self.neighbours(index)
            .map(|(neighbour, _)| neighbour)
            .filter(move |neighbour| neighbour.abs_diff(index) == 1 || neighbour.abs_diff(index) == columns)
    }

    /// Cells whose centre lies within `radius_km` of `point`.
    pub fn within(&self, point: Point, radius_km: f64) -> Vec<usize> {
        let (width, height) = self.cell_km();
        let (column, row) = self.locate(point);
        let (dc, dr) = (radius_km / width, radius_km / height);
        let range = |middle: f64, half: f64, limit: usize| {
            ((middle - half).max(0.0) as usize)..(((middle + half).max(0.0) as usize + 1).min(limit))
        };
        let mut cells = Vec::new();
        for r in range(row, dr, self.rows) {
            for c in range(column, dc, self.columns) {
                let index = r * self.columns + c;
                if self.centre(index).distance_km(point) <= radius_km {
                    cells.push(index);
                }
            }
        }
        cells
    }

    /// Bilinear sample of a field on this lattice.
    pub fn sample(&self, field: &[f32], point: Point) -> f64 {
        let (column, row) = self.locate(point);
        let column = (column - 0.5).clamp(0.0, self.columns as f64 - 1.001);
        let row = (row - 0.5).clamp(0.0, self.rows as f64 - 1.001);
        let (c, r) = (column as usize, row as usize);
        let (u, v) = (column - c as f64, row - r as f64);
        let value = |dc: usize, dr: usize| f64::from(field[(r + dr) * self.columns + c + dc]);
        let north = value(0, 0) + u * (value(1, 0) - value(0, 0));
        let south = value(0, 1) + u * (value(1, 1) - value(0, 1));
        north + v * (south - north)
    }
}
