//! Writes the pages of made-up studies of several arms into a directory: `cargo run --example study_page -- DIR`.

use std::error::Error;
use std::path::PathBuf;

use cartrial_analysis::trial::Design;
use cartrial_report::to_png;

#[path = "../tests/made_up/mod.rs"]
mod made_up;

use made_up::{MadeUp, half_dose, rescue, standard};

fn main() -> Result<(), Box<dyn Error>> {
    let directory = PathBuf::from(std::env::args().nth(1).ok_or("which directory?")?);
    for (name, patients, design, arms) in [
        ("twins", 2000, Design::Paired, vec![standard(), rescue()]),
        ("three-twins", 300, Design::Paired, vec![standard(), rescue(), half_dose()]),
        ("randomised", 400, Design::Independent, vec![standard(), rescue()]),
        ("single", 400, Design::Paired, vec![standard()]),
    ] {
        let study = MadeUp::new(patients, design, &arms);
        let report = study.report();
        let figures = cartrial_report::study::figures(&report);
        for figure in &figures {
            std::fs::write(directory.join(format!("{name}-{}.png", figure.name)), to_png(&figure.svg, 2.0)?)?;
        }
        std::fs::write(
            directory.join(format!("{name}.html")),
            cartrial_report::study::page(&report, &figures),
        )?;
    }
    Ok(())
}
