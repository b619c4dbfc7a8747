//! How elements are painted.

use super::number::Length;
use crate::theme::Colour;

/// How an area is filled.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Fill {
    pub(super) colour: Colour,
    opacity: f64,
}

impl Fill {
    /// Opaque.
    pub fn new(colour: Colour) -> Self {
        Self { colour, opacity: 1.0 }
    }

    /// As opaque as that, from 0 to 1.
    pub fn with_opacity(self, opacity: f64) -> Self {
        Self { opacity, ..self }
    }

    /// What an attribute says; nothing if it is opaque.
    pub(super) fn opacity(self) -> Option<Length> {
        (self.opacity < 1.0).then_some(Length(self.opacity))
    }
}

/// How a line is drawn.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Stroke {
    pub(super) colour: Colour,
    pub(super) width_px: f64,
    opacity: f64,
    /// Length of a dash, of a dash with its gap, and where along it the line begins, in pixels.
    dash_px: Option<[f64; 3]>,
}

impl Stroke {
    /// Opaque, of that width in pixels.
    pub fn new(colour: Colour, width_px: f64) -> Self {
        Self { colour, width_px, opacity: 1.0, dash_px: None }
    }

    /// Dashed as the line at this `place`, from 0, of so many that lie upon one another: all of them can be seen.
    pub fn shared(self, place: usize, lines: usize) -> Self {
        const DASH_PX: f64 = 9.0;
        let from_start = (lines - place) as f64 * DASH_PX;
        Self { dash_px: (place > 0).then_some([DASH_PX, lines as f64 * DASH_PX, from_start]), ..self }
    }

    /// What attributes say of dashes: their lengths, and the offset; nothing if there are none.
    pub(super) fn dashes(self) -> Option<(String, Length)> {
        let [dash, period, offset] = self.dash_px?;
        Some((format!("{} {}", Length(dash), Length(period - dash)), Length(offset)))
    }

    /// As opaque as that, from 0 to 1.
    pub fn with_opacity(self, opacity: f64) -> Self {
        Self { opacity, ..self }
    }

    /// What an attribute says; nothing if it is opaque.
    pub(super) fn opacity(self) -> Option<Length> {
        (self.opacity < 1.0).then_some(Length(self.opacity))
    }
}

/// Which part of a text stands where it is put.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Align {
    Left,
    Middle,
    Right,
}

impl Align {
    /// The value of `text-anchor`; nothing for the one that SVG takes anyway.
    pub(super) fn anchor(self) -> Option<&'static str> {
        match self {
            Self::Left => None,
            Self::Middle => Some("middle"),
            Self::Right => Some("end"),
        }
    }
}

/// How a line of text looks.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct TextStyle {
    pub(super) size_px: f64,
    pub(super) bold: bool,
    pub(super) colour: Colour,
    pub(super) align: Align,
}

impl TextStyle {
    /// Regular, aligned at the left.
    pub fn new(size_px: f64, colour: Colour) -> Self {
        Self { size_px, bold: false, colour, align: Align::Left }
    }

    pub fn bold(self) -> Self {
        Self { bold: true, ..self }
    }

    pub fn aligned(self, align: Align) -> Self {
        Self { align, ..self }
    }
}
