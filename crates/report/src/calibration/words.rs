//! Conditions and shares in words.

use cartrial_cohort::{Condition, PatientColumn, TargetShare};
use cartrial_model::Endpoint;

use crate::page::{in_sentence, plain};

/// `Day of peak inflammation below 3 days`; an event by its name alone.
pub(crate) fn condition(condition: &Condition) -> String {
    let Condition { column, above, below } = condition;
    if let PatientColumn::Endpoint(day) = column
        && let Some(event) = day.event()
    {
        return event_by_day(event, *above, *below);
    }
    let label = label(*column);
    let unit = match column.unit() {
        "1" | "" => String::new(),
        "day" => " days".to_owned(),
        unit => format!(" {unit}"),
    };
    match (above, below) {
        (None, None) => label,
        (Some(above), None) => format!("{label} above {}{unit}", plain(*above)),
        (None, Some(below)) => format!("{label} below {}{unit}", plain(*below)),
        (Some(above), Some(below)) => {
            format!("{label} between {} and {}{unit}", plain(*above), plain(*below))
        }
    }
}

/// `Remission before day 28`.
fn event_by_day(event: Endpoint, after: Option<f64>, before: Option<f64>) -> String {
    let event = event.short_label();
    match (after.map(plain), before.map(plain)) {
        (None, None) => event.to_owned(),
        (None, Some(before)) => format!("{event} before day {before}"),
        (Some(after), None) => format!("{event} after day {after}"),
        (Some(after), Some(before)) => format!("{event} between day {after} and day {before}"),
    }
}

/// What is counted, and among whom.
pub(crate) fn share(target: &TargetShare) -> String {
    let counted = condition(&target.condition);
    match &target.among {
        None => counted,
        Some(among) => format!("{counted}, of those with {}", in_sentence(&condition(among))),
    }
}

pub(super) fn label(column: PatientColumn) -> String {
    match column {
        PatientColumn::Endpoint(endpoint) if column.is_event() => Endpoint::short_label(endpoint).to_owned(),
        _ => column.label().to_owned(),
    }
}
