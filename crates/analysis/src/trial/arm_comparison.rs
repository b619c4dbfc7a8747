//! All endpoints of all arms, in one accumulator.

use super::comparison_plan::{ComparisonPlan, Design, EndpointColumns};
use super::comparison_summary::ComparisonSummary;
use super::endpoint_accumulator::{EndpointAccumulator, EndpointMoments};
use super::endpoint_comparisons::summarise;
use super::kaplan_meier::KaplanMeier;
use super::outcome_data::OutcomeData;
use super::patient_pool::PatientPool;
use super::power_simulation::{PowerAnalysis, PowerAtSize, PowerSimulation, SizeForPower, simulated_power};
use super::sample_size::sample_size;
use crate::error::StatError;
use crate::estimate::Estimate;
use crate::segments::Segments;
use crate::weighted::{WeightedSurvival, equal_weight_rows};
use serde::{Deserialize, Serialize};

/// Accumulates the comparison of every arm with the reference, block by block.
///
/// Memory is constant: moments and counts of all rows; for ranks, survival curves and power the first
/// [`ArmComparison::KEPT_PATIENTS`] patients of each arm. Weighted patients are all kept. The same rows in the same order and segments give the same bits,
/// in whatever portions they come.
#[derive(Debug, Clone)]
pub struct ArmComparison {
    plan: ComparisonPlan,
    columns: Vec<String>,
    moments: ComparisonMoments,
    /// Of every arm, every column of the patients that are kept.
    kept: Vec<Vec<Vec<f64>>>,
}

/// Moments and counts of a comparison's rows, which can be merged with those of others: see [`ArmComparison::append`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ComparisonMoments(Segments<EndpointMoments>);

impl ArmComparison {
    /// Ranks, survival and power rest on this many patients of each arm at most, the first ones, unless patients are weighted.
    pub const KEPT_PATIENTS: usize = 100_000;

    /// A comparison of no patients.
    ///
    /// # Panics
    /// Without an arm.
    pub fn new(plan: ComparisonPlan) -> Self {
        assert!(!plan.arms.is_empty(), "the first arm is the reference");
        let (columns, arms) = (plan.columns(), plan.arms.len());
        let others = if plan.design == Design::Paired { arms - 1 } else { 0 };
        let endpoints =
            plan.endpoints.iter().map(|endpoint| EndpointAccumulator::new(endpoint, arms, others)).collect();
        let kept = vec![vec![Vec::new(); columns.len()]; arms];
        let moments = ComparisonMoments(Segments::new(EndpointMoments { rows: 0, endpoints }));
        Self { plan, columns, moments, kept }
    }

    /// The plan of the comparison.
    pub fn plan(&self) -> &ComparisonPlan {
        &self.plan
    }

    /// The columns to be handed to [`Self::extend`] for every arm, in this order.
    pub fn columns(&self) -> &[String] {
        &self.columns
    }

    /// Adds rows: for every arm, in the order of the plan, a slice of every column, NaN where missing.
    ///
    /// In the paired design row i is the same patient in every arm. In the independent design lengths may differ
    /// between arms, and be 0.
    ///
    /// # Panics
    /// If an arm or a column is missing, columns of one arm differ in length, or, in the paired design, arms do.
    pub fn extend(&mut self, arms: &[Vec<&[f64]>]) {
        assert_eq!(arms.len(), self.plan.arms.len(), "every arm has its columns");
        for columns in arms {
            assert_eq!(columns.len(), self.columns.len(), "every column that is needed is there");
            let equal = columns.windows(2).all(|two| two[0].len() == two[1].len());
            assert!(equal, "columns of one arm have one length");
        }
        if self.plan.design == Design::Paired {
            let equal =
                arms.windows(2).all(|two| two[0].first().map(|c| c.len()) == two[1].first().map(|c| c.len()));
            assert!(equal, "paired arms have one length");
        }
        let moments = self.moments.0.open();
        moments.rows +=
            arms.iter().filter_map(|columns| columns.first()).map(|column| column.len() as u64).sum::<u64>();
        for (endpoint, accumulator) in self.plan.endpoints.iter().zip(&mut moments.endpoints) {
            let first = positions(&self.columns, &endpoint.columns)[0];
            let of_arms: Vec<&[f64]> = arms.iter().map(|columns| columns[first]).collect();
            accumulator.extend(&of_arms);
        }
        self.keep(arms);
    }

    /// The next rows belong to another segment. Segments are merged in the order of a tree over their numbers.
    pub fn go_to_segment(&mut self, number: u64) {
        self.moments.0.go_to(number);
    }

    /// The moments and counts of all rows so far, without the patients that are kept.
    pub fn moments_so_far(&self) -> ComparisonMoments {
        ComparisonMoments(self.moments.0.clone().closed())
    }

    /// The patients that are kept, as [`Self::keep`] takes them.
    pub fn kept(&self) -> &[Vec<Vec<f64>>] {
        &self.kept
    }

    /// Whether [`Self::append`] can take these moments, and [`Self::keep`] these patients, which may come from anywhere.
    pub fn admits(&self, moments: &ComparisonMoments, kept: Option<&[Vec<Vec<f64>>]>) -> bool {
        let fits = |arms: &[Vec<Vec<f64>>]| {
            let patients = |columns: &Vec<Vec<f64>>| columns.first().map_or(0, Vec::len);
            let equal = |columns: &Vec<Vec<f64>>| {
                columns.len() == self.columns.len()
                    && columns.iter().all(|column| column.len() == patients(columns))
            };
            let paired = self.plan.design == Design::Paired;
            arms.len() == self.plan.arms.len()
                && arms.iter().all(equal)
                && (!paired || arms.windows(2).all(|two| patients(&two[0]) == patients(&two[1])))
        };
        self.moments.0.admits(&moments.0) && kept.is_none_or(fits)
    }

    /// Adds the moments and counts of segments that come after all of these. Where all are of the same rows cut
    /// otherwise, the sums are the same, bit for bit. Ranks, survival and power need patients: see [`Self::keep`].
    ///
    /// # Panics
    /// If they are not [admitted](Self::admits).
    pub fn append(&mut self, moments: ComparisonMoments) {
        self.moments.0.append(moments.0);
    }

    /// Keeps patients for ranks, survival and power, as long as there is room, without adding them to the moments;
    /// returns whether there is room for more in some arm. The rows are as for [`Self::extend`].
    pub fn keep(&mut self, arms: &[Vec<&[f64]>]) -> bool {
        let mut has_room = false;
        let most = if self.plan.weight.is_some() { usize::MAX } else { Self::KEPT_PATIENTS };
        for (kept, columns) in self.kept.iter_mut().zip(arms) {
            for (kept, column) in kept.iter_mut().zip(columns) {
                let room = (most - kept.len()).min(column.len());
                kept.extend_from_slice(&column[..room]);
                has_room |= kept.len() < most;
            }
        }
        has_room
    }

    /// The statistics of the rows so far.
    pub fn summary(&self) -> ComparisonSummary {
        summarise(self)
    }

    /// The survival curve of an endpoint in an arm (the reference or another), from the patients that are kept.
    /// `None` if there is no such time-to-event endpoint or arm.
    pub fn kaplan_meier(&self, endpoint: &str, arm: &str) -> Option<Estimate<KaplanMeier>> {
        let (endpoint, arm) = (self.endpoint(endpoint)?, self.arm(arm)?);
        match self.outcomes(endpoint, arm) {
            OutcomeData::TimeToEvent(times, events) => Some(
                match self.weights(arm) {
                    None => KaplanMeier::of(times, events),
                    Some(weights) => WeightedSurvival::of(times, events, weights).map(|of| of.curve),
                }
                .into(),
            ),
            _ => None,
        }
    }

    /// Paired differences arm − reference of a continuous endpoint, 0 within its resolution, of the first `most` patients
    /// kept that have both values, in order of the patients; of weighted patients those of as many who count alike. `None` if
    /// there is no such endpoint or arm, or the design is not paired.
    pub fn differences(&self, endpoint: &str, arm: &str, most: usize) -> Option<Vec<f64>> {
        let (endpoint, arm) = (self.endpoint(endpoint)?, self.other_arm(arm)?);
        match (self.plan.design, self.outcomes(endpoint, 0), self.outcomes(endpoint, arm)) {
            (Design::Paired, OutcomeData::Continuous(reference), OutcomeData::Continuous(arm)) => {
                let resolution = self.plan.endpoints[endpoint].resolution;
                let difference = |row: usize| resolution.difference(reference[row], arm[row]);
                let all = self.equal_rows(0, reference.len()).into_iter().map(difference);
                Some(all.filter(|difference| !difference.is_nan()).take(most).collect())
            }
            _ => None,
        }
    }

    /// Power of randomised trials of the given sizes (patients of both arms together), and sizes for the wanted
    /// power, by drawing from the patients that are kept, in proportion to their weights. `uniform` gives independent random numbers between 0 and 1.
    /// `None` if there is no such endpoint or arm, or the arm is the reference.
    pub fn power(
        &self,
        endpoint: &str,
        arm: &str,
        plan: &PowerSimulation,
        sizes: &[u64],
        wanted: &[f64],
        uniform: &mut dyn FnMut() -> f64,
    ) -> Option<PowerAnalysis> {
        let (index, other) = (self.endpoint(endpoint)?, self.other_arm(arm)?);
        let rows = [0, other].map(|arm| self.equal_rows(arm, self.outcomes(index, arm).len()));
        let outcomes = [self.outcomes(index, 0), self.outcomes(index, other)];
        let source = PatientPool::of_rows(self.plan.design, outcomes, rows);
        let source: Result<&PatientPool, StatError> = source.as_ref().map_err(|error| *error);
        let power = sizes.iter().map(|&size| {
            let result = source.and_then(|source| simulated_power(source, plan, size, uniform)).into();
            PowerAtSize { size, result }
        });
        let power = power.collect();
        let sample_sizes = wanted.iter().map(|&power| {
            let result = source.and_then(|source| sample_size(source, plan, power, uniform)).into();
            SizeForPower { power, result }
        });
        Some(PowerAnalysis {
            endpoint: endpoint.to_owned(),
            reference: self.plan.arms[0].clone(),
            arm: arm.to_owned(),
            test: self.plan.endpoints[index].columns.outcome_type().test_of_trials(),
            alpha: plan.alpha,
            allocation: plan.allocation,
            drawn_from: source.map_or([0, 0], PatientPool::patients),
            power,
            sample_sizes: sample_sizes.collect(),
        })
    }

    /// Moments or counts of every endpoint.
    pub(super) fn accumulators(&self) -> Vec<EndpointAccumulator> {
        self.moments.0.total().endpoints
    }

    /// The weights of an arm's patients; none if all count alike.
    pub(super) fn weights(&self, arm: usize) -> Option<&[f64]> {
        self.plan.weight.as_ref().map(|_| self.kept[arm][self.columns.len() - 1].as_slice())
    }

    /// The rows of as many patients of an arm who count alike.
    fn equal_rows(&self, arm: usize, rows: usize) -> Vec<usize> {
        self.weights(arm).map_or_else(|| (0..rows).collect(), equal_weight_rows)
    }

    /// The outcome of an arm in the patients that are kept.
    pub(super) fn outcomes(&self, endpoint: usize, arm: usize) -> OutcomeData<'_> {
        let of_endpoint = &self.plan.endpoints[endpoint].columns;
        let at = positions(&self.columns, of_endpoint);
        let column = |i: usize| -> &[f64] { &self.kept[arm][at[i]] };
        match of_endpoint {
            EndpointColumns::Continuous { .. } => OutcomeData::Continuous(column(0)),
            EndpointColumns::Binary { .. } => OutcomeData::Binary(column(0)),
            EndpointColumns::TimeToEvent { .. } => OutcomeData::TimeToEvent(column(0), column(1)),
        }
    }

    fn endpoint(&self, name: &str) -> Option<usize> {
        self.plan.endpoints.iter().position(|endpoint| endpoint.name == name)
    }

    fn arm(&self, name: &str) -> Option<usize> {
        self.plan.arms.iter().position(|arm| arm == name)
    }

    fn other_arm(&self, name: &str) -> Option<usize> {
        self.arm(name).filter(|&arm| arm > 0)
    }
}

/// Positions of an endpoint's columns among all columns.
fn positions(columns: &[String], of_endpoint: &EndpointColumns) -> Vec<usize> {
    let at = |name: &str| columns.iter().position(|column| column == name);
    of_endpoint.names().into_iter().filter_map(at).collect()
}
