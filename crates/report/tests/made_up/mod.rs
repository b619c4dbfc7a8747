//! A made-up study of several arms: cheap, the same every time, and with something to see in every figure.

use cartrial_analysis::trial::{
    ArmComparison, ComparedEndpoint, ComparisonPlan, ComparisonSummary, Design, EndpointColumns,
    PowerAnalysis, PowerSimulation, Resolution,
};
use cartrial_analysis::{
    ArmAnalysis, ArmAnalysisColumns, ArmSummary, Histogram, OutcomeSummary, RegressionEntry,
};
use cartrial_cohort::{Allocation, Arm as StudyArm, Study};
use cartrial_dataset::{Column, ColumnType, ContentHash, Manifest, Origin};
use cartrial_findings::{Comparison, StudyFindings};
use cartrial_model::{Rescue, Treatment};
use serde_json::json;

const DAYS: f64 = 30.0;
const PREDICTORS: [(&str, &str, &str); 2] = [
    ("tumour_burden", "Initial tumour burden", "cells/µL"),
    ("dose_total", "Total CAR T cell dose", "cells/µL"),
];
const OUTCOMES: [(&str, &str, &str); 9] = [
    ("peak_inflammation", "Peak inflammation", "pg/mL"),
    ("tumour_nadir", "Tumour nadir", "cells/µL"),
    ("car_t_peak", "Peak of CAR T cells in all", "cells/µL"),
    ("severe_inflammation", "Severe inflammation, 1 if there was any", "1"),
    ("severe_inflammation_day", "Onset of severe inflammation, or end of study", "day"),
    ("remission", "Remission, 1 if there was one", "1"),
    ("remission_day", "Day of remission, or end of study", "day"),
    ("relapse", "Relapse after remission, 1 if there was one", "1"),
    ("relapse_day", "Day of relapse after remission, or end of study", "day"),
];

/// What an arm does in the made-up world.
#[derive(Clone, Debug)]
pub struct Arm {
    pub name: &'static str,
    /// Its treatment.
    pub treatment: Treatment,
    /// Inflammation above 200 pg/mL is damped by this factor.
    pub damped: f64,
    /// Factor on the dose.
    pub dose: f64,
}

pub fn standard() -> Arm {
    Arm { name: "standard", treatment: Treatment::default(), damped: 1.0, dose: 1.0 }
}

pub fn rescue() -> Arm {
    let mut arm = Arm { name: "rescue", damped: 0.3, ..standard() };
    arm.treatment.rescue =
        Some(Rescue { above: 200.0, delay_hours: 2.0, hours: 24.0, rate: 5.0, at_most: 3 });
    arm
}

pub fn half_dose() -> Arm {
    let mut arm = Arm { name: "half dose", dose: 0.5, ..standard() };
    arm.treatment.dose_multiplier = 0.5;
    arm
}

/// Everything that a report borrows.
pub struct MadeUp {
    manifest: Manifest,
    columns: Vec<Column>,
    outcomes: Vec<OutcomeSummary>,
    regressions: Vec<RegressionEntry>,
    patients: Vec<(String, Histogram)>,
    arms: Vec<(String, Vec<(String, Histogram)>)>,
    comparison: ArmComparison,
    summary: ComparisonSummary,
    power: Vec<PowerAnalysis>,
}

/// Evenly spread numbers between 0 and 1, in an order that looks like chance.
fn uniform(i: usize, of: f64) -> f64 {
    (i as f64 * 0.618_033_988_749_895 + (i as f64 * of).sin().abs() * 7.7 + of).fract()
}

fn one_if(yes: bool) -> f64 {
    f64::from(u8::from(yes))
}

/// Outcomes of one patient, in the order of [`OUTCOMES`].
fn outcomes(i: usize, burden: f64, dose: f64, arm: &Arm) -> [f64; OUTCOMES.len()] {
    let dose = dose * arm.dose;
    let high = 140.0 + 0.16 * burden * (2.2 * uniform(i, 1.3) - 0.6).exp() + 0.1 * dose;
    let peak = if high > 200.0 { 200.0 + arm.damped * (high - 200.0) } else { high };
    let nadir =
        burden * (-(0.3 + 0.05 * dose) * uniform(i, 2.1)).exp() * if arm.damped < 1.0 { 1.02 } else { 1.0 };
    let severe = peak > 320.0;
    let severe_day = if severe { 1.0 + 12.0 * uniform(i, 5.1) * 320.0 / peak } else { DAYS };
    let remission = nadir < 0.1 * burden;
    let remission_day = if remission { 3.0 + 150.0 * nadir / burden } else { DAYS };
    let relapse = remission && uniform(i, 3.7) < 0.2;
    let relapse_day = if relapse { remission_day + (DAYS - remission_day) * uniform(i, 6.1) } else { DAYS };
    let of_remission = |value: f64| if remission { value } else { f64::NAN };
    [
        peak,
        nadir,
        dose * (1.0 + 3.0 * uniform(i, 4.4)),
        one_if(severe),
        severe_day,
        one_if(remission),
        remission_day,
        of_remission(one_if(relapse)),
        of_remission(relapse_day),
    ]
}

fn plan(design: Design, arms: &[Arm]) -> ComparisonPlan {
    let endpoint = |name: &str, columns| ComparedEndpoint {
        name: name.to_owned(),
        columns,
        resolution: Resolution::Relative(1e-6),
    };
    let continuous =
        |column: &str| endpoint(column, EndpointColumns::Continuous { column: column.to_owned() });
    let binary = |column: &str| endpoint(column, EndpointColumns::Binary { column: column.to_owned() });
    let time = |event: &str| {
        let (time, event) = (format!("{event}_day"), event.to_owned());
        endpoint(
            &format!("time to {event}"),
            EndpointColumns::TimeToEvent { time, event, horizon: Some(DAYS) },
        )
    };
    let endpoints = vec![
        continuous("peak_inflammation"),
        continuous("tumour_nadir"),
        binary("severe_inflammation"),
        binary("remission"),
        binary("relapse"),
        time("severe_inflammation"),
        time("remission"),
        time("relapse"),
    ];
    ComparisonPlan { design, arms: arms.iter().map(|a| a.name.to_owned()).collect(), endpoints, weight: None }
}

impl MadeUp {
    pub fn new(patients: usize, design: Design, arms: &[Arm]) -> Self {
        let names = |all: &[(&str, &str, &str)]| all.iter().map(|c| c.0.to_owned()).collect::<Vec<_>>();
        let analysis_columns = ArmAnalysisColumns {
            predictors: names(&PREDICTORS).into_iter().map(|name| (name, true)).collect(),
            outcomes: names(&OUTCOMES),
            response: "peak_inflammation".to_owned(),
            weight: None,
        };
        let histograms = |names: Vec<String>, columns: &[Vec<f64>]| -> Vec<(String, Histogram)> {
            let of = |(name, values): (String, &Vec<f64>)| {
                let mut histogram = Histogram::new();
                histogram.extend(values);
                (name, histogram)
            };
            names.into_iter().zip(columns).map(of).collect()
        };
        let mut comparison = ArmComparison::new(plan(design, arms));
        let (mut all_outcomes, mut regressions, mut of_arms) = (Vec::new(), Vec::new(), Vec::new());
        let (mut of_patients, mut rows) = (Vec::new(), Vec::new());
        for (k, arm) in arms.iter().enumerate() {
            let in_arm = |i: &usize| design == Design::Paired || i % arms.len() == k;
            let ids: Vec<usize> = (0..patients).filter(in_arm).collect();
            let burden: Vec<f64> = ids.iter().map(|&i| 1.0 + 999.0 * uniform(i, 0.2)).collect();
            let dose: Vec<f64> = ids.iter().map(|&i| 4.0 + 116.0 * uniform(i, 0.9)).collect();
            let each: Vec<_> = ids
                .iter()
                .zip(burden.iter().zip(&dose))
                .map(|(&i, (&b, &d))| outcomes(i, b, d, arm))
                .collect();
            let columns: Vec<Vec<f64>> =
                (0..OUTCOMES.len()).map(|c| each.iter().map(|o| o[c]).collect()).collect();
            let slices: Vec<&[f64]> = columns.iter().map(Vec::as_slice).collect();
            let mut analysis = ArmAnalysis::new(analysis_columns.clone());
            analysis.extend(&[&[burden.as_slice(), &dose], slices.as_slice()].concat());
            let ArmSummary { outcomes, regressions: fits, .. } = analysis.summary(arm.name);
            all_outcomes.extend(outcomes);
            regressions.extend(fits);
            of_arms.push((arm.name.to_owned(), histograms(names(&OUTCOMES), &columns)));
            if k == 0 {
                of_patients = histograms(names(&PREDICTORS), &[burden, dose]);
            }
            rows.push(columns);
        }
        let wanted = comparison.columns().to_vec();
        let at = |name: &String| OUTCOMES.iter().position(|c| c.0 == name).expect("an outcome");
        let given: Vec<Vec<&[f64]>> = rows
            .iter()
            .map(|columns| wanted.iter().map(|name| columns[at(name)].as_slice()).collect())
            .collect();
        comparison.extend(&given);
        let trials = PowerSimulation { allocation: [1, 1], trials: 200, alpha: 0.05, largest: u64::MAX };
        let mut drawn = 0;
        let mut chance = || {
            drawn += 1;
            uniform(drawn, 0.123)
        };
        let mut power = Vec::new();
        for arm in &arms[1..] {
            for endpoint in ["peak_inflammation", "severe_inflammation", "time to severe_inflammation"] {
                let sizes = [50, 100, 200];
                power.extend(comparison.power(endpoint, arm.name, &trials, &sizes, &[0.8, 0.9], &mut chance));
            }
        }
        let summary = comparison.summary();
        Self {
            manifest: manifest(patients, design, arms),
            columns: columns(),
            outcomes: all_outcomes,
            regressions,
            patients: of_patients,
            arms: of_arms,
            comparison,
            summary,
            power,
        }
    }

    pub fn report(&self) -> StudyFindings<'_> {
        let comparison = Comparison { arms: &self.comparison, summary: &self.summary, power: &self.power };
        StudyFindings {
            manifest: &self.manifest,
            columns: &self.columns,
            outcomes: &self.outcomes,
            regressions: &self.regressions,
            patients: &self.patients,
            arms: &self.arms,
            sweep: None,
            weights: None,
            comparison: (self.arms.len() > 1).then_some(comparison),
        }
    }
}

fn columns() -> Vec<Column> {
    let column = |(name, label, unit): &(&str, &str, &str), origin| Column {
        name: (*name).to_owned(),
        label: (*label).to_owned(),
        unit: (*unit).to_owned(),
        kind: ColumnType::F64,
        origin,
        nullable: origin == Origin::Outcome,
    };
    let predictors = PREDICTORS.iter().map(|c| column(c, Origin::Initial));
    predictors.chain(OUTCOMES.iter().map(|c| column(c, Origin::Outcome))).collect()
}

fn manifest(patients: usize, design: Design, arms: &[Arm]) -> Manifest {
    let text = "[study]\nname = \"made-up\"\npatients = 1\n\
                [population.initial]\ntumour_burden = { uniform = { low = 1, high = 1000 } }\n";
    let mut study = Study::parse(text, "made-up.toml".as_ref()).expect("a study");
    (study.patients, study.days) = (patients as u64, DAYS);
    study.allocation = if design == Design::Paired { Allocation::Twins } else { Allocation::Randomised };
    let of_study = |arm: &Arm| StudyArm::new(arm.name, arm.treatment.clone());
    study.arms = arms.iter().map(of_study).collect();
    let value = json!({
        "format": "cartrial-results",
        "format_version": 1,
        "program": { "name": "cartrial", "version": "0.1.0" },
        "study": study,
        "cohort": { "source": "drawn" },
        "arms": arms.iter().map(|a| a.name).collect::<Vec<_>>(),
        "first_patient": 0, "patients": patients, "rows": patients * arms.len(), "files": [],
        "corrections": { "patients": 0, "total": 0, "by_quantity": {} },
        "failures": { "patients": 0, "max_failed_fraction": 0.0, "rows": 0, "by_status": {}, "by_arm": [], "first": [] },
        "steps": 12345,
        "content_hash": serde_json::to_value(ContentHash::EMPTY).expect("a hash"),
    });
    serde_json::from_value(value).expect("a manifest")
}
