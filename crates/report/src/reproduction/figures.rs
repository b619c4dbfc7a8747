//! The figures of a reproduction, drawn from its data.

use cartrial_analysis::ResponseScale;
use cartrial_findings::reproduction::{
    Divisions, DrawnTrial, PaperDistribution, PaperPredictor, PowerEntry, ReplicateEntry, Reproduction,
    Setting, StandardCourse, VarianceEntry,
};

use super::variance::by_total_index;
use crate::page::Illustration;
use crate::{
    AxisLabel, Course, Curve, FigureError, ForestFigure, ForestPanel, ForestStyle, Interval, Mark,
    PowerFigure, PowerPoint, PowerSeries, RegressionFigure, Scale, ShadedDays, Theme, TrajectoryFigure,
    TrajectoryPanel, forest_figure, power_figure, regression_pair_figure, trajectory_figure,
};
use cartrial_model::INFLAMMATION;

const THEME: &Theme = &Theme::LIGHT;
/// When the paper's standard patient is most inflamed.
const PAPER_PEAK: ShadedDays<'static> =
    ShadedDays { from: 5.0, to: 10.0, label: "paper: peak on day 5–10" };
const DOSE: AxisLabel<'static> = AxisLabel { label: "Total CAR T cell dose", unit: "cells/µL" };
const BURDEN: AxisLabel<'static> = AxisLabel { label: "Initial tumour burden", unit: "cells/µL" };
const PEAK: AxisLabel<'static> = AxisLabel { label: "Peak inflammation", unit: "pg/mL" };

/// Every figure that the data allow, in the order of the page.
pub(super) fn figures(reproduction: &Reproduction) -> Vec<Illustration> {
    let mut all = Vec::new();
    let mut add = |name: &str, svg: Result<String, FigureError>| {
        all.extend(svg.ok().map(|svg| Illustration { name: name.to_owned(), svg }));
    };
    let [curated, printed] = &reproduction.readings;
    add("figure3", figure3(curated));
    add("readings", readings(curated, printed));
    let names = [("figure4-uniform", "figure4-uniform-log"), ("figure4-normal", "figure4-normal-log")];
    for (trial, (linear, log)) in reproduction.trials.iter().zip(names) {
        add(linear, figure4(trial, Scale::Linear));
        add(log, figure4(trial, Scale::Log));
    }
    add("replicates", replicates(&reproduction.replicates));
    add("power", power(reproduction));
    add("drivers", drivers(reproduction));
    add("sobol", sobol(reproduction));
    all
}

fn figure3(reading: &StandardCourse) -> Result<String, FigureError> {
    let [tumour_burden, inflammation, effector_ctl, memory_ctl, effector_helper, memory_helper] =
        &reading.columns;
    let course = Course {
        days: &reading.days,
        inflammation,
        tumour_burden,
        effector_ctl,
        memory_ctl,
        effector_helper,
        memory_helper,
    };
    let mut figure = TrajectoryFigure::of_course("", &course);
    let marks = [("peak", reading.peak), ("nadir", reading.nadir)];
    for (panel, (label, (value, day))) in figure.panels.iter_mut().zip(marks) {
        panel.mark = Some(Mark { label, day, value });
    }
    figure.shaded = Some(PAPER_PEAK);
    trajectory_figure(&figure, THEME)
}

fn readings(curated: &StandardCourse, printed: &StandardCourse) -> Result<String, FigureError> {
    let panel = |label, reading: &'_ StandardCourse| {
        let (value, day) = reading.peak;
        (label, Mark { label: "peak", day, value })
    };
    let [a, b] =
        [panel("Inflammation, curated reading", curated), panel("Inflammation, printed reading", printed)];
    let panels = [(a, curated), (b, printed)].map(|((label, mark), reading)| TrajectoryPanel {
        axis: AxisLabel { label, unit: "pg/mL" },
        scale: Scale::Linear,
        curves: vec![Curve { label, values: &reading.columns[INFLAMMATION] }],
        mark: Some(mark),
    });
    let days = &curated.days;
    trajectory_figure(
        &TrajectoryFigure { title: "", days, panels: panels.into(), shaded: Some(PAPER_PEAK) },
        THEME,
    )
}

fn figure4(trial: &DrawnTrial, scale: Scale) -> Result<String, FigureError> {
    let against = |predictor, x| RegressionFigure {
        title: "",
        predictor,
        response: PEAK,
        x,
        y: &trial.peak,
        scale,
        line: None,
    };
    regression_pair_figure(
        "",
        &against(DOSE, &trial.dose_total),
        &against(BURDEN, &trial.tumour_burden),
        THEME,
    )
}

fn replicates(all: &[ReplicateEntry]) -> Result<String, FigureError> {
    let mut settings: Vec<Setting> = Vec::new();
    for entry in all {
        if !settings.contains(&entry.setting) {
            settings.push(entry.setting);
        }
    }
    let panel = |predictor: PaperPredictor, label, paper| {
        let of = |s: &Setting| all.iter().find(|e| e.setting == *s && e.predictor == predictor);
        let interval = |e: &ReplicateEntry| Interval {
            low: e.log10_p.q05,
            middle: e.log10_p.median,
            high: e.log10_p.q95,
        };
        ForestPanel {
            axis: AxisLabel { label, unit: "" },
            style: ForestStyle::Dot,
            values: settings.iter().map(|s| of(s).map(interval)).collect(),
            reference: Some((predictor.paper_log10_p(), paper)),
        }
    };
    let figure = ForestFigure {
        title: "",
        labels: settings.iter().map(Setting::words).collect(),
        groups: (1..settings.len())
            .filter(|&i| settings[i].distribution != settings[i - 1].distribution)
            .collect(),
        panels: vec![
            panel(PaperPredictor::TumourBurden, "log10 p, tumour burden", "paper: 5.3e-38"),
            panel(PaperPredictor::TotalDose, "log10 p, total dose", "paper: 0.1412"),
        ],
    };
    forest_figure(&figure, THEME)
}

fn power(reproduction: &Reproduction) -> Result<String, FigureError> {
    let series = |n: Divisions, scale: ResponseScale, label| {
        let wanted = |s: &Setting| (s.distribution, s.n, s.scale) == (PaperDistribution::Uniform, n, scale);
        let point = |e: &PowerEntry| PowerPoint {
            patients: e.patients_per_trial as f64,
            power: e.power,
            ci95: e.power_ci95,
        };
        let points: Vec<_> =
            reproduction.power.trials.iter().filter(|e| wanted(&e.setting)).map(point).collect();
        let effect = reproduction
            .power
            .effects
            .iter()
            .find(|e| wanted(&e.setting) && e.predictor == PaperPredictor::TotalDose)?;
        Some(PowerSeries { label, r: effect.fit.r, points })
    };
    let panel = |n| {
        let of = [
            (n, ResponseScale::Log, "ln(peak) on total dose"),
            (n, ResponseScale::Linear, "peak on total dose"),
        ];
        of.into_iter().filter_map(|(n, scale, label)| series(n, scale, label)).collect()
    };
    let figure = PowerFigure {
        panels: vec![
            ("Uniform population, n held at 6", panel(Divisions::Held)),
            ("Uniform population, n varied", panel(Divisions::Varied)),
        ],
        reference: Some((200.0, "the paper's 200")),
    };
    power_figure(&figure, THEME)
}

fn drivers(reproduction: &Reproduction) -> Result<String, FigureError> {
    let entry = reproduction
        .main_drivers()
        .ok_or_else(|| FigureError::NothingToDraw { what: "drivers".to_owned() })?;
    let all = &entry.table.drivers;
    let panel = |label, values| ForestPanel {
        axis: AxisLabel { label, unit: "" },
        style: ForestStyle::Bar,
        values,
        reference: None,
    };
    let interval = |middle, [low, high]: [f64; 2]| Some(Interval { low, middle, high });
    let figure = ForestFigure {
        title: "",
        labels: all.iter().map(|d| reproduction.label(&d.predictor)).collect(),
        groups: Vec::new(),
        panels: vec![
            panel(
                "Standardised coefficient, ln(peak)",
                all.iter().map(|d| interval(d.coefficient.beta, d.beta_ci95)).collect(),
            ),
            panel("Partial rank correlation", all.iter().map(|d| interval(d.prcc.r, d.prcc_ci95)).collect()),
        ],
    };
    forest_figure(&figure, THEME)
}

/// Total indices of the uniform and the normal population side by side.
fn sobol(reproduction: &Reproduction) -> Result<String, FigureError> {
    let nothing = || FigureError::NothingToDraw { what: "indices".to_owned() };
    let of = |distribution| reproduction.variance_of(distribution).ok_or_else(nothing);
    let (uniform, normal) = (of(PaperDistribution::Uniform)?, of(PaperDistribution::Normal)?);
    let factors = by_total_index(uniform);
    let panel = |label, entry: &VarianceEntry| ForestPanel {
        axis: AxisLabel { label, unit: "" },
        style: ForestStyle::Bar,
        values: factors
            .iter()
            .map(|factor| {
                let at = entry.factors.iter().position(|other| other == factor)?;
                let index = entry.indices.factors[at];
                let [low, high] = index.total_ci95.unwrap_or([index.total; 2]);
                Some(Interval { low, middle: index.total, high })
            })
            .collect(),
        reference: None,
    };
    let figure = ForestFigure {
        title: "",
        labels: factors.iter().map(|factor| reproduction.label(factor)).collect(),
        groups: Vec::new(),
        panels: vec![
            panel("Total index, uniform population", uniform),
            panel("Total index, normal population", normal),
        ],
    };
    forest_figure(&figure, THEME)
}
