//! ADLB and ADTTE: one record a subject, arm and parameter (the Basic Data Structure).

use super::chunk::{Chunk, StudyFacts};
use super::names::{self, Parameter};
use super::record_value::{END, NO_EVENT, NOT_AT_RISK, OVERALL, RecordValue, day_number};
use super::variable::{DataSet, ParameterNote};
use crate::Result;
use crate::cells::{Cells, Records};
use cartrial_model::Endpoint;
use std::borrow::Cow;
use std::sync::Arc;

/// A data set of parameters.
#[derive(Debug)]
pub(crate) struct Parameters {
    pub description: DataSet,
    parameters: Vec<Parameter>,
    values: Vec<RecordValue>,
}

impl Parameters {
    /// ADLB of so many subjects: every endpoint but the days of events.
    pub fn of_endpoints(study: &StudyFacts, subjects: u64) -> Self {
        use RecordValue as V;
        let parameters = names::endpoint_parameters();
        let wanted = [
            V::Study,
            V::UniqueSubject,
            V::Subject,
            V::Sequence,
            V::Yes,
            V::Arm,
            V::ArmNumber,
            V::Code,
            V::Label,
            V::Number,
            V::Category,
            V::Visit,
            V::VisitNumber,
            V::Day,
            V::Value,
            V::Unit,
            V::Base,
            V::Change,
            V::InAnalysis,
            V::Reason,
            V::SourceColumn,
        ];
        Self::new("ADLB", "Endpoints Analysis Dataset", None, &wanted, parameters, study, subjects)
    }

    /// ADTTE of so many subjects: the days of events.
    pub fn of_events(study: &StudyFacts, subjects: u64) -> Self {
        use RecordValue as V;
        let parameters = names::event_parameters();
        let wanted = [
            V::Study,
            V::UniqueSubject,
            V::Subject,
            V::Sequence,
            V::Yes,
            V::Arm,
            V::ArmNumber,
            V::Code,
            V::Label,
            V::Number,
            V::Category,
            V::Day,
            V::Value,
            V::Unit,
            V::Censored,
            V::EventDescription,
            V::InAnalysis,
            V::Reason,
            V::SourceColumn,
        ];
        let subclass = Some("TIME-TO-EVENT");
        Self::new("ADTTE", "Time-to-Event Analysis Dataset", subclass, &wanted, parameters, study, subjects)
    }

    fn new(
        name: &'static str,
        label: &'static str,
        subclass: Option<&'static str>,
        wanted: &[RecordValue],
        parameters: Vec<Parameter>,
        study: &StudyFacts,
        subjects: u64,
    ) -> Self {
        let mut values = Vec::new();
        let mut variables = Vec::new();
        for value in wanted {
            for variable in value.variables(name, study, &parameters) {
                values.push(*value);
                variables.push(variable);
            }
        }
        let note = |p: &Parameter| ParameterNote { code: p.code, label: p.label, origin: origin(p.endpoint) };
        let records = subjects * study.rows_per_patient() as u64 * parameters.len() as u64;
        let description = DataSet {
            name,
            label,
            structure: "One record per subject per treatment per parameter",
            class: "BASIC DATA STRUCTURE",
            subclass,
            keys: &["STUDYID", "USUBJID", "TRTPN", "PARAMN"],
            variables,
            parameters: parameters.iter().map(note).collect(),
            records,
        };
        Self { description, parameters, values }
    }

    /// The records of the rows of a chunk.
    pub fn records(&self, chunk: &Chunk) -> Result<Records> {
        let endpoint = |p: &Parameter| chunk.rows.f64_column(p.endpoint.name());
        let outcomes = self.parameters.iter().map(endpoint).collect::<Result<Vec<_>, _>>()?;
        self.values.iter().map(|value| self.cells(*value, chunk, &outcomes)).collect()
    }

    fn cells(&self, value: RecordValue, chunk: &Chunk, outcomes: &[Cow<'_, [f64]>]) -> Result<Cells> {
        use RecordValue as V;
        let parameters = &self.parameters;
        let per_patient = chunk.study.rows_per_patient();
        // A column that belongs to each parameter, empty where there is none.
        let beside = |name: &dyn Fn(&Parameter) -> Option<&'static str>| {
            let none = || Ok(Cow::Borrowed([].as_slice()));
            let column = |p: &Parameter| name(p).map_or_else(none, |name| chunk.rows.f64_column(name));
            parameters.iter().map(column).collect::<Result<Vec<_>, _>>()
        };
        let at = |column: &[f64], row: usize| column.get(row).copied().unwrap_or(f64::NAN);
        let of_rows = |texts: &[Arc<str>]| self.texts(chunk, |row, _| Some(Arc::clone(&texts[row])));
        let shared = |texts: Vec<Option<Arc<str>>>| self.texts(chunk, |_, p| texts[p].clone());
        let of_parameters = |text: &dyn Fn(&Parameter) -> Option<String>| {
            shared(parameters.iter().map(|p| text(p).map(Into::into)).collect())
        };
        Ok(match value {
            V::Study => self.texts(chunk, |_, _| Some(Arc::clone(&chunk.study.id))),
            V::UniqueSubject => of_rows(&chunk.unique_subjects),
            V::Subject => of_rows(&chunk.subjects),
            V::Sequence => {
                self.integers(chunk, |row, p| Some((row % per_patient * parameters.len() + p) as i64 + 1))
            }
            V::Yes => of_parameters(&|_| Some("Y".into())),
            V::Arm => self.texts(chunk, |row, _| Some(Arc::clone(&chunk.study.arms[chunk.arms[row]]))),
            V::ArmNumber => self.integers(chunk, |row, _| Some(chunk.arms[row] as i64 + 1)),
            V::Code => of_parameters(&|p| Some(p.code.into())),
            V::Label => of_parameters(&|p| Some(p.label.into())),
            V::Number => self.integers(chunk, |_, p| Some(p as i64 + 1)),
            V::Category => of_parameters(&|p| Some(names::category(p.endpoint.domain()).into())),
            V::Visit => of_parameters(&|p| Some(if p.at_end { END } else { OVERALL }.into())),
            V::VisitNumber => self.integers(chunk, |_, p| Some(if parameters[p].at_end { 2 } else { 1 })),
            V::Day => {
                let days = beside(&|p| p.day.map(Endpoint::name))?;
                let end = chunk.study.days;
                self.integers(chunk, |row, p| {
                    let at_end = parameters[p].at_end && !outcomes[p][row].is_nan();
                    let day = if at_end { end } else { at(&days[p], row) };
                    (!day.is_nan()).then(|| day_number(day))
                })
            }
            V::Value => self.floats(chunk, |row, p| outcomes[p][row]),
            V::Unit => of_parameters(&|p| names::unit(p.endpoint)),
            V::Base => {
                let bases = beside(&|p| p.base.map(|base| base.symbol()))?;
                self.floats(chunk, |row, p| at(&bases[p], row))
            }
            V::Change => {
                let bases = beside(&|p| p.base.map(|base| base.symbol()))?;
                self.floats(chunk, |row, p| outcomes[p][row] - at(&bases[p], row))
            }
            V::Censored => {
                let events = beside(&|p| p.endpoint.event().map(Endpoint::name))?;
                self.integers(chunk, |row, p| match at(&events[p], row) {
                    event if event.is_nan() => None,
                    event => Some(if event == 0.0 { 1 } else { 0 }),
                })
            }
            V::EventDescription => {
                let events = beside(&|p| p.endpoint.event().map(Endpoint::name))?;
                let name = |p: &Parameter| p.endpoint.event().map(|event| event.short_label().into());
                let happened: Vec<Option<Arc<str>>> = parameters.iter().map(name).collect();
                let [censored, not_at_risk]: [Arc<str>; 2] = [NO_EVENT.into(), NOT_AT_RISK.into()];
                self.texts(chunk, |row, p| match at(&events[p], row) {
                    // A patient that failed has no outcome at all.
                    event if event.is_nan() && chunk.reasons[row].is_some() => None,
                    event if event.is_nan() => Some(Arc::clone(&not_at_risk)),
                    0.0 => Some(Arc::clone(&censored)),
                    _ => happened[p].clone(),
                })
            }
            V::InAnalysis => {
                let yes: Arc<str> = "Y".into();
                self.texts(chunk, |row, p| (!outcomes[p][row].is_nan()).then(|| Arc::clone(&yes)))
            }
            V::Reason => self.texts(chunk, |row, _| chunk.reasons[row].clone()),
            V::SourceColumn => of_parameters(&|p| Some(p.endpoint.name().into())),
        })
    }

    fn each<T>(&self, chunk: &Chunk, of: impl Fn(usize, usize) -> T) -> Vec<T> {
        let parameters = self.parameters.len();
        let mut values = Vec::with_capacity(chunk.rows.len() * parameters);
        for row in 0..chunk.rows.len() {
            values.extend((0..parameters).map(|p| of(row, p)));
        }
        values
    }

    fn texts(&self, chunk: &Chunk, of: impl Fn(usize, usize) -> Option<Arc<str>>) -> Cells {
        Cells::Text(self.each(chunk, of))
    }

    fn integers(&self, chunk: &Chunk, of: impl Fn(usize, usize) -> Option<i64>) -> Cells {
        Cells::Integer(self.each(chunk, of))
    }

    fn floats(&self, chunk: &Chunk, of: impl Fn(usize, usize) -> f64) -> Cells {
        Cells::Float(self.each(chunk, of))
    }
}

/// Where the values of an endpoint come from.
fn origin(endpoint: Endpoint) -> String {
    let unit = if endpoint.unit() == "1" { String::new() } else { format!(", {}", endpoint.unit()) };
    format!("Column {} of the patient table: {}{unit}", endpoint.name(), endpoint.label())
}
