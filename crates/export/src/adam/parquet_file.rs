//! A data set as Parquet, with labels in the metadata of its fields.

use super::record_writer::{Provenance, RecordWriter};
use super::variable::{DataSet, Kind, Variable};
use crate::cells::{Cells, Records};
use crate::{OutOfRange, Result};
use arrow_array::{ArrayRef, Float64Array, Int64Array, RecordBatch, StringArray};
use arrow_schema::{DataType, Field, Schema, SchemaRef};
use cartrial_dataset::DatasetError;
use parquet::arrow::ArrowWriter;
use parquet::basic::Compression;
use parquet::errors::ParquetError;
use parquet::file::metadata::KeyValue;
use parquet::file::properties::{EnabledStatistics, WriterProperties};
use std::fs::File;
use std::path::PathBuf;
use std::sync::Arc;

/// Records that are encoded together: what is kept in memory.
const ROW_GROUP: usize = 1 << 16;

pub(crate) struct ParquetFile {
    path: PathBuf,
    schema: SchemaRef,
    writer: ArrowWriter<File>,
}

impl ParquetFile {
    /// Begins the file, which is shown as `path` in messages.
    pub fn create(file: File, path: PathBuf, data_set: &DataSet, provenance: &Provenance) -> Result<Self> {
        let fields: Vec<_> = data_set.variables.iter().map(field).collect();
        let about = [
            ("cartrial.study", provenance.study.clone()),
            ("cartrial.seed", provenance.seed.to_string()),
            ("cartrial.version", provenance.version.to_owned()),
            ("cartrial.content_hash", provenance.content_hash.clone()),
            ("label", data_set.label.to_owned()),
        ];
        let about = about.map(|(key, value)| KeyValue::new(key.to_owned(), value));
        let properties = WriterProperties::builder()
            .set_created_by(format!("cartrial {}", provenance.version))
            .set_key_value_metadata(Some(about.into()))
            .set_statistics_enabled(EnabledStatistics::Chunk)
            .set_compression(Compression::SNAPPY)
            .set_max_row_group_row_count(Some(ROW_GROUP))
            .build();
        let schema = Arc::new(Schema::new(fields));
        let writer = ArrowWriter::try_new(file, Arc::clone(&schema), Some(properties));
        let writer = writer.map_err(|e| DatasetError::writing(&path, e))?;
        Ok(Self { path, schema, writer })
    }
}

impl RecordWriter for ParquetFile {
    fn write(&mut self, records: &Records) -> Result<()> {
        let columns = records.iter().map(array).collect();
        let batch = RecordBatch::try_new(Arc::clone(&self.schema), columns).map_err(ParquetError::from);
        let written = batch.and_then(|batch| self.writer.write(&batch));
        Ok(written.map_err(|e| DatasetError::writing(&self.path, e))?)
    }

    fn finish(self: Box<Self>) -> Result<OutOfRange> {
        let Self { path, writer, .. } = *self;
        writer.close().map_err(|e| DatasetError::writing(&path, e))?;
        Ok(OutOfRange::default())
    }
}

fn field(variable: &Variable) -> Field {
    let kind = match variable.kind {
        Kind::Text(_) => DataType::Utf8,
        Kind::Integer => DataType::Int64,
        Kind::Float => DataType::Float64,
    };
    let metadata = [("label", &variable.label), ("unit", &variable.unit)];
    Field::new(&variable.name, kind, true).with_metadata(metadata)
}

fn array(cells: &Cells) -> ArrayRef {
    match cells {
        Cells::Text(cells) => Arc::new(StringArray::from_iter(cells.iter().map(Option::as_deref))),
        Cells::Integer(cells) => Arc::new(Int64Array::from_iter(cells.iter().copied())),
        Cells::Float(cells) => {
            Arc::new(Float64Array::from_iter(cells.iter().map(|x| (!x.is_nan()).then_some(*x))))
        }
    }
}
