//! A dictionary as the text of a study file.

use crate::error::StudyError;
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyDict, PyList, PyString, PyTuple};

/// The text of a study file that says what the dictionary says.
///
/// # Errors
/// `StudyError` naming a key that is no text, or a value that no study file can have.
pub fn document(values: &Bound<'_, PyDict>) -> PyResult<String> {
    let entries = entries(values, "")?;
    Ok(entries.into_iter().map(|entry| entry + "\n").collect())
}

/// A text in quotes.
pub fn quoted(text: &str) -> String {
    // JSON's escapes are TOML's, but for one control character.
    serde_json::Value::from(text).to_string().replace('\u{7f}', "\\u007f")
}

fn entries(values: &Bound<'_, PyDict>, path: &str) -> PyResult<Vec<String>> {
    let entry = |(key, value): (Bound<'_, PyAny>, Bound<'_, PyAny>)| {
        let Ok(name) = key.extract::<String>() else {
            let place = if path.is_empty() { String::new() } else { format!("{path}: ") };
            return Err(StudyError::new_err(format!("{place}the key {} is no text.", key.repr()?)));
        };
        let path = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
        Ok(format!("{} = {}", quoted(&name), text(&value, &path)?))
    };
    values.iter().map(entry).collect()
}

fn text(value: &Bound<'_, PyAny>, path: &str) -> PyResult<String> {
    if let Ok(table) = value.cast::<PyDict>() {
        return Ok(format!("{{ {} }}", entries(table, path)?.join(", ")));
    }
    if value.is_instance_of::<PyList>() || value.is_instance_of::<PyTuple>() {
        let items = value.try_iter()?.enumerate();
        let items = items.map(|(i, item)| text(&item?, &format!("{path}[{i}]")));
        return Ok(format!("[{}]", items.collect::<PyResult<Vec<_>>>()?.join(", ")));
    }
    if value.is_instance_of::<PyString>() {
        return Ok(quoted(&value.extract::<String>()?));
    }
    if value.is_instance_of::<PyBool>() {
        return Ok(value.extract::<bool>()?.to_string());
    }
    // Numbers of NumPy are numbers as well.
    if let Ok(integer) = value.extract::<i128>() {
        return Ok(integer.to_string());
    }
    if let Ok(number) = value.extract::<f64>() {
        // With a point or an exponent, so that it stays a float.
        return Ok(format!("{number:?}").to_lowercase());
    }
    let (value, remedy) =
        (value.repr()?, if value.is_none() { " Leave the key out to take the default." } else { "" });
    Err(StudyError::new_err(format!("{path}: {value} is no value of a study.{remedy}")))
}
