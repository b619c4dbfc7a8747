//! `cartrial query`: what is asked of the tables of a finished run, and what is refused.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod common;

use common::{Place, SMALL};

#[cfg(not(feature = "query"))]
#[test]
fn a_build_without_polars_says_how_to_get_one_with_it() {
    let place = Place::with_study(SMALL);
    place.run_study();
    let message = "error: this build cannot query: it has no polars. Build it with `cargo build --release --features query`.";
    place.refuses(&["query", "here", "SELECT * FROM patients"], 2, message);
    place.refuses(&["query", "here", "SELECT 1", "--out", "x.csv"], 2, message);
}

#[cfg(feature = "query")]
mod with_polars {
    use super::*;

    /// Two arms, courses of some patients, and a part a few patients long.
    const STUDY: &str = "\
[study]
name = \"asked\"
seed = 3
patients = 40
days = 10
[trajectories]
patients = 3
every_hours = 120
[[arms]]
name = \"control\"
[[arms]]
name = \"rescue\"
rescue = { above = 150, hours = 48, rate = 200 }
";

    fn place() -> Place {
        let place = Place::with_study(STUDY);
        place.run_study();
        place
    }

    #[track_caller]
    fn refused(place: &Place, sql: &str, message: &str) {
        place.refuses(&["query", "here", sql], 2, &format!("error: {message}"));
    }

    #[test]
    fn means_of_the_arms_are_those_of_the_summary() {
        let place = place();
        let sql = "SELECT arm, avg(peak_inflammation) AS mean, count(*) AS n FROM patients GROUP BY arm ORDER BY arm";
        place.cartrial(&["query", "here", sql, "--out", "answer.csv"]).well();
        let text = String::from_utf8(place.read("answer.csv")).unwrap();
        let mut lines = text.lines();
        assert_eq!(lines.next(), Some("arm,mean,n"));
        let summary = place.json("here/summary.json");
        for (line, arm) in lines.zip(["control", "rescue"]) {
            let cells: Vec<_> = line.split(',').collect();
            let of_arm = |o: &&serde_json::Value| o["arm"] == arm && o["outcome"] == "peak_inflammation";
            let expected = summary["outcomes"].as_array().unwrap().iter().find(of_arm).unwrap();
            assert_eq!((cells[0], cells[2]), (arm, "40"));
            let mean: f64 = cells[1].parse().unwrap();
            assert!((mean / expected["mean"].as_f64().unwrap() - 1.0).abs() < 1e-12, "{line}");
        }
    }

    #[test]
    fn an_answer_is_a_table_of_its_types_with_a_count() {
        let place = place();
        let sql = "SELECT patient_id, arm, status = 'ok' AS solved, failed_at_day FROM patients LIMIT 2";
        let said = place.cartrial(&["query", "here", sql]).well();
        let lines: Vec<_> = said.out.lines().map(str::trim_end).collect();
        let expected = [
            " patient_id  arm      solved  failed_at_day",
            "          0  control  true             null",
            "          0  rescue   true             null",
            "2 rows",
        ];
        assert_eq!(lines, expected);
        let said =
            place.cartrial(&["query", "here", "SELECT * FROM patients, (SELECT 1) x, trajectories"]).well();
        let count = "The first 100 of 1,440 rows: --out FILE.parquet or FILE.csv takes all.";
        assert_eq!(said.out.lines().last(), Some(count));
        assert_eq!(said.out.lines().count(), 102);
    }

    #[test]
    fn a_table_in_parts_is_one_table() {
        let study = STUDY.replace("patients = 40", "patients = 600");
        let place = Place::with_study(&format!("{study}[run]\npart_patients = 256\n"));
        place.run_study();
        assert!(place.path("here/patients/part-00002.parquet").exists());
        let sql = "SELECT count(*) AS n, min(patient_id) AS first, max(patient_id) AS last FROM patients WHERE patient_id > 249";
        let said = place.cartrial(&["query", "here", sql]).well();
        assert_eq!(said.out.lines().nth(1), Some(" 700    250   599"));
    }

    #[test]
    fn courses_are_a_table_that_joins_the_patients() {
        let place = place();
        let sql = "SELECT count(*) AS n, max(t.day) AS last FROM trajectories t JOIN patients p ON t.patient_id = p.patient_id \
                   AND t.arm = p.arm";
        let said = place.cartrial(&["query", "here", sql]).well();
        assert_eq!(said.out.lines().nth(1), Some(" 18    10"));
    }

    #[test]
    fn bad_names_are_answered_with_the_nearest() {
        let place = place();
        refused(
            &place,
            "SELECT arm,\n peak_inflamation FROM patients",
            "SQL:2:2: \"peak_inflamation\" is no column. Did you mean \"peak_inflammation\"?",
        );
        refused(
            &place,
            "SELECT arm FROM patient",
            "SQL:1:17: patient is no table of these results. Did you mean \"patients\"?",
        );
        refused(
            &place,
            "SELECT avrg(dose_total) FROM patients",
            "SQL: \"avrg\" is no function. Did you mean \"avg\"?",
        );
        refused(
            &place,
            "SELECT steps FROM patients WHERE arm = \"rescue\"",
            "SQL:1:40: \"rescue\" is no column. Did you mean \"rescues\"? A text stands in single quotes: 'rescue'.",
        );
        refused(
            &place,
            "SELECT min(steps), max(steps) FROM patients",
            "SQL: two columns of the answer are called \"steps\". Name them with AS.",
        );
    }

    #[test]
    fn bad_queries_are_refused_with_their_place() {
        let place = place();
        refused(
            &place,
            "SELECT arm FORM patients",
            "SQL:1:17: is no SQL: expected: end of statement, found: patients. Correct it there.",
        );
        refused(
            &place,
            "DROP TABLE patients",
            "SQL: DROP is no question, and results are only read. Ask with one SELECT.",
        );
        refused(
            &place,
            "SELECT * FROM read_csv('study.toml')",
            "SQL:1:15: read_csv('study.toml') is no table of these results. Ask the tables alone: patients, trajectories.",
        );
        refused(
            &place,
            "SELECT dose_total + arm FROM patients",
            "SQL: failed to determine supertype of f64 and cat. docs/query.md shows what can be asked.",
        );
        let without = Place::with_study(SMALL);
        without.run_study();
        refused(
            &without,
            "SELECT * FROM trajectories",
            "SQL:1:15: trajectories is no table of these results. These results have no courses: [trajectories] in the \
             study file asks for them.",
        );
    }

    #[test]
    fn a_file_is_written_whole_and_replaced_only_if_that_is_said() {
        let place = place();
        let all = ["query", "here", "SELECT * FROM patients", "--out", "all.parquet"];
        let said = place.cartrial(&all).well();
        assert_eq!(said.out, "80 rows written to all.parquet\n");
        let first = place.read("all.parquet");
        let there =
            "error: all.parquet: is there already. Give --force to replace it, or another file with --out.";
        place.refuses(&all, 2, there);
        place.cartrial(&[&all[..], &["--force"]].concat()).well();
        assert!(place.read("all.parquet") == first, "the same question has the same answer");
        // A query that fails leaves the file as it was.
        let fails = "SELECT CAST(CAST(status AS VARCHAR) AS BIGINT) FROM patients";
        let said = place.cartrial(&["query", "here", fails, "--out", "all.parquet", "--force"]);
        assert_eq!(said.code, 2, "{said:?}");
        assert!(
            place.read("all.parquet") == first && std::fs::read_dir(place.path(".")).unwrap().count() == 3
        );
    }

    #[test]
    fn bad_files_for_an_answer_are_refused() {
        let place = place();
        let refuses = |out: &str, message: &str| {
            place.refuses(
                &["query", "here", "SELECT 1", "--out", out, "--force"],
                2,
                &format!("error: {message}"),
            );
        };
        let ending =
            "--out: expected FILE.parquet or FILE.csv, found answer.xlsx. Give one of these endings.";
        refuses("answer.xlsx", ending);
        let own = "is a place of the results' own tables. Choose another file with --out.";
        for path in ["here/patients.parquet", "here/../here/trajectories.parquet"] {
            refuses(path, &format!("{path}: {own}"));
        }
    }

    #[test]
    fn what_is_not_stored_is_told() {
        let place = Place::with_study(&format!("{SMALL}[run]\nstore = \"none\"\n"));
        place.run_study();
        refused(
            &place,
            "SELECT * FROM patients",
            "here: not all rows and columns are stored. Run the study again with store = \"all\" under [run].",
        );
        let study = "[study]\nname = \"x\"\nseed = 7\npatients = 600\ndays = 1\n[run]\nstore = \"sample\"\npart_patients = 256\nsample_patients = 256\n";
        let place = Place::with_study(study);
        place.run_study();
        let said = place.cartrial(&["query", "here", "SELECT count(*) AS n FROM patients"]);
        assert_eq!(
            (said.code, said.err.as_str()),
            (0, "Note: the table has 256 of 600 rows: [run] store keeps no more.\n")
        );
    }

    #[test]
    fn damaged_files_end_in_a_message() {
        let place = place();
        let bytes = place.read("here/patients.parquet");
        for cut in [bytes.len() / 2, 10] {
            place.write("here/patients.parquet", &bytes[..cut]);
            let said = place.cartrial(&["query", "here", "SELECT avg(peak_inflammation) FROM patients"]);
            assert_eq!(said.code, 2, "{said:?}");
            assert!(
                said.err.starts_with("error: here/patients.parquet: is no complete Parquet file"),
                "{}",
                said.err
            );
        }
    }
}
