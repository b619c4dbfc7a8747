//! The results of shards become those of a study, or are refused by name.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod common;

use cartrial_cohort::{Cohort, Shard, Study};
use cartrial_dataset::{Dataset, Existing, Layout, Manifest, Pieces};
use common::{in_parts_of, listing, study, write};
use std::fs;
use std::path::{Path, PathBuf};
use tempfile::{TempDir, tempdir};

fn small() -> Study {
    in_parts_of(16, study(50, &["control", "car-t"]))
}

/// Writes shards `index` of `of` to a directory each below `home`.
fn shards(home: &Path, study: &Study, indices: impl IntoIterator<Item = u64>, of: u64) -> Vec<PathBuf> {
    let cohort = Cohort::new(study).unwrap();
    let shards = indices.into_iter().map(|index| Shard::new(index, of).unwrap());
    shards
        .map(|shard| {
            let directory = Pieces::directory_of(home, shard);
            write(&directory, &Layout::new(study, &cohort).for_shard(shard), &cohort, 4);
            directory
        })
        .collect()
}

fn undisturbed(home: &Path, study: &Study) -> Manifest {
    let cohort = Cohort::new(study).unwrap();
    write(home, &Layout::new(study, &cohort), &cohort, 4)
}

fn refusal(home: &TempDir, pieces: &[PathBuf]) -> String {
    let refused = Pieces::open(pieces).unwrap_err();
    refused.to_string().replace(&home.path().display().to_string(), "DIR")
}

#[test]
fn any_number_of_shards_in_any_order_comes_to_the_same() {
    let home = tempdir().unwrap();
    let expected = undisturbed(&home.path().join("whole"), &small());
    for of in [1, 2, 3, 7, 50] {
        let below = home.path().join(format!("of-{of}"));
        let mut pieces = shards(&below, &small(), 1..=of, of);
        pieces.reverse();
        let out = home.path().join(format!("out-{of}"));
        for pieces in [pieces, vec![below]] {
            let pieces = Pieces::open(&pieces).unwrap();
            pieces.merge_into(&out, Existing::Replace).unwrap().publish(None).unwrap();
            let merged = Dataset::open_whole(&out).unwrap();
            assert_eq!(merged.verify().unwrap(), expected.content_hash, "{of}");
            let told = |manifest: &Manifest| {
                let mut manifest = manifest.clone();
                manifest.files.clear();
                manifest
            };
            assert_eq!(told(merged.manifest()), told(&expected), "{of}");
            let ids = |dataset: &Dataset| -> Vec<u64> {
                let chunks = dataset.chunks(&["patient_id"]).unwrap();
                chunks.flat_map(|rows| rows.unwrap().u64_column("patient_id").unwrap().to_vec()).collect()
            };
            assert_eq!(ids(&merged), (0..50).flat_map(|id| [id, id]).collect::<Vec<_>>());
        }
    }
}

#[test]
fn merging_leaves_the_pieces_as_they_are() {
    let home = tempdir().unwrap();
    let pieces = shards(home.path(), &small(), 1..=3, 3);
    Pieces::open(&[home.path().to_owned()])
        .unwrap()
        .merge_into(home.path(), Existing::Refuse)
        .unwrap()
        .publish(None)
        .unwrap();
    for piece in &pieces {
        Dataset::open(piece).unwrap();
    }
    assert_eq!(listing(&home.path().join("patients")).len(), 5);
    assert!(Dataset::open_whole(home.path()).is_ok());
}

#[test]
fn missing_doubled_and_foreign_pieces_are_named() {
    let home = tempdir().unwrap();
    let pieces = shards(home.path(), &small(), 1..=5, 5);
    assert_eq!(
        refusal(&home, &[]),
        "there are no results of shards to merge. Name the directory that shards were written to."
    );
    assert_eq!(
        refusal(&home, &[pieces[0].clone(), pieces[1].clone(), pieces[3].clone(), pieces[4].clone()]),
        "DIR: shard 3/5 (patients 20 to 29) of example is missing. Run what is missing, and merge again."
    );
    assert_eq!(
        refusal(&home, &pieces[1..2]),
        "DIR: shard 1/5 (patients 0 to 9), shard 3/5 (patients 20 to 29), shard 4/5 (patients 30 to 39), 1 more of example \
         are missing. Run what is missing, and merge again."
    );
    assert_eq!(
        refusal(&home, &[pieces.clone(), vec![pieces[2].clone()]].concat()),
        "DIR/shard-3-of-5: is shard 3/5, and so is DIR/shard-3-of-5. Leave one of them out."
    );

    let elsewhere = home.path().join("elsewhere");
    let remedy = "Leave it out, or run it again as a shard of the same study.";
    let mut other = small();
    other.seed = 8;
    let foreign = shards(&elsewhere, &other, [5], 5);
    assert_eq!(
        refusal(&home, &[&pieces[..4], &foreign].concat()),
        format!(
            "DIR/elsewhere/shard-5-of-5: is not of the same study as DIR/shard-1-of-5: study.seed is 8 there and 7 here. \
             {remedy}"
        )
    );
    let coarser = shards(&elsewhere, &small(), [1], 2);
    assert_eq!(
        refusal(&home, &[&pieces[..4], &coarser].concat()),
        format!("DIR/elsewhere/shard-1-of-2: is one of 2 shards, and DIR/shard-1-of-5 one of 5. {remedy}")
    );
    let whole = home.path().join("whole");
    undisturbed(&whole, &small());
    assert_eq!(
        refusal(&home, &[whole]),
        format!("DIR/whole: holds a whole study, not a shard of one. {remedy}")
    );
    let nothing = home.path().join("nothing");
    fs::create_dir(&nothing).unwrap();
    assert_eq!(
        refusal(&home, &[nothing]),
        "DIR/nothing: holds no results of shards. Name the directory that shards were written to."
    );
}

#[test]
fn a_piece_is_not_taken_for_the_whole() {
    let home = tempdir().unwrap();
    let pieces = shards(home.path(), &small(), 1..=2, 2);
    let text = |error: cartrial_dataset::DatasetError| {
        error.to_string().replace(&home.path().display().to_string(), "DIR")
    };
    assert_eq!(
        text(Dataset::open_whole(&pieces[0]).unwrap_err()),
        "DIR/shard-1-of-2: holds shard 1/2 of a study, not all of it. Merge all shards of the study."
    );
    assert_eq!(
        text(Dataset::open_whole(home.path()).unwrap_err()),
        "DIR: holds results of shards, which are not merged. Merge all shards of the study."
    );
    let all = Pieces::open(&pieces).unwrap();
    assert_eq!(
        text(all.merge_into(&pieces[1], Existing::Replace).unwrap_err()),
        "DIR/shard-2-of-2: is one of the pieces, and cannot hold all of them. Choose another directory."
    );
    assert!(Dataset::open(&pieces[1]).is_ok());
}

#[test]
fn a_damaged_piece_is_named() {
    let home = tempdir().unwrap();
    let pieces = shards(home.path(), &small(), 1..=3, 3);
    let file = pieces[1].join("patients/part-00001.parquet");
    let good = fs::read(&file).unwrap();
    for at in [4, good.len() / 2, good.len() - 9] {
        let mut bytes = good.clone();
        bytes[at] ^= 0x10;
        fs::write(&file, &bytes).unwrap();
        let found = Pieces::open(&[home.path().to_owned()]);
        let text = found.unwrap_err().to_string();
        assert!(text.contains("shard-2-of-3/patients/part-00001.parquet: "), "byte {at}: {text}");
    }
}
