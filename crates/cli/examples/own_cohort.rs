//! Patients of your own, built in code: how the peak of inflammation grows with the tumour burden.
//!
//! Patients in a file need no code: `[population] table = "patients.csv"` in the study file reads CSV or Parquet.
//!
//! ```sh
//! cargo run --example own_cohort
//! ```

use cartrial::{
    CorrectedSet, Endpoint, Error, Level, Quantities, Quantity, Status, Study, VirtualPatient, simulate,
};
use std::path::Path;

/// Model, solver and length of follow-up; the patients are ours.
const STUDY: &str = "[study]\nname = \"own-cohort\"\npatients = 1\ndays = 30\n";

/// The standard patient with a tumour of so many cells/µL.
fn patient(id: u64, tumour_burden: f64) -> VirtualPatient {
    let mut quantities = Quantities::standard();
    quantities[Quantity::TumourBurden] = tumour_burden;
    VirtualPatient { id, quantities, corrected: CorrectedSet::default() }
}

fn main() -> Result<(), Error> {
    let study = Study::parse(STUDY, Path::new("own_cohort.toml"))?;
    let burdens = [100.0, 200.0, 300.0, 400.0, 500.0];
    let patients: Vec<_> = (0..).zip(burdens).map(|(id, burden)| patient(id, burden)).collect();
    let outcomes = simulate(&study, &study.arms[0], Level::from_environment()?, &patients);

    println!("tumour burden   peak inflammation");
    for (burden, outcome) in burdens.into_iter().zip(&outcomes) {
        assert_eq!(outcome.status, Status::Completed);
        let peak = outcome.values[Endpoint::PeakInflammation.index()];
        println!("{burden:8} cells/µL {peak:11.1} pg/mL");
    }
    Ok(())
}
