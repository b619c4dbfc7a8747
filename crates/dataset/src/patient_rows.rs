//! Rows of the patient table and access to their columns.

use crate::Result;
use crate::column::ColumnType;
use crate::error::{DatasetError, nearest};
use arrow_array::cast::AsArray;
use arrow_array::types::{Float64Type, Int32Type, UInt32Type, UInt64Type};
use arrow_array::{Array, ArrayRef, BooleanArray, Float64Array, RecordBatch};
use arrow_buffer::BooleanBuffer;
use arrow_select::filter::filter_record_batch;
use std::borrow::Cow;
use std::ops::Range;
use std::sync::Arc;

pub(crate) const PATIENT_ID: &str = "patient_id";

/// Consecutive rows of the patient table, with all columns or a few. The rows of a patient are never divided.
#[derive(Clone, Debug, PartialEq)]
pub struct PatientRows {
    batch: RecordBatch,
    arms: RowArms,
}

/// The arm of every row.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum RowArms {
    /// Every patient has a row in each of that many arms, in their order.
    Twins(usize),
    /// Every patient has one row.
    Randomised {
        /// How many arms there are.
        arms: usize,
        /// The arm of every row.
        of_row: Vec<usize>,
    },
}

impl PatientRows {
    /// Rows whose null numbers are NaN underneath, as [`PatientRows::f64_column`] shows them.
    pub(crate) fn new(batch: RecordBatch, arms: RowArms) -> Self {
        debug_assert!(match &arms {
            RowArms::Twins(arms) => batch.num_rows().is_multiple_of(*arms),
            RowArms::Randomised { of_row, .. } => batch.num_rows() == of_row.len(),
        });
        Self { batch, arms }
    }

    /// Rows as they are read from a file, where there is anything underneath a null.
    pub(crate) fn read(batch: RecordBatch, arms: RowArms) -> Result<Self, arrow_schema::ArrowError> {
        let columns = batch.columns().iter().map(nan_under_nulls).collect();
        Ok(Self::new(RecordBatch::try_new(batch.schema(), columns)?, arms))
    }

    /// The same, by value.
    pub(crate) fn into_batch(self) -> RecordBatch {
        self.batch
    }

    /// How many rows.
    pub fn len(&self) -> usize {
        self.batch.num_rows()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// How many arms the study has.
    pub fn arms(&self) -> usize {
        match &self.arms {
            RowArms::Twins(arms) | RowArms::Randomised { arms, .. } => *arms,
        }
    }

    /// Whether every patient has a row in every arm.
    pub fn are_twins(&self) -> bool {
        matches!(self.arms, RowArms::Twins(_))
    }

    /// Number of patients whose rows these are.
    pub fn patients(&self) -> usize {
        match &self.arms {
            RowArms::Twins(arms) => self.len() / arms,
            RowArms::Randomised { .. } => self.len(),
        }
    }

    /// The number of the arm of every row.
    pub fn arm_of_rows(&self) -> impl ExactSizeIterator<Item = usize> {
        (0..self.len()).map(|row| match &self.arms {
            RowArms::Twins(arms) => row % arms,
            RowArms::Randomised { of_row, .. } => of_row[row],
        })
    }

    /// The rows of some of the patients, by their numbers among these.
    #[must_use]
    pub fn of_patients(&self, patients: Range<usize>) -> Self {
        let (rows, arms) = match &self.arms {
            RowArms::Twins(arms) => (patients.start * arms..patients.end * arms, RowArms::Twins(*arms)),
            RowArms::Randomised { arms, of_row } => {
                let of_row = of_row[patients.clone()].to_vec();
                (patients, RowArms::Randomised { arms: *arms, of_row })
            }
        };
        Self { batch: self.batch.slice(rows.start, rows.end - rows.start), arms }
    }

    /// Those of the rows for which `keep` says so. Where only some of a patient's rows are, the rest are no twins any more: every
    /// row stands for itself then, as where patients are randomised.
    ///
    /// # Errors
    /// [`DatasetError::Column`] if a column cannot be filtered, which no column of a patient table is.
    pub fn filtered(&self, keep: &[bool]) -> Result<Self> {
        self.selected(&BooleanBuffer::from(keep))
    }

    /// The same.
    pub(crate) fn selected(&self, keep: &BooleanBuffer) -> Result<Self> {
        let kept = filter_record_batch(&self.batch, &BooleanArray::new(keep.clone(), None));
        let batch = kept.map_err(|e| DatasetError::Column {
            name: PATIENT_ID.into(),
            reason: e.to_string(),
            remedy: "This is a mistake in the program.".into(),
        })?;
        let patient_by_patient = |arms: usize| {
            (0..keep.len()).step_by(arms).all(|first| {
                let of_patient = keep.slice(first, arms).count_set_bits();
                of_patient == 0 || of_patient == arms
            })
        };
        let arms = match &self.arms {
            RowArms::Twins(arms) if patient_by_patient(*arms) => RowArms::Twins(*arms),
            RowArms::Twins(_) | RowArms::Randomised { .. } => {
                let of_row =
                    self.arm_of_rows().zip(keep).filter(|(_, keep)| *keep).map(|(arm, _)| arm).collect();
                RowArms::Randomised { arms: self.arms(), of_row }
            }
        };
        Ok(Self { batch, arms })
    }

    /// The rows as an Arrow record batch.
    pub fn batch(&self) -> &RecordBatch {
        &self.batch
    }

    /// A column of numbers, one a row, or of flags, as 1 and 0; NaN where it is null. Numbers are not copied.
    ///
    /// # Errors
    /// [`DatasetError::Column`] if there is no such column among these rows, or it is one of something else.
    pub fn f64_column(&self, name: &str) -> Result<Cow<'_, [f64]>> {
        let column = self.column(name)?;
        if let Some(flags) = column.as_boolean_opt() {
            let number = |flag: Option<bool>| flag.map_or(f64::NAN, |flag| f64::from(u8::from(flag)));
            return Ok(flags.iter().map(number).collect());
        }
        let numbers = column.as_primitive_opt::<Float64Type>();
        numbers.map(|c| Cow::Borrowed(c.values().as_ref())).ok_or_else(|| self.not_of(name, "f64"))
    }

    /// The same in one arm, one for each of its patients. With a single arm numbers are not copied.
    ///
    /// # Errors
    /// As [`PatientRows::f64_column`]; [`DatasetError::Arm`] if there is no arm of that number.
    pub fn f64_in_arm(&self, name: &str, arm: usize) -> Result<Cow<'_, [f64]>> {
        if arm >= self.arms() {
            return Err(DatasetError::Arm { arm, arms: self.arms() });
        }
        let all = self.f64_column(name)?;
        Ok(match &self.arms {
            RowArms::Twins(1) => all,
            RowArms::Twins(arms) => Cow::Owned(all.iter().skip(arm).step_by(*arms).copied().collect()),
            RowArms::Randomised { of_row, .. } => {
                let rows = all.iter().zip(of_row).filter(|(_, of_row)| **of_row == arm);
                Cow::Owned(rows.map(|(value, _)| *value).collect())
            }
        })
    }

    /// A column of whole numbers of 32 bits, one a row.
    ///
    /// # Errors
    /// [`DatasetError::Column`] if there is no such column among these rows, or it is not one of u32.
    pub fn u32_column(&self, name: &str) -> Result<&[u32]> {
        let column = self.column(name)?.as_primitive_opt::<UInt32Type>();
        column.map(|c| c.values().as_ref()).ok_or_else(|| self.not_of(name, "u32"))
    }

    /// A column of whole numbers of 64 bits, one a row.
    ///
    /// # Errors
    /// [`DatasetError::Column`] if there is no such column among these rows, or it is not one of u64.
    pub fn u64_column(&self, name: &str) -> Result<&[u64]> {
        let column = self.column(name)?.as_primitive_opt::<UInt64Type>();
        column.map(|c| c.values().as_ref()).ok_or_else(|| self.not_of(name, "u64"))
    }

    /// A column of texts or categories, one a row; `None` where it is null.
    ///
    /// # Errors
    /// [`DatasetError::Column`] if there is no such column among these rows, or it is one of something else.
    pub fn text_column(&self, name: &str) -> Result<Texts<'_>> {
        texts(self.column(name)?).ok_or_else(|| self.not_of(name, "text"))
    }

    fn column(&self, name: &str) -> Result<&ArrayRef> {
        self.batch.column_by_name(name).ok_or_else(|| self.no_column(name))
    }

    fn no_column(&self, name: &str) -> DatasetError {
        let schema = self.batch.schema();
        let names: Vec<_> = schema.fields().iter().map(|f| f.name().as_str()).collect();
        no_column(name, &names)
    }

    fn not_of(&self, name: &str, wanted: &str) -> DatasetError {
        let found = self.batch.column_by_name(name).and_then(|c| ColumnType::of(c.data_type()));
        let found = found.map_or("something else", ColumnType::name);
        DatasetError::Column {
            name: name.into(),
            reason: format!("holds {found}, not {wanted}"),
            remedy: "dictionary.json has the type of every column.".into(),
        }
    }
}

/// Texts, one a row; `None` where there is null.
pub type Texts<'a> = Box<dyn ExactSizeIterator<Item = Option<&'a str>> + 'a>;

/// The texts of a column of these or of categories; none if it is another.
pub(crate) fn texts(column: &ArrayRef) -> Option<Texts<'_>> {
    if let Some(categories) = column.as_dictionary_opt::<Int32Type>() {
        let texts = categories.values().as_string_opt::<i32>()?;
        return Some(Box::new(categories.keys().iter().map(|key| key.map(|key| texts.value(key as usize)))));
    }
    Some(Box::new(column.as_string_opt::<i32>()?.iter()))
}

/// The error for a column that is not among `names`.
pub(crate) fn no_column(name: &str, names: &[&str]) -> DatasetError {
    let remedy = match nearest(name, names) {
        Some(near) => format!("Did you mean {near:?}?"),
        None => format!("There are: {}.", names.join(", ")),
    };
    DatasetError::Column { name: name.into(), reason: "no such column".into(), remedy }
}

fn nan_under_nulls(array: &ArrayRef) -> ArrayRef {
    match array.as_primitive_opt::<Float64Type>() {
        Some(column) if column.null_count() > 0 => {
            let values = column.iter().map(|x| x.unwrap_or(f64::NAN)).collect();
            Arc::new(Float64Array::new(values, column.nulls().cloned()))
        }
        _ => Arc::clone(array),
    }
}
