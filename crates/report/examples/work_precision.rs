//! The work–precision diagram: what accuracy costs, for every method, tolerance and length of follow-up.
//!
//! ```sh
//! cargo run --release -p cartrial-report --example work_precision -- [patients] [DIR]
//! ```
//!
//! Half of the patients are of the paper's uniform population, half of its normal one. They are solved on one thread with every
//! method over a range of tolerances. Prints a Markdown table and writes `work-precision.svg` into DIR (default `docs`): the
//! error of the worst patient against the time for a patient. The error is the greatest of that of peak inflammation and
//! of every state at the end, relative, and absolute below 0.01 cells/µL or pg/mL; the truth is Rodas5P at rtol 1e-11.

use cartrial_cohort::{Cohort, Study, VirtualPatient};
use cartrial_report::{
    Theme, WorkPrecisionFigure, WorkPrecisionPanel, WorkPrecisionPoint, work_precision_figure,
};
use cartrial_runner::{Endpoint, Level, Outcome, simulate};
use std::error::Error;
use std::path::{Path, PathBuf};
use std::time::Instant;

const RUNS: usize = 3;
const DAYS: [f64; 3] = [30.0, 180.0, 365.0];
const ADAPTIVE: [&str; 4] = ["rodas5p", "tsit5", "dopri5", "bs3"];
/// An error below it is that of the truth.
const LEAST_ERROR: f64 = 1e-10;

fn study(distribution: &str, days: f64, solver: &str) -> Result<Study, Box<dyn Error>> {
    let text = format!(
        "[study]\nname = \"work-precision\"\nseed = 20160424\npatients = 1000000\ndays = {days}\n\
         [population]\ndistribution = \"{distribution}\"\n[population.parameters]\nn = {{ fixed = 6 }}\n\
         [population.initial]\ntumour_burden = {{ uniform = {{ low = 1, high = 1000 }} }}\n\
         dose_effector_ctl = {{ uniform = {{ low = 1, high = 30 }} }}\n\
         dose_memory_ctl = {{ uniform = {{ low = 1, high = 30 }} }}\n\
         dose_effector_helper = {{ uniform = {{ low = 1, high = 30 }} }}\n\
         dose_memory_helper = {{ uniform = {{ low = 1, high = 30 }} }}\n[solver]\n{solver}\n"
    );
    Ok(Study::parse(&text, Path::new("work-precision.toml"))?)
}

fn solve(study: &Study, patients: &[VirtualPatient]) -> Vec<Outcome> {
    simulate(study, &study.arms[0], Level::best(), patients)
}

fn worst_error(found: &[Outcome], truth: &[Outcome]) -> f64 {
    let error = |a: &Outcome, b: &Outcome, endpoint: Endpoint| {
        let (a, b) = (a.values[endpoint.index()], b.values[endpoint.index()]);
        (a - b).abs() / b.abs().max(0.01)
    };
    let endpoints = || Endpoint::AT_END.into_iter().chain([Endpoint::PeakInflammation]);
    let errors = found.iter().zip(truth).flat_map(|(a, b)| endpoints().map(|e| error(a, b, e)));
    errors.fold(LEAST_ERROR, f64::max)
}

/// The patients solved with one setting: prints a row of the table.
fn measure(
    days: f64,
    solver: &str,
    patients: &[VirtualPatient],
    truth: &[Outcome],
) -> Result<WorkPrecisionPoint, Box<dyn Error>> {
    let study = study("uniform", days, solver)?;
    let mut seconds = Vec::new();
    let mut outcomes = Vec::new();
    for _ in 0..RUNS {
        let started = Instant::now();
        outcomes = solve(&study, patients);
        seconds.push(started.elapsed().as_secs_f64());
    }
    seconds.sort_by(f64::total_cmp);
    let patients = patients.len() as f64;
    let steps = outcomes.iter().map(|o| f64::from(o.steps)).sum::<f64>() / patients;
    let us_per_patient = seconds[RUNS / 2] / patients * 1e6;
    let error = worst_error(&outcomes, truth);
    println!(
        "| {days} | `{}` | {steps:.0} | {us_per_patient:.2} | {error:.1e} |",
        solver.replace('\n', "`, `")
    );
    Ok(WorkPrecisionPoint { us_per_patient, error })
}

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let count: u64 = arguments.next().map_or(Ok(8192), |a| a.parse())?;
    let directory = PathBuf::from(arguments.next().unwrap_or_else(|| "docs".to_owned()));

    println!("| days | setting | steps | µs per patient | worst error |");
    println!("|---:|---|---:|---:|---:|");
    let headings = DAYS.map(|days| format!("{days} days"));
    let mut panels = Vec::new();
    for (days, heading) in DAYS.into_iter().zip(&headings) {
        let mut patients = Vec::new();
        for distribution in ["uniform", "normal"] {
            patients.extend(Cohort::new(&study(distribution, days, "")?)?.draw(0..count / 2));
        }
        let truth = solve(&study("uniform", days, "method = \"rodas5p\"\nrtol = 1e-11")?, &patients);
        let mut methods = Vec::new();
        for method in ADAPTIVE {
            let points = (3..=9).map(|exponent| {
                let solver = format!("method = \"{method}\"\nrtol = 1e-{exponent}");
                measure(days, &solver, &patients, &truth)
            });
            methods.push(points.collect::<Result<Vec<_>, _>>()?);
        }
        let points = ["1.0", "0.5", "0.25", "0.1"]
            .map(|step| measure(days, &format!("method = \"rk4\"\nstep_hours = {step}"), &patients, &truth));
        methods.push(points.into_iter().collect::<Result<Vec<_>, _>>()?);
        panels.push(WorkPrecisionPanel { heading, methods });
    }
    let methods = ADAPTIVE.into_iter().chain(["rk4"]).collect();
    let svg = work_precision_figure(&WorkPrecisionFigure { methods, panels }, &Theme::LIGHT)?;
    std::fs::write(directory.join("work-precision.svg"), svg)?;
    Ok(())
}
