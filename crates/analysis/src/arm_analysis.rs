//! A whole study's statistics: named columns in, one serialisable summary out.

use crate::arm_summary::{ArmSummary, CorrelationEntry, OutcomeSummary, RegressionEntry, ResponseScale};
use crate::comoments::Comoments;
use crate::error::StatError;
use crate::fitted_line::FittedLine;
use crate::kept_rows::KeptRows;
use crate::rank::spearman;
use crate::segments::{Accumulator, Segments};
use crate::summary::Summary;
use crate::weighted::{WeightedMean, equal_weight_rows, weighted_regression, weighted_spearman};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;

/// The columns of an analysis.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ArmAnalysisColumns {
    /// Predictors, each with whether it is reported even if it does not vary.
    pub predictors: Vec<(String, bool)>,
    /// Outcomes, each with its descriptive statistics.
    pub outcomes: Vec<String>,
    /// The outcome that is regressed on every predictor, on the linear and on the log scale.
    pub response: String,
    /// The column of the patients' weights; none if all count alike.
    pub weight: Option<String>,
}

/// Accumulates the statistics of one arm, block by block.
///
/// Memory is constant: moments of all rows, and for ranks the first [`ArmAnalysis::RANKED_ROWS`] rows. Of weighted patients every row
/// is kept. The same rows in the same order and segments give the same bits, in whatever portions they come.
#[derive(Debug)]
pub struct ArmAnalysis {
    columns: ArmAnalysisColumns,
    names: Vec<String>,
    response: usize,
    moments: ArmMoments,
    kept: KeptRows,
    log_response: Vec<f64>,
}

/// Moments of one arm's rows, which can be merged with those of others: see [`ArmAnalysis::append`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ArmMoments(Segments<Moments>);

/// Moments of every predictor with the response on both scales, and of every outcome.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Moments {
    pairs: Comoments,
    outcomes: Vec<Summary>,
}

impl ArmAnalysis {
    /// Rank correlations rest on this many rows at most, the first ones: ranks need every row in memory, and the
    /// standard error of a rank correlation of 100,000 rows is 0.003.
    pub const RANKED_ROWS: usize = 100_000;

    /// An analysis of no rows.
    ///
    /// # Panics
    /// If the response is not among the outcomes.
    pub fn new(columns: ArmAnalysisColumns) -> Self {
        let response = columns.outcomes.iter().position(|name| *name == columns.response);
        let response = response.expect("the response is one of the outcomes");
        let (predictors, outcomes) = (columns.predictors.len(), columns.outcomes.len());
        let names: Vec<String> = columns
            .predictors
            .iter()
            .map(|(name, _)| name)
            .chain(&columns.outcomes)
            .chain(&columns.weight)
            .cloned()
            .collect();
        let is_kept = |position: &usize| {
            columns.weight.is_some() || *position < predictors || *position == predictors + response
        };
        let most = if columns.weight.is_some() { usize::MAX } else { Self::RANKED_ROWS };
        let kept = KeptRows::new((0..names.len()).filter(is_kept), most);
        Self {
            kept,
            columns,
            names,
            response,
            moments: ArmMoments(Segments::new(Moments {
                pairs: Comoments::new(predictors, 2),
                outcomes: vec![Summary::new(); outcomes],
            })),
            log_response: Vec::new(),
        }
    }

    /// The columns to be handed to [`Self::extend`], in this order: predictors, outcomes, the weight if there is one.
    pub fn columns(&self) -> &[String] {
        &self.names
    }

    /// Adds rows: a slice of every column, NaN where missing.
    ///
    /// # Panics
    /// If a column is missing or the columns differ in length.
    pub fn extend(&mut self, columns: &[&[f64]]) {
        assert_eq!(columns.len(), self.names.len(), "every column that is needed is there");
        let (predictors, others) = columns.split_at(self.columns.predictors.len());
        let response = others[self.response];
        logarithms(response, &mut self.log_response);
        let moments = self.moments.0.open();
        moments.pairs.extend_columns(predictors, &[response, &self.log_response]);
        for (summary, values) in moments.outcomes.iter_mut().zip(others) {
            summary.extend(values);
        }
        self.keep(columns);
    }

    /// The next rows belong to another segment. Segments are merged in the order of a tree over their numbers.
    pub fn go_to_segment(&mut self, number: u64) {
        self.moments.0.go_to(number);
    }

    /// The moments of all rows so far, without the rows that are kept.
    pub fn moments_so_far(&self) -> ArmMoments {
        ArmMoments(self.moments.0.clone().closed())
    }

    /// The rows that are kept, as [`Self::keep_kept`] takes them.
    pub fn kept(&self) -> Vec<Vec<f64>> {
        self.kept.columns().cloned().collect()
    }

    /// Whether [`Self::append`] can take these moments, and [`Self::keep_kept`] these rows, which may come from anywhere.
    pub fn admits(&self, moments: &ArmMoments, kept: Option<&[Vec<f64>]>) -> bool {
        self.moments.0.admits(&moments.0) && kept.is_none_or(|columns| self.kept.admits(columns))
    }

    /// Adds the moments of segments that come after all of these. Where all are of the same rows cut otherwise, the sums
    /// are the same, bit for bit. Ranks and weights need rows: see [`Self::keep`].
    ///
    /// # Panics
    /// If they are not [admitted](Self::admits).
    pub fn append(&mut self, moments: ArmMoments) {
        self.moments.0.append(moments.0);
    }

    /// Keeps rows, as long as there is room, without adding them to the moments: a slice of every column. Returns whether there
    /// is room for more.
    pub fn keep(&mut self, columns: &[&[f64]]) -> bool {
        self.kept.extend(|position| columns[position])
    }

    /// Keeps rows that another analysis [kept](Self::kept).
    pub fn keep_kept(&mut self, columns: &[Vec<f64>]) {
        self.kept.extend_kept(columns);
    }

    /// The line of the response on this scale on a predictor; `None` if there is no such predictor.
    pub fn line(&self, predictor: &str, scale: ResponseScale) -> Option<Result<FittedLine, StatError>> {
        let predictor = self.predictor(predictor)?;
        Some(match self.weights() {
            Some(weights) => {
                weighted_regression(self.kept.column(predictor), &self.response_on(scale), weights)
            }
            None => FittedLine::from_moments(&self.moments.0.total().pairs.pair(predictor, scale.column())),
        })
    }

    /// A predictor and the response of patients who count alike: the rows that are kept, or as many in proportion to the weights.
    pub fn sample(&self, predictor: &str) -> Option<[Cow<'_, [f64]>; 2]> {
        let columns = [self.kept.column(self.predictor(predictor)?), self.kept_response()];
        Some(match self.weights() {
            None => columns.map(Cow::Borrowed),
            Some(weights) => {
                let rows = equal_weight_rows(weights);
                columns.map(|column| rows.iter().map(|row| column[*row]).collect())
            }
        })
    }

    fn predictor(&self, name: &str) -> Option<usize> {
        self.columns.predictors.iter().position(|(predictor, _)| predictor == name)
    }

    fn kept_response(&self) -> &[f64] {
        self.kept.column(self.columns.predictors.len() + self.response)
    }

    fn response_on(&self, scale: ResponseScale) -> Cow<'_, [f64]> {
        let response = self.kept_response();
        match scale {
            ResponseScale::Linear => Cow::Borrowed(response),
            ResponseScale::Log => {
                let mut logs = Vec::new();
                logarithms(response, &mut logs);
                Cow::Owned(logs)
            }
        }
    }

    fn weights(&self) -> Option<&[f64]> {
        self.columns.weight.as_ref().map(|_| self.kept.column(self.names.len() - 1))
    }

    /// The statistics of the rows so far, under the name of their arm.
    pub fn summary(&self, arm: &str) -> ArmSummary {
        let arm = || arm.to_owned();
        let response = || self.columns.response.clone();
        let Moments { pairs, outcomes } = self.moments.0.total();
        let named = self.columns.outcomes.iter().zip(&outcomes).enumerate();
        let outcomes = named
            .map(|(i, (name, summary))| {
                let by_weight = self.weights().map(|weights| {
                    WeightedMean::of(self.kept.column(self.columns.predictors.len() + i), weights).ok()
                });
                let (mean, sd) = match by_weight {
                    None => (summary.mean(), summary.sd()),
                    Some(by_weight) => (by_weight.map(|w| w.mean), by_weight.and_then(|w| w.sd)),
                };
                OutcomeSummary {
                    arm: arm(),
                    outcome: name.clone(),
                    n: summary.n(),
                    missing: summary.missing(),
                    mean,
                    sd,
                    min: summary.min(),
                    max: summary.max(),
                }
            })
            .collect();
        let mut regressions = Vec::new();
        let mut correlations = Vec::new();
        for (i, (predictor, always)) in self.columns.predictors.iter().enumerate() {
            if !always && pairs.pair(i, 0).sxx() == 0.0 {
                continue;
            }
            for scale in ResponseScale::ALL {
                let fit = match self.weights() {
                    None => pairs.regression(i, scale.column()),
                    Some(weights) => {
                        weighted_regression(self.kept.column(i), &self.response_on(scale), weights)
                            .map(|line| line.regression)
                    }
                };
                let (predictor, fit) = (predictor.clone(), fit.into());
                regressions.push(RegressionEntry { arm: arm(), response: response(), scale, predictor, fit });
            }
            let (x, y) = (self.kept.column(i), self.kept_response());
            let correlation = match self.weights() {
                None => spearman(x, y),
                Some(weights) => weighted_spearman(x, y, weights),
            };
            let (predictor, correlation) = (predictor.clone(), correlation.into());
            correlations.push(CorrelationEntry { arm: arm(), response: response(), predictor, correlation });
        }
        ArmSummary { outcomes, regressions, spearman: correlations }
    }

    /// Every row, if patients are weighted.
    pub fn weighted_rows(&self) -> Option<WeightedRows<'_>> {
        Some(WeightedRows { analysis: self, weights: self.weights()? })
    }
}

/// The rows of weighted patients.
#[derive(Debug, Clone, Copy)]
pub struct WeightedRows<'a> {
    analysis: &'a ArmAnalysis,
    /// Weights of the patients, in order.
    pub weights: &'a [f64],
}

impl<'a> WeightedRows<'a> {
    /// A column of the analysis: of every patient its value, NaN where missing.
    pub fn column(&self, name: &str) -> Option<&'a [f64]> {
        let position = self.analysis.names.iter().position(|column| column == name)?;
        Some(self.analysis.kept.column(position))
    }
}

/// ln y; NaN where y is not above 0.
fn logarithms(values: &[f64], logs: &mut Vec<f64>) {
    logs.clear();
    logs.extend(values.iter().map(|&y| if y > 0.0 { libm::log(y) } else { f64::NAN }));
}

impl Accumulator for Moments {
    fn fresh(&self) -> Self {
        Self { pairs: self.pairs.fresh(), outcomes: vec![Summary::new(); self.outcomes.len()] }
    }

    fn is_empty(&self) -> bool {
        self.pairs.is_empty()
    }

    fn admits(&self, next: &Self) -> bool {
        let mut outcomes = self.outcomes.iter().zip(&next.outcomes);
        self.pairs.admits(&next.pairs)
            && self.outcomes.len() == next.outcomes.len()
            && outcomes.all(|(own, next)| own.admits(next))
    }

    fn merge(&mut self, next: &Self) {
        self.pairs.merge(&next.pairs);
        self.outcomes.iter_mut().zip(&next.outcomes).for_each(|(all, next)| all.merge(next));
    }

    fn close(&mut self) {
        self.pairs.close();
        self.outcomes.iter_mut().for_each(Accumulator::close);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::regression::linear_regression;

    fn analysis(predictors: &[(&str, bool)]) -> ArmAnalysis {
        ArmAnalysis::new(ArmAnalysisColumns {
            predictors: predictors.iter().map(|&(name, always)| (name.to_owned(), always)).collect(),
            outcomes: vec!["nadir".to_owned(), "peak".to_owned()],
            response: "peak".to_owned(),
            weight: None,
        })
    }

    #[test]
    fn both_scales_equal_the_regression_by_hand() {
        let x = [1.0, 2.0, 3.0, 4.0, 6.0];
        let peak = [10.0, 30.0, 20.0, 50.0, 70.0];
        let mut analysis = analysis(&[("x", false)]);
        analysis.extend(&[&x[..2], &[0.0; 2], &peak[..2]]);
        analysis.extend(&[&x[2..], &[0.0; 3], &peak[2..]]);
        let summary = analysis.summary("a");
        let by_hand = |y: &[f64]| linear_regression(&x, y).unwrap();
        let logs = peak.map(libm::log);
        for (entry, expected) in summary.regressions.iter().zip([by_hand(&peak), by_hand(&logs)]) {
            assert_eq!(entry.fit.value(), Some(&expected), "{:?}", entry.scale);
        }
        assert!((summary.spearman[0].correlation.value().unwrap().r - 0.9).abs() < 1e-15);
        assert_eq!((summary.outcomes[1].mean, summary.outcomes[1].max), (Some(36.0), Some(70.0)));
    }

    #[test]
    fn a_predictor_that_does_not_vary_is_reported_only_if_asked() {
        let mut analysis = analysis(&[("dose", true), ("n", false)]);
        analysis.extend(&[&[6.0; 4], &[6.0; 4], &[1.0; 4], &[1.0, 2.0, 3.0, 5.0]]);
        let summary = analysis.summary("a");
        let json = serde_json::to_value(&summary.regressions).unwrap();
        assert_eq!(json.as_array().unwrap().len(), 2);
        assert_eq!(json[0]["predictor"], "dose");
        assert_eq!(json[0]["not_estimated"], StatError::ConstantPredictor.to_string());
    }

    #[test]
    fn a_peak_of_zero_has_no_logarithm_and_counts_as_missing_there() {
        let mut analysis = analysis(&[("x", true)]);
        analysis.extend(&[&[1.0, 2.0, 3.0, 4.0], &[0.0; 4], &[0.0, 1.0, 3.0, 2.0]]);
        let n: Vec<_> =
            analysis.summary("a").regressions.iter().map(|entry| entry.fit.value().unwrap().n).collect();
        assert_eq!(n, [4, 3]);
    }
}
