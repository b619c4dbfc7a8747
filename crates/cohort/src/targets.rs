//! `[population.targets]`: which patients are plausible, and which shares of them are those of a real trial.

use crate::error::{Diagnostics, quoted, show, suggestion};
use crate::population::named;
use crate::sections::{MOST_SHARES, TypedCondition, TypedShare, TypedTargets};
use crate::toml_reader::At;
use crate::typed_value::Given;
use cartrial_model::{Endpoint, EndpointKind, Quantity};
use serde::{Deserialize, Serialize};

named! {
    /// What weights do.
    #[derive(Default)]
    TargetMethod {
        /// Candidates are accepted in proportion to their weights; then all patients count alike.
        #[default]
        Acceptance "acceptance",
        /// Every plausible candidate may be a patient, and statistics take the weights.
        Weighting "weighting"
    }
}

/// What patients have to look like, judged by what becomes of them in the first arm.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Targets {
    /// How the weights are used that bring shares near to the trial's.
    #[serde(default)]
    pub method: TargetMethod,
    /// Candidates that are drawn, of whom the patients are enrolled.
    pub candidates: u64,
    /// Ranges that every patient keeps.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub plausible: Vec<Condition>,
    /// Shares of a real trial's patients.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub shares: Vec<TargetShare>,
}

/// A share of a real trial's patients.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TargetShare {
    /// What these patients have.
    #[serde(flatten)]
    pub condition: Condition,
    /// Among whom they are counted; all patients if there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub among: Option<Condition>,
    /// Their share, 0 to 1.
    pub share: f64,
    /// Patients on whom it rests.
    pub patients: u64,
    /// Where it is published.
    pub source: String,
}

/// An event, or a value in a range.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Condition {
    /// What it is about.
    pub column: PatientColumn,
    /// The value is greater than this.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub above: Option<f64>,
    /// The value is less than this.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub below: Option<f64>,
}

/// A column of the patient table that a condition can be about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub enum PatientColumn {
    /// What the patient is like.
    Quantity(Quantity),
    /// What becomes of the patient.
    Endpoint(Endpoint),
}

impl PatientColumn {
    /// The column of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        let quantity = Quantity::from_symbol(name).map(Self::Quantity);
        quantity.or_else(|| Endpoint::from_name(name).map(Self::Endpoint))
    }

    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Quantity(quantity) => quantity.symbol(),
            Self::Endpoint(endpoint) => endpoint.name(),
        }
    }

    /// What it means.
    pub fn label(self) -> &'static str {
        match self {
            Self::Quantity(quantity) => quantity.label(),
            Self::Endpoint(endpoint) => endpoint.label(),
        }
    }

    /// Its unit.
    pub fn unit(self) -> &'static str {
        match self {
            Self::Quantity(quantity) => quantity.unit(),
            Self::Endpoint(endpoint) => endpoint.unit(),
        }
    }

    /// Whether its values are yes and no.
    pub fn is_event(self) -> bool {
        matches!(self, Self::Endpoint(endpoint) if matches!(endpoint.kind(), EndpointKind::Event { .. }))
    }
}

impl From<PatientColumn> for String {
    fn from(column: PatientColumn) -> Self {
        column.name().to_owned()
    }
}

impl TryFrom<String> for PatientColumn {
    type Error = String;

    fn try_from(name: String) -> Result<Self, String> {
        Self::from_name(&name).ok_or_else(|| format!("unknown column {name:?}"))
    }
}

impl Condition {
    /// Whether a patient satisfies it, by the values of quantities and endpoints. A missing value satisfies nothing, and the day of an
    /// event that did not come about neither.
    pub fn is_satisfied(
        &self,
        quantity: impl Fn(Quantity) -> f64,
        endpoint: impl Fn(Endpoint) -> f64,
    ) -> bool {
        let value = match self.column {
            PatientColumn::Quantity(of) => quantity(of),
            PatientColumn::Endpoint(of) => {
                let came_about = of.event().is_none_or(|event| endpoint(event) == 1.0);
                if came_about { endpoint(of) } else { f64::NAN }
            }
        };
        if self.column.is_event() {
            return value == 1.0;
        }
        !value.is_nan()
            && self.above.is_none_or(|above| value > above)
            && self.below.is_none_or(|below| value < below)
    }
}

impl TypedTargets {
    /// The targets, as far as they can be checked without the patients.
    ///
    /// `days` is the length of the study, unless it was refused.
    pub(crate) fn resolve(&self, at: &At<()>, days: Option<f64>, d: &mut Diagnostics<'_>) -> Option<Targets> {
        let (method, candidates) = (self.method()?, self.candidates()?);
        if matches!(self.plausible, Given::Refused) || matches!(self.shares, Given::Refused) {
            return None;
        }
        let ranges = self.plausible.value().map_or(0, |at| at.value.len());
        if ranges + self.shares.value().map_or(0, |at| at.value.len()) == 0 {
            let remedy = "Give plausible, shares or both; without either every patient drawn is taken.";
            d.at(&at.span, at.path.as_str(), "nothing that patients could be enrolled by", remedy);
            return None;
        }
        if let Some(typed) = self.shares.value().filter(|typed| typed.value.len() > MOST_SHARES) {
            let reason = format!("{} shares are too many", typed.value.len());
            d.at(
                &typed.span,
                typed.path.as_str(),
                reason,
                format!("At most {MOST_SHARES} can be matched at once."),
            );
            return None;
        }
        let plausible: Vec<_> = self
            .plausible
            .value()
            .iter()
            .flat_map(|typed| &typed.value)
            .map(|TypedCondition { column, above, below }| condition(column, above, below, days, d))
            .collect();
        let shares: Vec<_> = self
            .shares
            .value()
            .iter()
            .flat_map(|typed| &typed.value)
            .map(|typed| share(typed, days, d))
            .collect();
        Some(Targets {
            method,
            candidates,
            plausible: plausible.into_iter().collect::<Option<_>>()?,
            shares: shares.into_iter().collect::<Option<_>>()?,
        })
    }
}

fn share(typed: &TypedShare, days: Option<f64>, d: &mut Diagnostics<'_>) -> Option<TargetShare> {
    let TypedShare { column, above, below, among, share, patients, source } = typed;
    let condition = condition(column, above, below, days, d);
    let among = match among {
        Given::Absent => Some(None),
        Given::Refused => None,
        Given::Value(At { value: TypedCondition { column, above, below }, .. }) => {
            self::condition(column, above, below, days, d).map(Some)
        }
    };
    if let Some(source) = source.value().filter(|source| source.value.trim().is_empty()) {
        d.at(&source.span, source.path.as_str(), "empty", "Say where the share is published.");
    }
    Some(TargetShare {
        condition: condition?,
        among: among?,
        share: share.value()?.value,
        patients: patients.value()?.value,
        source: source.value()?.value.clone(),
    })
}

fn condition(
    column: &Given<String>,
    above: &Given<f64>,
    below: &Given<f64>,
    days: Option<f64>,
    d: &mut Diagnostics<'_>,
) -> Option<Condition> {
    let typed = column.value()?;
    let Some(column) = PatientColumn::from_name(&typed.value) else {
        let names =
            || Quantity::ALL.map(Quantity::symbol).into_iter().chain(Endpoint::ALL.map(Endpoint::name));
        let reason = format!("unknown column {}", quoted(&typed.value));
        d.at(
            &typed.span,
            typed.path.as_str(),
            reason,
            suggestion(&typed.value, &names().collect::<Vec<_>>()),
        );
        return None;
    };
    let bounds = [above, below].map(Given::value);
    let beyond = |bound: &&At<f64>| column.unit() == "day" && days.is_some_and(|days| bound.value > days);
    if let Some(bound) = bounds.into_iter().flatten().find(beyond) {
        let length = show(days.unwrap_or_default());
        let reason = format!("day {} is beyond the end of the study ({length} days)", show(bound.value));
        d.at(
            &bound.span,
            bound.path.as_str(),
            reason,
            "Lengthen the study with days under [study], or move it.",
        );
        return None;
    }
    match bounds {
        [Some(bound), _] | [_, Some(bound)] if column.is_event() => {
            let reason = format!("has no meaning for {}, which is yes or no", column.name());
            d.at(&bound.span, bound.path.as_str(), reason, "Remove it.");
            return None;
        }
        [None, None] if !column.is_event() => {
            let remedy = "Give above, below or both.";
            d.at(&typed.span, typed.path.as_str(), format!("no range of {}", column.name()), remedy);
            return None;
        }
        [Some(above), Some(below)] if above.value >= below.value => {
            let reason = format!("no value is above {} and below {}", show(above.value), show(below.value));
            d.at(&below.span, below.path.as_str(), reason, "Exchange them, or leave one out.");
            return None;
        }
        _ => {}
    }
    let [above, below] = [above, below].map(|bound| match bound {
        Given::Absent => Some(None),
        Given::Refused => None,
        Given::Value(at) => Some(Some(at.value)),
    });
    Some(Condition { column, above: above?, below: below? })
}
