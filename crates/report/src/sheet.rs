//! The sheet that every figure is drawn on: its width, its margins, its title, its columns of panels.

use crate::geometry::Rect;
use crate::svg::{Elements, Fill, TextStyle};
use crate::theme::Theme;

/// Size of tick labels, statistics and notes, in pixels.
pub(crate) const SMALL_PX: f64 = 12.5;
/// Size of axis titles, headings of panels and labels of curves, in pixels.
pub(crate) const LABEL_PX: f64 = 13.5;
/// What stays free around a figure, in pixels.
pub(crate) const MARGIN_PX: f64 = 14.0;

/// Size of a figure's title, in pixels.
const TITLE_PX: f64 = 16.0;
/// Height of the row that a figure's title takes, in pixels.
const TITLE_ROW_PX: f64 = 30.0;
/// Width of a figure that fills the page, in pixels.
const WIDE_PX: f64 = 900.0;
/// Width of a figure of a single panel, in pixels.
const NARROW_PX: f64 = 620.0;

/// A figure in the making.
pub(crate) struct Sheet<'a> {
    pub theme: &'a Theme,
    /// What is drawn so far.
    pub elements: Elements,
    width: f64,
    top: f64,
    name: String,
    tooltips: Vec<(Rect, String)>,
}

impl<'a> Sheet<'a> {
    /// A sheet as wide as a page. An empty title is left out; screen readers then say `otherwise`.
    pub fn wide(title: &str, otherwise: &str, theme: &'a Theme) -> Self {
        Self::of_width(WIDE_PX, title, otherwise, theme)
    }

    /// A sheet for one panel.
    pub fn narrow(title: &str, otherwise: &str, theme: &'a Theme) -> Self {
        Self::of_width(NARROW_PX, title, otherwise, theme)
    }

    fn of_width(width: f64, title: &str, otherwise: &str, theme: &'a Theme) -> Self {
        let mut elements = Elements::default();
        let mut top = MARGIN_PX;
        if !title.is_empty() {
            let style = TextStyle::new(TITLE_PX, theme.ink).bold();
            elements.text(title, (MARGIN_PX, MARGIN_PX + 10.0), style);
            top += TITLE_ROW_PX;
        }
        let name = if title.is_empty() { otherwise } else { title }.to_owned();
        Self { theme, elements, width, top, name, tooltips: Vec::new() }
    }

    /// Left edge of what may be drawn on.
    pub fn left(&self) -> f64 {
        MARGIN_PX
    }

    /// Right edge of what may be drawn on.
    pub fn right(&self) -> f64 {
        self.width - MARGIN_PX
    }

    /// Where panels begin, below the title.
    pub fn top(&self) -> f64 {
        self.top
    }

    /// Has a browser say `text` while the pointer rests in `area`. Later areas lie on top of earlier ones.
    pub fn add_tooltip(&mut self, area: Rect, text: String) {
        self.tooltips.push((area, text));
    }

    /// The SVG of that height in pixels.
    pub fn finish(mut self, height: f64) -> String {
        let size = (self.width, height.ceil());
        let mut background = Elements::default();
        background.rect(&Rect::between((0.0, 0.0), size), Fill::new(self.theme.surface));
        self.elements.tooltips(&self.tooltips);
        self.elements.on_top_of(background).document(size, &self.name)
    }
}

/// Columns of equal width between two edges.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Columns {
    left: f64,
    between: f64,
    /// Width of each, in pixels.
    pub width: f64,
}

impl Columns {
    /// `count` columns from `left` to `right`, `between` pixels apart.
    pub fn new(left: f64, right: f64, count: usize, between: f64) -> Self {
        let count = count.max(1) as f64;
        Self { left, between, width: (right - left - between * (count - 1.0)) / count }
    }

    /// Left edge of a column, counted from 0.
    pub fn left(&self, column: usize) -> f64 {
        self.left + column as f64 * (self.width + self.between)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_fill_the_width() {
        let columns = Columns::new(10.0, 110.0, 3, 5.0);
        assert_eq!(columns.width, 30.0);
        assert_eq!([0, 1, 2].map(|i| columns.left(i)), [10.0, 45.0, 80.0]);
    }

    #[test]
    fn a_sheet_without_a_title_still_has_a_name() {
        let sheet = Sheet::wide("", "Dose & peak", &Theme::LIGHT);
        assert_eq!(sheet.top(), MARGIN_PX);
        let svg = sheet.finish(99.2);
        assert!(svg.contains("<title>Dose &amp; peak</title>") && !svg.contains("<text"), "{svg}");
        assert!(svg.contains("viewBox=\"0 0 900 100\"") && !svg.contains("pointer-events"));
    }
}
