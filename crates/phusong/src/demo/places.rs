//! Commune centres and the priority places that the plans name (lang-son-251 III.1, cao-loc-2023, ha-tinh-529 IV.3).

use rand::Rng;
use rand_chacha::ChaCha8Rng;

use super::communes::Division;
use super::plane::Point;
use super::relief::Relief;
use super::settlement::Town;
use super::villages::Village;

/// A point with people that is not a village.
pub struct Place {
    pub code: String,
    pub name: String,
    pub kind: &'static str,
    pub position: Point,
    pub commune: usize,
}

/// Kinds that stand near commune centres: kind, Vietnamese word, how many a commune, only in wards.
const AT_CENTRES: [(&str, &str, usize, bool); 9] = [
    ("public_administration", "UBND", 1, false),
    ("health_facility", "Trạm y tế", 1, false),
    ("school", "Trường THCS", 1, false),
    ("school", "Trường THPT", 1, true),
    ("shopping_centre", "Trung tâm thương mại", 1, true),
    ("hotel", "Khách sạn", 2, true),
    ("mixed_residential", "Khu dân cư hỗn hợp", 1, true),
    ("dense_population", "Khu đông dân cư", 1, true),
    ("health_facility", "Bệnh viện", 1, true),
];

/// All places.
pub fn list(
    relief: &Relief,
    division: &Division,
    villages: &[Village],
    towns: &[Town],
    port: Point,
    gate: Point,
    random: &mut ChaCha8Rng,
) -> Vec<Place> {
    let mut list = List {
        relief,
        division,
        places: Vec::new(),
        random,
    };
    list.centres();
    list.schools(villages);
    list.border_posts(gate);
    list.sights();
    list.transport(towns, port, gate);
    list.countryside(villages);
    for (name, east, north) in [
        ("Nhà máy nhiệt điện Vũng Áng I", -1.1, 0.5),
        ("Nhà máy nhiệt điện Vũng Áng II", -1.7, 0.9),
    ] {
        list.add("other", format!("{name} (mô phỏng)"), port.offset(east, north));
    }
    list.places
}

struct List<'a> {
    relief: &'a Relief,
    division: &'a Division,
    places: Vec<Place>,
    random: &'a mut ChaCha8Rng,
}

impl List<'_> {
    fn add(&mut self, kind: &'static str, name: String, position: Point) -> bool {
        let Some(commune) = self.division.commune_of(self.relief, position) else {
            return false;
        };
        let code = format!("99P{:04}", self.places.len() + 1);
        self.places.push(Place {
            code,
            name,
            kind,
            position,
            commune,
        });
        true
    }

    /// Adds a place within `reach_km`, trying a few spots; dry land inside the province only.
    fn add_near(&mut self, kind: &'static str, name: &str, middle: Point, reach_km: f64) {
        for _ in 0..20 {
            let (east, north) = (
                self.random.random_range(-reach_km..reach_km),
                self.random.random_range(-reach_km..reach_km),
            );
            if self.add(kind, name.to_owned(), middle.offset(east, north)) {
                return;
            }
        }
    }

    fn centres(&mut self) {
        let division = self.division;
        for commune in &division.communes {
            let unit = if commune.ward { "phường" } else { "xã" };
            self.add(
                "commune_centre",
                format!("Trung tâm {unit} {}", commune.name),
                commune.centre,
            );
            for (kind, word, count, wards_only) in AT_CENTRES {
                for number in 1..=count {
                    if commune.ward || !wards_only {
                        let name = if count > 1 {
                            format!("{word} {} {number}", commune.name)
                        } else {
                            format!("{word} {}", commune.name)
                        };
                        self.add_near(kind, &name, commune.centre, 0.6);
                    }
                }
            }
        }
    }

    fn schools(&mut self, villages: &[Village]) {
        for (index, village) in villages.iter().enumerate() {
            if index % 6 == 0 {
                let name = format!(
                    "Điểm trường {} {}",
                    village.name, self.division.communes[village.commune].name
                );
                self.add_near("school", &name, village.position, 0.3);
            }
        }
    }

    /// Posts along the mountain border, the first at the border gate.
    fn border_posts(&mut self, gate: Point) {
        let division = self.division;
        self.add_near("border_post", "Đồn biên phòng cửa khẩu Cầu Treo (mô phỏng)", gate, 0.6);
        let mut mountain: Vec<usize> = (0..division.communes.len())
            .filter(|&index| division.communes[index].mountain)
            .collect();
        mountain.sort_by(|&a, &b| division.communes[a].centre.x.total_cmp(&division.communes[b].centre.x));
        for &index in mountain.iter().step_by(2).take(7) {
            let commune = &division.communes[index];
            let ring = &commune.polygons[0][0];
            let outermost = ring
                .iter()
                .copied()
                .min_by(|a, b| (a.x + a.y).total_cmp(&(b.x + b.y)))
                .unwrap_or(commune.centre);
            let inward = Point::new(
                outermost.x + 0.16 * (commune.centre.x - outermost.x),
                outermost.y + 0.16 * (commune.centre.y - outermost.y),
            );
            self.add_near("border_post", &format!("Đồn biên phòng {}", commune.name), inward, 0.8);
        }
    }

    fn sights(&mut self) {
        let division = self.division;
        for (index, commune) in division.communes.iter().enumerate() {
            let cell = self.relief.lattice.cell(commune.centre);
            if index % 4 == 0 {
                self.add_near(
                    "historical_site",
                    &format!("Di tích đền {}", commune.name),
                    commune.centre,
                    2.0,
                );
            }
            if commune.mountain && index % 2 == 0 {
                self.add_near(
                    "scenic_site",
                    &format!("Thắng cảnh thác {}", commune.name),
                    commune.centre,
                    3.0,
                );
            }
            if self.relief.coast_km[cell] < 5.0 {
                self.add_near(
                    "tourist_area",
                    &format!("Khu du lịch biển {}", commune.name),
                    commune.centre.offset(1.5, 1.2),
                    2.2,
                );
            }
        }
    }

    fn transport(&mut self, towns: &[Town], port: Point, gate: Point) {
        for (town, name) in towns
            .iter()
            .zip(["Bến xe trung tâm", "Bến xe phía Nam", "Bến xe phía Bắc"])
        {
            self.add_near("transport_hub", name, town.position, 0.8);
        }
        self.add_near("transport_hub", "Cảng Vũng Áng (mô phỏng)", port, 0.5);
        self.add_near("transport_hub", "Bãi xe cửa khẩu Cầu Treo (mô phỏng)", gate, 0.5);
    }

    fn countryside(&mut self, villages: &[Village]) {
        let mut by_people: Vec<&Village> = villages
            .iter()
            .filter(|village| !self.division.communes[village.commune].ward)
            .collect();
        by_people.sort_by(|a, b| b.population.cmp(&a.population).then(a.code.cmp(&b.code)));
        for village in by_people.into_iter().take(40) {
            let name = format!(
                "Vùng nông thôn trọng điểm {}",
                self.division.communes[village.commune].name
            );
            self.add_near("rural_area", &name, village.position, 0.2);
        }
    }
}
