//! How the results of one run are laid out: columns, arms, files.

use crate::column::{Column, ColumnType, Origin};
use crate::directory::{PATIENTS, part_name};
use crate::hash::ContentHash;
use crate::patient_rows::RowArms;
use arrow_array::{ArrayRef, Float64Array, StringArray};
use arrow_schema::{Schema, SchemaRef};
use cartrial_cohort::{
    Allocation, CarriedColumn, CarriedValues, Cohort, EnrolmentSummary, Shard, Store, Study, TableSource,
};
use std::ops::Range;
use std::path::PathBuf;
use std::sync::Arc;

/// How the results of one run are laid out. All threads read it.
#[derive(Clone, Debug)]
pub struct Layout {
    pub(crate) study: Study,
    pub(crate) ids: Range<u64>,
    pub(crate) shard: Option<Shard>,
    /// The cohort table's file, which results must never replace.
    pub(crate) table_file: Option<PathBuf>,
    /// How the patients were enrolled, if they were candidates.
    pub(crate) enrolment: Option<EnrolmentSummary>,
    pub(crate) columns: Vec<Column>,
    pub(crate) columns_hash: u64,
    pub(crate) schema: SchemaRef,
    /// Positions of the columns that are stored.
    pub(crate) stored: Vec<usize>,
    pub(crate) stored_schema: SchemaRef,
    /// Values of the carried columns, one a patient of the cohort.
    pub(crate) carried: Vec<ArrayRef>,
}

impl Layout {
    /// The layout of all patients of `cohort`, which is that of `study`.
    pub fn new(study: &Study, cohort: &Cohort) -> Self {
        let columns = Column::table(cohort.carried());
        let schema = |columns: &mut dyn Iterator<Item = &Column>| {
            let fields: Vec<_> = columns.map(Column::field).collect();
            Arc::new(Schema::new_with_metadata(fields, entries(study)))
        };
        let stored: Vec<_> =
            (0..columns.len()).filter(|&i| is_stored(study.run.store, columns[i].origin)).collect();
        Self {
            study: study.clone(),
            ids: 0..cohort.patients(),
            shard: None,
            enrolment: cohort.enrolment().cloned(),
            table_file: cohort.source().map(TableSource::file),
            columns_hash: ContentHash::columns(&columns),
            schema: schema(&mut columns.iter()),
            stored_schema: schema(&mut stored.iter().map(|&i| &columns[i])),
            stored,
            carried: cohort.carried().iter().map(array).collect(),
            columns,
        }
    }

    /// The same for one shard alone; always written in parts.
    #[must_use]
    pub fn for_shard(self, shard: Shard) -> Self {
        Self { ids: shard.ids(self.study.patients), shard: Some(shard), ..self }
    }

    /// Every column, in order.
    pub fn columns(&self) -> &[Column] {
        &self.columns
    }

    /// The same as an Arrow schema.
    pub fn schema(&self) -> SchemaRef {
        Arc::clone(&self.schema)
    }

    /// The patients whose results are laid out.
    pub fn patients(&self) -> Range<u64> {
        self.ids.clone()
    }

    /// Names of the arms, in order.
    pub fn arms(&self) -> impl ExactSizeIterator<Item = &str> {
        self.study.arms.iter().map(|arm| arm.name.as_str())
    }

    /// Rows that a full run writes.
    pub fn rows(&self) -> u64 {
        let rows_per_patient = match self.study.allocation {
            Allocation::Twins => self.study.arms.len() as u64,
            Allocation::Randomised => 1,
        };
        (self.ids.end - self.ids.start) * rows_per_patient
    }

    /// The arms of rows; `of_row` gives them where patients are randomised.
    pub(crate) fn row_arms(&self, of_row: impl FnOnce() -> Vec<usize>) -> RowArms {
        let arms = self.study.arms.len();
        match self.study.allocation {
            Allocation::Twins => RowArms::Twins(arms),
            Allocation::Randomised => RowArms::Randomised { arms, of_row: of_row() },
        }
    }

    /// Size of the patient table on disk in bytes, estimated from above: every number in full.
    pub fn estimated_bytes(&self) -> u64 {
        let width = |column: &Column| match column.kind {
            ColumnType::F64 => 8,
            ColumnType::U32 => 2,
            ColumnType::U64 | ColumnType::Bool | ColumnType::Category | ColumnType::Text => 1,
        };
        let row: u64 = self.stored_columns().map(width).sum();
        let patients = self.ids.end - self.ids.start;
        let stored = self.stored_ids();
        self.rows() / patients.max(1) * (stored.end - stored.start) * row
    }

    /// The columns that are stored, in order.
    pub(crate) fn stored_columns(&self) -> impl Iterator<Item = &Column> {
        self.stored.iter().map(|&i| &self.columns[i])
    }

    /// The patients whose rows are stored.
    pub(crate) fn stored_ids(&self) -> Range<u64> {
        let end = match self.study.run.store {
            Store::All | Store::Outcomes => u64::MAX,
            Store::Sample => self.study.run.sample_patients.next_multiple_of(self.part_patients()),
            Store::None => 0,
        };
        self.ids.start..self.ids.end.min(end).max(self.ids.start)
    }

    /// Whether all stored rows go to one file.
    pub(crate) fn in_one_file(&self) -> bool {
        self.shard.is_none() && self.stored_ids().end <= self.part_patients()
    }

    /// The file of a patient's rows, from the results directory.
    pub(crate) fn file_of(&self, id: u64) -> String {
        if self.in_one_file() { PATIENTS.into() } else { part_name(id / self.part_patients()) }
    }

    /// The ids of all patients whose rows are in the same file.
    pub(crate) fn ids_in_file_of(&self, id: u64) -> Range<u64> {
        let first = id / self.part_patients() * self.part_patients();
        let stored = self.stored_ids();
        first.max(stored.start)..(first + self.part_patients()).min(stored.end)
    }

    fn part_patients(&self) -> u64 {
        self.study.run.part_patients.max(1)
    }
}

/// Whether a column is stored.
fn is_stored(store: Store, origin: Origin) -> bool {
    store != Store::Outcomes || !matches!(origin, Origin::Parameter | Origin::Initial | Origin::Derived)
}

/// What each file says in its footer about the run that it belongs to.
pub fn entries(study: &Study) -> [(String, String); 4] {
    [
        ("cartrial.study".into(), study.name.clone()),
        ("cartrial.study_file".into(), study.to_toml()),
        ("cartrial.seed".into(), study.seed.to_string()),
        ("cartrial.version".into(), env!("CARGO_PKG_VERSION").into()),
    ]
}

fn array(column: &CarriedColumn) -> ArrayRef {
    match &column.values {
        CarriedValues::Number(values) => {
            let nulls = values.iter().map(Option::is_some).collect::<Vec<_>>().into();
            let numbers = values.iter().map(|x| x.unwrap_or(f64::NAN)).collect();
            Arc::new(Float64Array::new(numbers, Some(nulls)))
        }
        CarriedValues::Text(values) => Arc::new(StringArray::from_iter(values)),
    }
}
