//! Which population and scale make the paper's p-values ordinary, told from the replicates.

use super::data::{PaperPredictor, ReplicateEntry, Setting};

/// What replicate trials say of the paper's two p-values in one setting.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verdict {
    /// Both lie within the middle 90 % of the trials.
    Ordinary,
    /// At least one lies outside of it, and both are reached by some trial.
    Unusual,
    /// At least one is reached by no trial at all.
    OutOfReach,
}

impl Verdict {
    /// In words, for a table.
    pub fn words(self) -> &'static str {
        match self {
            Self::Ordinary => "both ordinary",
            Self::Unusual => "unusual",
            Self::OutOfReach => "out of reach",
        }
    }
}

/// The settings in the order of their first entry, each with its verdict and its entries for burden and dose.
pub fn verdicts(all: &[ReplicateEntry]) -> Vec<(Setting, Verdict, [&ReplicateEntry; 2])> {
    let of = |setting: Setting, predictor: PaperPredictor| {
        all.iter().find(|e| e.setting == setting && e.predictor == predictor)
    };
    let mut found: Vec<(Setting, Verdict, [&ReplicateEntry; 2])> = Vec::new();
    for entry in all {
        let (Some(burden), Some(dose)) =
            (of(entry.setting, PaperPredictor::TumourBurden), of(entry.setting, PaperPredictor::TotalDose))
        else {
            continue;
        };
        if found.iter().any(|(setting, ..)| *setting == entry.setting) {
            continue;
        }
        let pair = [burden, dose];
        let verdict = if pair.iter().any(|e| e.paper_is_out_of_reach()) {
            Verdict::OutOfReach
        } else if pair.iter().all(|e| e.paper_is_ordinary()) {
            Verdict::Ordinary
        } else {
            Verdict::Unusual
        };
        found.push((entry.setting, verdict, pair));
    }
    found
}

#[cfg(test)]
mod tests {
    use super::super::{Divisions, PaperDistribution};
    use super::*;
    use cartrial_analysis::{ResponseScale, Spread};

    fn entry(predictor: PaperPredictor, q05: f64, q95: f64, paper: f64, percentile: f64) -> ReplicateEntry {
        ReplicateEntry {
            setting: Setting {
                distribution: PaperDistribution::Uniform,
                n: Divisions::Held,
                scale: ResponseScale::Log,
            },
            predictor,
            trials: 100,
            undetermined: 0,
            patients_per_trial: 200,
            log10_p: Spread { q05, median: 0.5 * (q05 + q95), q95 },
            mean_r: 0.5,
            paper_log10_p: paper,
            paper_percentile: percentile,
        }
    }

    #[test]
    fn a_setting_is_judged_by_the_worse_of_its_two_predictors() {
        let dose = entry(PaperPredictor::TotalDose, -3.0, -0.1, -0.85, 60.0);
        let judged = |burden: ReplicateEntry| verdicts(&[dose.clone(), burden])[0].1;
        assert_eq!(judged(entry(PaperPredictor::TumourBurden, -44.0, -30.0, -37.0, 50.0)), Verdict::Ordinary);
        assert_eq!(judged(entry(PaperPredictor::TumourBurden, -36.0, -30.0, -37.0, 3.0)), Verdict::Unusual);
        assert_eq!(
            judged(entry(PaperPredictor::TumourBurden, -20.0, -10.0, -37.0, 0.0)),
            Verdict::OutOfReach
        );
        assert!(verdicts(&[dose]).is_empty(), "one predictor alone is no setting");
    }
}
