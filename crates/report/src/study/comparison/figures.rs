//! The figures of the comparison.

use cartrial_analysis::Histogram;
use cartrial_analysis::trial::{ArmComparison, Description, OutcomeType};
use cartrial_model::{Direction, Endpoint, Importance};

use super::Comparison;
use super::view::View;
use crate::axis::Axis;
use crate::page::Illustration;
use crate::study::StudyFindings;
use crate::{
    ArmPanel, ArmValue, ArmsFigure, AxisLabel, Interval, Scale, SurvivalArm, SurvivalAxis, SurvivalFigure,
    SurvivalPanel, Theme, WaterfallFigure, arms_figure, survival_figure, waterfall_figure,
};

/// Numbers whose distributions are shown side by side.
fn key_numbers() -> impl Iterator<Item = Endpoint> {
    Endpoint::continuous(Importance::KeySecondary)
}

/// Numbers whose change within patients is shown: those of which one way is better.
pub(super) fn changing_numbers() -> impl Iterator<Item = Endpoint> {
    key_numbers().filter(|endpoint| endpoint.direction() != Direction::Neither)
}

fn events(view: &View<'_>) -> impl Iterator<Item = Endpoint> {
    let events = Endpoint::events().map(|(event, _)| event);
    events.filter(|event| event.importance() <= Importance::Secondary && view.happened(event.name()))
}

/// Name of the figure of a number's changes in an arm, by the arm's position: an arm's own name may not do for a file.
pub(super) fn change_name(endpoint: Endpoint, arm: usize) -> String {
    let column = endpoint.name().replace('_', "-");
    if arm == 1 { format!("change-{column}") } else { format!("change-{column}-arm-{}", arm + 1) }
}

/// All of the figures that have something to show.
pub(in crate::study) fn figures(
    report: &StudyFindings<'_>,
    comparison: &Comparison<'_>,
) -> Vec<Illustration> {
    let view = View { report, comparison };
    let mut all = Vec::new();
    let mut add = |name: String, svg: Option<String>| all.extend(svg.map(|svg| Illustration { name, svg }));
    add("arms".to_owned(), arms(&view));
    add("survival".to_owned(), survival(&view));
    for (i, arm) in view.others().iter().enumerate() {
        for endpoint in changing_numbers() {
            add(change_name(endpoint, i + 1), change(&view, endpoint, arm));
        }
    }
    all
}

fn arms(view: &View<'_>) -> Option<String> {
    let risks = events(view).filter_map(|event| {
        view.name_of(OutcomeType::Binary, event.name())?;
        let values =
            view.arms().iter().map(|arm| match view.described(OutcomeType::Binary, event.name(), arm)? {
                Description::Binary { risk, risk_ci95: [low, high], .. } => {
                    let [low, middle, high] = [*low, *risk, *high].map(|share| 100.0 * share);
                    Some(ArmValue::Point(Interval { low, middle, high }))
                }
                _ => None,
            });
        let axis = AxisLabel { label: event.short_label(), unit: "%" };
        Some(ArmPanel { axis, scale: Scale::Linear, values: values.collect() })
    });
    let spreads = key_numbers().map(|endpoint| {
        let values: Vec<_> =
            view.arms().iter().map(|arm| spread(histogram(view, arm, endpoint.name())?)).collect();
        let (label, unit) = (endpoint.label(), endpoint.unit());
        ArmPanel { axis: AxisLabel { label, unit }, scale: Scale::Linear, values }
    });
    let panels: Vec<_> = risks.chain(spreads).filter(ArmPanel::has_values).collect();
    let arms = view.arms().iter().map(String::as_str).collect();
    arms_figure(&ArmsFigure { title: "", arms, panels }, &Theme::LIGHT).ok()
}

fn histogram<'a>(view: &View<'a>, arm: &str, column: &str) -> Option<&'a Histogram> {
    let (_, outcomes) = view.report.arms.iter().find(|(name, _)| name == arm)?;
    outcomes.iter().find(|(name, _)| name == column).map(|(_, histogram)| histogram)
}

fn spread(histogram: &Histogram) -> Option<ArmValue> {
    let [a, b, c, d, e] = [0.05, 0.25, 0.5, 0.75, 0.95].map(|p| histogram.quantile(p));
    Some(ArmValue::Box([a?, b?, c?, d?, e?]))
}

fn survival(view: &View<'_>) -> Option<String> {
    let days = view.report.manifest.study.days;
    let ticks = Axis::exact(0.0, days, 6).ticks;
    let risk_days: Vec<f64> = ticks.into_iter().map(|tick| tick.0).collect();
    let panels = events(view).filter_map(|event| {
        let name = view.name_of(OutcomeType::TimeToEvent, event.name())?;
        let arms = view.arms().iter().map(|arm| {
            let estimate = view.comparison.arms.kaplan_meier(name, arm)?;
            let curve = estimate.value()?;
            Some(SurvivalArm::of_kaplan_meier(arm, curve, &risk_days))
        });
        // An arm without a curve (nobody in remission, say) leaves its colour to itself.
        let empty = |arm: &'_ str| SurvivalArm {
            label: view.arms().iter().find(|a| *a == arm).map_or("", String::as_str),
            steps: Vec::new(),
            until: f64::NAN,
            censored: Vec::new(),
            at_risk: vec![0; risk_days.len()],
        };
        let arms = arms.zip(view.arms()).map(|(curve, arm)| curve.unwrap_or_else(|| empty(arm))).collect();
        let heading = event.short_label();
        Some(SurvivalPanel { heading, axis: SurvivalAxis::Incidence, risk_days: risk_days.clone(), arms })
    });
    let drawable = |panel: &SurvivalPanel<'_>| panel.arms.iter().any(|arm| arm.until > 0.0);
    let panels: Vec<_> = panels.filter(drawable).collect();
    survival_figure(&SurvivalFigure { title: "", panels }, &Theme::LIGHT).ok()
}

fn change(view: &View<'_>, endpoint: Endpoint, arm: &str) -> Option<String> {
    let name = view.name_of(OutcomeType::Continuous, endpoint.name())?;
    let differences = view.comparison.arms.differences(name, arm, ArmComparison::KEPT_PATIENTS)?;
    let label = format!("Change of {}, {arm} minus {}", endpoint.label().to_lowercase(), view.reference());
    let figure = WaterfallFigure {
        title: "",
        change: AxisLabel { label: &label, unit: endpoint.unit() },
        differences: &differences,
        better: endpoint.direction(),
    };
    waterfall_figure(&figure, &Theme::LIGHT).ok()
}
