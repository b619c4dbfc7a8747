//! `cartrial patient`: the standard patient's course, the paper's Figure 3.

use crate::args::PatientArguments;
use crate::failure::Failure;
use crate::figures;
use crate::output::show;
use cartrial_cohort::{CorrectedSet, Overrides, Study, VirtualPatient};
use cartrial_dataset::write_trajectory;
use cartrial_model::Quantities;
use cartrial_runner::{Endpoint, Level, Status, simulate, trajectory};
use std::path::Path;

/// A study of nobody in particular, for the defaults of model and solver.
const DEFAULTS: &str = "[study]\nname = \"patient\"\npatients = 1\n";
const EVERY_HOURS: f64 = 1.0;

/// Follows the standard patient and writes `trajectory.csv` and a figure.
pub fn patient(arguments: &PatientArguments) -> Result<(), Failure> {
    let overrides = Overrides { days: arguments.days, ..Overrides::default() };
    let study = match &arguments.study {
        Some(path) => Study::read_with(path, &overrides)?,
        None => Study::parse_with(DEFAULTS, Path::new("defaults"), &overrides)?,
    };
    let standard = Quantities::standard();
    let course = trajectory(study.model, &study.solver, study.days, EVERY_HOURS, &standard);
    let virtual_patient = VirtualPatient { id: 0, quantities: standard, corrected: CorrectedSet::default() };
    let level = Level::from_environment()?;
    let outcome = simulate(study.model, &study.solver, study.days, level, &[virtual_patient])[0];
    if outcome.status != Status::Completed || course.status != Status::Completed {
        let reason = cartrial_dataset::status_name(outcome.status);
        return Err(Failure::TooManyFailed(format!("the standard patient could not be solved: {reason}")));
    }

    figures::create_directory(&arguments.out)?;
    write_trajectory(&arguments.out.join("trajectory.csv"), &course)?;
    figures::trajectory(&arguments.out, &course, &outcome)?;

    let value = |endpoint: Endpoint| outcome.values[endpoint.index()];
    let extreme = |what: &str, endpoint: Endpoint, day: Endpoint| {
        format!("{what:18} {:9.4} {:8} on day {:.4}\n", value(endpoint), endpoint.unit(), value(day))
    };
    let peak = extreme("Peak inflammation", Endpoint::PeakInflammation, Endpoint::TimeOfPeak);
    let nadir = extreme("Tumour nadir", Endpoint::TumourNadir, Endpoint::TimeOfNadir);
    let [csv, picture] = ["trajectory.csv", "trajectory.png"].map(|name| arguments.out.join(name));
    show(&format!("{peak}{nadir}\nCourse: {}\nFigure: {}\n", csv.display(), picture.display()))
}
