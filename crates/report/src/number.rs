//! Numbers as people write them.

/// `value` to that many significant digits: `167.9`, `0.00147`, `12,500`, `4.2e−8`.
pub fn significant(value: f64, digits: usize) -> String {
    match value {
        0.0 => return "0".to_owned(),
        f64::INFINITY => return "∞".to_owned(),
        f64::NEG_INFINITY => return "−∞".to_owned(),
        _ if value.is_nan() => return "NaN".to_owned(),
        _ => {}
    }
    let digits = digits.max(1);
    let scientific = format!("{:.*e}", digits - 1, value.abs());
    let exponent: i32 = scientific.split_once('e').and_then(|(_, e)| e.parse().ok()).unwrap_or(0);
    let written = if (-4..7).contains(&exponent) {
        let decimals = (digits as i32 - 1 - exponent).max(0) as usize;
        grouped(&format!("{:.*}", decimals, value.abs()))
    } else {
        scientific.replace('-', "−")
    };
    if value < 0.0 { format!("−{written}") } else { written }
}

/// A p-value to two digits, as papers write it: `p = 0.14`, `p = 5.3e−38`, and `p = 10^−1234` where an `f64` is too
/// small for it. `log10_p` is the decimal logarithm of p.
pub fn format_p(log10_p: f64) -> String {
    if !log10_p.is_finite() {
        return "p = undefined".to_owned();
    }
    let log10_p = log10_p.min(0.0);
    if log10_p < -307.0 {
        return format!("p = 10^−{:.0}", -log10_p);
    }
    let p = 10f64.powf(log10_p);
    if p < 0.001 {
        return format!("p = {p:.1e}").replace('-', "−");
    }
    format!("p = {}", significant(p, 2))
}

/// The label of a tick on an axis whose ticks are `step` apart.
pub(crate) fn tick(value: f64, step: f64) -> String {
    let magnitude = value.abs().max(step);
    if value.abs() < 1e-9 * step {
        return "0".to_owned();
    }
    let written = if (1e-4..1e7).contains(&magnitude) && step >= 1e-6 {
        let decimals = (-(step * 1.000_001).log10().floor()).max(0.0) as usize;
        grouped(&format!("{:.*}", decimals, value.abs()))
    } else {
        let text = format!("{:.3e}", value.abs()).replace('-', "−");
        match text.split_once('e') {
            Some((m, e)) if m.contains('.') => {
                format!("{}e{e}", m.trim_end_matches('0').trim_end_matches('.'))
            }
            _ => text,
        }
    };
    if value < 0.0 { format!("−{written}") } else { written }
}

/// Commas between thousands, from five digits on.
pub(crate) fn grouped(number: &str) -> String {
    let (whole, rest) = number.split_at(number.find('.').unwrap_or(number.len()));
    if whole.len() < 5 {
        return number.to_owned();
    }
    let mut out = String::new();
    for (i, c) in whole.chars().enumerate() {
        if i > 0 && (whole.len() - i) % 3 == 0 {
            out.push(',');
        }
        out.push(c);
    }
    out + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_the_digits_that_matter() {
        assert_eq!(significant(167.8913, 4), "167.9");
        assert_eq!(significant(39.0685, 4), "39.07");
        assert_eq!(significant(0.001468, 3), "0.00147");
        assert_eq!(significant(-12.5, 2), "−12", "halves go to even, as Rust prints them");
        assert_eq!(significant(1_000_000.0, 3), "1,000,000");
        assert_eq!(significant(999.96, 4), "1000");
        assert_eq!(significant(4.21e-8, 2), "4.2e−8");
        assert_eq!(significant(0.0, 3), "0");
        assert_eq!(significant(f64::NAN, 3), "NaN");
    }

    #[test]
    fn p_values_read_as_in_the_paper() {
        assert_eq!(format_p(0.1412f64.log10()), "p = 0.14");
        assert_eq!(format_p(-37.28), "p = 5.2e−38");
        assert_eq!(format_p(5.3e-38f64.log10()), "p = 5.3e−38");
        assert_eq!(format_p(0.0), "p = 1.0");
        assert_eq!(format_p(0.0912f64.log10()), "p = 0.091");
        assert_eq!(format_p(-1234.4), "p = 10^−1234");
        assert_eq!(format_p(f64::NEG_INFINITY), "p = undefined");
    }

    #[test]
    fn tick_labels_carry_no_digit_too_many() {
        assert_eq!(tick(0.1 + 0.2, 0.1), "0.3");
        assert_eq!(tick(1e-17, 0.1), "0");
        assert_eq!(tick(-50.0, 25.0), "−50");
        assert_eq!(tick(20_000.0, 5000.0), "20,000");
        assert_eq!(tick(3e8, 1e8), "3e8");
        assert_eq!(tick(2.5e-9, 5e-10), "2.5e−9");
    }
}
