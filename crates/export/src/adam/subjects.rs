//! ADSL: one record a subject.

use super::chunk::{Chunk, LONGEST_REASON, StudyFacts};
use super::codes;
use super::names;
use super::variable::{DataSet, Kind, LONGEST_LABEL, Origin, Variable};
use crate::Result;
use crate::cells::{Cells, Records};
use cartrial_dataset::{Column, ColumnType};
use cartrial_model::Quantity;
use std::sync::Arc;

/// ARM of patients who go through every arm.
const ALL_ARMS: &str = "ALL ARMS";

/// The data set of subjects.
#[derive(Debug)]
pub(crate) struct Subjects {
    pub description: DataSet,
    values: Vec<SubjectValue>,
}

/// Where a variable of a subject comes from.
#[derive(Clone, Debug, PartialEq)]
enum SubjectValue {
    Study,
    UniqueSubject,
    Subject,
    PatientNumber,
    ArmDescription,
    Yes,
    CompletedFlag,
    /// The name of the patient's arm in the period of that number, from 0.
    Treatment(usize),
    TreatmentNumber(usize),
    EndOfStudy,
    Reason,
    Corrections,
    Number(String),
    Text(String),
}

impl Subjects {
    /// ADSL of so many subjects; `carried` are the columns of the cohort table, each with the length of its longest text.
    pub fn new(study: &StudyFacts, carried: &[(&Column, usize)], subjects: u64) -> Self {
        let mut all = Vec::new();
        let mut add = |value: SubjectValue, variable: Variable| all.push((value, variable));
        let text = |name: &str, label: &str, length: usize, origin: Origin| Variable {
            name: name.into(),
            label: label.into(),
            kind: Kind::Text(length),
            unit: String::new(),
            origin,
            codes: None,
        };
        let integer = |name: &str, label: &str, origin: Origin| Variable {
            kind: Kind::Integer,
            ..text(name, label, 0, origin)
        };
        let assigned = |about: &str| Origin::Assigned(about.into());
        let derived = |about: &str| Origin::Derived(about.into());
        let column = |name: &str| format!("Column {name} of the patient table");

        add(
            SubjectValue::Study,
            text("STUDYID", "Study Identifier", study.id.len(), assigned("Name of the study")),
        );
        let unique = study.id.len() + 1 + study.digits;
        let about = "STUDYID and SUBJID, joined by a hyphen";
        add(
            SubjectValue::UniqueSubject,
            text("USUBJID", "Unique Subject Identifier", unique, assigned(about)),
        );
        let about = "PATID with leading zeros";
        add(
            SubjectValue::Subject,
            text("SUBJID", "Subject Identifier for the Study", study.digits, assigned(about)),
        );
        let about = column("patient_id");
        add(
            SubjectValue::PatientNumber,
            integer("PATID", "Patient number in the cohort, from 0", assigned(&about)),
        );
        let (length, about) = if study.twins {
            (ALL_ARMS.len(), "Virtual patients go through every arm, each from the same start")
        } else {
            (study.arm_length(), "Name of the arm to which the patient is randomised")
        };
        add(SubjectValue::ArmDescription, text("ARM", "Description of Planned Arm", length, assigned(about)));
        let flag = |name: &str, label: &str, origin: Origin| Variable {
            codes: Some(codes::yes_no()),
            ..text(name, label, 1, origin)
        };
        let about = "Every virtual patient is assigned and treated";
        add(SubjectValue::Yes, flag("ITTFL", "Intent-To-Treat Population Flag", assigned(about)));
        add(SubjectValue::Yes, flag("SAFFL", "Safety Population Flag", assigned(about)));
        let about = "Y if the equations were solved to the end in every arm that the patient is in, N if not";
        add(SubjectValue::CompletedFlag, flag("COMPLFL", "Completers Population Flag", derived(about)));
        for arm in 0..study.rows_per_patient() {
            let period = format!("{:02}", arm + 1);
            let about = if study.twins {
                format!(
                    "Arm {} of the study. Arms stand beside each other; they are no periods in time",
                    arm + 1
                )
            } else {
                "The arm to which the patient is randomised".to_owned()
            };
            for (letter, kind) in [("P", "Planned"), ("A", "Actual")] {
                let label = format!("{kind} Treatment for Period {period}");
                add(
                    SubjectValue::Treatment(arm),
                    text(&format!("TRT{period}{letter}"), &label, study.arm_length(), assigned(&about)),
                );
                let number =
                    integer(&format!("TRT{period}{letter}N"), &format!("{label} (N)"), assigned(&about));
                add(
                    SubjectValue::TreatmentNumber(arm),
                    Variable { codes: Some(codes::arms(&study.arms)), ..number },
                );
            }
        }
        let about = "COMPLETED if the equations were solved to the end in every arm that the patient is in";
        let ended = text("EOSSTT", "End of Study Status", "DISCONTINUED".len(), derived(about));
        add(SubjectValue::EndOfStudy, Variable { codes: Some(codes::end_of_study()), ..ended });
        let about = "Why the first solve that failed did so: column status of the patient table";
        let reason = text("DCSREAS", "Reason for Discontinuation from Study", LONGEST_REASON, derived(about));
        add(SubjectValue::Reason, Variable { codes: Some(codes::reasons()), ..reason });
        let about = column("corrections");
        add(
            SubjectValue::Corrections,
            integer("CORRECTN", "Quantities corrected to be physical", derived(&about)),
        );
        let number = |name: &str, label: &str, unit: &str, origin: Origin| Variable {
            kind: Kind::Float,
            unit: if unit == "1" { String::new() } else { unit.into() },
            ..text(name, label, 0, origin)
        };
        let as_drawn = |name: &str, label: &str, unit: &str| {
            let unit = if unit == "1" { String::new() } else { format!(", {unit}") };
            format!("{}: {label}{unit}. The patient as drawn, before what an arm does to it", column(name))
        };
        for quantity in Quantity::ALL {
            if quantity == Quantity::Lymphocytes {
                let (name, label) = names::DOSE_TOTAL;
                let unit = Quantity::DOSES[0].unit();
                let about = as_drawn("dose_total", "Total CAR T cell dose", unit);
                add(SubjectValue::Number("dose_total".into()), number(name, label, unit, derived(&about)));
            }
            let (name, label) = names::quantity(quantity);
            let about = as_drawn(quantity.symbol(), quantity.label(), quantity.unit());
            let variable = number(name, label, quantity.unit(), assigned(&about));
            add(SubjectValue::Number(quantity.symbol().into()), variable);
        }
        let mut taken: Vec<String> = all.iter().map(|(_, variable)| variable.name.clone()).collect();
        for (column, length) in carried {
            let name = names::carried(&column.name, &taken);
            taken.push(name.clone());
            let label: String = column.name.chars().take(LONGEST_LABEL).collect();
            let origin = assigned(&format!("Column {} of the cohort table, unchanged", column.name));
            all.push(if column.kind == ColumnType::Text {
                (SubjectValue::Text(column.name.clone()), text(&name, &label, (*length).max(1), origin))
            } else {
                (SubjectValue::Number(column.name.clone()), number(&name, &label, &column.unit, origin))
            });
        }
        let (values, variables) = all.into_iter().unzip();
        let description = DataSet {
            name: "ADSL",
            label: "Subject-Level Analysis Dataset",
            structure: "One record per subject",
            class: "SUBJECT LEVEL ANALYSIS DATASET",
            subclass: None,
            keys: &["STUDYID", "USUBJID"],
            variables,
            parameters: Vec::new(),
            records: subjects,
        };
        Self { description, values }
    }

    /// The records of the patients of a chunk.
    pub fn records(&self, chunk: &Chunk) -> Result<Records> {
        self.values.iter().map(|value| cells(value, chunk)).collect()
    }
}

fn cells(value: &SubjectValue, chunk: &Chunk) -> Result<Cells> {
    let study = chunk.study;
    let texts = |of_first_row: &dyn Fn(usize) -> Option<Arc<str>>| {
        Cells::Text(chunk.first_rows().map(of_first_row).collect())
    };
    let integers = |of_first_row: &dyn Fn(usize) -> i64| {
        Cells::Integer(chunk.first_rows().map(|i| Some(of_first_row(i))).collect())
    };
    let constant = |text: &str| {
        let text: Arc<str> = text.into();
        texts(&|_| Some(Arc::clone(&text)))
    };
    let arm_of = |first: usize, period: usize| chunk.arms[first + period];
    let reason = |first: usize| chunk.rows_of(first).find_map(|row| chunk.reasons[row].clone());
    let choice = |completed: &str, failed: &str| {
        let [completed, failed]: [Arc<str>; 2] = [completed.into(), failed.into()];
        texts(&|i| Some(Arc::clone(if reason(i).is_none() { &completed } else { &failed })))
    };
    Ok(match value {
        SubjectValue::Study => constant(&study.id),
        SubjectValue::UniqueSubject => texts(&|i| Some(Arc::clone(&chunk.unique_subjects[i]))),
        SubjectValue::Subject => texts(&|i| Some(Arc::clone(&chunk.subjects[i]))),
        SubjectValue::PatientNumber => integers(&|i| chunk.ids[i] as i64),
        SubjectValue::ArmDescription if study.twins => constant(ALL_ARMS),
        SubjectValue::ArmDescription => texts(&|i| Some(Arc::clone(&study.arms[arm_of(i, 0)]))),
        SubjectValue::Yes => constant("Y"),
        SubjectValue::CompletedFlag => choice("Y", "N"),
        SubjectValue::Treatment(period) => texts(&|i| Some(Arc::clone(&study.arms[arm_of(i, *period)]))),
        SubjectValue::TreatmentNumber(period) => integers(&|i| arm_of(i, *period) as i64 + 1),
        SubjectValue::EndOfStudy => choice("COMPLETED", "DISCONTINUED"),
        SubjectValue::Reason => texts(&reason),
        SubjectValue::Corrections => {
            let corrections = chunk.rows.u32_column("corrections")?;
            integers(&|i| corrections[i].into())
        }
        SubjectValue::Number(column) => {
            let values = chunk.rows.f64_column(column)?;
            Cells::Float(chunk.first_rows().map(|i| values[i]).collect())
        }
        SubjectValue::Text(column) => {
            let values: Vec<Option<Arc<str>>> =
                chunk.rows.text_column(column)?.map(|text| text.map(Into::into)).collect();
            texts(&|i| values[i].clone())
        }
    })
}
