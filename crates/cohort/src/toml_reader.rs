//! Typed access to a TOML document that remembers where everything stands.

use crate::declaration::{Bounds, Key, Kind, MOST_ITEMS, Section};
use crate::error::{Diagnostics, did_you_mean, listed, quoted, shortened, show, suggestion};
use crate::misplaced_key::where_it_belongs;
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
        self.refuse_all_but(noun, valid, |_| None, diagnostics);
    }

    /// As [`Node::refuse_unknown`], for one of the file's own tables.
    pub(crate) fn refuse_unknown_in(&self, section: &Section, diagnostics: &mut Diagnostics<'_>) {
        self.refuse_all_but("key", &section.names(), |name| section.meant_by(name), diagnostics);
    }

    /// As [`Node::refuse_unknown`], where names may be other words for a valid one.
    pub(crate) fn refuse_all_but(
        &self,
        noun: &str,
        valid: &[&str],
        meant_by: impl Fn(&str) -> Option<&'static str>,
        diagnostics: &mut Diagnostics<'_>,
    ) {
        for key in self.table.keys() {
            let name: &str = key.get_ref();
            if !valid.contains(&name) {
                let meant = meant_by(name).map(|meant| did_you_mean(Some(meant), valid));
                let remedy = meant.or_else(|| where_it_belongs(name, &self.path, diagnostics.sections));
                let remedy = remedy.unwrap_or_else(|| suggestion(name, valid));
                diagnostics.at(&key.span(), self.path_of(name), format!("unknown {noun}"), remedy);
            }
        }
    }

    /// Notes every required key that is not there; `needs` are the words before their list.
    pub(crate) fn refuse_incomplete(
        &self,
        section: &Section,
        needs: &str,
        diagnostics: &mut Diagnostics<'_>,
    ) {
        let required = || section.keys.iter().filter(|k| k.required).map(|k| k.name);
        for name in required().filter(|name| self.entry(name).is_none()) {
            let remedy = format!("{needs} {}.", listed(&required().collect::<Vec<_>>(), "and"));
            diagnostics.at(&self.span, self.path_of(name), "missing", remedy);
        }
        let given = || section.one_of.iter().filter(|name| self.entry(name).is_some());
        if !section.one_of.is_empty() && given().count() != 1 {
            let (reason, remedy) = match given().count() {
                0 => (format!("neither {}", section.one_of.join(" nor ")), "Give one of them."),
                _ => (format!("both {}", section.one_of.join(" and ")), "Keep one."),
            };
            diagnostics.at(&self.span, self.path.as_str(), reason, remedy);
        }
    }

    /// The table that is the value of `key`, its keys checked by their names.
    pub(crate) fn table(&self, key: &Key, diagnostics: &mut Diagnostics<'_>) -> Option<Node<'a>> {
        let Kind::Table(section) = key.kind else { return None };
        let entry = self.entry(key.name)?;
        let Some(table) = entry.value.as_table() else {
            refuse_type(&entry, "a table", key.example(), diagnostics);
            return None;
        };
        let node = Node { table, span: entry.span, path: entry.path };
        node.refuse_unknown_in(section, diagnostics);
        node.refuse_incomplete(section, &format!("{} needs", key.name), diagnostics);
        Some(node)
    }

    /// As [`Node::table`], for a list of tables.
    pub(crate) fn tables(&self, key: &Key, diagnostics: &mut Diagnostics<'_>) -> Option<At<Vec<Node<'a>>>> {
        let Kind::Tables(section, at_least) = key.kind else { return None };
        let entry = self.entry(key.name)?;
        let Some(items) = entry.value.as_array() else {
            refuse_type(&entry, "a list of tables", key.example(), diagnostics);
            return None;
        };
        if items.len() > MOST_ITEMS {
            let reason = format!("{} items are too many", items.len());
            diagnostics.at(&entry.span, entry.path, reason, format!("At most {MOST_ITEMS} can be given."));
            return None;
        }
        if items.len() < at_least {
            diagnostics.at(&entry.span, entry.path, "empty", key.hint);
            return None;
        }
        let mut node = |(i, item): (usize, &'a Spanned<DeValue<'a>>)| {
            let item = At { value: item.get_ref(), span: item.span(), path: format!("{}[{i}]", entry.path) };
            let Some(table) = item.value.as_table() else {
                refuse_type(&item, "a table", key.example(), diagnostics);
                return None;
            };
            let node = Node { table, span: item.span, path: item.path };
            node.refuse_unknown_in(section, diagnostics);
            node.refuse_incomplete(section, &format!("Every item of {} needs", key.name), diagnostics);
            Some(node)
        };
        let nodes: Vec<_> = items.iter().enumerate().map(&mut node).collect();
        let value = nodes.into_iter().collect::<Option<Vec<_>>>()?;
        Some(At { value, span: entry.span, path: entry.path })
    }

    pub(crate) fn text(&self, key: &Key, diagnostics: &mut Diagnostics<'_>) -> Option<At<String>> {
        as_text(self.entry(key.name)?, diagnostics)
    }

    pub(crate) fn texts(&self, key: &Key, diagnostics: &mut Diagnostics<'_>) -> Option<At<Vec<At<String>>>> {
        let entry = self.entry(key.name)?;
        let Some(items) = entry.value.as_array() else {
            wrong_type(&entry, "a list of strings", diagnostics);
            return None;
        };
        let item = |(i, v): (usize, &'a Spanned<DeValue<'a>>)| {
            let path = format!("{}[{i}]", entry.path);
            as_text(At { value: v.get_ref(), span: v.span(), path }, diagnostics)
        };
        let value = items.iter().enumerate().map(item).collect::<Option<_>>()?;
        Some(At { value, span: entry.span, path: entry.path })
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
                let found = shortened(integer.to_string(), 60);
                let reason = format!("expected a whole number from {min} to {max}, found {found}");
                diagnostics.at(&entry.span, entry.path, reason, key.hint);
                None
            }
        }
    }

    pub(crate) fn number(&self, key: &Key, diagnostics: &mut Diagnostics<'_>) -> Option<At<f64>> {
        let Kind::Number(bounds) = key.kind else { return None };
        as_number(self.entry(key.name)?, bounds, key.hint, diagnostics)
    }

    pub(crate) fn choice(&self, key: &Key, diagnostics: &mut Diagnostics<'_>) -> Option<At<&'static str>> {
        let Kind::Choice(valid) = key.kind else { return None };
        let text = as_text(self.entry(key.name)?, diagnostics)?;
        let found = valid.iter().find(|v| **v == text.value);
        if found.is_none() {
            let reason = format!("unknown value {}", quoted(&text.value));
            diagnostics.at(&text.span, text.path.as_str(), reason, suggestion(&text.value, valid));
        }
        found.map(|v| text.map(|_| *v))
    }
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
    hint: &str,
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
            let reason = format!("expected {expected}, found {}", show(found));
            diagnostics.at(&entry.span, entry.path, reason, hint);
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
    refuse_type(entry, expected, String::new(), diagnostics);
}

pub(crate) fn refuse_type(
    entry: &At<&DeValue<'_>>,
    expected: &str,
    remedy: String,
    diagnostics: &mut Diagnostics<'_>,
) {
    let found = type_name(entry.value);
    diagnostics.at(&entry.span, entry.path.as_str(), format!("expected {expected}, found {found}"), remedy);
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
