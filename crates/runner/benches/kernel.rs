//! Time per patient of the kernel, for every SIMD level and every method, on one thread.
//!
//! ```sh
//! cargo bench -p cartrial-runner
//! ```
//!
//! Criterion reports the time of a block and patients per second ("elements").

use cartrial_cohort::{Cohort, Solver, Study};
use cartrial_runner::{Level, simulate};
use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use std::hint::black_box;
use std::path::Path;

/// The paper's uniform population.
const STUDY: &str = include_str!("../../../cohorts/hanson2016-uniform.toml");
/// Fewer patients for the slow levels.
const PATIENTS: [(Level, u64); 4] =
    [(Level::Avx512, 4096), (Level::Avx2, 2048), (Level::Scalar, 512), (Level::Baseline, 64)];

fn study() -> Study {
    Study::parse(&STUDY.replace("patients = 200", "patients = 4096"), Path::new("bench.toml"))
        .expect("a study")
}

fn solver(text: &str) -> Solver {
    let text = format!("[study]\nname = \"bench\"\npatients = 1\n[solver]\n{text}\n");
    Study::parse(&text, Path::new("bench.toml")).expect("a solver").solver
}

fn levels(criterion: &mut Criterion) {
    let study = study();
    let cohort = Cohort::new(&study).expect("a cohort");
    let mut group = criterion.benchmark_group("simd");
    for (level, count) in PATIENTS.into_iter().filter(|(level, _)| level.is_supported()) {
        let patients = cohort.draw(0..count);
        group.throughput(Throughput::Elements(count)).sample_size(20);
        group.bench_function(level.name(), |b| {
            b.iter(|| simulate(&study, &study.arms[0], level, black_box(&patients)));
        });
    }
}

fn methods(criterion: &mut Criterion) {
    let study = study();
    let patients = Cohort::new(&study).expect("a cohort").draw(0..2048);
    let mut group = criterion.benchmark_group("method");
    group.throughput(Throughput::Elements(2048)).sample_size(20);
    for (name, text) in [
        ("tsit5", "method = \"tsit5\""),
        ("rodas5p", "method = \"rodas5p\""),
        ("dopri5", "method = \"dopri5\""),
        ("bs3", "method = \"bs3\""),
        ("rk4", "method = \"rk4\"\nstep_hours = 0.5"),
    ] {
        let solver = solver(text);
        group.bench_with_input(BenchmarkId::from_parameter(name), &solver, |b, solver| {
            let study = Study { solver: *solver, ..study.clone() };
            b.iter(|| simulate(&study, &study.arms[0], Level::best(), black_box(&patients)));
        });
    }
}

fn draws(criterion: &mut Criterion) {
    let cohort = Cohort::new(&study()).expect("a cohort");
    let mut group = criterion.benchmark_group("draw");
    group.throughput(Throughput::Elements(4096));
    group.bench_function("uniform", |b| b.iter(|| cohort.draw(black_box(0..4096))));
}

criterion_group!(benches, levels, methods, draws);
criterion_main!(benches);
