//! The statistics of a study, from blocks of rows while they are solved or from a finished dataset.

use crate::FindingsError;
use crate::fitted_line::FittedLine;
use crate::study_findings::{Comparison, StudyFindings};
use crate::trial_analysis::{TrialAnalysis, TrialSummary};
use cartrial_analysis::{
    ArmAnalysis, ArmAnalysisColumns, ArmSummary, CorrelationEntry, Histogram, OutcomeSummary,
    RegressionEntry, ResponseScale,
};
use cartrial_cohort::Study;
use cartrial_dataset::{Column, Dataset, Manifest, Origin, PatientRows};
use cartrial_runner::Endpoint;
use serde::Serialize;

/// Toxicity: the outcome that is regressed on everything.
const RESPONSE: Endpoint = Endpoint::PeakInflammation;

/// `summary.json`: every statistic of every arm.
#[derive(Debug, Serialize)]
pub struct StudySummary {
    /// Name of the study.
    pub study: String,
    /// Names of the arms, in order.
    pub arms: Vec<String>,
    /// Every outcome by itself, in every arm.
    pub outcomes: Vec<OutcomeSummary>,
    /// Least squares of peak inflammation on every predictor, on both scales, in every arm.
    pub regressions: Vec<RegressionEntry>,
    /// Rank correlation of peak inflammation with every predictor, in every arm.
    pub spearman: Vec<CorrelationEntry>,
    /// Every arm against the first; `None` for a single arm.
    #[serde(flatten)]
    pub trial: Option<TrialSummary>,
}

/// Accumulates the statistics of a study from its rows, in memory that does not grow with their number.
pub struct StudyAnalysis {
    study: String,
    predictors: Vec<String>,
    outcomes: Vec<String>,
    arms: Vec<(String, ArmAnalysis)>,
    /// Histograms of the predictors that may differ between patients; they are the same in every arm.
    patients: Vec<(String, Histogram)>,
    /// Histograms of the outcomes in every arm.
    outcome_histograms: Vec<(String, Vec<(String, Histogram)>)>,
    comparison: Option<TrialAnalysis>,
}

impl StudyAnalysis {
    /// An analysis that has taken in no rows yet, for the columns of a patient table.
    pub fn new(study: &Study, columns: &[Column]) -> Self {
        let named = |wanted: &[Origin]| -> Vec<String> {
            columns.iter().filter(|c| wanted.contains(&c.origin)).map(|c| c.name.clone()).collect()
        };
        let predictors = named(&[Origin::Parameter, Origin::Initial, Origin::Derived]);
        let outcomes = named(&[Origin::Outcome]);
        let columns = ArmAnalysisColumns {
            predictors: predictors.iter().map(|name| (name.clone(), always_reported(name))).collect(),
            outcomes: outcomes.clone(),
            response: RESPONSE.name().to_owned(),
        };
        let arms: Vec<_> =
            study.arms.iter().map(|arm| (arm.name.clone(), ArmAnalysis::new(columns.clone()))).collect();
        let empty = |names: &[String]| names.iter().map(|name| (name.clone(), Histogram::new())).collect();
        Self {
            study: study.name.clone(),
            comparison: TrialAnalysis::new(study),
            patients: empty(&predictors),
            outcome_histograms: arms.iter().map(|(arm, _)| (arm.clone(), empty(&outcomes))).collect(),
            predictors,
            outcomes,
            arms,
        }
    }

    /// The analysis of a finished dataset.
    pub fn of_dataset(dataset: &Dataset) -> Result<Self, FindingsError> {
        let mut analysis = Self::new(&dataset.manifest().study, dataset.columns());
        for rows in dataset.chunks(&analysis.columns())? {
            analysis.extend(&rows?)?;
        }
        Ok(analysis)
    }

    /// The columns that [`Self::extend`] looks at.
    pub fn columns(&self) -> Vec<&str> {
        self.predictors.iter().chain(&self.outcomes).map(String::as_str).collect()
    }

    /// Takes in rows of all arms.
    pub fn extend(&mut self, rows: &PatientRows) -> Result<(), FindingsError> {
        for (arm, (_, analysis)) in self.arms.iter_mut().enumerate() {
            let columns = |names: &[String]| -> Result<Vec<_>, _> {
                names.iter().map(|name| rows.f64_in_arm(name, arm)).collect()
            };
            let (predictors, outcomes) = (columns(&self.predictors)?, columns(&self.outcomes)?);
            let predictors: Vec<&[f64]> = predictors.iter().map(AsRef::as_ref).collect();
            let outcomes: Vec<&[f64]> = outcomes.iter().map(AsRef::as_ref).collect();
            analysis.extend(&predictors, &outcomes);
            // Twins are the same patients in every arm.
            if arm == 0 || !rows.are_twins() {
                extend(&mut self.patients, &predictors);
            }
            extend(&mut self.outcome_histograms[arm].1, &outcomes);
        }
        self.comparison.as_mut().map_or(Ok(()), |comparison| comparison.extend(rows))
    }

    /// Every statistic of the rows so far.
    pub fn summary(&self) -> StudySummary {
        let mut all = StudySummary {
            study: self.study.clone(),
            arms: self.arms.iter().map(|(arm, _)| arm.clone()).collect(),
            outcomes: Vec::new(),
            regressions: Vec::new(),
            spearman: Vec::new(),
            trial: self.comparison.as_ref().map(TrialAnalysis::summary),
        };
        for (arm, analysis) in &self.arms {
            let ArmSummary { outcomes, regressions, spearman } = analysis.summary(arm);
            all.outcomes.extend(outcomes);
            all.regressions.extend(regressions);
            all.spearman.extend(spearman);
        }
        all
    }

    /// Everything found in the rows so far, which are those of `manifest`.
    pub fn findings<'a>(
        &'a self,
        manifest: &'a Manifest,
        columns: &'a [Column],
        summary: &'a StudySummary,
    ) -> StudyFindings<'a> {
        let comparison = self.comparison.as_ref().zip(summary.trial.as_ref());
        StudyFindings {
            manifest,
            columns,
            outcomes: &summary.outcomes,
            regressions: &summary.regressions,
            patients: &self.patients,
            arms: &self.outcome_histograms,
            comparison: comparison.map(|(comparison, compared)| Comparison {
                arms: comparison.arms(),
                summary: &compared.comparisons,
                power: &compared.power,
            }),
        }
    }

    /// Points and lines to draw: a predictor and peak inflammation of the first patients of the first arm, and the fit
    /// over all patients on the linear and on the log scale.
    pub fn regression_sample(&self, predictor: &str) -> Option<RegressionSample<'_>> {
        let (_, analysis) = self.arms.first()?;
        let (x, y) = analysis.first_rows(predictor)?;
        let fit = |scale| FittedLine::from_moments(&analysis.moments(predictor, scale)?).ok();
        Some(RegressionSample { x, y, linear: fit(ResponseScale::Linear), log: fit(ResponseScale::Log) })
    }
}

fn extend(histograms: &mut [(String, Histogram)], columns: &[&[f64]]) {
    for ((_, histogram), values) in histograms.iter_mut().zip(columns) {
        histogram.extend(values);
    }
}

/// Points and lines of one regression.
pub struct RegressionSample<'a> {
    /// Predictor of the first patients.
    pub x: &'a [f64],
    /// Peak inflammation of the first patients.
    pub y: &'a [f64],
    /// Line of the peak, over all patients.
    pub linear: Option<FittedLine>,
    /// Line of its logarithm, over all patients.
    pub log: Option<FittedLine>,
}

/// The doses and the tumour burden stand in the summary even where they do not vary.
fn always_reported(predictor: &str) -> bool {
    predictor.starts_with("dose_") || predictor == "tumour_burden"
}
