//! Many equal dots in few paths.
//!
//! A path paints every place once, so that translucent dots of one path do not add up where they overlap. Dots that
//! overlap therefore go into different layers, each a path of its own.

use std::collections::HashMap;

use super::number::push_point;
use crate::geometry::Point;

/// Dots of a place beyond this many are painted with others: of that many, even pale ones are opaque.
const MOST_LAYERS: usize = 16;

/// The points in layers, such that no two of one layer are closer than `diameter` as long as there are layers left.
pub(super) fn layers(points: &[Point], diameter: f64) -> Vec<Vec<Point>> {
    let cell = |(x, y): Point| ((x / diameter).floor() as i64, (y / diameter).floor() as i64);
    let mut placed: HashMap<(i64, i64), Vec<(Point, usize)>> = HashMap::new();
    let mut layers: Vec<Vec<Point>> = Vec::new();
    for &point in points {
        let (column, row) = cell(point);
        let mut taken = [false; MOST_LAYERS];
        for near in (-1..=1).flat_map(|dx| (-1..=1).map(move |dy| (column + dx, row + dy))) {
            for (other, layer) in placed.get(&near).into_iter().flatten() {
                taken[*layer] |= (point.0 - other.0).hypot(point.1 - other.1) < diameter;
            }
        }
        let layer = taken.iter().position(|taken| !taken).unwrap_or(MOST_LAYERS - 1);
        placed.entry((column, row)).or_default().push((point, layer));
        if layer >= layers.len() {
            layers.resize(layer + 1, Vec::new());
        }
        layers[layer].push(point);
    }
    layers
}

/// A path of lines without length, which round caps make dots.
pub(super) fn path_of_dots(points: &[Point]) -> String {
    let mut path = String::with_capacity(15 * points.len());
    for point in points {
        path.push('M');
        push_point(&mut path, *point, ' ');
        path.push_str("h0");
    }
    path
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dots_that_overlap_are_in_different_layers() {
        let points: Vec<Point> =
            (0..400).map(|i| (f64::from(i * 37 % 101) * 0.9, f64::from(i * 53 % 97) * 0.8)).collect();
        let layers = layers(&points, 4.4);
        assert_eq!(layers.iter().map(Vec::len).sum::<usize>(), 400);
        assert!((2..MOST_LAYERS).contains(&layers.len()), "{}", layers.len());
        for layer in &layers {
            for (i, a) in layer.iter().enumerate() {
                assert!(layer[..i].iter().all(|b| (a.0 - b.0).hypot(a.1 - b.1) >= 4.4));
            }
        }
    }

    #[test]
    fn equal_dots_share_the_last_layer() {
        let layers = layers(&[(1.0, 1.0); 100], 4.0);
        assert_eq!((layers.len(), layers[MOST_LAYERS - 1].len()), (MOST_LAYERS, 85));
        assert_eq!(path_of_dots(&[(1.0, 2.25), (3.0, 4.0)]), "M1 2.3h0M3 4h0");
    }
}
