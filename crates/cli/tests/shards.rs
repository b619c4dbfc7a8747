//! `plan`, `run --shard` and `merge`: a study in pieces is the study.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod common;

use common::{Place, RANDOMISED, SMALL, shipped};
use std::fs;
use std::process::Command;

/// Runs every shard of `study.toml` into `out`, the last one first.
fn run_shards(place: &Place, of: u64, out: &str) {
    for shard in (1..=of).rev() {
        place
            .cartrial(&["run", "study.toml", "--shard", &format!("{shard}/{of}"), "--out", out, "--quiet"])
            .well();
    }
}

/// What a study comes to, but for what tells how long it took and how it lies in files.
fn comes_to(place: &Place, directory: &str) -> (Vec<u8>, Vec<u8>, serde_json::Value) {
    let mut manifest = place.json(&format!("{directory}/manifest.json"));
    for key in ["timing", "files", "manifest_hash"] {
        manifest.as_object_mut().unwrap().remove(key);
    }
    let read = |name: &str| place.read(&format!("{directory}/{name}"));
    (read("summary.json"), read("report.html"), manifest)
}

#[test]
fn the_number_of_shards_changes_no_bit_of_summary_and_page() {
    let rescue = fs::read_to_string(shipped("rescue")).unwrap();
    for study in [RANDOMISED.to_owned(), rescue] {
        let place = Place::with_study(&study);
        place.cartrial(&["run", "study.toml", "--out", "whole"]).well();
        let expected = comes_to(&place, "whole");
        for of in [1, 2, 7] {
            let out = format!("in-{of}");
            run_shards(&place, of, &out);
            place.cartrial(&["merge", &out]).well();
            assert!(comes_to(&place, &out) == expected, "{of} shards");
        }
        let pieces = ["in-2/shard-2-of-2", "in-2/shard-1-of-2"];
        place.cartrial(&["merge", pieces[0], pieces[1], "--out", "other"]).well();
        assert!(comes_to(&place, "other") == expected);
        place.cartrial(&["analyse", "other"]).well();
        place.cartrial(&["report", "in-7"]).well();
        assert!(comes_to(&place, "other") == expected);
        assert!(comes_to(&place, "in-7") == expected);
    }
}

#[test]
fn correlated_patients_of_every_design_are_the_same_from_shards_on_any_number_of_threads() {
    for sampling in ["random", "latin-hypercube", "sobol"] {
        let study = format!(
            "[study]\nname = \"x\"\nseed = 5\npatients = 600\ndays = 1\n[run]\npart_patients = 256\n\
             [population]\ndistribution = \"normal\"\nspread = 0.5\nsampling = {sampling:?}\n\
             [population.correlation]\nkind = \"spearman\"\npairs = [[\"k\", \"d2\", 0.5], [\"d2\", \"r1\", -0.4]]\n\
             [population.parameters]\nd2 = {{ normal = {{ mean = 1.5, sd = 0.3, low = 1 }} }}\n"
        );
        let place = Place::with_study(&study);
        place.cartrial(&["run", "study.toml", "--out", "whole", "--threads", "1", "--quiet"]).well();
        place.cartrial(&["run", "study.toml", "--out", "two", "--threads", "2", "--quiet"]).well();
        run_shards(&place, 3, "in-3");
        place.cartrial(&["merge", "in-3"]).well();
        let whole = comes_to(&place, "whole");
        assert!(comes_to(&place, "two") == whole && comes_to(&place, "in-3") == whole, "{sampling}");
    }
}

#[test]
fn the_courses_of_a_sample_are_the_same_from_shards() {
    let study = format!("{RANDOMISED}[trajectories]\npatients = 20\nevery_hours = 12\n");
    let place = Place::with_study(&study);
    place.cartrial(&["run", "study.toml", "--out", "whole"]).well();
    assert_eq!(place.json("whole/manifest.json")["trajectories"]["rows"], 20 * 41);
    run_shards(&place, 3, "in-3");
    place.cartrial(&["merge", "in-3"]).well();
    assert!(comes_to(&place, "in-3") == comes_to(&place, "whole"));
    assert!(place.read("in-3/trajectories.parquet") == place.read("whole/trajectories.parquet"));
    place.write("whole/trajectories.parquet", "PAR1");
    let said = place.cartrial(&["analyse", "whole"]);
    assert_eq!(said.code, 2);
    assert!(said.err.contains("whole/trajectories.parquet: has 4 bytes"), "{}", said.err);
    place.cartrial(&["run", "study.toml", "--out", "whole", "--resume", "--quiet"]);
    assert!(comes_to(&place, "in-3") == comes_to(&place, "whole"));
}

#[test]
fn accumulators_of_shards_are_merged_to_the_same_bits_as_rows() {
    let arms = "[[arms]]\nname = \"a\"\n[[arms]]\nname = \"b\"\n\
                rescue = { above = 200, hours = 48, rate = 200 }\n";
    for allocation in ["twins", "randomised"] {
        let head =
            format!("[study]\nname = \"x\"\npatients = 20_000\ndays = 3\nallocation = \"{allocation}\"\n");
        let place = Place::with_study(&format!("{head}[run]\npart_patients = 3000\n{arms}"));
        place.cartrial(&["run", "study.toml", "--out", "whole", "--quiet"]).well();
        let expected = comes_to(&place, "whole");
        for of in [2, 4] {
            let out = format!("in-{of}");
            run_shards(&place, of, &out);
            for shard in 1..=of {
                assert!(place.path(&format!("{out}/shard-{shard}-of-{of}/accumulators.bin")).exists());
            }
            place.cartrial(&["merge", &out, "--quiet"]).well();
            assert!(comes_to(&place, &out) == expected, "{allocation}, {of} shards");
        }
        // Without them the rows are read.
        run_shards(&place, 5, "in-5");
        assert!(!place.path("in-5/shard-1-of-5/accumulators.bin").exists());
        place.cartrial(&["merge", "in-5", "--quiet"]).well();
        assert!(comes_to(&place, "in-5") == expected, "{allocation}");
        place.cartrial(&["analyse", "whole"]).well();
        assert!(comes_to(&place, "whole") == expected, "{allocation}");

        place.write("in-2/shard-1-of-2/accumulators.bin", "");
        let said = place.cartrial(&["merge", "in-2", "--force"]);
        assert!(
            said.code == 2
                && said.err.starts_with("error: in-2/shard-1-of-2/accumulators.bin: has 0 bytes, and ")
        );
        let mended = place.cartrial(&["run", "study.toml", "--shard", "1/2", "--out", "in-2", "--quiet"]);
        assert_eq!(mended.code, 0);
        place.cartrial(&["merge", "in-2", "--force", "--quiet"]).well();
        assert!(comes_to(&place, "in-2") == expected, "{allocation}");
    }
}

#[test]
fn a_shard_that_is_run_again_or_twice_at_once_is_one_piece() {
    let place = Place::with_study(&SMALL.replace("patients = 6", "patients = 20_000"));
    let arguments = ["run", "study.toml", "--shard", "2/3", "--out", "here", "--quiet"];
    let start = || {
        let mut command = Command::new(env!("CARGO_BIN_EXE_cartrial"));
        command.args(arguments).current_dir(place.path("")).spawn().unwrap()
    };
    let mut both = [start(), start()];
    assert!(both.iter_mut().all(|run| run.wait().unwrap().success()));
    let once = place.contents();
    let names: Vec<_> = once.keys().filter_map(|path| path.file_name()?.to_str()).collect();
    assert_eq!(
        names,
        [
            "here",
            "shard-2-of-3",
            "accumulators.bin",
            "dictionary.json",
            "manifest.json",
            "patients",
            "part-00000.parquet",
            "study.toml"
        ]
    );
    place.cartrial(&arguments).well();
    assert!(place.contents() == once, "run again, it touched a file");

    place.cartrial(&["run", "study.toml", "--out", "whole", "--quiet"]).well();
    run_shards(&place, 3, "here");
    place.cartrial(&["merge", "here", "--quiet"]).well();
    assert!(comes_to(&place, "here") == comes_to(&place, "whole"));
}

#[test]
fn a_shard_says_what_it_did() {
    let place = Place::with_study(SMALL);
    let said = place.cartrial(&["run", "study.toml", "--shard", "1/2"]).well();
    let (beginning, end) = said.out.split_once(" in ").unwrap();
    assert_eq!(beginning, "Shard 1/2: 3 patients (0 to 2)");
    assert!(end.ends_with(" s. Results: results/small/shard-1-of-2\n"), "{end}");
}

#[test]
fn a_plan_shows_every_command() {
    let place = Place::with_study(SMALL);
    let before = place.contents();
    let said =
        place.cartrial(&["plan", "study.toml", "--shards", "4", "--seed", "9", "--out", "there"]).well();
    assert_eq!(
        said.out,
        "small: 6 patients in 4 shards of about 1, some 616 B on disk each

Run each, anywhere, in any order, as often as needed:
  cartrial run study.toml --shard 1/4 --seed 9 --out there   # patients 0 to 0
  cartrial run study.toml --shard 2/4 --seed 9 --out there   # patients 1 to 2
  cartrial run study.toml --shard 3/4 --seed 9 --out there   # patients 3 to 3
  cartrial run study.toml --shard 4/4 --seed 9 --out there   # patients 4 to 5

Then put them together:
  cartrial merge there
"
    );
    let said = place.cartrial(&["plan", "study.toml", "--shards", "1000", "--patients", "1000000000"]).well();
    assert!(said.out.contains("\n  … and so on up to --shard 1000/1000\n"), "{}", said.out);
    assert!(said.out.ends_with("\n  cartrial merge results/small\n"), "{}", said.out);
    let said = place.cartrial(&["plan", "study.toml", "--shards", "1", "--out", "my results"]).well();
    assert!(
        said.out.contains("\n  cartrial run study.toml --shard 1/1 --out 'my results'   # "),
        "{}",
        said.out
    );
    assert!(place.contents() == before, "a plan touches nothing");
}

#[test]
fn shards_that_cannot_be_are_refused() {
    let place = Place::with_study(SMALL);
    let refuses = |arguments: &[&str], message: &str| place.refuses(arguments, 2, message);
    let too_many = "error: 7 shards are more than the study's 6 patients. Give fewer.";
    refuses(&["plan", "study.toml", "--shards", "7"], too_many);
    refuses(&["run", "study.toml", "--shard", "2/7"], too_many);
    let usage = "\n\nFor more information, try '--help'.";
    refuses(
        &["run", "study.toml", "--shard", "0/4"],
        &format!(
            "error: invalid value '0/4' for '--shard <I/K>': shards are numbered from 1 to 4, found 0{usage}"
        ),
    );
    refuses(
        &["run", "study.toml", "--shard", "2"],
        &format!(
            "error: invalid value '2' for '--shard <I/K>': expected I/K, a shard and how many there are, such as 1/4, found \
             \"2\"{usage}"
        ),
    );
    refuses(
        &["plan", "study.toml", "--shards", "0"],
        &format!("error: invalid value '0' for '--shards <K>': expected a whole number of at least 1{usage}"),
    );
    let said = place.cartrial(&["run", "study.toml", "--resume", "--force"]);
    assert!(said.code == 2 && said.err.contains("'--resume' cannot be used with '--force'"), "{said:?}");
}

#[test]
fn merges_that_cannot_be_are_refused() {
    let place = Place::with_study(SMALL);
    run_shards(&place, 3, "here");
    let refuses = |arguments: &[&str], message: &str| place.refuses(arguments, 2, message);
    let [one, two, three] = [1, 2, 3].map(|shard| format!("here/shard-{shard}-of-3"));
    refuses(
        &["merge", &one, &two, &three],
        "error: the merged results need a directory of their own. Give one with --out.",
    );
    refuses(
        &["merge", &one, &three, "--out", "m"],
        "error: here: shard 2/3 (patients 2 to 3) of small is missing. Run what is missing with --shard, and merge again.",
    );
    refuses(
        &["merge", "here", &two, "--out", "m"],
        "error: here/shard-2-of-3: is shard 2/3, and so is here/shard-2-of-3. Leave one of them out.",
    );
    refuses(
        &["merge", "here", "--out", &two, "--force"],
        "error: here/shard-2-of-3: is one of the pieces, and cannot hold all of them. Choose another directory with --out.",
    );
    refuses(
        &["analyse", &two],
        "error: here/shard-2-of-3: holds shard 2/3 of a study, not all of it. Put all shards together with cartrial merge.",
    );
    refuses(
        &["report", "here"],
        "error: here: holds results of shards, which are not merged. Put all shards together with cartrial merge.",
    );
    refuses(&["merge", "nowhere"], "error: nowhere: there is no such directory. Check the path.");
    refuses(
        &["merge", "."],
        "error: .: holds no results of shards. Name the directory that shards were written to.",
    );
    refuses(
        &["merge", &one],
        "error: the merged results need a directory of their own. Give one with --out.",
    );
    place.cartrial(&["run", "study.toml", "--out", "whole", "--quiet"]).well();
    refuses(
        &["merge", "whole"],
        "error: whole: holds a whole study, not a shard of one. \
         Leave it out, or run it again as a shard of the same study.",
    );
    place.cartrial(&["merge", "here", "--quiet"]).well();
    refuses(
        &["merge", "here"],
        "error: here: already holds results (manifest.json, patients/part-00000.parquet, patients/part-00001.parquet, 4 more). \
         Give --force to replace it, or another directory with --out.",
    );
    place.cartrial(&["merge", "here", "--force", "--quiet"]).well();
}

#[test]
fn a_shard_of_a_cohort_table_is_merged_without_the_table() {
    let place = Place::with_study(
        "[study]\nname = \"t\"\ndays = 2\n[population]\ntable = \"p.csv\"\ncarry = [\"site\"]\n",
    );
    place.write("p.csv", "d2,site\n1,a\n1.2,b\n1.4,c\n1.6,d\n");
    run_shards(&place, 2, "here");
    place.cartrial(&["run", "study.toml", "--out", "whole", "--quiet"]).well();
    fs::remove_file(place.path("p.csv")).unwrap();
    place.cartrial(&["merge", "here", "--quiet"]).well();
    assert!(comes_to(&place, "here") == comes_to(&place, "whole"));
}
