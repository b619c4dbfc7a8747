//! The standard patient in both readings of the paper.

use super::StandardCourse;
use crate::FindingsError;
use cartrial_cohort::{CorrectedSet, Study, VirtualPatient};
use cartrial_model::{ModelSpec, Quantities, Reading};
use cartrial_runner::{Endpoint, Level, Status, simulate, trajectory};

const EVERY_HOURS: f64 = 1.0;

/// The standard patient's course and its extremes, in one `reading` of the paper, followed as long as in `study`.
pub fn standard_course(
    study: &Study,
    reading: Reading,
    level: Level,
) -> Result<StandardCourse, FindingsError> {
    let study = Study { model: ModelSpec { reading, ..study.model }, ..study.clone() };
    let standard = Quantities::standard();
    let course = trajectory(&study, &study.arms[0], EVERY_HOURS, &standard);
    let patient = VirtualPatient { id: 0, quantities: standard, corrected: CorrectedSet::default() };
    let outcome = simulate(&study, &study.arms[0], level, &[patient])[0];
    if outcome.status != Status::Completed || course.status != Status::Completed {
        return Err(FindingsError::StandardPatient { status: outcome.status });
    }
    let value = |endpoint: Endpoint| outcome.values[endpoint.index()];
    Ok(StandardCourse {
        columns: std::array::from_fn(|i| course.states.iter().map(|state| state[i]).collect()),
        days: course.days,
        peak: (value(Endpoint::PeakInflammation), value(Endpoint::TimeOfPeak)),
        nadir: (value(Endpoint::TumourNadir), value(Endpoint::TimeOfNadir)),
    })
}
