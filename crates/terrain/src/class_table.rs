//! Land cover classes and how high their clutter stands.

use serde::{Deserialize, Serialize};

/// One land cover class.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ClutterClass {
    /// Code in the raster or polygons.
    pub code: u16,
    /// English name.
    pub name_en: String,
    /// Vietnamese name.
    pub name_vi: String,
    /// Representative clutter height, metres above ground (ITU-R P.1812-8 §3.2 and Table 2).
    pub height_m: f64,
}

/// The classes of a land cover product. Heights are starting values that a project edits.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct ClassTable {
    /// Name of the product.
    pub name: String,
    /// The classes; a code that is not among them has no clutter.
    pub classes: Vec<ClutterClass>,
}

impl ClassTable {
    /// ESA WorldCover 10 m, 2020 and 2021 (Product User Manual, table 1).
    #[must_use]
    pub fn world_cover() -> Self {
        Self::from_rows(
            "ESA WorldCover",
            &[
                (10, "Tree cover", "Rừng, cây cao", 15.0),
                (20, "Shrubland", "Cây bụi", 3.0),
                (30, "Grassland", "Đồng cỏ", 0.0),
                (40, "Cropland", "Đất trồng trọt", 0.0),
                (50, "Built-up", "Đất xây dựng", 10.0),
                (60, "Bare or sparse vegetation", "Đất trống", 0.0),
                (70, "Snow and ice", "Băng tuyết", 0.0),
                (80, "Permanent water bodies", "Mặt nước", 0.0),
                (90, "Herbaceous wetland", "Đất ngập nước có cỏ", 0.0),
                (95, "Mangroves", "Rừng ngập mặn", 8.0),
                (100, "Moss and lichen", "Rêu và địa y", 0.0),
            ],
        )
    }

    /// CORINE Land Cover, level 3 codes (111 to 523).
    #[must_use]
    pub fn corine() -> Self {
        Self::from_rows(
            "CORINE Land Cover",
            &[
                (111, "Continuous urban fabric", "Đô thị liên tục", 20.0),
                (112, "Discontinuous urban fabric", "Đô thị không liên tục", 10.0),
                (
                    121,
                    "Industrial or commercial units",
                    "Khu công nghiệp, thương mại",
                    15.0,
                ),
                (122, "Road and rail networks", "Đường bộ, đường sắt", 0.0),
                (123, "Port areas", "Cảng biển", 10.0),
                (124, "Airports", "Sân bay", 0.0),
                (131, "Mineral extraction sites", "Khu khai khoáng", 0.0),
                (132, "Dump sites", "Bãi thải", 0.0),
                (133, "Construction sites", "Công trường", 10.0),
                (141, "Green urban areas", "Công viên", 10.0),
                (142, "Sport and leisure facilities", "Khu thể thao, giải trí", 5.0),
                (211, "Non-irrigated arable land", "Đất trồng không tưới", 0.0),
                (212, "Permanently irrigated land", "Đất trồng có tưới", 0.0),
                (213, "Rice fields", "Ruộng lúa", 0.0),
                (221, "Vineyards", "Vườn nho", 2.0),
                (222, "Fruit trees and berry plantations", "Vườn cây ăn quả", 5.0),
                (223, "Olive groves", "Vườn ô liu", 5.0),
                (231, "Pastures", "Bãi chăn thả", 0.0),
                (241, "Annual with permanent crops", "Cây hằng năm và lâu năm", 2.0),
                (242, "Complex cultivation patterns", "Đất canh tác hỗn hợp", 4.0),
                (
                    243,
                    "Agriculture with natural vegetation",
                    "Nông nghiệp xen cây tự nhiên",
                    4.0,
                ),
                (244, "Agro-forestry areas", "Nông lâm kết hợp", 10.0),
                (311, "Broad-leaved forest", "Rừng lá rộng", 15.0),
                (312, "Coniferous forest", "Rừng lá kim", 15.0),
                (313, "Mixed forest", "Rừng hỗn giao", 15.0),
                (321, "Natural grasslands", "Đồng cỏ tự nhiên", 0.0),
                (322, "Moors and heathland", "Trảng cây thấp", 1.0),
                (323, "Sclerophyllous vegetation", "Cây bụi lá cứng", 3.0),
                (324, "Transitional woodland-shrub", "Rừng non, cây bụi", 6.0),
                (331, "Beaches, dunes, sands", "Bãi cát", 0.0),
                (332, "Bare rocks", "Núi đá", 0.0),
                (333, "Sparsely vegetated areas", "Thực vật thưa", 0.0),
                (334, "Burnt areas", "Đất cháy", 0.0),
                (335, "Glaciers and perpetual snow", "Băng tuyết", 0.0),
                (411, "Inland marshes", "Đầm lầy nội địa", 0.0),
                (412, "Peat bogs", "Than bùn", 0.0),
                (421, "Salt marshes", "Đầm lầy mặn", 0.0),
                (422, "Salines", "Ruộng muối", 0.0),
                (423, "Intertidal flats", "Bãi triều", 0.0),
                (511, "Water courses", "Sông ngòi", 0.0),
                (512, "Water bodies", "Hồ", 0.0),
                (521, "Coastal lagoons", "Đầm phá", 0.0),
                (522, "Estuaries", "Cửa sông", 0.0),
                (523, "Sea and ocean", "Biển", 0.0),
            ],
        )
    }

    /// The five classes of ITU-R P.1812-8, Table 2, with codes 1 to 5: for polygons that say no more.
    #[must_use]
    pub fn p1812() -> Self {
        Self::from_rows(
            "ITU-R P.1812-8 Table 2",
            &[
                (1, "Water or sea", "Mặt nước", 0.0),
                (2, "Open or rural", "Đất trống, nông thôn", 0.0),
                (3, "Suburban", "Ngoại ô", 10.0),
                (4, "Urban, trees or forest", "Đô thị, cây, rừng", 15.0),
                (5, "Dense urban", "Đô thị dày đặc", 20.0),
            ],
        )
    }

    fn from_rows(name: &str, rows: &[(u16, &str, &str, f64)]) -> Self {
        let classes = rows
            .iter()
            .map(|(code, name_en, name_vi, height_m)| ClutterClass {
                code: *code,
                name_en: (*name_en).to_owned(),
                name_vi: (*name_vi).to_owned(),
                height_m: *height_m,
            })
            .collect();
        Self {
            name: name.to_owned(),
            classes,
        }
    }

    /// The class of a code, if the table has it.
    #[must_use]
    pub fn class(&self, code: u16) -> Option<&ClutterClass> {
        self.classes.iter().find(|class| class.code == code)
    }

    /// Clutter height of a code, metres; 0 for codes that the table does not have.
    #[must_use]
    pub fn height_m(&self, code: u16) -> f64 {
        self.class(code).map_or(0.0, |class| class.height_m)
    }

    /// Heights by code, for many look-ups; codes beyond the end have no clutter.
    pub(crate) fn heights_by_code(&self) -> Vec<f32> {
        let codes = self
            .classes
            .iter()
            .map(|class| usize::from(class.code) + 1)
            .max()
            .unwrap_or(0);
        let mut heights = vec![0.0; codes];
        for class in &self.classes {
            heights[usize::from(class.code)] = class.height_m as f32;
        }
        heights
    }
}
