//! `[run] store`: what is stored changes neither statistics nor content hash.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod common;

use common::Place;
use serde_json::Value;

fn study(allocation: &str, store: &str) -> String {
    format!(
        "[study]\nname = \"x\"\npatients = 20_000\ndays = 3\nallocation = \"{allocation}\"\n\
         [run]\npart_patients = 4096\nsample_patients = 5000\nstore = \"{store}\"\n\
         [[arms]]\nname = \"a\"\n[[arms]]\nname = \"b\"\nrescue = {{ above = 200, hours = 48, rate = 200 }}\n"
    )
}

/// What a run comes to, whatever is stored.
fn comes_to(place: &Place, directory: &str) -> (Vec<u8>, Vec<Value>) {
    let manifest = place.json(&format!("{directory}/manifest.json"));
    let keys = ["content_hash", "rows", "patients", "steps", "corrections", "failures"];
    (place.read(&format!("{directory}/summary.json")), keys.map(|key| manifest[key].clone()).to_vec())
}

/// The page without the study file that it shows.
fn page(place: &Place, directory: &str) -> String {
    let page = String::from_utf8(place.read(&format!("{directory}/report.html"))).unwrap();
    page.lines().filter(|line| !line.starts_with("store = ")).collect::<Vec<_>>().join("\n")
}

fn bytes_stored(place: &Place, directory: &str) -> u64 {
    let files = place.json(&format!("{directory}/manifest.json"))["files"].as_array().unwrap().clone();
    files.iter().map(|file| file["bytes"].as_u64().unwrap()).sum()
}

#[test]
fn whatever_is_stored_the_statistics_are_those_of_all() {
    let stores = [("outcomes", 35, 60), ("sample", 35, 45), ("none", 0, 0)];
    for (allocation, stores) in [("twins", &stores[..]), ("randomised", &stores[2..])] {
        let place = Place::with_study(&study(allocation, "all"));
        place.cartrial(&["run", "study.toml", "--out", "all", "--quiet"]).well();
        let expected = comes_to(&place, "all");
        let all = bytes_stored(&place, "all");
        for &(store, least, most) in stores {
            place.write("study.toml", study(allocation, store));
            place.cartrial(&["run", "study.toml", "--out", store, "--quiet"]).well();
            assert!(comes_to(&place, store) == expected, "{allocation}, {store}");
            assert!(page(&place, store) == page(&place, "all"), "{allocation}, {store}");
            let percent = bytes_stored(&place, store) * 100 / all;
            assert!((least..=most).contains(&percent), "{allocation}, {store}: {percent} % stored");

            // Again without simulating: from what was accumulated.
            let before = place.contents();
            for command in ["analyse", "report"] {
                place.cartrial(&[command, store]).well();
            }
            place.cartrial(&["run", "study.toml", "--out", store, "--quiet", "--resume"]).well();
            assert!(place.contents() == before, "{allocation}, {store}");

            let shards = format!("{store}-shards");
            for shard in ["1/3", "3/3", "2/3"] {
                place.cartrial(&["run", "study.toml", "--out", &shards, "--shard", shard, "--quiet"]).well();
            }
            place.cartrial(&["merge", &shards, "--quiet"]).well();
            assert!(comes_to(&place, &shards) == expected, "{allocation}, {store} in shards");
            assert!(page(&place, &shards) == page(&place, "all"), "{allocation}, {store} in shards");
            place.cartrial(&["report", &shards]).well();
        }
    }
}

#[test]
fn shards_without_rows_are_large_enough() {
    let place = Place::with_study(&study("twins", "none"));
    place.refuses(
        &["run", "study.toml", "--shard", "1/5"],
        2,
        "error: 5 shards of 20000 patients are too small to be merged without their rows: a shard has at least 4096 patients \
         there. Give fewer, or write store = \"all\" under [run].",
    );
}
