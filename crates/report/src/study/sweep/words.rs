//! Arms of a sweep, and what they come to, in words.

use cartrial_cohort::SweptKey;
use cartrial_findings::{BenefitRiskFindings, Level, SweepFindings, SweptArm};

use crate::number::grouped;
use crate::page::{interval, listed, percent, plain};

/// What an arm is called: its levels, if they tell it from all others, and otherwise its name.
pub(crate) fn arm(found: &SweepFindings, number: usize) -> String {
    let swept = &found.arms[number];
    let has_its_levels = |other: &&SweptArm| other.levels == swept.levels;
    if swept.levels.is_empty() || found.arms.iter().filter(has_its_levels).count() > 1 {
        return swept.arm.clone();
    }
    swept.levels.iter().map(level).collect::<Vec<_>>().join(", ")
}

/// The arms of a study: those by themselves, and what each sweep goes over.
pub(crate) fn arms(found: &SweepFindings) -> String {
    let alone = found.arms.iter().filter(|arm| arm.sweep.is_none()).map(|arm| arm.arm.clone());
    let of_sweep = |arms: Vec<&SweptArm>| {
        let key = |number: usize| {
            let mut values: Vec<f64> = arms.iter().map(|arm| arm.levels[number].value).collect();
            values.sort_by(f64::total_cmp);
            values.dedup();
            let key = arms[0].levels[number].key;
            let unit = if key.unit() == "1" { String::new() } else { format!(" {}", key.unit()) };
            let values: Vec<String> = values.into_iter().map(plain).collect();
            format!("{} ({}{unit})", key.label().to_lowercase(), values.join(", "))
        };
        let keys: Vec<String> = (0..arms[0].levels.len()).map(key).collect();
        format!("{} arms over {}", arms.len(), listed(&keys, "and"))
    };
    alone.chain(found.sweeps().map(of_sweep)).collect::<Vec<_>>().join("; ")
}

/// What is written beside an arm's dot: the values alone, in the order of the keys.
pub(super) fn short(swept: &SweptArm) -> String {
    match &swept.levels[..] {
        [] => swept.arm.clone(),
        levels => levels.iter().map(|level| plain(level.value)).collect::<Vec<_>>().join(" / "),
    }
}

/// What the values beside a dot are.
pub(super) fn keys(found: &SweepFindings) -> String {
    let first = found.arms.iter().find(|arm| arm.sweep.is_some());
    let names = first.iter().flat_map(|arm| &arm.levels).map(|level| {
        let (label, unit) = (level.key.label().to_lowercase(), level.key.unit());
        if unit == "1" { label } else { format!("{label} ({unit})") }
    });
    names.collect::<Vec<_>>().join(" / ")
}

/// A level as part of an arm's treatment.
fn level(Level { key, value }: &Level) -> String {
    let number = plain(*value);
    match key {
        SweptKey::DoseMultiplier => format!("{number} × the dose"),
        SweptKey::SecondInfusionDay => format!("second infusion on day {number}"),
        SweptKey::SecondInfusionAfterRelapse => format!("second infusion {number} days after relapse"),
        SweptKey::SecondInfusionFraction => format!("second infusion of {number} of the dose"),
        SweptKey::RescueAbove => format!("rescue above {number} pg/mL"),
        SweptKey::RescueDelay => format!("rescue after {number} h"),
        SweptKey::RescueHours => format!("rescue for {number} h"),
        SweptKey::RescueRate => format!("rescue at {number} pg/(mL·h)"),
        SweptKey::RescueAtMost => format!("at most {number} rescues"),
        SweptKey::LymphodepletionRemaining => format!("lymphodepletion that leaves {}", percent(*value)),
        SweptKey::BridgingRemaining => format!("bridging that leaves {}", percent(*value)),
    }
}

/// Patients by their tumour burden: `below 250 cells/µL`.
pub(crate) fn range(from: Option<f64>, to: Option<f64>) -> String {
    match (from, to) {
        (None, None) => "all the same".to_owned(),
        (None, Some(to)) => format!("below {}", plain(to)),
        (Some(from), None) => format!("{} or more", plain(from)),
        (Some(from), Some(to)) => format!("{} to below {}", plain(from), plain(to)),
    }
}

/// The preferred arm in a sentence, and those that these patients do not tell from it.
pub(crate) fn sentence(found: &SweepFindings, of: &BenefitRiskFindings) -> Option<String> {
    let patients = grouped(&of.patients.to_string());
    let Some(preferred) = of.preferred else {
        return Some(format!(
            "In no arm does any of {patients} patients come into remission without severe inflammation."
        ));
    };
    let net = of.arms[preferred].benefit_without_risk.value()?;
    let percents = interval(100.0 * net.estimate, net.ci95.map(|end| 100.0 * end), 3);
    let others: Vec<String> = of.not_told_apart().map(|number| arm(found, number)).collect();
    let end = match &others[..] {
        [] => String::new(),
        [one] => format!(" {} is not told apart from it.", capitalised(one)),
        several if several.len() <= 3 => {
            format!(" {} are not told apart from it.", capitalised(&listed(several, "and")))
        }
        several => format!(" {} other arms are not told apart from it.", several.len()),
    };
    let arm = arm(found, preferred);
    Some(format!(
        "No arm brings more of {patients} patients into remission without severe inflammation than {arm}: {percents} %.{end}"
    ))
}

fn capitalised(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}
