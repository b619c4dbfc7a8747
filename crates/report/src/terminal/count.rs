//! Counts in words and digits.

/// A count with its thousands set apart: `2,000`.
pub fn thousands(count: u64) -> String {
    let digits = count.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// `1 patient`, `2,000 patients`.
pub fn patients(count: u64) -> String {
    format!("{} patient{}", thousands(count), if count == 1 { "" } else { "s" })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_have_a_comma_before_every_three_digits() {
        let shown = [0, 999, 1000, 12_345, 1_000_000].map(thousands);
        assert_eq!(shown, ["0", "999", "1,000", "12,345", "1,000,000"]);
        assert_eq!([1, 2000].map(patients), ["1 patient", "2,000 patients"]);
    }
}
