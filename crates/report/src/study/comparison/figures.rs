//! The figures of the comparison.

use cartrial_analysis::Histogram;
use cartrial_analysis::trial::{ArmComparison, Description, OutcomeType};
use cartrial_model::{Direction, Endpoint, Importance};

use super::Comparison;
use super::view::View;
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
    if report.sweep.is_some() {
        return all; // its own figures tell its many arms from each other
    }
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

/// The day on which the time axis ends: that of the follow-up, or earlier if nothing happens in more than its second half.
fn shown_until(last_event: f64, days: f64) -> f64 {
    if !(last_event > 0.0 && last_event < 0.5 * days) {
        return days;
    }
    let step = day_step(1.1 * last_event);
    ((1.1 * last_event / step).ceil() * step).min(days)
}

/// Days between ticks: at most six steps up to `end`, of as many days as weeks, months or years have.
fn day_step(end: f64) -> f64 {
    const STEPS: [f64; 16] =
        [0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 15.0, 30.0, 60.0, 90.0, 180.0, 365.0, 730.0, 1825.0];
    let suits = |step: &f64| (1.5..=6.0 + 1e-9).contains(&(end / step));
    STEPS.into_iter().find(suits).unwrap_or(end / 5.0)
}

/// From 0 to `end`, with the end; the step before it is left out if it is shorter than half of the others.
fn days_of_ticks(end: f64) -> Vec<f64> {
    let step = day_step(end);
    let before = (0..).map(|i| f64::from(i) * step).take_while(|day| *day <= end - 0.5 * step);
    before.chain([end]).collect()
}

fn survival(view: &View<'_>) -> Option<String> {
    let days = view.report.manifest.study.days;
    let panels = events(view).filter_map(|event| {
        let name = view.name_of(OutcomeType::TimeToEvent, event.name())?;
        let estimates: Vec<_> =
            view.arms().iter().map(|arm| view.comparison.arms.kaplan_meier(name, arm)).collect();
        let curves = || estimates.iter().map(|estimate| estimate.as_ref()?.value());
        let events = curves().flatten().flat_map(|curve| curve.steps.iter().filter(|step| step.events > 0));
        let end = shown_until(events.map(|step| step.time).fold(0.0, f64::max), days);
        let risk_days = days_of_ticks(end);
        let arms = curves().zip(view.arms()).map(|(curve, arm)| {
            let curve = SurvivalArm::of_kaplan_meier(arm, curve?, &risk_days);
            Some(SurvivalArm { until: curve.until.min(end), ..curve })
        });
        // An arm without a curve (nobody in remission, say) leaves its colour to itself.
        let empty = |arm: &'_ str| SurvivalArm {
            label: view.arms().iter().find(|a| *a == arm).map_or("", String::as_str),
            steps: Vec::new(),
            until: f64::NAN,
            censored: Vec::new(),
            at_risk: vec![0; risk_days.len()],
        };
        let arms: Vec<_> =
            arms.zip(view.arms()).map(|(curve, arm)| curve.unwrap_or_else(|| empty(arm))).collect();
        let heading = event.short_label();
        Some(SurvivalPanel { heading, axis: SurvivalAxis::Incidence, risk_days, arms })
    });
    let drawable = |panel: &SurvivalPanel<'_>| panel.arms.iter().any(|arm| arm.until > 0.0);
    let panels: Vec<_> = panels.filter(drawable).collect();
    survival_figure(&SurvivalFigure { title: "", panels }, &Theme::LIGHT).ok()
}

/// Changes of fewer patients than this share are no figure: it would show a line, and an edge at one end.
const LEAST_CHANGED: f64 = 0.05;

fn change(view: &View<'_>, endpoint: Endpoint, arm: &str) -> Option<String> {
    let name = view.name_of(OutcomeType::Continuous, endpoint.name())?;
    let differences = view.comparison.arms.differences(name, arm, ArmComparison::KEPT_PATIENTS)?;
    let changed = differences.iter().filter(|d| **d != 0.0).count();
    if (changed as f64) < LEAST_CHANGED * differences.len() as f64 {
        return None;
    }
    let label = format!("Change of {}, {arm} minus {}", endpoint.label().to_lowercase(), view.reference());
    let figure = WaterfallFigure {
        title: "",
        change: AxisLabel { label: &label, unit: endpoint.unit() },
        differences: &differences,
        better: endpoint.direction(),
    };
    waterfall_figure(&figure, &Theme::LIGHT).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_of_ticks_are_those_of_a_calendar_and_the_end() {
        assert_eq!(days_of_ticks(730.0), [0.0, 180.0, 360.0, 540.0, 730.0]);
        assert_eq!(days_of_ticks(365.0), [0.0, 90.0, 180.0, 270.0, 365.0]);
        assert_eq!(days_of_ticks(30.0), [0.0, 5.0, 10.0, 15.0, 20.0, 25.0, 30.0]);
        assert_eq!(days_of_ticks(1.0), [0.0, 0.2, 0.4, 0.6000000000000001, 0.8, 1.0]);
        for end in [1e-6, 0.003, 7.0, 1e5] {
            let days = days_of_ticks(end);
            assert!((3..60).contains(&days.len()) && days.windows(2).all(|d| d[0] < d[1]), "{end}: {days:?}");
        }
    }

    #[test]
    fn a_time_axis_ends_early_where_nothing_happens_later() {
        assert_eq!(shown_until(76.0, 730.0), 90.0);
        assert_eq!([shown_until(400.0, 730.0), shown_until(0.0, 30.0)], [730.0, 30.0]);
        assert_eq!(shown_until(4.0, 30.0), 5.0);
    }
}
