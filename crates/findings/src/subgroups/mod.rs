//! The statistics of a study within subgroups of its patients.

mod levels;

pub use levels::{SubgroupColumn, SubgroupLevel};

use crate::FindingsError;
use crate::study_analysis::{PATIENT_ID, StudyAnalysis, StudySummary, columns_in_arm, segments, slices};
use crate::trial_analysis::comparison_plan;
use cartrial_analysis::trial::{ArmComparison, Design, Effect, EndpointColumns, OutcomeType, Proportion};
use cartrial_analysis::weighted::{weighted_mean_effect, weighted_risk};
use cartrial_analysis::{
    ArmAnalysis, ArmAnalysisColumns, Estimate, Heterogeneity, OutcomeSummary, StatError, WeightedRows,
};
use cartrial_cohort::Study;
use cartrial_dataset::{Dataset, PatientRows, RowSelection};
use cartrial_model::{Endpoint, EndpointKind};
use levels::Levels;
use serde::Serialize;

/// The outcomes that are told of every subgroup.
const OUTCOMES: [Endpoint; 3] =
    [Endpoint::SevereInflammation, Endpoint::Remission, Endpoint::PeakInflammation];

/// Which patients are analysed, and by what they are divided.
#[derive(Clone, Copy, Debug, Default)]
pub struct SubgroupRequest<'a> {
    /// The rows of patients that satisfy a condition; all if there is none.
    pub condition: Option<Condition<'a>>,
    /// The column that forms subgroups; none if there are to be none.
    pub by: Option<&'a SubgroupColumn>,
}

/// A condition that patients have to satisfy.
#[derive(Clone, Copy, Debug)]
pub struct Condition<'a> {
    /// Its words.
    pub text: &'a str,
    /// The columns that it speaks of.
    pub columns: &'a [String],
    /// The rows that satisfy it.
    pub rows: &'a RowSelection,
}

/// `subgroups.json`: the main outcomes within subgroups.
#[derive(Debug, Serialize)]
pub struct SubgroupFindings {
    /// Name of the study.
    pub study: String,
    /// The condition that all of these patients satisfy.
    pub condition: Option<String>,
    /// The column that forms the subgroups.
    pub by: Option<String>,
    /// Patients of the study.
    pub patients_of_study: u64,
    /// Patients that satisfy the condition.
    pub patients: u64,
    /// Those of them that are in no subgroup, since the column has no value.
    pub without_value: u64,
    /// The subgroups.
    pub subgroups: Vec<Subgroup>,
    /// Whether the arms share their patients; none of a single arm.
    pub design: Option<Design>,
    /// Whether estimates take the patients' weights.
    #[serde(rename = "weighted")]
    pub is_weighted: bool,
    /// Severe inflammation, remission and peak inflammation, in every arm that is compared or in the only one.
    pub outcomes: Vec<SubgroupOutcome>,
    /// Every statistic of the patients that satisfy the condition, in the form of `summary.json`; none without a condition.
    pub statistics: Option<StudySummary>,
}

/// Some of the patients.
#[derive(Clone, Debug, Serialize)]
pub struct Subgroup {
    /// What they have in common.
    pub level: SubgroupLevel,
    /// How many there are.
    pub patients: u64,
}

/// What is estimated in every subgroup.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum SubgroupMeasure {
    /// The mean in the only arm.
    Mean,
    /// The share of patients with the event in the only arm.
    Risk,
    /// The mean with the arm minus that with the reference.
    MeanDifference,
    /// The share of patients with the event with the arm minus that with the reference.
    RiskDifference,
}

/// One outcome of one arm in all subgroups.
#[derive(Clone, Debug, Serialize)]
pub struct SubgroupOutcome {
    /// Endpoint.
    pub endpoint: String,
    /// The arm.
    pub arm: String,
    /// The arm that it is compared with; none of a single arm.
    pub reference: Option<String>,
    /// What is estimated.
    pub measure: SubgroupMeasure,
    /// In every subgroup, in order.
    pub subgroups: Vec<SubgroupEstimate>,
    /// In all patients that satisfy the condition.
    pub overall: SubgroupEstimate,
    /// The test of interaction: whether the subgroups differ.
    pub heterogeneity: Estimate<Heterogeneity>,
}

/// An estimate in some of the patients.
#[derive(Clone, Debug, Serialize)]
pub struct SubgroupEstimate {
    /// Patients, or pairs of twins, that it rests on.
    pub n: u64,
    /// The estimate with its interval, or the reason why there is none.
    #[serde(flatten)]
    pub effect: Estimate<Effect>,
}

impl SubgroupFindings {
    /// The findings in a finished dataset.
    ///
    /// # Errors
    /// [`FindingsError::Dataset`] if it cannot be read or does not have its rows; [`FindingsError::Subgroups`] if the
    /// condition or the column would part what is compared, or the column forms no subgroups.
    pub fn of_dataset(dataset: &Dataset, request: &SubgroupRequest<'_>) -> Result<Self, FindingsError> {
        let (manifest, study) = (dataset.manifest(), &dataset.manifest().study);
        dataset.check_stored()?;
        check_comparable(dataset, request)?;
        let selection = request.condition.map(|condition| condition.rows);
        let levels = request.by.map(|by| Levels::of(dataset, by, selection)).transpose()?;

        let mut all = request.condition.map(|_| StudyAnalysis::new(study, dataset.columns()));
        let mut overall = MainOutcomes::new(study);
        let mut within: Vec<MainOutcomes> =
            levels.iter().flat_map(Levels::levels).map(|_| MainOutcomes::new(study)).collect();
        let mut columns: Vec<&str> = all.as_ref().map_or_else(|| overall.columns(), StudyAnalysis::columns);
        columns.extend(
            levels
                .as_ref()
                .map(|levels| levels.column().name.as_str())
                .filter(|name| !columns.contains(name)),
        );
        let columns: Vec<String> = columns.into_iter().map(str::to_owned).collect();
        let columns: Vec<&str> = columns.iter().map(String::as_str).collect();
        let mut without_value = 0;
        for rows in dataset.selected_chunks(&columns, selection)? {
            let rows = rows?;
            all.as_mut().map_or(Ok(()), |all| all.extend(&rows))?;
            overall.extend(&rows)?;
            let Some(levels) = &levels else { continue };
            let of_rows = levels.of_rows(&rows)?;
            for (number, subgroup) in within.iter_mut().enumerate() {
                let keep: Vec<bool> = of_rows.iter().map(|level| *level == Some(number)).collect();
                subgroup.extend(&rows.filtered(&keep)?)?;
            }
            let rows_per_patient = (rows.len() / rows.patients().max(1)).max(1);
            without_value +=
                (of_rows.iter().filter(|level| level.is_none()).count() / rows_per_patient) as u64;
        }

        let of_levels = levels.as_ref().map(Levels::levels).unwrap_or_default().into_iter().zip(&within);
        // Outer ranges, and flags, that nobody has are no subgroups.
        let (subgroups, within): (Vec<_>, Vec<_>) = of_levels
            .filter(|(_, outcomes)| outcomes.patients > 0)
            .map(|(level, outcomes)| (Subgroup { level, patients: outcomes.patients }, outcomes))
            .unzip();
        Ok(Self {
            study: study.name.clone(),
            condition: request.condition.map(|condition| condition.text.to_owned()),
            by: levels.as_ref().map(|levels| levels.column().name.clone()),
            patients_of_study: manifest.patients,
            patients: overall.patients,
            without_value,
            subgroups,
            is_weighted: study.weight_column().is_some(),
            design: (study.arms.len() > 1).then(|| crate::design(study)),
            outcomes: outcomes(&overall, &within),
            statistics: all.as_ref().map(StudyAnalysis::summary),
        })
    }
}

/// Refuses a condition or column that is no baseline where arms are compared: it would choose patients by what the arms did
/// to them, and part twins.
fn check_comparable(dataset: &Dataset, request: &SubgroupRequest<'_>) -> Result<(), FindingsError> {
    let manifest = dataset.manifest();
    if manifest.arms.len() == 1 {
        return Ok(());
    }
    let of_condition =
        request.condition.iter().flat_map(|condition| condition.columns).map(|name| ("--where", name));
    let of_column = request.by.iter().map(|by| ("--by", &by.column)).filter(|(_, name)| *name != "arm");
    let is_there = |name: &str| dataset.columns().iter().any(|column| column.name == *name);
    let mut named = of_condition.chain(of_column);
    let Some((what, name)) = named.find(|(_, name)| is_there(name) && !dataset.is_baseline(name)) else {
        return Ok(());
    };
    let why = if manifest.is_randomised() {
        "groups chosen by what comes after randomisation are not comparable"
    } else {
        "twins would be parted where it holds in one arm and not in the other"
    };
    let reason = format!("{name} is not known before treatment, and {why}");
    let remedy = "Choose by quantities of the patients, such as tumour_burden or dose_total.".to_owned();
    Err(FindingsError::Subgroups { what, reason, remedy })
}

/// The main outcomes of some of the patients.
struct MainOutcomes {
    patients: u64,
    arms: OutcomesOfArms,
}

enum OutcomesOfArms {
    One(String, ArmAnalysis),
    Compared(ArmComparison),
}

impl MainOutcomes {
    fn new(study: &Study) -> Self {
        let arms = match study.arms.as_slice() {
            [arm] => {
                let outcomes: Vec<_> =
                    OUTCOMES.into_iter().map(|endpoint| endpoint.name().to_owned()).collect();
                let response = Endpoint::PeakInflammation.name().to_owned();
                let weight = study.weight_column().map(str::to_owned);
                let columns = ArmAnalysisColumns { predictors: Vec::new(), outcomes, response, weight };
                OutcomesOfArms::One(arm.name.clone(), ArmAnalysis::new(columns))
            }
            _ => {
                let mut plan = comparison_plan(study);
                plan.endpoints.retain(|endpoint| {
                    !matches!(endpoint.columns, EndpointColumns::TimeToEvent { .. })
                        && OUTCOMES.into_iter().any(|outcome| outcome.name() == endpoint.name)
                });
                OutcomesOfArms::Compared(ArmComparison::new(plan))
            }
        };
        Self { patients: 0, arms }
    }

    /// The columns that are looked at.
    fn columns(&self) -> Vec<&str> {
        let accumulated = match &self.arms {
            OutcomesOfArms::One(_, analysis) => analysis.columns(),
            OutcomesOfArms::Compared(comparison) => comparison.columns(),
        };
        [PATIENT_ID].into_iter().chain(accumulated.iter().map(String::as_str)).collect()
    }

    /// Takes in rows of all arms.
    fn extend(&mut self, rows: &PatientRows) -> Result<(), FindingsError> {
        for (segment, rows) in segments(rows)? {
            self.patients += rows.patients() as u64;
            match &mut self.arms {
                OutcomesOfArms::One(_, analysis) => {
                    analysis.go_to_segment(segment);
                    let names = analysis.columns().to_vec();
                    analysis.extend(&slices(&columns_in_arm(&rows, &names, 0)?));
                }
                OutcomesOfArms::Compared(comparison) => {
                    comparison.go_to_segment(segment);
                    let names = comparison.columns().to_vec();
                    let arms = (0..rows.arms()).map(|arm| columns_in_arm(&rows, &names, arm));
                    let arms = arms.collect::<Result<Vec<_>, _>>()?;
                    comparison.extend(&arms.iter().map(|columns| slices(columns)).collect::<Vec<_>>());
                }
            }
        }
        Ok(())
    }

    /// Every outcome with what is estimated of it, in the same order for all patients of a study.
    fn estimates(&self) -> Vec<(Outcome, SubgroupEstimate)> {
        match &self.arms {
            OutcomesOfArms::One(arm, analysis) => {
                let outcomes = analysis.summary(arm).outcomes;
                let weighted = analysis.weighted_rows();
                outcomes.into_iter().map(|outcome| of_one_arm(arm, &outcome, weighted)).collect()
            }
            OutcomesOfArms::Compared(comparison) => {
                let entries = comparison.summary().entries.into_iter();
                let estimate = |entry: cartrial_analysis::trial::ComparisonEntry| {
                    let (n, effect) = entry.main_estimate();
                    let measure = match entry.kind {
                        OutcomeType::Binary => SubgroupMeasure::RiskDifference,
                        OutcomeType::Continuous | OutcomeType::TimeToEvent => SubgroupMeasure::MeanDifference,
                    };
                    let reference = Some(entry.reference);
                    let outcome = Outcome { endpoint: entry.endpoint, arm: entry.arm, reference, measure };
                    (outcome, SubgroupEstimate { n, effect })
                };
                entries.map(estimate).collect()
            }
        }
    }
}

/// What is estimated.
#[derive(PartialEq)]
struct Outcome {
    endpoint: String,
    arm: String,
    reference: Option<String>,
    measure: SubgroupMeasure,
}

fn of_one_arm(
    arm: &str,
    outcome: &OutcomeSummary,
    weighted: Option<WeightedRows<'_>>,
) -> (Outcome, SubgroupEstimate) {
    let is_event = Endpoint::from_name(&outcome.outcome)
        .is_some_and(|endpoint| matches!(endpoint.kind(), EndpointKind::Event { .. }));
    let n = outcome.n;
    let weighted = weighted.and_then(|rows| Some((rows.column(&outcome.outcome)?, rows.weights)));
    let effect = match (weighted, outcome.mean) {
        (Some(outcomes), _) if is_event => weighted_risk(outcomes),
        (Some((values, weights)), _) => weighted_mean_effect(values, weights),
        (None, None) => Err(StatError::TooFewRows { n, needed: 1 }),
        // The mean of flags is a share, exact to half a patient of any number that there can be.
        (None, Some(share)) if is_event => Proportion { events: (share * n as f64).round() as u64, n }.risk(),
        (None, Some(mean)) => Effect::mean(n, mean, outcome.sd.unwrap_or(0.0)),
    };
    let measure = if is_event { SubgroupMeasure::Risk } else { SubgroupMeasure::Mean };
    let named = Outcome { endpoint: outcome.outcome.clone(), arm: arm.to_owned(), reference: None, measure };
    (named, SubgroupEstimate { n, effect: effect.into() })
}

fn outcomes(overall: &MainOutcomes, within: &[&MainOutcomes]) -> Vec<SubgroupOutcome> {
    let of_subgroups: Vec<_> = within.iter().map(|subgroup| subgroup.estimates()).collect();
    let outcome = |(number, (outcome, overall)): (usize, (Outcome, SubgroupEstimate))| {
        let Outcome { endpoint, arm, reference, measure } = outcome;
        let subgroups: Vec<_> = of_subgroups.iter().map(|estimates| estimates[number].1.clone()).collect();
        let effects: Vec<Effect> = subgroups.iter().filter_map(|s| s.effect.value().copied()).collect();
        let heterogeneity = Heterogeneity::of(&effects).into();
        SubgroupOutcome { endpoint, arm, reference, measure, subgroups, overall, heterogeneity }
    };
    overall.estimates().into_iter().enumerate().map(outcome).collect()
}
