//! A calibration as a short table for a person.

use cartrial_findings::calibration::Calibration;
use comfy_table::{Table, presets};

use super::comparison::trimmed;
use crate::calibration::{answer, few, words};
use crate::page::percent;
use crate::significant;

/// Shares of the trial's patients beside those of the virtual ones.
pub fn calibration(found: &Calibration) -> String {
    let mut table = Table::new();
    table.load_style(presets::NOTHING);
    table.set_header(["Share of patients", "trial [95 % CI]", "plausible", "weighted", "patients", "met"]);
    let share = |share: Option<f64>| share.map_or_else(|| "–".to_owned(), percent);
    for fit in &found.shares {
        let [low, high] = fit.target_ci95;
        table.add_row([
            words::share(&fit.target),
            format!("{} [{}, {}]", percent(fit.target.share), percent(low), percent(high)),
            share(fit.plausible),
            share(fit.weighted),
            share(fit.enrolled.value().map(|share| share.estimate)),
            if fit.is_met() { "yes" } else { "no" }.to_owned(),
        ]);
    }
    let shares = if found.shares.is_empty() { String::new() } else { format!("\n{}\n", trimmed(table, 1)) };
    let warning = few(&found.summary()).map_or_else(String::new, |text| format!("{text}\n"));
    format!(
        "{}: {}\n{shares}\nEffective sample size {} of {} plausible candidates; greatest weight {}\n{warning}",
        found.study.name,
        answer(found),
        significant(found.effective_sample_size, 3),
        super::thousands(found.plausible),
        significant(found.greatest_weight, 3),
    )
}
