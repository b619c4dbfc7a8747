//! The courses of some patients over time, in every arm that each is in.

use crate::error::RunError;
use crate::pipeline::RunOptions;
use crate::trajectory::{Trajectory, trajectory};
use cartrial_cohort::{Cohort, Study};
use rayon::prelude::*;

/// Patients who are followed while the ones before are consumed.
const WINDOW: usize = 256;

/// The course of one patient in one arm.
#[derive(Clone, Debug, PartialEq)]
pub struct Course {
    /// The patient's id.
    pub patient: u64,
    /// Number of the arm in [`Study::arms`].
    pub arm: usize,
    /// The states.
    pub trajectory: Trajectory,
}

/// Follows the patients with those ids, with a state every [`every_hours`](cartrial_cohort::TrajectorySettings), and hands
/// their courses to `consume`, in order of patient and arm. What is in memory does not grow with their number.
///
/// # Errors
/// The first error of `consume`, which ends it; or [`RunError`] if the threads do not start.
pub fn follow<E: Send + From<RunError>>(
    study: &Study,
    cohort: &Cohort,
    ids: &[u64],
    options: &RunOptions,
    mut consume: impl FnMut(Course) -> Result<(), E> + Send,
) -> Result<(), E> {
    options.pool()?.install(|| {
        for window in ids.chunks(WINDOW) {
            let courses: Vec<_> = window.par_iter().map(|&id| courses(study, cohort, id)).collect();
            courses.into_iter().flatten().try_for_each(&mut consume)?;
        }
        Ok(())
    })
}

fn courses(study: &Study, cohort: &Cohort, id: u64) -> Vec<Course> {
    let arms = match cohort.allocation(id..id + 1) {
        None => (0..study.arms.len()).collect(),
        Some(allocated) => allocated,
    };
    let every_hours = study.trajectories.every_hours;
    let patients = cohort.draw(id..id + 1);
    let of_arm = |arm: usize| {
        patients.iter().map(move |patient| Course {
            patient: id,
            arm,
            trajectory: trajectory(study, &study.arms[arm], every_hours, &patient.quantities),
        })
    };
    arms.into_iter().flat_map(of_arm).collect()
}
