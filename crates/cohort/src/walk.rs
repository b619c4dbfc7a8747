//! Typed access to a TOML document that remembers where everything stands.

use crate::error::{Diagnostics, show, suggestion};
use crate::keys::{Bounds, Key, Kind, SECTIONS, Section, home};
use cartrial_model::Quantity;
use std::ops::Range;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// A value with its place in the study file and its key path.
#[derive(Clone, Debug)]
pub(crate) struct At<T> {
    pub value: T,
    pub span: Range<usize>,
    pub path: String,
}

impl<T> At<T> {
    pub(crate) fn map<U>(self, f: impl FnOnce(T) -> U) -> At<U> {
        At { value: f(self.value), span: self.span, path: self.path }
    }
}

/// A table of the document.
pub(crate) struct Node<'a> {
    pub table: &'a DeTable<'a>,
    pub span: Range<usize>,
    pub path: String,
}

impl<'a> Node<'a> {
    pub(crate) fn path_of(&self, name: &str) -> String {
        if self.path.is_empty() { name.to_owned() } else { format!("{}.{name}", self.path) }
    }

    /// The entry of that name, with the span of its value.
    pub(crate) fn entry(&self, name: &str) -> Option<At<&'a DeValue<'a>>> {
        let (_, value) = self.table.iter().find(|(k, _)| k.get_ref() == name)?;
        Some(At { value: value.get_ref(), span: value.span(), path: self.path_of(name) })
    }

    /// The table of that name; a value of another type is noted.
    pub(crate) fn child(&self, name: &str, diagnostics: &mut Diagnostics<'_>) -> Option<Node<'a>> {
        as_table(self.entry(name)?, diagnostics)
    }

    /// Notes every key that is not among `valid`.
    pub(crate) fn refuse_unknown(&self, noun: &str, valid: &[&str], diagnostics: &mut Diagnostics<'_>) {
        for key in self.table.keys() {
            let name: &str = key.get_ref();
            if !valid.contains(&name) {
                let remedy = belongs(name, &self.path).unwrap_or_else(|| suggestion(name, valid));
                diagnostics.at(&key.span(), self.path_of(name), format!("unknown {noun}"), remedy);
            }
        }
    }

    /// As [`Node::refuse_unknown`], for one of the file's own tables.
    pub(crate) fn refuse_unknown_in(&self, section: &Section, diagnostics: &mut Diagnostics<'_>) {
        self.refuse_unknown("key", &section.names(), diagnostics);
    }

    pub(crate) fn text(&self, key: &Key, diagnostics: &mut Diagnostics<'_>) -> Option<At<String>> {
        as_text(self.entry(key.name)?, diagnostics)
    }

    pub(crate) fn texts(&self, key: &Key, diagnostics: &mut Diagnostics<'_>) -> Option<Vec<At<String>>> {
        let entry = self.entry(key.name)?;
        let Some(items) = entry.value.as_array() else {
            wrong_type(&entry, "a list of strings", diagnostics);
            return None;
        };
        let item = |(i, v): (usize, &'a Spanned<DeValue<'a>>)| {
            let path = format!("{}[{i}]", entry.path);
            as_text(At { value: v.get_ref(), span: v.span(), path }, diagnostics)
        };
        items.iter().enumerate().map(item).collect()
    }

    pub(crate) fn integer(&self, key: &Key, diagnostics: &mut Diagnostics<'_>) -> Option<At<u64>> {
        let Kind::Integer(min, max) = key.kind else { return None };
        let entry = self.entry(key.name)?;
        let Some(integer) = entry.value.as_integer() else {
            wrong_type(&entry, "a whole number", diagnostics);
            return None;
        };
        let value = u64::from_str_radix(integer.as_str(), integer.radix()).ok();
        match value.filter(|v| (min..=max).contains(v)) {
            Some(value) => Some(At { value, span: entry.span, path: entry.path }),
            None => {
                let reason = format!("expected a whole number from {min} to {max}, found {integer}");
                diagnostics.at(&entry.span, entry.path, reason, "");
                None
            }
        }
    }

    pub(crate) fn number(&self, key: &Key, diagnostics: &mut Diagnostics<'_>) -> Option<At<f64>> {
        let Kind::Number(bounds) = key.kind else { return None };
        as_number(self.entry(key.name)?, bounds, diagnostics)
    }

    pub(crate) fn choice(&self, key: &Key, diagnostics: &mut Diagnostics<'_>) -> Option<At<&'static str>> {
        let Kind::Choice(valid) = key.kind else { return None };
        let text = as_text(self.entry(key.name)?, diagnostics)?;
        let found = valid.iter().find(|v| **v == text.value);
        if found.is_none() {
            let reason = format!("unknown value {:?}", text.value);
            diagnostics.at(&text.span, text.path.as_str(), reason, suggestion(&text.value, valid));
        }
        found.map(|v| text.map(|_| *v))
    }
}

/// Where a key belongs that stands in the wrong table.
fn belongs(name: &str, here: &str) -> Option<String> {
    if let (Some(quantity), true) = (Quantity::from_symbol(name), here.starts_with("population")) {
        let role = quantity.role();
        return Some(format!("It belongs in [population.{}].", home(role)));
    }
    let section = SECTIONS.iter().filter(|s| s.name != "arms").find(|s| s.names().contains(&name))?;
    (section.name != here && !here.contains('.') && !here.contains('['))
        .then(|| format!("It belongs in [{}].", section.name))
}

pub(crate) fn as_table<'a>(
    entry: At<&'a DeValue<'a>>,
    diagnostics: &mut Diagnostics<'_>,
) -> Option<Node<'a>> {
    match entry.value.as_table() {
        Some(table) => Some(Node { table, span: entry.span, path: entry.path }),
        None => {
            wrong_type(&entry, "a table", diagnostics);
            None
        }
    }
}

fn as_text(entry: At<&DeValue<'_>>, diagnostics: &mut Diagnostics<'_>) -> Option<At<String>> {
    match entry.value.as_str() {
        Some(text) => Some(At { value: text.to_owned(), span: entry.span, path: entry.path }),
        None => {
            wrong_type(&entry, "a string", diagnostics);
            None
        }
    }
}

pub(crate) fn as_number(
    entry: At<&DeValue<'_>>,
    bounds: Bounds,
    diagnostics: &mut Diagnostics<'_>,
) -> Option<At<f64>> {
    let value = match entry.value {
        DeValue::Float(x) => x.as_str().parse().ok(),
        DeValue::Integer(i) => i128::from_str_radix(i.as_str(), i.radix()).ok().map(|i| i as f64),
        _ => {
            wrong_type(&entry, "a number", diagnostics);
            return None;
        }
    };
    let found = value.unwrap_or(f64::INFINITY);
    match bounds.expected(found) {
        None => Some(entry.map(|_| found)),
        Some(expected) => {
            diagnostics.at(
                &entry.span,
                entry.path,
                format!("expected {expected}, found {}", show(found)),
                "",
            );
            None
        }
    }
}

impl Bounds {
    /// What is expected instead of `x`; none if `x` will do.
    pub(crate) fn expected(&self, x: f64) -> Option<String> {
        if !x.is_finite() {
            return Some("a finite number".into());
        }
        let inside = self.above.is_none_or(|a| x > a)
            && self.min.is_none_or(|min| x >= min)
            && self.max.is_none_or(|max| x <= max);
        let above = self.above.map(|a| format!("above {}", show(a)));
        let min = self.min.map(|m| format!("of at least {}", show(m)));
        let max = self.max.map(|m| format!("at most {}", show(m)));
        let parts: Vec<String> = [above, min, max].into_iter().flatten().collect();
        (!inside).then(|| format!("a number {}", parts.join(" and ")))
    }
}

fn wrong_type(entry: &At<&DeValue<'_>>, expected: &str, diagnostics: &mut Diagnostics<'_>) {
    let found = type_name(entry.value);
    diagnostics.at(&entry.span, entry.path.as_str(), format!("expected {expected}, found {found}"), "");
}

/// The type of a value, with its article.
pub(crate) fn type_name(value: &DeValue<'_>) -> &'static str {
    match value {
        DeValue::String(_) => "a string",
        DeValue::Integer(_) => "an integer",
        DeValue::Float(_) => "a float",
        DeValue::Boolean(_) => "a boolean",
        DeValue::Datetime(_) => "a date or time",
        DeValue::Array(_) => "a list",
        DeValue::Table(_) => "a table",
    }
}
