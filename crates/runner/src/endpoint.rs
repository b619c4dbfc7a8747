//! What is kept of a simulated patient: the one table of outcomes, from which columns and dictionary are derived.

use cartrial_ode::Status;

macro_rules! endpoints {
    ($($variant:ident $name:literal $unit:literal $label:literal;)*) => {
        /// An outcome of one patient in one arm.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Endpoint { $(#[doc = $label] $variant),* }

        impl Endpoint {
            /// Every endpoint, in the order of the patient table's columns.
            pub const ALL: [Endpoint; [$(Endpoint::$variant),*].len()] = [$(Endpoint::$variant),*];
            /// The column name.
            pub const fn name(self) -> &'static str { match self { $(Self::$variant => $name),* } }
            /// The unit, in plain text.
            pub const fn unit(self) -> &'static str { match self { $(Self::$variant => $unit),* } }
            /// What it means, as an axis label without the unit.
            pub const fn label(self) -> &'static str { match self { $(Self::$variant => $label),* } }
        }
    };
}

endpoints! {
    PeakInflammation   "peak_inflammation"   "pg/mL"     "Peak inflammation";
    TimeOfPeak         "time_of_peak_day"    "day"       "Time of peak inflammation";
    InflammationAuc    "inflammation_auc"    "pg·day/mL" "Area under the inflammation curve";
    TumourNadir        "tumour_nadir"        "cells/µL"  "Tumour nadir";
    TimeOfNadir        "time_of_nadir_day"   "day"       "Time of tumour nadir";
    TumourBurdenEnd    "tumour_burden_end"   "cells/µL"  "Tumour burden at the end";
    InflammationEnd    "inflammation_end"    "pg/mL"     "Inflammation at the end";
    EffectorCtlEnd     "effector_ctl_end"    "cells/µL"  "CAR effector CTL at the end";
    MemoryCtlEnd       "memory_ctl_end"      "cells/µL"  "CAR memory CTL at the end";
    EffectorHelperEnd  "effector_helper_end" "cells/µL"  "CAR effector helper T cells at the end";
    MemoryHelperEnd    "memory_helper_end"   "cells/µL"  "CAR memory helper T cells at the end";
    LymphocytesEnd     "lymphocytes_end"     "cells/µL"  "Other lymphocytes at the end";
}

impl Endpoint {
    /// How many there are.
    pub const COUNT: usize = Self::ALL.len();

    /// Position in [`Outcome::values`].
    pub const fn index(self) -> usize {
        self as usize
    }
}

/// What became of one patient in one arm.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Outcome {
    /// How the solve ended. Unless it is [`Status::Completed`], every value is NaN.
    pub status: Status,
    /// Steps of the integrator, accepted and rejected.
    pub steps: u32,
    /// Those of them that were rejected.
    pub rejected: u32,
    /// The value of every [`Endpoint`], in its unit.
    pub values: [f64; Endpoint::COUNT],
}

impl Outcome {
    /// One endpoint's value; `None` for a patient whose solve failed.
    pub fn get(&self, endpoint: Endpoint) -> Option<f64> {
        (self.status == Status::Completed).then(|| self.values[endpoint.index()])
    }
}
