//! What the figures say, and that nothing given to them can make them fall over.

use cartrial_report::{
    AxisLabel, Course, Curve, FigureError, MAX_POINTS, Mark, PngError, RegressionFigure, Scale, ShadedDays,
    Theme, TrajectoryFigure, TrajectoryPanel, fit_on_scale, regression_figure, regression_pair_figure,
    to_png, trajectory_figure, with_css_variables,
};

const DOSE: AxisLabel<'_> = AxisLabel { label: "Total CAR T cell dose", unit: "cells/µL" };
const PEAK: AxisLabel<'_> = AxisLabel { label: "Peak inflammation", unit: "pg/mL" };

fn regression<'a>(x: &'a [f64], y: &'a [f64], scale: Scale) -> RegressionFigure<'a> {
    RegressionFigure { title: "Dose", predictor: DOSE, response: PEAK, x, y, scale, line: None }
}

/// Predictor and response of a cohort whose response rises with the predictor, roughly.
fn cohort(n: usize) -> (Vec<f64>, Vec<f64>) {
    let x: Vec<f64> = (0..n).map(|i| (i * 37 % 101) as f64 + 4.0).collect();
    let y = x.iter().enumerate().map(|(i, x)| 140.0 + x + (i * 53 % 97) as f64).collect();
    (x, y)
}

struct Columns {
    days: Vec<f64>,
    rising: Vec<f64>,
    falling: Vec<f64>,
}

fn columns() -> Columns {
    let days: Vec<f64> = (0..=120).map(|i| f64::from(i) * 0.25).collect();
    let rising = days.iter().map(|d| 140.0 + 27.89 * (-(d - 7.0) * (d - 7.0) / 9.0).exp()).collect();
    let falling = days.iter().map(|d| 39.07 + (d - 29.0) * (d - 29.0) / 3.0).collect();
    Columns { days, rising, falling }
}

fn course(c: &Columns) -> Course<'_> {
    Course {
        days: &c.days,
        inflammation: &c.rising,
        tumour_burden: &c.falling,
        effector_ctl: &c.rising,
        memory_ctl: &c.falling,
        effector_helper: &c.rising,
        memory_helper: &c.rising,
    }
}

fn png_size(png: &[u8]) -> (u32, u32) {
    let number = |at: usize| u32::from_be_bytes(png[at..at + 4].try_into().expect("four bytes"));
    (number(16), number(20))
}

/// The texts of a figure, one a line.
fn texts(svg: &str) -> String {
    let lines = svg.split("<text").skip(1).filter_map(|t| t.split_once('>')?.1.split_once("</text>"));
    lines.map(|(text, _)| text.trim().to_owned()).collect::<Vec<_>>().join("\n")
}

/// How many patients a figure draws: dots are lines without length, whole layers of them in a path.
fn dots(svg: &str) -> usize {
    let paths = svg.split("<path d=\"").skip(1).filter_map(|path| path.split_once('"'));
    paths.map(|(path, _)| path.matches("h0").count()).sum()
}

#[test]
fn trajectory_names_its_axes_units_curves_and_marks() {
    let columns = columns();
    let mut figure = TrajectoryFigure::of_course("The standard patient", &course(&columns));
    figure.shaded = Some(ShadedDays { from: 5.0, to: 10.0, label: "days 5–10" });
    let svg = trajectory_figure(&figure, &Theme::LIGHT).unwrap();
    let texts = texts(&svg);
    for text in [
        "The standard patient",
        "Inflammation (pg/mL)",
        "Tumour burden (cells/µL)",
        "CAR T cells (cells/µL)",
        "Time (days)",
        "Effector CTL",
        "Memory CTL",
        "Effector helper",
        "Memory helper",
        "peak: 167.9 pg/mL, day 7.0",
        "nadir: 39.07 cells/µL, day 29.0",
        "days 5–10",
        "30",
    ] {
        assert!(texts.lines().any(|line| line == text), "{text} is not in\n{texts}");
    }
    assert!(svg.starts_with("<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"900\""));
    assert!(svg.contains("<title>The standard patient</title>"));
}

#[test]
fn regression_says_p_r_n_and_slope_with_units() {
    let (x, y) = cohort(200);
    let fit = fit_on_scale(&x, &y, Scale::Linear).unwrap().regression;
    let svg = regression_figure(&regression(&x, &y, Scale::Linear), &Theme::LIGHT).unwrap();
    let texts = texts(&svg);
    let p = format!("{:.1e}", fit.p_value).replace('-', "−");
    assert!(texts.contains(&format!("p = {p}, r = {:.2}, n = 200", fit.r)), "{texts}");
    assert!(texts.contains(&format!("slope = {:.2} pg/mL per cells/µL", fit.slope)), "{texts}");
    assert!(
        texts.contains("Total CAR T cell dose (cells/µL)") && texts.contains("Peak inflammation (pg/mL)")
    );
    assert_eq!(dots(&svg), 200);
    assert_eq!(svg.matches("<polygon").count(), 1, "one band");
}

#[test]
fn logarithmic_regression_says_that_it_is_one() {
    let (x, y) = cohort(200);
    let svg = regression_figure(&regression(&x, &y, Scale::Log), &Theme::LIGHT).unwrap();
    assert!(svg.contains("Peak inflammation (pg/mL, log scale)") && svg.contains("ln(pg/mL) per cells/µL"));
}

#[test]
fn a_p_value_too_small_for_a_float_is_written_as_a_power_of_ten() {
    let (x, y) = cohort(200);
    let mut fit = fit_on_scale(&x, &y, Scale::Linear).unwrap();
    (fit.regression.p_value, fit.regression.log10_p, fit.regression.n) = (0.0, -1234.2, 1_000_000);
    let figure = RegressionFigure { line: Some(fit), ..regression(&x, &y, Scale::Linear) };
    let texts = texts(&regression_figure(&figure, &Theme::LIGHT).unwrap());
    assert!(texts.contains("p = 10^−1234") && texts.contains("n = 1,000,000"), "{texts}");
    assert!(texts.contains("200 of 1,000,000 patients drawn"), "{texts}");
}

#[test]
fn of_many_points_a_subset_is_drawn_and_said_so() {
    let (x, y) = cohort(10_000);
    let svg = regression_figure(&regression(&x, &y, Scale::Linear), &Theme::LIGHT).unwrap();
    assert_eq!(dots(&svg), MAX_POINTS);
    assert!(svg.contains("3000 of 10,000 patients drawn") && svg.contains("n = 10,000"));
    assert!(svg.len() < 60_000, "a page shows four of these: {}", svg.len());
}

#[test]
fn rows_without_a_value_are_counted_in_a_note() {
    let (x, mut y) = cohort(200);
    (y[3], y[4], y[5]) = (f64::NAN, f64::INFINITY, 0.0);
    let linear = regression_figure(&regression(&x, &y, Scale::Linear), &Theme::LIGHT).unwrap();
    assert!(linear.contains("2 without a value left out") && linear.contains("n = 198"));
    let log = regression_figure(&regression(&x, &y, Scale::Log), &Theme::LIGHT).unwrap();
    assert!(log.contains("3 without a value left out") && log.contains("n = 197"), "0 has no logarithm");
}

#[test]
fn a_pair_shows_both_with_the_same_vertical_axis() {
    let ((x, y), (x2, y2)) = (cohort(200), cohort(150));
    let high: Vec<f64> = y2.iter().map(|v| 10.0 * v).collect();
    let (left, right) = (regression(&x, &y, Scale::Linear), regression(&x2, &high, Scale::Linear));
    let svg = regression_pair_figure("Toxicity", &left, &right, &Theme::LIGHT).unwrap();
    assert_eq!(svg.matches("Peak inflammation (pg/mL)").count(), 2);
    assert_eq!(texts(&svg).lines().filter(|line| *line == "3000").count(), 2, "{}", texts(&svg));
    assert_eq!(dots(&svg), 350);
}

#[test]
fn points_that_have_no_line_are_drawn_and_the_figure_says_why() {
    let cases: [(&[f64], &[f64]); 5] = [
        (&[1.0], &[2.0]),
        (&[1.0, 2.0], &[2.0, 3.0]),
        (&[1.0, 2.0, 3.0], &[5.0, 5.0, 5.0]),
        (&[7.0, 7.0, 7.0], &[1.0, 2.0, 3.0]),
        (&[1.0, 2.0, 3.0, 4.0], &[1.0, 2.0, 4.0, 8.0]),
    ];
    for (x, y) in cases {
        for scale in [Scale::Linear, Scale::Log] {
            let svg = regression_figure(&regression(x, y, scale), &Theme::LIGHT).unwrap();
            let has_line = scale == Scale::Linear && y.len() == 4;
            assert_eq!(texts(&svg).contains("No line"), !has_line, "{x:?} {y:?} {scale:?}");
            assert_eq!(dots(&svg), x.len());
            assert!(!svg.contains("NaN") && !svg.contains("\"inf"));
        }
    }
}

#[test]
fn nothing_to_draw_is_an_error_that_says_what() {
    for y in [&[][..], &[f64::NAN, f64::INFINITY]] {
        let x = vec![1.0; y.len()];
        let error = regression_figure(&regression(&x, y, Scale::Log), &Theme::LIGHT).unwrap_err();
        let text = "Peak inflammation on Total CAR T cell dose: there is no value to draw";
        assert_eq!(error.to_string(), text);
    }
    let columns = columns();
    let missing = vec![f64::NAN; columns.days.len()];
    let figure = TrajectoryFigure::of_course("", &Course { tumour_burden: &missing, ..course(&columns) });
    assert_eq!(figure.panels[1].mark, None);
    let what = "Tumour burden".to_owned();
    assert_eq!(trajectory_figure(&figure, &Theme::LIGHT), Err(FigureError::NothingToDraw { what }));
}

#[test]
fn columns_of_unequal_length_are_an_error() {
    let error =
        regression_figure(&regression(&[1.0, 2.0], &[1.0], Scale::Linear), &Theme::LIGHT).unwrap_err();
    assert!(matches!(error, FigureError::LengthMismatch { expected: 2, found: 1, .. }));
    let columns = columns();
    let figure = TrajectoryFigure::of_course("", &Course { memory_ctl: &[1.0], ..course(&columns) });
    let error = trajectory_figure(&figure, &Theme::LIGHT).unwrap_err();
    assert_eq!(error.to_string(), "Memory CTL has 1 values where 121 are needed, one for each row");
}

#[test]
fn odd_trajectories_are_drawn_without_falling_over() {
    let one_day = [3.0];
    let gap = [1.0, f64::NAN, 2.0, 3.0];
    let days = [0.0, 1.0, 2.0, 3.0];
    let cases: [(&[f64], &[f64], Scale); 5] = [
        (&one_day, &[5.0], Scale::Linear),
        (&days, &[5.0; 4], Scale::Log),
        (&days, &gap, Scale::Linear),
        (&days, &[0.0, 1e-99, 1e99, 1e9], Scale::Log),
        (&days, &[-1e99, 1e99, 0.0, f64::INFINITY], Scale::Linear),
    ];
    for (days, values, scale) in cases {
        let panel = TrajectoryPanel {
            axis: AxisLabel { label: "A & B < C", unit: "1" },
            scale,
            curves: vec![Curve { label: "a\u{0}b", values }, Curve { label: "c", values }],
            mark: Mark::highest("a very long name ".repeat(20).as_str(), days, values)
                .map(|m| Mark { label: "top", ..m }),
        };
        for (from, to) in [(0.5, 1.5), (9.0, 8.0), (f64::NAN, 1.0), (-1e9, 1e9)] {
            let shaded = Some(ShadedDays { from, to, label: "span" });
            let figure = TrajectoryFigure { title: "<odd>", days, panels: vec![panel.clone()], shaded };
            let svg = trajectory_figure(&figure, &Theme::DARK).unwrap();
            assert!(!svg.contains("NaN"), "{values:?}");
            to_png(&svg, 0.5).unwrap();
        }
    }
}

#[test]
fn png_has_the_asked_size_and_is_not_blank() {
    let (x, y) = cohort(50);
    let svg = regression_figure(&regression(&x, &y, Scale::Linear), &Theme::LIGHT).unwrap();
    for (scale, size) in [(1.0, (620, 460)), (2.0, (1240, 920))] {
        let png = to_png(&svg, scale).unwrap();
        assert_eq!(png_size(&png), size);
        let blank =
            format!("<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{}\" height=\"{}\"/>", size.0, size.1);
        assert!(png.len() > 5 * to_png(&blank, 1.0).unwrap().len());
    }
}

#[test]
fn png_draws_its_text() {
    let sheet = |text: &str| {
        let font = "font-family=\"Unheard Of, sans-serif\" font-size=\"20\"";
        format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"90\" height=\"30\"><text y=\"20\" {font}>{text}</text></svg>"
        )
    };
    assert_ne!(to_png(&sheet("µL"), 1.0).unwrap(), to_png(&sheet(""), 1.0).unwrap());
}

#[test]
fn what_is_no_picture_is_an_error() {
    assert!(matches!(to_png("no svg", 1.0), Err(PngError::Svg(_))));
    let (x, y) = cohort(5);
    let svg = regression_figure(&regression(&x, &y, Scale::Linear), &Theme::LIGHT).unwrap();
    for scale in [0.0, -1.0, f32::NAN, f32::INFINITY, 1e4] {
        assert!(matches!(to_png(&svg, scale), Err(PngError::Size { .. })), "{scale}");
    }
}

#[test]
fn same_data_same_bytes() {
    let (x, y) = cohort(5000);
    let columns = columns();
    let make = || {
        let svg = regression_figure(&regression(&x, &y, Scale::Log), &Theme::LIGHT).unwrap();
        let course = TrajectoryFigure::of_course("t", &course(&columns));
        let trajectory = trajectory_figure(&course, &Theme::DARK).unwrap();
        (to_png(&svg, 1.0).unwrap(), svg, trajectory)
    };
    assert_eq!(make(), make());
}

#[test]
fn every_colour_of_a_figure_becomes_a_css_variable() {
    let columns = columns();
    let mut figure = TrajectoryFigure::of_course("t", &course(&columns));
    figure.shaded = Some(ShadedDays { from: 5.0, to: 10.0, label: "" });
    let (x, y) = cohort(50);
    for svg in [
        trajectory_figure(&figure, &Theme::LIGHT).unwrap(),
        regression_figure(&regression(&x, &y, Scale::Linear), &Theme::LIGHT).unwrap(),
    ] {
        assert!(svg.contains("\"#"));
        assert!(!with_css_variables(&svg, &Theme::LIGHT).contains("\"#"));
    }
}
