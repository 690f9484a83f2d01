//! The fields that a kind of dataset knows, and the headers by which lists call them.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use crate::records::DatasetKind;
use crate::text::fold;

/// Headers by field, as `data/columns.toml` groups them.
type Groups = BTreeMap<String, BTreeMap<String, Vec<String>>>;

static GROUPS: LazyLock<Groups> =
    LazyLock::new(|| toml::from_str(include_str!("../../../../data/columns.toml")).unwrap_or_default());

/// Words after a header that say nothing about which field it is.
const FILLER: [&str; 27] = [
    "m", "met", "do", "w", "dbm", "mhz", "ha", "wgs84", "wgs", "84", "vn2000", "vn", "2000", "nguoi", "gps", "utm",
    "the", "theo", "ktt", "tm3", "tm", "3", "deg", "dd", "mm", "yyyy", "cot",
];

/// One way to call a field.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Synonym {
    words: Vec<String>,
    field: &'static str,
    /// Synonyms of the kind itself win over common ones.
    own: bool,
}

/// The headers of one kind of dataset.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Vocabulary {
    synonyms: Vec<Synonym>,
}

/// How well a header names a field; greater is better.
pub type Score = u32;

impl Vocabulary {
    /// The vocabulary of a kind.
    #[must_use]
    pub fn of(kind: DatasetKind) -> Self {
        let own = match kind {
            DatasetKind::Sites => "sites",
            DatasetKind::Places => "places",
            DatasetKind::Areas | DatasetKind::Zones | DatasetKind::LandCover => "areas",
            DatasetKind::Measurements => "measurements",
            DatasetKind::Poles => "poles",
            DatasetKind::Roads | DatasetKind::PowerLines | DatasetKind::FibreLines => "lines",
            DatasetKind::Figures => "figures",
            DatasetKind::Crosswalk => "crosswalk",
            DatasetKind::Terrain | DatasetKind::Population => "common",
        };
        let mut synonyms = Vec::new();
        for (group, fields) in GROUPS.iter().filter(|(group, _)| *group == "common" || *group == own) {
            for (field, names) in fields {
                let own_names = std::iter::once(field).chain(names);
                synonyms.extend(own_names.map(|name| Synonym {
                    words: fold(name).split(' ').map(str::to_owned).collect(),
                    field: field.as_str(),
                    own: group == own,
                }));
            }
        }
        Self { synonyms }
    }

    /// The fields of the vocabulary, each with the names that lists use for it.
    #[must_use]
    pub fn fields(&self) -> BTreeMap<&'static str, Vec<String>> {
        let mut fields: BTreeMap<&'static str, Vec<String>> = BTreeMap::new();
        for synonym in &self.synonyms {
            fields.entry(synonym.field).or_default().push(synonym.words.join(" "));
        }
        fields
    }

    /// The field that a header names, and how well; a number after the name (`Azimuth 2`) is given back too.
    #[must_use]
    pub fn field_of(&self, header: &str) -> Option<(&'static str, Option<u8>, Score)> {
        let folded = fold(header);
        if folded.is_empty() {
            return None;
        }
        let words: Vec<&str> = folded.split(' ').collect();
        self.synonyms
            .iter()
            .filter_map(|synonym| {
                let (score, index) = synonym.score(&words)?;
                Some((synonym.field, index, score))
            })
            .max_by_key(|(_, _, score)| *score)
    }
}

impl Synonym {
    /// Exact names score highest; names at the header's start, followed by filler or a number, a little less.
    fn score(&self, words: &[&str]) -> Option<(Score, Option<u8>)> {
        let length = u32::try_from(self.words.len()).unwrap_or(0) * 10;
        let own = u32::from(self.own) * 5;
        if words == self.words {
            let own_name = if words.join("_") == self.field { 500 } else { 0 };
            return Some((1000 + own_name + length + own, None));
        }
        let rest = words.strip_prefix(self.words.iter().map(String::as_str).collect::<Vec<_>>().as_slice())?;
        if rest.iter().all(|word| FILLER.contains(word)) {
            return Some((800 + length + own, sector_index(rest)));
        }
        if let [number] = rest
            && let Some(index) = sector_index(&[number])
        {
            return Some((700 + length + own, Some(index)));
        }
        // A header that only begins like a longer synonym of two words or more: "Kinh độ trạm phát sóng".
        (self.words.len() >= 2).then_some((300 + length + own, sector_index(&rest[rest.len() - 1..])))
    }
}

/// `1`, `s1`, `sector1`, `cell2` → the number, 1–12.
fn sector_index(words: &[&str]) -> Option<u8> {
    let [word] = words else { return None };
    let digits = word.trim_start_matches(|c: char| c.is_ascii_alphabetic());
    let prefix = &word[..word.len() - digits.len()];
    let known = matches!(prefix, "" | "s" | "sec" | "sector" | "cell" | "c");
    digits.parse().ok().filter(|index| known && (1..=12).contains(index))
}

#[cfg(test)]
mod tests {
    use super::*;
    use unicode_normalization::UnicodeNormalization;

    fn field(header: &str) -> Option<&'static str> {
        Vocabulary::of(DatasetKind::Sites)
            .field_of(header)
            .map(|(field, ..)| field)
    }

    #[test]
    fn headers_of_site_lists_are_known() {
        let cases = [
            ("Tên trạm", "name"),
            ("MÃ TRẠM", "code"),
            ("Mã nhà trạm", "site_code"),
            ("Doanh nghiệp", "operator"),
            ("Nhà mạng", "operator"),
            ("Địa chỉ", "address"),
            ("Thôn/Tổ dân phố", "village"),
            ("Xã/Phường/Thị trấn", "commune"),
            ("Quận/Huyện", "district"),
            ("Kinh độ", "longitude"),
            ("Long", "longitude"),
            ("Vĩ độ (WGS84)", "latitude"),
            ("Y", "y"),
            ("X (m)", "x"),
            ("Tọa độ X VN-2000", "x"),
            ("Hệ tọa độ", "coordinate_system"),
            ("Độ cao cột (m)", "mast_height_m"),
            ("Chiều cao cột", "mast_height_m"),
            ("Độ cao anten (m)", "antenna_height_m"),
            ("Loại cột", "mast_type"),
            ("Loại CSHT", "site_type"),
            ("Công nghệ (2G/3G/4G/5G)", "technology"),
            ("Băng tần", "band"),
            ("Số sector", "sector_count"),
            ("Azimuth", "azimuth_deg"),
            ("Tilt", "tilt_deg"),
            ("Chung CSHT", "sharing"),
            ("Chủ sở hữu", "owner"),
            ("Ngày phát sóng", "on_air"),
            ("Tình trạng", "status"),
            ("Ghi chú", "note"),
            ("STT", "number"),
        ];
        for (header, expected) in cases {
            assert_eq!(field(header), Some(expected), "{header}");
            let decomposed: String = header.nfd().collect();
            assert_eq!(field(&decomposed), Some(expected), "{header} NFD");
        }
        assert_eq!(field("Màu sơn"), None);
        assert_eq!(field(""), None);
    }

    #[test]
    fn numbered_columns_are_sectors() {
        let vocabulary = Vocabulary::of(DatasetKind::Sites);
        for header in ["Azimuth 2", "Azimuth S2", "Góc phương vị sector2"] {
            let (field, index, _) = vocabulary.field_of(header).unwrap();
            assert_eq!((field, index), ("azimuth_deg", Some(2)), "{header}");
        }
    }

    #[test]
    fn every_field_is_known_by_its_own_name() {
        for kind in DatasetKind::ALL {
            let vocabulary = Vocabulary::of(kind);
            for field in ["longitude", "latitude", "x", "note"] {
                assert_eq!(
                    vocabulary.field_of(field).map(|(field, ..)| field),
                    Some(field),
                    "{kind:?}"
                );
            }
        }
    }
}
