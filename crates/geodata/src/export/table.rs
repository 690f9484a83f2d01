//! Records as named columns, rows and geometries.

use geo_types::{Geometry, Point};
use serde::{Deserialize, Serialize};

use crate::message::Message;
use crate::records::{Area, Cell, Line, Network, Place, Site, Station, StationStatus};

/// A column of an exported table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Column {
    /// Name for programs, `snake_case`.
    pub name: String,
    /// Heading for people.
    pub heading: Message,
}

impl Column {
    /// A column with its name and headings.
    #[must_use]
    pub fn new(name: &str, vi: &str, en: &str) -> Self {
        Self {
            name: name.to_owned(),
            heading: Message::new(vi, en),
        }
    }
}

/// A value of an exported table.
#[derive(Debug, Clone, Default, PartialEq)]
pub enum Value {
    /// Nothing.
    #[default]
    Empty,
    /// Text.
    Text(String),
    /// A number.
    Number(f64),
    /// A whole number.
    Integer(i64),
    /// True or false.
    Flag(bool),
    /// A day.
    Date(jiff::civil::Date),
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<f64> for Value {
    /// What is not finite has no place in a table.
    fn from(number: f64) -> Self {
        if number.is_finite() {
            Self::Number(number)
        } else {
            Self::Empty
        }
    }
}

impl From<i64> for Value {
    fn from(number: i64) -> Self {
        Self::Integer(number)
    }
}

impl From<u8> for Value {
    fn from(number: u8) -> Self {
        Self::Integer(i64::from(number))
    }
}

impl From<bool> for Value {
    fn from(flag: bool) -> Self {
        Self::Flag(flag)
    }
}

impl From<jiff::civil::Date> for Value {
    fn from(date: jiff::civil::Date) -> Self {
        Self::Date(date)
    }
}

impl<T: Into<Self>> From<Option<T>> for Value {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Empty, Into::into)
    }
}

/// One row.
#[derive(Debug, Clone, PartialEq)]
pub struct Feature {
    /// Shape, WGS 84 degrees; `None` for rows without a place.
    pub geometry: Option<Geometry<f64>>,
    /// As many values as the table has columns.
    pub values: Vec<Value>,
}

/// A layer to export.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct FeatureTable {
    /// Layer name, `snake_case`.
    pub name: String,
    /// Columns.
    pub columns: Vec<Column>,
    /// Rows.
    pub features: Vec<Feature>,
}

impl FeatureTable {
    /// An empty table.
    #[must_use]
    pub fn new(name: &str, columns: Vec<Column>) -> Self {
        Self {
            name: name.to_owned(),
            columns,
            features: Vec::new(),
        }
    }

    /// The table with its shapes in another coordinate system (easting or longitude first). A shape that cannot be converted
    /// is dropped from its row.
    ///
    /// # Errors
    /// A code that is not known.
    pub fn projected(mut self, epsg: u32) -> Result<Self, geodesy::CoordinateSystemError> {
        let transformer = geodesy::Transformer::from_wgs84(epsg)?;
        if epsg != geodesy::coordinate_system::WGS84 {
            for feature in &mut self.features {
                let Some(geometry) = feature.geometry.take() else {
                    continue;
                };
                let converted = geo::MapCoords::try_map_coords(&geometry, |coord: geo_types::Coord<f64>| {
                    transformer
                        .convert_raw(coord.x, coord.y)
                        .map(|(x, y)| geo_types::Coord { x, y })
                });
                feature.geometry = converted.ok();
            }
        }
        Ok(self)
    }

    /// Adds a row; missing values are empty, surplus ones are dropped.
    pub fn push(&mut self, geometry: Option<Geometry<f64>>, mut values: Vec<Value>) {
        values.resize(self.columns.len(), Value::Empty);
        self.features.push(Feature { geometry, values });
    }
}

fn point(position: geodesy::LonLat) -> Option<Geometry<f64>> {
    Some(Geometry::Point(Point::new(position.lon_deg, position.lat_deg)))
}

fn columns(columns: &[(&str, &str, &str)]) -> Vec<Column> {
    columns.iter().map(|(name, vi, en)| Column::new(name, vi, en)).collect()
}

/// Sites as a table of points. Restricted sites are left out unless asked for: they never leave to others.
#[must_use]
pub fn sites(network: &Network, with_restricted: bool) -> FeatureTable {
    let mut table = FeatureTable::new(
        "sites",
        columns(&[
            ("code", "Mã nhà trạm", "Site code"),
            ("name", "Tên trạm", "Name"),
            ("owner", "Chủ sở hữu", "Owner"),
            ("operators", "Nhà mạng", "Operators"),
            ("technologies", "Công nghệ", "Technologies"),
            ("mast_type", "Loại cột", "Mast type"),
            ("mast_height_m", "Độ cao cột (m)", "Mast height (m)"),
            ("commune_code", "Mã xã", "Commune code"),
            ("address", "Địa chỉ", "Address"),
            ("sharing_code", "Mã dùng chung", "Sharing code"),
            ("free_height_m", "Độ cao còn trống (m)", "Free height (m)"),
            ("fibre", "Cáp quang", "Fibre"),
            ("note", "Ghi chú", "Note"),
        ]),
    );
    let mut stations: std::collections::HashMap<&str, Vec<&Station>> = std::collections::HashMap::new();
    for station in &network.stations {
        stations.entry(station.site_code.as_str()).or_default().push(station);
    }
    for site in network.sites.iter().filter(|site| with_restricted || !site.restricted) {
        let here = stations.get(site.code.as_str()).map(Vec::as_slice).unwrap_or_default();
        table.push(point(site.position), site_values(site, here));
    }
    table
}

fn site_values(site: &Site, stations: &[&Station]) -> Vec<Value> {
    let mut operators: Vec<&str> = stations.iter().map(|station| station.operator.as_str()).collect();
    operators.sort_unstable();
    operators.dedup();
    let mut technologies: Vec<_> = stations.iter().map(|station| station.technology).collect();
    technologies.sort_unstable();
    technologies.dedup();
    let technologies: Vec<String> = technologies.iter().map(ToString::to_string).collect();
    vec![
        site.code.clone().into(),
        site.name.clone().into(),
        site.owner.clone().into(),
        operators.join(", ").into(),
        technologies.join("/").into(),
        site.mast_type.clone().into(),
        site.mast_height_m.into(),
        site.commune_code.clone().into(),
        site.address.clone().into(),
        site.sharing_code.into(),
        site.free_height_m.into(),
        site.fibre.into(),
        site.note.clone().into(),
    ]
}

/// Stations as a table of points.
#[must_use]
pub fn stations(network: &Network, with_restricted: bool) -> FeatureTable {
    let mut table = FeatureTable::new(
        "stations",
        columns(&[
            ("code", "Mã trạm", "Station code"),
            ("site_code", "Mã nhà trạm", "Site code"),
            ("operator", "Nhà mạng", "Operator"),
            ("technology", "Công nghệ", "Technology"),
            ("on_air", "Ngày phát sóng", "On air"),
            ("status", "Tình trạng", "Status"),
        ]),
    );
    let sites = sites_by_code(network);
    for station in &network.stations {
        let Some(site) = sites
            .get(station.site_code.as_str())
            .filter(|site| with_restricted || !site.restricted)
        else {
            continue;
        };
        table.push(
            point(site.position),
            vec![
                station.code.clone().into(),
                station.site_code.clone().into(),
                station.operator.clone().into(),
                station.technology.to_string().into(),
                station.on_air.into(),
                status_text(station.status).into(),
            ],
        );
    }
    table
}

/// Cells as a table of points.
#[must_use]
pub fn cells(network: &Network, with_restricted: bool) -> FeatureTable {
    let mut table = FeatureTable::new(
        "cells",
        columns(&[
            ("code", "Mã cell", "Cell code"),
            ("station_code", "Mã trạm", "Station code"),
            ("operator", "Nhà mạng", "Operator"),
            ("technology", "Công nghệ", "Technology"),
            ("sector", "Sector", "Sector"),
            ("band", "Băng tần", "Band"),
            ("frequency_mhz", "Tần số (MHz)", "Frequency (MHz)"),
            ("bandwidth_mhz", "Băng thông (MHz)", "Bandwidth (MHz)"),
            ("azimuth_deg", "Góc phương vị (°)", "Azimuth (°)"),
            ("mechanical_tilt_deg", "Tilt cơ (°)", "Mechanical tilt (°)"),
            ("electrical_tilt_deg", "Tilt điện (°)", "Electrical tilt (°)"),
            ("antenna_height_m", "Độ cao anten (m)", "Antenna height (m)"),
            (
                "eirp_per_re_dbm",
                "EIRP trên phần tử tài nguyên (dBm)",
                "EIRP per resource element (dBm)",
            ),
            ("assumed", "Giả định", "Assumed"),
        ]),
    );
    let sites = sites_by_code(network);
    let stations: std::collections::HashMap<&str, &Station> = network
        .stations
        .iter()
        .map(|station| (station.code.as_str(), station))
        .collect();
    for cell in &network.cells {
        let Some(station) = stations.get(cell.station_code.as_str()) else {
            continue;
        };
        let Some(site) = sites
            .get(station.site_code.as_str())
            .filter(|site| with_restricted || !site.restricted)
        else {
            continue;
        };
        table.push(point(site.position), cell_values(cell, station));
    }
    table
}

fn cell_values(cell: &Cell, station: &Station) -> Vec<Value> {
    vec![
        cell.code.clone().into(),
        cell.station_code.clone().into(),
        station.operator.clone().into(),
        station.technology.to_string().into(),
        cell.sector.into(),
        cell.band.clone().into(),
        cell.frequency_mhz.into(),
        cell.bandwidth_mhz.into(),
        cell.azimuth_deg.into(),
        cell.mechanical_tilt_deg.into(),
        cell.electrical_tilt_deg.into(),
        cell.antenna_height_m.into(),
        cell.eirp_per_re_dbm.into(),
        cell.assumed.names().collect::<Vec<_>>().join(", ").into(),
    ]
}

fn sites_by_code(network: &Network) -> std::collections::HashMap<&str, &Site> {
    network.sites.iter().map(|site| (site.code.as_str(), site)).collect()
}

const fn status_text(status: StationStatus) -> &'static str {
    match status {
        StationStatus::OnAir => "on_air",
        StationStatus::Planned => "planned",
        StationStatus::Off => "off",
    }
}

/// Areas as a table of polygons.
#[must_use]
pub fn areas(areas: &[Area]) -> FeatureTable {
    let mut table = FeatureTable::new(
        "areas",
        columns(&[
            ("code", "Mã", "Code"),
            ("name", "Tên", "Name"),
            ("kind", "Loại", "Kind"),
            ("population", "Dân số (người)", "Population"),
            ("parent_code", "Thuộc", "Parent code"),
            ("status", "Tình trạng", "Status"),
            ("area_ha", "Diện tích (ha)", "Area (ha)"),
            ("valid_from", "Hiệu lực từ", "Valid from"),
            ("valid_to", "Hiệu lực đến", "Valid to"),
            ("centre_lon_deg", "Kinh độ trung tâm", "Centre longitude"),
            ("centre_lat_deg", "Vĩ độ trung tâm", "Centre latitude"),
        ]),
    );
    for area in areas {
        table.push(
            Some(Geometry::MultiPolygon(area.geometry.clone())),
            vec![
                area.code.clone().into(),
                area.name.clone().into(),
                area.kind.key().into(),
                area.population.into(),
                area.parent_code.clone().into(),
                area.status.clone().into(),
                area.area_ha.into(),
                area.valid_from.into(),
                area.valid_to.into(),
                area.centre.map(|centre| centre.lon_deg).into(),
                area.centre.map(|centre| centre.lat_deg).into(),
            ],
        );
    }
    table
}

/// Places as a table of points.
#[must_use]
pub fn places(places: &[Place]) -> FeatureTable {
    let mut table = FeatureTable::new(
        "places",
        columns(&[
            ("code", "Mã", "Code"),
            ("name", "Tên", "Name"),
            ("kind", "Loại", "Kind"),
            ("population", "Dân số (người)", "Population"),
            ("commune_code", "Mã xã", "Commune code"),
            ("electrified", "Có điện lưới", "Electrified"),
            ("difficult", "Đặc biệt khó khăn", "Specially difficult"),
            ("outlying_lon_deg", "Kinh độ cụm dân cư", "Outlying cluster longitude"),
            ("outlying_lat_deg", "Vĩ độ cụm dân cư", "Outlying cluster latitude"),
            ("outlying_population", "Dân số cụm dân cư", "Outlying population"),
        ]),
    );
    for place in places {
        table.push(
            point(place.position),
            vec![
                place.code.clone().into(),
                place.name.clone().into(),
                place.kind.key().into(),
                place.population.into(),
                place.commune_code.clone().into(),
                place.electrified.into(),
                place.difficult.into(),
                place.outlying_cluster.map(|position| position.lon_deg).into(),
                place.outlying_cluster.map(|position| position.lat_deg).into(),
                place.outlying_population.into(),
            ],
        );
    }
    table
}

/// Roads, power lines and fibre lines as a table of lines.
#[must_use]
pub fn lines(lines: &[Line]) -> FeatureTable {
    let mut table = FeatureTable::new(
        "lines",
        columns(&[
            ("code", "Mã", "Code"),
            ("name", "Tên", "Name"),
            ("class", "Loại", "Class"),
        ]),
    );
    for line in lines {
        table.push(
            Some(Geometry::MultiLineString(line.geometry.clone())),
            vec![
                line.code.clone().into(),
                line.name.clone().into(),
                line.class.clone().into(),
            ],
        );
    }
    table
}
