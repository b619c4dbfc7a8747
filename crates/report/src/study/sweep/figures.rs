//! The figures of a sweep: how risk and benefit respond, what is Pareto-optimal, and what is preferred for whom.

use cartrial_analysis::Estimate;
use cartrial_analysis::trial::Effect;
use cartrial_cohort::SweptKey;
use cartrial_findings::{ArmBenefitRisk, BenefitRiskFindings, SweepFindings, SweptArm};
use cartrial_model::{Endpoint, Quantity};

use super::words;
use crate::page::{Illustration, plain};
use crate::{
    AxisLabel, BenefitRiskFigure, BenefitRiskPoint, Interval, LevelAxis, ResponseFigure, ResponsePanel,
    Theme, benefit_risk_figure, response_figure,
};

/// Heading of the share that an arm is preferred by.
pub(super) const NET: &str = "Remission without severe inflammation";

/// One of an arm's shares.
type Share = fn(&ArmBenefitRisk) -> &Estimate<Effect>;

fn net(arm: &ArmBenefitRisk) -> &Estimate<Effect> {
    &arm.benefit_without_risk
}

/// The arms of one sweep.
struct Grid<'a> {
    arms: Vec<&'a SweptArm>,
    keys: Vec<SweptKey>,
}

/// All of the figures that have something to show.
pub(in crate::study) fn figures(found: &SweepFindings) -> Vec<Illustration> {
    let mut all = Vec::new();
    let mut add = |name: String, svg: Option<String>| all.extend(svg.map(|svg| Illustration { name, svg }));
    add("benefit-risk".to_owned(), benefit_risk(found));
    for (number, arms) in found.sweeps().enumerate() {
        let keys = arms[0].levels.iter().map(|level| level.key).collect();
        let grid = &Grid { arms, keys };
        add(name("response", number), response(grid, &found.overall));
        add(name("by-tumour-burden", number), by_tumour_burden(grid, found));
    }
    all
}

/// Name of a figure of a sweep, by the sweep's number.
pub(super) fn name(beginning: &str, sweep: usize) -> String {
    if sweep == 0 { beginning.to_owned() } else { format!("{beginning}-{}", sweep + 1) }
}

impl Grid<'_> {
    /// The levels of one key, rising.
    fn levels(&self, key: usize) -> Vec<f64> {
        let mut levels: Vec<f64> = self.arms.iter().map(|arm| arm.levels[key].value).collect();
        levels.sort_by(f64::total_cmp);
        levels.dedup();
        levels
    }

    /// The two keys with the most levels, in the order of the study, and whatever others there are.
    fn axes(&self) -> (Vec<usize>, Vec<usize>) {
        let mut keys: Vec<usize> = (0..self.keys.len()).collect();
        keys.sort_by_key(|key| std::cmp::Reverse(self.levels(*key).len()));
        let (mut axes, mut others) = (keys[..keys.len().min(2)].to_vec(), keys[keys.len().min(2)..].to_vec());
        axes.retain(|key| self.levels(*key).len() > 1 || self.keys.len() == 1);
        others.retain(|key| self.levels(*key).len() > 1);
        axes.sort_unstable();
        others.sort_unstable();
        (axes, others)
    }

    fn axis(&self, key: usize) -> LevelAxis<'static> {
        let swept = self.keys[key];
        LevelAxis {
            axis: AxisLabel { label: swept.label(), unit: swept.unit() },
            levels: self.levels(key).into_iter().map(plain).collect(),
        }
    }

    /// The values of the keys that have no axis, one combination after the other.
    fn combinations(&self, others: &[usize]) -> Vec<Vec<f64>> {
        others.iter().fold(vec![Vec::new()], |before, key| {
            let levels = self.levels(*key);
            let with = |values: Vec<f64>| {
                levels.iter().map(move |level| [&values[..], &[*level]].concat()).collect::<Vec<_>>()
            };
            before.into_iter().flat_map(with).collect()
        })
    }

    /// The figure of panels, each with a heading, of whom, and what of every arm.
    fn figure(&self, panels: &[(String, &BenefitRiskFindings, Share)]) -> Option<String> {
        let (axes, others) = self.axes();
        let x = *axes.first()?;
        let y = axes.get(1).copied();
        let (columns, rows) = (self.levels(x), y.map_or(vec![f64::NAN], |y| self.levels(y)));
        let mut all = Vec::new();
        for combination in self.combinations(&others) {
            for (heading, found, of_arm) in panels {
                let cell = |(row, column): (f64, f64)| {
                    let is_it = |arm: &SweptArm| {
                        arm.levels[x].value == column
                            && y.is_none_or(|y| arm.levels[y].value == row)
                            && others
                                .iter()
                                .zip(&combination)
                                .all(|(key, value)| arm.levels[*key].value == *value)
                    };
                    self.arms.iter().find(|arm| is_it(arm)).map(|arm| arm.number)
                };
                let places = rows.iter().flat_map(|row| columns.iter().map(|column| (*row, *column)));
                let cells: Vec<Option<usize>> = places.map(cell).collect();
                let shares = cells.iter().map(|arm| percents(of_arm(&found.arms[(*arm)?]))).collect();
                let marked = cells.iter().position(|arm| arm.is_some() && *arm == found.preferred);
                let note: Vec<String> = others
                    .iter()
                    .zip(&combination)
                    .map(|(key, value)| format!("{} {}", self.keys[*key].label(), plain(*value)))
                    .collect();
                all.push(ResponsePanel { heading: heading.clone(), note: note.join(", "), shares, marked });
            }
        }
        let figure = ResponseFigure {
            title: "",
            x: self.axis(x),
            y: y.map(|y| self.axis(y)),
            panels: all,
            in_a_row: panels.len(),
        };
        response_figure(&figure, &Theme::LIGHT).ok()
    }
}

fn percents(share: &Estimate<Effect>) -> Option<Interval> {
    let share = share.value()?;
    let [low, high] = share.ci95;
    let [low, middle, high] = [low, share.estimate, high].map(|share| 100.0 * share);
    Some(Interval { low, middle, high })
}

fn response(grid: &Grid<'_>, overall: &BenefitRiskFindings) -> Option<String> {
    grid.figure(&[
        (Endpoint::SevereInflammation.short_label().to_owned(), overall, |arm| &arm.risk),
        (Endpoint::Remission.short_label().to_owned(), overall, |arm| &arm.benefit),
        (NET.to_owned(), overall, net),
    ])
}

fn by_tumour_burden(grid: &Grid<'_>, found: &SweepFindings) -> Option<String> {
    let unit = Quantity::TumourBurden.unit();
    let panels: Vec<_> = found
        .by_tumour_burden
        .iter()
        .map(|group| {
            let heading = format!("{} {unit}", words::range(group.from, group.to));
            (heading, &group.findings, net as Share)
        })
        .collect();
    grid.figure(&panels)
}

fn benefit_risk(found: &SweepFindings) -> Option<String> {
    let point = |(number, arm): (usize, &ArmBenefitRisk)| {
        Some(BenefitRiskPoint {
            name: words::arm(found, number),
            label: words::short(&found.arms[number]),
            risk: percents(&arm.risk)?,
            benefit: percents(&arm.benefit)?,
            pareto_optimal: arm.pareto_optimal,
            preferred: found.overall.preferred == Some(number),
        })
    };
    let axis = |endpoint: Endpoint| AxisLabel { label: endpoint.short_label(), unit: "%" };
    let figure = BenefitRiskFigure {
        title: "",
        risk: axis(Endpoint::SevereInflammation),
        benefit: axis(Endpoint::Remission),
        points: found.overall.arms.iter().enumerate().filter_map(point).collect(),
    };
    benefit_risk_figure(&figure, &Theme::LIGHT).ok()
}
