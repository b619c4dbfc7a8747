//! `cartrial export`: what it writes, what it says, and what it refuses.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod common;

use cartrial::{Dataset, Endpoint};
use common::{Place, SMALL};

/// Two arms, one of whose names has to be quoted in CSV.
const ARMS: &str = "[[arms]]\nname = \"control\"\n[[arms]]\nname = \"half, early\"\ndose_multiplier = 0.5\n";

/// Results of six patients in two arms, in `here`.
fn place() -> Place {
    ran(&format!("{SMALL}{ARMS}"))
}

fn ran(study: &str) -> Place {
    let place = Place::with_study(study);
    place.cartrial(&["run", "study.toml", "--out", "here", "--quiet"]).well();
    place
}

fn csv(place: &Place, name: &str) -> Vec<Vec<String>> {
    let bytes = place.read(name);
    let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(bytes.as_slice());
    reader.records().map(|record| record.unwrap().iter().map(str::to_owned).collect()).collect()
}

#[test]
fn adam_writes_three_data_sets_in_three_forms_and_says_so() {
    let place = place();
    let said = place.cartrial(&["export", "here", "--format", "adam"]).well();
    let expected = "\
adsl.parquet                 6 records
adsl.json                    6 records
adsl.xpt                     6 records
adlb.parquet               276 records
adlb.json                  276 records
adlb.xpt                   276 records
adtte.parquet               36 records
adtte.json                  36 records
adtte.xpt                   36 records
define.xml
6 patients exported to here/export-adam
";
    assert_eq!(said.out, expected);
    // The results are still results, and nothing else is left behind.
    place.cartrial(&["analyse", "here"]).well();
    let left = place
        .contents()
        .into_keys()
        .filter(|path| path.extension().is_some_and(|extension| extension == "tmp"));
    assert_eq!(left.count(), 0);
}

#[test]
fn forms_and_patients_can_be_chosen() {
    let place = place();
    let arguments =
        ["export", "here", "--format", "adam", "--as", "xpt,parquet", "--first", "2", "--out", "there"];
    let said = place.cartrial(&arguments).well();
    assert!(said.out.starts_with("adsl.parquet                 2 records\nadsl.xpt "), "{}", said.out);
    assert!(
        said.out.ends_with("\n2 patients exported to there\n") && !said.out.contains("json"),
        "{}",
        said.out
    );
    let define = String::from_utf8(place.read("there/define.xml")).unwrap();
    assert!(define.contains("xlink:href=\"adlb.xpt\""), "{define}");
    assert!(!place.path("there/adsl.json").exists());
    let quiet = ["export", "here", "--format", "adam", "--quiet", "--first", "99"];
    assert_eq!(place.cartrial(&quiet).well().out, "");
}

#[test]
fn csv_has_every_number_to_the_bit_in_both_layouts() {
    let place = place();
    let said = place.cartrial(&["export", "here", "--format", "csv"]).well();
    assert_eq!(
        said.out,
        "patients.csv                12 records\noutcomes.csv               312 records\n\
         6 patients exported to here/export-csv\n"
    );
    let dataset = Dataset::open(&place.path("here")).unwrap();
    let wide = csv(&place, "here/export-csv/patients.csv");
    let names: Vec<_> = dataset.columns().iter().map(|column| column.name.clone()).collect();
    assert_eq!(wide[0], names);
    let long = csv(&place, "here/export-csv/outcomes.csv");
    assert_eq!(long[0], ["patient_id", "arm", "endpoint", "value", "unit"]);
    let number =
        |text: &str| if text.is_empty() { None } else { Some(text.parse::<f64>().unwrap().to_bits()) };
    for name in ["tumour_burden", "peak_inflammation", "relapse_day", "remission", "failed_at_day"] {
        let chunks = dataset.chunks(&[name]).unwrap();
        let stored: Vec<_> = chunks
            .flat_map(|rows| rows.unwrap().f64_column(name).unwrap().into_owned())
            .map(|x| (!x.is_nan()).then_some(x.to_bits()))
            .collect();
        let at = names.iter().position(|n| n == name).unwrap();
        assert_eq!(wide[1..].iter().map(|line| number(&line[at])).collect::<Vec<_>>(), stored, "{name}");
        if let Some(endpoint) = Endpoint::from_name(name) {
            let lines = long[1..].iter().filter(|line| line[2] == name);
            assert_eq!(lines.clone().map(|line| number(&line[3])).collect::<Vec<_>>(), stored, "{name}");
            assert!(lines.clone().all(|line| line[4] == endpoint.unit()));
        }
    }
    let arms: Vec<_> = wide[1..].iter().map(|line| line[1].as_str()).collect();
    assert_eq!(arms[..3], ["control", "half, early", "control"]);
    assert_eq!(
        wide[1..].iter().map(|line| line[0].parse().unwrap()).collect::<Vec<u64>>()[..4],
        [0, 0, 1, 1]
    );
}

#[test]
fn a_layout_of_csv_can_be_chosen() {
    let place = place();
    let arguments =
        ["export", "here", "--format", "csv", "--layout", "long", "--out", "there", "--first", "1"];
    let said = place.cartrial(&arguments).well();
    assert_eq!(said.out, "outcomes.csv                52 records\n1 patient exported to there\n");
    assert!(!place.path("there/patients.csv").exists());
}

#[test]
fn an_earlier_export_is_replaced_only_if_that_is_said() {
    let place = place();
    let adam = ["export", "here", "--format", "adam", "--as", "json"];
    place.cartrial(&adam).well();
    place.refuses(
        &adam,
        2,
        "error: here/export-adam: already holds an export (adlb.json). Give --force to replace it, or another directory \
         with --out.",
    );
    place.cartrial(&["export", "here", "--format", "adam", "--as", "xpt", "--force"]).well();
    assert!(
        place.path("here/export-adam/adsl.xpt").exists()
            && !place.path("here/export-adam/adsl.json").exists()
    );
    place.write("here/export-adam/notes.txt", "mine");
    place.refuses(
        &["export", "here", "--format", "adam", "--force"],
        2,
        "error: here/export-adam: holds \"notes.txt\", which is no file of an export. Choose another directory with --out.",
    );
    place.refuses(
        &["export", "here", "--format", "csv", "--force", "--out", "here"],
        2,
        "error: here: holds \"dictionary.json\", which is no file of an export. Choose another directory with --out.",
    );
    place.write("file", "mine");
    place.refuses(
        &["export", "here", "--format", "csv", "--out", "file"],
        2,
        "error: file: cannot be created: a file stands where a directory is needed. Choose another directory with --out.",
    );
}

#[test]
fn what_is_not_all_of_a_study_is_refused() {
    let place = Place::with_study(&format!("{SMALL}[run]\nstore = \"outcomes\"\n"));
    place.refuses(
        &["export", "here", "--format", "csv"],
        2,
        "error: here: there is no such directory. Check the path.",
    );
    place.cartrial(&["run", "study.toml", "--out", "here", "--quiet"]).well();
    for format in ["adam", "csv"] {
        place.refuses(
            &["export", "here", "--format", format],
            2,
            "error: here: not all rows and columns are stored. Run the study again with store = \"all\" under [run].",
        );
    }
}

#[test]
fn what_a_transport_file_cannot_hold_is_refused_by_name() {
    let place = ran(&format!("{SMALL}[[arms]]\nname = \"früh\"\n"));
    let remedy = "leave the transport files out with --as parquet,json.";
    place.refuses(
        &["export", "here", "--format", "adam"],
        2,
        &format!(
            "error: the name of arm 1 \"früh\" has the character 'ü', and a transport file holds ASCII alone. Write it in \
             ASCII, or {remedy}"
        ),
    );
    place.cartrial(&["export", "here", "--format", "adam", "--as", "parquet,json"]).well();

    let name = "long ".repeat(41);
    let place = ran(&format!("{SMALL}[[arms]]\nname = \"{name}\"\n"));
    place.refuses(
        &["export", "here", "--format", "adam"],
        2,
        &format!(
            "error: TRT01P of ADSL (Planned Treatment for Period 01) has a text of 205 characters, and a transport file holds \
             200 at most. Shorten it, or {remedy}"
        ),
    );

    let study = "[study]\nname = \"t\"\ndays = 1\n[population]\ntable = \"p.csv\"\ncarry = [\"site\"]\n";
    let place = Place::with_study(study);
    place.write("p.csv", "site,r1\nBern,0.003\nZürich,0.003\n");
    place.cartrial(&["run", "study.toml", "--out", "here", "--quiet"]).well();
    place.refuses(
        &["export", "here", "--format", "adam"],
        2,
        &format!(
            "error: column site \"Zürich\" has the character 'ü', and a transport file holds ASCII alone. Write it in ASCII, \
             or {remedy}"
        ),
    );
}

#[test]
fn numbers_beyond_the_range_of_a_transport_file_are_told() {
    let place = Place::with_study(
        "[study]\nname = \"x\"\ndays = 2\n[population]\ntable = \"t.csv\"\n[run]\nmax_failed_fraction = 1\n",
    );
    place.write("t.csv", "tumour_burden,r1\n300,1e300\n300,1e-300\n");
    place.cartrial(&["run", "study.toml", "--out", "here", "--quiet"]).well();
    let said = place.cartrial(&["export", "here", "--format", "adam"]).well();
    let told = "Numbers below 5.4e-79, which are 0 in the transport files: 1\n\
                Numbers of 7.2e75 and more, which are missing in the transport files: 1\n";
    assert!(said.out.contains(told), "{}", said.out);
}

#[test]
fn arguments_that_do_not_belong_together_are_refused() {
    let place = place();
    for (arguments, message) in [
        (["--format", "adam", "--layout", "long"], "error: --layout is for --format csv. Leave it out."),
        (["--format", "csv", "--as", "xpt"], "error: --as is for --format adam. Leave it out."),
    ] {
        let [a, b, c, d] = arguments;
        place.refuses(&["export", "here", a, b, c, d], 2, message);
    }
    let said = place.cartrial(&["export", "here", "--format", "csv", "--first", "0"]);
    assert_eq!(said.code, 2);
    assert!(said.err.contains("expected a whole number of at least 1"), "{}", said.err);
}
