//! The archive: its parts, and a simulation that names what the model has.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod common;

use cartrial_model::STATES;
use common::{all, sbml, study};
use roxmltree::Document;
use std::collections::BTreeMap;
use std::io::{Cursor, Read};
use zip::ZipArchive;

/// The archive's files by name.
fn files() -> BTreeMap<String, String> {
    let study = study("");
    let bytes = cartrial_exchange::omex(&study, &study.arms[0]).unwrap();
    let mut archive = ZipArchive::new(Cursor::new(bytes)).unwrap();
    let names: Vec<_> = archive.file_names().map(str::to_owned).collect();
    let read = |name: String| {
        let mut text = String::new();
        archive.by_name(&name).unwrap().read_to_string(&mut text).unwrap();
        (name, text)
    };
    names.into_iter().map(read).collect()
}

#[test]
fn the_manifest_lists_every_file_with_its_format() {
    let files = files();
    assert_eq!(files.keys().collect::<Vec<_>>(), ["manifest.xml", "model.xml", "simulation.sedml"]);
    let document = Document::parse(&files["manifest.xml"]).unwrap();
    let mut locations: Vec<_> =
        all(&document, "content").into_iter().map(|content| content.attribute("location").unwrap()).collect();
    locations.sort_unstable();
    assert_eq!(locations, [".", "./manifest.xml", "./model.xml", "./simulation.sedml"]);
    assert_eq!(files["model.xml"], sbml(&study("")));
}

#[test]
fn the_simulation_follows_the_study_and_names_what_the_model_has() {
    let files = files();
    let [simulation, model] =
        ["simulation.sedml", "model.xml"].map(|name| Document::parse(&files[name]).unwrap());
    let course = all(&simulation, "uniformTimeCourse")[0];
    let attributes =
        ["outputStartTime", "outputEndTime", "numberOfSteps"].map(|name| course.attribute(name).unwrap());
    assert_eq!(attributes, ["0", "720", "720"]);
    let parameters: Vec<_> =
        all(&model, "parameter").into_iter().map(|p| p.attribute("id").unwrap()).collect();
    let targets: Vec<_> =
        all(&simulation, "variable").into_iter().filter_map(|v| v.attribute("target")).collect();
    assert_eq!(targets.len(), STATES.len());
    for target in targets {
        let id = target.split('\'').nth(1).unwrap();
        assert!(parameters.contains(&id), "{id}");
    }
    let generators: Vec<_> =
        all(&simulation, "dataGenerator").into_iter().map(|g| g.attribute("id").unwrap()).collect();
    let used = ["xDataReference", "yDataReference", "dataReference"];
    for reference in simulation.descendants().flat_map(|node| used.map(|name| node.attribute(name))).flatten()
    {
        assert!(generators.contains(&reference), "{reference}");
    }
}

#[test]
fn the_same_study_makes_the_same_bytes() {
    let study = study("");
    let archive = || cartrial_exchange::omex(&study, &study.arms[0]).unwrap();
    assert_eq!(archive(), archive());
}

#[test]
fn a_name_that_sbml_does_not_allow_is_spelt_otherwise_and_kept_as_a_label() {
    let mut study = study("[[arms]]\nname = \"dose < 2 & 'early'\"\n");
    study.name = "1-a.b".into();
    let text = sbml(&study);
    let document = Document::parse(&text).unwrap();
    let model = all(&document, "model")[0];
    assert_eq!(model.attribute("id"), Some("study_1_a_b"));
    assert_eq!(model.attribute("name"), Some("1-a.b, arm dose < 2 & 'early'"));
}
