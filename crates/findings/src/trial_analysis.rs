//! What is compared between the arms of a study, and how large a trial would have to be.

use crate::FindingsError;
use cartrial_analysis::trial::{
    ArmComparison, ComparedEndpoint, ComparisonMoments, ComparisonPlan, ComparisonSummary, Design,
    EndpointColumns, PowerAnalysis, PowerSimulation, Resolution,
};
use cartrial_cohort::{Allocation, Draws, Study};
use cartrial_dataset::PatientRows;
use cartrial_model::{Endpoint, EndpointKind, Importance};
use rayon::prelude::*;
use serde::Serialize;
use std::borrow::Cow;

/// Patients of the trials drawn, both arms together.
const SIZES: [u64; 6] = [20, 50, 100, 200, 500, 1000];
const POWERS: [f64; 2] = [0.8, 0.9];
const SIMULATION: PowerSimulation =
    PowerSimulation { allocation: [1, 1], trials: 1000, alpha: 0.05, largest: 5000 };

/// How the patients of a study's arms belong together.
pub fn design(study: &Study) -> Design {
    match study.allocation {
        Allocation::Twins => Design::Paired,
        Allocation::Randomised => Design::Independent,
    }
}

/// How small a difference between twins is no difference: the accuracy that the study asks of its solver. A time has
/// it as a share of the follow-up. Fixed steps have no accuracy that one could ask for: theirs is taken to be `rtol` too.
fn resolution(study: &Study, outcome: Endpoint) -> Resolution {
    let rtol = study.solver.rtol;
    match outcome.kind() {
        EndpointKind::EventDay => Resolution::Absolute(rtol * study.days),
        EndpointKind::Continuous if outcome.unit() == "day" => Resolution::Absolute(rtol * study.days),
        EndpointKind::Continuous => Resolution::Relative(rtol),
        EndpointKind::Event { .. } | EndpointKind::Count => Resolution::Exact,
    }
}

/// What is compared between the arms of a study.
pub(crate) fn comparison_plan(study: &Study) -> ComparisonPlan {
    let endpoint = |outcome: Endpoint, columns| ComparedEndpoint {
        name: outcome.name().to_owned(),
        columns,
        resolution: resolution(study, outcome),
    };
    let compared = |outcome: Endpoint| outcome.importance() <= Importance::Secondary;
    let events: Vec<_> = Endpoint::events().filter(|(event, _)| compared(*event)).collect();
    let binary = events
        .iter()
        .map(|(event, _)| endpoint(*event, EndpointColumns::Binary { column: event.name().to_owned() }));
    let times = events.iter().filter_map(|(event, day)| Some((event, (*day)?))).map(|(event, day)| {
        let (time, event, horizon) = (day.name().to_owned(), event.name().to_owned(), Some(study.days));
        endpoint(day, EndpointColumns::TimeToEvent { time, event, horizon })
    });
    let continuous = Endpoint::continuous(Importance::Secondary)
        .map(|outcome| endpoint(outcome, EndpointColumns::Continuous { column: outcome.name().to_owned() }));
    let endpoints = binary.chain(times).chain(continuous).collect();
    let arms = study.arms.iter().map(|arm| arm.name.clone()).collect();
    let weight = study.weight_column().map(str::to_owned);
    ComparisonPlan { design: design(study), arms, endpoints, weight }
}

/// The comparison of every arm with the first one, from rows as they come.
pub struct TrialAnalysis {
    arms: ArmComparison,
    seed: u64,
    /// The arms that trials are drawn of: not those of a sweep, of which there are many.
    in_trials: Vec<String>,
}

/// What the comparison came to.
#[derive(Debug, Serialize)]
pub struct TrialSummary {
    /// Every outcome in every arm against the reference.
    pub comparisons: ComparisonSummary,
    /// Power of randomised trials drawn from the simulated patients.
    pub power: Vec<PowerAnalysis>,
}

impl TrialAnalysis {
    /// A comparison that has taken in no rows yet; `None` for a single arm.
    pub fn new(study: &Study) -> Option<Self> {
        let plan = comparison_plan(study);
        let in_trials = study.arms.iter().skip(1).filter(|arm| arm.swept.is_empty());
        let in_trials = in_trials.map(|arm| arm.name.clone()).collect();
        (study.arms.len() > 1).then(|| Self { arms: ArmComparison::new(plan), seed: study.seed, in_trials })
    }

    /// Takes in rows of all arms.
    pub fn extend(&mut self, rows: &PatientRows) -> Result<(), FindingsError> {
        let columns = self.columns(rows)?;
        self.arms.extend(&slices(&columns));
        Ok(())
    }

    /// The next rows belong to another segment.
    pub fn go_to_segment(&mut self, number: u64) {
        self.arms.go_to_segment(number);
    }

    /// Adds what was accumulated from the rows that come next.
    pub fn append(&mut self, moments: ComparisonMoments) {
        self.arms.append(moments);
    }

    /// Keeps patients of rows that are accumulated elsewhere; whether there is room for more.
    pub fn keep(&mut self, rows: &PatientRows) -> Result<bool, FindingsError> {
        let columns = self.columns(rows)?;
        Ok(self.arms.keep(&slices(&columns)))
    }

    /// Keeps patients that another analysis kept.
    pub fn keep_kept(&mut self, arms: &[Vec<Vec<f64>>]) {
        let slices: Vec<Vec<&[f64]>> =
            arms.iter().map(|columns| columns.iter().map(Vec::as_slice).collect()).collect();
        self.arms.keep(&slices);
    }

    /// The columns of every arm.
    fn columns<'a>(&self, rows: &'a PatientRows) -> Result<Vec<Vec<Cow<'a, [f64]>>>, FindingsError> {
        let of_arm = |arm: usize| -> Result<Vec<_>, FindingsError> {
            let columns = self.arms.columns().iter();
            columns.map(|name| rows.f64_in_arm(name, arm).map_err(FindingsError::from)).collect()
        };
        (0..rows.arms()).map(of_arm).collect()
    }

    /// What is compared, and the patients of whom curves are drawn.
    pub fn arms(&self) -> &ArmComparison {
        &self.arms
    }

    /// The statistics of the rows so far. Trials are drawn from the study's seed: the same rows give the same figures.
    pub fn summary(&self) -> TrialSummary {
        let draws = Draws::new(self.seed);
        let tables: Vec<_> = self
            .in_trials
            .iter()
            .flat_map(|arm| Endpoint::primary().map(move |outcome| (arm, outcome)))
            .collect();
        let power = |&(arm, outcome): &(&String, Endpoint)| {
            let stream = format!("trials of {} in {arm}", outcome.name());
            let mut numbers = draws.uniform(&stream, 0..u64::MAX);
            // The stream has more numbers than could ever be asked for.
            let mut uniform = || numbers.next().unwrap_or(0.5);
            self.arms.power(outcome.name(), arm, &SIMULATION, &SIZES, &POWERS, &mut uniform)
        };
        let power = tables.par_iter().filter_map(power).collect();
        TrialSummary { comparisons: self.arms.summary(), power }
    }
}

fn slices<'a>(columns: &'a [Vec<Cow<'_, [f64]>>]) -> Vec<Vec<&'a [f64]>> {
    columns.iter().map(|columns| columns.iter().map(AsRef::as_ref).collect()).collect()
}
