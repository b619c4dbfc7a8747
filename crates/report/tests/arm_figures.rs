//! What the figures of several arms say, and that nothing given to them can make them fall over.

use cartrial_analysis::trial::KaplanMeier;
use cartrial_model::Direction;
use cartrial_report::{
    ArmPanel, ArmValue, ArmsFigure, AxisLabel, FigureError, Interval, Scale, SurvivalArm, SurvivalAxis,
    SurvivalFigure, SurvivalPanel, SurvivalStep, Theme, WaterfallFigure, arms_figure, survival_figure,
    to_png, waterfall_figure, with_css_variables,
};

/// The texts of a figure, one a line.
fn texts(svg: &str) -> Vec<&str> {
    let lines = svg.split("<text").skip(1).filter_map(|t| t.split_once('>')?.1.split_once("</text>"));
    lines.map(|(text, _)| text.trim()).collect()
}

fn assert_says(svg: &str, expected: &[&str]) {
    let texts = texts(svg);
    for text in expected {
        assert!(texts.contains(text), "{text} is not in {texts:?}");
    }
}

fn step(day: f64, survival: f64) -> SurvivalStep {
    SurvivalStep { day, survival, ci95: Some([survival - 0.05, survival + 0.03]) }
}

fn panel(axis: SurvivalAxis) -> SurvivalPanel<'static> {
    let arm = |label, last, at_risk: [u64; 3]| SurvivalArm {
        label,
        steps: vec![step(3.0, 0.9), step(10.0, last)],
        until: 30.0,
        censored: vec![5.0, 20.0],
        at_risk: at_risk.to_vec(),
    };
    let arms = vec![arm("standard", 0.77, [1000, 900, 770]), arm("rescue", 0.85, [12_000, 11_000, 10_200])];
    SurvivalPanel { heading: "Severe inflammation", axis, risk_days: vec![0.0, 7.0, 28.0], arms }
}

fn survival(panels: Vec<SurvivalPanel<'_>>) -> Result<String, FigureError> {
    survival_figure(&SurvivalFigure { title: "Two arms", panels }, &Theme::LIGHT)
}

#[test]
fn survival_names_its_curves_where_they_end_and_counts_who_is_at_risk() {
    let svg = survival(vec![panel(SurvivalAxis::Incidence)]).unwrap();
    assert_says(&svg, &["Two arms", "Severe inflammation (%)", "Time (days)", "Patients at risk"]);
    assert_says(&svg, &["standard, 23.0 %", "rescue, 15.0 %", "0", "7", "28", "1000", "770", "10,200"]);
    assert!(svg.contains("<title>rescue, day 28: 15.0 % [12.0, 20.0]</title>"));
    assert_eq!(svg.matches("<polygon").count(), 2, "a band each");
    let without = survival(vec![panel(SurvivalAxis::Without)]).unwrap();
    assert_says(&without, &["standard, 77.0 %", "rescue, 85.0 %", "100"]);
}

#[test]
fn curves_that_coincide_are_dashed_so_that_all_can_be_seen() {
    let dashed = |svg: &str| svg.matches("stroke-dasharray=").count();
    let apart = panel(SurvivalAxis::Incidence);
    let mut together = apart.clone();
    // Earlier by less than a pixel.
    together.arms[1].steps = together.arms[0].steps.iter().map(|s| step(s.day - 1e-9, s.survival)).collect();
    let mut three = together.clone();
    three.arms.push(SurvivalArm { label: "third", ..three.arms[0].clone() });
    let counts = [apart, together, three].map(|panel| dashed(&survival(vec![panel]).unwrap()));
    assert_eq!(counts, [0, 1, 2], "the first of those that coincide is a whole line");
}

#[test]
fn narrow_panels_give_the_value_at_the_end_and_the_names_once() {
    let svg = survival(vec![panel(SurvivalAxis::Incidence); 3]).unwrap();
    assert_eq!(texts(&svg).iter().filter(|t| **t == "23.0 %").count(), 3);
    assert_eq!(texts(&svg).iter().filter(|t| **t == "standard").count(), 1);
}

#[test]
fn censoring_is_marked_only_where_it_is_given() {
    let marks = |censored: &[f64]| {
        let mut one = panel(SurvivalAxis::Without);
        for arm in &mut one.arms {
            arm.censored = censored.to_vec();
        }
        survival(vec![one]).unwrap().matches("<line").count()
    };
    assert_eq!(marks(&[5.0, 20.0]), marks(&[]) + 4);
}

#[test]
fn a_kaplan_meier_estimate_becomes_a_curve() {
    let times = [3.0, 5.0, 5.0, 8.0, 30.0, 30.0];
    let events = [1.0, 0.0, 1.0, 1.0, 0.0, 0.0];
    let estimate = KaplanMeier::of(&times, &events).unwrap();
    let arm = SurvivalArm::of_kaplan_meier("a", &estimate, &[0.0, 5.0, 6.0, 30.0, 31.0]);
    assert_eq!(arm.at_risk, [6, 5, 3, 2, 0]);
    assert_eq!(arm.steps.iter().map(|s| s.day).collect::<Vec<_>>(), [3.0, 5.0, 8.0]);
    assert_eq!((arm.censored, arm.until), (vec![5.0], 30.0));
}

#[test]
fn survival_without_anything_to_draw_is_an_error() {
    let nothing = FigureError::NothingToDraw { what: "Severe inflammation".to_owned() };
    let no_arms = SurvivalPanel { arms: Vec::new(), ..panel(SurvivalAxis::Without) };
    assert_eq!(survival(vec![no_arms]), Err(nothing.clone()));
    for until in [f64::NAN, 0.0, -1.0] {
        let mut endless = panel(SurvivalAxis::Without);
        endless.arms.iter_mut().for_each(|arm| arm.until = until);
        assert_eq!(survival(vec![endless]), Err(nothing.clone()), "{until}");
    }
    assert!(survival(Vec::new()).is_err());
    let mut uncounted = panel(SurvivalAxis::Without);
    uncounted.arms[1].at_risk.pop();
    let error = survival(vec![uncounted]).unwrap_err();
    assert_eq!(
        error.to_string(),
        "Severe inflammation, rescue has 2 values where 3 are needed, one for each row"
    );
}

#[test]
fn odd_survival_curves_are_drawn_without_falling_over() {
    let curves: [Vec<SurvivalStep>; 4] = [
        Vec::new(),
        vec![SurvivalStep { day: 0.0, survival: 0.0, ci95: None }],
        vec![step(5.0, f64::NAN), step(-3.0, 0.5), step(1e9, 0.1)],
        (0..50_000).map(|i| step(f64::from(i) * 6e-4, 1.0 - f64::from(i) * 2e-5)).collect(),
    ];
    for steps in curves {
        let mut odd = panel(SurvivalAxis::Incidence);
        (odd.arms[0].steps, odd.arms[0].label) =
            (steps, "a\u{0} very long <name> of an arm, longer than others");
        odd.arms[1].steps.clear();
        for count in [1, 2, 5] {
            let svg = survival(vec![odd.clone(); count]).unwrap();
            assert!(!svg.contains("NaN") && svg.len() < 1_500_000, "{}", svg.len());
            to_png(&svg, 0.5).unwrap();
        }
    }
}

const CHANGE: AxisLabel<'_> = AxisLabel { label: "Change of peak inflammation", unit: "pg/mL" };

fn waterfall(differences: &[f64], better: Direction) -> Result<String, FigureError> {
    let figure = WaterfallFigure { title: "Rescue", change: CHANGE, differences, better };
    waterfall_figure(&figure, &Theme::LIGHT)
}

#[test]
fn waterfall_says_who_changed_which_way_and_by_how_much() {
    let differences = [-30.0, 10.0, 0.0, -50.0, -20.0, f64::NAN, -10.0, 0.0, 5.0, -1.0, -2.0];
    let svg = waterfall(&differences, Direction::Lower).unwrap();
    assert_says(&svg, &["Change of peak inflammation (pg/mL)", "Patients, by their change (%)"]);
    assert_says(&svg, &["20.0 % higher: worse", "20.0 % unchanged", "60.0 % lower: better"]);
    assert_says(&svg, &["median −1.50 pg/mL", "10 patients"]);
    let bars = |colour: &str| svg.matches(&format!("fill=\"{colour}\"")).count();
    let [orange, blue] = [0, 1].map(|i| Theme::LIGHT.series[i].hex());
    assert_eq!((bars(&orange), bars(&blue)), (2 + 1, 6 + 1), "bars and a key each");
    let only_lower = waterfall(&[-1.0, -2.0, 0.0], Direction::Lower).unwrap();
    assert_says(&only_lower, &["0 % higher: worse"]);
    assert!(!only_lower.contains(&format!("fill=\"{orange}\"")), "nobody has that colour");
    let svg = waterfall(&differences, Direction::Higher).unwrap();
    assert_says(&svg, &["20.0 % higher: better", "60.0 % lower: worse"]);
    let svg = waterfall(&differences, Direction::Neither).unwrap();
    assert_says(&svg, &["20.0 % higher", "20.0 % unchanged", "60.0 % lower"]);
}

#[test]
fn of_many_patients_the_outline_is_drawn() {
    let differences: Vec<f64> = (0..50_000).map(|i| f64::from(i * 37 % 1000) - 300.0).collect();
    let svg = waterfall(&differences, Direction::Lower).unwrap();
    assert_eq!(svg.matches("<polygon").count(), 2, "above and below no change");
    assert!(svg.len() < 100_000, "{}", svg.len());
    assert_says(&svg, &["69.9 % higher: worse", "0.10 % unchanged", "50,000 patients"]);
}

#[test]
fn a_few_extreme_patients_do_not_hide_the_others() {
    let mut differences: Vec<f64> = (0..2000).map(|i| f64::from(i) * 0.01 - 10.0).collect();
    (differences[0], differences[1], differences[2]) = (-1e6, 7e5, -3e3);
    let svg = waterfall(&differences, Direction::Lower).unwrap();
    assert_says(&svg, &["3 patients beyond the axis, up to 700,000 and down to −1,000,000", "10"]);
    // Of eight that rise among 2,000 the axis still shows all: 0.5 % of all would be more than they are.
    let few: Vec<f64> = (0..2000).map(|i| if i < 8 { 90.0 } else { -0.01 * f64::from(i) }).collect();
    let svg = waterfall(&few, Direction::Lower).unwrap();
    assert!(texts(&svg).contains(&"100") && !svg.contains("beyond"), "{svg}");
    differences.truncate(1);
    assert!(!waterfall(&differences, Direction::Lower).unwrap().contains("beyond"));
}

#[test]
fn odd_differences_are_drawn_and_none_is_an_error() {
    let nothing = FigureError::NothingToDraw { what: CHANGE.label.to_owned() };
    for none in [&[][..], &[f64::NAN, f64::INFINITY, 1e300]] {
        assert_eq!(waterfall(none, Direction::Lower), Err(nothing.clone()));
    }
    for odd in [vec![0.0; 3], vec![0.0; 5000], vec![-1e99; 7], vec![1e-90; 900], vec![-3.0]] {
        let svg = waterfall(&odd, Direction::Lower).unwrap();
        assert!(!svg.contains("NaN"), "{odd:?}");
        to_png(&svg, 0.5).unwrap();
    }
}

fn arms() -> ArmsFigure<'static> {
    let risk =
        |middle: f64| Some(ArmValue::Point(Interval { low: middle - 2.0, middle, high: middle + 2.0 }));
    let spread = |at: f64| Some(ArmValue::Box([0.5, 0.8, 1.0, 1.3, 1.9].map(|factor| factor * at)));
    let panel = |label, unit, scale, values| ArmPanel { axis: AxisLabel { label, unit }, scale, values };
    ArmsFigure {
        title: "The arms side by side",
        arms: vec!["standard", "rescue"],
        panels: vec![
            panel("Severe inflammation", "%", Scale::Linear, vec![risk(23.1), risk(9.0)]),
            panel("Peak inflammation", "pg/mL", Scale::Log, vec![spread(180.0), spread(150.0)]),
            panel("Relapse", "%", Scale::Linear, vec![None, risk(12.0)]),
            panel("Days severe", "d", Scale::Linear, vec![spread(0.0), spread(2.0)]),
        ],
    }
}

#[test]
fn arms_stand_side_by_side_with_their_values() {
    let svg = arms_figure(&arms(), &Theme::LIGHT).unwrap();
    assert_says(&svg, &["The arms side by side", "Severe inflammation (%)"]);
    assert_says(&svg, &["Peak inflammation (pg/mL, log scale)", "23.1", "9.0", "180", "150", "–", "12.0"]);
    assert_eq!(texts(&svg).iter().filter(|t| **t == "rescue").count(), 2, "once in each row of panels");
    assert!(svg.contains(
        "rescue: Peak inflammation (pg/mL): median 150, half of the patients 120 to 195, 90 % 75.0 to 285"
    ));
    assert!(svg.contains("standard: Severe inflammation (%): 23.1 [21.1, 25.1]"));
}

#[test]
fn arms_without_values_are_an_error() {
    let mut figure = arms();
    figure.panels[0].values.pop();
    let error = arms_figure(&figure, &Theme::LIGHT).unwrap_err();
    assert!(matches!(error, FigureError::LengthMismatch { expected: 2, found: 1, .. }));
    let mut figure = arms();
    figure.panels[2].values = vec![None, None];
    assert!(!figure.panels[2].has_values() && figure.panels[1].has_values());
    let what = "Relapse".to_owned();
    assert_eq!(arms_figure(&figure, &Theme::LIGHT), Err(FigureError::NothingToDraw { what }));
    figure.panels.clear();
    assert!(arms_figure(&figure, &Theme::LIGHT).is_err());
}

#[test]
fn odd_values_of_arms_are_drawn_without_falling_over() {
    let values = [
        ArmValue::Box([0.0, 0.0, 0.0, 1e-9, 5.0]),
        ArmValue::Box([-5.0, f64::NAN, 2.0, f64::INFINITY, 1e99]),
        ArmValue::Point(Interval { low: f64::NAN, middle: 3.0, high: f64::INFINITY }),
        ArmValue::Point(Interval { low: 0.0, middle: f64::NAN, high: 1.0 }),
    ];
    for value in values {
        for scale in [Scale::Linear, Scale::Log] {
            let mut figure = arms();
            (figure.panels[1].values[0], figure.panels[1].scale) = (Some(value), scale);
            let svg = arms_figure(&figure, &Theme::DARK).unwrap();
            assert!(!svg.contains("NaN"), "{value:?} {scale:?}");
            to_png(&svg, 0.5).unwrap();
        }
    }
}

#[test]
fn same_data_same_bytes_and_every_colour_a_css_variable() {
    let make = || {
        let differences: Vec<f64> = (0..900).map(|i| f64::from(i * 37 % 100) - 40.0).collect();
        [
            survival(vec![panel(SurvivalAxis::Without)]).unwrap(),
            waterfall(&differences, Direction::Lower).unwrap(),
            arms_figure(&arms(), &Theme::LIGHT).unwrap(),
        ]
    };
    let figures = make();
    assert_eq!(figures, make());
    for svg in figures {
        assert!(svg.contains("\"#") && !with_css_variables(&svg, &Theme::LIGHT).contains("\"#"));
    }
}
