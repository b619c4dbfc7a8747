//! One patient's course as CSV.

use crate::Result;
use crate::error::DatasetError;
use crate::staged::write_file;
use cartrial_model::STATES;
use cartrial_runner::Trajectory;
use std::path::Path;

/// Writes the trajectories of one patient in every arm, by the arm's name, to the file `path`: a column `day` and one
/// for every state, by name, in the units of [`STATES`]; each number in the shortest form that reads back to the same
/// bits. Of several arms a column `arm` stands first.
///
/// # Errors
/// [`DatasetError::Io`] if it cannot be written.
pub fn write_trajectories(path: &Path, arms: &[(&str, Trajectory)]) -> Result<()> {
    let text =
        encode(arms).map_err(|e| DatasetError::Encoding { path: path.to_owned(), reason: e.to_string() })?;
    write_file(path.to_owned(), &text)
}

fn encode(arms: &[(&str, Trajectory)]) -> Result<Vec<u8>, csv::Error> {
    let mut table = csv::Writer::from_writer(Vec::new());
    let several = arms.len() > 1;
    let head = std::iter::once("day").chain(STATES.iter().map(|state| state.name));
    table.write_record(several.then_some("arm").into_iter().chain(head))?;
    for (arm, trajectory) in arms {
        for (day, state) in trajectory.days.iter().zip(&trajectory.states) {
            // The csv crate writes an f64 in its shortest form.
            if several {
                table.serialize((arm, day, state))?;
            } else {
                table.serialize((day, state))?;
            }
        }
    }
    table.into_inner().map_err(|e| e.into_error().into())
}
