//! The VN-2000 zone of each province.

use std::sync::LazyLock;

use crate::text::fold;

/// (folded province name, EPSG code), new provinces first.
static MERIDIANS: LazyLock<Vec<(String, u32)>> = LazyLock::new(|| {
    let text = include_str!("../../../../data/province_meridians.csv");
    let rows = text
        .lines()
        .filter(|line| !line.starts_with('#'))
        .skip(1)
        .filter_map(|line| {
            let mut fields = line.split(',');
            let (name, epsg, era) = (fields.next()?, fields.nth(1)?, fields.next()?);
            Some((fold(name), epsg.parse().ok()?, era == "new"))
        });
    let (mut new, old): (Vec<_>, Vec<_>) = rows.partition(|(_, _, is_new)| *is_new);
    new.extend(old);
    new.into_iter().map(|(name, epsg, _)| (name, epsg)).collect()
});

/// EPSG codes of the TM-3 zone of a province, the present one first, then the one before 1/7/2025 where it differs.
#[must_use]
pub fn province_epsg(name: &str) -> Vec<u32> {
    let folded = fold(name);
    let bare = ["tinh ", "thanh pho ", "tp "]
        .iter()
        .find_map(|prefix| folded.strip_prefix(prefix))
        .unwrap_or(&folded);
    let mut codes: Vec<u32> = Vec::new();
    for (_, epsg) in MERIDIANS.iter().filter(|(province, _)| province == bare) {
        if !codes.contains(epsg) {
            codes.push(*epsg);
        }
    }
    codes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn provinces_have_their_zone() {
        assert_eq!(province_epsg("Hà Tĩnh"), [9209]);
        assert_eq!(province_epsg("Tỉnh Lạng Sơn"), [9215]);
        assert_eq!(province_epsg("Bình Phước"), [9212]);
        assert_eq!(province_epsg("long an"), [9210]);
        assert_eq!(province_epsg("Quảng Trị"), [9211, 9212]);
        assert!(province_epsg("Atlantis").is_empty());
    }
}
