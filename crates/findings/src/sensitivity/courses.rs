//! Sobol' indices of inflammation and tumour burden over time.

use super::saltelli_run::is_within_accuracy;
use super::solving::Solving;
use crate::FindingsError;
use cartrial_analysis::sensitivity::SobolSums;
use cartrial_analysis::{Estimate, StatError};
use cartrial_cohort::{Cohort, Saltelli, Study};
use cartrial_model::{INFLAMMATION, STATES, TUMOUR_BURDEN};
use cartrial_runner::{Course, follow};
use serde::Serialize;

/// The states whose courses are analysed.
const ANALYSED: [usize; 2] = [INFLAMMATION, TUMOUR_BURDEN];

/// What drives a state over time in one arm.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct StateSensitivity {
    /// The state, by its column in a trajectory.
    pub state: &'static str,
    /// The arm.
    pub arm: String,
    /// One time after the other.
    pub times: Vec<CourseSensitivity>,
}

/// What drives a state at one time.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct CourseSensitivity {
    /// Time since the first infusion, days.
    pub day: f64,
    /// The indices of the factors, in their order, or why there are none: at the start a state may not vary.
    pub indices: Estimate<IndicesAtTime>,
}

/// Sobol' indices at one time.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct IndicesAtTime {
    /// Rows of the design that they rest on.
    pub n: u64,
    /// Rows that were left out, because the solve of a patient had failed by then.
    pub left_out: u64,
    /// Mean of the state.
    pub mean: f64,
    /// Its variance.
    pub variance: f64,
    /// First-order index of every factor.
    pub first_order: Vec<f64>,
    /// Total index of every factor.
    pub total: Vec<f64>,
}

/// Follows the design and analyses both states at every time.
pub(super) fn solve(solving: &Solving<'_>) -> Result<Vec<StateSensitivity>, FindingsError> {
    let Solving { study, population, plan, options, progress, .. } = *solving;
    let Some(courses) = plan.courses else { return Ok(Vec::new()) };
    let mut followed = study.clone();
    followed.trajectories.every_hours = courses.every_hours;
    let design = Saltelli::new(population, study.seed, courses.rows, plan.factors.clone());
    let of_row = design.patients_of_row();
    let times = (study.days * cartrial_model::HOURS_PER_DAY / courses.every_hours + 1e-9) as usize + 1;
    let factors = plan.factors.len();
    let new = || vec![SobolSums::with_batches(factors, courses.rows, 1); times];
    // By arm, state and time.
    let mut sums: Vec<[Vec<SobolSums>; 2]> = study.arms.iter().map(|_| [new(), new()]).collect();
    let mut row: Vec<Vec<Course>> = vec![Vec::new(); study.arms.len()];
    let cohort = Cohort::of_saltelli(design);
    let ids: Vec<u64> = (0..cohort.patients()).collect();
    follow(&followed, &cohort, &ids, options, |course| {
        let (arm, patient) = (course.arm, course.patient);
        row[arm].push(course);
        if patient % of_row == of_row - 1 {
            add(&row[arm], patient / of_row, &mut sums[arm]);
            row[arm].clear();
        }
        progress(u64::from(arm == 0));
        Ok::<(), FindingsError>(())
    })?;
    let day = |time: usize| time as f64 * courses.every_hours / cartrial_model::HOURS_PER_DAY;
    let of_arm = study.arms.iter().zip(&sums).flat_map(|(arm, sums)| {
        ANALYSED.into_iter().zip(sums).map(|(state, sums)| StateSensitivity {
            state: STATES[state].name,
            arm: arm.name.clone(),
            times: (sums.iter().enumerate())
                .map(|(time, sums)| CourseSensitivity {
                    day: day(time),
                    indices: at_time(sums, study).into(),
                })
                .collect(),
        })
    });
    Ok(of_arm.collect())
}

/// Adds the courses of a row of the design; what a failed one lacks is NaN.
fn add(row: &[Course], number: u64, sums: &mut [Vec<SobolSums>; 2]) {
    for (state, sums) in ANALYSED.into_iter().zip(sums) {
        for (time, sums) in sums.iter_mut().enumerate() {
            let at = |course: &Course| course.trajectory.states.get(time).map_or(f64::NAN, |y| y[state]);
            let values: Vec<f64> = row.iter().map(at).collect();
            if let [a, mixed @ .., b] = &values[..] {
                sums.add(number, *a, mixed, *b);
            }
        }
    }
}

fn at_time(sums: &SobolSums, study: &Study) -> Result<IndicesAtTime, StatError> {
    let found = sums.indices(0, &mut || 0.5)?;
    if is_within_accuracy(found.variance, found.mean.abs(), study) {
        return Err(StatError::WithinAccuracy);
    }
    let (first_order, total) = found.factors.iter().map(|index| (index.first_order, index.total)).unzip();
    let (n, left_out) = (found.n, found.left_out);
    Ok(IndicesAtTime { n, left_out, mean: found.mean, variance: found.variance, first_order, total })
}
