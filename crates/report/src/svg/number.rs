//! Numbers in SVG: no digit more than the eye can tell.

use std::fmt::{self, Display, Write};

use maud::Render;

use crate::geometry::Point;

/// Decimals of the points of curves, of which there are many. A tenth of a pixel is fine enough for smooth curves.
const POINT_DECIMALS: u32 = 1;
/// Lengths beyond this many pixels are cut to it: renderers compute in single precision.
const LARGEST: f64 = 1e5;

/// A length in pixels, or another number, written with up to two decimals.
#[derive(Clone, Copy, Debug)]
pub(super) struct Length(pub f64);

impl Display for Length {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = String::new();
        push_number(&mut text, self.0, 2);
        f.write_str(&text)
    }
}

impl Render for Length {
    fn render_to(&self, buffer: &mut String) {
        push_number(buffer, self.0, 2);
    }
}

/// `1,2 3,4`, the points of a polyline.
pub(super) fn points_list(points: &[Point]) -> String {
    let mut text = String::with_capacity(12 * points.len());
    for point in points {
        if !text.is_empty() {
            text.push(' ');
        }
        push_point(&mut text, *point, ',');
    }
    text
}

/// `M1 2L3 4`, the path of straight lines that do not touch.
pub(super) fn path_of_segments(segments: &[(Point, Point)]) -> String {
    let mut text = String::with_capacity(22 * segments.len());
    for (from, to) in segments {
        text.push('M');
        push_point(&mut text, *from, ' ');
        text.push('L');
        push_point(&mut text, *to, ' ');
    }
    text
}

/// Writes a point with the decimals of curves.
pub(super) fn push_point(text: &mut String, (x, y): Point, separator: char) {
    push_number(text, x, POINT_DECIMALS);
    text.push(separator);
    push_number(text, y, POINT_DECIMALS);
}

/// Writes a number with up to that many decimals; NaN as 0.
fn push_number(text: &mut String, value: f64, decimals: u32) {
    let scale = 10_u64.pow(decimals);
    let scaled = (value.clamp(-LARGEST, LARGEST) * scale as f64).round() as i64;
    if scaled < 0 {
        text.push('-');
    }
    let (whole, mut rest) = (scaled.unsigned_abs() / scale, scaled.unsigned_abs() % scale);
    // Writing to a string cannot fail.
    let _ = write!(text, "{whole}");
    if rest == 0 {
        return;
    }
    let mut digits = decimals as usize;
    while rest % 10 == 0 {
        (rest, digits) = (rest / 10, digits - 1);
    }
    let _ = write!(text, ".{rest:0digits$}");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_no_digit_too_many() {
        let text = |value: f64| Length(value).to_string();
        assert_eq!([0.0, -0.001, 12.0, 12.5, -0.25].map(text).join(" "), "0 0 12 12.5 -0.25");
        assert_eq!([1.0 / 3.0, 0.05, 1.999, -3.046].map(text).join(" "), "0.33 0.05 2 -3.05");
        assert_eq!([f64::NAN, f64::INFINITY, -1e300].map(text).join(" "), "0 100000 -100000");
    }

    #[test]
    fn points_have_a_decimal() {
        assert_eq!(points_list(&[(1.25, 2.0), (-0.04, 100.06)]), "1.3,2 0,100.1");
        assert_eq!(
            path_of_segments(&[((0.0, 1.0), (2.5, 1.0)), ((7.0, 8.0), (9.0, 8.0))]),
            "M0 1L2.5 1M7 8L9 8"
        );
    }
}
