//! `phusong model`: evaluate one case of one propagation model, with all intermediates, so that anyone can hold the
//! answer against another implementation.

mod clutter_and_entry;
mod itm;
mod p1812;
mod statistical;

use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::output::{Output, WrongUse};

/// What may be written after `model`.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// The model.
    #[arg(value_enum)]
    model: Model,
    /// The case, a JSON document; `-` reads standard input.
    #[arg(long, value_name = "CASE.json")]
    input: PathBuf,
}

/// The models that can be evaluated.
#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum Model {
    /// ITU-R P.1812-8: path-specific loss over terrain and clutter, 30 MHz – 6 GHz.
    P1812,
    /// NTIA Irregular Terrain Model over a profile.
    Itm,
    /// NTIA Irregular Terrain Model in an area.
    ItmArea,
    /// ITU-R P.2108-1: statistical clutter loss of a terrestrial path.
    P2108,
    /// ITU-R P.2108-1: height gain of a terminal below its clutter.
    P2108HeightGain,
    /// ITU-R P.2108-1: clutter loss of a slant path.
    P2108Slant,
    /// ITU-R P.2109-2: building entry loss.
    P2109,
    /// 3GPP TR 38.901 rural macro cell.
    #[value(name = "tr38901-rma")]
    Tr38901RuralMacro,
    /// 3GPP TR 38.901 urban macro cell.
    #[value(name = "tr38901-uma")]
    Tr38901UrbanMacro,
    /// 3GPP TR 38.901 urban micro cell.
    #[value(name = "tr38901-umi")]
    Tr38901UrbanMicro,
    /// 3GPP TR 38.901 indoor office, mixed.
    #[value(name = "tr38901-inh-mixed")]
    Tr38901MixedOffice,
    /// 3GPP TR 38.901 indoor office, open plan.
    #[value(name = "tr38901-inh-open")]
    Tr38901OpenOffice,
    /// Okumura-Hata, 150 – 1500 MHz.
    OkumuraHata,
    /// COST-231 Hata, 1500 – 2600 MHz.
    Cost231Hata,
    /// NTIA extended Hata over a profile.
    ExtendedHata,
    /// Free space.
    FreeSpace,
}

/// The answer of every model.
#[derive(Debug, serde::Serialize)]
struct Answer {
    /// The model's loss, dB.
    loss_db: f64,
    /// Every intermediate quantity under the name that the recommendation gives it.
    intermediate: Value,
}

/// Runs the command: always answers in JSON.
pub fn run(arguments: Arguments, output: &Output) -> anyhow::Result<ExitCode> {
    let text = read(&arguments.input)?;
    let answer = evaluate(arguments.model, &text).with_context(|| arguments.input.display().to_string())?;
    let json = serde_json::to_string_pretty(&answer)?;
    output.answer(&answer, || json)?;
    Ok(ExitCode::SUCCESS)
}

fn evaluate(model: Model, text: &str) -> anyhow::Result<Answer> {
    use propagation::tr38901::Scenario;
    match model {
        Model::P1812 => p1812::answer(case(text)?),
        Model::Itm => itm::point_to_point(case(text)?),
        Model::ItmArea => itm::area(case(text)?),
        Model::P2108 => clutter_and_entry::terrestrial(case(text)?),
        Model::P2108HeightGain => clutter_and_entry::height_gain(case(text)?),
        Model::P2108Slant => clutter_and_entry::slant(case(text)?),
        Model::P2109 => clutter_and_entry::entry(case(text)?),
        Model::Tr38901RuralMacro => statistical::tr38901(Scenario::RuralMacro, case(text)?),
        Model::Tr38901UrbanMacro => statistical::tr38901(Scenario::UrbanMacro, case(text)?),
        Model::Tr38901UrbanMicro => statistical::tr38901(Scenario::UrbanMicro, case(text)?),
        Model::Tr38901MixedOffice => statistical::tr38901(Scenario::IndoorMixedOffice, case(text)?),
        Model::Tr38901OpenOffice => statistical::tr38901(Scenario::IndoorOpenOffice, case(text)?),
        Model::OkumuraHata => statistical::okumura_hata(&case(text)?),
        Model::Cost231Hata => statistical::cost231_hata(&case(text)?),
        Model::ExtendedHata => statistical::extended_hata(case(text)?),
        Model::FreeSpace => statistical::free_space(case(text)?),
    }
}

fn read(input: &Path) -> anyhow::Result<String> {
    let mut text = String::new();
    if input == Path::new("-") {
        std::io::stdin().read_to_string(&mut text)?;
        return Ok(text);
    }
    std::fs::read_to_string(input).map_err(|error| {
        WrongUse(format!(
            "{}: {error}; --input names the case's JSON file",
            input.display()
        ))
        .into()
    })
}

/// The case in a document; a document that does not fit is wrong use, told with its line.
fn case<T: DeserializeOwned>(text: &str) -> anyhow::Result<T> {
    serde_json::from_str(text).map_err(|error| WrongUse(format!("the case cannot be read: {error}")).into())
}

/// An answer from a serialisable set of intermediates.
fn answer(loss_db: f64, intermediate: &impl serde::Serialize) -> anyhow::Result<Answer> {
    anyhow::ensure!(
        loss_db.is_finite(),
        "the case's numbers are so large that no loss can be computed from them"
    );
    Ok(Answer {
        loss_db,
        intermediate: serde_json::to_value(intermediate)?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn loss_db(model: Model, case: &str) -> f64 {
        evaluate(model, case).unwrap().loss_db
    }

    #[test]
    fn every_model_answers_a_case() {
        let radio =
            r#""frequency_mhz": 3500, "tx_height_m": 15, "rx_height_m": 3, "polarisation": "vertical", "climate": 5"#;
        let heights = vec!["100"; 301].join(",");
        let itm = format!(r#"{{{radio}, "step_m": 30, "heights_m": [{heights}]}}"#);
        let area = format!(r#"{{{radio}, "distance_km": 10, "delta_h_m": 20}}"#);
        // The last value of NTIA's own area example, printed to 0.1 dB.
        assert!((loss_db(Model::ItmArea, &area) - 134.5).abs() < 0.051);
        assert!(loss_db(Model::Itm, &itm) > 100.0);
        let p2108 = r#"{"frequency_ghz": 26.6, "distance_km": 15.8, "location_percent": 45}"#;
        assert!((loss_db(Model::P2108, p2108) - 32.5).abs() < 0.05);
        let gain = r#"{"frequency_ghz": 1.5, "height_m": 2, "class": "urban"}"#;
        assert!((loss_db(Model::P2108HeightGain, gain) - 24.5).abs() < 0.05);
        let slant = r#"{"frequency_ghz": 30, "elevation_deg": 2, "location_percent": 5}"#;
        assert!((loss_db(Model::P2108Slant, slant) - 7.7).abs() < 0.05);
        let entry = r#"{"frequency_ghz": 1.8, "building": "thermally_efficient"}"#;
        assert!((loss_db(Model::P2109, entry) - 30.55).abs() < 0.005);
        let uma = r#"{"frequency_ghz": 5, "distance_m": 1000}"#;
        assert!((loss_db(Model::Tr38901UrbanMacro, uma) - 144.7641).abs() < 1e-4);
        let los = r#"{"frequency_ghz": 5, "distance_m": 1000, "condition": "los"}"#;
        assert!((loss_db(Model::Tr38901RuralMacro, los) - 108.5577).abs() < 1e-4);
        assert!((loss_db(Model::Tr38901UrbanMicro, los) - 119.3114).abs() < 1e-4);
        let office = r#"{"frequency_ghz": 5, "distance_m": 20}"#;
        assert_eq!(
            loss_db(Model::Tr38901MixedOffice, office),
            loss_db(Model::Tr38901OpenOffice, office)
        );
        let hata = r#"{"frequency_mhz": 900, "distance_km": 5, "base_height_m": 30, "mobile_height_m": 1.5, "environment": "open"}"#;
        assert!((loss_db(Model::OkumuraHata, hata) - 122.5180).abs() < 1e-4);
        let cost = hata.replace("900", "1800").replace("open", "medium_city");
        assert!((loss_db(Model::Cost231Hata, &cost) - 160.8181).abs() < 1e-4);
        let extended = format!(
            r#"{{"frequency_mhz": 1800, "base_height_m": 30, "mobile_height_m": 1.5, "environment": "rural", "step_m": 30, "heights_m": [{heights}]}}"#
        );
        assert!(loss_db(Model::ExtendedHata, &extended) > 90.0);
        assert!((loss_db(Model::FreeSpace, r#"{"frequency_mhz": 1800, "distance_km": 1}"#) - 97.553).abs() < 1e-3);
    }

    #[test]
    fn p1812_answers_with_the_names_of_the_recommendation() {
        let points: Vec<String> = (0..=100)
            .map(|i| format!("[{}, 100, 15, 4]", f64::from(i) * 0.03))
            .collect();
        let case = format!(
            r#"{{"frequency_ghz": 1.8, "time_percent": 50, "location_percent": 50, "location_sigma_db": 0,
                "tx_height_m": 30, "rx_height_m": 1.5, "polarisation": "vertical", "tx": {{"lat": 45, "lon": 10}},
                "rx": {{"lat": 45.02698, "lon": 10}}, "delta_n": 45, "n0": 325, "tx_coast_km": null,
                "rx_coast_km": null, "profile": [{}]}}"#,
            points.join(",")
        );
        let answer = evaluate(Model::P1812, &case).unwrap();
        assert!((answer.loss_db - 148.357_622).abs() < 1e-5, "{}", answer.loss_db);
        assert!((answer.intermediate["Ld50"].as_f64().unwrap() - 41.345_503).abs() < 1e-6);
        for name in [
            "Lbfs", "Lb0p", "Ldp", "Lba", "Lbs", "Lbc", "Lb", "Ep", "beta0", "dlt", "theta", "omega", "Fj",
            // Every label of the reference logs.
            "d", "dlr", "th_t", "th_r", "th", "hts", "hrs", "htc", "hrc", "w", "dtm", "dlm", "phi", "b0", "ae", "hst",
            "hsr", "hstd", "hsrd", "hte", "hre", "hm", "Fi", "Fk", "Lb0b", "Lbulla", "Lbulls", "Ldsph", "Ld50", "Ldb",
            "Lbd50", "Lbd", "Lminb0p", "Lminbap", "Lbda", "Lbam", "dct", "dcr",
        ] {
            assert!(answer.intermediate[name].is_number(), "{name}");
        }
    }

    #[test]
    fn cases_that_do_not_fit_are_wrong_use_and_ranges_are_refusals() {
        let error = |case: &str| evaluate(Model::P2109, case).unwrap_err();
        assert!(error("{").is::<WrongUse>());
        assert!(error(r#"{"frequency_ghz": 1.8, "colour": "red"}"#).is::<WrongUse>());
        let itm = r#"{"frequency_mhz": 900, "tx_height_m": 15, "rx_height_m": 3, "polarisation": "vertical", "climate": 5,
            "step_m": 30, "heights_m": [1, 2, 3, 4], "polarization": "vertical"}"#;
        let unknown = evaluate(Model::Itm, itm).unwrap_err();
        assert!(
            unknown.is::<WrongUse>() && unknown.to_string().contains("polarization"),
            "{unknown}"
        );
        let place = r#"{"frequency_ghz": 1, "tx_height_m": 9, "rx_height_m": 9, "polarisation": "vertical", "tx": {"lat": 95, "lon": 0},
            "rx": {"lat": 9, "lon": 0}, "profile": [[0, 1], [1, 1], [2, 1]]}"#;
        assert!(!evaluate(Model::P1812, place).unwrap_err().is::<WrongUse>());
        let absurd = place.replace("95", "9").replace("[1, 1]", "[1, 1e300]");
        assert!(evaluate(Model::P1812, &absurd).is_err());
        let refused = error(r#"{"frequency_ghz": 1000}"#);
        assert!(!refused.is::<WrongUse>());
        assert!(refused.to_string().contains("frequency is 1000 GHz"));
    }
}
