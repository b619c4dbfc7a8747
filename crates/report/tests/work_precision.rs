//! What a work–precision diagram says, and what it refuses.

use cartrial_report::{
    FigureError, Theme, WorkPrecisionFigure, WorkPrecisionPanel, WorkPrecisionPoint, to_png,
    work_precision_figure,
};

fn draw(points: Vec<WorkPrecisionPoint>) -> Result<String, FigureError> {
    let panels = vec![WorkPrecisionPanel { heading: "30 days", methods: vec![points, Vec::new()] }];
    work_precision_figure(&WorkPrecisionFigure { methods: vec!["tsit5", "rk4"], panels }, &Theme::LIGHT)
}

#[test]
fn it_names_every_method_and_problem_and_tells_each_point() {
    let point = |us_per_patient, error| WorkPrecisionPoint { us_per_patient, error };
    let svg = draw(vec![point(3.0, 1.2e-4), point(7.5, 1.5e-8)]).unwrap();
    for text in ["tsit5", "rk4", "30 days", "µs per patient", "tsit5: 7.50 µs, 1.5e−8"] {
        assert!(svg.contains(text), "{text}");
    }
    assert!(!to_png(&svg, 1.0).unwrap().is_empty());
}

#[test]
fn without_a_point_there_is_nothing_to_draw() {
    let nothing = FigureError::NothingToDraw { what: "work and precision".to_owned() };
    assert_eq!(draw(Vec::new()), Err(nothing));
}
