//! What is kept between runs: path losses, signals, the run before. None of it changes a number.

use coverage_model::measurements::MeasuredLevel;

use super::*;

#[test]
fn the_cache_changes_nothing_and_spares_propagation() {
    let folder = tempfile::tempdir().unwrap();
    let cache = || Some(folder.path().to_owned());
    let entries = || walk(folder.path());
    let fresh = run(parameters(), None, &network());
    assert!(run(parameters(), cache(), &network()) == fresh);
    let first = entries();
    assert_eq!(
        first.len(),
        7,
        "three masts with their angles, one of them with two bands"
    );
    assert!(run(parameters(), cache(), &network()) == fresh);

    let mut tilted = network();
    tilted[0].electrical_tilt_deg = 8.0;
    tilted[1].azimuth_deg = Some(150.0);
    tilted.truncate(5);
    let expected = run(parameters(), None, &tilted);
    assert!(run(parameters(), cache(), &tilted) == expected);
    assert_eq!(entries(), first, "no new propagation");

    // A damaged entry is computed again.
    let bytes = std::fs::read(&first[0]).unwrap();
    std::fs::write(&first[0], &bytes[..bytes.len() / 2]).unwrap();
    assert!(run(parameters(), cache(), &network()) == fresh);
    assert_eq!(std::fs::read(&first[0]).unwrap(), bytes, "and mended");
}

fn walk(folder: &std::path::Path) -> Vec<std::path::PathBuf> {
    let mut files: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .flat_map(|entry| std::fs::read_dir(entry.unwrap().path()).unwrap())
        .map(|entry| entry.unwrap().path())
        .collect();
    files.sort();
    files
}

#[test]
fn another_load_adds_no_cell_up_again() {
    let folder = tempfile::tempdir().unwrap();
    let ground = ground();
    let loaded = |load: f64, cache: bool| {
        let parameters = CoverageParameters { load, ..parameters() };
        let cache = cache.then(|| folder.path().to_owned());
        let engine = Engine::new(&ground, window(), parameters, cache).unwrap();
        engine.with_ground_identity("waves")
    };
    let run = |engine: &Engine<'_>| engine.run(&network(), &areas(), &places(), &Silent).unwrap();
    let first = loaded(0.5, true);
    first
        .propagate(&network(), 0..first.mast_count(&network()), &Silent)
        .unwrap();
    let losses = walk(folder.path());
    assert!(run(&first) == run(&loaded(0.5, false)));
    let signals: Vec<_> = walk(folder.path())
        .into_iter()
        .filter(|path| !losses.contains(path))
        .collect();
    assert_eq!(signals.len(), 3, "one for each technology of an operator");

    // Without the path losses everything else must come from the signals.
    for path in &losses {
        std::fs::remove_file(path).unwrap();
    }
    let other = loaded(0.3, true);
    assert!(run(&other) == run(&loaded(0.3, false)));
    assert_eq!(other.propagations(), 0);

    // One damaged: its cells alone are added up again.
    let bytes = std::fs::read(&signals[0]).unwrap();
    std::fs::write(&signals[0], &bytes[..bytes.len() / 2]).unwrap();
    let mended = loaded(0.4, true);
    assert!(run(&mended) == run(&loaded(0.4, false)));
    assert!((1..3).contains(&mended.propagations()), "{}", mended.propagations());
    assert_eq!(std::fs::read(&signals[0]).unwrap(), bytes, "and mended");
}

#[test]
fn what_is_said_of_the_ground_is_said_every_time() {
    let folder = tempfile::tempdir().unwrap();
    let ground = ground();
    let engine = Engine::new(&ground, window(), parameters(), Some(folder.path().to_owned())).unwrap();
    let engine = engine.with_ground_identity("waves");
    let mut cells = network();
    // Beyond the elevation's edge.
    cells.push(transmitter("e1", "VNPT", Technology::G4, 0.16, 0.16, 180.0));
    let run = || engine.run(&cells, &areas(), &places(), &Silent).unwrap();
    let first = run();
    assert!(
        first
            .warnings
            .iter()
            .any(|warning| warning.subject.as_deref() == Some("e"))
    );
    assert!(run() == first);
}

#[test]
fn drive_tests_read_the_path_losses_of_the_run() {
    let folder = tempfile::tempdir().unwrap();
    let ground = ground();
    let engine = Engine::new(&ground, window(), parameters(), Some(folder.path().to_owned())).unwrap();
    let engine = engine.with_ground_identity("waves");
    let cells = network();
    let run = engine.run(&cells, &areas(), &places(), &Silent).unwrap();
    let sweeps = engine.propagations();
    let signal = layer(&run, Some("Viettel"), Quantity::Signal);
    let server = layer(&run, Some("Viettel"), Quantity::BestServer);
    let measured: Vec<MeasuredLevel> = (0..run.window.rows)
        .step_by(9)
        .map(|row| MeasuredLevel {
            position: run.window.centre(run.window.columns / 3, row),
            level_dbm: -90.0,
            cell_code: None,
            operator: Some("viettel".into()),
            technology: Some(Technology::G4),
        })
        .collect();
    let residuals = engine.residuals(&measured, &cells);
    assert_eq!(engine.propagations(), sweeps);
    assert!(residuals.len() > 5);
    for residual in residuals {
        let (column, row) = run.window.pixel_of(measured[residual.index].position).unwrap();
        assert!((residual.predicted_dbm - f64::from(signal.value(column, row))).abs() < 0.03);
        assert_eq!(Some(residual.cell_code.as_str()), server.server(column, row));
    }
    // A list that names a cell means that one, however weak; an unknown name means nothing.
    let of = |code: &str| {
        let named = MeasuredLevel {
            cell_code: Some(code.into()),
            ..measured[measured.len() / 2].clone()
        };
        engine
            .residuals(&[named], &cells)
            .into_iter()
            .map(|residual| residual.cell_code)
            .next()
    };
    assert_eq!(of("a2").as_deref(), Some("a2"));
    assert_eq!(
        of("nobody's"),
        engine
            .residuals(&measured[measured.len() / 2..=measured.len() / 2], &cells)
            .first()
            .map(|residual| residual.cell_code.clone())
    );
}

/// A whole new run and one made from the run before must not differ.
fn assert_same(updated: &CoverageRun, whole: &CoverageRun) {
    for (a, b) in updated.layers.iter().zip(&whole.layers) {
        assert!(a == b, "{} differs", a.key());
    }
    assert!(updated == whole);
}

#[test]
fn a_change_of_cells_gives_what_a_whole_run_gives() {
    let ground = ground();
    let engine = Engine::new(&ground, window(), parameters(), None).unwrap();
    let before = network();
    let run = |cells: &[Transmitter]| engine.run(cells, &areas(), &places(), &Silent).unwrap();
    let start = run(&before);

    let mut tilted = before.clone();
    tilted[1].electrical_tilt_deg = 7.0;
    let mut more = before.clone();
    more.insert(3, transmitter("d1", "Viettel", Technology::G4, 0.05, 0.11, 90.0));
    more.push(transmitter("d2", "VNPT", Technology::G5, 0.05, 0.11, 180.0));
    // A mast beyond the elevation's edge has a warning, which goes with it.
    more.push(transmitter("e1", "VNPT", Technology::G4, 0.16, 0.16, 180.0));
    let fewer: Vec<Transmitter> = before.iter().filter(|cell| cell.site_code != "c").cloned().collect();
    for after in [tilted, more.clone(), fewer, before.clone()] {
        let change = engine
            .change((&before, None), &after)
            .expect("a change that reaches a part only");
        assert!(change.pixels() < start.window.len());
        let updated = engine
            .update(start.clone(), (&before, &after), &areas(), &places())
            .unwrap();
        assert_same(&updated, &run(&after));
    }
    let whole = run(&more);
    assert!(whole.warnings.len() > start.warnings.len());
    let back = engine.update(whole, (&more, &before), &areas(), &places()).unwrap();
    assert_same(&back, &start);

    // Another operator reaches everything, and so does another order of two cells.
    let mut newcomer = before.clone();
    newcomer.push(transmitter("f1", "MobiFone", Technology::G4, 0.05, 0.11, 90.0));
    assert!(engine.change((&before, None), &newcomer).is_none());
    let updated = engine
        .update(start.clone(), (&before, &newcomer), &areas(), &places())
        .unwrap();
    assert_same(&updated, &run(&newcomer));
    let mut turned = before.clone();
    turned.swap(0, 5);
    assert!(engine.change((&before, None), &turned).is_none());
}

#[test]
fn power_tilt_azimuth_and_switching_need_no_propagation() {
    let folder = tempfile::tempdir().unwrap();
    let ground = ground();
    let engine = |scenario: Option<Scenario>| {
        let parameters = CoverageParameters {
            scenario,
            maximum_radius_m: 12_000.0,
            ..parameters()
        };
        let engine = Engine::new(&ground, window(), parameters, Some(folder.path().to_owned())).unwrap();
        engine.with_ground_identity("waves")
    };
    let mut before = network();
    before[3].eirp_per_re_dbm = 9.0;
    let base = engine(None);
    let start = base.run(&before, &areas(), &places(), &Silent).unwrap();
    assert_eq!(base.propagations(), 3, "one sweep a mast");

    let mut changed = before.clone();
    changed[0].eirp_per_re_dbm += 3.0;
    changed[3].eirp_per_re_dbm += 6.0;
    changed[1].electrical_tilt_deg = 9.0;
    changed[2].azimuth_deg = Some(15.0);
    // The strongest cell of a mast goes off: the others keep the mast's radius.
    let off = Scenario {
        without_cells: vec!["b2".into(), "c".into()],
        ..Scenario::default()
    };
    for (scenario, cells) in [(None, &changed), (Some(off), &changed)] {
        let engine = engine(scenario);
        let updated = engine
            .update(start.clone(), (&before, cells), &areas(), &places())
            .unwrap();
        assert_same(&updated, &engine.run(cells, &areas(), &places(), &Silent).unwrap());
        assert_eq!(engine.propagations(), 0);
    }
}

#[test]
fn a_mast_more_on_known_ground_reads_the_others_from_the_cache() {
    let folder = tempfile::tempdir().unwrap();
    let ground = ground();
    let engine = Engine::new(&ground, window(), parameters(), Some(folder.path().to_owned()))
        .unwrap()
        .with_ground_identity("waves");
    let first = engine.run(&network()[..5], &areas(), &places(), &Silent).unwrap();
    let entries = walk(folder.path()).len();
    assert!(engine.run(&network()[..5], &areas(), &places(), &Silent).unwrap() == first);
    let sweeps = engine.propagations();
    let updated = engine
        .update(first, (&network()[..5], &network()), &areas(), &places())
        .unwrap();
    assert_same(&updated, &run(parameters(), None, &network()));
    assert_eq!(engine.propagations(), sweeps + 1, "the new mast only");
    assert_eq!(walk(folder.path()).len(), entries + 2, "the new mast's angles and band");
}
