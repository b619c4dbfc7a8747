//! A comparison, looked up by column, with its labels.

use cartrial_analysis::trial::{
    ComparedEndpoint, ComparisonEntry, Description, Design, EndpointColumns, OutcomeType,
};
use cartrial_model::Endpoint;

use super::Comparison;
use crate::number::grouped;
use crate::study::StudyFindings;

/// A report and its comparison, to look things up in.
pub(super) struct View<'a> {
    pub report: &'a StudyFindings<'a>,
    pub comparison: &'a Comparison<'a>,
}

impl<'a> View<'a> {
    pub fn design(&self) -> Design {
        self.comparison.arms.plan().design
    }

    /// All arms, the reference first.
    pub fn arms(&self) -> &'a [String] {
        &self.comparison.arms.plan().arms
    }

    pub fn reference(&self) -> &'a str {
        self.arms().first().map_or("", String::as_str)
    }

    /// The arms that are compared with the reference.
    pub fn others(&self) -> &'a [String] {
        self.arms().get(1..).unwrap_or_default()
    }

    pub fn endpoint(&self, name: &str) -> Option<&'a ComparedEndpoint> {
        self.comparison.arms.plan().endpoints.iter().find(|e| e.name == name)
    }

    /// Name of the endpoint of that type and column; of a time to an event,
    /// of the event's column.
    pub fn name_of(&self, outcome_type: OutcomeType, column: &str) -> Option<&'a str> {
        let is_it = |e: &&ComparedEndpoint| {
            e.columns.outcome_type() == outcome_type && main_column(&e.columns) == column
        };
        self.comparison.arms.plan().endpoints.iter().find(is_it).map(|e| e.name.as_str())
    }

    /// Whether anything is compared that comes from a column.
    pub fn compares(&self, column: &str) -> bool {
        self.comparison.arms.plan().endpoints.iter().any(|e| main_column(&e.columns) == column)
    }

    /// The comparison of an arm with the reference in an outcome of that type and column.
    pub fn entry(&self, outcome_type: OutcomeType, column: &str, arm: &str) -> Option<&'a ComparisonEntry> {
        self.comparison.summary.entry(self.name_of(outcome_type, column)?, arm)
    }

    /// What is known of an arm, the reference or another, in an outcome of that type and column.
    pub fn described(&self, outcome_type: OutcomeType, column: &str, arm: &str) -> Option<&'a Description> {
        let name = self.name_of(outcome_type, column)?;
        let entries = self.comparison.summary.entries.iter().filter(|e| e.endpoint == name);
        entries.flat_map(|e| &e.described).find(|d| d.arm == arm)?.values.value()
    }

    /// The patients on whom a comparison of twins rests, where more than 1 % lack the outcome in an arm.
    pub fn basis(&self, entry: &ComparisonEntry) -> Option<String> {
        let many = entry.design == Design::Paired && entry.missing > (entry.n + entry.missing) / 100;
        let patients = if entry.n == 1 { "patient" } else { "patients" };
        // Nobody relapses who was never in remission.
        let column = self.endpoint(&entry.endpoint).map(|e| main_column(&e.columns));
        let with = if column == Some(Endpoint::Relapse.name()) {
            "in remission in both arms"
        } else {
            "with a value in both arms"
        };
        many.then(|| format!("{} {patients} {with}", grouped(&entry.n.to_string())))
    }

    /// Whether anybody in any arm had an event.
    pub fn happened(&self, event: &str) -> bool {
        let names = [OutcomeType::Binary, OutcomeType::TimeToEvent]
            .map(|outcome_type| self.name_of(outcome_type, event));
        let entries = &self.comparison.summary.entries;
        let of_event = entries.iter().filter(|e| names.contains(&Some(e.endpoint.as_str())));
        of_event.flat_map(|e| &e.described).any(|d| match d.values.value() {
            Some(Description::Binary { events, .. } | Description::TimeToEvent { events, .. }) => *events > 0,
            _ => false,
        })
    }

    /// An outcome's label, and its unit where its values are numbers.
    pub fn label(&self, endpoint: &str) -> (String, &'a str) {
        let Some(columns) = self.endpoint(endpoint).map(|e| &e.columns) else {
            return (endpoint.to_owned(), "");
        };
        let column = main_column(columns);
        let (label, unit) = self.report.column(column);
        let label = match Endpoint::from_name(column) {
            Some(outcome) => outcome.short_label(),
            None if label.is_empty() => endpoint,
            None => label,
        };
        match columns {
            EndpointColumns::Continuous { .. } => (label.to_owned(), unit),
            EndpointColumns::Binary { .. } => (label.to_owned(), ""),
            EndpointColumns::TimeToEvent { .. } => (format!("Days until {}", label.to_lowercase()), ""),
        }
    }
}

/// The column that says what an endpoint is about.
fn main_column(columns: &EndpointColumns) -> &str {
    match columns {
        EndpointColumns::Continuous { column } | EndpointColumns::Binary { column } => column,
        EndpointColumns::TimeToEvent { event, .. } => event,
    }
}
