//! ADTC: one record a subject, arm, time and state, of the patients whose courses over time were kept.

use super::chunk::StudyFacts;
use super::codes;
use super::names;
use super::record_value::{RecordValue, day_number};
use super::variable::{CodeList, DataSet, Kind, Origin, ParameterNote, Variable};
use crate::Result;
use crate::cells::{Cells, Records};
use crate::rows::ExportedPatients;
use cartrial_dataset::{Dataset, TrajectoryRow};
use cartrial_model::{STATE_COUNT, STATES, State, StateInfo};
use std::sync::Arc;

const NAME: &str = "ADTC";
/// The longest text of [`time_point`]: a number in its shortest form, its sign and exponent included, and the unit.
const LONGEST_TIME_POINT: usize = 26;

/// The data set of courses over time.
#[derive(Debug)]
pub(crate) struct TimeCourses {
    pub description: DataSet,
    values: Vec<CourseValue>,
    study: StudyFacts,
    every_hours: f64,
    /// The patients that are exported.
    patients: ExportedPatients,
    /// PARAMCD, PARAM, AVALU and SRCVAR of every state.
    texts: StateTexts,
}

#[derive(Debug)]
struct StateTexts {
    codes: Vec<Option<Arc<str>>>,
    labels: Vec<Option<Arc<str>>>,
    units: Vec<Option<Arc<str>>>,
    columns: Vec<Option<Arc<str>>>,
}

/// The course of a row, and how much of it has come.
#[derive(Clone, Debug)]
struct Course {
    patient: u64,
    arm: usize,
    subject: Arc<str>,
    unique_subject: Arc<str>,
    /// Rows of the subject so far, in all arms.
    rows_of_subject: i64,
    /// Rows of the course so far.
    rows: u32,
    base: State<f64>,
}

/// Where a variable of a record comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum CourseValue {
    Study,
    UniqueSubject,
    Subject,
    Sequence,
    Yes,
    Arm,
    ArmNumber,
    Code,
    Label,
    Number,
    Day,
    TimePoint,
    Hours,
    Value,
    Unit,
    BaselineFlag,
    Base,
    Change,
    SourceColumn,
}

/// A row and what it is one of.
struct Placed {
    row: TrajectoryRow,
    hours: f64,
    course: Course,
}

impl TimeCourses {
    /// ADTC of those patients; none if no courses were kept.
    pub fn of(dataset: &Dataset, study: &StudyFacts, patients: ExportedPatients) -> Result<Option<Self>> {
        let manifest = dataset.manifest();
        let Some(file) = manifest.trajectories else { return Ok(None) };
        let mut records = file.rows;
        if !patients.are_all() {
            records = 0;
            for rows in dataset.trajectories()?.into_iter().flatten() {
                records += rows?.iter().filter(|row| patients.contains(row.patient)).count() as u64;
            }
        }
        records *= STATE_COUNT as u64;
        Ok(Some(Self::new(study, manifest.study.trajectories.every_hours, patients, records)))
    }

    fn new(study: &StudyFacts, every_hours: f64, patients: ExportedPatients, records: u64) -> Self {
        let (mut values, mut variables) = (Vec::new(), Vec::new());
        for (value, of_value) in variables_of(study) {
            values.extend(of_value.iter().map(|_| value));
            variables.extend(of_value);
        }
        let parameters = STATES.iter().map(|state| {
            let (code, label) = names::state(state);
            let origin =
                format!("Column {} of trajectories.parquet: {}, {}", state.name, state.label, state.unit);
            ParameterNote { code, label, origin }
        });
        let description = DataSet {
            name: NAME,
            label: "Time Course Analysis Dataset",
            structure: "One record per subject per treatment per time point per parameter",
            class: "BASIC DATA STRUCTURE",
            subclass: None,
            keys: &["STUDYID", "USUBJID", "TRTPN", "ATPTN", "PARAMN"],
            variables,
            parameters: parameters.collect(),
            records,
        };
        let texts =
            |of: &dyn Fn(&StateInfo) -> String| STATES.iter().map(|state| Some(of(state).into())).collect();
        let texts = StateTexts {
            codes: texts(&|state| names::state(state).0.into()),
            labels: texts(&|state| names::state(state).1.into()),
            units: texts(&|state| names::ascii(state.unit)),
            columns: texts(&|state| state.name.into()),
        };
        Self { description, values, study: study.clone(), every_hours, patients, texts }
    }

    /// Hands over the records of all courses, in their order, some thousand at a time.
    pub fn for_each(&self, dataset: &Dataset, mut take: impl FnMut(&Records) -> Result<()>) -> Result<()> {
        let mut course = None;
        for rows in dataset.trajectories()?.into_iter().flatten() {
            let wanted = rows?.into_iter().filter(|row| self.patients.contains(row.patient));
            let rows: Vec<Placed> = wanted.map(|row| self.place(row, &mut course)).collect();
            take(&self.values.iter().map(|value| self.cells(*value, &rows)).collect())?;
        }
        Ok(())
    }

    fn place(&self, row: TrajectoryRow, last: &mut Option<Course>) -> Placed {
        let course = match last.take() {
            Some(last) if last.patient == row.patient => {
                let (rows_of_subject, same_arm) = (last.rows_of_subject + 1, last.arm == row.arm);
                let (rows, base) = if same_arm { (last.rows + 1, last.base) } else { (0, row.state) };
                Course { arm: row.arm, rows_of_subject, rows, base, ..last }
            }
            _ => {
                let subject = self.study.subject(row.patient);
                Course {
                    patient: row.patient,
                    arm: row.arm,
                    unique_subject: self.study.unique_subject(&subject),
                    subject,
                    rows_of_subject: 0,
                    rows: 0,
                    base: row.state,
                }
            }
        };
        *last = Some(course.clone());
        Placed { row, hours: f64::from(course.rows) * self.every_hours, course }
    }

    fn cells(&self, value: CourseValue, rows: &[Placed]) -> Cells {
        use CourseValue as V;
        let text = |of: &dyn Fn(&Placed, usize) -> Option<Arc<str>>| Cells::Text(each(rows, of));
        let of_state = |texts: &[Option<Arc<str>>]| text(&|_, state| texts[state].clone());
        let of_row = |of: &dyn Fn(&Placed) -> Arc<str>| {
            let texts = rows.iter().map(of).flat_map(|text| std::iter::repeat_n(Some(text), STATE_COUNT));
            Cells::Text(texts.collect())
        };
        let integer = |of: &dyn Fn(&Placed, usize) -> i64| Cells::Integer(each(rows, |r, s| Some(of(r, s))));
        let float = |of: &dyn Fn(&Placed, usize) -> f64| Cells::Float(each(rows, of));
        let yes: Arc<str> = "Y".into();
        match value {
            V::Study => of_row(&|_| Arc::clone(&self.study.id)),
            V::UniqueSubject => of_row(&|r| Arc::clone(&r.course.unique_subject)),
            V::Subject => of_row(&|r| Arc::clone(&r.course.subject)),
            V::Sequence => integer(&|r, s| r.course.rows_of_subject * STATE_COUNT as i64 + s as i64 + 1),
            V::Yes => of_row(&|_| Arc::clone(&yes)),
            V::Arm => of_row(&|r| Arc::clone(&self.study.arms[r.row.arm])),
            V::ArmNumber => integer(&|r, _| r.row.arm as i64 + 1),
            V::Code => of_state(&self.texts.codes),
            V::Label => of_state(&self.texts.labels),
            V::Number => integer(&|_, s| s as i64 + 1),
            V::Day => integer(&|r, _| day_number(r.row.day)),
            V::TimePoint => of_row(&|r| time_point(r.hours).into()),
            V::Hours => float(&|r, _| r.hours),
            V::Value => float(&|r, s| r.row.state[s]),
            V::Unit => of_state(&self.texts.units),
            V::BaselineFlag => text(&|r, _| (r.course.rows == 0).then(|| Arc::clone(&yes))),
            V::Base => float(&|r, s| r.course.base[s]),
            V::Change => float(&|r, s| r.row.state[s] - r.course.base[s]),
            V::SourceColumn => of_state(&self.texts.columns),
        }
    }
}

/// ATPT.
fn time_point(hours: f64) -> String {
    format!("{hours} h")
}

/// The variables in order, by where they come from; those that other records have as well are described as there.
fn variables_of(study: &StudyFacts) -> Vec<(CourseValue, Vec<Variable>)> {
    use CourseValue as V;
    let shared = |value: RecordValue| value.variables(NAME, study, &[]);
    let variable = |name: &str, label: &str, kind: Kind, codes: Option<CodeList>, origin: Origin| {
        vec![Variable { name: name.into(), label: label.into(), kind, unit: String::new(), origin, codes }]
    };
    let assigned = |about: &str| Origin::Assigned(about.into());
    let derived = |about: &str| Origin::Derived(about.into());
    let longest = |of: &dyn Fn(&StateInfo) -> usize| Kind::Text(STATES.iter().map(of).max().unwrap_or(1));
    let (code, label) = (|s: &StateInfo| names::state(s).0, |s: &StateInfo| names::state(s).1);
    let unit = |s: &StateInfo| names::ascii(s.unit);
    vec![
        (V::Study, shared(RecordValue::Study)),
        (V::UniqueSubject, shared(RecordValue::UniqueSubject)),
        (V::Subject, shared(RecordValue::Subject)),
        (V::Sequence, shared(RecordValue::Sequence)),
        (V::Yes, shared(RecordValue::Yes)),
        (V::Arm, shared(RecordValue::Arm)),
        (V::ArmNumber, shared(RecordValue::ArmNumber)),
        (V::Code, {
            let codes = STATES.iter().map(|state| (code(state), label(state)));
            let codes = Some(codes::parameters(NAME, codes));
            variable("PARAMCD", "Parameter Code", longest(&|s| code(s).len()), codes, assigned("State"))
        }),
        (
            V::Label,
            variable("PARAM", "Parameter", longest(&|s| label(s).len()), None, assigned("State and unit")),
        ),
        (V::Number, shared(RecordValue::Number)),
        (V::Day, {
            let origin = derived("Days since the first infusion, rounded down, plus 1");
            variable("ADY", "Analysis Relative Day", Kind::Integer, None, origin)
        }),
        (V::TimePoint, {
            let about = assigned("Hours since the first infusion; at a later infusion just before it");
            variable("ATPT", "Analysis Timepoint", Kind::Text(LONGEST_TIME_POINT), None, about)
        }),
        (
            V::Hours,
            variable("ATPTN", "Analysis Timepoint (N)", Kind::Float, None, assigned("Number of ATPT, hours")),
        ),
        (V::Value, shared(RecordValue::Value)),
        (
            V::Unit,
            variable(
                "AVALU",
                "Analysis Value Unit",
                longest(&|s| unit(s).len()),
                None,
                assigned("Unit of AVAL"),
            ),
        ),
        (V::BaselineFlag, {
            let about = derived("Y at the start of the course, when what the arm gives first has been given");
            variable("ABLFL", "Baseline Record Flag", Kind::Text(1), Some(codes::yes()), about)
        }),
        (
            V::Base,
            variable(
                "BASE",
                "Baseline Value",
                Kind::Float,
                None,
                derived("AVAL where ABLFL is Y in this arm"),
            ),
        ),
        (V::Change, shared(RecordValue::Change)),
        (V::SourceColumn, {
            let about = assigned("Column of trajectories.parquet that AVAL comes from");
            variable("SRCVAR", "Source Variable", longest(&|s| s.name.len()), None, about)
        }),
    ]
}

fn each<T>(rows: &[Placed], of: impl Fn(&Placed, usize) -> T) -> Vec<T> {
    let mut values = Vec::with_capacity(rows.len() * STATE_COUNT);
    for row in rows {
        values.extend((0..STATE_COUNT).map(|state| of(row, state)));
    }
    values
}
