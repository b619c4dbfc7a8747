//! From arms as they are typed to arms: defaults, and checks that depend on more than one key.

use crate::allocation::Allocation;
use crate::error::{Diagnostics, OverrideConnection, quoted, show};
use crate::overrides::Override;
use crate::sections::{
    TypedArm, TypedComposition, TypedInfusion, TypedRescue, TypedSecondInfusion, TypedSuppressant,
};
use crate::study::Arm;
use crate::toml_reader::At;
use crate::typed_file::SweptArm;
use crate::typed_value::{Given, TypedTable};
use cartrial_model::{
    Composition, Infusion, Remaining, Rescue, SecondInfusion, Suppressant, Treatment, When,
};

const DEFAULT_ARM: &str = "car-t";
/// How far parts may be from adding up to 1.
const ROUNDING: f64 = 1e-9;

/// Length of the study in days, and whether it is an override.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Length {
    pub days: f64,
    pub is_override: bool,
}

/// Checks that patients who are randomised have arms to be randomised to.
pub(crate) fn check_allocation(
    typed: &Given<Allocation>,
    arms: Option<&[SweptArm]>,
    d: &mut Diagnostics<'_>,
) {
    if let Some(typed) = typed.value().filter(|typed| typed.value == Allocation::Randomised)
        && arms.is_some_and(|arms| arms.len() < 2)
    {
        let reason = "there is only one arm, and patients can be randomised to two or more";
        let remedy = "Add another [[arms]], or remove the key.";
        d.at(&typed.span, typed.path.as_str(), reason, remedy);
    }
}

/// The arms of the study, which have ratios where patients are randomised; `length` is `None` if it was refused.
pub(crate) fn arms(
    typed: &[SweptArm],
    takes_ratios: bool,
    length: Option<Length>,
    d: &mut Diagnostics<'_>,
) -> Option<Vec<Arm>> {
    if typed.is_empty() {
        return Some(vec![Arm::new(DEFAULT_ARM, Treatment::default())]);
    }
    let mut names = Vec::new();
    let mut swept_arms: Vec<Arm> = Vec::new();
    let arms: Vec<_> = typed
        .iter()
        .map(|SweptArm { arm, swept }| {
            let name = name(arm, &names, d);
            names.extend(name.clone());
            let ratio = ratio(&arm.value, takes_ratios, d);
            let treatment = treatment(&arm.value, length, d);
            let resolved = Arm { name: name?, ratio: ratio?, swept: swept.clone(), treatment: treatment? };
            if !swept.is_empty() {
                let is_there =
                    |other: &&Arm| other.swept == resolved.swept && other.treatment == resolved.treatment;
                if let Some(other) = swept_arms.iter().find(is_there) {
                    let reason = format!("makes {} again, under another name", quoted(&other.name));
                    let remedy =
                        "Leave out the values that another sweep has, or change something else in the arm.";
                    d.at(&arm.span, format!("{}.sweep", arm.path), reason, remedy);
                }
                swept_arms.push(resolved.clone());
            }
            Some(resolved)
        })
        .collect();
    arms.into_iter().collect()
}

/// The name of an arm, which none of those before it may have; none if it is refused.
fn name(arm: &At<TypedArm>, before: &[String], d: &mut Diagnostics<'_>) -> Option<String> {
    if arm.value.name.is_absent() {
        let remedy = "Write name = \"control\" under [[arms]].";
        d.at(&arm.span, format!("{}.name", arm.path), "missing", remedy);
    }
    let name = arm.value.name.value()?;
    let (reason, remedy) = if name.value.trim().is_empty() {
        ("empty".to_owned(), "It stands in the column arm of the results.")
    } else if name.value.chars().any(char::is_control) {
        ("has control characters".to_owned(), "It stands in the column arm of the results.")
    } else if name.value.chars().count() > 1000 {
        let reason = format!("{} characters are too many", name.value.chars().count());
        (reason, "It stands in the column arm of the results: up to 1000 characters.")
    } else if before.iter().any(|before| before.trim() == name.value.trim()) {
        (format!("a second arm named {}", quoted(&name.value)), "Give every arm its own name.")
    } else {
        return Some(name.value.clone());
    };
    d.at(&name.span, name.path.as_str(), reason, remedy);
    None
}

fn ratio(arm: &TypedArm, takes_ratios: bool, d: &mut Diagnostics<'_>) -> Option<u32> {
    if let Some(ratio) = arm.ratio.value().filter(|_| !takes_ratios) {
        let reason = "has no meaning where every patient goes through every arm";
        let remedy = "Remove it, or write allocation = \"randomised\" under [study].";
        d.at(&ratio.span, ratio.path.as_str(), reason, remedy);
    }
    u32::try_from(arm.ratio()?).ok()
}

/// The treatment of an arm; none if any of it was refused.
fn treatment(arm: &TypedArm, length: Option<Length>, d: &mut Diagnostics<'_>) -> Option<Treatment> {
    if let Some(length) = length {
        let mut times = Vec::new();
        arm.add_times(&mut times);
        times.iter().for_each(|time| check_time(time, length, d));
    }
    let TypedArm {
        name: _,
        ratio: _,
        dose_multiplier: _,
        composition,
        infusions,
        second_infusion,
        suppressant,
        rescue,
        lymphodepletion,
        bridging,
    } = arm;
    let default = Treatment::default();
    let infusions =
        given(infusions, |typed| self::infusions(typed, d)).map(|i| i.unwrap_or(default.infusions));
    let composition = given(composition, |typed| self::composition(typed, d));
    let second_infusion = given(second_infusion, |typed| {
        let last = infusions.iter().flatten().map(|infusion| infusion.day).fold(0.0, f64::max);
        self::second_infusion(&typed.value, last, d)
    });
    let suppressant = given(suppressant, |typed| typed.value.iter().map(self::suppressant).collect());
    Some(Treatment {
        dose_multiplier: arm.dose_multiplier()?,
        composition: composition?,
        infusions: infusions?,
        second_infusion: second_infusion?,
        suppressant: suppressant?.unwrap_or(default.suppressant),
        rescue: given(rescue, |typed| self::rescue(&typed.value))?,
        lymphodepletion: given(lymphodepletion, |typed| remaining(&typed.value.remaining))?,
        bridging: given(bridging, |typed| remaining(&typed.value.remaining))?,
    })
}

/// What `resolve` makes of a value, if there is one; none if it or a part of it was refused.
fn given<T, R>(given: &Given<T>, resolve: impl FnOnce(&At<T>) -> Option<R>) -> Option<Option<R>> {
    match given {
        Given::Absent => Some(None),
        Given::Refused => None,
        Given::Value(typed) => resolve(typed).map(Some),
    }
}

fn composition(typed: &At<TypedComposition>, d: &mut Diagnostics<'_>) -> Option<Composition> {
    let TypedComposition { effector_ctl, memory_ctl, effector_helper, memory_helper } = &typed.value;
    let composition = Composition {
        effector_ctl: effector_ctl.value()?.value,
        memory_ctl: memory_ctl.value()?.value,
        effector_helper: effector_helper.value()?.value,
        memory_helper: memory_helper.value()?.value,
    };
    check_sum(typed, "the shares", composition.shares().iter().sum(), d);
    Some(composition)
}

/// The infusions in order of day.
fn infusions(typed: &At<Vec<TypedInfusion>>, d: &mut Diagnostics<'_>) -> Option<Vec<Infusion>> {
    let infusion = |TypedInfusion { day, fraction }: &TypedInfusion| {
        Some(Infusion { day: day.value()?.value.0, fraction: fraction.value()?.value })
    };
    let mut infusions = typed.value.iter().map(infusion).collect::<Option<Vec<_>>>()?;
    let days: Vec<_> = typed.value.iter().filter_map(|infusion| infusion.day.value()).collect();
    for (i, day) in days.iter().enumerate() {
        if days[..i].iter().any(|other| other.value.0 == day.value.0) {
            let reason = format!("another infusion on day {}", show(day.value.0));
            d.at(&day.span, day.path.as_str(), reason, "Put their fractions together.");
        }
    }
    check_sum(typed, "the fractions", infusions.iter().map(|infusion| infusion.fraction).sum(), d);
    infusions.sort_by(|a, b| a.day.total_cmp(&b.day));
    Some(infusions)
}

/// The second infusion, which must come after the day of the last of the others.
fn second_infusion(
    typed: &TypedSecondInfusion,
    last: f64,
    d: &mut Diagnostics<'_>,
) -> Option<SecondInfusion> {
    let when = match (typed.day.value(), typed.after_relapse_days.value()) {
        (Some(day), None) => {
            if day.value.0 <= last {
                let (this, last) = (show(day.value.0), show(last));
                let reason = format!("day {this} is not after the last of the infusions (day {last})");
                d.at(&day.span, day.path.as_str(), reason, "Move it, or make it one of the infusions.");
            }
            When::Day(day.value.0)
        }
        (None, Some(days)) => When::AfterRelapse(days.value.0),
        // That both or none stand there has been noted.
        _ => return None,
    };
    Some(SecondInfusion { when, fraction: typed.fraction()? })
}

fn suppressant(TypedSuppressant { day, hours, rate }: &TypedSuppressant) -> Option<Suppressant> {
    Some(Suppressant { day: day.value()?.value.0, hours: hours.value()?.value, rate: rate.value()?.value })
}

fn rescue(typed: &TypedRescue) -> Option<Rescue> {
    let TypedRescue { above, delay_hours: _, hours, rate, at_most: _ } = typed;
    Some(Rescue {
        above: above.value()?.value,
        delay_hours: typed.delay_hours()?,
        hours: hours.value()?.value,
        rate: rate.value()?.value,
        at_most: u32::try_from(typed.at_most()?).ok()?,
    })
}

fn remaining(typed: &Given<f64>) -> Option<Remaining> {
    Some(Remaining { remaining: typed.value()?.value })
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
    use crate::sections::ARMS;
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
            let found = resolved.get(key.name).cloned().unwrap_or(Value::Array(Vec::new()));
            assert_eq!(found, default(), "{}", key.name);
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
                for name in key.synonyms {
                    assert!(!section.names().contains(name), "{}: {name}", section.name);
                    assert_eq!(section.meant_by(name), Some(key.name));
                }
                if let Kind::Table(inner) | Kind::Tables(inner, _) = key.kind {
                    walk(inner);
                }
            }
        }
        crate::sections::SECTIONS.into_iter().for_each(walk);
    }
}
