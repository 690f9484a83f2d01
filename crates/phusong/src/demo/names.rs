//! Invented Vietnamese-sounding names (NFC), each used once.

use std::collections::BTreeSet;

use rand::Rng;
use rand_chacha::ChaCha8Rng;

const FIRST: [&str; 26] = [
    "An", "Bình", "Cẩm", "Đại", "Đông", "Đức", "Gia", "Hà", "Hải", "Hòa", "Hương", "Khánh", "Kim", "Lộc", "Mai",
    "Minh", "Nam", "Ngọc", "Phú", "Phúc", "Quang", "Sơn", "Tân", "Thạch", "Xuân", "Yên",
];

const SECOND: [&str; 26] = [
    "Bằng", "Cát", "Châu", "Điền", "Giang", "Hậu", "Hiệp", "Hưng", "Khê", "Lạc", "Lâm", "Lĩnh", "Long", "Lương", "Mỹ",
    "Nghĩa", "Ninh", "Phong", "Sơn", "Thành", "Thịnh", "Thuận", "Trạch", "Trung", "Văn", "Xá",
];

/// Hands out names of two syllables, never twice the same.
pub struct Names {
    random: ChaCha8Rng,
    used: BTreeSet<String>,
}

impl Names {
    pub fn new(random: ChaCha8Rng) -> Self {
        Self {
            random,
            used: BTreeSet::new(),
        }
    }

    pub fn next(&mut self) -> String {
        for _ in 0..10_000 {
            let first = FIRST[self.random.random_range(0..FIRST.len())];
            let second = SECOND[self.random.random_range(0..SECOND.len())];
            let name = format!("{first} {second}");
            if first != second && self.used.insert(name.clone()) {
                return name;
            }
        }
        format!("Mới {}", self.used.len())
    }
}

/// Name of the `number`-th village of a commune: wards have residential groups, mountain communes bản, the rest thôn.
pub fn village(number: usize, ward: bool, mountain: bool, random: &mut ChaCha8Rng) -> String {
    if ward {
        return format!("Tổ dân phố {number}");
    }
    let second = SECOND[random.random_range(0..SECOND.len())];
    let first = FIRST[random.random_range(0..FIRST.len())];
    let kind = if mountain { "Bản" } else { "Thôn" };
    match number % 3 {
        0 => format!("{kind} {first} {second}"),
        1 => format!("{kind} {second} {number}"),
        _ => format!("{kind} {first} {number}"),
    }
}
