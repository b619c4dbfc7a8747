//! What is compared between the arms of a study, and how large a trial would have to be.

use crate::FindingsError;
use cartrial_analysis::trial::{
    ArmComparison, ComparisonPlan, ComparisonSummary, Design, Endpoint, EndpointKind, PowerTable, TrialPlan,
};
use cartrial_cohort::{Allocation, Draws, Study};
use cartrial_dataset::PatientRows;
use cartrial_model::{Endpoint as Outcome, Importance};
use rayon::prelude::*;
use serde::Serialize;

/// Patients of the trials drawn, both arms together.
const SIZES: [u64; 6] = [20, 50, 100, 200, 500, 1000];
const POWERS: [f64; 2] = [0.8, 0.9];
const PLAN: TrialPlan = TrialPlan { allocation: [1, 1], trials: 1000, alpha: 0.05, largest: 5000 };

/// What the comparison has to know of a study.
#[derive(Clone, Debug, PartialEq)]
pub struct Trial {
    /// Name of the study.
    pub study: String,
    /// Names of the arms, the reference first.
    pub arms: Vec<String>,
    /// How the patients of the arms belong together.
    pub design: Design,
    /// Length of follow-up.
    pub days: f64,
    /// Seed of the study, from which trials are drawn as well.
    pub seed: u64,
}

impl Trial {
    /// Of a study that is run.
    pub fn of(study: &Study) -> Self {
        Self {
            study: study.name.clone(),
            arms: study.arms.iter().map(|arm| arm.name.clone()).collect(),
            design: match study.allocation {
                Allocation::Twins => Design::Paired,
                Allocation::Randomised => Design::Independent,
            },
            days: study.days,
            seed: study.seed,
        }
    }
}

/// The comparison of every arm with the first one.
pub struct StudyComparison {
    arms: ArmComparison,
    seed: u64,
}

/// What came out of it.
#[derive(Debug, Serialize)]
pub struct Compared {
    /// Every outcome in every arm against the reference.
    pub comparisons: ComparisonSummary,
    /// Power of randomised trials drawn from the simulated patients.
    pub power: Vec<PowerTable>,
}

impl StudyComparison {
    /// A comparison of no rows yet; none with a single arm.
    pub fn new(trial: &Trial) -> Option<Self> {
        let endpoint = |name: &str, kind| Endpoint { name: name.to_owned(), kind };
        let compared = |outcome: Outcome| outcome.importance() <= Importance::Secondary;
        let events: Vec<_> = Outcome::events().filter(|(event, _)| compared(*event)).collect();
        let binary = events.iter().map(|(event, _)| {
            endpoint(event.name(), EndpointKind::Binary { column: event.name().to_owned() })
        });
        let times = events.iter().map(|(event, day)| {
            let (time, event, horizon) = (day.name().to_owned(), event.name().to_owned(), Some(trial.days));
            endpoint(day.name(), EndpointKind::TimeToEvent { time, event, horizon })
        });
        let continuous = Outcome::continuous(Importance::Secondary).map(|outcome| {
            endpoint(outcome.name(), EndpointKind::Continuous { column: outcome.name().to_owned() })
        });
        let endpoints = binary.chain(times).chain(continuous).collect();
        let plan = ComparisonPlan { design: trial.design, arms: trial.arms.clone(), endpoints };
        (trial.arms.len() > 1).then(|| Self { arms: ArmComparison::new(plan), seed: trial.seed })
    }

    /// Takes in rows of all arms.
    pub fn extend(&mut self, rows: &PatientRows) -> Result<(), FindingsError> {
        let of_arm = |arm: usize| -> Result<Vec<_>, FindingsError> {
            let columns = self.arms.columns().iter();
            columns.map(|name| rows.f64_in_arm(name, arm).map_err(FindingsError::from)).collect()
        };
        let columns = (0..rows.arms()).map(of_arm).collect::<Result<Vec<_>, _>>()?;
        let slices: Vec<Vec<&[f64]>> =
            columns.iter().map(|columns| columns.iter().map(AsRef::as_ref).collect()).collect();
        self.arms.extend(&slices);
        Ok(())
    }

    /// What is compared, and the patients of whom curves are drawn.
    pub fn arms(&self) -> &ArmComparison {
        &self.arms
    }

    /// The statistics of the rows so far. Trials are drawn from the study's seed: the same rows give the same figures.
    pub fn compared(&self) -> Compared {
        let draws = Draws::new(self.seed);
        let tables: Vec<_> = self.arms.plan().arms[1..]
            .iter()
            .flat_map(|arm| Outcome::primary().map(move |outcome| (arm, outcome)))
            .collect();
        let power = |&(arm, outcome): &(&String, Outcome)| {
            let stream = format!("trials of {} in {arm}", outcome.name());
            let mut numbers = draws.uniform(&stream, 0..u64::MAX);
            // The stream has more numbers than could ever be asked for.
            let mut uniform = || numbers.next().unwrap_or(0.5);
            self.arms.power(outcome.name(), arm, &PLAN, &SIZES, &POWERS, &mut uniform)
        };
        let power = tables.par_iter().filter_map(power).collect();
        Compared { comparisons: self.arms.summary(), power }
    }
}
