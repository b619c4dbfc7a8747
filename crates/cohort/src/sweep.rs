//! `sweep` in `[[arms]]`: one arm as it is typed becomes an arm for every combination of the values in its lists.

use crate::error::{Diagnostics, show};
use crate::sections::{ARMS, MOST_ARMS};
use crate::swept_key::SweptKey;
use crate::toml_reader::{At, Node, as_table, refuse_type};
use std::ops::Range;
use toml::Spanned;
use toml::de::{DeString, DeTable, DeValue};

/// The key of an arm that holds its lists. They mirror the arm: a list stands where one number would.
pub(crate) const SWEEP: &str = "sweep";
const EXAMPLE: &str = "Write sweep = { dose_multiplier = [0.5, 1, 2] }.";

/// An arm that a sweep made, as a table without `sweep`, and what was varied.
pub(crate) struct SweptTable<'a> {
    pub table: DeTable<'a>,
    pub swept: Vec<SweptKey>,
}

/// The values that one number takes.
struct Levels<'a> {
    key: SweptKey,
    /// Where its name stands in the study file, and the name of its table if it is in one.
    name: Range<usize>,
    values: &'a [Spanned<DeValue<'a>>],
}

/// The arms that one `[[arms]]` stands for: itself where it has no sweep; none if its sweep was refused. `others` is the number
/// of arms that the study has already.
pub(crate) fn expand<'a>(
    arm: &Node<'a>,
    others: usize,
    d: &mut Diagnostics<'_>,
) -> Option<Vec<SweptTable<'a>>> {
    let Some(entry) = arm.entry(SWEEP) else {
        return Some(vec![SweptTable { table: arm.table.clone(), swept: Vec::new() }]);
    };
    if entry.value.as_table().is_none() {
        refuse_type(&entry, "a table", EXAMPLE.to_owned(), d);
        return None;
    }
    let (span, path) = (entry.span.clone(), entry.path.clone());
    let mut levels = levels(&as_table(entry, d)?, arm, "", d)?;
    if levels.is_empty() {
        d.at(&span, path, "empty", EXAMPLE);
        return None;
    }
    levels.sort_by_key(|levels| levels.name.start);
    let counts: Vec<usize> = levels.iter().map(|levels| levels.values.len()).collect();
    let product = counts.iter().fold(1_usize, |product, count| product.saturating_mul(*count));
    if product.saturating_add(others) > MOST_ARMS {
        let of_key = counts.iter().map(usize::to_string).collect::<Vec<_>>().join(" × ");
        let beside = if others == 0 { String::new() } else { format!(", beside {others} of the study,") };
        let reason = format!("{of_key} arms{beside} are too many");
        d.at(&span, path, reason, format!("A study can have {MOST_ARMS} arms; leave values out."));
        return None;
    }
    Some((0..product).map(|number| combination(arm, &levels, number)).collect())
}

/// The lists of a table that mirrors the arm, or a table of it; none if any is refused.
fn levels<'a>(
    node: &Node<'a>,
    arm: &Node<'a>,
    table: &str,
    d: &mut Diagnostics<'_>,
) -> Option<Vec<Levels<'a>>> {
    let within =
        |key: &SweptKey| key.path().strip_prefix(table).map(|rest| rest.split('.').next().unwrap_or(rest));
    let mut valid: Vec<&str> = SweptKey::ALL.iter().filter_map(within).collect();
    valid.dedup();
    node.refuse_all_but("key of a sweep", &valid, |name| ARMS.meant_by(name), d);
    let is_known = |(name, _): (&Spanned<DeString<'_>>, _)| valid.contains(&name.get_ref().as_ref());
    let mut all = node.table.iter().all(is_known).then(Vec::new);
    for name in valid {
        let Some(entry) = node.entry(name) else { continue };
        let path = format!("{table}{name}");
        let found = match SweptKey::ALL.into_iter().find(|key| key.path() == path) {
            Some(key) => list(key, node, &entry, arm, d).map(|levels| vec![levels]),
            None => as_table(entry, d).and_then(|inner| levels(&inner, arm, &format!("{path}."), d)),
        };
        all = all.zip(found).map(|(mut all, found)| {
            all.extend(found);
            all
        });
    }
    all
}

/// The list of one number's values.
fn list<'a>(
    key: SweptKey,
    node: &Node<'a>,
    entry: &At<&'a DeValue<'a>>,
    arm: &Node<'a>,
    d: &mut Diagnostics<'_>,
) -> Option<Levels<'a>> {
    let Some(values) = entry.value.as_array() else {
        let remedy = "It takes a list of values; a single one belongs in [[arms]] itself.".to_owned();
        refuse_type(entry, "a list of numbers", remedy, d);
        return None;
    };
    let mut refuse = |span: &Range<usize>, reason: String, remedy: &str| {
        d.at(span, entry.path.as_str(), reason, remedy);
        None
    };
    if values.is_empty() {
        return refuse(&entry.span, "empty".to_owned(), "Give the values that it is to take.");
    }
    for (i, value) in values.iter().enumerate() {
        if values[..i].iter().any(|before| number(before.get_ref()) == number(value.get_ref())) {
            let reason = format!("{} twice", text(value.get_ref()));
            return refuse(&value.span(), reason, "Give every value once.");
        }
    }
    let mut at = Some(arm.table);
    let mut names = key.path().split('.').peekable();
    while let (Some(table), Some(name)) = (at, names.next()) {
        let Some(inner) = table.get(name) else { break };
        if names.peek().is_none() {
            let reason = format!("{} stands in the arm as well", key.path());
            return refuse(&inner.span(), reason, "Keep it in one of the two places.");
        }
        at = inner.get_ref().as_table();
    }
    let name = node.table.get_key_value(entry.path.rsplit('.').next()?)?.0.span();
    Some(Levels { key, name, values })
}

/// A combination of values by its number, the last key changing fastest. Where there is more than one, its name says which.
fn combination<'a>(arm: &Node<'a>, levels: &[Levels<'a>], number: usize) -> SweptTable<'a> {
    let mut table = arm.table.clone();
    table.remove(SWEEP);
    let (mut rest, mut of_key) = (number, Vec::new());
    for levels in levels.iter().rev() {
        of_key.push(&levels.values[rest % levels.values.len()]);
        rest /= levels.values.len();
    }
    of_key.reverse();
    let mut name = String::new();
    for (levels, value) in levels.iter().zip(of_key) {
        put(&mut table, levels, value);
        name += &format!(" {}={}", levels.key.path(), text(value.get_ref()));
    }
    let is_one_of_several = levels.iter().any(|levels| levels.values.len() > 1);
    if let Some(typed) = table.get_mut("name").filter(|_| is_one_of_several)
        && let Some(stem) = typed.get_ref().as_str()
    {
        let name = DeValue::String(format!("{stem}{name}").into());
        *typed = Spanned::new(typed.span(), name);
    }
    SweptTable { table, swept: levels.iter().map(|levels| levels.key).collect() }
}

/// Puts a value where the arm would have it, in a table of its own if need be.
fn put<'a>(arm: &mut DeTable<'a>, levels: &Levels<'a>, value: &Spanned<DeValue<'a>>) {
    let key = |name: &'static str| Spanned::new(levels.name.clone(), DeString::Borrowed(name));
    match levels.key.path().split_once('.') {
        None => {
            arm.insert(key(levels.key.path()), value.clone());
        }
        Some((table, name)) => {
            let empty = || Spanned::new(levels.name.clone(), DeValue::Table(DeTable::new()));
            let inner = arm.entry(key(table)).or_insert_with(empty);
            // What is no table is refused where the arm is read.
            if let DeValue::Table(inner) = inner.get_mut() {
                inner.insert(key(name), value.clone());
            }
        }
    }
}

/// A value as a name has it.
fn text(value: &DeValue<'_>) -> String {
    number(value).map_or_else(|| "?".to_owned(), show)
}

fn number(value: &DeValue<'_>) -> Option<f64> {
    match value {
        DeValue::Float(x) => x.as_str().parse().ok(),
        DeValue::Integer(i) => i128::from_str_radix(i.as_str(), i.radix()).ok().map(|i| i as f64),
        _ => None,
    }
}
