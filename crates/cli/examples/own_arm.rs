//! An arm built in code: half of the dose, and a rescue when inflammation passes 150 pg/mL, against standard treatment.
//!
//! ```sh
//! cargo run --example own_arm
//! ```

use cartrial::{Arm, Endpoint, Options, Rescue, RunStudy, Study, Treatment};
use std::error::Error;
use std::path::Path;

const STUDY: &str = "[study]\nname = \"own-arm\"\npatients = 200\ndays = 30\n";

fn main() -> Result<(), Box<dyn Error>> {
    let mut study = Study::parse(STUDY, Path::new("own_arm.toml"))?;
    let treatment = Treatment {
        dose_multiplier: 0.5,
        rescue: Some(Rescue { above: 150.0, delay_hours: 2.0, hours: 24.0, rate: 200.0, at_most: 3 }),
        ..Treatment::default()
    };
    study.arms.push(Arm::new("half dose with rescue", treatment));
    let directory = std::env::temp_dir().join(format!("cartrial-own-arm-{}", std::process::id()));
    let results = study.run(&Options { directory: Some(directory.clone()), ..Options::default() })?;

    for outcome in &results.summary.outcomes {
        if outcome.outcome == Endpoint::PeakInflammation.name() {
            let mean = outcome.mean.unwrap_or(f64::NAN);
            println!(
                "{}: peak inflammation {mean:.1} pg/mL in the mean of {} patients",
                outcome.arm, outcome.n
            );
        }
    }
    std::fs::remove_dir_all(&directory)?;
    Ok(())
}
