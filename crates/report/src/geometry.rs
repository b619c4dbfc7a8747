//! Points and rectangles on a sheet, in pixels from its top left corner.

/// A point: to the right, and down.
pub(crate) type Point = (f64, f64);

/// A rectangle whose sides are level and upright.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Rect {
    pub left: f64,
    pub top: f64,
    pub right: f64,
    pub bottom: f64,
}

impl Rect {
    /// Of that width and height, around a point.
    pub fn around(centre: Point, (width, height): (f64, f64)) -> Self {
        let (dx, dy) = (0.5 * width, 0.5 * height);
        Self { left: centre.0 - dx, top: centre.1 - dy, right: centre.0 + dx, bottom: centre.1 + dy }
    }

    /// Between two opposite corners, in any order.
    pub fn between(a: Point, b: Point) -> Self {
        Self { left: a.0.min(b.0), top: a.1.min(b.1), right: a.0.max(b.0), bottom: a.1.max(b.1) }
    }

    pub fn width(&self) -> f64 {
        self.right - self.left
    }

    pub fn height(&self) -> f64 {
        self.bottom - self.top
    }

    pub fn centre(&self) -> Point {
        (0.5 * (self.left + self.right), 0.5 * (self.top + self.bottom))
    }

    pub fn overlaps(&self, other: &Rect) -> bool {
        self.left < other.right
            && other.left < self.right
            && self.top < other.bottom
            && other.top < self.bottom
    }

    pub fn is_within(&self, other: &Rect) -> bool {
        other.left <= self.left
            && self.right <= other.right
            && other.top <= self.top
            && self.bottom <= other.bottom
    }

    pub fn contains(&self, (x, y): Point) -> bool {
        self.left <= x && x <= self.right && self.top <= y && y <= self.bottom
    }
}
