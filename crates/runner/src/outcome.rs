//! What is kept of a simulated patient.

use cartrial_model::Endpoint;
use cartrial_ode::Status;

/// One patient's result in one arm.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Outcome {
    /// How the solve ended. Unless it is [`Status::Completed`], every value is NaN.
    pub status: Status,
    /// The day that a failed solve had reached, 0 where it was refused before its first step; `None` where it was completed.
    pub failed_at_day: Option<f64>,
    /// Steps of the integrator, accepted and rejected.
    pub steps: u32,
    /// Those of them that were rejected.
    pub rejected: u32,
    /// The value of every [`Endpoint`], in its unit; NaN where there is none.
    pub values: [f64; Endpoint::COUNT],
}

impl Outcome {
    /// One endpoint's value; `None` for a patient whose solve failed, and where an endpoint does not apply: a patient who
    /// was never in remission has neither a relapse nor a day of one.
    pub fn get(&self, endpoint: Endpoint) -> Option<f64> {
        Some(self.values[endpoint.index()]).filter(|value| !value.is_nan())
    }
}
