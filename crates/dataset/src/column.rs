//! The one table of output columns: Parquet schema, dictionary and content hash are derived from it.

use arrow_schema::{DataType, Field};
use cartrial_cohort::{CANDIDATE, CarriedColumn, CarriedValues, WEIGHT};
use cartrial_model::{Endpoint, EndpointKind, Quantity, Role};
use serde::{Deserialize, Serialize};

/// A column of the patient table.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Column {
    /// Its name.
    pub name: String,
    /// What it means, as an axis label without the unit.
    pub label: String,
    /// The unit in plain text: `1` for a count or ratio, empty where there can be none.
    pub unit: String,
    /// What a cell is.
    #[serde(rename = "type")]
    pub kind: ColumnType,
    /// Where its values come from.
    pub origin: Origin,
    /// Whether a cell may be null.
    pub nullable: bool,
}

/// What a cell of a column is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ColumnType {
    /// A whole number of 64 bits.
    U64,
    /// A whole number of 32 bits.
    U32,
    /// A number of double precision.
    F64,
    /// True or false.
    Bool,
    /// One of a few texts.
    Category,
    /// UTF-8 text.
    Text,
}

/// Where a column's values come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Origin {
    /// Identifies the row.
    Id,
    /// A parameter of the equations.
    Parameter,
    /// The state at t = 0.
    Initial,
    /// Computed from other columns.
    Derived,
    /// An outcome of the simulation; null where it failed.
    Outcome,
    /// How the run went.
    Bookkeeping,
    /// Carried from the cohort table, unchanged.
    Carried,
}

impl ColumnType {
    /// Every type.
    const ALL: [Self; 6] = [Self::U64, Self::U32, Self::F64, Self::Bool, Self::Category, Self::Text];

    /// Its name in the dictionary.
    pub const fn name(self) -> &'static str {
        match self {
            Self::U64 => "u64",
            Self::U32 => "u32",
            Self::F64 => "f64",
            Self::Bool => "bool",
            Self::Category => "category",
            Self::Text => "text",
        }
    }

    /// The column type of an Arrow type, if there is one.
    pub(crate) fn of(arrow: &DataType) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.arrow() == *arrow)
    }

    /// The type in Arrow.
    pub(crate) fn arrow(self) -> DataType {
        match self {
            Self::U64 => DataType::UInt64,
            Self::U32 => DataType::UInt32,
            Self::F64 => DataType::Float64,
            Self::Bool => DataType::Boolean,
            Self::Category => DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8)),
            Self::Text => DataType::Utf8,
        }
    }
}

impl Origin {
    /// Every origin.
    const ALL: [Self; 7] = [
        Self::Id,
        Self::Parameter,
        Self::Initial,
        Self::Derived,
        Self::Outcome,
        Self::Bookkeeping,
        Self::Carried,
    ];

    /// Its name in the dictionary.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Id => "id",
            Self::Parameter => "parameter",
            Self::Initial => "initial",
            Self::Derived => "derived",
            Self::Outcome => "outcome",
            Self::Bookkeeping => "bookkeeping",
            Self::Carried => "carried",
        }
    }
}

impl Column {
    pub(crate) fn new(name: &str, label: &str, unit: &str, kind: ColumnType, origin: Origin) -> Self {
        let nullable = matches!(origin, Origin::Outcome | Origin::Carried);
        Self { name: name.into(), label: label.into(), unit: unit.into(), kind, origin, nullable }
    }

    fn quantity(quantity: Quantity) -> Self {
        let origin = match quantity.role() {
            Role::Parameter => Origin::Parameter,
            Role::Initial => Origin::Initial,
        };
        Self::new(quantity.symbol(), quantity.label(), quantity.unit(), ColumnType::F64, origin)
    }

    fn endpoint(endpoint: Endpoint) -> Self {
        let kind = match endpoint.kind() {
            EndpointKind::Event { .. } => ColumnType::Bool,
            EndpointKind::Continuous | EndpointKind::EventDay | EndpointKind::Count => ColumnType::F64,
        };
        Self::new(endpoint.name(), endpoint.label(), endpoint.unit(), kind, Origin::Outcome)
    }

    fn carried(column: &CarriedColumn) -> Self {
        let kind = match column.values {
            CarriedValues::Number(_) => ColumnType::F64,
            CarriedValues::Text(_) => ColumnType::Text,
        };
        let (label, unit) = match (column.name.as_str(), kind) {
            (CANDIDATE, ColumnType::F64) => ("Number among the candidates, from 0", ""),
            (WEIGHT, ColumnType::F64) => {
                ("Prevalence weight of the candidate; the mean over plausible candidates is 1", "1")
            }
            (name, _) => (name, ""),
        };
        Self::new(&column.name, label, unit, kind, Origin::Carried)
    }

    /// The same, of a table in which there is always a value.
    pub(crate) fn never_null(self) -> Self {
        Self { nullable: false, ..self }
    }

    /// Whose row it is, and in which arm.
    pub(crate) fn row_ids() -> Vec<Self> {
        vec![
            Self::new("patient_id", "Patient number in the cohort, from 0", "", ColumnType::U64, Origin::Id),
            Self::new("arm", "Trial arm", "", ColumnType::Category, Origin::Id),
        ]
    }

    /// Every column of a run with those carried columns, in the order of the patient table.
    pub(crate) fn table(carried: &[CarriedColumn]) -> Vec<Self> {
        use ColumnType::{Category, F64, U32};
        let dose_unit = Quantity::DOSES[0].unit();
        let mut columns = Self::row_ids();
        for quantity in Quantity::ALL {
            if quantity == Quantity::Lymphocytes {
                columns.push(Self::new(
                    "dose_total",
                    "Total CAR T cell dose",
                    dose_unit,
                    F64,
                    Origin::Derived,
                ));
            }
            columns.push(Self::quantity(quantity));
        }
        columns.extend(Endpoint::ALL.map(Self::endpoint));
        let nullable = true;
        columns.extend([
            Self {
                nullable,
                ..Self::new(
                    "failed_at_day",
                    "Day that a failed solve had reached",
                    "day",
                    F64,
                    Origin::Bookkeeping,
                )
            },
            Self::new("corrections", "Quantities corrected to be physical", "1", U32, Origin::Bookkeeping),
            Self::new("status", "How the solve ended: ok, or why not", "", Category, Origin::Bookkeeping),
            Self::new(
                "steps",
                "Steps of the integrator, accepted and rejected",
                "1",
                U32,
                Origin::Bookkeeping,
            ),
        ]);
        columns.extend(carried.iter().map(Self::carried));
        columns
    }

    /// Whether it is known before treatment, and so has the same value in every arm of a patient.
    pub fn is_baseline(&self) -> bool {
        matches!(self.origin, Origin::Parameter | Origin::Initial | Origin::Derived | Origin::Carried)
    }

    /// The column as a field of an Arrow schema, with label, unit and origin as its metadata.
    pub fn field(&self) -> Field {
        let metadata = [("label", self.label.as_str()), ("unit", &self.unit), ("origin", self.origin.name())];
        Field::new(&self.name, self.kind.arrow(), self.nullable).with_metadata(metadata)
    }

    /// The column that a field describes; none if it is not one of this table.
    pub(crate) fn from_field(field: &Field) -> Option<Self> {
        let metadata = |key| field.metadata().get(key);
        Some(Self {
            name: field.name().clone(),
            label: metadata("label")?.clone(),
            unit: metadata("unit")?.clone(),
            kind: ColumnType::of(field.data_type())?,
            origin: metadata("origin")
                .and_then(|o| Origin::ALL.into_iter().find(|origin| origin.name() == o))?,
            nullable: field.is_nullable(),
        })
    }
}
