//! Every station on air: what the counts are made of.

use std::collections::{BTreeMap, BTreeSet};

use geodata::Station;
use rust_xlsxwriter::{Worksheet, XlsxError};

use super::Book;
use super::live::generation;
use super::style::excel_date;
use crate::facts::Facts;
use crate::measure::{on_air, sites_in, zones_of_the_day};

/// What stands at each location.
struct Locations<'a> {
    operators: BTreeMap<&'a str, BTreeSet<&'a str>>,
    owners: BTreeMap<&'a str, &'a str>,
    newest: BTreeMap<&'a str, u8>,
}

impl<'a> Locations<'a> {
    fn of(facts: &Facts<'a>) -> Self {
        let mut operators: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
        let mut newest: BTreeMap<&str, u8> = BTreeMap::new();
        for station in on_air(facts) {
            operators
                .entry(&station.site_code)
                .or_default()
                .insert(&station.operator);
            let newest = newest.entry(&station.site_code).or_default();
            *newest = (*newest).max(generation(station.technology));
        }
        let sites = facts.network.sites.iter();
        Self {
            operators,
            owners: sites.map(|site| (site.code.as_str(), site.owner.as_str())).collect(),
            newest,
        }
    }

    fn operators(&self, site: &str) -> usize {
        self.operators.get(site).map_or(0, BTreeSet::len)
    }

    fn newest(&self, site: &str) -> u8 {
        self.newest.get(site).copied().unwrap_or_default()
    }

    /// Whether a station stands on a shared mast and its operator is not the host: the owner, else the first by name.
    fn hosted(&self, station: &Station) -> bool {
        let Some(operators) = self
            .operators
            .get(station.site_code.as_str())
            .filter(|all| all.len() > 1)
        else {
            return false;
        };
        let owner = self
            .owners
            .get(station.site_code.as_str())
            .filter(|owner| operators.contains(*owner));
        let host = owner.or_else(|| operators.first());
        host.is_some_and(|host| *host != station.operator)
    }
}

impl Book<'_> {
    /// Every station on air: what the counts are made of.
    pub(super) fn stations(&self, sheet: &mut Worksheet) -> Result<(), XlsxError> {
        sheet.set_name(self.sheets.stations)?;
        self.style.head(
            sheet,
            0,
            &[
                ("Mã trạm", "Station", 24.0),
                ("Mã nhà trạm", "Site", 16.0),
                ("Doanh nghiệp", "Operator", 16.0),
                ("Công nghệ", "Technology", 10.0),
                ("Ngày phát sóng", "On air", 14.0),
                ("Trong khu, cụm", "In a zone", 10.0),
                ("Số doanh nghiệp tại vị trí", "Operators at the location", 12.0),
                ("Đi thuê vị trí", "Hosted", 10.0),
                ("Trạm đầu của vị trí", "First of its location", 10.0),
                ("Thế hệ cao nhất tại vị trí", "Newest generation there", 12.0),
            ],
        )?;
        let facts = &self.report.facts;
        let inside = sites_in(facts, &zones_of_the_day(facts).collect::<Vec<_>>());
        let restricted: BTreeSet<&str> = facts
            .network
            .sites
            .iter()
            .filter(|site| site.restricted)
            .map(|site| site.code.as_str())
            .collect();
        let locations = Locations::of(facts);
        let mut seen = BTreeSet::new();
        for (index, station) in on_air(facts).enumerate() {
            let line = index as u32 + 1;
            // A security-restricted site counts, and its code stays here.
            let secret = restricted.contains(station.site_code.as_str());
            let shown = |code: &str| {
                if secret {
                    "•••".to_owned()
                } else {
                    code.to_owned()
                }
            };
            sheet.write_string_with_format(line, 0, shown(&station.code), &self.style.text)?;
            sheet.write_string_with_format(line, 1, shown(&station.site_code), &self.style.text)?;
            sheet.write_string_with_format(line, 2, &station.operator, &self.style.text)?;
            sheet.write_string_with_format(line, 3, station.technology.to_string(), &self.style.text)?;
            match station.on_air {
                Some(day) => sheet.write_datetime_with_format(line, 4, excel_date(day)?, &self.style.date)?,
                None => sheet.write_blank(line, 4, &self.style.date)?,
            };
            let flag = f64::from(u8::from(inside.contains(station.site_code.as_str())));
            let numbers = [
                flag,
                locations.operators(&station.site_code) as f64,
                f64::from(u8::from(locations.hosted(station))),
                f64::from(u8::from(seen.insert(station.site_code.as_str()))),
                f64::from(locations.newest(&station.site_code)),
            ];
            for (column, number) in (5..).zip(numbers) {
                sheet.write_number_with_format(line, column, number, &self.style.whole)?;
            }
        }
        sheet.autofilter(0, 0, self.sheets.station_rows - 1, 9)?;
        Ok(())
    }
}
