//! Colours for light and for dark pages, which colour-blind readers can tell apart.

/// A colour in sRGB.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Colour(pub u8, pub u8, pub u8);

impl Colour {
    /// As `#RRGGBB`.
    pub fn hex(self) -> String {
        format!("#{:02X}{:02X}{:02X}", self.0, self.1, self.2)
    }
}

/// The colour of each part of a figure. All colours of a theme differ, so that each identifies its part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Theme {
    /// Behind everything.
    pub surface: Colour,
    /// Headings and labels.
    pub ink: Colour,
    /// Tick labels, statistics and notes.
    pub muted: Colour,
    /// The lines of the axes.
    pub axis: Colour,
    /// The lines of the grid.
    pub grid: Colour,
    /// Data, in the order in which they are drawn; after the last colour the first follows again.
    pub series: [Colour; 6],
}

impl Theme {
    /// For white pages. Data have the palette of M. Okabe and K. Ito, "Color Universal Design" (2008).
    pub const LIGHT: Theme = Theme {
        surface: Colour(0xFF, 0xFF, 0xFF),
        ink: Colour(0x1F, 0x29, 0x33),
        muted: Colour(0x55, 0x60, 0x6B),
        axis: Colour(0x8A, 0x95, 0xA0),
        grid: Colour(0xE6, 0xE9, 0xED),
        series: [
            Colour(0xD5, 0x5E, 0x00),
            Colour(0x00, 0x72, 0xB2),
            Colour(0x00, 0x9E, 0x73),
            Colour(0xCC, 0x79, 0xA7),
            Colour(0xE6, 0x9F, 0x00),
            Colour(0x56, 0xB4, 0xE9),
        ],
    };

    /// For dark pages: the same hues, with the dark ones lighter.
    pub const DARK: Theme = Theme {
        surface: Colour(0x0D, 0x11, 0x17),
        ink: Colour(0xE6, 0xED, 0xF3),
        muted: Colour(0xA3, 0xAD, 0xB8),
        axis: Colour(0x76, 0x80, 0x8B),
        grid: Colour(0x25, 0x2B, 0x33),
        series: [
            Colour(0xF0, 0x7F, 0x2E),
            Colour(0x3F, 0x9F, 0xE0),
            Colour(0x1F, 0xBF, 0x94),
            Colour(0xD9, 0x8F, 0xB8),
            Colour(0xF0, 0xE4, 0x42),
            Colour(0x9A, 0xD6, 0xF7),
        ],
    };

    pub(crate) fn series(&self, index: usize) -> Colour {
        self.series[index % self.series.len()]
    }

    /// The colour of a trial arm, by its position: blue first, the colour of data in every figure.
    pub(crate) fn arm(&self, index: usize) -> Colour {
        self.series([1, 0, 2, 3, 4, 5][index % 6])
    }

    /// The name of each part in style sheets, with its colour.
    fn roles(&self) -> [(&'static str, Colour); 11] {
        let [a, b, c, d, e, f] = self.series;
        [
            ("--figure-surface", self.surface),
            ("--figure-ink", self.ink),
            ("--figure-muted", self.muted),
            ("--figure-axis", self.axis),
            ("--figure-grid", self.grid),
            ("--figure-series-1", a),
            ("--figure-series-2", b),
            ("--figure-series-3", c),
            ("--figure-series-4", d),
            ("--figure-series-5", e),
            ("--figure-series-6", f),
        ]
    }
}

/// A theme as declarations for a rule of a style sheet: `--figure-ink: #1F2933; …`.
pub fn css_variables(theme: &Theme) -> String {
    theme.roles().map(|(name, colour)| format!("{name}: {};", colour.hex())).join(" ")
}

/// A figure drawn in `theme`, with the CSS variable of its part instead of each colour, and the colour as fallback.
///
/// For SVG embedded in a page, whose style sheet sets the variables of [`css_variables`], for instance
/// [`Theme::DARK`] under `prefers-color-scheme: dark`. Other programs than browsers need the figure as it was.
pub fn with_css_variables(svg: &str, theme: &Theme) -> String {
    theme.roles().iter().fold(svg.to_owned(), |svg, (name, colour)| {
        let hex = colour.hex();
        svg.replace(&format!("\"{hex}\""), &format!("\"var({name}, {hex})\""))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_role_has_its_own_colour() {
        for theme in [Theme::LIGHT, Theme::DARK] {
            let roles = theme.roles();
            for (i, (_, colour)) in roles.iter().enumerate() {
                assert!(
                    roles[..i].iter().all(|(_, other)| other != colour),
                    "{colour:?} stands for two roles"
                );
            }
        }
    }

    #[test]
    fn text_is_legible_on_its_surface() {
        // Relative luminance and contrast of WCAG 2.1; AA asks for 4.5 in text, 3 in graphics (not met by the
        // palette's orange and sky blue on white, which is why labels are written in ink beside a key of the colour).
        let luminance = |c: Colour| {
            let linear = |v: u8| {
                let v = f64::from(v) / 255.0;
                if v <= 0.03928 { v / 12.92 } else { ((v + 0.055) / 1.055).powf(2.4) }
            };
            0.2126 * linear(c.0) + 0.7152 * linear(c.1) + 0.0722 * linear(c.2)
        };
        for theme in [Theme::LIGHT, Theme::DARK] {
            for text in [theme.ink, theme.muted] {
                let (a, b) = (luminance(text), luminance(theme.surface));
                assert!((a.max(b) + 0.05) / (a.min(b) + 0.05) > 4.5);
            }
        }
    }

    #[test]
    fn css_variables_replace_colours_and_keep_them_as_fallback() {
        let svg = r##"<rect fill="#0072B2"/><text fill="#1F2933">#1F2933</text>"##;
        let page = with_css_variables(svg, &Theme::LIGHT);
        assert!(page.contains(r##"<rect fill="var(--figure-series-2, #0072B2)"/>"##));
        assert!(page.contains(">#1F2933</text>"), "text stays text");
        assert!(css_variables(&Theme::DARK).contains("--figure-surface: #0D1117;"));
    }
}
