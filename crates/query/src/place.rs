//! Where names stand in what was asked, and which are meant.

use crate::error::{Place, QueryError};
use sqlparser::parser::ParserError;
use sqlparser::tokenizer::Span;

/// How alike two names are, from 0 to 1, if one may be meant by the other.
const ALIKE: f64 = 0.85;
/// The most names that are proposed.
const PROPOSED: usize = 3;

impl Place {
    /// Where something begins in `text`.
    pub(crate) fn of(text: &'static str, span: Span) -> Self {
        // A span that is not known is at line 0.
        let at = (span.start.line > 0).then_some((span.start.line, span.start.column));
        Self { text, at }
    }

    /// Somewhere in `text`.
    pub(crate) fn somewhere(text: &'static str) -> Self {
        Self { text, at: None }
    }

    /// An error at this place.
    pub(crate) fn error(self, reason: impl Into<String>, remedy: impl Into<String>) -> QueryError {
        QueryError::Asked { place: self, reason: reason.into(), remedy: remedy.into() }
    }
}

/// The error of SQL that is none, with the place that the parser names at the end of its message.
pub(crate) fn syntax_error(text: &'static str, error: ParserError) -> QueryError {
    let message = match error {
        ParserError::TokenizerError(message) | ParserError::ParserError(message) => message,
        ParserError::RecursionLimitExceeded => "too many expressions within each other".to_owned(),
    };
    let split = message.rsplit_once(" at Line: ");
    let at = split.and_then(|(_, at)| at.split_once(", Column: "));
    let at = at.and_then(|(line, column)| Some((line.parse().ok()?, column.parse().ok()?)));
    let reason = split.filter(|_| at.is_some()).map_or(message.as_str(), |(reason, _)| reason);
    Place { text, at }.error(format!("is no SQL: {}", decapitalised(reason)), "Correct it there.")
}

/// The remedy for an unknown name: those that may be meant, or all.
pub(crate) fn instead_of(name: &str, valid: &[&str]) -> String {
    let name = name.to_lowercase();
    let score = |valid: &str| strsim::jaro_winkler(&name, &valid.to_lowercase());
    let mut near: Vec<_> = valid.iter().map(|v| (score(v), v)).filter(|(score, _)| *score > ALIKE).collect();
    near.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(b.1)));
    near.dedup();
    let near: Vec<_> = near.iter().take(PROPOSED).map(|(_, name)| format!("{name:?}")).collect();
    match near.as_slice() {
        [] => format!("There are: {}.", valid.join(", ")),
        [one] => format!("Did you mean {one}?"),
        [others @ .., last] => format!("Did you mean {} or {last}?", others.join(", ")),
    }
}

/// A message as the second part of a sentence that ends with a full stop.
pub(crate) fn decapitalised(message: &str) -> String {
    let message = message.trim().trim_end_matches('.');
    let mut chars = message.chars();
    let is_word = chars.clone().nth(1).is_some_and(char::is_lowercase);
    match chars.next() {
        Some(first) if is_word => first.to_lowercase().chain(chars).collect(),
        _ => message.to_owned(),
    }
}
