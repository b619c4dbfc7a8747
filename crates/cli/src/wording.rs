//! Errors in the words of the one who reads them: the command line, Python and code each have names of their own for what can be
//! changed.

use crate::{Error, RequestError};
use cartrial_cohort::{Override, OverrideConnection, Problem, StudyError};
use cartrial_dataset::{DatasetError, Manifest, Remedy};
use cartrial_export::ExportError;
use cartrial_query::QueryError;
use cartrial_report::{FileError, terminal};
use cartrial_runner::LevelError;
use std::ops::Range;

/// What is typed to change how a study is run.
#[derive(Clone, Copy, Debug)]
pub struct Wording {
    /// Names the results directory.
    pub out: &'static str,
    /// Replaces results that are there.
    pub replace: &'static str,
    /// Goes on with results that are there.
    pub resume: &'static str,
    /// Runs one shard.
    pub shard: &'static str,
    /// Puts shards together.
    pub merge: &'static str,
    /// Sets the number of threads.
    pub threads: &'static str,
    /// Takes the place of the study's `patients`.
    pub patients: &'static str,
    /// Takes the place of the study's `seed`.
    pub seed: &'static str,
    /// Takes the place of the study's `days`.
    pub days: &'static str,
    /// Limits an export to the first patients.
    pub first: &'static str,
    /// Chooses the forms of an ADaM export.
    pub forms: &'static str,
    /// Chooses the format of an export.
    pub format: &'static str,
    /// Chooses how values stand in CSV.
    pub layout: &'static str,
    /// Chooses columns.
    pub columns: &'static str,
    /// Chooses rows by a condition.
    pub condition: &'static str,
    /// Names the column that forms subgroups.
    pub by: &'static str,
    /// Stands between one of these names and its value.
    pub assignment: &'static str,
    /// Says how to have a build that can query.
    pub build_with_query: &'static str,
}

impl Wording {
    /// Every problem of a study with its place, its reason and a remedy, and the line of the study file that is meant.
    pub fn problems(&self, error: &StudyError) -> Vec<String> {
        let text = |problem: &Problem| {
            let quoted = problem.span.as_ref().and_then(|span| quote(&error.source_text, span));
            format!("{}{}", self.with_arguments(problem), quoted.unwrap_or_default())
        };
        error.problems.iter().map(text).collect()
    }

    /// The text of an error of results, with a remedy that names what to type.
    pub fn dataset(&self, error: &DatasetError) -> String {
        let text = error.to_string();
        let Some(remedy) = error.remedy() else { return text };
        let Self { out, replace, resume, shard, merge, .. } = self;
        let advice = match remedy {
            Remedy::Elsewhere => self.elsewhere(),
            Remedy::PermissionsOrElsewhere => {
                format!("Check its permissions, or choose another directory with {out}.")
            }
            Remedy::ReplaceOrElsewhere => {
                format!("Give {replace} to replace it, or another directory with {out}.")
            }
            Remedy::ResumeReplaceOrElsewhere => {
                format!(
                    "Give {resume} to go on with it, {replace} to replace it, or another directory with {out}."
                )
            }
            Remedy::MoveOrElsewhere => format!("Move it away, or choose another directory with {out}."),
            Remedy::RunAgain => format!("Run the study again with {replace}."),
            Remedy::Resume => format!("Go on with it: run the study with {resume}."),
            Remedy::MergeFirst => format!("Put all shards together with {merge}."),
            Remedy::RunMissing => format!("Run what is missing with {shard}, and merge again."),
            Remedy::CheckPath
            | Remedy::NameResults
            | Remedy::MoveDirectory
            | Remedy::FreeSpace
            | Remedy::NameShards
            | Remedy::RunShardAgain(_)
            | Remedy::LeaveOut
            | Remedy::LeaveOneOut => return text,
        };
        text.strip_suffix(&remedy.to_string())
            .map_or_else(|| text.clone(), |problem| format!("{problem}{advice}"))
    }

    /// The text of an error of a page or figure.
    pub fn file(&self, error: &FileError) -> String {
        match error {
            FileError::Unwritable { .. } => format!("{error}. {}", self.elsewhere()),
            FileError::Png { .. } | FileError::Json { .. } => error.to_string(),
        }
    }

    /// The text of an error of an export.
    pub fn export(&self, error: &ExportError) -> String {
        let Self { out, replace, first, forms, assignment, .. } = self;
        let without_xpt = format!("leave the transport files out with {forms}{assignment}parquet,json");
        let advice = match error {
            ExportError::Dataset(error) => return self.dataset(error),
            ExportError::Occupied { .. } => {
                format!("Give {replace} to replace it, or another directory with {out}.")
            }
            ExportError::Foreign { .. } => self.elsewhere(),
            ExportError::TooLarge { patients, .. } => {
                format!("Give {first}{assignment}{patients} for an extract, or {without_xpt}.")
            }
            ExportError::NotAscii { .. } => format!("Write it in ASCII, or {without_xpt}."),
            ExportError::TooLong { .. } => format!("Shorten it, or {without_xpt}."),
        };
        format!("{error}. {advice}")
    }

    /// The text of an error of a query.
    pub fn query(&self, error: &QueryError) -> String {
        match error {
            QueryError::Dataset(error) => self.dataset(error),
            QueryError::NotBuilt => format!("{error}. {}", self.build_with_query),
            QueryError::Asked { .. } => error.to_string(),
        }
    }

    /// The text of an error of a request for some rows.
    pub fn request(&self, error: &RequestError) -> String {
        let Self { first, forms, format, layout, columns, condition, assignment: is, .. } = self;
        match error {
            RequestError::Nobody => format!("{condition}: {error}. Choose another."),
            RequestError::PartsSubjects { .. } => format!(
                "{condition}: {error}. Choose them by what is known before treatment, or give {format}{is}csv or parquet."
            ),
            RequestError::TwoExtracts => {
                format!("{first}, {condition}: {error}. Leave one of them out.")
            }
            RequestError::LayoutsOfOther => format!("{layout} is for {format}{is}csv. Leave it out."),
            RequestError::FormsOfOther => format!("{forms} is for {format}{is}adam. Leave it out."),
            RequestError::ColumnsOfAdam => {
                format!("{columns} is for {format}{is}csv and parquet: {error}. Leave it out.")
            }
            RequestError::ColumnsOfLong => format!(
                "{columns} is for {layout}{is}wide: a line of the long one has a single outcome. Leave one of them out."
            ),
            RequestError::Created { .. } => format!("{error}. Correct it, or unset it."),
        }
    }

    /// The text of subgroups that cannot be formed; it begins with the argument as the command line calls it.
    fn subgroups(&self, reason: &str) -> String {
        let named = [("--where", self.condition), ("--by", self.by)];
        let ours =
            named.iter().find_map(|(typed, ours)| Some(format!("{ours}{}", reason.strip_prefix(typed)?)));
        ours.unwrap_or_else(|| reason.to_owned())
    }

    /// The text of an error of the instructions that were asked for.
    pub fn level(&self, error: &LevelError) -> String {
        format!("{error}.")
    }

    /// The text of any error; of a study, its problems line by line.
    pub fn error(&self, error: &Error) -> String {
        match error {
            Error::Study(error) => self.problems(error).join("\n"),
            Error::Level(error) => self.level(error),
            Error::Dataset(error) => self.dataset(error),
            Error::File(error) => self.file(error),
            Error::Query(error) => self.query(error),
            Error::Export(error) => self.export(error),
            Error::Request(error) => self.request(error),
            Error::Subgroups { reason } => self.subgroups(reason),
            Error::TooManyShards { .. } => format!("{error}. Give fewer."),
            Error::ShardsTooSmall { .. } => {
                format!("{error}. Give fewer, or write store = \"all\" under [run].")
            }
            Error::Threads { .. } => format!("{error}; try fewer with {}", self.threads),
            Error::Interrupted { .. }
            | Error::InterruptedEnrolment
            | Error::Accumulators { .. }
            | Error::NotDrawn { .. }
            | Error::Calibration { .. }
            | Error::StandardPatient { .. } => error.to_string(),
        }
    }

    /// Advises another directory.
    pub fn elsewhere(&self) -> String {
        format!("Choose another directory with {}.", self.out)
    }

    /// The problem with the names of values that are given beside the study file.
    fn with_arguments(&self, problem: &Problem) -> Problem {
        let mut problem = problem.clone();
        match problem.connection {
            Some(OverrideConnection::Given(given)) => {
                for text in [&mut problem.key, &mut problem.reason, &mut problem.remedy] {
                    *text = text.replace(given.key(), self.argument(given));
                }
            }
            Some(OverrideConnection::CouldBeGiven(value)) => {
                let remedy = problem.remedy.trim_end_matches('.');
                let (argument, is) = (self.argument(value), self.assignment);
                problem.remedy = format!("{remedy}, or give {argument}{is}{}.", example(value));
            }
            None => {}
        }
        problem
    }

    /// The argument with which a value is given beside the study file.
    fn argument(&self, value: Override) -> &'static str {
        match value {
            Override::Patients => self.patients,
            Override::Seed => self.seed,
            Override::Days => self.days,
        }
    }
}

/// A value for that argument.
fn example(value: Override) -> &'static str {
    match value {
        Override::Patients => "200",
        Override::Seed => "1",
        Override::Days => "30",
    }
}

/// The line of `source` that `span` begins in, with the span underlined.
fn quote(source: &str, span: &Range<usize>) -> Option<String> {
    let before = source.get(..span.start)?;
    let start = before.rfind('\n').map_or(0, |i| i + 1);
    let line = source[start..].lines().next().unwrap_or_default();
    // What is not written by hand is not read either.
    const LONGEST: usize = 1000;
    if line.len() > LONGEST {
        return None;
    }
    let number = before.matches('\n').count() + 1;
    let indent = source[start..span.start].chars().count();
    let length =
        source.get(span.clone()).and_then(|s| s.lines().next()).map_or(1, |s| s.chars().count().max(1));
    let margin = " ".repeat(number.to_string().len());
    Some(format!("\n {number} | {line}\n {margin} | {}{}", " ".repeat(indent), "^".repeat(length)))
}

/// What there is to say where more patients failed than the study allows.
pub fn too_many_failed(manifest: &Manifest) -> Option<String> {
    if !manifest.too_many_failed() {
        return None;
    }
    let failures = &manifest.failures;
    let by_status: Vec<_> = failures
        .by_status
        .iter()
        .filter(|&(_, &rows)| rows > 0)
        .map(|(status, rows)| format!("{rows} {status}"))
        .collect();
    Some(format!(
        "{} of {} patients failed ({}), more than [run] max_failed_fraction = {} allows. Their rows are in the results, \
         with the status and without outcomes.",
        terminal::thousands(failures.patients),
        terminal::thousands(manifest.patients),
        by_status.join(", "),
        failures.max_failed_fraction,
    ))
}
