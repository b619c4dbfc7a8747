//! The integration methods: one table, from which names, steps and file form follow.

use serde::{Deserialize, Serialize, Serializer};

/// How a method chooses its steps.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum StepSize {
    /// By an estimate of the local error, within a tolerance.
    Adaptive,
    /// All alike.
    Fixed {
        /// Length of a step, above 0.
        hours: f64,
    },
}

/// A method as a study file names it.
#[derive(Clone, Copy, Debug)]
pub(crate) enum NamedMethod {
    /// It chooses its own steps, so the name says everything.
    Adaptive(Method),
    /// It needs the length of a step in hours.
    FixedStep(fn(f64) -> Method),
}

impl Default for NamedMethod {
    fn default() -> Self {
        Self::Adaptive(Method::default())
    }
}

impl Serialize for NamedMethod {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let method = match *self {
            Self::Adaptive(method) => method,
            Self::FixedStep(with_step) => with_step(f64::NAN),
        };
        serializer.serialize_str(method.name())
    }
}

macro_rules! methods {
    (
        adaptive { $($(#[$doc:meta])* $adaptive:ident $adaptive_name:literal, $adaptive_share:literal;)* }
        fixed_step { $($(#[$fixed_doc:meta])* $fixed:ident $fixed_name:literal, $fixed_share:literal;)* }
    ) => {
        /// Integration method.
        #[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
        #[serde(tag = "method")]
        pub enum Method {
            $($(#[$doc])* #[serde(rename = $adaptive_name)] $adaptive,)*
            $(
                $(#[$fixed_doc])*
                #[serde(rename = $fixed_name)]
                $fixed {
                    /// Length of a step in hours, above 0.
                    step_hours: f64,
                },
            )*
        }

        impl Method {
            /// The names in study files: first the adaptive methods, then those with fixed steps.
            pub const NAMES: &'static [&'static str] = &[$($adaptive_name,)* $($fixed_name,)*];

            /// The names of the methods with fixed steps.
            pub(crate) const FIXED_STEP_NAMES: &'static [&'static str] = &[$($fixed_name,)*];

            /// The method of that name.
            pub(crate) fn named(name: &str) -> Option<NamedMethod> {
                match name {
                    $($adaptive_name => Some(NamedMethod::Adaptive(Self::$adaptive)),)*
                    $($fixed_name => Some(NamedMethod::FixedStep(|step_hours| Self::$fixed { step_hours })),)*
                    _ => None,
                }
            }

            /// Its name in study files.
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$adaptive => $adaptive_name,)*
                    $(Self::$fixed { .. } => $fixed_name,)*
                }
            }

            /// The integrator's local tolerance as a fraction of the relative error accepted in an outcome.
            pub(crate) const fn local_tolerance_per_rtol(self) -> f64 {
                match self {
                    $(Self::$adaptive => $adaptive_share,)*
                    $(Self::$fixed { .. } => $fixed_share,)*
                }
            }

            /// How it chooses its steps.
            pub const fn step_size(self) -> StepSize {
                match self {
                    $(Self::$adaptive => StepSize::Adaptive,)*
                    $(Self::$fixed { step_hours } => StepSize::Fixed { hours: step_hours },)*
                }
            }
        }
    };
}

// A row: variant, name in study files, local tolerance as a fraction of `rtol` (see `Solver::local_tolerance`).
methods! {
    adaptive {
        /// Adaptive, Ch. Tsitouras' pair of order 5(4).
        Tsit5 "tsit5", 0.05;
        /// Adaptive and linearly implicit, G. Steinebach's Rosenbrock method of order 5(4): its steps are not bound by the
        /// decay of inflammation.
        #[default]
        Rodas5P "rodas5p", 0.1;
        /// Adaptive, the pair of order 5(4) by Dormand and Prince.
        Dopri5 "dopri5", 0.05;
        /// Adaptive, the pair of order 3(2) by Bogacki and Shampine.
        Bs3 "bs3", 0.05;
    }
    fixed_step {
        /// The classical Runge–Kutta method of order 4 with fixed steps, as the paper did.
        Rk4 "rk4", 0.05;
    }
}
