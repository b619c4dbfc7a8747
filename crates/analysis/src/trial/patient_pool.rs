//! The simulated patients that trials are drawn from.

use super::comparison_plan::Design;
use super::outcome_data::{CompleteOutcomes, OutcomeData};
use super::trial_sampler::TrialSampler;
use crate::error::StatError;

/// The simulated patients that trials are drawn from.
///
/// In the paired design every patient has an outcome in both arms. A trial draws from all of them, assigns each to one
/// arm and uses the outcome in that arm only. In the independent design a trial draws from the patients of each arm.
/// No patient is drawn twice in one trial, but for weighted ones, who stand for several.
#[derive(Debug, Clone)]
pub struct PatientPool {
    pub(super) paired: bool,
    pub(super) reference: CompleteOutcomes,
    pub(super) arm: CompleteOutcomes,
}

impl PatientPool {
    /// The patients of reference and arm; in the paired design those with both outcomes.
    ///
    /// # Errors
    /// [`StatError::NotFinite`], [`StatError::NotBinary`], [`StatError::NegativeTime`], and [`StatError::TooFewRows`]
    /// without patients.
    ///
    /// # Panics
    /// If the outcomes are not of one kind, or, in the paired design, of one length.
    pub fn new(design: Design, reference: OutcomeData, arm: OutcomeData) -> Result<Self, StatError> {
        let all = |of: &OutcomeData| (0..of.len()).collect();
        let rows = [all(&reference), all(&arm)];
        Self::of_rows(design, [reference, arm], rows)
    }

    /// The same of some rows of reference and arm, which may come several times; in the paired design the rows of both are the same.
    pub(super) fn of_rows(
        design: Design,
        [reference, arm]: [OutcomeData; 2],
        chosen: [Vec<usize>; 2],
    ) -> Result<Self, StatError> {
        let same_kind = std::mem::discriminant(&reference) == std::mem::discriminant(&arm);
        assert!(same_kind, "both arms have the same kind of outcome");
        let paired = design == Design::Paired;
        assert!(!paired || reference.len() == arm.len(), "columns of one table have one length");
        let rows = |chosen: Vec<usize>, of: &OutcomeData, and: &OutcomeData| -> Vec<usize> {
            chosen.into_iter().filter(|&i| of.present(i) && (!paired || and.present(i))).collect()
        };
        let [chosen0, chosen1] = chosen;
        let (rows0, rows1) = (rows(chosen0, &reference, &arm), rows(chosen1, &arm, &reference));
        if rows0.is_empty() || rows1.is_empty() {
            return Err(StatError::TooFewRows { n: 0, needed: 1 });
        }
        Ok(Self { paired, reference: reference.complete(&rows0)?, arm: arm.complete(&rows1)? })
    }

    /// Patients that the reference and the arm of a trial are drawn from.
    pub fn patients(&self) -> [u64; 2] {
        [self.reference.len() as u64, self.arm.len() as u64]
    }

    /// Whether a trial with so many patients in reference and arm can be drawn; else how many are short of how many.
    pub(crate) fn holds(&self, [n0, n1]: [u64; 2]) -> Result<(), StatError> {
        let [available0, available1] = self.patients();
        let short = if self.paired {
            (n0 + n1 > available0).then_some((n0 + n1, available0))
        } else {
            [(n0, available0), (n1, available1)].into_iter().find(|(asked, available)| asked > available)
        };
        short.map_or(Ok(()), |(asked, available)| Err(StatError::TooFewPatients { asked, available }))
    }

    /// A sampler of trials with so many patients in reference and arm.
    pub(crate) fn sampler(&self, n: [u64; 2]) -> Result<TrialSampler<'_>, StatError> {
        self.holds(n)?;
        let numbers = |len: usize| (0..len as u32).collect();
        let second = if self.paired { Vec::new() } else { numbers(self.arm.len()) };
        Ok(TrialSampler {
            source: self,
            n: n.map(|n| n as usize),
            first: numbers(self.reference.len()),
            second,
        })
    }
}
