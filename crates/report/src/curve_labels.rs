//! Labels at the ends of curves, at the right of a panel.

use crate::font::text_width;
use crate::geometry::{Point, Rect};
use crate::label_placement::spread_apart;
use crate::sheet::{SMALL_PX, Sheet};
use crate::svg::{Stroke, TextStyle};
use crate::theme::Colour;

/// Gap between a curve's end and its label, and length of the label's key, in pixels.
const KEY_GAP_PX: f64 = 8.0;
const KEY_PX: f64 = 14.0;
const SPACING_PX: f64 = 17.0;

/// What is written at a curve's end.
pub(crate) struct CurveLabel {
    pub text: String,
    /// Where the curve ends.
    pub end: Point,
    pub colour: Colour,
}

/// Room that labels need at the right of a panel, in pixels.
pub(crate) fn curve_labels_px<'a>(texts: impl Iterator<Item = &'a str>) -> f64 {
    let widest = texts.map(|text| text_width(text, SMALL_PX, false)).fold(0.0, f64::max);
    widest + 2.0 * KEY_GAP_PX + KEY_PX + 10.0
}

/// Writes each label at the right of the panel `bounds`, apart from the others, joined to its curve's end by a key of
/// the curve's colour.
pub(crate) fn write_curve_labels(sheet: &mut Sheet<'_>, labels: &[CurveLabel], bounds: &Rect) {
    let wanted: Vec<f64> = labels.iter().map(|label| label.end.1).collect();
    let heights = spread_apart(&wanted, SPACING_PX, bounds.top + 6.0, bounds.bottom - 2.0);
    let style = TextStyle::new(SMALL_PX, sheet.theme.ink);
    for (label, height) in labels.iter().zip(heights) {
        let from = bounds.right + 4.0;
        let key = [(from, label.end.1), (from + KEY_GAP_PX, height), (from + KEY_GAP_PX + KEY_PX, height)];
        sheet.elements.polyline(&key, Stroke::new(label.colour, 2.2));
        let at = (from + 2.0 * KEY_GAP_PX + KEY_PX - 3.0, height);
        sheet.elements.text(&label.text, at, style);
    }
}
