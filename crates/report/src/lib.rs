//! Figures and pages of a trial: pure functions from data to an SVG text, from that to a PNG, and to HTML.
//!
//! ```
//! use cartrial_report::{AxisLabel, RegressionFigure, Scale, Theme, regression_figure, to_png};
//!
//! let dose = [4.0, 20.0, 60.0, 90.0, 120.0];
//! let peak = [140.0, 150.0, 145.0, 180.0, 170.0];
//! let figure = RegressionFigure {
//!     title: "Peak inflammation against dose",
//!     predictor: AxisLabel { label: "Total CAR T cell dose", unit: "cells/µL" },
//!     response: AxisLabel { label: "Peak inflammation", unit: "pg/mL" },
//!     x: &dose,
//!     y: &peak,
//!     scale: Scale::Linear,
//!     line: None,
//! };
//! let svg = regression_figure(&figure, &Theme::LIGHT)?;
//! let png = to_png(&svg, 2.0)?;
//! assert!(png.starts_with(b"\x89PNG"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! [`study::page`] makes the page of any study and [`reproduction::page`] that of the paper's chapter: one
//! self-contained HTML file each, figures inside.
//!
//! The same data give the same bytes: nothing depends on time, threads or the fonts of a machine. Colours come from a
//! [`Theme`]; the font of the PNG is in this crate (Arimo, which has the widths of Arial, so that the SVG lays out alike
//! where a browser substitutes it). A page that follows its reader's light or dark setting embeds
//! [`with_css_variables`] of a light figure; a place that can only hold pictures takes one per theme.

#![forbid(unsafe_code)]

mod arms;
mod axis;
mod benefit_risk;
pub mod calibration;
pub mod credibility;
mod curve_labels;
mod error;
mod failed;
mod files;
mod fitted_line;
mod font;
mod forest;
mod geometry;
mod histograms;
mod label_placement;
mod number;
pub mod page;
mod page_directory;
mod patient;
mod plot;
mod png;
mod population_words;
mod power;
mod regression;
pub mod reproduction;
mod response;
pub mod sensitivity;
mod shares;
mod sheet;
pub mod study;
pub mod subgroups;
mod survival;
mod svg;
pub mod terminal;
mod theme;
mod time_course;
mod trajectory;
mod waterfall;
mod work_precision;

pub use arms::{ArmPanel, ArmValue, ArmsFigure, arms_figure};
pub use axis::{AxisLabel, Scale};
pub use benefit_risk::{BenefitRiskFigure, BenefitRiskPoint, benefit_risk_figure};
pub use error::{FigureError, PngError};
pub use files::{FileError, create_directory, write_figure, write_figures};
pub use fitted_line::fit_on_scale;
pub use forest::{ForestFigure, ForestPanel, ForestStyle, Interval, forest_figure};
pub use histograms::{HistogramPanel, histogram_figure};
pub use number::{format_p, significant};
pub use page_directory::PageDirectoryError;
pub use patient::patient_figure;
pub use png::to_png;
pub use population_words::{correlation_kind_in_words, distribution_in_words, pairs_in_words};
pub use power::{PowerFigure, PowerPoint, PowerSeries, power_figure};
pub use regression::{MAX_POINTS, RegressionFigure, regression_figure, regression_pair_figure};
pub use response::{LevelAxis, ResponseFigure, ResponsePanel, response_figure};
pub use shares::{SharesFigure, SharesRow, shares_figure};
pub use survival::{SurvivalArm, SurvivalAxis, SurvivalFigure, SurvivalPanel, SurvivalStep, survival_figure};
pub use theme::{Colour, Theme, css_variables, with_css_variables};
pub use time_course::{Curve, Mark, ShadedDays, TrajectoryPanel};
pub use trajectory::{Course, TrajectoryFigure, trajectory_figure};
pub use waterfall::{WaterfallFigure, waterfall_figure};
pub use work_precision::{
    WorkPrecisionFigure, WorkPrecisionPanel, WorkPrecisionPoint, work_precision_figure,
};
