//! Random valid studies, with every part that a study can have.

use cartrial_cohort::{
    Allocation, Arm, Condition, Correction, CorrelatedPair, Correlation, CorrelationKind, Distribution,
    EndpointThresholds, Method, PatientColumn, Population, PopulationSpec, RunSettings, Sampling, Solver,
    Store, Study, SweptKey, TableSource, TargetMethod, TargetShare, Targets, TrajectorySettings, Truncation,
};
use cartrial_model::{
    Composition, Endpoint, Growth, Infusion, ModelSpec, Quantity, Reading, Remaining, Rescue, SecondInfusion,
    Suppressant, Treatment, When,
};
use proptest::option;
use proptest::prelude::*;
use proptest::sample::{select, subsequence};
use std::path::PathBuf;

/// A study whose patients are drawn.
pub fn drawn_study() -> impl Strategy<Value = Study> {
    let drawn = study(population().prop_map(|spec| Population::Drawn(Box::new(spec))));
    drawn.prop_map(|study| {
        // No more patients than candidates.
        let targets = study.drawn_population().and_then(|spec| spec.targets.as_ref());
        let patients = targets.map_or(study.patients, |targets| study.patients.min(targets.candidates));
        Study { patients, ..study }
    })
}

/// A study of the table `path`, which has `rows` patients.
pub fn table_study(path: &str, carry: &[&str], rows: u64, sha256: &str) -> impl Strategy<Value = Study> {
    let source = TableSource {
        path: path.to_owned(),
        carry: carry.iter().map(|&name| name.to_owned()).collect(),
        weight: None,
        rows,
        sha256: sha256.to_owned(),
        directory: PathBuf::new(),
    };
    (study(Just(Population::Table(source))), 1..=rows)
        .prop_map(|(study, patients)| Study { patients, ..study })
}

fn study(population: impl Strategy<Value = Population>) -> impl Strategy<Value = Study> {
    let days = prop_oneof![Just(30.0), 1e-3..36_500.0];
    (days, population).prop_flat_map(|(days, population)| {
        let head = (name(), any::<u64>(), 1..=1_000_000_000_000_u64);
        let part_patients = prop_oneof![Just(RunSettings::default().part_patients), 256_u64..=1 << 24];
        let store = proptest::sample::select(Store::ALL);
        let run = (prop_oneof![Just(0.0), share()], part_patients, store, 1..=1_000_000_000_000_u64)
            .prop_map(|(max_failed_fraction, part_patients, store, sample_patients)| RunSettings {
                max_failed_fraction,
                part_patients,
                store,
                sample_patients,
            });
        let trajectories = (0..1000_u64, 1e3..1e4)
            .prop_map(|(patients, every_hours)| TrajectorySettings { patients, every_hours });
        let parts = (model(), solver(days), endpoints(), run, trajectories, arms(days));
        (head, parts).prop_map(
            move |((name, seed, patients), (model, solver, endpoints, run, trajectories, arms))| {
                let (allocation, arms) = arms;
                let population = population.clone();
                Study {
                    name,
                    seed,
                    patients,
                    days,
                    allocation,
                    model,
                    population,
                    solver,
                    endpoints,
                    run,
                    trajectories,
                    arms,
                }
            },
        )
    })
}

fn name() -> impl Strategy<Value = String> {
    let rest = prop::collection::vec(select(&b"abcXYZ019-_."[..]), 0..20);
    (select(&b"abXY09"[..]), rest)
        .prop_map(|(first, rest)| [first].into_iter().chain(rest).map(char::from).collect())
}

/// A positive number of any order of magnitude that a study is likely to have.
fn positive() -> impl Strategy<Value = f64> {
    (1.0..10.0_f64, -9..9_i32).prop_map(|(digits, exponent)| digits * 10.0_f64.powi(exponent))
}

fn not_negative() -> impl Strategy<Value = f64> {
    prop_oneof![Just(0.0), positive()]
}

fn share() -> impl Strategy<Value = f64> {
    prop_oneof![Just(0.0), Just(1.0), 0.0..1.0]
}

fn model() -> impl Strategy<Value = ModelSpec> {
    (select(&Reading::ALL[..]), select(&Growth::ALL[..]))
        .prop_map(|(reading, growth)| ModelSpec { reading, growth })
}

fn solver(days: f64) -> impl Strategy<Value = Solver> {
    let adaptive = select(&[Method::Tsit5, Method::Rodas5P, Method::Dopri5, Method::Bs3][..]);
    let fixed = (1e-3..1.0).prop_map(move |part| Method::Rk4 { step_hours: part * 24.0 * days });
    let rtol = prop_oneof![Just(1e-6), 1e-12..1e-2];
    (prop_oneof![adaptive, fixed], rtol).prop_map(|(method, rtol)| Solver { method, rtol })
}

fn endpoints() -> impl Strategy<Value = EndpointThresholds> {
    let any = (positive(), 0.01..1.0, 1.0..3.0, not_negative(), 1.0..3.0, positive());
    let any =
        any.prop_map(|(severe_inflammation, remission_fraction, wider, remission_count, more, car_t)| {
            EndpointThresholds {
                severe_inflammation,
                remission_fraction,
                remission_count,
                relapse_fraction: remission_fraction * wider,
                relapse_count: remission_count * more,
                car_t_detection: car_t,
            }
        });
    prop_oneof![Just(EndpointThresholds::default()), any]
}

fn population() -> impl Strategy<Value = PopulationSpec> {
    let distributions: Vec<_> = Quantity::ALL.into_iter().map(distribution).collect();
    let drawn = (select(Correction::ALL), select(Sampling::ALL), distributions, option::of(targets()));
    (drawn, select(CorrelationKind::ALL), prop::collection::vec(-0.9..0.9, 3)).prop_map(
        |((correction, sampling, distributions, targets), kind, coefficients)| {
            let distributions = distributions.try_into().expect("one for every quantity");
            let mut spec = PopulationSpec { correction, sampling, correlation: None, targets, distributions };
            spec.correlation = correlation(&spec, kind, &coefficients);
            spec
        },
    )
}

/// Targets with as many candidates as there can be, so that there are enough for any number of patients.
fn targets() -> impl Strategy<Value = Targets> {
    let condition = || {
        let column = prop_oneof![
            select(&Quantity::ALL[..]).prop_map(PatientColumn::Quantity),
            select(&Endpoint::ALL[..]).prop_map(PatientColumn::Endpoint),
        ];
        (column, -100.0..100.0, 0.1..100.0, 0..3_u8).prop_map(|(column, above, width, bounds)| {
            // No day is beyond the end of the study.
            let (above, bounds) = if column.unit() == "day" { (0.0, 1) } else { (above, bounds) };
            let is_range = !column.is_event();
            Condition {
                column,
                above: (is_range && bounds != 0).then_some(above),
                below: (is_range && bounds != 1).then_some(above + width),
            }
        })
    };
    let share = (condition(), option::of(condition()), 0.0..1.0, 1..1000_u64).prop_map(
        |(condition, among, share, patients)| TargetShare {
            condition,
            among,
            share,
            patients,
            source: "a \"trial\"".to_owned(),
        },
    );
    (prop::collection::vec(condition(), 0..3), prop::collection::vec(share, 1..4)).prop_map(
        |(plausible, shares)| Targets {
            method: TargetMethod::Acceptance,
            candidates: 10_000_000,
            plausible,
            shares,
        },
    )
}

/// Correlations of pairs that have no quantity in common, as far as any vary.
fn correlation(spec: &PopulationSpec, kind: CorrelationKind, coefficients: &[f64]) -> Option<Correlation> {
    let varied: Vec<_> = spec.varied().collect();
    let pair = |(pair, &coefficient): (&[Quantity], &f64)| CorrelatedPair {
        first: pair[1],
        second: pair[0],
        coefficient,
    };
    let pairs: Vec<_> = varied.chunks_exact(2).zip(coefficients).map(pair).collect();
    (!pairs.is_empty()).then(|| Correlation::new(kind, pairs).expect("a positive definite matrix"))
}

fn distribution(quantity: Quantity) -> impl Strategy<Value = Distribution> {
    let value = if quantity.may_be_zero() { not_negative().boxed() } else { positive().boxed() };
    let ends = || (positive(), not_negative()).prop_map(|(low, width)| (low, low + width));
    prop_oneof![
        value.prop_map(Distribution::Fixed),
        (not_negative(), positive())
            .prop_map(|(low, width)| Distribution::Uniform { low, high: low + width }),
        (positive(), not_negative()).prop_map(|(mean, sd)| Distribution::Normal {
            mean,
            sd,
            truncation: Truncation::NONE
        }),
        (positive(), positive()).prop_map(|(mean, cv)| Distribution::LogNormal {
            mean,
            cv,
            truncation: Truncation::NONE
        }),
        (positive(), share(), truncation()).prop_map(|(mean, cv, about)| Distribution::Normal {
            mean,
            sd: cv * mean,
            truncation: scaled(about, mean)
        }),
        (positive(), 0.01..3.0, truncation()).prop_map(|(mean, cv, about)| Distribution::LogNormal {
            mean,
            cv,
            truncation: scaled(about, mean)
        }),
        ends().prop_map(|(low, high)| Distribution::LogUniform { low, high }),
        (ends(), share()).prop_map(|((low, high), share)| {
            let mode = (low + share * (high - low)).clamp(low, high);
            Distribution::Triangular { low, mode, high }
        }),
    ]
}

/// Bounds on either side of 1, or on one, or none.
fn truncation() -> impl Strategy<Value = Truncation> {
    (option::of(0.0..0.5), option::of(2.0..1e3)).prop_map(|(low, high)| Truncation { low, high })
}

fn scaled(Truncation { low, high }: Truncation, mean: f64) -> Truncation {
    Truncation { low: low.map(|low| low * mean), high: high.map(|high| high * mean) }
}

fn arms(days: f64) -> impl Strategy<Value = (Allocation, Vec<Arm>)> {
    let names = select(&["car-t", "a \"b\" é", "två\\", "# 3", "\u{a0}x\u{200b}"][..]);
    let arm = (names, 1..=100_u32, treatment(days), subsequence(SweptKey::ALL.to_vec(), 0..4));
    (select(Allocation::ALL), prop::collection::vec(arm, 1..4)).prop_map(|(allocation, arms)| {
        let randomised = allocation == Allocation::Randomised && arms.len() > 1;
        let arm = |(i, (name, ratio, treatment, swept)): (usize, (&str, u32, Treatment, Vec<SweptKey>))| {
            let name = if i == 0 { name.to_owned() } else { format!("{name} {i}") };
            let swept = swept.into_iter().filter(|key| key.of(&treatment).is_some()).collect();
            Arm { name, ratio: if randomised { ratio } else { 1 }, swept, treatment }
        };
        let allocation = if randomised { allocation } else { Allocation::Twins };
        (allocation, arms.into_iter().enumerate().map(arm).collect())
    })
}

fn treatment(days: f64) -> impl Strategy<Value = Treatment> {
    let multiplier = prop_oneof![Just(1.0), not_negative()];
    let suppressant =
        (0.0..days, positive(), positive()).prop_map(|(day, hours, rate)| Suppressant { day, hours, rate });
    let rescue = (positive(), not_negative(), positive(), positive(), 1..=1000_u32).prop_map(
        |(above, delay_hours, hours, rate, at_most)| Rescue { above, delay_hours, hours, rate, at_most },
    );
    let remaining = || share().prop_map(|remaining| Remaining { remaining });
    let cell_therapy = (multiplier, option::of(composition()), infusions(days));
    let other = (
        prop::collection::vec(suppressant, 0..3),
        option::of(rescue),
        option::of(remaining()),
        option::of(remaining()),
    );
    (cell_therapy, other).prop_map(
        |(
            (dose_multiplier, composition, (infusions, second_infusion)),
            (suppressant, rescue, lymphodepletion, bridging),
        )| {
            Treatment {
                dose_multiplier,
                composition,
                infusions,
                second_infusion,
                suppressant,
                rescue,
                lymphodepletion,
                bridging,
            }
        },
    )
}

fn composition() -> impl Strategy<Value = Composition> {
    prop::array::uniform4(0.001..1.0_f64).prop_map(|parts| {
        let sum: f64 = parts.iter().sum();
        let [effector_ctl, memory_ctl, effector_helper, memory_helper] = parts.map(|part| part / sum);
        Composition { effector_ctl, memory_ctl, effector_helper, memory_helper }
    })
}

/// Infusions in the first half of the study, and a second one in its other half or after a relapse.
fn infusions(days: f64) -> impl Strategy<Value = (Vec<Infusion>, Option<SecondInfusion>)> {
    let single = Just(vec![Infusion { day: 0.0, fraction: 1.0 }]);
    let several = prop::collection::vec(0.01..1.0_f64, 1..4).prop_map(move |parts| {
        let (count, sum) = (parts.len(), parts.iter().sum::<f64>());
        let infusion =
            |(i, part)| Infusion { day: 0.5 * days * i as f64 / count as f64, fraction: part / sum };
        parts.into_iter().enumerate().map(infusion).collect()
    });
    let when = prop_oneof![
        (0.6..0.99).prop_map(move |part| When::Day(part * days)),
        (0.0..0.99).prop_map(move |part| When::AfterRelapse(part * days)),
    ];
    let fraction = prop_oneof![Just(1.0), 1e-6..10.0];
    let second = (when, fraction).prop_map(|(when, fraction)| SecondInfusion { when, fraction });
    (prop_oneof![single, several], option::of(second))
}
