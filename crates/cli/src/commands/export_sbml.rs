//! `cartrial export-sbml` and `export-omex`: the standard patient for other simulators.

use crate::args::ExportModelArguments;
use crate::failure::Failure;
use crate::output::show;
use cartrial_cohort::{Arm, Study};
use cartrial_exchange::ExchangeError;
use cartrial_report::FileError;
use std::fs::OpenOptions;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// Writes the model of a study as SBML.
pub fn export_sbml(arguments: &ExportModelArguments) -> Result<(), Failure> {
    export(arguments, "xml", |study, arm| Ok(cartrial_exchange::sbml(study, arm)?.into_bytes()))
}

/// Writes the model of a study and its simulation as a COMBINE archive.
pub fn export_omex(arguments: &ExportModelArguments) -> Result<(), Failure> {
    export(arguments, "omex", cartrial_exchange::omex)
}

fn export(
    arguments: &ExportModelArguments,
    ending: &str,
    encode: impl Fn(&Study, &Arm) -> Result<Vec<u8>, ExchangeError>,
) -> Result<(), Failure> {
    let study = Study::read(&arguments.study)?;
    let arm = select(&study, arguments.arm.as_deref())?;
    let bytes = encode(&study, arm).map_err(|e| Failure::Other(format!("{e}.")))?;
    let path = arguments.out.clone().unwrap_or_else(|| PathBuf::from(format!("{}.{ending}", study.name)));
    write(&path, &bytes, arguments.force)?;
    let others = match study.arms.len() {
        _ if arguments.arm.is_some() => String::new(),
        1 => String::new(),
        arms => format!(" (the first of {arms}; --arm takes another)"),
    };
    show(&format!("Arm: {}{others}\nModel: {}\n", arm.name, path.display()))
}

/// The arm of that name; without a name the first.
fn select<'a>(study: &'a Study, name: Option<&str>) -> Result<&'a Arm, Failure> {
    let Some(name) = name else { return Ok(&study.arms[0]) };
    study.arms.iter().find(|arm| arm.name == name).ok_or_else(|| {
        let valid: Vec<_> = study.arms.iter().map(|arm| arm.name.as_str()).collect();
        Failure::Input(format!("--arm: the study has no arm {name:?}. Valid: {}.", valid.join(", ")))
    })
}

/// Writes a file that is not there yet, or with `replace` any.
fn write(path: &Path, bytes: &[u8], replace: bool) -> Result<(), Failure> {
    let mut options = OpenOptions::new();
    options.write(true);
    if replace {
        options.create(true).truncate(true);
    } else {
        options.create_new(true);
    }
    match options.open(path).and_then(|mut file| file.write_all(bytes)) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Err(Failure::occupied(path)),
        Err(source) => Err(unwritable(path, source)),
        Ok(()) => Ok(()),
    }
}

/// As for any other file, but that it is a file that can be chosen and not a directory.
fn unwritable(path: &Path, source: io::Error) -> Failure {
    let is_in_the_way = source.kind() == io::ErrorKind::NotADirectory;
    let error = FileError::Unwritable { path: path.to_owned(), source };
    let text = format!("{error}. Choose another file with --out.");
    if is_in_the_way { Failure::Input(text) } else { Failure::Other(text) }
}
