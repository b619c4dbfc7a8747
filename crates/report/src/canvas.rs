//! The sheet that figures are drawn on, in pixels.

use plotters::coord::Shift;
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};

use crate::error::FigureError;
use crate::font::FAMILIES;
use crate::theme::{Colour, Theme};

/// The library knows whole numbers only; a tenth of a pixel is fine enough for smooth curves.
pub(crate) const UNITS_PER_PX: f64 = 10.0;
/// The library's SVG backend divides font sizes by this.
const FONT_SIZE_FACTOR: f64 = 1.24;

/// Size of tick labels, statistics and notes, in pixels.
pub(crate) const SMALL_PX: f64 = 12.5;
/// Size of axis titles and labels of curves, in pixels.
pub(crate) const LABEL_PX: f64 = 13.5;
/// Size of a figure's title, in pixels.
pub(crate) const TITLE_PX: f64 = 16.0;
/// Width of most figures, in pixels.
pub(crate) const WIDTH_PX: f64 = 900.0;
/// What stays free around a figure, in pixels.
pub(crate) const MARGIN_PX: f64 = 14.0;
/// Height of the row that a figure's title takes, in pixels.
const TITLE_ROW_PX: f64 = 30.0;

/// Pixels to the library's units.
pub(crate) fn units(px: f64) -> i32 {
    (px * UNITS_PER_PX).round() as i32
}

impl<E: std::error::Error + Send + Sync> From<DrawingAreaErrorKind<E>> for FigureError {
    fn from(error: DrawingAreaErrorKind<E>) -> Self {
        FigureError::Drawing(error.to_string())
    }
}

/// How a line of text looks and which of its points is placed.
#[derive(Clone, Copy)]
pub(crate) struct Type {
    pub size_px: f64,
    pub bold: bool,
    pub colour: Colour,
    pub anchor: (HPos, VPos),
}

impl Type {
    pub fn new(size_px: f64, colour: Colour) -> Self {
        Self { size_px, bold: false, colour, anchor: (HPos::Left, VPos::Center) }
    }

    pub fn bold(self) -> Self {
        Self { bold: true, ..self }
    }

    pub fn anchored(self, horizontal: HPos, vertical: VPos) -> Self {
        Self { anchor: (horizontal, vertical), ..self }
    }

    pub fn style(&self) -> TextStyle<'static> {
        let size = self.size_px * UNITS_PER_PX * FONT_SIZE_FACTOR;
        let style = if self.bold { FontStyle::Bold } else { FontStyle::Normal };
        let font = FontDesc::new(FontFamily::Name(FAMILIES), size, style);
        TextStyle {
            font,
            color: self.colour.rgb().to_backend_color(),
            pos: Pos::new(self.anchor.0, self.anchor.1),
        }
    }
}

/// A rectangular part of the sheet, or all of it.
pub(crate) type Area<'a> = DrawingArea<SVGBackend<'a>, Shift>;

/// Draws a figure of that size in pixels and gives its SVG. `title` is read out by screen readers.
pub(crate) fn draw(
    size_px: (u32, u32),
    title: &str,
    theme: &Theme,
    content: impl FnOnce(&Area<'_>) -> Result<(), FigureError>,
) -> Result<String, FigureError> {
    let size = (units(size_px.0.into()) as u32, units(size_px.1.into()) as u32);
    let mut svg = String::new();
    {
        let sheet = SVGBackend::with_string(&mut svg, size).into_drawing_area();
        sheet.fill(&theme.surface.rgb())?;
        content(&sheet)?;
        sheet.present()?;
    }
    let body = svg.split_once('>').map(|(_, body)| body).unwrap_or_default();
    Ok(format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{}\" height=\"{}\" viewBox=\"0 0 {} {}\" role=\"img\">\n\
         <title>{}</title>{body}",
        size_px.0,
        size_px.1,
        size.0,
        size.1,
        escaped(title)
    ))
}

/// Writes a line of text with its anchor at `at`, in pixels.
pub(crate) fn write(area: &Area<'_>, text: &str, at: (f64, f64), kind: Type) -> Result<(), FigureError> {
    Ok(area.draw(&Text::new(text.to_owned(), (units(at.0), units(at.1)), kind.style()))?)
}

/// Where what stands below a figure's title begins, in pixels; an empty title takes no room.
pub(crate) fn below_title_px(title: &str) -> f64 {
    MARGIN_PX + if title.is_empty() { 0.0 } else { TITLE_ROW_PX }
}

/// Writes a figure's title, if there is one.
pub(crate) fn write_title(sheet: &Area<'_>, title: &str, theme: &Theme) -> Result<(), FigureError> {
    if title.is_empty() {
        return Ok(());
    }
    let style = Type::new(TITLE_PX, theme.ink).bold();
    write(sheet, &printable(title), (MARGIN_PX, MARGIN_PX + 10.0), style)
}

/// A solid line style of that width in pixels.
pub(crate) fn stroke(colour: Colour, width_px: f64) -> ShapeStyle {
    colour.rgb().stroke_width(units(width_px) as u32)
}

/// Text for the content of an element, without characters that XML has no place for.
pub(crate) fn escaped(text: &str) -> String {
    printable(text).replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// `text` without control characters, which no XML may contain.
pub(crate) fn printable(text: &str) -> String {
    text.chars()
        .map(|c| if c.is_control() || matches!(c, '\u{FFFE}' | '\u{FFFF}') { ' ' } else { c })
        .collect()
}
