//! The statistics of a solved cohort, on both scales.

use super::cohort::{PaperCohort, SolvedCohort};
use super::{CohortEntry, DriverEntry, EffectEntry, PaperPredictor, PowerEntry, ReplicateEntry, Setting};
use cartrial_analysis::{
    Correlation, PairMoments, Regression, Replicates, ResponseScale, correlation_ci95, fisher_z_power,
    proportion_ci95,
};
use rayon::prelude::*;

/// Patients of the paper's trial.
pub const PAPER_PATIENTS: usize = 200;
/// Sizes of the trials whose power is told.
const SIZES: [usize; 9] = [50, 100, 200, 500, 1000, 2000, 5000, 10_000, 100_000];
/// Patients over whom effects are estimated, if there are as many.
const EFFECT_PATIENTS: usize = 1_000_000;

/// What is computed of one cohort.
pub struct CohortFindings {
    /// The cohort.
    pub cohort: CohortEntry,
    /// Replicate trials.
    pub replicates: Vec<ReplicateEntry>,
    /// Effects over many patients.
    pub effects: Vec<EffectEntry>,
    /// How often trials of each size find the effect of the dose.
    pub power: Vec<PowerEntry>,
    /// What drives the peak.
    pub drivers: Vec<DriverEntry>,
}

/// Computes everything of a cohort.
pub fn cohort_findings(source: &PaperCohort, solved: &SolvedCohort) -> CohortFindings {
    let setting = |scale| Setting { distribution: source.distribution, n: source.n, scale };
    let scales =
        [(setting(ResponseScale::Linear), &solved.peak), (setting(ResponseScale::Log), &solved.ln_peak)];
    let predictors = PaperPredictor::ALL.map(|predictor| match predictor {
        PaperPredictor::TotalDose => (predictor, &solved.dose_total),
        PaperPredictor::TumourBurden => (predictor, &solved.tumour_burden),
    });
    let pairs: Vec<_> = scales.iter().flat_map(|s| predictors.iter().map(move |p| (*s, *p))).collect();

    let replicates = pairs.par_iter().filter_map(|((setting, y), (predictor, x))| {
        replicate_entry(*setting, *predictor, &Replicates::of(x, y, PAPER_PATIENTS))
    });
    let effects = pairs.par_iter().filter_map(|((setting, y), (predictor, x))| {
        let rows = y.len().min(EFFECT_PATIENTS);
        let fit = Regression::from_moments(&PairMoments::from_columns(&x[..rows], &y[..rows])).ok()?;
        let r_ci95 = correlation_ci95(fit.r, fit.n as f64);
        Some(EffectEntry { setting: *setting, predictor: *predictor, r_ci95, fit })
    });
    let jobs: Vec<_> = scales.iter().flat_map(|s| SIZES.map(|size| (*s, size))).collect();
    let power = jobs.par_iter().filter_map(|((setting, y), size)| {
        let whole = Correlation::from_moments(&PairMoments::from_columns(&solved.dose_total, y)).ok()?;
        power_entry(*setting, &Replicates::of(&solved.dose_total, y, *size), whole.r)
    });
    let tables = [
        (setting(ResponseScale::Linear), &solved.drivers),
        (setting(ResponseScale::Log), &solved.ln_drivers),
    ];
    let drivers = tables
        .into_par_iter()
        .filter_map(|(setting, drivers)| Some(DriverEntry { setting, table: drivers.table().ok()? }));
    CohortFindings {
        cohort: CohortEntry {
            study: solved.study.name.clone(),
            patients: solved.counts.patients,
            patients_corrected: solved.counts.patients_corrected,
            patients_failed: solved.counts.patients_failed,
            content_hash: solved.counts.hash.to_string(),
        },
        replicates: replicates.collect(),
        effects: effects.collect(),
        power: power.collect(),
        drivers: drivers.collect(),
    }
}

/// `None` without a single trial.
fn replicate_entry(
    setting: Setting,
    predictor: PaperPredictor,
    replicates: &Replicates,
) -> Option<ReplicateEntry> {
    let (trials, paper_log10_p) = (replicates.tests.len(), predictor.paper_log10_p());
    Some(ReplicateEntry {
        setting,
        predictor,
        trials,
        undetermined: replicates.undetermined,
        patients_per_trial: replicates.patients_per_trial,
        log10_p: replicates.log10_p()?,
        mean_r: replicates.mean_r()?,
        paper_log10_p,
        paper_percentile: 100.0 * replicates.at_or_below(paper_log10_p) as f64 / trials as f64,
    })
}

/// `None` without a single trial.
fn power_entry(setting: Setting, replicates: &Replicates, r: f64) -> Option<PowerEntry> {
    let (trials, significant) = (replicates.tests.len(), replicates.significant());
    (trials > 0).then(|| PowerEntry {
        setting,
        predictor: PaperPredictor::TotalDose,
        patients_per_trial: replicates.patients_per_trial,
        trials,
        significant,
        power: significant as f64 / trials as f64,
        power_ci95: proportion_ci95(significant as u64, trials as u64),
        analytic_power: fisher_z_power(r, replicates.patients_per_trial as f64),
    })
}
