//! A whole study's statistics: named columns in, one serialisable summary out.

use crate::comoments::Comoments;
use crate::estimate::Estimate;
use crate::pair_moments::PairMoments;
use crate::rank::{Correlation, spearman};
use crate::regression::Regression;
use crate::segments::{Accumulator, Segments};
use crate::summary::Summary;
use serde::{Deserialize, Serialize};

/// The scale on which a response is regressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ResponseScale {
    /// The response itself.
    Linear,
    /// Its natural logarithm.
    Log,
}

impl ResponseScale {
    /// Both scales.
    pub const ALL: [Self; 2] = [Self::Linear, Self::Log];

    /// Position among the responses whose moments are accumulated.
    fn column(self) -> usize {
        match self {
            Self::Linear => 0,
            Self::Log => 1,
        }
    }
}

/// The columns of an analysis.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ArmAnalysisColumns {
    /// Predictors, each with whether it is reported even if it does not vary.
    pub predictors: Vec<(String, bool)>,
    /// Outcomes, each with its descriptive statistics.
    pub outcomes: Vec<String>,
    /// The outcome that is regressed on every predictor, on the linear and on the log scale.
    pub response: String,
}

/// Accumulates the statistics of one arm, block by block.
///
/// Memory is constant: moments of all rows, and for ranks the first [`ArmAnalysis::RANKED_ROWS`] rows. The same rows in the
/// same order and segments give the same bits, in whatever portions they come.
#[derive(Debug)]
pub struct ArmAnalysis {
    columns: ArmAnalysisColumns,
    response: usize,
    moments: ArmMoments,
    ranked_predictors: Vec<Vec<f64>>,
    ranked_response: Vec<f64>,
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

/// One arm's statistics.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ArmSummary {
    /// Descriptive statistics of every outcome.
    pub outcomes: Vec<OutcomeSummary>,
    /// Least squares of the response on each predictor, linear and log scale.
    pub regressions: Vec<RegressionEntry>,
    /// Spearman's rank correlation of the response with each predictor.
    pub spearman: Vec<CorrelationEntry>,
}

/// One outcome's location and spread.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct OutcomeSummary {
    /// Arm.
    pub arm: String,
    /// Column.
    pub outcome: String,
    /// Patients with a value.
    pub n: u64,
    /// Patients without.
    pub missing: u64,
    /// Mean; `None` without a value.
    pub mean: Option<f64>,
    /// Standard deviation with n − 1; `None` below two values.
    pub sd: Option<f64>,
    /// Least value.
    pub min: Option<f64>,
    /// Greatest value.
    pub max: Option<f64>,
}

/// One regression, named.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RegressionEntry {
    /// Arm.
    pub arm: String,
    /// Response column.
    pub response: String,
    /// The scale of the response.
    pub scale: ResponseScale,
    /// Predictor column.
    pub predictor: String,
    /// The fit, or the reason why it does not exist.
    #[serde(flatten)]
    pub fit: Estimate<Regression>,
}

/// One rank correlation, named.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CorrelationEntry {
    /// Arm.
    pub arm: String,
    /// Response column.
    pub response: String,
    /// Predictor column.
    pub predictor: String,
    /// The correlation with its number of rows, or the reason why it does not exist.
    #[serde(flatten)]
    pub correlation: Estimate<Correlation>,
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
        Self {
            columns,
            response,
            moments: ArmMoments(Segments::new(Moments {
                pairs: Comoments::new(predictors, 2),
                outcomes: vec![Summary::new(); outcomes],
            })),
            ranked_predictors: vec![Vec::new(); predictors],
            ranked_response: Vec::new(),
            log_response: Vec::new(),
        }
    }

    /// Adds rows: a slice for every predictor and every outcome, in the order of the columns, NaN where missing.
    ///
    /// # Panics
    /// If a column is missing or the columns differ in length.
    pub fn extend(&mut self, predictors: &[&[f64]], outcomes: &[&[f64]]) {
        let response = outcomes[self.response];
        self.log_response.clear();
        self.log_response.extend(response.iter().map(|&y| if y > 0.0 { libm::log(y) } else { f64::NAN }));
        let moments = self.moments.0.open();
        moments.pairs.extend_columns(predictors, &[response, &self.log_response]);
        for (summary, values) in moments.outcomes.iter_mut().zip(outcomes) {
            summary.extend(values);
        }
        self.keep(predictors, response);
    }

    /// The next rows belong to another segment. Segments are merged in the order of a tree over their numbers.
    pub fn go_to_segment(&mut self, number: u64) {
        self.moments.0.go_to(number);
    }

    /// The moments of all rows so far, without the rows that are kept for ranks.
    pub fn moments_so_far(&self) -> ArmMoments {
        ArmMoments(self.moments.0.clone().closed())
    }

    /// The rows that are kept for ranks, as [`Self::keep`] takes them, but that of the outcomes only the response is there.
    pub fn kept(&self) -> (&[Vec<f64>], &[f64]) {
        (&self.ranked_predictors, &self.ranked_response)
    }

    /// Whether [`Self::append`] can take these moments, and [`Self::keep`] these rows, which may come from anywhere.
    pub fn admits(&self, moments: &ArmMoments, kept: Option<(&[Vec<f64>], &[f64])>) -> bool {
        let fits = |(predictors, response): (&[Vec<f64>], &[f64])| {
            predictors.len() == self.columns.predictors.len()
                && predictors.iter().all(|column| column.len() == response.len())
        };
        self.moments.0.admits(&moments.0) && kept.is_none_or(fits)
    }

    /// Adds the moments of segments that come after all of these. Where all are of the same rows cut otherwise, the sums
    /// are the same, bit for bit. Ranks need rows: see [`Self::keep`].
    ///
    /// # Panics
    /// If they are not [admitted](Self::admits).
    pub fn append(&mut self, moments: ArmMoments) {
        self.moments.0.append(moments.0);
    }

    /// Keeps rows for ranks, as long as there is room, without adding them to the moments: a slice for every predictor, and
    /// the response. Returns whether there is room for more.
    pub fn keep(&mut self, predictors: &[&[f64]], response: &[f64]) -> bool {
        let room = (Self::RANKED_ROWS - self.ranked_response.len()).min(response.len());
        self.ranked_response.extend_from_slice(&response[..room]);
        for (ranked, values) in self.ranked_predictors.iter_mut().zip(predictors) {
            ranked.extend_from_slice(&values[..room]);
        }
        self.ranked_response.len() < Self::RANKED_ROWS
    }

    /// Position of the response among the outcomes.
    pub fn response(&self) -> usize {
        self.response
    }

    /// Moments of a predictor against the response on this scale.
    pub fn moments(&self, predictor: &str, scale: ResponseScale) -> Option<PairMoments> {
        Some(self.moments.0.total().pairs.pair(self.predictor(predictor)?, scale.column()))
    }

    /// A predictor and the response in the first [`Self::RANKED_ROWS`] rows.
    pub fn first_rows(&self, predictor: &str) -> Option<(&[f64], &[f64])> {
        Some((&self.ranked_predictors[self.predictor(predictor)?], &self.ranked_response))
    }

    fn predictor(&self, name: &str) -> Option<usize> {
        self.columns.predictors.iter().position(|(predictor, _)| predictor == name)
    }

    /// The statistics of the rows so far, under the name of their arm.
    pub fn summary(&self, arm: &str) -> ArmSummary {
        let arm = || arm.to_owned();
        let response = || self.columns.response.clone();
        let Moments { pairs, outcomes } = self.moments.0.total();
        let named = self.columns.outcomes.iter().zip(&outcomes);
        let outcomes = named
            .map(|(name, summary)| OutcomeSummary {
                arm: arm(),
                outcome: name.clone(),
                n: summary.n(),
                missing: summary.missing(),
                mean: summary.mean(),
                sd: summary.sd(),
                min: summary.min(),
                max: summary.max(),
            })
            .collect();
        let mut regressions = Vec::new();
        let mut correlations = Vec::new();
        for (i, (predictor, always)) in self.columns.predictors.iter().enumerate() {
            if !always && pairs.pair(i, 0).sxx() == 0.0 {
                continue;
            }
            for scale in ResponseScale::ALL {
                let fit = pairs.regression(i, scale.column()).into();
                let predictor = predictor.clone();
                regressions.push(RegressionEntry { arm: arm(), response: response(), scale, predictor, fit });
            }
            let correlation = spearman(&self.ranked_predictors[i], &self.ranked_response).into();
            let predictor = predictor.clone();
            correlations.push(CorrelationEntry { arm: arm(), response: response(), predictor, correlation });
        }
        ArmSummary { outcomes, regressions, spearman: correlations }
    }
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
    use crate::error::StatError;
    use crate::regression::linear_regression;

    fn analysis(predictors: &[(&str, bool)]) -> ArmAnalysis {
        ArmAnalysis::new(ArmAnalysisColumns {
            predictors: predictors.iter().map(|&(name, always)| (name.to_owned(), always)).collect(),
            outcomes: vec!["nadir".to_owned(), "peak".to_owned()],
            response: "peak".to_owned(),
        })
    }

    #[test]
    fn both_scales_equal_the_regression_by_hand() {
        let x = [1.0, 2.0, 3.0, 4.0, 6.0];
        let peak = [10.0, 30.0, 20.0, 50.0, 70.0];
        let mut analysis = analysis(&[("x", false)]);
        analysis.extend(&[&x[..2]], &[&[0.0; 2], &peak[..2]]);
        analysis.extend(&[&x[2..]], &[&[0.0; 3], &peak[2..]]);
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
        analysis.extend(&[&[6.0; 4], &[6.0; 4]], &[&[1.0; 4], &[1.0, 2.0, 3.0, 5.0]]);
        let summary = analysis.summary("a");
        let json = serde_json::to_value(&summary.regressions).unwrap();
        assert_eq!(json.as_array().unwrap().len(), 2);
        assert_eq!(json[0]["predictor"], "dose");
        assert_eq!(json[0]["not_estimated"], StatError::ConstantPredictor.to_string());
    }

    #[test]
    fn a_peak_of_zero_has_no_logarithm_and_counts_as_missing_there() {
        let mut analysis = analysis(&[("x", true)]);
        analysis.extend(&[&[1.0, 2.0, 3.0, 4.0]], &[&[0.0; 4], &[0.0, 1.0, 3.0, 2.0]]);
        let n: Vec<_> =
            analysis.summary("a").regressions.iter().map(|entry| entry.fit.value().unwrap().n).collect();
        assert_eq!(n, [4, 3]);
    }
}
