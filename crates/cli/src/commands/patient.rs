//! `cartrial patient`: the standard patient's course, the paper's Figure 3.

use crate::args::PatientArguments;
use crate::failure::Failure;
use crate::output::show;
use cartrial_cohort::{CorrectedSet, Overrides, Study, VirtualPatient};
use cartrial_dataset::write_trajectories;
use cartrial_model::Treatment;
use cartrial_report::{create_directory, patient_figure, write_figure};
use cartrial_runner::{Endpoint, Level, Outcome, Status, simulate, trajectory};
use std::path::Path;

/// The smallest valid study, for the defaults of model and solver.
const DEFAULTS: &str = "[study]\nname = \"patient\"\npatients = 1\n";
const EVERY_HOURS: f64 = 1.0;

/// Follows the standard patient through every arm and writes `trajectory.csv` and figures.
pub fn patient(arguments: &PatientArguments) -> Result<(), Failure> {
    let overrides = Overrides { days: arguments.days, ..Overrides::default() };
    let study = match &arguments.study {
        Some(path) => Study::read_with(path, &overrides)?,
        None => Study::parse_with(DEFAULTS, Path::new("defaults"), &overrides)?,
    };
    let quantities = study.standard_patient();
    let patient = VirtualPatient { id: 0, quantities, corrected: CorrectedSet::default() };
    let level = Level::from_environment()?;
    let several = study.arms.len() > 1;
    let mut courses = Vec::new();
    for arm in &study.arms {
        let course = trajectory(&study, arm, EVERY_HOURS, &quantities);
        let outcome = simulate(&study, arm, level, &[patient])[0];
        if outcome.status != Status::Completed || course.status != Status::Completed {
            let reason = cartrial_dataset::status_name(outcome.status);
            let arm = if several { format!(" in arm {}", arm.name) } else { String::new() };
            return Err(Failure::TooManyFailed(format!(
                "the standard patient could not be solved{arm}: {reason}"
            )));
        }
        courses.push((arm.name.as_str(), course, outcome));
    }

    create_directory(&arguments.out)?;
    let csv = arguments.out.join("trajectory.csv");
    let mut text = String::new();
    let mut files = format!("Course: {}\n", csv.display());
    for (i, ((name, course, outcome), arm)) in courses.iter().zip(&study.arms).enumerate() {
        let file = if i == 0 { "trajectory".to_owned() } else { format!("trajectory-arm-{}", i + 1) };
        let title =
            if several { format!("The standard patient, {name}") } else { "The standard patient".into() };
        write_figure(&arguments.out, &file, &patient_figure(&title, course, outcome)?)?;
        if several {
            text += &format!("Arm {name}\n");
        }
        text += &format!("{}{}\n", extremes(outcome), given(outcome, &arm.treatment));
        files += &format!("Figure: {}\n", arguments.out.join(file).with_extension("png").display());
    }
    let courses: Vec<_> = courses.into_iter().map(|(arm, course, _)| (arm, course)).collect();
    write_trajectories(&csv, &courses)?;
    show(&format!("{text}{files}"))
}

/// Peak and nadir, a line each.
fn extremes(outcome: &Outcome) -> String {
    let value = |endpoint: Endpoint| outcome.values[endpoint.index()];
    let extreme = |what: &str, endpoint: Endpoint, day: Endpoint| {
        format!("{what:18} {:9.4} {:8} on day {:.4}\n", value(endpoint), endpoint.unit(), value(day))
    };
    extreme("Peak inflammation", Endpoint::PeakInflammation, Endpoint::TimeOfPeak)
        + &extreme("Tumour nadir", Endpoint::TumourNadir, Endpoint::TimeOfNadir)
}

/// What the patient received where that depends on its course: a second infusion, rescues.
fn given(outcome: &Outcome, treatment: &Treatment) -> String {
    let value = |endpoint: Endpoint| outcome.values[endpoint.index()];
    let mut text = String::new();
    if treatment.second_infusion.is_some() {
        let (dose, unit) = (value(Endpoint::CarTGiven), Endpoint::CarTGiven.unit());
        text += &format!("{:18} {dose:9.4} {unit} in all\n", "CAR T cells given");
    }
    if let Some(rescue) = &treatment.rescue {
        text +=
            &format!("{:18} {:9} of at most {}\n", "Rescues begun", value(Endpoint::Rescues), rescue.at_most);
    }
    text
}
