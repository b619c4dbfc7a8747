//! The figures of a sensitivity analysis.

use cartrial_analysis::sensitivity::{SobolIndex, SobolIndices};
use cartrial_cohort::Factor;
use cartrial_findings::sensitivity::{CourseSensitivity, OutcomeSensitivity, Sensitivity, StateSensitivity};
use cartrial_model::{Quantity, STATES};

use super::words::{factor_label, quantity_label, ranked, shown};
use crate::page::Illustration;
use crate::{
    AxisLabel, Curve, FigureError, ForestFigure, ForestPanel, ForestStyle, Interval, Scale, Theme,
    TrajectoryFigure, TrajectoryPanel, forest_figure, trajectory_figure,
};

const THEME: &Theme = &Theme::LIGHT;
/// Factors of a figure, the strongest ones.
const MOST_ROWS: usize = 15;
/// Factors whose indices are shown over time.
const MOST_CURVES: usize = 5;

/// Every figure that the data allow, in the order of the page.
pub(super) fn figures(found: &Sensitivity) -> Vec<Illustration> {
    let mut all = Vec::new();
    let mut add = |name: String, svg: Result<String, FigureError>| {
        all.extend(svg.ok().map(|svg| Illustration { name, svg }));
    };
    for (i, (outcome, indices)) in shown(found).into_iter().enumerate() {
        add(format!("sobol-{}", i + 1), sobol(found, indices));
        add(format!("tornado-{}", i + 1), tornado(outcome));
        add(format!("effects-{}", i + 1), effects(found, outcome));
    }
    for (i, state) in found.courses.iter().enumerate() {
        add(format!("courses-{}", i + 1), courses(found, state));
    }
    all
}

fn panel<'a>(
    label: &'a str,
    unit: &'a str,
    style: ForestStyle,
    values: Vec<Option<Interval>>,
) -> ForestPanel<'a> {
    ForestPanel { axis: AxisLabel { label, unit }, style, values, reference: None }
}

fn interval(middle: f64, ci95: Option<[f64; 2]>) -> Option<Interval> {
    let [low, high] = ci95.unwrap_or([middle; 2]);
    Some(Interval { low, middle, high })
}

/// First-order and total indices side by side.
fn sobol(found: &Sensitivity, indices: &SobolIndices) -> Result<String, FigureError> {
    let mut factors = ranked(found, indices);
    factors.truncate(MOST_ROWS);
    let values =
        |of: &dyn Fn(&SobolIndex) -> Option<Interval>| factors.iter().map(|(_, index)| of(index)).collect();
    let figure = ForestFigure {
        title: "",
        labels: factors.iter().map(|(factor, _)| factor_label(factor)).collect(),
        panels: vec![
            panel(
                "First-order index",
                "",
                ForestStyle::Bar,
                values(&|i| interval(i.first_order, i.first_order_ci95)),
            ),
            panel("Total index", "", ForestStyle::Bar, values(&|i| interval(i.total, i.total_ci95))),
        ],
        groups: Vec::new(),
    };
    forest_figure(&figure, THEME)
}

/// The tornado: which way each quantity pushes the outcome.
fn tornado(outcome: &OutcomeSensitivity) -> Result<String, FigureError> {
    let nothing = || FigureError::NothingToDraw { what: "drivers".to_owned() };
    let table = outcome.drivers.value().ok_or_else(nothing)?;
    let mut drivers: Vec<_> = table.drivers.iter().collect();
    drivers.sort_by(|a, b| b.prcc.r.abs().total_cmp(&a.prcc.r.abs()));
    drivers.truncate(MOST_ROWS);
    let label =
        |symbol: &str| Quantity::from_symbol(symbol).map_or_else(|| symbol.to_owned(), quantity_label);
    let figure = ForestFigure {
        title: "",
        labels: drivers.iter().map(|d| label(&d.predictor)).collect(),
        panels: vec![
            panel(
                "Partial rank correlation",
                "",
                ForestStyle::Bar,
                drivers.iter().map(|d| interval(d.prcc.r, Some(d.prcc_ci95))).collect(),
            ),
            panel(
                "Standardised regression coefficient",
                "",
                ForestStyle::Bar,
                drivers.iter().map(|d| interval(d.coefficient.beta, Some(d.beta_ci95))).collect(),
            ),
        ],
        groups: Vec::new(),
    };
    forest_figure(&figure, THEME)
}

/// Morris' measures side by side.
fn effects(found: &Sensitivity, outcome: &OutcomeSensitivity) -> Result<String, FigureError> {
    let nothing = || FigureError::NothingToDraw { what: "elementary effects".to_owned() };
    let effects = outcome.effects.as_ref().and_then(|effects| effects.value()).ok_or_else(nothing)?;
    let mut factors: Vec<_> = found.plan.factors.iter().zip(effects).collect();
    factors.sort_by(|a, b| b.1.mu_star.total_cmp(&a.1.mu_star));
    factors.truncate(MOST_ROWS);
    let unit = outcome.column.endpoint.unit();
    let figure = ForestFigure {
        title: "",
        labels: factors.iter().map(|(factor, _)| factor_label(factor)).collect(),
        panels: vec![
            panel(
                "μ*, mean size of an effect",
                unit,
                ForestStyle::Bar,
                factors.iter().map(|(_, e)| interval(e.mu_star, Some(e.mu_star_ci95))).collect(),
            ),
            panel(
                "σ, spread of the effects",
                unit,
                ForestStyle::Bar,
                factors.iter().map(|(_, e)| interval(e.sigma?, None)).collect(),
            ),
        ],
        groups: Vec::new(),
    };
    forest_figure(&figure, THEME)
}

/// Total indices of the strongest factors over time.
fn courses(found: &Sensitivity, state: &StateSensitivity) -> Result<String, FigureError> {
    let total = |time: &CourseSensitivity, factor: usize| {
        time.indices.value().map_or(f64::NAN, |indices| indices.total[factor])
    };
    // The share of the variance at all times together, so that times at which hardly anything varies do not decide.
    let strength = |factor: usize| -> f64 {
        let indices = state.times.iter().filter_map(|time| time.indices.value());
        indices.map(|at| at.variance * at.total[factor]).sum()
    };
    let mut factors: Vec<(usize, &Factor)> = found.plan.factors.iter().enumerate().collect();
    factors.sort_by(|a, b| strength(b.0).total_cmp(&strength(a.0)));
    factors.truncate(MOST_CURVES);
    let values: Vec<Vec<f64>> = factors
        .iter()
        .map(|(factor, _)| state.times.iter().map(|time| total(time, *factor)).collect())
        .collect();
    let days: Vec<f64> = state.times.iter().map(|time| time.day).collect();
    let what = STATES.iter().find(|s| s.name == state.state).map_or(state.state, |s| s.label);
    let label = format!("Total index, {}", what.to_lowercase());
    let panels = vec![TrajectoryPanel {
        axis: AxisLabel { label: &label, unit: "" },
        scale: Scale::Linear,
        curves: factors
            .iter()
            .zip(&values)
            .map(|((_, factor), values)| Curve { label: &factor.name, values })
            .collect(),
        mark: None,
    }];
    trajectory_figure(&TrajectoryFigure { title: "", days: &days, panels, shaded: None }, THEME)
}
