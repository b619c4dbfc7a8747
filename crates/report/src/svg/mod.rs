//! The little of SVG that figures need: lines, areas, dots, text, and areas with a tooltip. Lengths are in pixels.
//!
//! `maud`, which writes the pages, writes and escapes the elements. The crate `svg` would spare little: it has no types
//! for style, prints numbers in full and keeps control characters, so that all but the angle brackets would stay ours.

mod dots;
mod number;
mod style;

use maud::{Markup, html};

use crate::font::FAMILIES;
use crate::geometry::{Point, Rect};
use dots::{layers, path_of_dots};
use number::{Length, path_of_segments, points_list};
pub(crate) use style::{Align, Fill, Stroke, TextStyle};

/// Distance from the vertical centre of lower-case letters down to the baseline, in font sizes.
const CENTRE_TO_BASELINE: f64 = 0.25;

/// Elements in the order in which they are painted, one a line.
#[derive(Clone, Debug, Default)]
pub(crate) struct Elements {
    text: String,
}

impl Elements {
    fn push(&mut self, element: Markup) {
        self.text.push_str(&element.into_string());
        self.text.push('\n');
    }

    /// A straight line.
    pub fn line(&mut self, from: Point, to: Point, stroke: Stroke) {
        let ([x1, x2], [y1, y2]) = ([from.0, to.0].map(Length), [from.1, to.1].map(Length));
        self.push(html! {
            line x1=(x1) y1=(y1) x2=(x2) y2=(y2) stroke=(stroke.colour.hex()) stroke-width=(Length(stroke.width_px))
                stroke-opacity=[stroke.opacity()] {}
        });
    }

    /// Straight lines that do not touch, as one element.
    pub fn segments(&mut self, segments: &[(Point, Point)], stroke: Stroke) {
        if segments.is_empty() {
            return;
        }
        self.push(html! {
            path d=(path_of_segments(segments)) stroke=(stroke.colour.hex()) stroke-width=(Length(stroke.width_px))
                stroke-opacity=[stroke.opacity()] {}
        });
    }

    /// A line from point to point.
    pub fn polyline(&mut self, points: &[Point], stroke: Stroke) {
        let (lengths, offset) = stroke.dashes().unzip();
        self.push(html! {
            polyline points=(points_list(points)) fill="none" stroke=(stroke.colour.hex())
                stroke-width=(Length(stroke.width_px)) stroke-opacity=[stroke.opacity()]
                stroke-dasharray=[lengths] stroke-dashoffset=[offset] {}
        });
    }

    /// The area that the points enclose.
    pub fn polygon(&mut self, points: &[Point], fill: Fill) {
        self.push(html! {
            polygon points=(points_list(points)) fill=(fill.colour.hex()) fill-opacity=[fill.opacity()] {}
        });
    }

    /// A rectangle.
    pub fn rect(&mut self, rect: &Rect, fill: Fill) {
        let [x, y, width, height] = corner_and_size(rect);
        self.push(html! {
            rect x=(x) y=(y) width=(width) height=(height) fill=(fill.colour.hex()) fill-opacity=[fill.opacity()] {}
        });
    }

    /// The edge of a rectangle.
    pub fn frame(&mut self, rect: &Rect, stroke: Stroke) {
        let [x, y, width, height] = corner_and_size(rect);
        self.push(html! {
            rect x=(x) y=(y) width=(width) height=(height) fill="none" stroke=(stroke.colour.hex())
                stroke-width=(Length(stroke.width_px)) stroke-opacity=[stroke.opacity()] {}
        });
    }

    /// A disc.
    pub fn circle(&mut self, centre: Point, radius_px: f64, fill: Fill) {
        self.push(html! {
            circle cx=(Length(centre.0)) cy=(Length(centre.1)) r=(Length(radius_px)) fill=(fill.colour.hex())
                fill-opacity=[fill.opacity()] {}
        });
    }

    /// Many equal discs in few elements. Where translucent ones overlap it is as dark as if each were its own element.
    pub fn dots(&mut self, centres: &[Point], radius_px: f64, fill: Fill) {
        let layers = layers(centres, 2.0 * radius_px);
        self.push(html! {
            g stroke=(fill.colour.hex()) stroke-width=(Length(2.0 * radius_px)) stroke-opacity=[fill.opacity()]
                stroke-linecap="round" {
                @for layer in &layers { path d=(path_of_dots(layer)) {} }
            }
        });
    }

    /// A line of text. `at` is the vertical centre of its lower-case letters, and horizontally what its style aligns.
    pub fn text(&mut self, text: &str, at: Point, style: TextStyle) {
        self.write_text(text, at, style, false);
    }

    /// A line of text that reads from bottom to top, centred at `at`.
    pub fn vertical_text(&mut self, text: &str, at: Point, style: TextStyle) {
        self.write_text(text, at, style.aligned(Align::Middle), true);
    }

    fn write_text(&mut self, text: &str, (x, y): Point, style: TextStyle, vertical: bool) {
        let down = CENTRE_TO_BASELINE * style.size_px;
        let (x, y) = if vertical { (x + down, y) } else { (x, y + down) };
        let rotation = vertical.then(|| format!("rotate(-90 {} {})", Length(x), Length(y)));
        self.push(html! {
            text x=(Length(x)) y=(Length(y)) text-anchor=[style.align.anchor()] font-size=(Length(style.size_px))
                font-weight=[style.bold.then_some("bold")] fill=(style.colour.hex()) transform=[rotation] {
                (printable(text))
            }
        });
    }

    /// Invisible areas, each with what a browser says while the pointer rests there; later ones lie on top.
    pub fn tooltips(&mut self, areas: &[(Rect, String)]) {
        if areas.is_empty() {
            return;
        }
        self.push(html! {
            g fill="none" pointer-events="all" {
                @for (area, text) in areas {
                    @let [x, y, width, height] = corner_and_size(area);
                    rect x=(x) y=(y) width=(width) height=(height) { title { (printable(text)) } }
                }
            }
        });
    }

    /// The document: the elements on a sheet of that size in pixels, with the name that screen readers give it.
    pub fn document(&self, (width, height): (f64, f64), name: &str) -> String {
        let [width, height] = [width, height].map(|px| px.ceil().max(1.0) as u32);
        let head = html! { title { (printable(name)) } }.into_string();
        format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" \
             viewBox=\"0 0 {width} {height}\" role=\"img\" font-family=\"{FAMILIES}\">\n{head}\n{}</svg>\n",
            self.text
        )
    }

    /// Puts these elements on top of `below`.
    pub fn on_top_of(self, mut below: Self) -> Self {
        below.text.push_str(&self.text);
        below
    }
}

fn corner_and_size(rect: &Rect) -> [Length; 4] {
    [rect.left, rect.top, rect.width().max(0.0), rect.height().max(0.0)].map(Length)
}

/// `text` without control characters, which no XML may contain.
fn printable(text: &str) -> String {
    text.chars()
        .map(|c| if c.is_control() || matches!(c, '\u{FFFE}' | '\u{FFFF}') { ' ' } else { c })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::theme::Theme;

    #[test]
    fn text_is_escaped_and_free_of_control_characters() {
        let mut elements = Elements::default();
        elements.text("a < b & \u{0}c", (1.0, 2.0), TextStyle::new(12.0, Theme::LIGHT.ink));
        assert!(elements.document((9.5, 8.0), "<name>").contains(">a &lt; b &amp;  c</text>"));
        assert!(elements.document((9.5, 8.0), "<name>").contains("<title>&lt;name&gt;</title>"));
        assert!(elements.document((9.5, 8.0), "").contains("width=\"10\" height=\"8\""));
    }

    #[test]
    fn opacity_is_written_only_where_something_shines_through() {
        let mut elements = Elements::default();
        elements.circle((1.0, 2.0), 3.0, Fill::new(Theme::LIGHT.ink));
        assert!(!elements.text.contains("opacity"));
        elements.circle((1.0, 2.0), 3.0, Fill::new(Theme::LIGHT.ink).with_opacity(0.355));
        assert!(elements.text.contains("fill-opacity=\"0.36\""), "{}", elements.text);
    }
}
