//! Time of the whole command, from the study file to the last byte on disk.
//!
//! ```sh
//! cargo bench -p cartrial
//! ```

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use std::process::Command;

const PATIENTS: u64 = 100_000;

fn run(criterion: &mut Criterion) {
    let directory = tempfile::tempdir().expect("a directory");
    let out = directory.path().join("results");
    let study = concat!(env!("CARGO_MANIFEST_DIR"), "/../../cohorts/million.toml");
    let mut group = criterion.benchmark_group("whole program");
    group.throughput(Throughput::Elements(PATIENTS)).sample_size(10);
    group.bench_function("run", |b| {
        b.iter(|| {
            let status = Command::new(env!("CARGO_BIN_EXE_cartrial"))
                .args(["run", study, "--force", "--quiet", "--patients", &PATIENTS.to_string(), "--out"])
                .arg(&out)
                .status()
                .expect("the program starts");
            assert!(status.success());
        });
    });
}

criterion_group!(benches, run);
criterion_main!(benches);
