//! `dictionary.json`: what every column means, for whoever has nothing else.

use crate::column::{Column, ColumnType};
use crate::status::{STATUSES, status_in_words, status_name};
use cartrial_cohort::Study;
use cartrial_model::Endpoint;
use serde::Serialize;

/// One column, with what its values mean in this study.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub(crate) struct Entry<'a> {
    #[serde(flatten)]
    column: &'a Column,
    /// When an event counts, and from when to when a time goes.
    #[serde(skip_serializing_if = "Option::is_none")]
    definition: Option<String>,
    /// Every category; none of a column that has no categories.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    categories: Vec<Category<'a>>,
}

/// A value of a column of categories.
#[derive(Clone, Debug, PartialEq, Serialize)]
struct Category<'a> {
    value: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    label: Option<&'static str>,
}

/// Those columns of a study's patient table.
pub(crate) fn entries<'a>(columns: &'a [Column], study: &'a Study) -> Vec<Entry<'a>> {
    let entry = |column: &'a Column| Entry {
        column,
        definition: Endpoint::from_name(&column.name).and_then(|endpoint| definition(endpoint, study)),
        categories: categories(column, study),
    };
    columns.iter().map(entry).collect()
}

fn categories<'a>(column: &Column, study: &'a Study) -> Vec<Category<'a>> {
    match (column.kind, column.name.as_str()) {
        (ColumnType::Category, "arm") => {
            study.arms.iter().map(|arm| Category { value: &arm.name, label: None }).collect()
        }
        (ColumnType::Category, _) => {
            let status =
                |status| Category { value: status_name(status), label: Some(status_in_words(status)) };
            STATUSES.into_iter().map(status).collect()
        }
        (ColumnType::U64 | ColumnType::U32 | ColumnType::F64 | ColumnType::Bool | ColumnType::Text, _) => {
            vec![]
        }
    }
}

/// What an endpoint that depends on the study's thresholds means; none of one that its label defines.
fn definition(endpoint: Endpoint, study: &Study) -> Option<String> {
    let Study { endpoints: thresholds, days, .. } = study;
    let severe = format!("inflammation is above {} pg/mL", thresholds.severe_inflammation);
    let below = burden("below", thresholds.remission_fraction, thresholds.remission_count);
    let above = burden("above", thresholds.relapse_fraction, thresholds.relapse_count);
    let first = |when: &str, flag: Endpoint| {
        format!(
            "First day on which {when}. Where {flag} is false, day {days}, the end of the study: censored"
        )
    };
    Some(match endpoint {
        Endpoint::SevereInflammation => format!("True if {severe} at any time"),
        Endpoint::SevereInflammationDay => first(&severe, Endpoint::SevereInflammation),
        Endpoint::DaysSevere => format!("Time for which {severe}"),
        Endpoint::Remission => format!("True if the tumour is {below} at any time"),
        Endpoint::RemissionDay => first(&format!("the tumour is {below}"), Endpoint::Remission),
        Endpoint::Relapse => {
            format!("True if the tumour is {above} after remission; null where there was no remission")
        }
        Endpoint::RelapseDay => {
            first(&format!("the tumour is {above} after remission"), Endpoint::Relapse)
                + ". Null where there was no remission"
        }
        Endpoint::RemissionAtEnd => format!("True if the tumour is {below} on day {days}, the last one"),
        Endpoint::CarTPersistence => {
            format!("Time for which CAR T cells in all are above {} cells/µL", thresholds.car_t_detection)
        }
        _ => return None,
    })
}

/// The higher of a fraction of the patient's own burden and a count, in words.
fn burden(side: &str, fraction: f64, count: f64) -> String {
    let percent = (1e8 * fraction).round() / 1e6;
    let own = format!("{percent} % of the patient's burden before any bridging");
    if count > 0.0 {
        format!("{side} the higher of {own} and {count} cells/µL")
    } else {
        format!("{side} {own}")
    }
}
