//! The COMBINE archive: model and simulation in one file.

use crate::error::ExchangeError;
use crate::sbml::sbml;
use crate::sedml;
use crate::xml::Element;
use cartrial_cohort::{Arm, Study};
use std::io::{Cursor, Write};
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

const MANIFEST: &str = "manifest.xml";
const MODEL: &str = "model.xml";
const SIMULATION: &str = "simulation.sedml";
const SPECIFICATIONS: &str = "http://identifiers.org/combine.specifications";

/// A COMBINE archive (OMEX) of the model that [`sbml()`] writes and of its simulation over the study's days, in SED-ML
/// Level 1 Version 4.
///
/// # Errors
/// [`ExchangeError`].
pub fn omex(study: &Study, arm: &Arm) -> Result<Vec<u8>, ExchangeError> {
    let files = [
        (MANIFEST, manifest().to_document()?),
        (MODEL, sbml(study, arm)?),
        (SIMULATION, sedml::document(study, MODEL).to_document()?),
    ];
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, text) in files {
        // Without a time of writing, so that the same study makes the same bytes.
        archive.start_file(name, SimpleFileOptions::default())?;
        archive.write_all(text.as_bytes())?;
    }
    Ok(archive.finish()?.into_inner())
}

/// SED-ML stands there without its version: COPASI 4.48 overlooks Level 1 Version 4 where it is named.
fn manifest() -> Element {
    let content = |location: &str, format: &str| {
        Element::new("content")
            .with("location", location)
            .with("format", format!("{SPECIFICATIONS}/{format}"))
    };
    Element::new("omexManifest")
        .with("xmlns", format!("{SPECIFICATIONS}/omex-manifest"))
        .holding(content(".", "omex"))
        .holding(content(&format!("./{MANIFEST}"), "omex-manifest"))
        .holding(content(&format!("./{MODEL}"), "sbml.level-3.version-2"))
        .holding(content(&format!("./{SIMULATION}"), "sed-ml").with("master", true))
}
