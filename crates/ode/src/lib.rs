//! Initial value problems y' = f(t, y), solved many at a time.
//!
//! [`integrate`] solves an [`Ensemble`] of problems, one in every lane of a [`Real`](cartrial_lanes::Real). Each lane
//! has its own time, step size and accept/reject decision, and takes the next problem from the queue as soon as its own
//! is finished, so that no lane idles. What happens in a lane depends on that lane's problem alone: the solution has the
//! same bits in any lane, beside any others, and alone.
//!
//! One vocabulary for why a step ends where it does:
//!
//! - A *stop* is a time on which the integrator lands, and at which a state may jump.
//! - An *event* is a zero crossing of the ensemble's [event function](Ensemble::event_function) from below.
//! - A *kink* is a zero crossing of its [switching function](Ensemble::switching_function): the right-hand side is
//!   continuous there but not smooth.
//! - A step that would go beyond one of them is *truncated*.
//!
//! A drug that is absorbed at rate k and eliminated at rate e, in many patients who differ in e:
//!
//! ```
//! use cartrial_lanes::{Kernel, Level, Real, dispatch};
//! use cartrial_ode::{Arrival, Control, Ensemble, Finish, OneStepMethod, Start, Step, Tsit5, integrate};
//!
//! const ABSORPTION: f64 = 1.0;
//!
//! struct Patients<'a, R> {
//!     elimination: &'a [f64],
//!     next: usize,
//!     elimination_in_lane: R,
//!     patient_in_lane: [usize; 8],
//!     concentrations: Vec<f64>,
//! }
//!
//! impl<R: Real> Ensemble<R, 2> for Patients<'_, R> {
//!     #[inline(always)]
//!     fn rhs(&self, _t: R, &[gut, blood]: &[R; 2]) -> [R; 2] {
//!         let absorbed = R::splat(ABSORPTION) * gut;
//!         [R::splat(0.0) - absorbed, absorbed - self.elimination_in_lane * blood]
//!     }
//!     fn load(&mut self, lane: usize) -> Option<Start<2>> {
//!         let elimination = *self.elimination.get(self.next)?;
//!         self.elimination_in_lane.set_lane(lane, elimination);
//!         self.patient_in_lane[lane] = self.next;
//!         self.next += 1;
//!         let decay = elimination.max(ABSORPTION);
//!         Some(Start { t: 0.0, y: [100.0, 0.0], stop: 5.0, first_step: 0.01, decay, max_step: f64::INFINITY })
//!     }
//!     fn accepted<M: OneStepMethod>(&mut self, _lanes: R::Mask, _step: &Step<R, 2, M>) {}
//!     fn arrived(&mut self, _lane: usize, _t: f64, _y: &[f64; 2]) -> Arrival<2> {
//!         Arrival::Done
//!     }
//!     fn finished(&mut self, lane: usize, finish: &Finish<2>) {
//!         self.concentrations[self.patient_in_lane[lane]] = finish.y[1];
//!     }
//! }
//!
//! struct Solve<'a>(&'a [f64]);
//!
//! impl Kernel for Solve<'_> {
//!     type Output = Vec<f64>;
//!     #[inline(always)]
//!     fn run<R: Real>(self) -> Vec<f64> {
//!         let mut patients = Patients {
//!             elimination: self.0,
//!             next: 0,
//!             elimination_in_lane: R::splat(0.0),
//!             patient_in_lane: [0; 8],
//!             concentrations: vec![f64::NAN; self.0.len()],
//!         };
//!         let control = Control { tolerance: 1e-9, absolute: [1.0; 2], relative: [1.0; 2], max_steps: 10_000 };
//!         integrate::<R, Tsit5, _, 2>(&mut patients, &control);
//!         patients.concentrations
//!     }
//! }
//!
//! let rates: Vec<f64> = (1..100).map(|i| 0.3 + 0.001 * f64::from(i)).collect();
//! for (e, computed) in rates.iter().zip(dispatch(Level::best(), Solve(&rates))) {
//!     let exact = 100.0 * ((-e * 5.0).exp() - (-5.0_f64).exp()) / (1.0 - e);
//!     assert!((computed - exact).abs() < 1e-6, "{computed}, {exact}");
//! }
//! ```
//!
//! This crate knows nothing of biology.

#![forbid(unsafe_code)]

mod bs3;
mod control;
mod dense;
mod dopri5;
mod driver;
mod elimination;
mod ensemble;
mod event_location;
mod explicit;
mod kink_location;
mod method;
mod rk4;
mod rodas5p;
mod tsit5;

pub use bs3::Bs3;
pub use control::Control;
pub use dense::Quartic;
pub use dopri5::Dopri5;
pub use driver::integrate;
pub use elimination::FullFactors;
pub use ensemble::{Arrival, Ensemble, Finish, LinearlyImplicit, Start, Status};
pub use event_location::EVENT_TOLERANCE;
pub use method::{OneStepMethod, Step, Stepper};
pub use rk4::Rk4;
pub use rodas5p::Rodas5P;
pub use tsit5::Tsit5;
