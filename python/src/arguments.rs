//! What is passed from Python, checked.

use cartrial::Existing;
use cartrial_cohort::Overrides;
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;

/// A whole number from `least` on.
pub fn whole(name: &str, value: i128, least: u64) -> PyResult<u64> {
    match u64::try_from(value).ok().filter(|&value| value >= least) {
        Some(value) => Ok(value),
        None => Err(PyValueError::new_err(format!(
            "{name}: expected a whole number of at least {least}, found {value}."
        ))),
    }
}

/// Worker threads; 0 for one on each core.
pub fn threads(threads: Option<i128>) -> PyResult<u16> {
    let Some(threads) = threads else { return Ok(0) };
    u16::try_from(threads).ok().filter(|&threads| threads > 0).ok_or_else(|| {
        let most = u16::MAX;
        PyValueError::new_err(format!("threads: expected a whole number from 1 to {most}, found {threads}."))
    })
}

/// Values that take the place of the study's. Their range is the study's to check.
pub fn overrides(patients: Option<i128>, seed: Option<i128>, days: Option<f64>) -> PyResult<Overrides> {
    Ok(Overrides {
        patients: patients.map(|patients| whole("patients", patients, 1)).transpose()?,
        seed: seed.map(|seed| whole("seed", seed, 0)).transpose()?,
        days,
    })
}

/// What becomes of results that are there already.
pub fn existing(name: &str) -> PyResult<Existing> {
    let valid = [("refuse", Existing::Refuse), ("resume", Existing::Resume), ("replace", Existing::Replace)];
    one_of("existing", name, &valid)
}

/// The value of a word.
pub fn one_of<T: Copy>(name: &str, word: &str, valid: &[(&str, T)]) -> PyResult<T> {
    let found = valid.iter().find_map(|&(is, value)| (is == word).then_some(value));
    found.ok_or_else(|| {
        let valid: Vec<_> = valid.iter().map(|(word, _)| format!("{word:?}")).collect();
        PyValueError::new_err(format!("{name}: unknown value {word:?}. Valid: {}.", valid.join(", ")))
    })
}
