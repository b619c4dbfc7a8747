//! Moments and counts of one endpoint over all patients, in constant memory.

use super::comparison_plan::{ComparedEndpoint, EndpointColumns, Resolution};
use super::independent_proportions::Proportion;
use super::paired_proportions::PairedContingencyTable;
use crate::error::StatError;
use crate::segments::{Accumulator, MOST_ROWS};
use crate::summary::Summary;
use serde::{Deserialize, Serialize};

/// Moments or counts of one endpoint: of every arm, and, in the paired design, of every arm against the reference.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) enum EndpointAccumulator {
    Continuous {
        arms: Vec<Summary>,
        differences: Vec<Summary>,
        resolution: Resolution,
    },
    Binary {
        arms: Vec<EventCounts>,
        pairs: Vec<PairedEventCounts>,
    },
    /// Curves need every patient: nothing is accumulated.
    TimeToEvent,
}

/// Events of one arm.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct EventCounts {
    pub patients: Proportion,
    pub missing: u64,
    /// Values that are neither 0 nor 1.
    odd: u64,
}

/// Events of an arm and the reference in the same patients.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct PairedEventCounts {
    pub table: PairedContingencyTable,
    pub missing: u64,
    odd: u64,
}

impl EventCounts {
    fn push(&mut self, value: f64) {
        match event(value) {
            Some(Ok(event)) => {
                self.patients.n += 1;
                self.patients.events += u64::from(event);
            }
            Some(Err(())) => self.odd += 1,
            None => self.missing += 1,
        }
    }

    /// Events and patients, if every value is one of an event.
    pub fn proportion(&self) -> Result<Proportion, StatError> {
        if self.odd == 0 { Ok(self.patients) } else { Err(StatError::NotBinary { n: self.odd }) }
    }
}

impl PairedEventCounts {
    fn push(&mut self, reference: f64, arm: f64) {
        match (event(reference), event(arm)) {
            (None, _) | (_, None) => self.missing += 1,
            (Some(Err(())), _) | (_, Some(Err(()))) => self.odd += 1,
            (Some(Ok(reference)), Some(Ok(arm))) => {
                *match (reference, arm) {
                    (true, true) => &mut self.table.both,
                    (false, true) => &mut self.table.only_arm,
                    (true, false) => &mut self.table.only_reference,
                    (false, false) => &mut self.table.neither,
                } += 1;
            }
        }
    }

    /// The table, if every value is one of an event.
    pub fn table(&self) -> Result<PairedContingencyTable, StatError> {
        if self.odd == 0 { Ok(self.table) } else { Err(StatError::NotBinary { n: self.odd }) }
    }
}

impl EndpointAccumulator {
    /// Of no patients. `others` is the number of arms that are compared within patients.
    pub fn new(endpoint: &ComparedEndpoint, arms: usize, others: usize) -> Self {
        match endpoint.columns {
            EndpointColumns::Continuous { .. } => Self::Continuous {
                arms: vec![Summary::new(); arms],
                differences: vec![Summary::new(); others],
                resolution: endpoint.resolution,
            },
            EndpointColumns::Binary { .. } => Self::Binary {
                arms: vec![EventCounts::default(); arms],
                pairs: vec![PairedEventCounts::default(); others],
            },
            EndpointColumns::TimeToEvent { .. } => Self::TimeToEvent,
        }
    }

    /// The same without patients.
    fn fresh(&self) -> Self {
        match self {
            Self::Continuous { arms, differences, resolution } => Self::Continuous {
                arms: vec![Summary::new(); arms.len()],
                differences: vec![Summary::new(); differences.len()],
                resolution: *resolution,
            },
            Self::Binary { arms, pairs } => Self::Binary {
                arms: vec![EventCounts::default(); arms.len()],
                pairs: vec![PairedEventCounts::default(); pairs.len()],
            },
            Self::TimeToEvent => Self::TimeToEvent,
        }
    }

    /// Whether patients of the same endpoint can come to `next`.
    fn admits(&self, next: &Self) -> bool {
        match (self, next) {
            (
                Self::Continuous { arms, differences, .. },
                Self::Continuous { arms: next_arms, differences: next_differences, .. },
            ) => {
                let mut all = arms.iter().chain(differences).zip(next_arms.iter().chain(next_differences));
                arms.len() == next_arms.len()
                    && differences.len() == next_differences.len()
                    && all.all(|(own, next)| own.admits(next))
            }
            (Self::Binary { arms, pairs }, Self::Binary { arms: next_arms, pairs: next_pairs }) => {
                arms.len() == next_arms.len()
                    && pairs.len() == next_pairs.len()
                    && next_arms.iter().all(EventCounts::is_possible)
                    && next_pairs.iter().all(PairedEventCounts::is_possible)
            }
            (Self::TimeToEvent, Self::TimeToEvent) => true,
            _ => false,
        }
    }

    /// Adds the patients of the same endpoint's `next`.
    fn merge(&mut self, next: &Self) {
        match (self, next) {
            (
                Self::Continuous { arms, differences, .. },
                Self::Continuous { arms: next_arms, differences: next_differences, .. },
            ) => {
                let next = next_arms.iter().chain(next_differences);
                arms.iter_mut().chain(differences).zip(next).for_each(|(all, next)| all.merge(next));
            }
            (Self::Binary { arms, pairs }, Self::Binary { arms: next_arms, pairs: next_pairs }) => {
                arms.iter_mut().zip(next_arms).for_each(|(all, next)| all.merge(next));
                pairs.iter_mut().zip(next_pairs).for_each(|(all, next)| all.merge(next));
            }
            (Self::TimeToEvent, Self::TimeToEvent) => {}
            _ => unreachable!("one endpoint has one kind of outcome"),
        }
    }

    /// Adds the endpoint's column of every arm.
    pub fn extend(&mut self, columns: &[&[f64]]) {
        match self {
            Self::Continuous { arms, differences, resolution } => {
                arms.iter_mut().zip(columns).for_each(|(arm, column)| arm.extend(column));
                for (all, column) in differences.iter_mut().zip(&columns[1..]) {
                    pairs(columns[0], column)
                        .for_each(|(reference, arm)| all.push(resolution.difference(reference, arm)));
                }
            }
            Self::Binary { arms, pairs: all } => {
                for (arm, column) in arms.iter_mut().zip(columns) {
                    column.iter().for_each(|&value| arm.push(value));
                }
                for (all, column) in all.iter_mut().zip(&columns[1..]) {
                    pairs(columns[0], column).for_each(|(reference, arm)| all.push(reference, arm));
                }
            }
            Self::TimeToEvent => {}
        }
    }
}

impl EventCounts {
    fn is_possible(&self) -> bool {
        let Proportion { events, n } = self.patients;
        events <= n && [n, self.missing, self.odd].iter().all(|count| *count <= MOST_ROWS)
    }

    fn merge(&mut self, next: &Self) {
        self.patients.events += next.patients.events;
        self.patients.n += next.patients.n;
        self.missing += next.missing;
        self.odd += next.odd;
    }
}

impl PairedEventCounts {
    fn is_possible(&self) -> bool {
        let PairedContingencyTable { both, only_arm, only_reference, neither } = self.table;
        let counts = [both, only_arm, only_reference, neither, self.missing, self.odd];
        counts.iter().all(|count| *count <= MOST_ROWS)
    }

    fn merge(&mut self, next: &Self) {
        let PairedContingencyTable { both, only_arm, only_reference, neither } = next.table;
        self.table.both += both;
        self.table.only_arm += only_arm;
        self.table.only_reference += only_reference;
        self.table.neither += neither;
        self.missing += next.missing;
        self.odd += next.odd;
    }
}

/// Moments and counts of all endpoints.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct EndpointMoments {
    pub rows: u64,
    pub endpoints: Vec<EndpointAccumulator>,
}

impl Accumulator for EndpointMoments {
    fn fresh(&self) -> Self {
        Self { rows: 0, endpoints: self.endpoints.iter().map(EndpointAccumulator::fresh).collect() }
    }

    fn is_empty(&self) -> bool {
        self.rows == 0
    }

    fn admits(&self, next: &Self) -> bool {
        let mut endpoints = self.endpoints.iter().zip(&next.endpoints);
        next.rows <= MOST_ROWS
            && self.endpoints.len() == next.endpoints.len()
            && endpoints.all(|(own, next)| own.admits(next))
    }

    fn merge(&mut self, next: &Self) {
        self.rows += next.rows;
        self.endpoints.iter_mut().zip(&next.endpoints).for_each(|(all, next)| all.merge(next));
    }

    fn close(&mut self) {
        for endpoint in &mut self.endpoints {
            if let EndpointAccumulator::Continuous { arms, differences, .. } = endpoint {
                arms.iter_mut().chain(differences).for_each(Accumulator::close);
            }
        }
    }
}

/// Patients of two arms side by side.
pub(super) fn pairs<'a>(reference: &'a [f64], arm: &'a [f64]) -> impl Iterator<Item = (f64, f64)> + 'a {
    reference.iter().copied().zip(arm.iter().copied())
}

/// Whether there was an event: nothing if missing, an error if neither 0 nor 1.
fn event(value: f64) -> Option<Result<bool, ()>> {
    if value.is_nan() {
        None
    } else if value == 0.0 || value == 1.0 {
        Some(Ok(value == 1.0))
    } else {
        Some(Err(()))
    }
}
