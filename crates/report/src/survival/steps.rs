//! Step functions of time, and the corners that are drawn of them.

/// The corners of a step function that is `first` from day 0 and takes each value from its day on, up to `until`.
///
/// Steps within `resolution` days of one another become one, with the last value on the first day: even a curve of a
/// million steps has no more corners than the picture has pixels.
pub(super) fn corners(
    first: f64,
    steps: impl Iterator<Item = (f64, f64)>,
    until: f64,
    resolution: f64,
) -> Vec<(f64, f64)> {
    let mut kept: Vec<(f64, f64)> = vec![(0.0, first)];
    for (day, value) in steps.filter(|(day, value)| (0.0..=until).contains(day) && value.is_finite()) {
        match kept.last_mut() {
            Some(last) if day - last.0 < resolution && last.0 > 0.0 => last.1 = value,
            _ => kept.push((day, value)),
        }
    }
    let mut path = Vec::with_capacity(2 * kept.len() + 1);
    let mut height = first;
    for (day, value) in kept {
        path.push((day, height));
        if value != height {
            path.push((day, value));
        }
        height = value;
    }
    path.push((until, height));
    path
}

/// The value of a step function at a time.
pub(super) fn value_at(first: f64, steps: impl Iterator<Item = (f64, f64)>, day: f64) -> f64 {
    steps.take_while(|step| step.0 <= day).last().map_or(first, |step| step.1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_goes_along_and_then_down() {
        let steps = [(2.0, 0.8), (5.0, 0.5), (40.0, 0.1)];
        let path = corners(1.0, steps.into_iter(), 10.0, 0.01);
        assert_eq!(
            path,
            [(0.0, 1.0), (2.0, 1.0), (2.0, 0.8), (5.0, 0.8), (5.0, 0.5), (10.0, 0.5)],
            "what lies beyond the end is left out"
        );
        assert_eq!([1.9, 2.0, 7.0].map(|day| value_at(1.0, steps.into_iter(), day)), [1.0, 0.8, 0.5]);
    }

    #[test]
    fn steps_too_close_to_be_told_apart_become_one() {
        let many = (1..=100_000).map(|i| (f64::from(i) * 1e-4, 1.0 - f64::from(i) * 5e-6));
        let path = corners(1.0, many, 10.0, 0.05);
        assert!(path.len() < 500, "{}", path.len());
        assert_eq!(path.last().map(|c| c.1), Some(0.5));
    }

    #[test]
    fn without_steps_it_is_flat() {
        assert_eq!(corners(1.0, std::iter::empty(), 30.0, 0.1), [(0.0, 1.0), (30.0, 1.0)]);
    }
}
