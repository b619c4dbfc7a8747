//! A data set as a SAS transport file of version 5 (XPT).

use super::record_writer::{Provenance, RecordWriter, encoding};
use super::variable::{DataSet, Kind, Variable};
use crate::cells::{Cells, Records, count};
use crate::error::ExportError;
use crate::{OutOfRange, Result};
use cartrial_dataset::DatasetError;
use chrono::{Datelike, Timelike};
use sas_xport::sas::xport::{
    TruncationPolicy, XportError, XportMetadata, XportSchema, XportValue, XportVariable, XportWriter,
    XportWriterWithSchema,
};
use sas_xport::sas::{SasDateTime, SasMonth, SasVariableType};
use std::error::Error;
use std::fs::File;
use std::io::{self, BufWriter};
use std::path::{Path, PathBuf};

/// The longest text.
const LONGEST_TEXT: usize = 200;
/// What agencies take.
const MOST_BYTES: u64 = 5_000_000_000;
/// The least number above 0, 16⁻⁶⁵.
const LEAST: f64 = 5.397605346934028e-79;
/// What is beyond the greatest number, 16⁶³.
const TOO_LARGE: f64 = 7.237005577332262e75;
const NUMBER_BYTES: usize = 8;

pub(crate) struct TransportFile {
    path: PathBuf,
    writer: XportWriterWithSchema<BufWriter<File>>,
    out_of_range: OutOfRange,
}

/// Refuses a data set that a transport file cannot hold; `patients` is how many it is of.
pub(crate) fn check(data_set: &DataSet, patients: u64) -> Result<()> {
    for variable in &data_set.variables {
        check_ascii(&format!("{} of {}", variable.name, data_set.name), &variable.label)?;
        if let Kind::Text(length) = variable.kind
            && length > LONGEST_TEXT
        {
            let what = format!("{} of {} ({})", variable.name, data_set.name, variable.label);
            return Err(ExportError::TooLong { what, length });
        }
    }
    let record_bytes: u64 = data_set.variables.iter().map(|v| bytes(v) as u64).sum();
    if data_set.records.saturating_mul(record_bytes) > MOST_BYTES {
        let room = u128::from(MOST_BYTES / record_bytes) * u128::from(patients);
        return Err(ExportError::TooLarge {
            file: data_set.file("xpt"),
            records: data_set.records,
            record_bytes,
            patients: (room / u128::from(data_set.records)) as u64,
        });
    }
    Ok(())
}

/// Refuses what is not ASCII.
pub(crate) fn check_ascii(what: &str, text: &str) -> Result<()> {
    match text.chars().find(|c| !c.is_ascii()) {
        None => Ok(()),
        Some(character) => {
            Err(ExportError::NotAscii { what: what.to_owned(), text: text.to_owned(), character })
        }
    }
}

fn bytes(variable: &Variable) -> usize {
    match variable.kind {
        Kind::Text(length) => length.max(1),
        Kind::Integer | Kind::Float => NUMBER_BYTES,
    }
}

impl TransportFile {
    /// Begins the file, which is shown as `path` in messages.
    pub fn create(file: File, path: PathBuf, data_set: &DataSet, provenance: &Provenance) -> Result<Self> {
        let created = date_time(provenance);
        let mut metadata = XportMetadata::builder();
        metadata.created(created).modified(created);
        let mut schema = XportSchema::builder();
        schema.dataset_name(data_set.name).dataset_label(data_set.label).created(created).modified(created);
        for variable in &data_set.variables {
            let mut described = XportVariable::builder();
            described
                .short_name(variable.name.as_str())
                .short_label(variable.label.as_str())
                .value_type(match variable.kind {
                    Kind::Text(_) => SasVariableType::Character,
                    Kind::Integer | Kind::Float => SasVariableType::Numeric,
                })
                .value_length(bytes(variable) as u16);
            schema.add_variable(described);
        }
        let schema = schema.try_build().map_err(|e| failure(&path, &e))?;
        let mut options = XportWriter::options();
        options
            .truncation_policy(SasVariableType::Character, TruncationPolicy::Report)
            .truncation_policy(SasVariableType::Numeric, TruncationPolicy::Report);
        let file = BufWriter::with_capacity(1 << 20, file);
        let writer =
            options.from_writer(file, metadata.build()).and_then(|writer| writer.write_schema(schema));
        let writer = writer.map_err(|e| failure(&path, &e))?;
        Ok(Self { path, writer, out_of_range: OutOfRange::default() })
    }
}

impl RecordWriter for TransportFile {
    fn write(&mut self, records: &Records) -> Result<()> {
        let Self { path, writer, out_of_range } = self;
        let mut values = Vec::with_capacity(records.len());
        for record in 0..count(records) {
            values.clear();
            values.extend(records.iter().map(|cells| match cells {
                Cells::Float(cells) => XportValue::from(in_range(cells[record], out_of_range)),
                Cells::Integer(cells) => XportValue::from(cells[record].map_or(f64::NAN, |x| x as f64)),
                Cells::Text(cells) => XportValue::from(cells[record].as_deref().unwrap_or_default()),
            }));
            writer.write_record(&values).map_err(|e| failure(path, &e))?;
        }
        Ok(())
    }

    fn finish(self: Box<Self>) -> Result<OutOfRange> {
        let Self { path, writer, out_of_range } = *self;
        let file = writer.finish().map_err(|e| failure(&path, &e))?;
        file.into_inner().map_err(|e| DatasetError::io(&path, "written", e.into_error()))?;
        Ok(out_of_range)
    }
}

/// The number that a transport file has for this one.
fn in_range(number: f64, out_of_range: &mut OutOfRange) -> f64 {
    match number.abs() {
        size if size >= TOO_LARGE => {
            out_of_range.too_large += 1;
            f64::NAN
        }
        size if size > 0.0 && size < LEAST => {
            out_of_range.too_small += 1;
            0.0
        }
        _ => number,
    }
}

/// The time of creation as SAS has it, with two digits for the year.
fn date_time(provenance: &Provenance) -> SasDateTime {
    let created = provenance.created;
    let month = match created.month() {
        1 => SasMonth::January,
        2 => SasMonth::February,
        3 => SasMonth::March,
        4 => SasMonth::April,
        5 => SasMonth::May,
        6 => SasMonth::June,
        7 => SasMonth::July,
        8 => SasMonth::August,
        9 => SasMonth::September,
        10 => SasMonth::October,
        11 => SasMonth::November,
        _ => SasMonth::December,
    };
    SasDateTime::builder()
        .year(created.year().rem_euclid(100) as u8)
        .month(month)
        .day(created.day() as u8)
        .hour(created.hour() as u8)
        .minute(created.minute() as u8)
        .second(created.second() as u8)
        .build()
}

/// What went wrong: the disk, or the encoder.
fn failure(path: &Path, error: &XportError) -> DatasetError {
    let cause = error.source().and_then(|cause| cause.downcast_ref::<io::Error>());
    match cause {
        Some(cause) => {
            // The system's own number, where there is one, tells what can be done about it.
            let copy = cause.raw_os_error().map_or_else(
                || io::Error::new(cause.kind(), cause.to_string()),
                io::Error::from_raw_os_error,
            );
            DatasetError::io(path, "written", copy)
        }
        None => encoding(path, error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use sas_xport::sas::SasFloat64;

    proptest::proptest! {
        /// 56 bits of fraction hold the 53 of a double.
        #[test]
        fn prop_numbers_within_the_range_keep_their_bits(mantissa in 1.0..2.0_f64, exponent in -260..252_i32, sign in proptest::bool::ANY) {
            let x = mantissa * f64::powi(2.0, exponent) * if sign { -1.0 } else { 1.0 };
            let mut out_of_range = OutOfRange::default();
            let there = SasFloat64::try_from(in_range(x, &mut out_of_range)).map(f64::from);
            proptest::prop_assert_eq!(there.map(f64::to_bits), Ok(x.to_bits()));
            proptest::prop_assert_eq!(out_of_range, OutOfRange::default());
        }
    }

    #[test]
    fn the_range_is_that_of_the_format() {
        let bytes = |x: f64| SasFloat64::try_from(x).map(|x| x.to_be_bytes());
        assert_eq!((LEAST.log2(), TOO_LARGE.log2()), (-260.0, 252.0));
        assert_eq!(bytes(LEAST), Ok([0, 0x10, 0, 0, 0, 0, 0, 0]));
        assert_eq!(bytes(TOO_LARGE.next_down()), Ok([0x7F, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xF8]));
    }

    #[test]
    fn numbers_out_of_range_are_counted() {
        let mut out_of_range = OutOfRange::default();
        let mut stored = |x| in_range(x, &mut out_of_range);
        assert_eq!([1e-300, -1e-80, 0.0, LEAST].map(&mut stored), [0.0, 0.0, 0.0, LEAST]);
        assert!([1e300, -TOO_LARGE, f64::NAN].map(&mut stored).iter().all(|x| x.is_nan()));
        assert_eq!(out_of_range, OutOfRange { too_small: 2, too_large: 2 });
    }

    fn of(records: u64, length: usize) -> DataSet {
        let variable = Variable {
            name: "SITE".into(),
            label: "site".into(),
            kind: Kind::Text(length),
            unit: String::new(),
            origin: crate::adam::variable::Origin::Assigned(String::new()),
            codes: None,
        };
        DataSet {
            name: "ADLB",
            label: "",
            structure: "",
            class: "",
            subclass: None,
            keys: &[],
            variables: vec![variable],
            parameters: Vec::new(),
            records,
        }
    }

    #[test]
    fn what_is_too_large_or_too_long_is_refused() {
        assert!(check(&of(25_000_000, 200), 1_000_000).is_ok());
        assert_eq!(
            check(&of(25_000_025, 200), 1_000_001).map_err(|e| e.to_string()),
            Err("adlb.xpt: 25000025 records of 200 bytes are more than the 5 GB of a transport file, which has room for \
                 1000000 patients"
                .to_owned())
        );
        assert_eq!(
            check(&of(1, 201), 1).map_err(|e| e.to_string()),
            Err("SITE of ADLB (site) has a text of 201 characters, and a transport file holds 200 at most"
                .to_owned())
        );
    }
}
