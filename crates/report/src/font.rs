//! The font of every figure, and the width of its text.

use skrifa::instance::{LocationRef, Size};
use skrifa::{FontRef, MetadataProvider};

/// Latin, Greek and the signs of units, a subset of Arimo; see `assets/README.md`.
pub(crate) const REGULAR: &[u8] = include_bytes!("../assets/Arimo-Regular.ttf");
/// The same in bold.
pub(crate) const BOLD: &[u8] = include_bytes!("../assets/Arimo-Bold.ttf");
/// The family of those files.
pub(crate) const FAMILY: &str = "Arimo";
/// The fonts that a browser may use; all have the same widths.
pub(crate) const FAMILIES: &str = "Arimo, Liberation Sans, Arial, Helvetica, sans-serif";

/// Width of a line of text in pixels, without kerning.
pub(crate) fn text_width(text: &str, size_px: f64, bold: bool) -> f64 {
    let guess = 0.56 * size_px * text.chars().count() as f64;
    let Ok(font) = FontRef::new(if bold { BOLD } else { REGULAR }) else { return guess };
    let charmap = font.charmap();
    let metrics = font.glyph_metrics(Size::new(size_px as f32), LocationRef::default());
    let width = |c: char| metrics.advance_width(charmap.map(c)?).map(f64::from);
    text.chars().map(|c| width(c).unwrap_or(0.56 * size_px)).sum()
}

/// The greatest font size up to `wanted` at which a line of text is no wider than `width`.
pub(crate) fn fitted(text: &str, width: f64, wanted: f64, bold: bool) -> f64 {
    wanted * (width / text_width(text, wanted, bold).max(1.0)).min(1.0)
}

/// As much of a line of text as is no wider than `width`, followed by … if that is not all of it.
pub(crate) fn elided(text: &str, width: f64, size_px: f64) -> String {
    if text_width(text, size_px, false) <= width {
        return text.to_owned();
    }
    let mut short: String = text.to_owned();
    while short.pop().is_some() {
        let candidate = format!("{}…", short.trim_end());
        if text_width(&candidate, size_px, false) <= width {
            return candidate;
        }
    }
    "…".to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ref_widths_are_those_of_arial() {
        // Advances of Arial per 2048 units of em: H 1479, e 1139, l 455, o 1139; bold A 1479.
        let expected = f64::from(1479 + 1139 + 455 + 455 + 1139) / 2048.0 * 16.0;
        assert!((text_width("Hello", 16.0, false) - expected).abs() < 1e-3);
        assert!((text_width("A", 20.48, true) - 14.79).abs() < 0.02);
    }

    #[test]
    fn what_is_too_long_is_cut_to_the_width() {
        assert_eq!(elided("short", 100.0, 12.0), "short");
        let cut = elided("a very long name of an arm", 60.0, 12.0);
        assert!(cut.starts_with("a very") && cut.ends_with('…') && text_width(&cut, 12.0, false) <= 60.0);
        assert_eq!(elided("abc", 0.0, 12.0), "…");
    }

    #[test]
    fn every_sign_of_a_unit_is_in_the_font() {
        for bytes in [REGULAR, BOLD] {
            let charmap = FontRef::new(bytes).unwrap().charmap();
            for c in "µμ·−×²³⁻⁴≤≥±–α0123456789%()/é".chars() {
                assert!(charmap.map(c).is_some(), "{c}");
            }
        }
    }
}
