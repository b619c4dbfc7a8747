//! A virtual population that looks like a real one: candidates are drawn and solved, and patients enrolled from those that are
//! plausible so that shares of them come near to those of a real trial.
//!
//! The weights of candidates are as equal as they can be for that ([`EntropyBalance`]). Either statistics take them, or a candidate is accepted with a probability
//! in proportion to the weight: by the ratio of the density that is wanted to the one that is drawn from, as R. J. Allen, T. R. Rieger
//! & C. J. Musante (2016), *CPT Pharmacometrics Syst. Pharmacol.* 5, 140. Their ratio compares a joint distribution of measurements with
//! a nearest-neighbour estimate; a trial's publication has no joint distribution, but shares of patients.

mod candidates;

use crate::FindingsError;
use candidates::Candidates;
use cartrial_analysis::trial::Effect;
use cartrial_analysis::{EntropyBalance, Estimate, ShareTarget, proportion_ci95};
use cartrial_cohort::{
    Cohort, Condition, Draws, EnrolledCandidate, Enrolment, EnrolmentSummary, MOST_CANDIDATES, PatientColumn,
    Study, TargetMethod, TargetShare, Targets,
};
use cartrial_runner::RunOptions;
use serde::Serialize;
use std::ops::ControlFlow;

/// What a population was made to look like, and how near it came.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Calibration {
    /// Version of the program.
    pub version: &'static str,
    /// The study.
    pub study: Study,
    /// Candidates that were drawn.
    pub candidates: u64,
    /// Candidates who could not be solved: they are not plausible.
    pub failed: u64,
    /// Candidates who keep every range.
    pub plausible: u64,
    /// How many candidates keep each range.
    pub ranges: Vec<RangeCount>,
    /// The trial's shares, and what became of them.
    pub shares: Vec<ShareFit>,
    /// (Σw)²/Σw² of the plausible candidates' weights.
    pub effective_sample_size: f64,
    /// The greatest weight; their mean is 1.
    pub greatest_weight: f64,
    /// Candidates who can be patients: accepted in proportion to their weights, or all plausible ones with theirs. The study's patients
    /// are the first of them.
    pub eligible: u64,
    /// What distinguishes weighted candidates from plausible ones, the greatest difference first.
    pub shifts: Vec<Shift>,
    /// The study's patients: the first of those who are eligible.
    #[serde(skip)]
    pub patients: Vec<EnrolledCandidate>,
}

/// A range, and how many candidates keep it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct RangeCount {
    /// The range.
    #[serde(flatten)]
    pub range: Condition,
    /// Candidates in it.
    pub candidates: u64,
}

/// A trial's share, and that of the virtual patients.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ShareFit {
    /// The trial's share.
    #[serde(flatten)]
    pub target: TargetShare,
    /// Its 95 % interval after Wilson, from the trial's number of patients.
    pub target_ci95: [f64; 2],
    /// Of the plausible candidates.
    pub plausible: Option<f64>,
    /// Of the same by their weights.
    pub weighted: Option<f64>,
    /// Of the study's patients, by their weights if statistics take them.
    pub enrolled: Estimate<Effect>,
    /// The part of the plausible candidates of whom the share is taken.
    pub among_plausible: f64,
    /// The same by their weights.
    pub among_weighted: f64,
    /// What the logarithm of a candidate's weight rests on it with: 0 where nothing had to be done.
    pub multiplier: f64,
}

impl ShareFit {
    /// Whether weights meet the share by leaving few of those of whom it is taken: less than half of the part that they were.
    pub fn empties_its_base(&self) -> bool {
        self.among_weighted < 0.5 * self.among_plausible
    }

    /// Whether the weighted share is within the interval of the trial's.
    pub fn is_met(&self) -> bool {
        self.weighted.is_some_and(|share| self.target_ci95[0] <= share && share <= self.target_ci95[1])
    }
}

/// How weights move a column of the candidates.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Shift {
    /// The column.
    pub column: PatientColumn,
    /// Mean of the plausible candidates.
    pub plausible_mean: f64,
    /// Their standard deviation.
    pub plausible_sd: f64,
    /// Mean by their weights.
    pub weighted_mean: f64,
    /// (weighted mean − mean) / standard deviation.
    pub standardised_difference: f64,
}

/// Told how many candidates are solved since it was last told. Whether to go on.
pub type Progress<'a> = &'a (dyn Fn(u64) -> ControlFlow<()> + Sync);

/// The cohort of a study: its calibrated patients if it has targets.
///
/// # Errors
/// [`FindingsError::Study`] if a table cannot be read; those of [`calibrate`].
pub fn cohort(study: &Study, options: &RunOptions, progress: Progress<'_>) -> Result<Cohort, FindingsError> {
    match targets(study) {
        Some(_) => calibrate(study, options, progress)?.cohort(),
        None => Ok(Cohort::new(study)?),
    }
}

/// What the patients of a study have to look like; none if whoever is drawn is taken.
pub fn targets(study: &Study) -> Option<&Targets> {
    study.drawn_population()?.targets.as_ref()
}

/// Draws the candidates of a study, solves them in its first arm, and enrols its patients from them. The same on any machine, with
/// any number of threads.
///
/// # Errors
/// [`FindingsError::Calibration`] if the study has no targets, no candidate is plausible, or none is among those of whom a share is
/// taken; [`FindingsError::Interrupted`] if `progress` says so; [`FindingsError::Run`].
pub fn calibrate(
    study: &Study,
    options: &RunOptions,
    progress: Progress<'_>,
) -> Result<Calibration, FindingsError> {
    let (Some(spec), Some(targets)) = (study.drawn_population(), targets(study)) else {
        return Err(refusal("the study has no targets", "Write them under [population.targets]."));
    };
    let cohort = Cohort::of_candidates(spec, study.seed, targets.candidates);
    let candidates = Candidates::solve(study, targets, &cohort, options, progress)?;
    if candidates.plausible() == 0 {
        return Err(nobody_is_plausible(targets, &candidates));
    }
    let strata = candidates.strata(targets.shares.len());
    let wanted: Vec<ShareTarget> = targets.shares.iter().map(share_target).collect();
    for (k, target) in targets.shares.iter().enumerate() {
        if let Some(among) =
            target.among.filter(|_| strata.iter().all(|stratum| stratum.counted[k].is_none()))
        {
            let reason = format!(
                "shares[{k}]: no plausible candidate is among those of whom it is taken ({})",
                among.column.name()
            );
            return Err(refusal(&reason, "Widen the ranges or the distributions, or leave the share out."));
        }
    }
    let Some(balance) = EntropyBalance::fit(&strata, &wanted) else {
        let remedy = "Leave out the shares that contradict each other or that hardly any candidate can give.";
        return Err(refusal("no weights settle that come near to the shares", remedy));
    };
    let eligible = match targets.method {
        TargetMethod::Acceptance => candidates.accept(&balance, &Draws::new(study.seed)),
        TargetMethod::Weighting => candidates.weighted(&balance),
    };
    let wanted = usize::try_from(study.patients).unwrap_or(usize::MAX);
    let patients = eligible[..eligible.len().min(wanted)].to_vec();
    let shares = targets.shares.iter().enumerate().map(|(k, target)| {
        let plausible = candidates.counted(k, |_| 1.0);
        let weighted = candidates.counted(k, |stratum| balance.weights[stratum]);
        let enrolled = match targets.method {
            TargetMethod::Acceptance => candidates.share_of_equal(&patients, k),
            TargetMethod::Weighting => candidates.share_of_weighted(&patients, k),
        };
        ShareFit {
            target: target.clone(),
            target_ci95: published_ci95(target),
            plausible: plausible.share(),
            weighted: weighted.share(),
            enrolled: enrolled.into(),
            among_plausible: plausible.among / candidates.plausible() as f64,
            among_weighted: weighted.among / candidates.plausible() as f64,
            multiplier: balance.multipliers[k],
        }
    });
    Ok(Calibration {
        version: env!("CARGO_PKG_VERSION"),
        study: study.clone(),
        candidates: targets.candidates,
        failed: candidates.failed,
        plausible: candidates.plausible(),
        ranges: targets
            .plausible
            .iter()
            .zip(&candidates.in_range)
            .map(|(range, candidates)| RangeCount { range: *range, candidates: *candidates })
            .collect(),
        shares: shares.collect(),
        effective_sample_size: balance.effective_sample_size,
        greatest_weight: balance.greatest_weight,
        eligible: eligible.len() as u64,
        shifts: candidates.shifts(&balance.weights),
        patients,
    })
}

impl Calibration {
    /// The study's patients.
    ///
    /// # Errors
    /// [`FindingsError::Calibration`] if fewer are eligible than the study has patients.
    pub fn cohort(&self) -> Result<Cohort, FindingsError> {
        match self.too_few() {
            Some((reason, remedy)) => Err(FindingsError::Calibration { reason, remedy }),
            None => {
                let spec = self.study.drawn_population().ok_or(FindingsError::NotDrawn)?;
                let enrolment = Enrolment { patients: self.patients.clone(), summary: self.summary() };
                Ok(Cohort::of_enrolled(&self.study, spec, enrolment))
            }
        }
    }

    /// Whether statistics take the patients' weights.
    pub fn is_weighted(&self) -> bool {
        self.study.weight_column().is_some()
    }

    /// What came of the candidates, as the manifest of a run tells it.
    pub fn summary(&self) -> EnrolmentSummary {
        let met = self.shares.iter().filter(|share| share.is_met()).count() as u64;
        EnrolmentSummary {
            candidates: self.candidates,
            plausible: self.plausible,
            eligible: self.eligible,
            effective_sample_size: self.effective_sample_size,
            greatest_weight: self.greatest_weight,
            shares_met: (met, self.shares.len() as u64),
        }
    }

    /// That fewer are eligible than the study has patients, and what can be done; none if they are enough.
    pub fn too_few(&self) -> Option<(String, String)> {
        let (wanted, drawn) = (self.study.patients as f64, self.candidates as f64);
        if self.eligible >= self.study.patients {
            return None;
        }
        let reason = format!(
            "{} of {} candidates are {}, and the study has {} patients",
            self.eligible,
            self.candidates,
            if self.is_weighted() { "plausible" } else { "accepted" },
            self.study.patients
        );
        // A tenth more, since who is eligible is by chance; in two digits.
        let needed = 1.1 * wanted * drawn / self.eligible.max(1) as f64;
        let unit = 10f64.powi((needed.log10().floor() as i32 - 1).max(0));
        let candidates = (needed / unit).ceil() * unit;
        let remedy = if self.eligible > 0 && candidates <= MOST_CANDIDATES as f64 {
            format!("Write candidates = {candidates} under [population.targets], or ask for fewer patients.")
        } else {
            let rare = if self.is_weighted() {
                "widen the range that hardly any candidate keeps"
            } else {
                "leave out the share that hardly any candidate has"
            };
            format!("Ask for fewer patients, widen the distributions, or {rare}.")
        };
        Some((reason, remedy))
    }
}

/// What the trial's share says, with its standard error. Half a patient more on either side keeps that of a share of 0 or 1 above 0.
fn share_target(target: &TargetShare) -> ShareTarget {
    let n = target.patients as f64;
    let share = (target.share * n + 0.5) / (n + 1.0);
    ShareTarget { share: target.share, standard_error: (share * (1.0 - share) / n).sqrt() }
}

fn published_ci95(target: &TargetShare) -> [f64; 2] {
    // The number of events is not always published; it is what the share comes nearest to.
    let events = (target.share * target.patients as f64).round() as u64;
    proportion_ci95(events.min(target.patients), target.patients)
}

fn refusal(reason: &str, remedy: &str) -> FindingsError {
    FindingsError::Calibration { reason: reason.to_owned(), remedy: remedy.to_owned() }
}

fn nobody_is_plausible(targets: &Targets, candidates: &Candidates) -> FindingsError {
    if candidates.failed == targets.candidates {
        let reason = format!("none of {} candidates could be solved", targets.candidates);
        return refusal(&reason, "Look at [solver], and at the distributions of the quantities.");
    }
    let ranges: Vec<String> = targets
        .plausible
        .iter()
        .zip(&candidates.in_range)
        .enumerate()
        .map(|(number, (range, kept))| format!("plausible[{number}], {}: {kept}", range.column.name()))
        .collect();
    let reason = format!(
        "none of {} candidates is plausible; each range by itself is kept by so many ({}), and {} could not be solved",
        targets.candidates,
        ranges.join("; "),
        candidates.failed
    );
    refusal(&reason, "Widen the ranges, or the distributions of the quantities.")
}
