//! What a browser says of a place in a figure when the pointer rests there.

use crate::canvas::{escaped, units};
use crate::placement::Rect;

/// A figure with invisible places, in pixels, each with its text. Later places lie on top of earlier ones.
pub(crate) fn with_hover(svg: &str, places: &[(Rect, String)]) -> String {
    let Some(body) = svg.trim_end().strip_suffix("</svg>") else { return svg.to_owned() };
    let mut out = String::with_capacity(svg.len() + 160 * places.len());
    out.push_str(body);
    out.push_str("<g fill=\"none\" pointer-events=\"all\">\n");
    for (place, text) in places {
        let [x, y] = [place.left, place.top].map(units);
        let (width, height) = (units(place.right) - x, units(place.bottom) - y);
        out.push_str(&format!(
            "<rect x=\"{x}\" y=\"{y}\" width=\"{}\" height=\"{}\"><title>{}</title></rect>\n",
            width.max(0),
            height.max(0),
            escaped(text)
        ));
    }
    out.push_str("</g>\n</svg>\n");
    out
}
