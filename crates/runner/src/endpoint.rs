//! What is kept of a simulated patient: the one table of outcomes, from which columns and dictionary are derived.

use cartrial_model::STATE_COUNT;
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
    SevereInflammation "severe_inflammation" "1"         "Severe inflammation, 1 if there was any";
    SevereInflammationDay "severe_inflammation_day" "day" "Onset of severe inflammation, or end of study";
    DaysSevere         "days_severe"         "day"       "Time with severe inflammation";
    Remission          "remission"           "1"         "Remission, 1 if there was one";
    RemissionDay       "remission_day"       "day"       "Day of remission, or end of study";
    Relapse            "relapse"             "1"         "Relapse after remission, 1 if there was one";
    RelapseDay         "relapse_day"         "day"       "Day of relapse after remission, or end of study";
    CarTPeak           "car_t_peak"          "cells/µL"  "Peak of CAR T cells in all";
    TimeOfCarTPeak     "time_of_car_t_peak_day" "day"    "Time of the peak of CAR T cells";
    CarTPersistence    "car_t_persistence"   "day"       "Time with detectable CAR T cells";
    CarTGiven          "car_t_given"         "cells/µL"  "CAR T cells infused in all";
    SuppressantGiven   "suppressant_given"   "pg/mL"     "Immunosuppressant given in all, as inflammation removed at most";
    Rescues            "rescues"             "1"         "Rescue infusions of immunosuppressant";
}

impl Endpoint {
    /// How many there are.
    pub const COUNT: usize = Self::ALL.len();

    /// The state at the end, in the order of [`cartrial_model::STATES`].
    pub const AT_END: [Endpoint; STATE_COUNT] = [
        Self::TumourBurdenEnd,
        Self::InflammationEnd,
        Self::EffectorCtlEnd,
        Self::MemoryCtlEnd,
        Self::EffectorHelperEnd,
        Self::MemoryHelperEnd,
        Self::LymphocytesEnd,
    ];

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
    /// The value of every [`Endpoint`], in its unit; NaN where there is none.
    pub values: [f64; Endpoint::COUNT],
}

impl Outcome {
    /// One endpoint's value; `None` for a patient whose solve failed, and where the patient has none: whoever was never
    /// in remission has no relapse, nor a day of one.
    pub fn get(&self, endpoint: Endpoint) -> Option<f64> {
        Some(self.values[endpoint.index()]).filter(|value| !value.is_nan())
    }
}
