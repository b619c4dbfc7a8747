//! What converting, encoding and writing cost for a row of the patient table, and how large it is on disk.
//!
//! `cargo run --release -p cartrial-dataset --example write_speed -- [patients] [arms] [directory]`

use cartrial_cohort::{Cohort, Study};
use cartrial_dataset::{BlockRows, ContentHash, Dataset, Existing, Layout, ResultsWriter};
use cartrial_model::Quantity;
use cartrial_runner::{Block, Endpoint, Outcome, Row, Status};
use std::error::Error;
use std::path::PathBuf;
use std::time::{Duration, Instant};

const BLOCK: u64 = 1024;

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let patients: u64 = arguments.next().map_or(Ok(1_000_000), |n| n.parse())?;
    let arms: usize = arguments.next().map_or(Ok(1), |n| n.parse())?;
    let directory =
        arguments.next().map_or_else(|| std::env::temp_dir().join("cartrial-write-speed"), PathBuf::from);

    let mut text = format!("[study]\nname = \"write-speed\"\npatients = {patients}\n");
    text += "[population.parameters]\nn = { fixed = 6 }\n[population.initial]\n";
    text += "tumour_burden = { uniform = { low = 1, high = 1000 } }\n";
    for dose in Quantity::DOSES {
        text += &format!("{dose} = {{ uniform = {{ low = 1, high = 30 }} }}\n");
    }
    let mut study = Study::parse(&text, "write-speed.toml".as_ref())?;
    let arm = study.arms[0].clone();
    study.arms = vec![arm; arms];
    study.arms.iter_mut().enumerate().for_each(|(i, arm)| arm.name = format!("arm-{i}"));
    let cohort = Cohort::new(&study)?;
    let layout = Layout::new(&study, &cohort);

    let mut writer = ResultsWriter::create(&directory, &layout, Existing::Replace)?;
    let (mut converting, mut writing) = (Duration::ZERO, Duration::ZERO);
    for first in (0..patients).step_by(BLOCK as usize) {
        let block = solved(&cohort, first..(first + BLOCK).min(patients), arms);
        let start = Instant::now();
        let rows = std::hint::black_box(BlockRows::of(&layout, &block));
        converting += start.elapsed();
        let start = Instant::now();
        writer.write(rows)?;
        writing += start.elapsed();
    }
    let start = Instant::now();
    let dataset = writer.finish()?.publish(None)?;
    let manifest = dataset.manifest();
    writing += start.elapsed();

    let bytes: u64 =
        manifest.files.iter().map(|f| directory.join(&f.path).metadata().map_or(0, |m| m.len())).sum();
    let rows = manifest.rows as f64;
    let each = |duration: Duration| duration.as_nanos() as f64 / rows;
    println!(
        "{} rows of {} columns in {} files",
        manifest.rows,
        layout.columns().len(),
        manifest.files.len()
    );
    println!("as rows  {:7.1} ns a row", each(converting));
    println!("write    {:7.1} ns a row (threads: RAYON_NUM_THREADS)", each(writing));
    println!(
        "size     {:7.1} bytes a row, estimated {:.1}",
        bytes as f64 / rows,
        layout.estimated_bytes() as f64 / rows
    );

    let start = Instant::now();
    let dataset = Dataset::open(&directory)?;
    println!("open     {:7.1} ns a row, with the SHA-256 of every file", each(start.elapsed()));
    let start = Instant::now();
    Dataset::open_unhashed(&directory)?;
    println!("         {:7.1} ns a row without", each(start.elapsed()));
    let start = Instant::now();
    let mut sum = 0.0;
    for rows in dataset.chunks(&["dose_total", "peak_inflammation"])? {
        sum += rows?.f64_column("peak_inflammation")?.iter().sum::<f64>();
    }
    println!("read 2   {:7.1} ns a row (mean {:.3})", each(start.elapsed()), sum / rows);
    let start = Instant::now();
    let hash: ContentHash = dataset.verify()?;
    println!("verify   {:7.1} ns a row, {hash}", each(start.elapsed()));
    Ok(())
}

/// Outcomes that cost nothing to compute and have as many random bits as real ones.
fn solved(cohort: &Cohort, ids: std::ops::Range<u64>, arms: usize) -> Block {
    let patients = cohort.draw(ids);
    let outcome = |arm: usize| {
        move |patient: &cartrial_cohort::VirtualPatient| {
            let x = patient.quantities.0;
            let values =
                std::array::from_fn::<_, { Endpoint::COUNT }, _>(|i| x[i % 25 + 1].sqrt() + arm as f64);
            Outcome {
                status: Status::Completed,
                failed_at_day: None,
                steps: 100 + (patient.id * 7919 % 131) as u32,
                rejected: 0,
                values,
            }
        }
    };
    let of_patient =
        |(patient, drawn)| (0..arms).map(move |arm| Row { patient, arm, outcome: outcome(arm)(drawn) });
    let rows = patients.iter().enumerate().flat_map(of_patient).collect();
    Block { patients, rows }
}
