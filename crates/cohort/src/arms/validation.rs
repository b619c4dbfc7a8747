//! From arms as they are typed to arms: defaults, and checks that depend on more than one key.

use super::typed::RawArm;
use crate::allocation::Allocation;
use crate::error::{Diagnostics, OverrideConnection, show};
use crate::overrides::Override;
use crate::study::Arm;
use crate::toml_reader::At;
use cartrial_model::{Infusion, SecondInfusion, Treatment, When};

const DEFAULT_ARM: &str = "car-t";
/// How far parts may be from adding up to 1.
const ROUNDING: f64 = 1e-9;

/// Length of the study in days, and whether it was given beside the file.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Length {
    pub days: f64,
    pub is_override: bool,
}

/// How patients come to arms.
pub(crate) fn allocation(
    typed: Option<&At<&'static str>>,
    arms: Option<&[RawArm]>,
    d: &mut Diagnostics<'_>,
) -> Allocation {
    let Some(typed) = typed else { return Allocation::default() };
    let found = Allocation::ALL.iter().find(|a| a.name() == typed.value).copied().unwrap_or_default();
    if found == Allocation::Randomised && arms.is_some_and(|arms| arms.len() < 2) {
        let reason = "there is only one arm, and patients can be randomised to two or more";
        let remedy = "Add another [[arms]], or remove the key.";
        d.at(&typed.span, typed.path.as_str(), reason, remedy);
    }
    found
}

/// The arms of the study, which have ratios where patients are randomised; `length` is `None` if it was refused.
pub(crate) fn arms(
    typed: &[RawArm],
    takes_ratios: bool,
    length: Option<Length>,
    d: &mut Diagnostics<'_>,
) -> Vec<Arm> {
    if typed.is_empty() {
        return vec![Arm { name: DEFAULT_ARM.to_owned(), ratio: 1, treatment: Treatment::default() }];
    }
    let mut arms: Vec<Arm> = Vec::new();
    for arm in typed {
        let name = name(arm, &arms, d).unwrap_or_default();
        if let Some(ratio) = arm.ratio.as_ref().filter(|_| !takes_ratios) {
            let reason = "has no meaning where every patient goes through every arm";
            let remedy = "Remove it, or write allocation = \"randomised\" under [study].";
            d.at(&ratio.span, ratio.path.as_str(), reason, remedy);
        }
        let ratio = arm.ratio.as_ref().map_or(1, |r| u32::try_from(r.value).unwrap_or(u32::MAX));
        arms.push(Arm { name, ratio, treatment: treatment(arm, length, d) });
    }
    arms
}

/// The name of an arm, which none of those before it may have; none if it is refused.
fn name(arm: &RawArm, before: &[Arm], d: &mut Diagnostics<'_>) -> Option<String> {
    let Some(name) = &arm.name else {
        if !arm.is_named {
            let remedy = "Write name = \"control\" under [[arms]].";
            d.at(&arm.span, format!("{}.name", arm.path), "missing", remedy);
        }
        return None;
    };
    let (reason, remedy) = if name.value.trim().is_empty() {
        ("empty".to_owned(), "It stands in the column arm of the results.")
    } else if name.value.chars().any(char::is_control) {
        ("has control characters".to_owned(), "It stands in the column arm of the results.")
    } else if before.iter().any(|a| a.name.trim() == name.value.trim()) {
        (format!("a second arm named {:?}", name.value), "Give every arm its own name.")
    } else {
        return Some(name.value.clone());
    };
    d.at(&name.span, name.path.as_str(), reason, remedy);
    None
}

fn treatment(arm: &RawArm, length: Option<Length>, d: &mut Diagnostics<'_>) -> Treatment {
    let default = Treatment::default();
    if let Some(length) = length {
        arm.times.iter().for_each(|time| check_time(time, length, d));
    }
    let infusions = arm.infusions.as_ref().map(|infusions| resolve_infusions(infusions, d));
    let infusions = infusions.unwrap_or(default.infusions);
    if let Some(composition) = &arm.composition {
        check_sum(composition, "the shares", composition.value.shares().iter().sum(), d);
    }
    if let Some(second) = &arm.second_infusion {
        check_second(second, &infusions, d);
    }
    Treatment {
        dose_multiplier: arm.dose_multiplier.as_ref().map_or(default.dose_multiplier, |at| at.value),
        composition: arm.composition.as_ref().map(|at| at.value),
        infusions,
        second_infusion: arm.second_infusion.as_ref().map(|at| at.value),
        suppressant: arm.suppressant.clone().unwrap_or(default.suppressant),
        rescue: arm.rescue,
        lymphodepletion: arm.lymphodepletion,
        bridging: arm.bridging,
    }
}

/// The infusions in order of day.
fn resolve_infusions(typed: &At<Vec<At<Infusion>>>, d: &mut Diagnostics<'_>) -> Vec<Infusion> {
    for (i, infusion) in typed.value.iter().enumerate() {
        let day = infusion.value.day;
        if typed.value[..i].iter().any(|other| other.value.day == day) {
            let reason = format!("another infusion on day {}", show(day));
            d.at(&infusion.span, infusion.path.as_str(), reason, "Put their fractions together.");
        }
    }
    let mut infusions: Vec<Infusion> = typed.value.iter().map(|at| at.value).collect();
    check_sum(typed, "the fractions", infusions.iter().map(|infusion| infusion.fraction).sum(), d);
    infusions.sort_by(|a, b| a.day.total_cmp(&b.day));
    infusions
}

/// Notes parts of a dose that do not make up the whole.
fn check_sum<T>(typed: &At<T>, parts: &str, sum: f64, d: &mut Diagnostics<'_>) {
    if (sum - 1.0).abs() > ROUNDING {
        // Without the digits that adding decimal fractions leaves.
        let shown = (sum * 1e12).round() / 1e12;
        let reason = format!("{parts} add up to {}, not to 1", show(shown));
        let remedy = "They divide the dose; for another dose use dose_multiplier.";
        d.at(&typed.span, typed.path.as_str(), reason, remedy);
    }
}

fn check_second(second: &At<SecondInfusion>, infusions: &[Infusion], d: &mut Diagnostics<'_>) {
    let last = infusions.iter().map(|infusion| infusion.day).fold(0.0, f64::max);
    if let When::Day(day) = second.value.when
        && day <= last
    {
        let reason = format!("day {} is not after the last of the infusions (day {})", show(day), show(last));
        d.at(&second.span, second.path.as_str(), reason, "Move it, or make it one of the infusions.");
    }
}

/// Notes a time that lies beyond the study.
fn check_time(time: &At<When>, length: Length, d: &mut Diagnostics<'_>) {
    let (days, subject) = match time.value {
        When::Day(day) => (day, format!("day {} is", show(day))),
        When::AfterRelapse(days) => (days, format!("{} days after a relapse are", show(days))),
    };
    if days < length.days {
        return;
    }
    let key = Override::Days.key();
    let (by, remedy) = if length.is_override {
        (format!(" by {key}"), format!("Move it, or give a larger {key}."))
    } else {
        (String::new(), "Move it, or lengthen the study with days under [study].".to_owned())
    };
    let reason = format!("{subject} not before the end of the study ({} days{by})", show(length.days));
    d.at(&time.span, time.path.as_str(), reason, remedy);
    if length.is_override {
        d.connect(OverrideConnection::Given(Override::Days));
    }
}

#[cfg(test)]
mod tests {
    use crate::declaration::{Kind, Section};
    use crate::keys::ARMS;
    use crate::study::Study;
    use serde_json::Value;
    use std::path::Path;

    fn arm(text: &str) -> Value {
        let text = format!("[study]\nname = \"x\"\npatients = 1\n[[arms]]\nname = \"a\"\n{text}");
        let study = Study::parse(&text, Path::new("x.toml")).unwrap();
        serde_json::to_value(&study.arms[0]).unwrap()
    }

    /// Every stated default is the resolved value; an empty list is not written.
    fn assert_defaults(section: &Section, resolved: &Value) {
        for key in section.keys {
            let Some(default) = key.default else { continue };
            let stated: Value = serde_json::from_str(default).unwrap();
            let found = resolved.get(key.name).cloned().unwrap_or(Value::Array(Vec::new()));
            assert_eq!(found, stated, "{}", key.name);
        }
    }

    #[test]
    fn prop_defaults_are_those_that_the_key_table_states() {
        assert_defaults(&ARMS, &arm(""));
    }

    #[test]
    fn prop_every_key_with_a_table_has_an_example_that_is_valid() {
        for key in ARMS.keys {
            let (section, is_list) = match key.kind {
                Kind::Table(section) => (section, false),
                Kind::Tables(section, _) => (section, true),
                _ => continue,
            };
            let examples = key.example();
            let examples = examples.strip_prefix(&format!("Write {} = ", key.name)).unwrap();
            for example in examples.strip_suffix('.').unwrap().split(" or ") {
                let resolved = arm(&format!("{} = {example}", key.name));
                let value = &resolved[key.name];
                assert_defaults(section, if is_list { &value[0] } else { value });
            }
        }
    }

    #[test]
    fn prop_names_that_mean_a_key_are_none() {
        fn walk(section: &Section) {
            for key in section.keys {
                for name in key.also {
                    assert!(!section.names().contains(name), "{}: {name}", section.name);
                    assert_eq!(section.meant_by(name), Some(key.name));
                }
                if let Kind::Table(inner) | Kind::Tables(inner, _) = key.kind {
                    walk(inner);
                }
            }
        }
        crate::keys::SECTIONS.into_iter().for_each(walk);
    }
}
