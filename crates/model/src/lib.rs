//! The biology: what a virtual patient is made of, and how its state changes.
//!
//! Seven states (tumour, inflammation, four CAR T populations, other lymphocytes) after S. Hanson, D. R. Grimes,
//! J. P. Taylor-King *et al.*, "Toxicity Management in CAR T cell therapy for B-ALL", bioRxiv 049908 (2016), as
//! curated in BioModels BIOMD0000000837. Time is in hours; see [`HOURS_PER_DAY`].
//!
//! ```
//! use cartrial_model::{CAR_T, CarT, INFLAMMATION, ModelSpec, Quantities, TUMOUR_BURDEN};
//!
//! let patient = Quantities::standard();
//! let mut equations = CarT::<f64>::new(ModelSpec::default());
//! equations.set_lane(0, &patient);
//! let treated = patient.initial_state();
//! let mut untreated = treated;
//! for population in CAR_T {
//!     untreated[population] = 0.0;
//! }
//! let [with, without] = [treated, untreated].map(|state| equations.rhs(&state, 0.0, false));
//! assert!(with[INFLAMMATION] > without[INFLAMMATION], "CAR T cells that meet the tumour raise inflammation");
//! assert!(with[TUMOUR_BURDEN] < without[TUMOUR_BURDEN], "and kill it");
//! ```
//!
//! This crate knows nothing of populations, solvers or files.

#![forbid(unsafe_code)]

mod elimination;
mod endpoint;
mod jacobian;
mod quantity;
mod rhs;
mod spec;
mod state;
mod treatment;
mod tumour;

pub use elimination::Factors;
pub use endpoint::{Direction, Endpoint, EndpointDomain, EndpointKind, Importance};
pub use jacobian::Branch;
pub use quantity::{Quantities, Quantity, Role};
pub use rhs::CarT;
pub use spec::{Growth, ModelSpec, Reading};
pub use state::{
    CAR_T, EFFECTOR_CTL, EFFECTOR_HELPER, HOURS_PER_DAY, INFLAMMATION, LYMPHOCYTES, MEMORY_CTL,
    MEMORY_HELPER, STATE_COUNT, STATES, State, StateInfo, TUMOUR_BURDEN,
};
pub use treatment::{Composition, Infusion, Remaining, Rescue, SecondInfusion, Suppressant, Treatment, When};
pub use tumour::{Burden, LogBurden, TumourVariable};
