//! The variables of a record for a subject, arm and parameter.

use super::chunk::{LONGEST_REASON, StudyFacts};
use super::codes;
use super::names::{self, Parameter};
use super::variable::{CodeList, Kind, Origin, Variable};
use cartrial_model::EndpointDomain;

pub(crate) const OVERALL: &str = "Overall";
pub(crate) const END: &str = "End of Study";
pub(crate) const NO_EVENT: &str = "No event by the end of the study";
pub(crate) const NOT_AT_RISK: &str = "Never in remission, so not at risk";

/// Where a variable of a record comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum RecordValue {
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
    Category,
    Visit,
    VisitNumber,
    Day,
    Value,
    Unit,
    Base,
    Change,
    Censored,
    EventDescription,
    InAnalysis,
    Reason,
    SourceColumn,
}

/// ADY of a time in days since the first infusion: day 1 is the first 24 hours after it.
pub(crate) fn day_number(day: f64) -> i64 {
    day.floor() as i64 + 1
}

impl RecordValue {
    /// The variables that have this value: one, or planned and actual treatment, or two flags.
    pub fn variables(self, data_set: &str, study: &StudyFacts, parameters: &[Parameter]) -> Vec<Variable> {
        let variable = |name: &str, label: &str, kind: Kind, codes: Option<CodeList>, origin: Origin| {
            vec![Variable {
                name: name.into(),
                label: label.into(),
                kind,
                unit: String::new(),
                origin,
                codes,
            }]
        };
        let from_adsl = |name: &str| Origin::Assigned(format!("ADSL.{name}"));
        let assigned = |about: &str| Origin::Assigned(about.into());
        let derived = |about: &str| Origin::Derived(about.into());
        let longest = |text: &dyn Fn(&Parameter) -> usize| {
            Kind::Text(parameters.iter().map(text).max().unwrap_or(1).max(1))
        };
        match self {
            Self::Study => {
                let kind = Kind::Text(study.id.len());
                variable("STUDYID", "Study Identifier", kind, None, from_adsl("STUDYID"))
            }
            Self::UniqueSubject => {
                let kind = Kind::Text(study.id.len() + 1 + study.digits);
                variable("USUBJID", "Unique Subject Identifier", kind, None, from_adsl("USUBJID"))
            }
            Self::Subject => {
                let kind = Kind::Text(study.digits);
                variable("SUBJID", "Subject Identifier for the Study", kind, None, from_adsl("SUBJID"))
            }
            Self::Sequence => {
                let origin = derived("Number of the record among those of the subject in this data set");
                variable("ASEQ", "Analysis Sequence Number", Kind::Integer, None, origin)
            }
            Self::Yes => {
                let flags =
                    [("ITTFL", "Intent-To-Treat Population Flag"), ("SAFFL", "Safety Population Flag")];
                let flag = |(name, label)| {
                    variable(name, label, Kind::Text(1), Some(codes::yes_no()), from_adsl(name))
                };
                flags.into_iter().flat_map(flag).collect()
            }
            Self::Arm => {
                let names = [("TRTP", "Planned Treatment"), ("TRTA", "Actual Treatment")];
                let of_arm = |(name, label)| {
                    let origin = assigned("Name of the arm in which the patient was simulated");
                    variable(name, label, Kind::Text(study.arm_length()), None, origin)
                };
                names.into_iter().flat_map(of_arm).collect()
            }
            Self::ArmNumber => {
                let names = [("TRTPN", "Planned Treatment (N)"), ("TRTAN", "Actual Treatment (N)")];
                let of_arm = |(name, label)| {
                    let origin = assigned("Number of the arm in the study, from 1");
                    variable(name, label, Kind::Integer, Some(codes::arms(&study.arms)), origin)
                };
                names.into_iter().flat_map(of_arm).collect()
            }
            Self::Code => {
                let codes = parameters.iter().map(|p| (p.code, p.label));
                let codes = Some(codes::parameters(data_set, codes));
                variable("PARAMCD", "Parameter Code", longest(&|p| p.code.len()), codes, assigned("Endpoint"))
            }
            Self::Label => variable(
                "PARAM",
                "Parameter",
                longest(&|p| p.label.len()),
                None,
                assigned("Endpoint and unit"),
            ),
            Self::Number => {
                variable("PARAMN", "Parameter (N)", Kind::Integer, None, assigned("Number of PARAMCD"))
            }
            Self::Category => {
                let kind = Kind::Text(names::category(EndpointDomain::CellKinetics).len());
                variable("PARCAT1", "Parameter Category 1", kind, None, assigned("What PARAM has to do with"))
            }
            Self::Visit => {
                let origin = assigned("The whole follow-up, or the state on its last day");
                variable("AVISIT", "Analysis Visit", Kind::Text(END.len()), None, origin)
            }
            Self::VisitNumber => {
                variable("AVISITN", "Analysis Visit (N)", Kind::Integer, None, assigned("Number of AVISIT"))
            }
            Self::Day => {
                let origin = derived(
                    "Days since the first infusion, rounded down, plus 1, at which AVAL was reached; missing where no \
                     day belongs to it",
                );
                variable("ADY", "Analysis Relative Day", Kind::Integer, None, origin)
            }
            Self::Value => {
                let origin = derived("Simulated; see the parameters");
                variable("AVAL", "Analysis Value", Kind::Float, None, origin)
            }
            Self::Unit => {
                let kind = longest(&|p| names::unit(p.endpoint).map_or(0, |unit| unit.len()));
                variable("AVALU", "Analysis Value Unit", kind, None, assigned("Unit of AVAL"))
            }
            Self::Base => {
                let origin = derived(
                    "What AVAL began as: the patient's quantity in ADSL, as drawn, before what an arm does to it",
                );
                variable("BASE", "Baseline Value", Kind::Float, None, origin)
            }
            Self::Change => {
                variable("CHG", "Change from Baseline", Kind::Float, None, derived("AVAL - BASE"))
            }
            Self::Censored => {
                let origin = derived("0 if AVAL is the day of the event, 1 if it is the end of the study");
                variable("CNSR", "Censor", Kind::Integer, Some(codes::censoring()), origin)
            }
            Self::EventDescription => {
                let event = |p: &Parameter| p.endpoint.event().map_or(0, |event| event.short_label().len());
                let Kind::Text(events) = longest(&event) else { unreachable!("texts have lengths") };
                let kind = Kind::Text(events.max(NO_EVENT.len()).max(NOT_AT_RISK.len()));
                let origin = derived("What happened on the day AVAL, or why there is no such day");
                variable("EVNTDESC", "Event or Censoring Description", kind, None, origin)
            }
            Self::InAnalysis => {
                let origin =
                    derived("Y where AVAL is there: every statistic of summary.json leaves out the others");
                variable("ANL01FL", "Analysis Flag 01", Kind::Text(1), Some(codes::yes()), origin)
            }
            Self::Reason => {
                let origin = derived("Why the solve in this arm failed: column status of the patient table");
                let (kind, codes) = (Kind::Text(LONGEST_REASON), Some(codes::reasons()));
                variable("DCSREAS", "Reason for Discontinuation from Study", kind, codes, origin)
            }
            Self::SourceColumn => {
                let origin = assigned("Column of the patient table that AVAL comes from");
                variable("SRCVAR", "Source Variable", longest(&|p| p.endpoint.name().len()), None, origin)
            }
        }
    }
}
