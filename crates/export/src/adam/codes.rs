//! The values that some variables can have.

use super::variable::CodeList;
use cartrial_dataset::{STATUSES, status_in_words, status_name};
use cartrial_runner::Status;
use std::sync::Arc;

fn list(id: &str, name: &str, codes: impl IntoIterator<Item = (String, String)>) -> CodeList {
    CodeList { id: format!("CL.{id}"), name: name.into(), codes: codes.into_iter().collect() }
}

fn owned(codes: &[(&str, &str)]) -> Vec<(String, String)> {
    codes.iter().map(|(code, meaning)| ((*code).to_owned(), (*meaning).to_owned())).collect()
}

/// Of a flag of the subject.
pub(crate) fn yes_no() -> CodeList {
    list("NY", "No Yes Response", owned(&[("N", "No"), ("Y", "Yes")]))
}

/// Of a flag of a record.
pub(crate) fn yes() -> CodeList {
    list("Y", "Yes Response", owned(&[("Y", "Yes")]))
}

/// Of the number of an arm.
pub(crate) fn arms(arms: &[Arc<str>]) -> CodeList {
    list("ARM", "Arms", arms.iter().enumerate().map(|(i, arm)| ((i + 1).to_string(), arm.to_string())))
}

/// Of EOSSTT.
pub(crate) fn end_of_study() -> CodeList {
    let codes = [("COMPLETED", "Solved to the end"), ("DISCONTINUED", "A solve failed")];
    list("EOSSTT", "End of Study Status", owned(&codes))
}

/// Of DCSREAS.
pub(crate) fn reasons() -> CodeList {
    let failed = STATUSES.into_iter().filter(|status| *status != Status::Completed);
    let code =
        |status| (status_name(status).to_uppercase().replace('_', " "), status_in_words(status).to_owned());
    list("DCSREAS", "Reason for Discontinuation", failed.map(code))
}

/// Of CNSR.
pub(crate) fn censoring() -> CodeList {
    list("CNSR", "Censoring", owned(&[("0", "Event"), ("1", "Censored at the end of the study")]))
}

/// Of PARAMCD.
pub(crate) fn parameters<'a>(data_set: &str, codes: impl Iterator<Item = (&'a str, &'a str)>) -> CodeList {
    let codes = codes.map(|(code, label)| (code.to_owned(), label.to_owned()));
    list(&format!("{data_set}.PARAMCD"), &format!("Parameters of {data_set}"), codes)
}
