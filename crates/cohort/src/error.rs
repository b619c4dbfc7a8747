//! What is wrong with a study, where, and what to do about it.

use crate::declaration::Section;
use crate::overrides::Override;
use std::fmt;
use std::io::ErrorKind;
use std::ops::Range;

/// One thing that is wrong: place, key, reason, remedy.
///
/// Its text form is `file:line:column: key: reason. remedy`, with the parts that there are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The file as it was named; none for an override.
    pub file: Option<String>,
    /// Line in that file, from 1.
    pub line: Option<usize>,
    /// Column in that line in characters, from 1.
    pub column: Option<usize>,
    /// Bytes of [`StudyError::source_text`] that are meant; none when the problem lies in another file.
    pub span: Option<Range<usize>>,
    /// Key path such as `population.parameters.d2`, or a table's column.
    pub key: String,
    /// What is wrong, with what was expected and what was found; no full stop at its end.
    pub reason: String,
    /// What to do, as whole sentences; may be empty.
    pub remedy: String,
    /// How the problem is connected with an override, if it is.
    pub connection: Option<OverrideConnection>,
}

/// How a problem is connected with an override.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OverrideConnection {
    /// The value that was given is wrong, or conflicts with the file. Key, reason and remedy refer to it by
    /// [`Override::key`].
    Given(Override),
    /// A value that is missing in the file could be given instead.
    CouldBeGiven(Override),
}

/// Everything that is wrong with a study file, its cohort table, or the overrides.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", lines(.problems))]
pub struct StudyError {
    /// The problems, in the order of the file; at least one.
    pub problems: Vec<Problem>,
    /// Text of the study file, into which the problems' spans point; empty when it could not be read.
    pub source_text: String,
}

fn lines(problems: &[Problem]) -> String {
    problems.iter().map(Problem::to_string).collect::<Vec<_>>().join("\n")
}

impl Problem {
    /// A problem of a whole file, or of no file.
    pub(crate) fn of_file(file: &str, reason: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self {
            file: Some(file.to_owned()),
            line: None,
            column: None,
            span: None,
            key: String::new(),
            reason: reason.into(),
            remedy: remedy.into(),
            connection: None,
        }
    }

    /// A problem of an override.
    pub(crate) fn of_override(given: Override, reason: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self {
            file: None,
            key: given.key().to_owned(),
            connection: Some(OverrideConnection::Given(given)),
            ..Self::of_file("", reason, remedy)
        }
    }
}

impl From<Problem> for StudyError {
    fn from(problem: Problem) -> Self {
        Self { problems: vec![problem], source_text: String::new() }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(file) = &self.file {
            write!(f, "{file}")?;
            for number in [self.line, self.column].into_iter().flatten() {
                write!(f, ":{number}")?;
            }
            f.write_str(": ")?;
        }
        if !self.key.is_empty() {
            write!(f, "{}: ", self.key)?;
        }
        write!(f, "{}.", self.reason)?;
        if !self.remedy.is_empty() {
            write!(f, " {}", self.remedy)?;
        }
        Ok(())
    }
}

/// Problems that are told one by one; of the others only their number.
const TOLD: usize = 20;
/// Characters of a key path, a reason and a remedy that are told: a value that was found may be of any length.
const KEY_CHARS: usize = 100;
const REASON_CHARS: usize = 400;
const REMEDY_CHARS: usize = 2000;

/// Collects the problems of one study file; of many, those that stand first in it.
pub(crate) struct Diagnostics<'a> {
    file: &'a str,
    text: &'a str,
    /// The tables of the file, to say where a misplaced key belongs.
    pub(crate) sections: &'static [&'static Section],
    problems: Vec<Problem>,
    untold: usize,
}

impl<'a> Diagnostics<'a> {
    pub(crate) fn new(file: &'a str, text: &'a str, sections: &'static [&'static Section]) -> Self {
        Self { file, text, sections, problems: Vec::new(), untold: 0 }
    }

    /// Notes a problem at `span` of the file.
    pub(crate) fn at(
        &mut self,
        span: &Range<usize>,
        key: impl Into<String>,
        reason: impl Into<String>,
        remedy: impl Into<String>,
    ) {
        let problem = Problem::of_file(self.file, reason, remedy);
        self.push(Problem { span: Some(span.clone()), key: key.into(), ..problem });
    }

    /// Connects the problem that was noted last with an override.
    pub(crate) fn connect(&mut self, connection: OverrideConnection) {
        if let Some(problem) = self.problems.last_mut() {
            problem.connection = Some(connection);
        }
    }

    /// Notes a problem that has no place in the file.
    pub(crate) fn push(&mut self, mut problem: Problem) {
        // Far less often than every time, so that a file of nothing but mistakes is not sorted once for each.
        if self.problems.len() == 10 * TOLD {
            self.keep_the_first();
        }
        for (text, most) in [
            (&mut problem.key, KEY_CHARS),
            (&mut problem.reason, REASON_CHARS),
            (&mut problem.remedy, REMEDY_CHARS),
        ] {
            *text = shortened(std::mem::take(text), most);
        }
        self.problems.push(problem);
    }

    /// Drops the problems that will not be told.
    fn keep_the_first(&mut self) {
        self.problems.sort_by_key(|p| p.span.as_ref().map_or(usize::MAX, |s| s.start));
        // The arms of a sweep share what is wrong with the one that they come from.
        let mut different: Vec<Problem> = Vec::new();
        for problem in self.problems.drain(..) {
            if !different.contains(&problem) {
                different.push(problem);
            }
        }
        self.problems = different;
        self.untold += self.problems.len().saturating_sub(TOLD);
        self.problems.truncate(TOLD);
    }

    /// Fills in the line and the column of a problem with a place in the file.
    fn locate(&self, problem: &mut Problem) {
        let Some(span) = &problem.span else { return };
        let before = self.text.get(..span.start).unwrap_or(self.text);
        let line_start = before.rfind('\n').map_or(0, |i| i + 1);
        problem.line = Some(before.matches('\n').count() + 1);
        problem.column = Some(before[line_start..].chars().count() + 1);
    }

    /// Whether nothing was noted.
    pub(crate) fn is_empty(&self) -> bool {
        self.problems.is_empty()
    }

    /// The problems as an error, in the order of the file.
    pub(crate) fn into_error(mut self) -> StudyError {
        self.keep_the_first();
        let mut problems = std::mem::take(&mut self.problems);
        problems.iter_mut().for_each(|problem| self.locate(problem));
        if self.untold > 0 {
            let noun = if self.untold == 1 { "mistake" } else { "mistakes" };
            problems.push(Problem::of_file(self.file, format!("and {} more {noun}", self.untold), ""));
        }
        StudyError { problems, source_text: self.text.to_owned() }
    }
}

/// The text, or its beginning and its end if it has more than `most` characters.
pub(crate) fn shortened(text: String, most: usize) -> String {
    if text.len() <= most {
        return text;
    }
    let chars: Vec<char> = text.chars().collect();
    if chars.len() <= most {
        return text;
    }
    let end = most / 4;
    let parts = [&chars[..most - end], &['…'], &chars[chars.len() - end..]];
    parts.into_iter().flatten().collect()
}

/// A text from a file as a message quotes it.
pub(crate) fn quoted(text: &str) -> String {
    const CHARS: usize = 60;
    format!("{:?}", shortened(text.to_owned(), CHARS))
}

/// The sentence that helps after an unknown name: the nearest valid one if it is near, and the list of all.
pub(crate) fn suggestion(name: &str, valid: &[&str]) -> String {
    // Nobody misspells a name by writing a long text; comparing that would take long as well.
    const LONGEST: usize = 100;
    if name.len() > LONGEST {
        return did_you_mean(None, valid);
    }
    let lower = name.to_lowercase();
    let distance = |v: &str| strsim::damerau_levenshtein(&lower, &v.to_lowercase());
    let nearest = valid.iter().map(|v| (distance(v), *v)).min_by_key(|(d, _)| *d);
    did_you_mean(nearest.filter(|(d, v)| *d <= (v.chars().count() / 3).max(1)).map(|(_, v)| v), valid)
}

/// As [`suggestion`], where it is known which name is meant, if any.
pub(crate) fn did_you_mean(meant: Option<&str>, valid: &[&str]) -> String {
    if valid.is_empty() {
        return "No key is valid here.".to_owned();
    }
    let near = meant.map_or(String::new(), |name| format!("Did you mean {name:?}? "));
    format!("{near}Valid: {}.", valid.join(", "))
}

/// Words as a sentence lists them: "a", "a and b", "a, b and c".
pub(crate) fn listed(words: &[&str], last: &str) -> String {
    match words {
        [] => String::new(),
        [word] => (*word).to_owned(),
        [words @ .., word] => format!("{} {last} {word}", words.join(", ")),
    }
}

/// A number as a person writes it: plain, or with an exponent where zeros would have to be counted.
pub(crate) fn show(x: f64) -> String {
    if x != 0.0 && x.is_finite() && !(1e-4..1e15).contains(&x.abs()) {
        format!("{x:e}")
    } else {
        x.to_string()
    }
}

/// Why a file could not be read, and what to do.
pub(crate) fn unreadable(error: &std::io::Error) -> (String, &'static str) {
    match error.kind() {
        ErrorKind::NotFound => {
            ("no such file".into(), "Check the path; it is taken from the current directory.")
        }
        ErrorKind::IsADirectory => ("is a directory, not a file".into(), "Name the file itself."),
        ErrorKind::PermissionDenied => {
            ("may not be read: permission denied".into(), "Check its permissions.")
        }
        _ => (format!("cannot be read: {error}"), "Check the path."),
    }
}
