//! Peak inflammation against the two predictors of the paper, drawn.

use cartrial_findings::{RegressionSample, StudyAnalysis};
use cartrial_model::{Endpoint, Quantity};

use crate::page::Illustration;
use crate::{AxisLabel, RegressionFigure, Scale, Theme, regression_pair_figure};

const DOSE_TOTAL: AxisLabel<'static> = AxisLabel { label: "Total CAR T cell dose", unit: "cells/µL" };

/// Peak inflammation on total dose and on tumour burden, the paper's Figure 4, on both scales. One that has nothing to
/// show (a single patient, say) is left out.
pub fn regression_figures(analysis: &StudyAnalysis) -> Vec<Illustration> {
    let (Some(dose), Some(burden)) =
        (analysis.regression_sample("dose_total"), analysis.regression_sample("tumour_burden"))
    else {
        return Vec::new();
    };
    let axis = |q: Quantity| AxisLabel { label: q.label(), unit: q.unit() };
    let drawn = [("regressions", Scale::Linear), ("regressions-log", Scale::Log)].map(|(name, scale)| {
        let left = panel(DOSE_TOTAL, &dose, scale);
        let right = panel(axis(Quantity::TumourBurden), &burden, scale);
        let svg = regression_pair_figure("", &left, &right, &Theme::LIGHT).ok()?;
        Some(Illustration { name: name.to_owned(), svg })
    });
    drawn.into_iter().flatten().collect()
}

fn panel<'a>(
    predictor: AxisLabel<'a>,
    sample: &'a RegressionSample<'a>,
    scale: Scale,
) -> RegressionFigure<'a> {
    let peak = Endpoint::PeakInflammation;
    RegressionFigure {
        title: "",
        predictor,
        response: AxisLabel { label: peak.label(), unit: peak.unit() },
        x: &sample.x,
        y: &sample.y,
        scale,
        line: if scale == Scale::Log { sample.log } else { sample.linear },
    }
}
