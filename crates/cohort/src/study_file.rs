//! From a study file to a study.

use crate::error::{Problem, StudyError};
use crate::input_file::InputFile;
use crate::overrides::Overrides;
use crate::study::{Population, Study};
use crate::{typed_file, validation};
use std::path::Path;

const STUDY_FILE: InputFile = InputFile {
    noun: "a study file",
    most: 1 << 20,
    remedy: "Name the study file itself; patients of your own go into a table beside it.",
};

impl Study {
    /// Reads and validates a study file. A cohort table that it names is read and validated as well.
    ///
    /// # Errors
    /// Everything that is wrong with the file and its table, each with place, reason and remedy.
    pub fn read(path: &Path) -> Result<Self, StudyError> {
        Self::read_with(path, &Overrides::default())
    }

    /// As [`Study::read`], with values that take the place of the file's.
    ///
    /// # Errors
    /// As [`Study::read`]; a bad override is named by the key that it replaces, `study.patients` and so on.
    pub fn read_with(path: &Path, overrides: &Overrides) -> Result<Self, StudyError> {
        let file = path.display().to_string();
        let bytes =
            STUDY_FILE.read(path).map_err(|(reason, remedy)| Problem::of_file(&file, reason, remedy))?;
        let text = String::from_utf8(bytes).map_err(|e| {
            let line =
                e.as_bytes()[..e.utf8_error().valid_up_to()].iter().filter(|&&b| b == b'\n').count() + 1;
            let problem = Problem::of_file(&file, "not UTF-8 text", "Save the study file as UTF-8.");
            Problem { line: Some(line), ..problem }
        })?;
        Self::parse_with(&text, path, overrides)
    }

    /// Validates the text of a study file; `path` is named in messages, and tables are sought beside it.
    ///
    /// # Errors
    /// As [`Study::read`].
    pub fn parse(text: &str, path: &Path) -> Result<Self, StudyError> {
        Self::parse_with(text, path, &Overrides::default())
    }

    /// As [`Study::parse`], with values that take the place of the text's.
    ///
    /// # Errors
    /// As [`Study::read_with`].
    pub fn parse_with(text: &str, path: &Path, overrides: &Overrides) -> Result<Self, StudyError> {
        let file = path.display().to_string();
        let (typed, diagnostics) = typed_file::parse(&file, text)?;
        validation::study(&typed, overrides, path, diagnostics)
    }

    /// Validates a study that did not come from a study file, such as one read from JSON. The table of its patients is not
    /// looked at, nor how results are cut into files, which nothing that reads them rests on.
    ///
    /// # Errors
    /// What [`Study::parse`] would say of a study file with its values.
    pub fn check(&self) -> Result<(), StudyError> {
        let path = Path::new("study");
        let default = Self::parse("[study]\nname = \"default\"\npatients = 1\n", path)?;
        let mut study = self.clone();
        study.run.part_patients = default.run.part_patients;
        if let Population::Table(_) = study.population {
            study.population = default.population;
        }
        if Self::parse(&study.to_toml(), path)? == study {
            return Ok(());
        }
        let reason = "is not the study that a study file with its values gives";
        Err(Problem::of_file("study", reason, "Write a study file, and read that.").into())
    }
}
