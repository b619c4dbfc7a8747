//! Cohorts from tables, and the full text of every refusal.

#![allow(clippy::unwrap_used)] // helpers of tests are tests

use cartrial_cohort::{CarriedValues, Cohort, Overrides, Population, Study};
use cartrial_model::{Quantities, Quantity};
use std::path::{Path, PathBuf};

const STUDY: &str = "[study]\nname = \"x\"\n[population]\n";

/// A directory with one table in it, for studies written beside it.
struct Room(tempfile::TempDir);

impl Room {
    fn with(name: &str, content: impl AsRef<[u8]>) -> Self {
        let room = Self(tempfile::tempdir().unwrap());
        std::fs::write(room.0.path().join(name), content).unwrap();
        room
    }

    fn read(&self, text: &str, overrides: &Overrides) -> Result<Study, String> {
        let path = self.0.path().join("study.toml");
        std::fs::write(&path, text).unwrap();
        let dir = format!("{}/", self.0.path().display());
        Study::read_with(&path, overrides).map_err(|e| e.to_string().replace(&dir, ""))
    }

    fn csv(content: &str, population: &str) -> Result<Study, String> {
        let text = format!("{STUDY}table = \"p.csv\"\n{population}");
        Self::with("p.csv", content).read(&text, &Overrides::default())
    }
}

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(name)
}

#[track_caller]
fn refused(content: &str, population: &str, expected: &str) {
    assert_eq!(Room::csv(content, population).expect_err(content), expected);
}

#[test]
fn prop_a_table_gives_its_patients_and_the_standard_value_elsewhere() {
    let text = format!("{STUDY}table = \"p.csv\"\ncarry = [\"site\", \"age\", \"code\"]\n");
    let content = "\u{feff}site,d2, tumour_burden,age,code,status\n\"Bern, CH\",1.25,1e2,7,007,ok\nNA,2,0,NA,12,failed\n";
    let room = Room::with("p.csv", content);
    let study = room.read(&text, &Overrides::default()).unwrap();
    assert_eq!(study.patients, 2);
    let cohort = Cohort::new(&study).unwrap();
    let patients = cohort.draw(0..10);
    let mut first = Quantities::standard();
    first[Quantity::D2] = 1.25;
    first[Quantity::TumourBurden] = 100.0;
    assert_eq!(patients.len(), 2);
    assert_eq!((patients[0].id, patients[0].quantities), (0, first));
    assert_eq!(patients[1].quantities[Quantity::TumourBurden], 0.0);
    assert_eq!(patients[1].corrected.count(), 0);
    assert_eq!(cohort.draw(1..2), patients[1..]);
    let carried = cohort.carried();
    assert_eq!(carried.iter().map(|c| c.name.as_str()).collect::<Vec<_>>(), ["site", "age", "code"]);
    assert_eq!(carried[0].values, CarriedValues::Text(vec![Some("Bern, CH".into()), None]));
    assert_eq!(carried[1].values, CarriedValues::Number(vec![Some(7.0), None]));
    assert_eq!(carried[2].values, CarriedValues::Text(vec![Some("007".into()), Some("12".into())]));
    let source = cohort.source().unwrap();
    assert_eq!((source.path.as_str(), source.rows), ("p.csv", 2));
    let manifest = serde_json::to_value(&study).unwrap();
    assert_eq!(
        manifest["population"]["table"],
        serde_json::json!({
            "table": "p.csv", "carry": ["site", "age", "code"], "rows": 2, "sha256": source.sha256,
        })
    );
}

#[test]
fn ref_sha256_of_a_table_is_that_of_coreutils_9() {
    // printf 'd2\n1.5\n' | sha256sum
    let Population::Table(source) = Room::csv("d2\n1.5\n", "").unwrap().population else { panic!("a table") };
    assert_eq!(source.sha256, "ee41104f7d7f6cf663ace3805745d88029b475c727eec3c3f62061d5df1dabdc");
}

#[test]
fn ref_parquet_files_of_pyarrow_are_read_in_every_common_compression() {
    for compression in ["none", "snappy", "gzip", "zstd", "lz4"] {
        let table = fixture(&format!("pyarrow_{compression}.parquet"));
        let text = format!("{STUDY}table = {:?}\ncarry = [\"age\", \"site\"]\n", table.display().to_string());
        let cohort = Cohort::new(&Study::parse(&text, Path::new("x.toml")).unwrap()).unwrap();
        let patients = cohort.draw(0..cohort.patients());
        let column = |q| patients.iter().map(|p| p.quantities[q]).collect::<Vec<_>>();
        assert_eq!(column(Quantity::D2), [1.5, 1.25, 1.75, 2.0, 1.0], "{compression}");
        assert_eq!(column(Quantity::TumourBurden), [1.0, 300.0, 500.0, 999.0, 0.0]);
        assert_eq!(column(Quantity::B), [800.0, 512.5, 1024.0, 640.0, 700.25]);
        assert_eq!(column(Quantity::K), [4800.0; 5]);
        let ages = [Some(7.0), None, Some(12.0), Some(3.0), Some(16.0)];
        assert_eq!(cohort.carried()[0].values, CarriedValues::Number(ages.to_vec()));
        let sites = [Some("A"), Some("B"), None, Some("A"), Some("007")].map(|s| s.map(str::to_owned));
        assert_eq!(cohort.carried()[1].values, CarriedValues::Text(sites.to_vec()));
    }
}

#[test]
fn regress_messages_of_bad_parquet() {
    let room = Room::with("p.parquet", std::fs::read(fixture("pyarrow_invalid.parquet")).unwrap());
    let text = format!("{STUDY}table = \"p.parquet\"\n");
    assert_eq!(
        room.read(&text, &Overrides::default()).unwrap_err(),
        "p.parquet: row 2, column \"d2\": expected a number above 0, found 0.\n\
         p.parquet: row 3, column \"d2\": no value. Give one, or leave the column out: then every patient has the standard patient's 1.5.\n\
         p.parquet: row 4, column \"d2\": expected a finite number, found NaN.\n\
         p.parquet: row 5, column \"d2\": expected a number above 0, found -1.\n\
         p.parquet: row 5, column \"k\": expected a number above 0, found 0."
    );
    let room = Room::with("p.parquet", "this is no Parquet file");
    assert_eq!(
        room.read(&text, &Overrides::default()).unwrap_err(),
        "p.parquet: cannot be read as Parquet: Invalid Parquet file. Corrupt footer. Write it again; it may be cut short."
    );
    let whole = std::fs::read(fixture("pyarrow_zstd.parquet")).unwrap();
    let room = Room::with("p.parquet", &whole[..whole.len() / 2]);
    assert_eq!(
        room.read(&text, &Overrides::default()).unwrap_err(),
        "p.parquet: cannot be read as Parquet: Invalid Parquet file. Corrupt footer. Write it again; it may be cut short."
    );
}

#[test]
fn prop_a_damaged_parquet_file_is_read_or_refused_but_never_a_crash() {
    let room = Room::with("p.parquet", "");
    let text = format!("{STUDY}table = \"p.parquet\"\ncarry = [\"age\", \"site\"]\n");
    let mut refused = 0;
    for name in ["pyarrow_none.parquet", "pyarrow_snappy.parquet"] {
        let whole = std::fs::read(fixture(name)).unwrap();
        for position in (0..whole.len()).step_by(17) {
            let mut damaged = whole.clone();
            damaged[position] ^= 0xff;
            std::fs::write(room.0.path().join("p.parquet"), damaged).unwrap();
            refused += u32::from(room.read(&text, &Overrides::default()).is_err());
        }
    }
    assert!(refused > 20, "{refused}");
}

#[test]
fn prop_patients_of_the_study_choose_the_first_rows() {
    let room = Room::with("p.csv", "d2,site\n1,a\n2,b\n3,c\n");
    let text = "[study]\nname = \"x\"\npatients = 2\n[population]\ntable = \"p.csv\"\ncarry = [\"site\"]\n";
    let cohort = Cohort::new(&room.read(text, &Overrides::default()).unwrap()).unwrap();
    assert_eq!(cohort.draw(0..9).iter().map(|p| p.quantities[Quantity::D2]).collect::<Vec<_>>(), [1.0, 2.0]);
    assert_eq!(cohort.carried()[0].values, CarriedValues::Text(vec![Some("a".into()), Some("b".into())]));
    let all = Overrides { patients: Some(3), ..Overrides::default() };
    assert_eq!(room.read(text, &all).unwrap().patients, 3);
    let more = Overrides { patients: Some(4), ..Overrides::default() };
    assert_eq!(
        room.read(text, &more).unwrap_err(),
        "study.patients: 4 patients wanted, but the table has 3. Leave it out to take all."
    );
    assert_eq!(
        room.read(&text.replace("patients = 2", "patients = 5"), &Overrides::default()).unwrap_err(),
        "study.toml:3:12: study.patients: 5 patients wanted, but the table has 3. Leave the key out to take all."
    );
}

#[test]
fn regress_messages_of_bad_cells() {
    refused(
        "d2\n1.5\nfast\n",
        "",
        "p.csv:3: column \"d2\": expected a number, found \"fast\". Write it as 0.003 or 3e-3.",
    );
    refused(
        "d2,r1\n1.5,\n",
        "",
        "p.csv:2: column \"r1\": no value. Give one, or leave the column out: then every patient has the standard patient's 0.003.",
    );
    refused(
        "d2\nNA\n",
        "",
        "p.csv:2: column \"d2\": no value. Give one, or leave the column out: then every patient has the standard patient's 1.5.",
    );
    refused("d2\nNaN\n", "", "p.csv:2: column \"d2\": expected a finite number, found NaN.");
    refused("d2\n-inf\n", "", "p.csv:2: column \"d2\": expected a finite number, found -inf.");
    refused("d2\n0\n", "", "p.csv:2: column \"d2\": expected a number above 0, found 0.");
    refused("r1\n-0.1\n", "", "p.csv:2: column \"r1\": expected a number of at least 0, found -0.1.");
    refused(
        "d2,r1\n0,-1\n0,-1\n0,-1\n0,-1\n",
        "",
        "p.csv:2: column \"d2\": expected a number above 0, found 0.\n\
         p.csv:2: column \"r1\": expected a number of at least 0, found -1.\n\
         p.csv:3: column \"d2\": expected a number above 0, found 0.\n\
         p.csv:3: column \"r1\": expected a number of at least 0, found -1.\n\
         p.csv:4: column \"d2\": expected a number above 0, found 0.\n\
         p.csv: and 3 more bad cells.",
    );
}

#[test]
fn regress_messages_of_bad_columns() {
    let valid = Quantity::ALL.map(Quantity::symbol).join(", ");
    refused(
        "d2,tumor_burden\n1,2\n",
        "",
        &format!(
            "p.csv:1: column \"tumor_burden\": unknown column. Did you mean \"tumour_burden\"? Valid: {valid}. To carry \
             it into the results, write carry = [\"tumor_burden\"] under [population]."
        ),
    );
    refused("d2,d2\n1,2\n", "", "p.csv:1: column \"d2\": stands there twice. Remove or rename one.");
    refused(
        "status\nok\n",
        "",
        &format!("p.csv:1: no column is a quantity. Name columns by symbol: {valid}."),
    );
    refused(
        "d2,sites\n1,a\n",
        "carry = [\"site\"]",
        &format!(
            "p.csv:1: column \"sites\": unknown column. Valid: {valid}. To carry it into the results, write carry = \
             [\"sites\"] under [population].\n\
             p.csv:1: column \"site\": asked for, but not in the table. Did you mean \"sites\"? Valid: d2, sites."
        ),
    );
    refused(
        "d2,steps\n1,2\n",
        "carry = [\"steps\"]",
        "study.toml:5:10: population.carry[0]: \"steps\" is a column of the results already. Remove it, or rename the \
         table's column.",
    );
    refused(
        "d2,age\n1,2\n",
        "carry = [\"age\", \"age\"]",
        "study.toml:5:17: population.carry[1]: \"age\" is named twice. Remove it, or rename the table's column.",
    );
}

#[test]
fn a_table_brings_the_weights_of_its_patients() {
    let room = Room::with("p.csv", "d2,w\n1.2,0.5\n2,3\n");
    let text = format!("{STUDY}table = \"p.csv\"\nweight = \"w\"\n");
    let study = room.read(&text, &Overrides::default()).unwrap();
    assert_eq!(study.weight_column(), Some("w"));
    let cohort = Cohort::new(&study).unwrap();
    let carried: Vec<_> = cohort.carried().iter().map(|column| (&*column.name, &column.values)).collect();
    assert_eq!(carried, [("w", &CarriedValues::Number(vec![Some(0.5), Some(3.0)]))]);
    // Written out and read again, or carried by name as well, it is one column.
    let again = room.read(&study.to_toml(), &Overrides::default()).unwrap();
    assert_eq!((again.weight_column(), &again), (Some("w"), &study));
    assert_eq!(room.read(&format!("{text}carry = [\"w\"]\n"), &Overrides::default()).unwrap(), study);
}

#[test]
fn bad_weights_are_refused() {
    let refused = |content: &str, expected: &str| refused(content, "weight = \"w\"", expected);
    let remedy = "Give every patient a weight; one of 0 leaves a patient out of statistics.";
    refused(
        "d2,w\n1,2\n1,-0.5\n",
        &format!("p.csv: patient 1, column \"w\": expected a weight of at least 0, found -0.5. {remedy}"),
    );
    refused(
        "d2,w\n1,NA\n1,3\n",
        &format!("p.csv: patient 0, column \"w\": expected a weight of at least 0, found no value. {remedy}"),
    );
    refused("d2,w\n1,0\n1,0\n", "p.csv: column \"w\": all weights are 0. Give some patients a weight.");
    for extreme in ["1e101", "1e-101"] {
        refused(
            &format!("d2,w\n1,2\n1,{extreme}\n"),
            &format!(
                "p.csv: patient 1, column \"w\": expected a weight of 0 or from 1e-100 to 1e100, found {extreme}. Divide all by one \
                 number: only their ratios matter."
            ),
        );
    }
    refused(
        "d2,w\n1,much\n",
        "p.csv: column \"w\": weights have to be finite numbers, and not all in this column are. Name another column with weight = \"…\".",
    );
    refused("d2,sites\n1,2\n", &{
        let valid = Quantity::ALL.map(Quantity::symbol).join(", ");
        format!(
            "p.csv:1: column \"sites\": unknown column. Valid: {valid}. To carry it into the results, write carry = [\"sites\"] under \
             [population].\np.csv:1: column \"w\": asked for, but not in the table. Valid: d2, sites."
        )
    });
}

#[test]
fn patients_of_a_study_need_some_weight() {
    let room = Room::with("p.csv", "d2,w\n1,0\n1,0\n1,4\n");
    let text = format!("{STUDY}table = \"p.csv\"\nweight = \"w\"\n");
    let patients = |patients| Overrides { patients: Some(patients), ..Overrides::default() };
    assert!(Cohort::new(&room.read(&text, &patients(3)).unwrap()).is_ok());
    let error = Cohort::new(&room.read(&text, &patients(2)).unwrap()).unwrap_err().to_string();
    assert!(
        error.ends_with(
            "p.csv: the weights of the first 2 patients are all 0. Ask for more patients, or put those who have a weight first."
        ),
        "{error}"
    );
}

#[test]
fn a_weight_has_a_column_of_its_own() {
    refused(
        "d2,steps\n1,2\n",
        "weight = \"steps\"",
        "study.toml:5:10: population.weight: \"steps\" is a column of the results already. Rename the table's column.",
    );
}

#[test]
fn regress_messages_of_patient_numbers() {
    let remedy = "Patients are numbered 0, 1, 2, … in order. Of a table in parts name the directory; of a selection of \
                  patients drop this column, or carry it under another name.";
    refused(
        "patient_id,arm,d2\n0,a,1\n2,a,1\n",
        "",
        &format!("p.csv:3: column \"patient_id\": expected 1, found 2. {remedy}"),
    );
    refused(
        "patient_id,arm,d2\n0,a,1\n0,b,1\n1,a,1\n0,b,1\n",
        "",
        &format!("p.csv:5: column \"patient_id\": expected 2, found 0. {remedy}"),
    );
    refused(
        "patient_id,d2\nP1,1\n",
        "",
        &format!("p.csv:2: column \"patient_id\": expected 0, found \"P1\". {remedy}"),
    );
    refused(
        "patient_id,d2\n,1\n",
        "",
        &format!("p.csv:2: column \"patient_id\": expected 0, found no value. {remedy}"),
    );
    assert_eq!(Room::csv("patient_id,arm,d2\n0,a,1\n1,a,1\n", "").unwrap().patients, 2);
}

#[test]
fn rows_that_say_a_patient_again_are_one_patient_if_they_say_the_same() {
    let table = "d2,arm,patient_id,site\n1,a,0,X\n1,b,0,X\n1.5,a,1,\n1.5,b,1,\n";
    assert_eq!(Room::csv(table, "carry = [\"site\"]").unwrap().patients, 2);
    refused(
        "d2,arm,patient_id\n1,a,0\n1,b,0\n1.5,a,1\n1.6,b,1\n",
        "",
        "p.csv:5: column \"d2\": patient 1 has another value than in the row before. Keep one row a patient.",
    );
    refused(
        "d2,site,patient_id\n1,X,0\n1,Y,0\n",
        "carry = [\"site\"]",
        "p.csv:3: column \"site\": patient 0 has another value than in the row before. Keep one row a patient.",
    );
}

#[test]
fn regress_messages_of_bad_csv_files() {
    refused("", "", "p.csv: is empty. Give a header line with symbols, then one line a patient.");
    refused("d2,r1\n", "", "p.csv: has no patients. Give one row a patient.");
    refused(
        "d2,r1\n1,2\n3\n",
        "",
        "p.csv:3: 1 value in this line, but 2 columns in the header. Separate values by commas, and quote text that has \
         a comma.",
    );
    let text = format!("{STUDY}table = \"p.csv\"\n");
    assert_eq!(
        Room::with("p.csv", b"d2\n1\n\xff\n").read(&text, &Overrides::default()).unwrap_err(),
        "p.csv:3: not UTF-8 text. Save the table as UTF-8."
    );
}

#[test]
fn regress_messages_of_tables_that_cannot_be_opened() {
    let room = Room::with("p.txt", "");
    let read =
        |table: &str| room.read(&format!("{STUDY}table = {table:?}\n"), &Overrides::default()).unwrap_err();
    assert_eq!(
        read("gone.csv"),
        "study.toml:4:9: population.table: no such file: \"gone.csv\". The path is taken relative to the study file."
    );
    assert_eq!(
        read("p.txt"),
        "study.toml:4:9: population.table: not a .csv or .parquet file, nor a directory: \"p.txt\". The \
         path is taken relative to the study file."
    );
    std::fs::create_dir(room.0.path().join("d.csv")).unwrap();
    assert_eq!(
        read("d.csv"),
        "study.toml:4:9: population.table: holds no .parquet files: \"d.csv\". The path is taken relative to the study \
         file."
    );
}

#[test]
fn the_parquet_files_of_a_directory_are_one_table() {
    let room = Room::with("notes.txt", "not a part");
    let directory = room.0.path().join("parts");
    std::fs::create_dir(&directory).unwrap();
    let copy = |source: &str, part: &str| std::fs::copy(fixture(source), directory.join(part)).unwrap();
    copy("pyarrow_second.parquet", "2.parquet");
    copy("pyarrow_zstd.parquet", "1.parquet");
    let text = format!("{STUDY}table = \"parts\"\ncarry = [\"age\", \"site\"]\n");
    let study = room.read(&text, &Overrides::default()).unwrap();
    let cohort = Cohort::new(&study).unwrap();
    let patients = cohort.draw(0..cohort.patients());
    let decay: Vec<f64> = patients.iter().map(|p| p.quantities[Quantity::D2]).collect();
    assert_eq!(decay, [1.5, 1.25, 1.75, 2.0, 1.0, 1.25, 1.75]);
    // cat pyarrow_zstd.parquet pyarrow_second.parquet | sha256sum
    let expected = "f7986ef1548ffd4a03ada74a39cddf170bb7620d284fff90689ff2188525206e";
    assert_eq!(cohort.source().unwrap().sha256, expected);
    let CarriedValues::Text(sites) = &cohort.carried()[1].values else { panic!("texts") };
    assert_eq!((sites[5].as_deref(), sites[6].as_deref(), sites.len()), (Some("B"), None, 7));

    copy("pyarrow_other.parquet", "3.parquet");
    assert_eq!(
        room.read(&text, &Overrides::default()).unwrap_err(),
        "parts/3.parquet: has other quantities, or carried columns of another type, than the files before it. Keep the \
         files of one table in a directory of their own."
    );
}

#[test]
fn regress_messages_of_distributions_beside_a_table() {
    let remedy = "has no meaning beside population.table. Remove it, or the table.";
    refused(
        "d2\n1\n",
        "distribution = \"normal\"\nspread = 0.1\ncorrection = \"clamp\"\nsampling = \"sobol\"\n\
         [population.parameters]\n[population.initial]\n",
        &format!(
            "study.toml:5:16: population.distribution: {remedy}\n\
             study.toml:6:10: population.spread: {remedy}\n\
             study.toml:7:14: population.correction: {remedy}\n\
             study.toml:8:12: population.sampling: {remedy}\n\
             study.toml:9:1: population.parameters: {remedy}\n\
             study.toml:10:1: population.initial: {remedy}"
        ),
    );
}

#[test]
fn regress_message_of_a_table_that_changed_after_the_study_was_read() {
    let room = Room::with("p.csv", "d2\n1\n");
    let study = room.read(&format!("{STUDY}table = \"p.csv\"\n"), &Overrides::default()).unwrap();
    let dir = format!("{}/", room.0.path().display());
    std::fs::write(room.0.path().join("p.csv"), "d2\n2\n").unwrap();
    assert_eq!(
        Cohort::new(&study).unwrap_err().to_string().replace(&dir, ""),
        "p.csv: changed since the study was read. Leave the table alone while a study runs, and start again."
    );
    std::fs::remove_file(room.0.path().join("p.csv")).unwrap();
    assert_eq!(
        Cohort::new(&study).unwrap_err().to_string().replace(&dir, ""),
        "p.csv: no such file: \"p.csv\"."
    );
}
