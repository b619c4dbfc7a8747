//! One patient's course as CSV.

use crate::Result;
use crate::error::DatasetError;
use crate::staged::write_file;
use cartrial_model::STATES;
use cartrial_runner::Trajectory;
use std::path::Path;

/// Writes a trajectory to the file `path`: a column `day` and one for every state, by name, in the units of
/// [`STATES`]; each number in the shortest form that reads back to the same bits.
///
/// # Errors
/// [`DatasetError::Io`] if it cannot be written.
pub fn write_trajectory(path: &Path, trajectory: &Trajectory) -> Result<()> {
    let text = encode(trajectory)
        .map_err(|e| DatasetError::Encoding { path: path.to_owned(), reason: e.to_string() })?;
    write_file(path.to_owned(), &text)
}

fn encode(trajectory: &Trajectory) -> Result<Vec<u8>, csv::Error> {
    let mut table = csv::Writer::from_writer(Vec::new());
    table.write_record(std::iter::once("day").chain(STATES.iter().map(|state| state.name)))?;
    for (day, state) in trajectory.days.iter().zip(&trajectory.states) {
        // The csv crate writes an f64 in its shortest form.
        table.serialize((day, state))?;
    }
    table.into_inner().map_err(|e| e.into_error().into())
}
