//! A small table of statistics as Parquet, with labels and units in the metadata of its fields.

use crate::Result;
use crate::column::{Column, ColumnType, Origin};
use crate::error::DatasetError;
use crate::layout::entries;
use crate::part::file_properties;
use crate::staged::write_file;
use arrow_array::{ArrayRef, Float64Array, RecordBatch, StringArray, UInt64Array};
use arrow_schema::Schema;
use cartrial_cohort::Study;
use parquet::arrow::ArrowWriter;
use std::path::Path;
use std::sync::Arc;

/// A column of statistics, or of what they are of.
#[derive(Clone, Debug, PartialEq)]
pub struct StatisticsColumn {
    /// Its name.
    pub name: &'static str,
    /// What it means.
    pub label: &'static str,
    /// Its cells.
    pub cells: StatisticsCells,
}

/// The cells of a column; `None` where there is no value.
#[derive(Clone, Debug, PartialEq)]
pub enum StatisticsCells {
    /// Texts.
    Text(Vec<Option<String>>),
    /// Numbers; of what unit, another column may say.
    Number(Vec<Option<f64>>),
    /// Counts.
    Count(Vec<Option<u64>>),
}

impl StatisticsColumn {
    fn described(&self) -> Column {
        let (kind, unit) = match self.cells {
            StatisticsCells::Text(_) => (ColumnType::Text, ""),
            StatisticsCells::Number(_) => (ColumnType::F64, ""),
            StatisticsCells::Count(_) => (ColumnType::U64, "1"),
        };
        Column { nullable: true, ..Column::new(self.name, self.label, unit, kind, Origin::Derived) }
    }

    fn array(&self) -> ArrayRef {
        match &self.cells {
            StatisticsCells::Text(cells) => Arc::new(StringArray::from_iter(cells)),
            StatisticsCells::Number(cells) => Arc::new(Float64Array::from(cells.clone())),
            StatisticsCells::Count(cells) => Arc::new(UInt64Array::from(cells.clone())),
        }
    }
}

/// Writes statistics of a study to the file `path`, or nothing at all.
///
/// # Errors
/// [`DatasetError::Io`] if it cannot be written, [`DatasetError::Encoding`] if the columns differ in length.
pub fn write_statistics(path: &Path, study: &Study, columns: &[StatisticsColumn]) -> Result<()> {
    let fields: Vec<_> = columns.iter().map(|column| column.described().field()).collect();
    let schema = Arc::new(Schema::new_with_metadata(fields, entries(study)));
    let arrays = columns.iter().map(StatisticsColumn::array).collect();
    let batch = RecordBatch::try_new(Arc::clone(&schema), arrays)
        .map_err(|e| DatasetError::Encoding { path: path.to_owned(), reason: e.to_string() })?;
    let properties = file_properties(study).set_sorting_columns(None).build();
    let mut bytes = Vec::new();
    let encoded = ArrowWriter::try_new(&mut bytes, schema, Some(properties)).and_then(|mut writer| {
        writer.write(&batch)?;
        writer.close()
    });
    encoded.map_err(|e| DatasetError::writing(path, e))?;
    write_file(path.to_owned(), &bytes)
}
