//! The course of one simulated patient as a figure.

use cartrial_model::{Endpoint, STATES};
use cartrial_runner::{Outcome, Trajectory};

use crate::error::FigureError;
use crate::theme::Theme;
use crate::time_course::Mark;
use crate::trajectory::{Course, TrajectoryFigure, trajectory_figure};

/// A patient's course with its peak and nadir: the paper's Figure 3.
///
/// # Errors
/// As [`trajectory_figure`].
pub fn patient_figure(title: &str, course: &Trajectory, outcome: &Outcome) -> Result<String, FigureError> {
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
    trajectory_figure(&figure, &Theme::LIGHT)
}
