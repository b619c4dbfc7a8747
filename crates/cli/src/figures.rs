//! Figures of a run, written as SVG and PNG.

use crate::failure::Failure;
use cartrial_findings::{Picture, StudySurvey};
use cartrial_model::{Quantity, STATES};
use cartrial_report::page::Illustration;
use cartrial_report::study::is_figure;
use cartrial_report::{
    AxisLabel, Course, Mark, RegressionFigure, Scale, Theme, TrajectoryFigure, regression_pair_figure,
    to_png, trajectory_figure,
};
use cartrial_runner::{Endpoint, Outcome, Trajectory};
use rayon::prelude::*;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};

/// Pixels of a PNG for each unit of its SVG.
const PNG_SCALE: f32 = 2.0;
const EXTENSIONS: [&str; 2] = ["svg", "png"];
const DOSE_TOTAL: AxisLabel<'static> = AxisLabel { label: "Total CAR T cell dose", unit: "cells/µL" };

/// The standard patient's course with its peak and nadir, the paper's Figure 3, as `name.svg` and `name.png`.
pub fn trajectory(
    directory: &Path,
    name: &str,
    title: &str,
    course: &Trajectory,
    outcome: &Outcome,
) -> Result<(), Failure> {
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
    let mut figure = TrajectoryFigure::of_course(title, &lines);
    let value = |endpoint: Endpoint| outcome.values[endpoint.index()];
    let marks = [
        ("peak", Endpoint::TimeOfPeak, Endpoint::PeakInflammation),
        ("nadir", Endpoint::TimeOfNadir, Endpoint::TumourNadir),
    ];
    for (panel, (label, day, height)) in figure.panels.iter_mut().zip(marks) {
        panel.mark = Some(Mark { label, day: value(day), value: value(height) });
    }
    let failed = |e| Failure::Other(format!("figure trajectory: {e}"));
    write(directory, name, &trajectory_figure(&figure, &Theme::LIGHT).map_err(failed)?)
}

/// Peak inflammation on total dose and on tumour burden, the paper's Figure 4, on both scales. One that has nothing to
/// show (a single patient, say) is left out.
pub fn regressions(survey: &StudySurvey) -> Vec<Illustration> {
    let (Some(dose), Some(burden)) = (survey.picture("dose_total"), survey.picture("tumour_burden")) else {
        return Vec::new();
    };
    let axis = |q: Quantity| AxisLabel { label: q.label(), unit: q.unit() };
    let drawn = [("regressions", Scale::Linear), ("regressions-log", Scale::Log)].map(|(name, scale)| {
        let left = panel(DOSE_TOTAL, &dose, scale);
        let right = panel(axis(Quantity::TumourBurden), &burden, scale);
        let svg = regression_pair_figure("", &left, &right, &Theme::LIGHT).ok()?;
        Some(Illustration { name: name.to_owned(), svg })
    });
    drawn.into_iter().flatten().collect()
}

/// Writes every figure of a page as SVG and PNG, and removes those that an earlier one left: beside other results they
/// would be wrong.
pub fn write_all(directory: &Path, pictures: &[Illustration]) -> Result<(), Failure> {
    create_directory(directory)?;
    for stale in stale(directory, pictures) {
        std::fs::remove_file(&stale).map_err(|e| Failure::unwritable(&stale, &e))?;
    }
    pictures.par_iter().try_for_each(|picture| write(directory, &picture.name, &picture.svg))
}

/// Figures of a page in a directory that are not among `pictures`.
fn stale(directory: &Path, pictures: &[Illustration]) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(directory).into_iter().flatten().flatten();
    let is_stale = |path: &PathBuf| {
        let part = |part: Option<&OsStr>| part.and_then(OsStr::to_str).unwrap_or_default().to_owned();
        let (name, extension) = (part(path.file_stem()), part(path.extension()));
        is_figure(&name)
            && EXTENSIONS.contains(&extension.as_str())
            && !pictures.iter().any(|p| p.name == name)
    };
    entries.map(|entry| entry.path()).filter(is_stale).collect()
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

/// Writes a figure as `name.svg` and `name.png`.
fn write(directory: &Path, name: &str, svg: &str) -> Result<(), Failure> {
    let png = to_png(svg, PNG_SCALE).map_err(|e| Failure::Other(format!("figure {name}: {e}")))?;
    for (extension, bytes) in EXTENSIONS.into_iter().zip([svg.as_bytes(), &png]) {
        let path = directory.join(name).with_extension(extension);
        std::fs::write(&path, bytes).map_err(|e| Failure::unwritable(&path, &e))?;
    }
    Ok(())
}

/// Makes a directory and those above it.
pub fn create_directory(directory: &Path) -> Result<(), Failure> {
    std::fs::create_dir_all(directory).map_err(|e| Failure::unwritable(directory, &e))
}
