//! How long a patient takes to draw: `cargo run --release -p cartrial-cohort --example draw_speed`.

use cartrial_cohort::{Cohort, Study, StudyError};
use std::path::Path;
use std::time::Instant;

const PATIENTS: u64 = 1_000_000;
const BLOCK: u64 = 4096;

fn main() -> Result<(), StudyError> {
    for distribution in ["uniform", "normal", "lognormal"] {
        for sampling in ["random", "latin-hypercube", "sobol"] {
            let everything: String = ["tumour_burden", "inflammation"]
                .into_iter()
                .chain(["dose_effector_ctl", "dose_memory_ctl", "dose_effector_helper", "dose_memory_helper"])
                .map(|symbol| format!("{symbol} = {{ relative = {{}} }}\n"))
                .collect();
            let text = format!(
                "[study]\nname = \"speed\"\npatients = {PATIENTS}\n[population]\ndistribution = {distribution:?}\n\
                 sampling = {sampling:?}\n[population.initial]\n{everything}"
            );
            let cohort = Cohort::new(&Study::parse(&text, Path::new("speed.toml"))?)?;
            let mut block = Vec::new();
            let mut corrected = 0;
            let start = Instant::now();
            for first in (0..PATIENTS).step_by(BLOCK as usize) {
                cohort.draw_into(first..first + BLOCK, &mut block);
                corrected += block.iter().map(|p| u64::from(p.corrected.count())).sum::<u64>();
            }
            let ns = start.elapsed().as_nanos() as f64 / PATIENTS as f64;
            println!("{distribution:9} {sampling:15} {ns:6.0} ns a patient, {corrected} draws corrected");
        }
    }
    Ok(())
}
