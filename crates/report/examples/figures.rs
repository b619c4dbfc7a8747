//! Draws the standard patient and the paper's study into a directory: `cargo run --example figures -- DIR`.

use std::error::Error;
use std::path::{Path, PathBuf};

use cartrial_cohort::{Cohort, Study};
use cartrial_model::{
    EFFECTOR_CTL, EFFECTOR_HELPER, INFLAMMATION, MEMORY_CTL, MEMORY_HELPER, Quantities, Quantity,
    STATE_COUNT, TUMOUR_BURDEN,
};
use cartrial_report::{
    AxisLabel, Course, RegressionFigure, Scale, ShadedDays, Theme, TrajectoryFigure, regression_figure,
    regression_pair_figure, to_png, trajectory_figure,
};
use cartrial_runner::{Endpoint, Level, simulate, trajectory};

fn main() -> Result<(), Box<dyn Error>> {
    let directory = PathBuf::from(std::env::args().nth(1).ok_or("which directory?")?);
    let study_file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../cohorts/hanson2016-uniform.toml");
    let study = Study::read(&study_file)?;
    let save = |name: &str, svg: String| -> Result<(), Box<dyn Error>> {
        std::fs::write(directory.join(format!("{name}.svg")), &svg)?;
        std::fs::write(directory.join(format!("{name}.png")), to_png(&svg, 2.0)?)?;
        Ok(())
    };

    for days in [30.0, 180.0] {
        let study = Study { days, ..study.clone() };
        let course = trajectory(&study, &study.arms[0], 2.0, &Quantities::standard());
        let state = |i: usize| course.states.iter().map(|s| s[i]).collect::<Vec<f64>>();
        let columns: [Vec<f64>; STATE_COUNT] = std::array::from_fn(state);
        let course = Course {
            days: &course.days,
            tumour_burden: &columns[TUMOUR_BURDEN],
            inflammation: &columns[INFLAMMATION],
            effector_ctl: &columns[EFFECTOR_CTL],
            memory_ctl: &columns[MEMORY_CTL],
            effector_helper: &columns[EFFECTOR_HELPER],
            memory_helper: &columns[MEMORY_HELPER],
        };
        let mut figure = TrajectoryFigure::of_course("The standard patient", &course);
        figure.shaded = Some(ShadedDays { from: 5.0, to: 10.0, label: "days 5–10" });
        save(&format!("trajectory-{days}"), trajectory_figure(&figure, &Theme::LIGHT)?)?;
        save(&format!("trajectory-{days}-dark"), trajectory_figure(&figure, &Theme::DARK)?)?;
    }

    for (patients, seed) in [(200, study.seed), (20_000, 7)] {
        let mut study = study.clone();
        (study.patients, study.seed) = (patients, seed);
        let drawn = Cohort::new(&study)?.draw(0..patients);
        let outcomes = simulate(&study, &study.arms[0], Level::best(), &drawn);
        let peaks: Vec<f64> =
            outcomes.iter().map(|o| o.get(Endpoint::PeakInflammation).unwrap_or(f64::NAN)).collect();
        let doses: Vec<f64> = drawn.iter().map(|p| p.quantities.dose_total()).collect();
        let burdens: Vec<f64> = drawn.iter().map(|p| p.quantities[Quantity::TumourBurden]).collect();
        for scale in [Scale::Linear, Scale::Log] {
            let against = |title, label, x| RegressionFigure {
                title,
                predictor: AxisLabel { label, unit: "cells/µL" },
                response: AxisLabel { label: "Peak inflammation", unit: "pg/mL" },
                x,
                y: &peaks,
                scale,
                line: None,
            };
            let dose = against("Dose", "Total CAR T cell dose", &doses);
            let burden = against("Tumour burden", "Initial tumour burden", &burdens);
            let name = format!("{scale:?}-{patients}").to_lowercase();
            for (theme, suffix) in [(Theme::LIGHT, ""), (Theme::DARK, "-dark")] {
                let title = "Toxicity follows the tumour burden, hardly the dose";
                let pair = regression_pair_figure(title, &dose, &burden, &theme)?;
                save(&format!("pair-{name}{suffix}"), pair)?;
            }
            save(&format!("burden-{name}"), regression_figure(&burden, &Theme::LIGHT)?)?;
        }
    }
    Ok(())
}
