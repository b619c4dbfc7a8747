//! Where labels go so that nothing lies on anything else.

/// A rectangle on the sheet, in pixels: left, top, right, bottom.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Rect {
    pub left: f64,
    pub top: f64,
    pub right: f64,
    pub bottom: f64,
}

impl Rect {
    pub fn around(centre: (f64, f64), size: (f64, f64)) -> Self {
        let (dx, dy) = (0.5 * size.0, 0.5 * size.1);
        Self { left: centre.0 - dx, top: centre.1 - dy, right: centre.0 + dx, bottom: centre.1 + dy }
    }

    pub fn centre(&self) -> (f64, f64) {
        (0.5 * (self.left + self.right), 0.5 * (self.top + self.bottom))
    }

    fn overlaps(&self, other: &Rect) -> bool {
        self.left < other.right
            && other.left < self.right
            && self.top < other.bottom
            && other.top < self.bottom
    }

    fn within(&self, other: &Rect) -> bool {
        other.left <= self.left
            && self.right <= other.right
            && other.top <= self.top
            && self.bottom <= other.bottom
    }

    fn holds(&self, (x, y): (f64, f64)) -> bool {
        self.left <= x && x <= self.right && self.top <= y && y <= self.bottom
    }
}

/// What stands in the way in one panel, in pixels of the sheet.
#[derive(Clone, Debug, Default)]
pub(crate) struct Obstacles {
    /// Points along the curves, close together.
    pub points: Vec<(f64, f64)>,
    /// Labels placed already.
    pub labels: Vec<Rect>,
}

impl Obstacles {
    /// A curve through these points.
    pub fn add_curve(&mut self, curve: &[(f64, f64)]) {
        const SPACING_PX: f64 = 2.0;
        for pair in curve.windows(2) {
            let (dx, dy) = (pair[1].0 - pair[0].0, pair[1].1 - pair[0].1);
            let pieces = (dx.hypot(dy) / SPACING_PX).ceil().clamp(1.0, 1e4) as usize;
            let at = |i: usize| i as f64 / pieces as f64;
            self.points.extend((0..=pieces).map(|i| (pair[0].0 + dx * at(i), pair[0].1 + dy * at(i))));
        }
        self.points.extend(curve.first());
    }

    /// How much lies under a label: parts of curves, and other labels, which count for far more.
    pub fn under(&self, label: &Rect) -> usize {
        let points = self.points.iter().filter(|p| label.holds(**p)).count();
        points + 1000 * self.labels.iter().filter(|other| label.overlaps(other)).count()
    }
}

/// The place for a label of that size near `point`: within `bounds`, over as little as possible, near before far.
pub(crate) fn beside(
    point: (f64, f64),
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
        .filter(|place| place.within(bounds))
        .min_by_key(|place| obstacles.under(place))
}

/// Heights nearest to those wanted that are in the same order, `spacing` apart, and between `low` and `high` if there
/// is room for all.
pub(crate) fn spread(wanted: &[f64], spacing: f64, low: f64, high: f64) -> Vec<f64> {
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
        assert_eq!(spread(&[50.0, 52.0, 10.0], 16.0, 0.0, 100.0), [50.0, 66.0, 10.0]);
        assert_eq!(spread(&[98.0, 99.0], 16.0, 0.0, 100.0), [84.0, 100.0]);
        assert_eq!(spread(&[], 16.0, 0.0, 100.0), [0.0; 0]);
    }

    #[test]
    fn a_label_evades_the_curve_and_other_labels() {
        let bounds = Rect { left: 0.0, top: 0.0, right: 200.0, bottom: 100.0 };
        let mut obstacles = Obstacles::default();
        obstacles.add_curve(&[(0.0, 40.0), (200.0, 40.0)]);
        let first = beside((100.0, 50.0), (60.0, 14.0), &bounds, &obstacles).unwrap();
        assert!(first.top > 50.0, "below, where no curve is");
        obstacles.labels.push(first);
        let second = beside((100.0, 50.0), (60.0, 14.0), &bounds, &obstacles).unwrap();
        assert_eq!(obstacles.under(&second), 0);
        assert_eq!(beside((100.0, 50.0), (600.0, 14.0), &bounds, &obstacles), None, "no room at all");
    }
}
