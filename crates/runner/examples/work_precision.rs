//! The work–precision diagram: what accuracy costs, for every method and tolerance.
//!
//! ```sh
//! cargo run --release -p cartrial-runner --example work_precision -- [patients] [DIR]
//! ```
//!
//! Patients of the uniform and the normal population of the paper are solved with every method over a range of
//! tolerances, on one thread; the truth is the default method at rtol 1e-11. Prints a Markdown table and writes
//! `work-precision.svg` into DIR (default `docs`): worst error of any patient, in the peak and in the state at the end,
//! against time per patient.

use cartrial_cohort::{Cohort, Study, VirtualPatient};
use cartrial_runner::{Endpoint, Level, Outcome, simulate};
use plotters::prelude::*;
use std::error::Error;
use std::path::{Path, PathBuf};
use std::time::Instant;

const RUNS: usize = 5;

/// One setting of the solver, measured.
struct Point {
    method: &'static str,
    setting: String,
    steps: f64,
    us_per_patient: f64,
    peak: f64,
    end: f64,
}

fn study(distribution: &str, solver: &str) -> Result<Study, Box<dyn Error>> {
    let text = format!(
        "[study]\nname = \"work-precision\"\nseed = 20160424\npatients = 1000000\n\
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

/// Worst relative error of any patient in the peak, and in a state at the end (absolute below 1 cell/µL or pg/mL).
fn worst_errors(found: &[Outcome], truth: &[Outcome]) -> (f64, f64) {
    let mut worst = (0.0_f64, 0.0_f64);
    for (a, b) in found.iter().zip(truth) {
        let error = |i: usize, least: f64| (a.values[i] - b.values[i]).abs() / b.values[i].abs().max(least);
        let peak = error(Endpoint::PeakInflammation.index(), 0.0);
        let end = Endpoint::AT_END.map(|e| error(e.index(), 1.0)).into_iter();
        worst = (worst.0.max(peak), end.fold(worst.1, f64::max));
    }
    worst
}

fn measure(
    method: &'static str,
    setting: &str,
    patients: &[VirtualPatient],
    truth: &[Outcome],
) -> Result<Point, Box<dyn Error>> {
    let study = study("uniform", &format!("method = \"{method}\"\n{setting}"))?;
    let mut seconds = Vec::new();
    let mut outcomes = Vec::new();
    for _ in 0..RUNS {
        let started = Instant::now();
        outcomes = solve(&study, patients);
        seconds.push(started.elapsed().as_secs_f64());
    }
    seconds.sort_by(f64::total_cmp);
    let (peak, end) = worst_errors(&outcomes, truth);
    let n = patients.len() as f64;
    Ok(Point {
        method,
        setting: setting.to_owned(),
        steps: outcomes.iter().map(|o| f64::from(o.steps)).sum::<f64>() / n,
        us_per_patient: seconds[RUNS / 2] / n * 1e6,
        peak,
        end,
    })
}

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let count: u64 = arguments.next().map_or(Ok(16_384), |a| a.parse())?;
    let directory = PathBuf::from(arguments.next().unwrap_or_else(|| "docs".to_owned()));

    let mut patients = Vec::new();
    for distribution in ["uniform", "normal"] {
        patients.extend(Cohort::new(&study(distribution, "")?)?.draw(0..count / 2));
    }
    let truth = solve(&study("uniform", "rtol = 1e-11")?, &patients);

    let mut points = Vec::new();
    for method in ["tsit5", "rodas5p", "dopri5", "bs3"] {
        for exponent in 3..=9 {
            points.push(measure(method, &format!("rtol = 1e-{exponent}"), &patients, &truth)?);
        }
    }
    for step in ["1.2", "1.0", "0.75", "0.5", "0.25", "0.1"] {
        points.push(measure("rk4", &format!("step_hours = {step}"), &patients, &truth)?);
    }

    println!("| method | setting | steps | µs per patient | worst error, peak | worst error, end |");
    println!("|---|---|---:|---:|---:|---:|");
    for Point { method, setting, steps, us_per_patient, peak, end } in &points {
        println!("| {method} | `{setting}` | {steps:.0} | {us_per_patient:.2} | {peak:.1e} | {end:.1e} |");
    }
    draw(&points, &directory.join("work-precision.svg"))
}

fn draw(points: &[Point], path: &Path) -> Result<(), Box<dyn Error>> {
    let sheet = SVGBackend::new(path, (900, 420)).into_drawing_area();
    sheet.fill(&WHITE)?;
    let panels = sheet.split_evenly((1, 2));
    type ErrorOf = fn(&Point) -> f64;
    let errors: [(&str, ErrorOf); 2] = [("peak", |p| p.peak), ("state at the end", |p| p.end)];
    let colours = [
        RGBColor(0xD5, 0x5E, 0),
        RGBColor(0xE6, 0x9F, 0),
        RGBColor(0, 0x72, 0xB2),
        RGBColor(0, 0x9E, 0x73),
        RGBColor(0xCC, 0x79, 0xA7),
    ];
    for (panel, (what, error)) in panels.iter().zip(errors) {
        let mut chart = ChartBuilder::on(panel)
            .caption(format!("Worst relative error, {what}"), ("sans-serif", 16))
            .margin(12)
            .x_label_area_size(42)
            .y_label_area_size(56)
            .build_cartesian_2d((1.0..200.0).log_scale(), (1e-11..1.0).log_scale())?;
        chart
            .configure_mesh()
            .x_desc("µs per patient, one thread")
            .x_label_formatter(&|x| format!("{x}"))
            .y_label_formatter(&|y| format!("{y:.0e}"))
            .light_line_style(WHITE)
            .draw()?;
        for (method, colour) in ["tsit5", "rodas5p", "dopri5", "bs3", "rk4"].into_iter().zip(colours) {
            let line: Vec<_> = points
                .iter()
                .filter(|p| p.method == method && error(p).is_finite())
                .map(|p| (p.us_per_patient, error(p).max(1e-11)))
                .collect();
            let dots = line.clone();
            chart
                .draw_series(LineSeries::new(line, colour.stroke_width(2)))?
                .label(method)
                .legend(move |(x, y)| PathElement::new([(x, y), (x + 18, y)], colour.stroke_width(2)));
            chart.draw_series(dots.into_iter().map(|at| Circle::new(at, 3, colour.filled())))?;
        }
        chart.configure_series_labels().background_style(WHITE).draw()?;
    }
    sheet.present()?;
    Ok(())
}
