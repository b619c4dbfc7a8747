//! Pages: one self-contained HTML file each, with its style and figures inside, in light and dark, fit for printing.

mod numbers;

pub(crate) use numbers::{in_sentence, interval, listed, p_equals, p_value, percent, plain};

use maud::{DOCTYPE, Markup, PreEscaped, html};

use crate::theme::{Theme, css_variables, with_css_variables};

const STYLE: &str = include_str!("style.css");

/// A figure of a page.
#[derive(Clone, Debug, PartialEq)]
pub struct Illustration {
    /// Name of its files, without extension.
    pub name: String,
    /// SVG, drawn in [`Theme::LIGHT`].
    pub svg: String,
}

/// A whole page.
pub(crate) struct Page<'a> {
    /// What kind of page it is, above the title.
    pub kind: &'a str,
    pub title: &'a str,
    /// Sections: identifier, heading, content.
    pub sections: Vec<(&'static str, String, Markup)>,
    /// Between the title and the first section.
    pub lead: Markup,
    pub footer: Markup,
}

impl Page<'_> {
    /// The page as HTML that needs nothing from outside.
    pub fn html(&self) -> String {
        let style = STYLE
            .replace("LIGHT_THEME", &css_variables(&Theme::LIGHT))
            .replace("DARK_THEME", &css_variables(&Theme::DARK));
        let page = html! {
            (DOCTYPE)
            html lang="en" {
                head {
                    meta charset="utf-8";
                    meta name="viewport" content="width=device-width, initial-scale=1";
                    meta name="generator" content=(concat!("cartrial ", env!("CARGO_PKG_VERSION")));
                    // Otherwise browsers ask for an icon.
                    link rel="icon" href="data:,";
                    title { (self.title) }
                    style { (PreEscaped(style)) }
                }
                body {
                    header {
                        p.kind { (self.kind) }
                        h1 { (self.title) }
                        nav { @for (id, heading, _) in &self.sections { a href={ "#" (id) } { (heading) } } }
                    }
                    main {
                        (self.lead)
                        @for (id, heading, content) in &self.sections {
                            section id=(id) { h2 { (heading) } (content) }
                        }
                    }
                    footer { (self.footer) }
                }
            }
        };
        page.into_string()
    }
}

/// A figure with its caption.
pub(crate) fn figure(illustration: Option<&Illustration>, caption: Markup) -> Markup {
    html! {
        @if let Some(Illustration { svg, .. }) = illustration {
            figure { (PreEscaped(with_css_variables(svg, &Theme::LIGHT))) figcaption { (caption) } }
        }
    }
}

/// A number that a reader should not miss, with its name and details.
pub(crate) fn card(what: &str, value: &str, detail: &str) -> Markup {
    // No line ends before its last percent sign.
    let value = value.replace(" %", "\u{a0}%");
    html! { div.card { p.what { (what) } p.value { (value) } p.detail { (detail) } } }
}

/// A table whose first `text` columns are text and whose others are numbers; `true` emphasises a row.
pub(crate) fn table(
    head: &[&str],
    text: usize,
    rows: impl IntoIterator<Item = (bool, Vec<String>)>,
) -> Markup {
    let class = |column: usize| if column >= text { "number" } else { "" };
    html! {
        div.scroll { table {
            thead { tr { @for (i, cell) in head.iter().enumerate() { th class=(class(i)) { (cell) } } } }
            tbody { @for (strong, row) in rows {
                tr.strong[strong] { @for (i, cell) in row.iter().enumerate() { td class=(class(i)) { (cell) } } }
            } }
        } }
    }
}

/// Names and values, one pair a line.
pub(crate) fn facts(pairs: &[(&str, Markup)]) -> Markup {
    html! { dl.facts { @for (name, value) in pairs { dt { (name) } dd { (value) } } } }
}
