//! The mathematics: initial value problems y' = f(t, y), many at a time.
//!
//! [`integrate`] solves an [`Ensemble`] of problems, one in every lane of a [`Real`](cartrial_lanes::Real). Each lane
//! has its own time, step size and accept/reject decision, and takes the next problem from the queue as soon as its own
//! is finished, so that no lane idles. What happens in a lane depends on that lane's problem alone: the result has the
//! same bits in any lane, beside any others, and alone.
//!
//! This crate has never heard of a T cell.

mod bs3;
mod control;
mod dense;
mod dopri5;
mod driver;
mod ensemble;
mod explicit;
mod method;
mod rk4;
mod trigger;
mod tsit5;

pub use bs3::Bs3;
pub use control::Control;
pub use dense::Quartic;
pub use dopri5::Dopri5;
pub use driver::integrate;
pub use ensemble::{Arrival, Ensemble, Finish, Start, Status};
pub use method::{OneStepMethod, Step};
pub use rk4::Rk4;
pub use trigger::LANDING;
pub use tsit5::Tsit5;
