//! The Jacobian against derivatives by dual numbers, and the elimination against the Jacobian.

use cartrial_lanes::{Kernel, Level, Mask, Real, dispatch};
use cartrial_model::{
    Branch, CarT, Growth, LogBurden, ModelSpec, Quantities, Quantity as Q, Reading, STATE_COUNT, State,
};
use std::ops::{Add, Div, Mul, Sub};

/// A number and its derivative: arithmetic by the rules of differentiation, so that any code over [`Real`] is
/// differentiated exactly.
#[derive(Clone, Copy, Debug)]
struct Dual {
    value: f64,
    slope: f64,
}

fn dual(value: f64, slope: f64) -> Dual {
    Dual { value, slope }
}

impl Add for Dual {
    type Output = Self;
    fn add(self, o: Self) -> Self {
        dual(self.value + o.value, self.slope + o.slope)
    }
}
impl Sub for Dual {
    type Output = Self;
    fn sub(self, o: Self) -> Self {
        dual(self.value - o.value, self.slope - o.slope)
    }
}
impl Mul for Dual {
    type Output = Self;
    fn mul(self, o: Self) -> Self {
        dual(self.value * o.value, self.slope * o.value + self.value * o.slope)
    }
}
impl Div for Dual {
    type Output = Self;
    fn div(self, o: Self) -> Self {
        let quotient = self.value / o.value;
        dual(quotient, (self.slope - quotient * o.slope) / o.value)
    }
}

impl Real for Dual {
    type Mask = bool;
    const LANES: usize = 1;
    fn splat(x: f64) -> Self {
        dual(x, 0.0)
    }
    fn lane(self, _: usize) -> f64 {
        self.value
    }
    fn set_lane(&mut self, _: usize, x: f64) {
        *self = dual(x, 0.0);
    }
    fn mul_add(self, factor: Self, term: Self) -> Self {
        self * factor + term
    }
    fn neg_mul_add(self, factor: Self, term: Self) -> Self {
        term - self * factor
    }
    fn max(self, o: Self) -> Self {
        if self.value > o.value { self } else { o }
    }
    fn min(self, o: Self) -> Self {
        if self.value < o.value { self } else { o }
    }
    fn abs(self) -> Self {
        if self.value < 0.0 { dual(-self.value, -self.slope) } else { self }
    }
    fn lt(self, o: Self) -> bool {
        self.value < o.value
    }
    fn le(self, o: Self) -> bool {
        self.value <= o.value
    }
    fn select(mask: bool, yes: Self, no: Self) -> Self {
        if mask { yes } else { no }
    }
    fn exp(self) -> Self {
        let value = self.value.exp();
        dual(value, value * self.slope)
    }
    fn reflect(self, constant: u64) -> Self {
        dual(self.value.reflect(constant), 0.0)
    }
    fn log_linear(self, constant: u32, multiplier: u32) -> Self {
        dual(self.value.log_linear(constant, multiplier), 0.0)
    }
    fn power_of_two_from_low_bits(self) -> Self {
        dual(self.value.power_of_two_from_low_bits(), 0.0)
    }
}

/// Uniform numbers on [0, 1).
struct Random(u64);

impl Random {
    fn next(&mut self) -> f64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 11) as f64 * 2.0_f64.powi(-53)
    }
    /// Log-uniform.
    fn between(&mut self, low: f64, high: f64) -> f64 {
        low * (high / low).powf(self.next())
    }
}

/// A patient and a state, far from and close to the mean, lymphopenic or not.
fn draw(random: &mut Random) -> (Quantities, State<f64>) {
    let mut patient = Quantities::standard();
    for quantity in Q::ALL {
        patient[quantity] *= random.between(0.5, 2.0);
    }
    let y = [
        random.between(1e-20, 4e3).ln(),
        random.between(1.0, 3e3),
        random.between(1e-3, 3e3),
        random.between(1e-3, 3e2),
        random.between(1e-3, 3e3),
        random.between(1e-3, 3e2),
        random.between(1e2, 3e3),
    ];
    (patient, y)
}

fn models() -> impl Iterator<Item = ModelSpec> {
    Reading::ALL.into_iter().flat_map(|reading| Growth::ALL.map(|growth| ModelSpec { reading, growth }))
}

/// Column by column, by dual numbers.
fn by_dual_numbers(
    spec: ModelSpec,
    patient: &Quantities,
    y: &State<f64>,
    held: bool,
) -> [State<f64>; STATE_COUNT] {
    let mut equations = CarT::<Dual, LogBurden>::new(spec);
    equations.set_lane(0, patient);
    let mut jacobian = [[0.0; STATE_COUNT]; STATE_COUNT];
    for column in 0..STATE_COUNT {
        let seeded: State<Dual> = std::array::from_fn(|i| dual(y[i], if i == column { 1.0 } else { 0.0 }));
        let f = equations.rhs(&seeded, dual(30.0, 0.0), held);
        for row in 0..STATE_COUNT {
            jacobian[row][column] = f[row].slope;
        }
    }
    jacobian
}

fn equations(spec: ModelSpec, patient: &Quantities) -> CarT<f64, LogBurden> {
    let mut equations = CarT::new(spec);
    equations.set_lane(0, patient);
    equations
}

fn branch(equations: &CarT<f64, LogBurden>, y: &State<f64>, held: bool) -> Branch<f64> {
    Branch { lymphopenic: equations.lymphocyte_deficit(y) > 0.0, held }
}

#[test]
fn ref_jacobian_of_every_reading_and_growth_law_is_that_by_dual_numbers() {
    let mut random = Random(1);
    let mut lymphopenic = 0;
    for _ in 0..200 {
        let (patient, y) = draw(&mut random);
        for (spec, held) in models().flat_map(|spec| [(spec, false), (spec, true)]) {
            let equations = equations(spec, &patient);
            let branch = branch(&equations, &y, held);
            lymphopenic += u32::from(branch.lymphopenic);
            let found = equations.jacobian(&y, branch);
            let expected = by_dual_numbers(spec, &patient, &y, held);
            for (row, column) in (0..STATE_COUNT).flat_map(|r| (0..STATE_COUNT).map(move |c| (r, c))) {
                let (found, expected) = (found[row][column], expected[row][column]);
                let scale = expected.abs().max(1e-9);
                assert!(
                    (found - expected).abs() < 1e-12 * scale,
                    "{spec:?} held {held}: ∂f{row}/∂y{column} = {found:e}, not {expected:e}"
                );
            }
        }
    }
    assert!((400..2000).contains(&lymphopenic), "both sides of the kink: {lymphopenic}");
}

#[test]
fn prop_elimination_solves_the_system_of_the_jacobian() {
    let mut random = Random(2);
    for _ in 0..500 {
        let (patient, y) = draw(&mut random);
        let sigma = 4.7 / random.between(0.01, 60.0);
        let b: State<f64> = std::array::from_fn(|_| random.next() - 0.5);
        for (growth, held) in Growth::ALL.into_iter().flat_map(|growth| [(growth, false), (growth, true)]) {
            let equations = equations(ModelSpec { growth, ..ModelSpec::default() }, &patient);
            let branch = branch(&equations, &y, held);
            let u = equations.factorise(&y, branch, sigma).solve(&b);
            let jacobian = equations.jacobian(&y, branch);
            for row in 0..STATE_COUNT {
                let terms: State<f64> =
                    std::array::from_fn(|k| (if k == row { sigma } else { 0.0 } - jacobian[row][k]) * u[k]);
                let residual = terms.iter().sum::<f64>() - b[row];
                let size = terms.iter().map(|t| t.abs()).sum::<f64>() + b[row].abs();
                assert!(
                    residual.abs() < 1e-9 * size,
                    "{growth:?} held {held} row {row}: {residual:e} of {size:e}"
                );
            }
        }
    }
}

/// The solutions of a few systems, in lanes.
struct Systems<'a>(&'a [(Quantities, State<f64>)]);

impl Kernel for Systems<'_> {
    type Output = Vec<[u64; STATE_COUNT]>;

    #[inline(always)]
    fn run<R: Real>(self) -> Self::Output {
        let mut out = Vec::new();
        for few in self.0.chunks(R::LANES) {
            let mut equations = CarT::<R, LogBurden>::new(ModelSpec::default());
            let mut y = [R::splat(1.0); STATE_COUNT];
            for (lane, (patient, state)) in few.iter().enumerate() {
                equations.set_lane(lane, patient);
                for i in 0..STATE_COUNT {
                    y[i].set_lane(lane, state[i]);
                }
            }
            let f = equations.rhs(&y, R::splat(0.0), R::Mask::none());
            let branch = equations.branch(&y, &f, R::splat(1.0), R::Mask::none());
            let u = equations.factorise(&y, branch, R::splat(0.5)).solve(&f);
            out.extend((0..few.len()).map(|lane| u.map(|u| u.lane(lane).to_bits())));
        }
        out
    }
}

#[test]
fn prop_every_level_solves_with_the_bits_of_the_scalar() {
    let mut random = Random(3);
    let systems: Vec<_> = (0..100).map(|_| draw(&mut random)).collect();
    let scalar = dispatch(Level::Scalar, Systems(&systems));
    for level in Level::ALL.into_iter().filter(|level| level.is_supported()) {
        assert_eq!(dispatch(level, Systems(&systems)), scalar, "{level}");
    }
}

#[test]
fn the_branch_on_the_kink_is_the_one_ahead() {
    let equations = equations(ModelSpec::default(), &Quantities::standard());
    let mut y = Quantities::standard().initial_state();
    y[0] = 0.0;
    y[6] = 1600.0 - 41.0; // T = ℓ
    assert!(equations.lymphocyte_deficit(&y).abs() < 1e-15);
    let growing = [0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 1.0];
    let shrinking = growing.map(|f: f64| -f);
    assert!(!equations.branch(&y, &growing, 1.0, false).lymphopenic);
    assert!(equations.branch(&y, &shrinking, 1.0, false).lymphopenic);
}
