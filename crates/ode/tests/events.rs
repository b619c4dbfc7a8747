//! Events: a step ends on them, wherever in it they lie.

use cartrial_ode::{
    Arrival, Control, EVENT_TOLERANCE, Ensemble, Finish, OneStepMethod, Rk4, Start, Status, Step, Stepper,
    Tsit5, integrate,
};

const CONTROL: Control<2> =
    Control { tolerance: 1e-9, absolute: [1.0; 2], relative: [1.0; 2], max_steps: 100_000 };

/// y₀ = sin(ω t), whose rise through a level is the event, and y₁ = t, of which the switching function declares a kink.
struct Watched {
    omega: f64,
    level: f64,
    kink_at: f64,
    first_step: f64,
    started: bool,
    located: Vec<f64>,
    step_sizes: Vec<f64>,
    end: Option<Finish<2>>,
}

impl Watched {
    fn new(omega: f64, level: f64, kink_at: f64, first_step: f64) -> Self {
        let (located, step_sizes) = (Vec::new(), Vec::new());
        Self { omega, level, kink_at, first_step, started: false, located, step_sizes, end: None }
    }

    fn solved<M: Stepper<f64, Self, 2>>(mut self) -> Self {
        integrate::<f64, M, _, 2>(&mut self, &CONTROL);
        assert_eq!(self.end.map(|end| end.status), Some(Status::Completed));
        self
    }
}

impl Ensemble<f64, 2> for Watched {
    const HAS_EVENTS: bool = true;

    fn rhs(&self, t: f64, _y: &[f64; 2]) -> [f64; 2] {
        [self.omega * (self.omega * t).cos(), 1.0]
    }
    fn switching_function(&self, y: &[f64; 2]) -> f64 {
        y[1] - self.kink_at
    }
    fn event_function(&self, y: &[f64; 2], f: &[f64; 2]) -> (f64, f64) {
        if self.located.is_empty() { (y[0] - self.level, f[0]) } else { (-1.0, 0.0) }
    }
    fn load(&mut self, _lane: usize) -> Option<Start<2>> {
        let start = Start {
            t: 0.0,
            y: [0.0; 2],
            stop: 2.0,
            first_step: self.first_step,
            decay: 0.0,
            max_step: f64::INFINITY,
        };
        (!std::mem::replace(&mut self.started, true)).then_some(start)
    }
    fn accepted<M: OneStepMethod>(&mut self, good: bool, step: &Step<f64, 2, M>) {
        if good {
            self.step_sizes.push(step.h);
        }
    }
    fn arrived(&mut self, _lane: usize, t: f64, y: &[f64; 2]) -> Arrival<2> {
        if t >= 2.0 {
            return Arrival::Done;
        }
        assert!((0.0..=EVENT_TOLERANCE).contains(&(y[0] - self.level)), "{}", y[0] - self.level);
        self.located.push(t);
        Arrival::Continue(Start {
            t,
            y: *y,
            stop: 2.0,
            first_step: self.first_step,
            decay: 0.0,
            max_step: f64::INFINITY,
        })
    }
    fn finished(&mut self, _lane: usize, finish: &Finish<2>) {
        self.end = Some(*finish);
    }
}

/// When sin(ω t) first reaches the level.
fn expected(omega: f64, level: f64) -> f64 {
    level.asin() / omega
}

/// The event is located once, to [`EVENT_TOLERANCE`] plus the `accuracy` of the solution in the level.
fn is_located(watched: &Watched, omega: f64, level: f64, accuracy: f64) {
    assert_eq!(watched.located.len(), 1);
    let slope = omega * (1.0 - level * level).sqrt();
    let error = (watched.located[0] - expected(omega, level)).abs();
    assert!(
        error < (EVENT_TOLERANCE + accuracy) / slope,
        "located at {}, off by {error:.1e}",
        watched.located[0]
    );
}

#[test]
fn ref_a_rise_through_a_level_is_located() {
    for level in [0.01, 0.3, 0.9, 0.999] {
        is_located(&Watched::new(1.0, level, 9.0, 0.5).solved::<Tsit5>(), 1.0, level, 1e-8);
    }
}

#[test]
fn ref_a_maximum_above_the_level_between_two_ends_below_it_is_located() {
    // sin(4 t) over a fixed step from 0 to 0.8: it starts at 0, reaches 1 half way, and ends at −0.06. The maximum of
    // its cubic interpolant is 0.77.
    for level in [0.3, 0.7] {
        is_located(&Watched::new(4.0, level, 9.0, 0.8).solved::<Rk4>(), 4.0, level, 1e-3);
    }
}

#[test]
fn ref_a_kink_and_an_event_in_one_step_are_both_located_in_either_order() {
    let event = expected(1.0, 0.3);
    for kink_at in [0.7 * event, 1.3 * event] {
        let watched = Watched::new(1.0, 0.3, kink_at, 0.6).solved::<Tsit5>();
        is_located(&watched, 1.0, 0.3, 1e-8);
        let ends: Vec<f64> = watched
            .step_sizes
            .iter()
            .scan(0.0, |t, h| {
                *t += h;
                Some(*t)
            })
            .collect();
        let nearest = ends.iter().map(|t| (t - kink_at).abs()).fold(f64::INFINITY, f64::min);
        assert!(nearest < 1e-3, "no step ends on the kink: {nearest}");
    }
}

#[test]
fn fixed_steps_are_as_long_after_an_event_as_before() {
    let watched = Watched::new(1.0, 0.3, 9.0, 0.05).solved::<Rk4>();
    is_located(&watched, 1.0, 0.3, 1e-8);
    let short = watched.step_sizes.iter().filter(|h| **h < 0.05 - 1e-12).count();
    assert!(short <= 4, "{short} of {} steps are short", watched.step_sizes.len());
    assert!(watched.step_sizes.len() <= 46, "{}", watched.step_sizes.len());
}
