//! The statistics of a study, from blocks of rows while they are solved or from a finished dataset.

use crate::FindingsError;
use crate::study_accumulators::{FirstRows, StudyAccumulators};
use crate::study_findings::{Comparison, StudyFindings};
use crate::study_histograms::StudyHistograms;
use crate::sweep_analysis::{SweepAnalysis, SweepFindings};
use crate::trial_analysis::{TrialAnalysis, TrialSummary};
use cartrial_analysis::weighted::effective_sample_size;
use cartrial_analysis::{
    ArmAnalysis, ArmAnalysisColumns, ArmSummary, CorrelationEntry, FittedLine, OutcomeSummary,
    RegressionEntry, ResponseScale, WeightedRows,
};
use cartrial_cohort::{Allocation, Shard, Store, Study};
use cartrial_dataset::{Column, Dataset, Manifest, Origin, PatientRows};
use cartrial_runner::Endpoint;
use serde::Serialize;
use std::borrow::Cow;

/// Toxicity: the outcome that is regressed on everything.
const RESPONSE: Endpoint = Endpoint::PeakInflammation;
pub(crate) const PATIENT_ID: &str = "patient_id";

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
    /// Which arm of a sweep is best, and for whom; `None` without a sweep.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sweep: Option<SweepFindings>,
    /// By what the patients are weighted; `None` if all count alike.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub weights: Option<WeightSummary>,
}

/// By what patients are weighted, and what that costs.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct WeightSummary {
    /// The column of the weights.
    pub column: String,
    /// Patients.
    pub patients: u64,
    /// (Σw)²/Σw²: as many patients who count alike would tell as much.
    pub effective_sample_size: f64,
}

/// Accumulates the statistics of a study from its rows, in memory that does not grow with their number.
pub struct StudyAnalysis {
    study: String,
    are_twins: bool,
    predictors: usize,
    /// The columns of [`ArmAnalysis`].
    columns: Vec<String>,
    arms: Vec<(String, ArmAnalysis)>,
    histograms: StudyHistograms,
    comparison: Option<TrialAnalysis>,
    sweep: Option<SweepAnalysis>,
}

impl StudyAnalysis {
    /// An analysis that has taken in no rows yet, for the columns of a patient table.
    pub fn new(study: &Study, columns: &[Column]) -> Self {
        let named = |wanted: &[Origin]| -> Vec<String> {
            columns.iter().filter(|c| wanted.contains(&c.origin)).map(|c| c.name.clone()).collect()
        };
        let predictors = named(&[Origin::Parameter, Origin::Initial, Origin::Derived]);
        let outcomes = named(&[Origin::Outcome]);
        let names = study.arms.iter().map(|arm| arm.name.as_str());
        let histograms = StudyHistograms::new(&predictors, &outcomes, names);
        let columns = ArmAnalysisColumns {
            predictors: predictors.iter().map(|name| (name.clone(), always_reported(name))).collect(),
            outcomes,
            response: RESPONSE.name().to_owned(),
            weight: study.weight_column().map(str::to_owned),
        };
        let arms: Vec<_> =
            study.arms.iter().map(|arm| (arm.name.clone(), ArmAnalysis::new(columns.clone()))).collect();
        Self {
            study: study.name.clone(),
            are_twins: study.allocation == Allocation::Twins,
            comparison: TrialAnalysis::new(study),
            sweep: SweepAnalysis::new(study),
            predictors: predictors.len(),
            columns: arms.first().map_or_else(Vec::new, |(_, analysis)| analysis.columns().to_vec()),
            arms,
            histograms,
        }
    }

    /// The analysis of a finished dataset: from its rows, or from what was accumulated where not all of them are stored.
    ///
    /// # Errors
    /// [`FindingsError::Dataset`] if it cannot be read.
    pub fn of_dataset(dataset: &Dataset) -> Result<Self, FindingsError> {
        if dataset.manifest().study.run.store != Store::All {
            let bytes = dataset.accumulators()?.ok_or(FindingsError::NoAccumulators)?;
            return Self::of_accumulators(dataset, [Ok(bytes)]);
        }
        let mut analysis = Self::new(&dataset.manifest().study, dataset.columns());
        for rows in dataset.chunks(&analysis.columns())? {
            analysis.extend(&rows?)?;
        }
        Ok(analysis)
    }

    /// The analysis of a dataset from what was accumulated from its rows, piece by piece in their order, as
    /// [`StudyAccumulators::to_bytes`] gave it. Where rows are stored, the first ones are read, for what ranks and curves
    /// rest on. The same, bit for bit, as [`StudyAnalysis::of_dataset`].
    ///
    /// # Errors
    /// [`FindingsError::Dataset`] if the first rows cannot be read; the first error of `pieces`;
    /// [`FindingsError::Accumulators`] or [`FindingsError::OtherAccumulators`] if they are something else.
    pub fn of_accumulators(
        dataset: &Dataset,
        pieces: impl IntoIterator<Item = cartrial_dataset::Result<Vec<u8>>>,
    ) -> Result<Self, FindingsError> {
        let mut analysis = Self::new(&dataset.manifest().study, dataset.columns());
        for piece in pieces {
            analysis.append(StudyAccumulators::from_bytes(&piece?)?)?;
        }
        if dataset.manifest().study.run.store == Store::All {
            analysis.keep_first_rows(dataset)?;
        }
        Ok(analysis)
    }

    /// The columns that [`Self::extend`] looks at.
    pub fn columns(&self) -> Vec<&str> {
        [PATIENT_ID].into_iter().chain(self.columns.iter().map(String::as_str)).collect()
    }

    /// Takes in rows of all arms.
    ///
    /// # Errors
    /// [`FindingsError::Dataset`] if a column is missing.
    pub fn extend(&mut self, rows: &PatientRows) -> Result<(), FindingsError> {
        for (segment, rows) in segments(rows)? {
            self.go_to_segment(segment);
            self.extend_segment(&rows)?;
        }
        Ok(())
    }

    fn go_to_segment(&mut self, number: u64) {
        self.arms.iter_mut().for_each(|(_, analysis)| analysis.go_to_segment(number));
        self.comparison.iter_mut().for_each(|comparison| comparison.go_to_segment(number));
    }

    fn extend_segment(&mut self, rows: &PatientRows) -> Result<(), FindingsError> {
        for arm in 0..self.arms.len() {
            let columns = columns_in_arm(rows, &self.columns, arm)?;
            let columns = slices(&columns);
            self.arms[arm].1.extend(&columns);
            let (predictors, outcomes) = columns.split_at(self.predictors);
            // Twins are the same patients in every arm.
            let predictors = (arm == 0 || !self.are_twins).then_some(predictors);
            self.histograms.extend(arm, predictors, outcomes);
        }
        self.sweep.as_mut().map_or(Ok(()), |sweep| sweep.extend(rows))?;
        self.comparison.as_mut().map_or(Ok(()), |comparison| comparison.extend(rows))
    }

    /// What is accumulated from the rows so far; `with_first_rows` also those that are kept for ranks and curves, where
    /// they cannot be read again.
    pub fn accumulators(&self, with_first_rows: bool) -> StudyAccumulators {
        let (patients, outcomes) = self.histograms.unnamed();
        let first_rows = || FirstRows {
            arms: self.arms.iter().map(|(_, analysis)| analysis.kept()).collect(),
            comparison: self.comparison.as_ref().map(|comparison| comparison.arms().kept().to_vec()),
        };
        StudyAccumulators {
            arms: self.arms.iter().map(|(_, analysis)| analysis.moments_so_far()).collect(),
            comparison: self.comparison.as_ref().map(|comparison| comparison.arms().moments_so_far()),
            sweep: self.sweep.as_ref().map(|sweep| sweep.counts().clone()),
            patients,
            outcomes,
            first_rows: with_first_rows.then(first_rows),
        }
    }

    /// Adds what was accumulated from the rows that come next.
    fn append(&mut self, next: StudyAccumulators) -> Result<(), FindingsError> {
        let StudyAccumulators { arms, comparison, sweep, patients, outcomes, first_rows } = next;
        let same_shape = arms.len() == self.arms.len()
            && comparison.is_some() == self.comparison.is_some()
            && sweep.is_some() == self.sweep.is_some()
            && first_rows.as_ref().is_none_or(|first| {
                first.arms.len() == arms.len() && first.comparison.is_some() == comparison.is_some()
            });
        let kept = |arm: usize| Some(first_rows.as_ref()?.arms[arm].as_slice());
        let compared = || first_rows.as_ref()?.comparison.as_deref();
        // What the hash of a file says is that it is as it was written, not that this program wrote it.
        let is_possible = || {
            let mut all = self.arms.iter().zip(&arms).enumerate();
            all.all(|(arm, ((_, own), next))| own.admits(next, kept(arm)))
                && self
                    .comparison
                    .iter()
                    .zip(&comparison)
                    .all(|(own, next)| own.arms().admits(next, compared()))
                && self.sweep.iter().zip(&sweep).all(|(own, next)| own.counts().admits(next))
                && self.histograms.admits(&patients, &outcomes)
        };
        if !same_shape || !is_possible() {
            return Err(FindingsError::OtherAccumulators);
        }
        self.arms.iter_mut().zip(arms).for_each(|((_, all), next)| all.append(next));
        self.comparison.iter_mut().zip(comparison).for_each(|(all, next)| all.append(next));
        self.sweep.iter_mut().zip(&sweep).for_each(|(all, next)| all.merge(next));
        self.histograms.merge(&patients, &outcomes);
        if let Some(FirstRows { arms, comparison }) = first_rows {
            self.arms.iter_mut().zip(&arms).for_each(|((_, analysis), rows)| analysis.keep_kept(rows));
            self.comparison.iter_mut().zip(&comparison).for_each(|(all, next)| all.keep_kept(next));
        }
        Ok(())
    }

    /// Keeps the first rows for ranks and curves, as many as there is room for.
    fn keep_first_rows(&mut self, dataset: &Dataset) -> Result<(), FindingsError> {
        for rows in dataset.chunks(&self.columns())? {
            let rows = rows?;
            let mut has_room = false;
            for (arm, (_, analysis)) in self.arms.iter_mut().enumerate() {
                has_room |= analysis.keep(&slices(&columns_in_arm(&rows, &self.columns, arm)?));
            }
            if let Some(comparison) = &mut self.comparison {
                has_room |= comparison.keep(&rows)?;
            }
            if !has_room {
                break;
            }
        }
        Ok(())
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
            sweep: self.sweep.as_ref().map(|sweep| match self.weighted_rows() {
                Some(arms) => sweep.findings_of_weighted(&arms),
                None => sweep.findings(),
            }),
            weights: self.weighted_rows().map(|arms| self.weight_summary(&arms)),
        };
        for (arm, analysis) in &self.arms {
            let ArmSummary { outcomes, regressions, spearman } = analysis.summary(arm);
            all.outcomes.extend(outcomes);
            all.regressions.extend(regressions);
            all.spearman.extend(spearman);
        }
        all
    }

    /// The rows of every arm, if patients are weighted.
    fn weighted_rows(&self) -> Option<Vec<WeightedRows<'_>>> {
        self.arms.iter().map(|(_, analysis)| analysis.weighted_rows()).collect()
    }

    fn weight_summary(&self, arms: &[WeightedRows<'_>]) -> WeightSummary {
        let counted = if self.are_twins { 1 } else { arms.len() };
        let weights: Vec<f64> = arms.iter().take(counted).flat_map(|arm| arm.weights).copied().collect();
        WeightSummary {
            column: self.columns.last().cloned().unwrap_or_default(),
            patients: weights.len() as u64,
            effective_sample_size: effective_sample_size(&weights),
        }
    }

    /// Histograms of the patients and outcomes so far; of weighted patients, of as many who count alike.
    pub fn histograms(&self) -> Cow<'_, StudyHistograms> {
        match self.weighted_rows() {
            Some(arms) => Cow::Owned(self.histograms.of_weighted(&arms, self.are_twins)),
            None => Cow::Borrowed(&self.histograms),
        }
    }

    /// Everything found in the rows so far, which are those of `manifest`.
    pub fn findings<'a>(
        &'a self,
        manifest: &'a Manifest,
        columns: &'a [Column],
        summary: &'a StudySummary,
        histograms: &'a StudyHistograms,
    ) -> StudyFindings<'a> {
        let comparison = self.comparison.as_ref().zip(summary.trial.as_ref());
        StudyFindings {
            manifest,
            columns,
            outcomes: &summary.outcomes,
            regressions: &summary.regressions,
            patients: &histograms.patients,
            arms: &histograms.arms,
            comparison: comparison.map(|(comparison, compared)| Comparison {
                arms: comparison.arms(),
                summary: &compared.comparisons,
                power: &compared.power,
            }),
            sweep: summary.sweep.as_ref(),
            weights: summary.weights.as_ref(),
        }
    }

    /// Points and lines to draw: a predictor and peak inflammation of the first patients of the first arm (of weighted ones, of as
    /// many who count alike), and the fit over all patients on the linear and on the log scale.
    pub fn regression_sample(&self, predictor: &str) -> Option<RegressionSample<'_>> {
        let (_, analysis) = self.arms.first()?;
        let [x, y] = analysis.sample(predictor)?;
        let fit = |scale| analysis.line(predictor, scale)?.ok();
        Some(RegressionSample { x, y, linear: fit(ResponseScale::Linear), log: fit(ResponseScale::Log) })
    }
}

/// The rows cut into segments, each with its number. Ids rise; they need not be consecutive.
pub(crate) fn segments(rows: &PatientRows) -> Result<Vec<(u64, PatientRows)>, FindingsError> {
    let ids = rows.u64_column(PATIENT_ID)?;
    let patients = rows.patients();
    let number = |patient: usize| ids[patient * (rows.len() / patients)] / Shard::SEGMENT;
    let (mut segments, mut at) = (Vec::new(), 0);
    while at < patients {
        let segment = number(at);
        let mut end = at + 1;
        while end < patients && number(end) == segment {
            end += 1;
        }
        segments.push((segment, rows.of_patients(at..end)));
        at = end;
    }
    Ok(segments)
}

pub(crate) fn columns_in_arm<'a>(
    rows: &'a PatientRows,
    names: &[String],
    arm: usize,
) -> Result<Vec<Cow<'a, [f64]>>, FindingsError> {
    names.iter().map(|name| Ok(rows.f64_in_arm(name, arm)?)).collect()
}

pub(crate) fn slices<'a>(columns: &'a [Cow<'_, [f64]>]) -> Vec<&'a [f64]> {
    columns.iter().map(AsRef::as_ref).collect()
}

/// Points and lines of one regression.
pub struct RegressionSample<'a> {
    /// Predictor of the first patients.
    pub x: Cow<'a, [f64]>,
    /// Peak inflammation of the first patients.
    pub y: Cow<'a, [f64]>,
    /// Line of the peak, over all patients.
    pub linear: Option<FittedLine>,
    /// Line of its logarithm, over all patients.
    pub log: Option<FittedLine>,
}

/// The doses and the tumour burden stand in the summary even where they do not vary.
fn always_reported(predictor: &str) -> bool {
    predictor.starts_with("dose_") || predictor == "tumour_burden"
}
