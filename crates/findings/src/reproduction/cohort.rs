//! The four cohorts of a reproduction, each solved once, and the columns that are kept of it.

use super::statistics::PAPER_PATIENTS;
use super::{Divisions, DrawnTrial, PaperDistribution};
use crate::FindingsError;
use cartrial_analysis::Drivers;
use cartrial_cohort::{Cohort, Overrides, Study};
use cartrial_dataset::{BlockRows, Layout, PatientRows, RowCounts};
use cartrial_model::Quantity;
use cartrial_runner::{Endpoint, Level, RunOptions};
use std::path::Path;

/// A population of the paper: a study file as anyone can run it.
pub struct PaperCohort {
    /// Distribution of parameters and initial lymphocytes.
    pub distribution: PaperDistribution,
    /// The number of divisions.
    pub n: Divisions,
    file: &'static str,
    text: &'static str,
}

macro_rules! paper_cohort {
    ($distribution:ident, $n:ident, $file:literal) => {
        PaperCohort {
            distribution: PaperDistribution::$distribution,
            n: Divisions::$n,
            file: concat!("cohorts/", $file),
            text: include_str!(concat!("../../../../cohorts/", $file)),
        }
    };
}

/// Both distributions, with the number of divisions held at 6 and varied as every other parameter.
pub const PAPER_COHORTS: [PaperCohort; 4] = [
    paper_cohort!(Uniform, Held, "hanson2016-uniform.toml"),
    paper_cohort!(Uniform, Varied, "hanson2016-uniform-n-varied.toml"),
    paper_cohort!(Normal, Held, "hanson2016-normal.toml"),
    paper_cohort!(Normal, Varied, "hanson2016-normal-n-varied.toml"),
];

impl PaperCohort {
    /// The study, with as many patients as asked for.
    pub fn study(&self, patients: u64) -> Result<Study, FindingsError> {
        let overrides = Overrides { patients: Some(patients), ..Overrides::default() };
        Ok(Study::parse_with(self.text, Path::new(self.file), &overrides)?)
    }
}

/// A solved cohort: a value for every patient in order of id, NaN where the solve failed.
pub struct SolvedCohort {
    /// The study that it is of.
    pub study: Study,
    /// Total CAR T cell dose in cells/µL.
    pub dose_total: Vec<f64>,
    /// Initial tumour burden in cells/µL.
    pub tumour_burden: Vec<f64>,
    /// Peak inflammation in pg/mL.
    pub peak: Vec<f64>,
    /// Natural logarithm of the peak.
    pub ln_peak: Vec<f64>,
    /// What drives the peak.
    pub drivers: Drivers,
    /// What drives its logarithm.
    pub ln_drivers: Drivers,
    /// What was counted, with the content hash.
    pub counts: RowCounts,
}

/// Solves every patient of a study; `progress` is told how many are done since it was last told.
pub fn solve(
    study: Study,
    level: Level,
    progress: impl Fn(u64) + Sync,
) -> Result<SolvedCohort, FindingsError> {
    let cohort = Cohort::new(&study)?;
    let layout = Layout::new(&study, &cohort);
    let varied: Vec<&str> =
        study.drawn_population().into_iter().flat_map(|spec| spec.varied()).map(Quantity::symbol).collect();
    let drivers = || Drivers::new(varied.iter().map(|&name| name.to_owned()).collect());
    let mut solved = SolvedCohort {
        dose_total: Vec::new(),
        tumour_burden: Vec::new(),
        peak: Vec::new(),
        ln_peak: Vec::new(),
        drivers: drivers(),
        ln_drivers: drivers(),
        counts: RowCounts::empty(1),
        study: study.clone(),
    };
    let options = RunOptions::new(level);
    let digest = |block| BlockRows::of(&layout, &block);
    cartrial_runner::run(&study, &cohort, 0..cohort.patients(), &options, digest, |digest| {
        progress(digest.counts.patients);
        solved.take_in(&digest.rows, &varied)?;
        solved.counts.merge(&digest.counts);
        Ok::<(), FindingsError>(())
    })?;
    Ok(solved)
}

impl SolvedCohort {
    /// The first patients, as many as in the paper's trial.
    pub fn trial(&self, distribution: PaperDistribution) -> DrawnTrial {
        let first = |column: &[f64]| column[..column.len().min(PAPER_PATIENTS)].to_vec();
        DrawnTrial {
            distribution,
            dose_total: first(&self.dose_total),
            tumour_burden: first(&self.tumour_burden),
            peak: first(&self.peak),
        }
    }

    fn take_in(&mut self, rows: &PatientRows, varied: &[&str]) -> Result<(), FindingsError> {
        let peak = rows.f64_column(Endpoint::PeakInflammation.name())?;
        let done = self.ln_peak.len();
        self.ln_peak.extend(peak.iter().map(|&y| if y > 0.0 { libm::log(y) } else { f64::NAN }));
        self.peak.extend_from_slice(&peak);
        self.dose_total.extend_from_slice(&rows.f64_column("dose_total")?);
        self.tumour_burden.extend_from_slice(&rows.f64_column(Quantity::TumourBurden.symbol())?);
        let columns = varied.iter().map(|name| rows.f64_column(name)).collect::<Result<Vec<_>, _>>()?;
        let columns: Vec<_> = columns.iter().map(AsRef::as_ref).collect();
        self.drivers.extend(&columns, &peak);
        self.ln_drivers.extend(&columns, &self.ln_peak[done..]);
        Ok(())
    }
}
