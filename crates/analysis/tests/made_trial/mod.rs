//! A trial with an endpoint of each kind, as several tests compare it.

use cartrial_analysis::trial::{ComparedEndpoint, ComparisonPlan, Design, EndpointColumns, Resolution};

pub const COLUMNS: [&str; 4] = ["peak", "toxic", "time", "relapsed"];
pub const STUDY_END: f64 = 90.0;

pub fn plan(design: Design, arms: &[&str], horizon: Option<f64>) -> ComparisonPlan {
    let [peak, toxic, time, relapsed] = COLUMNS.map(str::to_owned);
    let endpoint = |name: &str, columns| ComparedEndpoint {
        name: name.to_owned(),
        columns,
        resolution: Resolution::Exact,
    };
    ComparisonPlan {
        design,
        arms: arms.iter().map(|arm| (*arm).to_owned()).collect(),
        endpoints: vec![
            endpoint("peak", EndpointColumns::Continuous { column: peak }),
            endpoint("toxicity", EndpointColumns::Binary { column: toxic }),
            endpoint("relapse", EndpointColumns::TimeToEvent { time, event: relapsed, horizon }),
        ],
        weight: None,
    }
}
