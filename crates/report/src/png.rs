//! SVG to PNG. Text is set in the bundled font, never in one of the machine.

use std::sync::{Arc, OnceLock};

use resvg::tiny_skia::{Pixmap, Transform};
use resvg::usvg::{Options, Tree, fontdb};

use crate::error::PngError;
use crate::font::{BOLD, FAMILY, REGULAR};

/// Pictures above this size are refused.
const MAX_PIXELS: f64 = 1e8;

/// Draws an SVG as PNG, `scale` times as large.
///
/// # Errors
/// [`PngError::Svg`] if the text is not SVG, [`PngError::Size`] if the picture would have no pixel or more than 100 million.
pub fn to_png(svg: &str, scale: f32) -> Result<Vec<u8>, PngError> {
    let options = Options { font_family: FAMILY.to_owned(), fontdb: fonts(), ..Options::default() };
    let tree = Tree::from_str(svg, &options).map_err(|e| PngError::Svg(e.to_string()))?;
    let side = |length: f32| (f64::from(length) * f64::from(scale)).ceil();
    let (width, height) = (side(tree.size().width()), side(tree.size().height()));
    let impossible = PngError::Size { width, height };
    if !(width >= 1.0 && height >= 1.0 && width * height <= MAX_PIXELS) {
        return Err(impossible);
    }
    let mut picture = Pixmap::new(width as u32, height as u32).ok_or(impossible)?;
    resvg::render(&tree, Transform::from_scale(scale, scale), &mut picture.as_mut());
    picture.encode_png().map_err(|e| PngError::Encoding(e.to_string()))
}

fn fonts() -> Arc<fontdb::Database> {
    static FONTS: OnceLock<Arc<fontdb::Database>> = OnceLock::new();
    let load = || {
        let mut fonts = fontdb::Database::new();
        fonts.load_font_data(REGULAR.to_vec());
        fonts.load_font_data(BOLD.to_vec());
        fonts.set_sans_serif_family(FAMILY);
        Arc::new(fonts)
    };
    Arc::clone(FONTS.get_or_init(load))
}
