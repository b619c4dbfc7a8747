//! `[trajectories]`: whose courses over time are kept, and at which times.

use crate::declaration::{Kind, POSITIVE};
use crate::draws::Draws;
use crate::error::{Diagnostics, show};
use crate::section_macros::section_of_defaults;
use crate::study::Study;
use cartrial_model::HOURS_PER_DAY;
use std::collections::BTreeSet;

/// The most rows of trajectories, a gigabyte of them.
const MOST_ROWS: f64 = 1e7;

section_of_defaults! {
    /// Whose courses over time are kept, and at which times.
    TrajectorySettings, typed TypedTrajectories,
    TRAJECTORIES = "trajectories", "Whose courses over time are written to trajectories.parquet, and at which times." {
        patients: u64 = 0, Kind::Integer(0, 1_000_000),
            synonyms(&["sample", "n", "count"])
            "Patients whose courses are kept, drawn from all without replacement, in every arm that they are in; all if \
             there are no more. With 0 there is no file.";
        every_hours: f64 = 6.0, Kind::Number(POSITIVE),
            synonyms(&["every", "interval", "hours"])
            "Hours from one row of a course to the next.";
    }
}

impl TypedTrajectories {
    /// Fills in the defaults and checks that not too much is asked for.
    pub(crate) fn resolve(
        &self,
        days: Option<f64>,
        arms: Option<usize>,
        diagnostics: &mut Diagnostics<'_>,
    ) -> Option<TrajectorySettings> {
        let settings = self.with_defaults()?;
        let times = libm::floor(HOURS_PER_DAY * days? / settings.every_hours) + 1.0;
        let rows = settings.patients as f64 * arms? as f64 * times;
        if let Some(at) = self.patients.value().filter(|_| rows > MOST_ROWS) {
            let reason = format!(
                "{rows:.1e} rows, {} for each patient and arm, are more than {}",
                show(times),
                show(MOST_ROWS)
            );
            let remedy = format!("Lower it, or raise every_hours, which is {}.", show(settings.every_hours));
            diagnostics.at(&at.span, at.path.as_str(), reason, remedy);
        }
        Some(settings)
    }
}

impl Study {
    /// The patients whose courses are kept, in order: a sample without replacement, which depends on the seed, the number
    /// of patients and its own size alone.
    ///
    /// Source: R. Floyd's algorithm, in J. Bentley, "Programming pearls: a sample of brilliance", CACM 30:754, 1987.
    pub fn sampled_patients(&self) -> Vec<u64> {
        let wanted = self.trajectories.patients.min(self.patients);
        let draws = Draws::new(self.seed);
        let mut sample = BTreeSet::new();
        for (draw, last) in (self.patients - wanted..self.patients).enumerate() {
            // The high half of a product is as uniform as 64 bits and a range can be.
            let below = u128::from(last) + 1;
            let id = ((u128::from(draws.word("trajectories", draw as u64)) * below) >> 64) as u64;
            if !sample.insert(id) {
                sample.insert(last);
            }
        }
        sample.into_iter().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::Path;

    fn sample(seed: u64, patients: u64, of: u64) -> Vec<u64> {
        let text = format!(
            "[study]\nname = \"x\"\nseed = {seed}\npatients = {of}\n[trajectories]\npatients = {patients}\n"
        );
        Study::parse(&text, Path::new("x.toml")).expect("a study").sampled_patients()
    }

    #[test]
    fn a_sample_is_in_order_without_replacement_and_of_its_size() {
        for (patients, of) in [(0, 10), (1, 1), (7, 10), (10, 10), (20, 10), (200, 1_000_000_000_000)] {
            let sample = sample(1, patients, of);
            assert_eq!(sample.len() as u64, patients.min(of));
            assert!(sample.windows(2).all(|pair| pair[0] < pair[1]) && sample.iter().all(|id| *id < of));
        }
        assert_ne!(sample(1, 20, 1000), sample(2, 20, 1000));
    }

    #[test]
    fn prop_every_patient_is_equally_likely() {
        let mut counts = [0_u32; 10];
        (0..4000).flat_map(|seed| sample(seed, 3, 10)).for_each(|id| counts[id as usize] += 1);
        // Binomial of 4,000 draws at 0.3: mean 1,200, standard deviation 29.
        assert!(counts.iter().all(|&n| n.abs_diff(1200) < 5 * 29), "{counts:?}");
    }
}
