//! Figures of a run, written as SVG and PNG.

use crate::failure::Failure;
use crate::survey::{Picture, StudySurvey};
use cartrial_model::{Quantity, STATES};
use cartrial_report::page::Illustration;
use cartrial_report::{
    AxisLabel, Course, Mark, RegressionFigure, Scale, Theme, TrajectoryFigure, regression_pair_figure,
    to_png, trajectory_figure,
};
use cartrial_runner::{Endpoint, Outcome, Trajectory};
use std::path::Path;

/// Pixels of a PNG for each unit of its SVG.
const PNG_SCALE: f32 = 2.0;
const EXTENSIONS: [&str; 2] = ["svg", "png"];
const DOSE_TOTAL: AxisLabel<'static> = AxisLabel { label: "Total CAR T cell dose", unit: "cells/µL" };

/// The standard patient's course with its peak and nadir, the paper's Figure 3.
pub fn trajectory(directory: &Path, course: &Trajectory, outcome: &Outcome) -> Result<(), Failure> {
    let column = |i: usize| -> Vec<f64> { course.states.iter().map(|state| state[i]).collect() };
    let columns: [Vec<f64>; STATES.len()] = std::array::from_fn(column);
    let [tumour_burden, inflammation, effector_ctl, memory_ctl, effector_helper, memory_helper, _] = &columns;
    let days = &course.days;
    let lines = Course {
        days,
        inflammation,
        tumour_burden,
        effector_ctl,
        memory_ctl,
        effector_helper,
        memory_helper,
    };
    let mut figure = TrajectoryFigure::of_course("The standard patient", &lines);
    let value = |endpoint: Endpoint| outcome.values[endpoint.index()];
    let marks = [
        ("peak", Endpoint::TimeOfPeak, Endpoint::PeakInflammation),
        ("nadir", Endpoint::TimeOfNadir, Endpoint::TumourNadir),
    ];
    for (panel, (label, day, height)) in figure.panels.iter_mut().zip(marks) {
        panel.mark = Some(Mark { label, day: value(day), value: value(height) });
    }
    write(directory, "trajectory", trajectory_figure(&figure, &Theme::LIGHT))
}

/// Peak inflammation on total dose and on tumour burden, the paper's Figure 4, on both scales.
pub fn regressions(directory: &Path, survey: &StudySurvey) -> Result<(), Failure> {
    let directory = directory.join("figures");
    create_directory(&directory)?;
    let (Some(dose), Some(burden)) = (survey.picture("dose_total"), survey.picture("tumour_burden")) else {
        return Ok(());
    };
    let axis = |q: Quantity| AxisLabel { label: q.label(), unit: q.unit() };
    for (name, scale) in [("regressions", Scale::Linear), ("regressions-log", Scale::Log)] {
        let left = panel(DOSE_TOTAL, &dose, scale);
        let right = panel(axis(Quantity::TumourBurden), &burden, scale);
        write(&directory, name, regression_pair_figure("", &left, &right, &Theme::LIGHT))?;
    }
    Ok(())
}

/// Every figure of a page as SVG and PNG.
pub fn write_all(directory: &Path, pictures: &[Illustration]) -> Result<(), Failure> {
    create_directory(directory)?;
    pictures.iter().try_for_each(|picture| write(directory, picture.name, Ok(picture.svg.clone())))
}

fn panel<'a>(predictor: AxisLabel<'a>, picture: &Picture<'a>, scale: Scale) -> RegressionFigure<'a> {
    let peak = Endpoint::PeakInflammation;
    RegressionFigure {
        title: "",
        predictor,
        response: AxisLabel { label: peak.label(), unit: peak.unit() },
        x: picture.x,
        y: picture.y,
        scale,
        fit: if scale == Scale::Log { picture.log } else { picture.linear },
    }
}

/// Writes a figure as `name.svg` and `name.png`; one that has nothing to show (a single patient, say) is left out.
fn write(
    directory: &Path,
    name: &str,
    svg: Result<String, cartrial_report::FigureError>,
) -> Result<(), Failure> {
    let Ok(svg) = svg else { return remove(directory, name) };
    let png = to_png(&svg, PNG_SCALE).map_err(|e| Failure::Other(format!("figure {name}: {e}")))?;
    for (extension, bytes) in EXTENSIONS.into_iter().zip([svg.as_bytes(), &png]) {
        let path = directory.join(name).with_extension(extension);
        std::fs::write(&path, bytes).map_err(|e| Failure::unwritable(&path, &e))?;
    }
    Ok(())
}

/// Removes a figure that an earlier run left: beside other results it would be wrong.
fn remove(directory: &Path, name: &str) -> Result<(), Failure> {
    for extension in EXTENSIONS {
        let path = directory.join(name).with_extension(extension);
        if let Err(error) = std::fs::remove_file(&path)
            && error.kind() != std::io::ErrorKind::NotFound
        {
            return Err(Failure::unwritable(&path, &error));
        }
    }
    Ok(())
}

/// Makes a directory and those above it.
pub fn create_directory(directory: &Path) -> Result<(), Failure> {
    std::fs::create_dir_all(directory).map_err(|e| Failure::unwritable(directory, &e))
}
