//! A trial arm as it is typed: every value with its place, nothing filled in.

use crate::declaration::Key;
use crate::error::Diagnostics;
use crate::keys;
use crate::toml_reader::{At, Node, as_table, type_name};
use cartrial_model::{Composition, Infusion, Remaining, Rescue, SecondInfusion, Suppressant, When};
use std::ops::Range;
use toml::Spanned;
use toml::de::DeValue;

/// An arm as it is typed. A refused value is `None`, like one that was not typed.
#[derive(Debug)]
pub(crate) struct RawArm {
    pub span: Range<usize>,
    pub path: String,
    /// Whether a name was typed, be it refused.
    pub is_named: bool,
    pub name: Option<At<String>>,
    pub ratio: Option<At<u64>>,
    pub dose_multiplier: Option<At<f64>>,
    pub composition: Option<At<Composition>>,
    pub infusions: Option<At<Vec<At<Infusion>>>>,
    pub second_infusion: Option<At<SecondInfusion>>,
    pub suppressant: Option<Vec<Suppressant>>,
    pub rescue: Option<Rescue>,
    pub lymphodepletion: Option<Remaining>,
    pub bridging: Option<Remaining>,
    /// Every time in it, also of what was refused for another reason.
    pub times: Vec<At<When>>,
}

/// The arms of the file; none where they are not a list of tables.
pub(crate) fn read(root: &Node<'_>, diagnostics: &mut Diagnostics<'_>) -> Option<Vec<RawArm>> {
    let Some(entry) = root.entry(keys::ARMS.name) else { return Some(Vec::new()) };
    let Some(items) = entry.value.as_array() else {
        let reason = format!("expected a list of tables, found {}", type_name(entry.value));
        diagnostics.at(&entry.span, entry.path, reason, "Begin every arm with [[arms]].");
        return None;
    };
    if let Some(item) = items.get(keys::MOST_ARMS) {
        let reason = format!("{} arms are too many", items.len());
        let remedy =
            format!("At most {} can be compared; divide them among several studies.", keys::MOST_ARMS);
        diagnostics.at(&item.span(), entry.path, reason, remedy);
        return None;
    }
    let mut arm = |(i, item): (usize, &Spanned<DeValue<'_>>)| {
        let entry = At { value: item.get_ref(), span: item.span(), path: format!("{}[{i}]", entry.path) };
        as_table(entry, diagnostics).map(|arm| RawArm::read(arm, diagnostics))
    };
    let arms: Vec<_> = items.iter().enumerate().map(&mut arm).collect();
    arms.into_iter().collect()
}

impl RawArm {
    fn read(node: Node<'_>, diagnostics: &mut Diagnostics<'_>) -> Self {
        let d = diagnostics;
        node.refuse_unknown_in(&keys::ARMS, d);
        let mut times = Vec::new();
        Self {
            is_named: node.entry(keys::ARM_NAME.name).is_some(),
            name: node.text(&keys::ARM_NAME, d),
            ratio: node.integer(&keys::RATIO, d),
            dose_multiplier: node.number(&keys::DOSE_MULTIPLIER, d),
            composition: composition(&node, d),
            infusions: infusions(&node, &mut times, d),
            second_infusion: second_infusion(&node, &mut times, d),
            suppressant: suppressant(&node, &mut times, d),
            rescue: rescue(&node, d),
            lymphodepletion: remaining(&node, &keys::LYMPHODEPLETION, &keys::LYMPHOCYTES_REMAINING, d),
            bridging: remaining(&node, &keys::BRIDGING, &keys::TUMOUR_REMAINING, d),
            span: node.span,
            path: node.path,
            times,
        }
    }
}

fn composition(arm: &Node<'_>, d: &mut Diagnostics<'_>) -> Option<At<Composition>> {
    let table = arm.table(&keys::COMPOSITION, d)?;
    let mut share = |key| table.number(key, d).map(|share| share.value);
    let (effector_ctl, memory_ctl) = (share(&keys::EFFECTOR_CTL), share(&keys::MEMORY_CTL));
    let (effector_helper, memory_helper) = (share(&keys::EFFECTOR_HELPER), share(&keys::MEMORY_HELPER));
    let value = Composition {
        effector_ctl: effector_ctl?,
        memory_ctl: memory_ctl?,
        effector_helper: effector_helper?,
        memory_helper: memory_helper?,
    };
    Some(At { value, span: table.span, path: table.path })
}

/// The infusions, each at the place of its day.
fn infusions(
    arm: &Node<'_>,
    times: &mut Vec<At<When>>,
    d: &mut Diagnostics<'_>,
) -> Option<At<Vec<At<Infusion>>>> {
    let items = arm.tables(&keys::INFUSIONS, d)?;
    let mut infusion = |item: &Node<'_>| {
        let mut number = |key| item.number(key, d);
        let (day, fraction) = (number(&keys::INFUSION_DAY), number(&keys::INFUSION_FRACTION));
        times.extend(day.clone().map(|day| day.map(When::Day)));
        let fraction = fraction?.value;
        Some(day?.map(|day| Infusion { day, fraction }))
    };
    let infusions: Vec<_> = items.value.iter().map(&mut infusion).collect();
    let value = infusions.into_iter().collect::<Option<_>>()?;
    Some(At { value, span: items.span, path: items.path })
}

/// The second infusion, at the place of its time.
fn second_infusion(
    arm: &Node<'_>,
    times: &mut Vec<At<When>>,
    d: &mut Diagnostics<'_>,
) -> Option<At<SecondInfusion>> {
    let table = arm.table(&keys::SECOND_INFUSION, d)?;
    let mut number = |key| table.number(key, d);
    let day = number(&keys::SECOND_DAY).map(|day| day.map(When::Day));
    let after = number(&keys::AFTER_RELAPSE_DAYS).map(|days| days.map(When::AfterRelapse));
    times.extend([&day, &after].into_iter().flatten().cloned());
    let fraction = number(&keys::SECOND_FRACTION).map_or(1.0, |fraction| fraction.value);
    Some(day.xor(after)?.map(|when| SecondInfusion { when, fraction }))
}

fn suppressant(
    arm: &Node<'_>,
    times: &mut Vec<At<When>>,
    d: &mut Diagnostics<'_>,
) -> Option<Vec<Suppressant>> {
    let items = arm.tables(&keys::SUPPRESSANT, d)?;
    let mut infusion = |item: &Node<'_>| {
        let mut number = |key| item.number(key, d);
        let day = number(&keys::SUPPRESSANT_DAY);
        let (hours, rate) = (number(&keys::SUPPRESSANT_HOURS), number(&keys::SUPPRESSANT_RATE));
        times.extend(day.clone().map(|day| day.map(When::Day)));
        Some(Suppressant { day: day?.value, hours: hours?.value, rate: rate?.value })
    };
    let infusions: Vec<_> = items.value.iter().map(&mut infusion).collect();
    infusions.into_iter().collect()
}

fn rescue(arm: &Node<'_>, d: &mut Diagnostics<'_>) -> Option<Rescue> {
    let table = arm.table(&keys::RESCUE, d)?;
    let mut number = |key| table.number(key, d).map(|number| number.value);
    let (above, delay_hours) = (number(&keys::ABOVE), number(&keys::DELAY_HOURS).unwrap_or(0.0));
    let (hours, rate) = (number(&keys::RESCUE_HOURS), number(&keys::RESCUE_RATE));
    let at_most = table.integer(&keys::AT_MOST, d).map_or(1, |n| u32::try_from(n.value).unwrap_or(u32::MAX));
    Some(Rescue { above: above?, delay_hours, hours: hours?, rate: rate?, at_most })
}

fn remaining(arm: &Node<'_>, key: &Key, remaining: &Key, d: &mut Diagnostics<'_>) -> Option<Remaining> {
    let table = arm.table(key, d)?;
    Some(Remaining { remaining: table.number(remaining, d)?.value })
}
