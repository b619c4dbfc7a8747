//! Where labels go so that they cover neither curves nor one another.

use crate::geometry::{Point, Rect};

/// What a label of a panel should not cover.
#[derive(Clone, Debug, Default)]
pub(crate) struct Obstacles {
    /// Points along the curves, close together.
    pub points: Vec<Point>,
    /// Labels placed already.
    pub labels: Vec<Rect>,
}

impl Obstacles {
    /// A curve through these points.
    pub fn add_curve(&mut self, curve: &[Point]) {
        const SPACING_PX: f64 = 2.0;
        for pair in curve.windows(2) {
            let (dx, dy) = (pair[1].0 - pair[0].0, pair[1].1 - pair[0].1);
            let pieces = (dx.hypot(dy) / SPACING_PX).ceil().clamp(1.0, 1e4) as usize;
            let at = |i: usize| i as f64 / pieces as f64;
            self.points.extend((0..=pieces).map(|i| (pair[0].0 + dx * at(i), pair[0].1 + dy * at(i))));
        }
        self.points.extend(curve.first());
    }

    /// How much a label covers: parts of curves, and other labels, which count for far more.
    pub fn covered_by(&self, label: &Rect) -> usize {
        let points = self.points.iter().filter(|p| label.contains(**p)).count();
        points + 1000 * self.labels.iter().filter(|other| label.overlaps(other)).count()
    }
}

/// The place for a label of that size near `point`: within `bounds`, covering as little as possible, rather near than far.
pub(crate) fn place_near(
    point: Point,
    size: (f64, f64),
    bounds: &Rect,
    obstacles: &Obstacles,
) -> Option<Rect> {
    let reach = 0.5 * size.0;
    let sides = [0.0, reach - 8.0, 8.0 - reach];
    let above_and_below = [6.0, 12.0, 20.0, 30.0, 45.0, 60.0, 80.0].into_iter().flat_map(|gap| {
        let dy = 0.5 * size.1 + gap;
        sides.into_iter().flat_map(move |dx| [(dx, -dy), (dx, dy)])
    });
    let level = [(reach + 10.0, 0.0), (-reach - 10.0, 0.0)];
    above_and_below
        .chain(level)
        .map(|(dx, dy)| Rect::around((point.0 + dx, point.1 + dy), size))
        .filter(|place| place.is_within(bounds))
        .min_by_key(|place| obstacles.covered_by(place))
}

/// The wanted heights moved as little as needed to be `spacing` apart, in the same order, and between `low` and `high`
/// if there is room for all.
pub(crate) fn spread_apart(wanted: &[f64], spacing: f64, low: f64, high: f64) -> Vec<f64> {
    let mut order: Vec<usize> = (0..wanted.len()).collect();
    order.sort_by(|&a, &b| wanted[a].total_cmp(&wanted[b]));
    let mut placed = wanted.to_vec();
    let mut least = low;
    for &i in &order {
        placed[i] = placed[i].max(least);
        least = placed[i] + spacing;
    }
    let mut most = high;
    for &i in order.iter().rev() {
        placed[i] = placed[i].min(most);
        most = placed[i] - spacing;
    }
    placed
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_that_would_collide_are_spread_in_order() {
        assert_eq!(spread_apart(&[50.0, 52.0, 10.0], 16.0, 0.0, 100.0), [50.0, 66.0, 10.0]);
        assert_eq!(spread_apart(&[98.0, 99.0], 16.0, 0.0, 100.0), [84.0, 100.0]);
        assert_eq!(spread_apart(&[], 16.0, 0.0, 100.0), [0.0; 0]);
    }

    #[test]
    fn a_label_avoids_the_curve_and_other_labels() {
        let bounds = Rect { left: 0.0, top: 0.0, right: 200.0, bottom: 100.0 };
        let mut obstacles = Obstacles::default();
        obstacles.add_curve(&[(0.0, 40.0), (200.0, 40.0)]);
        let first = place_near((100.0, 50.0), (60.0, 14.0), &bounds, &obstacles).unwrap();
        assert!(first.top > 50.0, "below, where no curve is");
        obstacles.labels.push(first);
        let second = place_near((100.0, 50.0), (60.0, 14.0), &bounds, &obstacles).unwrap();
        assert_eq!(obstacles.covered_by(&second), 0);
        assert_eq!(place_near((100.0, 50.0), (600.0, 14.0), &bounds, &obstacles), None, "no room at all");
    }
}
