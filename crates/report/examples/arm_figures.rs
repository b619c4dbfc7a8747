//! Draws the figures of several arms from made-up outcomes into a directory: `cargo run --example arm_figures -- DIR`.

use std::error::Error;
use std::path::PathBuf;

use cartrial_analysis::trial::KaplanMeier;
use cartrial_model::Direction;
use cartrial_report::{
    ArmPanel, ArmValue, ArmsFigure, AxisLabel, FigureError, Interval, Scale, SurvivalArm, SurvivalAxis,
    SurvivalFigure, SurvivalPanel, Theme, WaterfallFigure, arms_figure, survival_figure, to_png,
    waterfall_figure,
};

type Draw<'a> = &'a dyn Fn(&Theme) -> Result<String, FigureError>;

/// Evenly spread numbers between 0 and 1, in an order that looks like chance.
fn uniform(i: usize, seed: f64) -> f64 {
    (i as f64 * 0.618_033_988_749_895 + seed * 0.754_877).fract()
}

/// Times of an event of hazard `rate` per day, by `risk` of the patients at most, seen for 60 days; some are lost before.
fn times(patients: usize, rate: f64, risk: f64, lost: f64, seed: f64) -> (Vec<f64>, Vec<f64>) {
    let one = |i: usize| {
        let day = if uniform(i, seed + 3.3) < risk {
            2.0 - (1.0 - uniform(i * 7, seed)).ln() / rate
        } else {
            f64::INFINITY
        };
        let end = if uniform(i * 13, seed + 0.7) < lost { 60.0 * uniform(i * 3, seed) } else { 60.0 };
        if day < end { (day, 1.0) } else { (end, 0.0) }
    };
    (0..patients).map(one).unzip()
}

fn main() -> Result<(), Box<dyn Error>> {
    let directory = PathBuf::from(std::env::args().nth(1).ok_or("which directory?")?);
    let save = |name: &str, svg: Draw<'_>| -> Result<(), Box<dyn Error>> {
        for (theme, suffix) in [(Theme::LIGHT, ""), (Theme::DARK, "-dark")] {
            let svg = svg(&theme)?;
            std::fs::write(directory.join(format!("{name}{suffix}.svg")), &svg)?;
            std::fs::write(directory.join(format!("{name}{suffix}.png")), to_png(&svg, 2.0)?)?;
        }
        Ok(())
    };

    let days = vec![0.0, 7.0, 14.0, 21.0, 28.0, 42.0, 60.0];
    let panel =
        |heading, axis, arms: &[(&'static str, f64, f64)], patients, lost| -> Result<_, Box<dyn Error>> {
            let arms = arms.iter().enumerate().map(|(i, (label, rate, risk))| {
                let (times, events) = times(patients, *rate, *risk, lost, i as f64);
                Ok(SurvivalArm::of_kaplan_meier(label, &KaplanMeier::of(&times, &events)?, &days))
            });
            let arms = arms.collect::<Result<Vec<_>, Box<dyn Error>>>()?;
            Ok(SurvivalPanel { heading, axis, risk_days: days.clone(), arms })
        };
    let two = [("standard", 0.12, 0.23), ("with rescue", 0.1, 0.09)];
    let four = [
        ("standard", 0.1, 0.9),
        ("half dose", 0.06, 0.8),
        ("bridging", 0.15, 0.95),
        ("split over 3 days", 0.08, 0.85),
    ];
    let without = panel("Patients without severe inflammation", SurvivalAxis::Without, &four, 120, 0.2)?;
    save("survival-four", &|theme| {
        let figure = SurvivalFigure { title: "Four arms of 120 patients", panels: vec![without.clone()] };
        survival_figure(&figure, theme)
    })?;
    let panels = [
        panel("Severe inflammation", SurvivalAxis::Incidence, &two, 10_000, 0.0)?,
        panel(
            "Remission",
            SurvivalAxis::Incidence,
            &[("standard", 0.1, 0.8), ("with rescue", 0.09, 0.79)],
            10_000,
            0.0,
        )?,
        panel("Relapse after remission", SurvivalAxis::Incidence, &two, 500, 0.0)?,
    ];
    for n in 1..=3 {
        save(&format!("survival-{n}-panels"), &|theme| {
            survival_figure(&SurvivalFigure { title: "", panels: panels[..n].to_vec() }, theme)
        })?;
    }

    for patients in [40, 300, 20_000] {
        let heavy = |i: usize| {
            let p = uniform(i, 0.1);
            if p < 0.3 {
                0.0
            } else if p < 0.4 {
                400.0 * (p - 0.3)
            } else {
                -40.0 * (p - 0.4) / (1.001 - p).powf(0.8)
            }
        };
        let differences: Vec<f64> = (0..patients).map(heavy).collect();
        save(&format!("waterfall-{patients}"), &|theme| {
            let figure = WaterfallFigure {
                title: "What rescue changes in each patient",
                change: AxisLabel { label: "Change of peak inflammation", unit: "pg/mL" },
                differences: &differences,
                better: Direction::Lower,
            };
            waterfall_figure(&figure, theme)
        })?;
    }

    let quantiles =
        |at: f64, by: f64| Some(ArmValue::Box([-1.6, -0.7, 0.0, 0.7, 1.7].map(|z: f64| at * (by * z).exp())));
    let risk = |low, middle, high| Some(ArmValue::Point(Interval { low, middle, high }));
    let of = |label, unit, scale, values: [Option<ArmValue>; 4]| ArmPanel {
        axis: AxisLabel { label, unit },
        scale,
        values: values.into(),
    };
    save("arms", &|theme| {
        let figure = ArmsFigure {
            title: "The arms side by side",
            arms: vec!["standard", "half dose", "rescue above 150", "bridging to 30 %"],
            panels: vec![
                of(
                    "Severe inflammation",
                    "%",
                    Scale::Linear,
                    [
                        risk(21.0, 23.1, 25.2),
                        risk(18.0, 20.2, 22.3),
                        risk(7.9, 9.0, 10.2),
                        risk(10.9, 12.0, 13.2),
                    ],
                ),
                of(
                    "Remission",
                    "%",
                    Scale::Linear,
                    [
                        risk(71.0, 73.1, 75.2),
                        risk(62.0, 64.2, 66.3),
                        risk(71.9, 72.0, 73.2),
                        risk(76.9, 78.0, 79.2),
                    ],
                ),
                of(
                    "Relapse after remission",
                    "%",
                    Scale::Linear,
                    [risk(11.0, 13.1, 15.2), risk(12.0, 14.2, 16.3), risk(11.9, 12.0, 14.2), None],
                ),
                of(
                    "Peak inflammation",
                    "pg/mL",
                    Scale::Log,
                    [
                        quantiles(180.0, 0.4),
                        quantiles(160.0, 0.4),
                        quantiles(150.0, 0.2),
                        quantiles(120.0, 0.3),
                    ],
                ),
                of(
                    "Lowest tumour burden",
                    "cells/µL",
                    Scale::Log,
                    [quantiles(0.01, 3.0), quantiles(0.1, 3.0), quantiles(0.012, 3.0), quantiles(0.001, 3.0)],
                ),
                of(
                    "Peak of CAR T cells",
                    "cells/µL",
                    Scale::Linear,
                    [quantiles(80.0, 0.4), quantiles(60.0, 0.4), quantiles(80.0, 0.4), quantiles(70.0, 0.3)],
                ),
            ],
        };
        arms_figure(&figure, theme)
    })?;
    Ok(())
}
