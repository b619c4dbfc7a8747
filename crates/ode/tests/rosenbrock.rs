//! The Rosenbrock method: its order, its damping, stiff problems, integrals, and systems that cannot be solved.

use cartrial_lanes::{Kernel, Level, Mask, Real, dispatch};
use cartrial_ode::{
    Arrival, Control, Ensemble, Finish, FullFactors, LinearlyImplicit, OneStepMethod, Rodas5P, Start, Status,
    Step, integrate,
};

/// A system of autonomous equations with its Jacobian.
trait System<const N: usize>: Copy {
    fn f<R: Real>(&self, y: &[R; N]) -> [R; N];
    fn jacobian<R: Real>(&self, y: &[R; N]) -> [[R; N]; N];
}

/// Problems of one system, with ∫ y₀ dt as a further state; `N` is one more than the system's `S`.
struct Problems<R, P, const S: usize, const N: usize> {
    system: P,
    exact: fn(f64) -> f64,
    waiting: Vec<Start<N>>,
    in_lane: [usize; 16],
    finished: Vec<Option<Finish<N>>>,
    worst_at: f64,
    worst_between: f64,
    lane_type: std::marker::PhantomData<R>,
}

fn system_of<R: Real, const S: usize, const N: usize>(y: &[R; N]) -> [R; S] {
    std::array::from_fn(|i| y[i])
}

impl<R: Real, P: System<S>, const S: usize, const N: usize> Ensemble<R, N> for Problems<R, P, S, N> {
    const CONTROLLED: usize = S;

    #[inline(always)]
    fn rhs(&self, _t: R, y: &[R; N]) -> [R; N] {
        let f = self.system.f(&system_of(y));
        std::array::from_fn(|i| if i < S { f[i] } else { y[0] })
    }
    fn load(&mut self, lane: usize) -> Option<Start<N>> {
        let start = self.waiting.pop()?;
        self.in_lane[lane] = self.waiting.len();
        Some(start)
    }
    fn accepted<M: OneStepMethod>(&mut self, lanes: R::Mask, step: &Step<R, N, M>) {
        for lane in (0..R::LANES).filter(|lane| lanes.bits() >> lane & 1 != 0) {
            let (t0, h, t1) = (step.t0.lane(lane), step.h.lane(lane), step.t1.lane(lane));
            self.worst_at = self.worst_at.max((step.end.y[0].lane(lane) - (self.exact)(t1)).abs());
            for theta in [0.25, 0.5, 0.75] {
                let error = step.dense(lane, 0).value(theta) - (self.exact)(t0 + theta * h);
                self.worst_between = self.worst_between.max(error.abs());
            }
        }
    }
    fn arrived(&mut self, _lane: usize, _t: f64, _y: &[f64; N]) -> Arrival<N> {
        Arrival::Done
    }
    fn finished(&mut self, lane: usize, finish: &Finish<N>) {
        self.finished[self.in_lane[lane]] = Some(*finish);
    }
}

impl<R: Real, P: System<S>, const S: usize, const N: usize> LinearlyImplicit<R, N> for Problems<R, P, S, N> {
    type Factors = FullFactors<R, S>;
    const INTEGRATED: &'static [usize] = &[0];

    #[inline(always)]
    fn factorise(&self, y: &[R; N], _f: &[R; N], _h: R, sigma: R) -> Self::Factors {
        FullFactors::new(sigma, &self.system.jacobian(&system_of(y)))
    }
    #[inline(always)]
    fn solve(&self, factors: &Self::Factors, b: &[R; N]) -> [R; N] {
        let u = factors.solve(&system_of(b));
        std::array::from_fn(|i| if i < S { u[i] } else { R::splat(0.0) })
    }
}

impl<R: Real, P, const S: usize, const N: usize> Problems<R, P, S, N> {
    fn new(system: P, exact: fn(f64) -> f64, waiting: Vec<Start<N>>) -> Self {
        let finished = vec![None; waiting.len()];
        let (worst_at, worst_between) = (0.0, 0.0);
        let lane_type = std::marker::PhantomData;
        Self { system, exact, waiting, in_lane: [0; 16], finished, worst_at, worst_between, lane_type }
    }
}

fn start<const N: usize>(y: [f64; N], stop: f64, max_step: f64) -> Start<N> {
    Start { t: 0.0, y, stop, first_step: max_step.min(0.01), decay: 0.0, max_step }
}

fn control<const N: usize>(tolerance: f64) -> Control<N> {
    Control { tolerance, absolute: [1.0; N], relative: [0.0; N], max_steps: 1_000_000 }
}

/// One problem in one lane.
fn solve<P: System<S>, const S: usize, const N: usize>(
    system: P,
    exact: fn(f64) -> f64,
    start: Start<N>,
    tolerance: f64,
) -> (Problems<f64, P, S, N>, Finish<N>) {
    let mut problems = Problems::<f64, P, S, N>::new(system, exact, vec![start]);
    integrate::<f64, Rodas5P, _, N>(&mut problems, &control(tolerance));
    let finish = problems.finished[0].expect("every problem is finished");
    (problems, finish)
}

/// y' = −y² sin s, s' = 1: y = 1/(3 − cos t).
#[derive(Clone, Copy)]
struct Smooth;

impl System<2> for Smooth {
    fn f<R: Real>(&self, y: &[R; 2]) -> [R; 2] {
        [R::splat(0.0) - y[0] * y[0] * sine(y[1]), R::splat(1.0)]
    }
    fn jacobian<R: Real>(&self, y: &[R; 2]) -> [[R; 2]; 2] {
        let minus = |x: R| R::splat(0.0) - x;
        let zero = R::splat(0.0);
        [[minus((y[0] + y[0]) * sine(y[1])), minus(y[0] * y[0] * cosine(y[1]))], [zero, zero]]
    }
}

fn lanewise<R: Real>(x: R, f: fn(f64) -> f64) -> R {
    let mut out = x;
    for lane in 0..R::LANES {
        out.set_lane(lane, f(x.lane(lane)));
    }
    out
}

fn sine<R: Real>(x: R) -> R {
    lanewise(x, libm::sin)
}

fn cosine<R: Real>(x: R) -> R {
    lanewise(x, libm::cos)
}

#[test]
fn ref_rodas5p_has_order_5_at_steps_and_between() {
    let errors = |steps: f64| {
        let h = 4.0 / steps;
        let from = Start { first_step: h, ..start([0.5, 0.0, 0.0], 4.0, h) };
        let (found, _) = solve::<_, 2, 3>(Smooth, |t| 1.0 / (3.0 - t.cos()), from, 1e3);
        (found.worst_at, found.worst_between)
    };
    let (coarse, fine) = (errors(40.0), errors(80.0));
    let (at, between) = ((coarse.0 / fine.0).log2(), (coarse.1 / fine.1).log2());
    assert!((at - 5.0).abs() < 0.5, "order {at} at the ends of steps");
    assert!((between - 5.0).abs() < 0.7, "order {between} between steps");
}

/// y' = −λ (y − φ(s)) + φ'(s), s' = 1 with φ = sin (Prothero and Robinson): y = sin t.
#[derive(Clone, Copy)]
struct ProtheroRobinson(f64);

impl System<2> for ProtheroRobinson {
    fn f<R: Real>(&self, y: &[R; 2]) -> [R; 2] {
        [cosine(y[1]) - R::splat(self.0) * (y[0] - sine(y[1])), R::splat(1.0)]
    }
    fn jacobian<R: Real>(&self, y: &[R; 2]) -> [[R; 2]; 2] {
        let lambda = R::splat(self.0);
        let zero = R::splat(0.0);
        [[zero - lambda, lambda * cosine(y[1]) - sine(y[1])], [zero, zero]]
    }
}

#[test]
fn prop_a_stiff_component_costs_no_steps_and_no_accuracy() {
    let errors_and_steps = |lambda: f64| {
        let from = start([0.0, 0.0, 0.0], 10.0, f64::INFINITY);
        let (_, finish) = solve::<_, 2, 3>(ProtheroRobinson(lambda), f64::sin, from, 1e-7);
        assert_eq!(finish.status, Status::Completed);
        let integral = 1.0 - 10.0_f64.cos();
        ((finish.y[0] - 10.0_f64.sin()).abs(), (finish.y[2] - integral).abs(), finish.accepted)
    };
    // An explicit pair of order 5 would be held to 3.5/λ, which is 2,900 steps for the second.
    for lambda in [1.0, 1e3] {
        let (error, of_integral, steps) = errors_and_steps(lambda);
        assert!(error < 1e-6 && of_integral < 1e-6, "λ = {lambda}: {error:e}, {of_integral:e}");
        assert!(steps < 120, "λ = {lambda}: {steps} steps");
    }
}

/// y' = −y.
#[derive(Clone, Copy)]
struct Decay;

impl System<1> for Decay {
    fn f<R: Real>(&self, y: &[R; 1]) -> [R; 1] {
        [R::splat(0.0) - y[0]]
    }
    fn jacobian<R: Real>(&self, _: &[R; 1]) -> [[R; 1]; 1] {
        [[R::splat(-1.0)]]
    }
}

#[test]
fn prop_one_step_damps_whatever_its_length() {
    let damped = |z: f64| {
        let from = Start { first_step: z, ..start([1.0, 0.0], z, z) };
        let (_, finish) = solve::<_, 1, 2>(Decay, |_| 0.0, from, 1e9);
        assert_eq!(finish.accepted, 1);
        finish.y[0].abs()
    };
    for z in [0.5, 1.0, 3.5, 10.0, 100.0, 1e4] {
        assert!(damped(z) < 1.0, "|R(−{z})| = {}", damped(z));
    }
    assert!(damped(1e6) < 1e-4, "L-stable: |R(−1e6)| = {:e}", damped(1e6));
}

/// y' = y, y(0) = 1, with a Jacobian that makes σ − J vanish in the first step.
#[derive(Clone, Copy)]
struct Singular(f64);

impl System<1> for Singular {
    fn f<R: Real>(&self, y: &[R; 1]) -> [R; 1] {
        [y[0]]
    }
    fn jacobian<R: Real>(&self, y: &[R; 1]) -> [[R; 1]; 1] {
        [[R::splat(if y[0].lane(0) == 1.0 { self.0 } else { 1.0 })]]
    }
}

#[test]
fn a_singular_matrix_rejects_the_step_and_the_problem_goes_on() {
    const GAMMA: f64 = 0.211_937_563_194_290_14;
    let sigma = (1.0 / 0.01) * (1.0 / GAMMA);
    let from = start([1.0, 0.0], 1.0, f64::INFINITY);
    let (_, finish) = solve::<_, 1, 2>(Singular(sigma), f64::exp, from, 1e-6);
    assert_eq!(finish.status, Status::Completed);
    assert!(finish.rejected >= 1 && (finish.y[0] - 1.0_f64.exp()).abs() < 1e-3, "{finish:?}");
}

/// A predator–prey model.
#[derive(Clone, Copy)]
struct LotkaVolterra;

impl System<2> for LotkaVolterra {
    #[inline(always)]
    fn f<R: Real>(&self, y: &[R; 2]) -> [R; 2] {
        [y[0] - y[0] * y[1], y[0] * y[1] - y[1]]
    }
    #[inline(always)]
    fn jacobian<R: Real>(&self, y: &[R; 2]) -> [[R; 2]; 2] {
        let (zero, one) = (R::splat(0.0), R::splat(1.0));
        [[one - y[1], zero - y[0]], [y[1], y[0] - one]]
    }
}

struct Orbits;

impl Kernel for Orbits {
    type Output = Vec<Option<Finish<3>>>;

    #[inline(always)]
    fn run<R: Real>(self) -> Self::Output {
        let waiting =
            (0..37).map(|i| start([1.0 + 0.1 * f64::from(i), 1.0, 0.0], 20.0, f64::INFINITY)).collect();
        let mut problems = Problems::<R, _, 2, 3>::new(LotkaVolterra, |_| 0.0, waiting);
        integrate::<R, Rodas5P, _, 3>(&mut problems, &control(1e-8));
        problems.finished
    }
}

#[test]
fn prop_rodas5p_has_the_same_bits_at_every_level() {
    let scalar = dispatch(Level::Scalar, Orbits);
    for level in Level::ALL.into_iter().filter(|level| level.is_supported()) {
        assert_eq!(dispatch(level, Orbits), scalar, "{level}");
    }
    // x − ln x + y − ln y is constant along an orbit.
    let invariant = |x: f64, y: f64| x - x.ln() + y - y.ln();
    for (i, finish) in scalar.iter().enumerate() {
        let [x, y, _] = finish.expect("every problem is finished").y;
        assert!((invariant(x, y) - invariant(1.0 + 0.1 * i as f64, 1.0)).abs() < 1e-6, "orbit {i}");
    }
}
