//! Numbers as a page writes them.

use crate::number::significant;

const SUPERSCRIPTS: [char; 10] = ['⁰', '¹', '²', '³', '⁴', '⁵', '⁶', '⁷', '⁸', '⁹'];

/// `0.123 [0.121, 0.125]`.
pub(crate) fn interval(value: f64, [low, high]: [f64; 2], digits: usize) -> String {
    format!("{} [{}, {}]", significant(value, digits), significant(low, digits), significant(high, digits))
}

/// A number as a person writes it: at most four digits, no zeros at the end.
pub(crate) fn plain(value: f64) -> String {
    let text = significant(value, 4);
    let (number, exponent) = text.split_at(text.find('e').unwrap_or(text.len()));
    let short =
        if number.contains('.') { number.trim_end_matches('0').trim_end_matches('.') } else { number };
    format!("{short}{exponent}")
}

/// A p-value with the four digits that the paper prints, `0.1412`, or `5.3e-38`, or `10⁻³¹⁵¹`.
pub(crate) fn p_value(log10_p: f64) -> String {
    if !log10_p.is_finite() {
        "undefined".to_owned()
    } else if log10_p < -307.0 {
        let superscript = |c: char| c.to_digit(10).map_or(c, |digit| SUPERSCRIPTS[digit as usize]);
        format!("10⁻{}", format!("{:.0}", -log10_p).chars().map(superscript).collect::<String>())
    } else if log10_p < -3.0 {
        format!("{:.1e}", 10f64.powf(log10_p)).replace('-', "−")
    } else if 10f64.powf(log10_p) > 0.999 {
        "> 0.999".to_owned()
    } else {
        format!("{:.4}", 10f64.powf(log10_p))
    }
}

/// The same with its sign: `p = 0.1412`, `p > 0.999`.
pub(crate) fn p_equals(log10_p: f64) -> String {
    match p_value(log10_p) {
        bound if bound.starts_with('>') => format!("p {bound}"),
        value => format!("p = {value}"),
    }
}

/// `a, b and c`, with `and` or another last word.
pub(crate) fn listed(parts: &[impl AsRef<str>], last_word: &str) -> String {
    let parts: Vec<&str> = parts.iter().map(AsRef::as_ref).collect();
    match parts.split_last() {
        None => String::new(),
        Some((last, [])) => (*last).to_owned(),
        Some((last, rest)) => format!("{} {last_word} {last}", rest.join(", ")),
    }
}

/// A label within a sentence: its first letter is small.
pub(crate) fn in_sentence(label: &str) -> String {
    let mut letters = label.chars();
    letters.next().map_or_else(String::new, |first| first.to_lowercase().chain(letters).collect())
}

/// A share as `41.5 %`, with as many digits as tell it from 0 and 100 %; `0 %` and `100 %` are exact.
pub(crate) fn percent(share: f64) -> String {
    let value = 100.0 * share;
    let rest = value.min(100.0 - value);
    if rest <= 0.0 {
        return format!("{value:.0} %");
    }
    match rest {
        0.95.. => format!("{value:.1} %"),
        0.005.. => format!("{value:.2} %"),
        _ if value < 50.0 => "< 0.01 %".to_owned(),
        _ => "> 99.99 %".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn p_values_are_written_as_the_paper_writes_them() {
        assert_eq!(p_value(0.1412f64.log10()), "0.1412");
        assert_eq!(p_value(5.3e-38f64.log10()), "5.3e−38");
        assert_eq!(p_value(-3151.8), "10⁻³¹⁵²");
        assert_eq!([p_value(0.0), p_equals(-1e-9)].join(" "), "> 0.999 p > 0.999");
        assert_eq!(p_equals(0.1412f64.log10()), "p = 0.1412");
    }

    #[test]
    fn plain_numbers_have_no_zeros_at_the_end() {
        assert_eq!([6.0, 0.375, 4800.0, 8e-5, 1e-3].map(plain).join(" "), "6 0.375 4800 8e−5 0.001");
    }

    #[test]
    fn lists_end_in_their_word() {
        assert_eq!(listed(&["a", "b", "c"], "or"), "a, b or c");
        assert_eq!([listed(&["a", "b"], "and"), listed(&["a"], "and")].join("; "), "a and b; a");
    }

    #[test]
    fn shares_are_told_from_nothing_and_from_all() {
        assert_eq!(percent(0.4146), "41.5 %");
        assert_eq!(percent(0.0007), "0.07 %");
        assert_eq!(percent(0.9993), "99.93 %");
        assert_eq!(percent(0.999_999), "> 99.99 %");
        assert_eq!((percent(0.0), percent(1.0)), ("0 %".to_owned(), "100 %".to_owned()));
    }
}
