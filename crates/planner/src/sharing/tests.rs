//! The sharing share against the worked example of 100 stations on 84 locations.

use geodata::{Network, Site, Station, StationStatus, Technology};
use geodesy::LonLat;

use super::sharing_share;

fn network() -> Network {
    let mut network = Network::default();
    for number in 0..84 {
        let code = format!("S{number}");
        network.sites.push(Site::new(
            code.clone(),
            "A",
            LonLat::new(105.0 + f64::from(number) / 100.0, 18.0),
        ));
        let tenants: &[&str] = if number < 16 { &["A", "B"] } else { &["A"] };
        for operator in tenants {
            network.stations.push(Station {
                code: format!("{code}-{operator}"),
                site_code: code.clone(),
                operator: (*operator).to_owned(),
                technology: Technology::G4,
                on_air: None,
                status: StationStatus::OnAir,
            });
        }
    }
    network
}

#[test]
fn three_formulas_give_three_shares() {
    let share = sharing_share(&network(), &[]);
    assert_eq!((share.locations, share.stations, share.shared_locations), (84, 100, 16));
    assert!((share.by_location - 100.0 * 16.0 / 84.0).abs() < 1e-9);
    assert!((share.by_station - 32.0).abs() < 1e-9);
    assert!((share.by_hosted_tenant - 16.0).abs() < 1e-9);
}

#[test]
fn a_move_empties_one_location_and_shares_another() {
    let mut network = network();
    // The last location belongs to B.
    network.stations.last_mut().expect("stations").operator = "B".to_owned();
    let share = sharing_share(&network, &[("S83".to_owned(), "S82".to_owned())]);
    assert_eq!((share.locations, share.stations, share.shared_locations), (83, 100, 17));
    assert_eq!(share.hosted_stations, 17);
}
