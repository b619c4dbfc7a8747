//! A data set as CDISC Dataset-JSON 1.1.

use super::record_writer::{Provenance, RecordWriter};
use super::variable::{DataSet, Kind, Variable};
use crate::cells::{Cells, Records, count};
use crate::{OutOfRange, Result};
use cartrial_dataset::DatasetError;
use serde_json::{Value, json};
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::PathBuf;

pub(crate) struct DatasetJson {
    path: PathBuf,
    file: BufWriter<File>,
    begun: bool,
}

impl DatasetJson {
    /// Begins the file, which is shown as `path` in messages.
    pub fn create(file: File, path: PathBuf, data_set: &DataSet, provenance: &Provenance) -> Result<Self> {
        let mut new = Self { path, file: BufWriter::with_capacity(1 << 20, file), begun: false };
        let name = data_set.name;
        let attributes = [
            ("datasetJSONCreationDateTime", json!(provenance.created_text())),
            ("datasetJSONVersion", json!("1.1.0")),
            ("fileOID", json!(format!("{}.{name}.{}", provenance.study, provenance.content_hash))),
            ("originator", json!("cartrial")),
            ("sourceSystem", json!({ "name": "cartrial", "version": provenance.version })),
            ("studyOID", json!(study_oid(&provenance.study))),
            ("metaDataVersionOID", json!(METADATA_OID)),
            ("metaDataRef", json!("define.xml")),
            ("itemGroupOID", json!(group_oid(name))),
            ("records", json!(data_set.records)),
            ("name", json!(name)),
            ("label", json!(data_set.label)),
        ];
        let columns: Vec<_> = data_set.variables.iter().map(|variable| column(data_set, variable)).collect();
        let text = format!(
            "{{\n  {},\n  \"columns\": [\n    {}\n  ],\n  \"rows\": [",
            in_order(&attributes).join(",\n  "),
            columns.join(",\n    ")
        );
        new.append(|file| file.write_all(text.as_bytes()))?;
        Ok(new)
    }

    fn append(&mut self, write: impl FnOnce(&mut BufWriter<File>) -> io::Result<()>) -> Result<()> {
        Ok(write(&mut self.file).map_err(|e| DatasetError::io(&self.path, "written", e))?)
    }
}

/// The identifier of a study.
pub(crate) fn study_oid(study: &str) -> String {
    format!("ST.{study}")
}

/// The identifier of what is said about the data sets.
pub(crate) const METADATA_OID: &str = "MDV.1";

/// The identifier of a data set.
pub(crate) fn group_oid(data_set: &str) -> String {
    format!("IG.{data_set}")
}

/// The identifier of a variable.
pub(crate) fn item_oid(data_set: &str, variable: &str) -> String {
    format!("IT.{data_set}.{variable}")
}

/// What is said of a variable.
fn column(data_set: &DataSet, variable: &Variable) -> String {
    let mut attributes = vec![
        ("itemOID", json!(item_oid(data_set.name, &variable.name))),
        ("name", json!(variable.name)),
        ("label", json!(variable.label)),
        ("dataType", json!(variable.kind.name_in_json())),
    ];
    if let Kind::Text(length) = variable.kind {
        attributes.push(("length", json!(length)));
    }
    if let Some(key) = data_set.key(&variable.name) {
        attributes.push(("keySequence", json!(key)));
    }
    format!("{{{}}}", in_order(&attributes).join(", "))
}

/// Attributes in this order, which the standard recommends and a map of keys would not keep.
fn in_order(attributes: &[(&str, Value)]) -> Vec<String> {
    attributes.iter().map(|(key, value)| format!("{}: {value}", json!(key))).collect()
}

impl RecordWriter for DatasetJson {
    fn write(&mut self, records: &Records) -> Result<()> {
        for record in 0..count(records) {
            let first = !std::mem::replace(&mut self.begun, true);
            self.append(|file| {
                file.write_all(if first { b"\n    [" } else { b",\n    [" })?;
                for (i, cells) in records.iter().enumerate() {
                    if i > 0 {
                        file.write_all(b",")?;
                    }
                    write_cell(file, cells, record)?;
                }
                file.write_all(b"]")
            })?;
        }
        Ok(())
    }

    fn finish(mut self: Box<Self>) -> Result<OutOfRange> {
        self.append(|file| file.write_all(b"\n  ]\n}\n"))?;
        self.append(Write::flush)?;
        Ok(OutOfRange::default())
    }
}

/// A cell in its shortest form that reads back to the same value.
fn write_cell(file: &mut impl Write, cells: &Cells, record: usize) -> io::Result<()> {
    match cells {
        Cells::Text(cells) => match &cells[record] {
            Some(text) => Ok(serde_json::to_writer(file, text.as_ref())?),
            None => file.write_all(b"null"),
        },
        Cells::Integer(cells) => match cells[record] {
            Some(number) => write!(file, "{number}"),
            None => file.write_all(b"null"),
        },
        // serde_json writes NaN as null.
        Cells::Float(cells) => Ok(serde_json::to_writer(file, &cells[record])?),
    }
}
