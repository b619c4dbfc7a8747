//! Sobol' indices of the peak: what correlations see of its variance, and what they cannot.

use super::cohort::PaperCohort;
use super::{Divisions, PAPER_PATIENTS, PaperDistribution};
use crate::FindingsError;
use crate::sensitivity::{OutcomeSensitivity, SensitivityPlan, sensitivity};
use cartrial_analysis::distribution::student_t::critical_t;
use cartrial_analysis::sensitivity::SobolIndices;
use cartrial_cohort::{Factor, Population, PopulationSpec, Sampling, factors};
use cartrial_runner::{Endpoint, Level, RunOptions};
use serde::Serialize;

/// Rows of the design, at most; a small reproduction has one for each of its trials.
const MOST_ROWS: u32 = 8192;
const LEAST_ROWS: u32 = 64;
const BOOTSTRAP_SAMPLES: u32 = 500;

/// The variance of the peak in one population, and what accounts for it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct VarianceEntry {
    /// Distribution of parameters and initial lymphocytes.
    pub distribution: PaperDistribution,
    /// The number of divisions.
    pub n: Divisions,
    /// The quantities that vary, by symbol, in the order of the indices.
    pub factors: Vec<String>,
    /// Their indices.
    pub indices: SobolIndices,
}

/// Patients of the designs of all populations together.
pub(super) fn patients<'a>(trials: u32, populations: impl Iterator<Item = &'a PaperCohort>) -> u64 {
    let of_row = |paper: &PaperCohort| {
        paper.study(1).ok().and_then(|study| Some(all_factors(study.drawn_population()?).len() as u64 + 2))
    };
    rows(trials) * populations.filter_map(of_row).sum::<u64>()
}

/// The indices of one population; none if nothing varies.
pub(super) fn variance(
    paper: &PaperCohort,
    trials: u32,
    level: Level,
    progress: &(dyn Fn(u64) + Sync),
) -> Result<Option<VarianceEntry>, FindingsError> {
    let mut study = paper.study(1)?;
    if let Population::Drawn(population) = &mut study.population {
        population.sampling = Sampling::Sobol;
    }
    let Some(population) = study.drawn_population() else { return Ok(None) };
    let plan = SensitivityPlan {
        factors: all_factors(population),
        rows: rows(trials),
        trajectories: 0,
        bootstrap_samples: BOOTSTRAP_SAMPLES,
        courses: None,
    };
    let found = sensitivity(&study, &plan, &RunOptions::new(level), progress)?;
    let peak = found.outcomes.iter().find(|o| o.column.endpoint == Endpoint::PeakInflammation);
    let entry = |indices: &SobolIndices| VarianceEntry {
        distribution: paper.distribution,
        n: paper.n,
        factors: plan.factors.iter().map(|factor| factor.name.clone()).collect(),
        indices: indices.clone(),
    };
    Ok(peak.and_then(OutcomeSensitivity::sobol).map(entry))
}

/// The least share of the variance that a correlation has to explain among the paper's 200 patients for p < 0.05: r² at the
/// critical t of n − 2 degrees of freedom. A quantity with a smaller share in the population is found in fewer than half of
/// such trials.
pub fn least_share_seen() -> f64 {
    let df = (PAPER_PATIENTS - 2) as f64;
    let t = critical_t(0.05, df);
    t * t / (t * t + df)
}

fn rows(trials: u32) -> u64 {
    // Sobol points are balanced in powers of two.
    1 << trials.clamp(LEAST_ROWS, MOST_ROWS).ilog2()
}

fn all_factors(population: &PopulationSpec) -> Vec<Factor> {
    factors(population, &[]).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ref_the_least_share_is_that_of_scipy_1_17() {
        // t = stats.t.ppf(0.975, 198); t**2 / (t**2 + 198)
        assert!((least_share_seen() - 0.019262345971050514).abs() < 1e-12, "{}", least_share_seen());
    }
}
