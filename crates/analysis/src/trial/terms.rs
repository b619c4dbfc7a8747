//! The terms of a comparison, as types: what kind of outcome, which effect measure, which test, and how each was found.
//!
//! Each serialises as the word that results use.

use serde::{Deserialize, Serialize};

/// The type of outcome data, which decides how arms are compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OutcomeType {
    /// A number per patient.
    Continuous,
    /// Whether the patient had the event.
    Binary,
    /// When the patient had the event, or until when the patient was followed without it.
    TimeToEvent,
}

/// A measure of the effect of treatment: how an arm differs from the reference.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EffectMeasure {
    /// Difference of means.
    MeanDifference,
    /// Difference of the shares of patients with the event.
    RiskDifference,
    /// Ratio of these shares.
    RiskRatio,
    /// Ratio of the odds of the event, between independent arms.
    OddsRatio,
    /// Ratio of the odds of the event within patients, from the patients with different outcomes in the two arms.
    ConditionalOddsRatio,
    /// Patients to treat for one event fewer, or one more.
    NumberNeededToTreat,
    /// Difference of restricted mean times without the event, between the survival curves of the arms.
    RestrictedMeanDifference,
    /// Mean difference of restricted times without the event, within patients.
    RestrictedMeanDifferencePaired,
}

/// A test of no difference between two arms.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HypothesisTest {
    /// Student's t-test of differences within patients.
    PairedT,
    /// Wilcoxon's signed rank test of differences within patients.
    WilcoxonSignedRank,
    /// Welch's t-test of the means of independent arms.
    WelchT,
    /// Wilcoxon's rank sum test of independent arms.
    WilcoxonRankSum,
    /// Fisher's exact test of independent proportions.
    FisherExact,
    /// Pearson's χ² of independent proportions.
    PearsonChi2,
    /// McNemar's exact test of proportions in the same patients.
    McnemarExact,
    /// McNemar's χ² of proportions in the same patients.
    McnemarChi2,
    /// Log-rank test of survival curves.
    LogRank,
    /// Student's t-test of differences, within patients, of restricted times without the event.
    RestrictedMeanPairedT,
}

impl OutcomeType {
    /// The test by which a simulated trial with independent arms is judged.
    pub fn test_of_trials(self) -> HypothesisTest {
        match self {
            Self::Continuous => HypothesisTest::WelchT,
            Self::Binary => HypothesisTest::FisherExact,
            Self::TimeToEvent => HypothesisTest::LogRank,
        }
    }
}

/// How a confidence interval is computed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum IntervalMethod {
    /// Student's t, of a mean.
    #[serde(rename = "Student's t")]
    StudentT,
    /// Student's t, of a mean difference within patients.
    #[serde(rename = "paired t")]
    PairedT,
    /// Student's t with Welch's degrees of freedom, of a difference of means.
    #[serde(rename = "Welch t")]
    WelchT,
    /// Wilson's score interval of a proportion.
    #[serde(rename = "Wilson")]
    Wilson,
    /// Newcombe's hybrid of two score intervals, of a difference of independent proportions.
    #[serde(rename = "Newcombe hybrid score")]
    NewcombeHybridScore,
    /// Tango's score interval, of a difference of proportions in the same patients.
    #[serde(rename = "Tango score")]
    TangoScore,
    /// Koopman's score interval, of a ratio of independent risks.
    #[serde(rename = "Koopman score")]
    KoopmanScore,
    /// Nam and Blackwelder's score interval, of a ratio of risks in the same patients.
    #[serde(rename = "Nam-Blackwelder score")]
    NamBlackwelderScore,
    /// Cornfield's score interval, of an odds ratio between independent arms.
    #[serde(rename = "Cornfield score")]
    CornfieldScore,
    /// The exact binomial interval of an odds ratio within patients.
    #[serde(rename = "exact conditional")]
    ExactConditional,
    /// Normal interval with Greenwood's variance, of a restricted mean time.
    #[serde(rename = "Greenwood")]
    Greenwood,
    /// The same of a difference, with the variances of independent arms added.
    #[serde(rename = "Greenwood, independent arms")]
    GreenwoodIndependentArms,
    /// Student's t with the linearised variance of weighted patients.
    #[serde(rename = "Student's t, linearised variance")]
    LinearisedT,
    /// Wilson's score interval for as many patients of equal weight as the linearised variance corresponds to.
    #[serde(rename = "Wilson, linearised variance")]
    LinearisedWilson,
    /// Newcombe's hybrid of two such intervals.
    #[serde(rename = "Newcombe hybrid score, linearised variance")]
    LinearisedNewcombe,
    /// Normal interval of a ratio's logarithm with the linearised variance of weighted patients.
    #[serde(rename = "log-normal, linearised variance")]
    LinearisedLog,
    /// Normal interval with the infinitesimal jackknife's variance, of a restricted mean time of weighted patients.
    #[serde(rename = "infinitesimal jackknife")]
    InfinitesimalJackknife,
}

/// How a p-value is computed, in the terms of R and SciPy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum PValueMethod {
    /// From Student's t distribution.
    #[serde(rename = "Student's t")]
    StudentT,
    /// Twice the smaller tail of the binomial distribution at ½, as R's `binom.test` of the patients with different
    /// outcomes.
    #[serde(rename = "exact: twice the smaller binomial tail (binom.test)")]
    ExactBinomial,
    /// The tables that are no more probable than the observed one, as R's `fisher.test`.
    #[serde(rename = "exact: hypergeometric, tables no more probable than the observed one (fisher.test)")]
    ExactHypergeometric,
    /// All signs of the ranks, where fewer than 50 differences are neither tied nor 0.
    #[serde(rename = "exact: all signs, since n < 50 without zeros and ties (wilcox.test)")]
    ExactSignedRank,
    /// All divisions of the ranks, where each arm has fewer than 50 values and none is tied.
    #[serde(rename = "exact: all divisions, since n < 50 in each arm without ties (wilcox.test)")]
    ExactRankSum,
    /// Wilcoxon's signed ranks beyond that. SciPy: `wilcoxon(zero_method="wilcox", correction=True)`.
    #[serde(
        rename = "normal approximation: zeros dropped, mid-ranks, variance corrected for ties, continuity correction \
                      (wilcox.test)"
    )]
    NormalSignedRank,
    /// Wilcoxon's rank sum beyond that. SciPy: `mannwhitneyu(method="asymptotic")`.
    #[serde(
        rename = "normal approximation: mid-ranks, variance corrected for ties, continuity correction (wilcox.test)"
    )]
    NormalRankSum,
    /// From the χ² distribution. R: `correct = FALSE`.
    #[serde(rename = "chi-squared without continuity correction")]
    ChiSquared,
    /// From the χ² distribution, of the log-rank statistic as R's `survdiff` with `rho = 0`.
    #[serde(rename = "chi-squared; tied events by the hypergeometric variance (survdiff)")]
    LogRankChiSquared,
    /// Student's t of weighted patients.
    #[serde(rename = "Student's t of weighted patients, linearised variance (svyttest)")]
    LinearisedT,
    /// Student's t of the weighted ranks.
    #[serde(rename = "Student's t of weighted mid-ranks, linearised variance (svyranktest)")]
    LinearisedRanks,
    /// Robust score test of weighted patients' survival.
    #[serde(rename = "chi-squared, robust score test of weighted patients (coxph)")]
    RobustLogRank,
}

/// Which way the number of events changes in the arm, compared with the reference.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EventChange {
    /// Fewer events in the arm.
    Fewer,
    /// More events in the arm.
    More,
}
