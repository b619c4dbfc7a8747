//! Values as they are typed in a study file: for each type that a key may have, how it is read.

use crate::allocation::Allocation;
use crate::correlation::CorrelationKind;
use crate::declaration::Key;
use crate::error::Diagnostics;
use crate::method::{Method, NamedMethod};
use crate::population::{Correction, Sampling, Shape};
use crate::store::Store;
use crate::targets::TargetMethod;
use crate::toml_reader::{At, Node};
use cartrial_model::{Growth, Reading, When};

/// What a study file has for a key.
#[derive(Clone, Debug, Default)]
pub(crate) enum Given<T> {
    /// The key does not stand there.
    #[default]
    Absent,
    /// It stands there with a value that was refused, which was noted.
    Refused,
    Value(At<T>),
}

impl<T> Given<T> {
    pub(crate) fn value(&self) -> Option<&At<T>> {
        match self {
            Self::Value(at) => Some(at),
            Self::Absent | Self::Refused => None,
        }
    }

    pub(crate) fn is_absent(&self) -> bool {
        matches!(self, Self::Absent)
    }
}

impl<T: Clone> Given<T> {
    /// The value, and `default` where the key does not stand; none if its value was refused.
    pub(crate) fn or(&self, default: T) -> Option<T> {
        match self {
            Self::Value(at) => Some(at.value.clone()),
            Self::Absent => Some(default),
            Self::Refused => None,
        }
    }
}

impl<T: TypedValue> Given<T> {
    pub(crate) fn read(node: &Node<'_>, key: &Key, diagnostics: &mut Diagnostics<'_>) -> Self {
        match T::read(node, key, diagnostics) {
            Some(at) => Self::Value(at),
            None if node.entry(key.name).is_some() => Self::Refused,
            None => Self::Absent,
        }
    }
}

/// A type that a key's value may have.
pub(crate) trait TypedValue: Sized {
    /// The value of `key` in `node`. One of another type or out of range is noted.
    fn read(node: &Node<'_>, key: &Key, diagnostics: &mut Diagnostics<'_>) -> Option<At<Self>>;

    /// Adds the times in it, which must lie within the study.
    fn add_times(_at: &At<Self>, _times: &mut Vec<At<When>>) {}
}

/// A table with keys of its own, as [`section!`](crate::section_macros::section) declares it.
pub(crate) trait TypedTable: Default {
    /// The values of its keys; the keys' names have been checked.
    fn read_keys(node: &Node<'_>, diagnostics: &mut Diagnostics<'_>) -> Self;

    /// It where something else stands in its place, so that none of its keys counts as left out.
    fn refused() -> Self;

    /// Adds the times of all its keys.
    fn add_times(&self, times: &mut Vec<At<When>>);
}

impl TypedValue for String {
    fn read(node: &Node<'_>, key: &Key, diagnostics: &mut Diagnostics<'_>) -> Option<At<Self>> {
        node.text(key, diagnostics)
    }
}

impl TypedValue for u64 {
    fn read(node: &Node<'_>, key: &Key, diagnostics: &mut Diagnostics<'_>) -> Option<At<Self>> {
        node.integer(key, diagnostics)
    }
}

impl TypedValue for f64 {
    fn read(node: &Node<'_>, key: &Key, diagnostics: &mut Diagnostics<'_>) -> Option<At<Self>> {
        node.number(key, diagnostics)
    }
}

impl TypedValue for Vec<At<String>> {
    fn read(node: &Node<'_>, key: &Key, diagnostics: &mut Diagnostics<'_>) -> Option<At<Self>> {
        node.texts(key, diagnostics)
    }
}

impl<T: TypedTable> TypedValue for T {
    fn read(node: &Node<'_>, key: &Key, diagnostics: &mut Diagnostics<'_>) -> Option<At<Self>> {
        let table = node.table(key, diagnostics)?;
        Some(At { value: T::read_keys(&table, diagnostics), span: table.span, path: table.path })
    }

    fn add_times(at: &At<Self>, times: &mut Vec<At<When>>) {
        at.value.add_times(times);
    }
}

impl<T: TypedTable> TypedValue for Vec<T> {
    fn read(node: &Node<'_>, key: &Key, diagnostics: &mut Diagnostics<'_>) -> Option<At<Self>> {
        let tables = node.tables(key, diagnostics)?;
        Some(tables.map(|tables| tables.iter().map(|table| T::read_keys(table, diagnostics)).collect()))
    }

    fn add_times(at: &At<Self>, times: &mut Vec<At<When>>) {
        at.value.iter().for_each(|table| table.add_times(times));
    }
}

/// A day of the study.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Day(pub f64);

impl TypedValue for Day {
    fn read(node: &Node<'_>, key: &Key, diagnostics: &mut Diagnostics<'_>) -> Option<At<Self>> {
        Some(node.number(key, diagnostics)?.map(Self))
    }

    fn add_times(at: &At<Self>, times: &mut Vec<At<When>>) {
        times.push(at.clone().map(|day| When::Day(day.0)));
    }
}

/// Days from a patient's first relapse.
#[derive(Clone, Copy, Debug)]
pub(crate) struct DaysAfterRelapse(pub f64);

impl TypedValue for DaysAfterRelapse {
    fn read(node: &Node<'_>, key: &Key, diagnostics: &mut Diagnostics<'_>) -> Option<At<Self>> {
        Some(node.number(key, diagnostics)?.map(Self))
    }

    fn add_times(at: &At<Self>, times: &mut Vec<At<When>>) {
        times.push(at.clone().map(|days| When::AfterRelapse(days.0)));
    }
}

impl TypedValue for NamedMethod {
    fn read(node: &Node<'_>, key: &Key, diagnostics: &mut Diagnostics<'_>) -> Option<At<Self>> {
        let name = node.choice(key, diagnostics)?;
        Method::named(name.value).map(|method| name.map(|_| method))
    }
}

macro_rules! choices {
    ($($choice:ty),*) => {$(
        impl TypedValue for $choice {
            fn read(node: &Node<'_>, key: &Key, diagnostics: &mut Diagnostics<'_>) -> Option<At<Self>> {
                let name = node.choice(key, diagnostics)?;
                let choice = <$choice>::ALL.iter().find(|choice| choice.name() == name.value)?;
                Some(name.map(|_| *choice))
            }
        }
    )*};
}

choices!(Allocation, Reading, Growth, Shape, Correction, CorrelationKind, Sampling, Store, TargetMethod);
