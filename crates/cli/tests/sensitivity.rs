//! `cartrial sensitivity`: what it writes, what it says, and what it refuses.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod common;

use common::Place;
use serde_json::Value;

const STUDY: &str = "\
[study]
name = \"small\"
seed = 4
patients = 1
days = 10
[population.parameters]
n = { fixed = 6 }
";
const FEW: [&str; 6] = ["--rows", "32", "--morris", "8", "--bootstrap", "100"];

fn command<'a>(more: &[&'a str]) -> Vec<&'a str> {
    ["sensitivity", "study.toml"].iter().chain(&FEW).chain(more).copied().collect()
}

#[test]
fn it_writes_a_page_its_figures_and_the_data_and_says_what_drives_the_outcome() {
    let place = Place::with_study(STUDY);
    let said = place.cartrial(&command(&["--every-hours", "120", "--course-rows", "16"])).well();
    assert!(said.out.starts_with("small: 19 factors, 32 rows, seed 4\n"), "{}", said.out);
    assert!(said.out.contains("Peak inflammation  d2 "), "{}", said.out);
    let last = said.out.lines().last().unwrap();
    assert!(last.ends_with("Page: results/small-sensitivity/report.html"), "{last}");
    let found = place.json("results/small-sensitivity/sensitivity.json");
    assert_eq!(found["plan"]["factors"].as_array().unwrap().len(), 19);
    assert_eq!(found["patients"], 32 * 21 + 8 * 20);
    let peak = &found["outcomes"][0];
    assert_eq!(
        (&peak["endpoint"], &peak["arm"]),
        (&"peak_inflammation".into(), &found["study"]["arms"][0]["name"])
    );
    assert_eq!(peak["sobol"]["n"], 32);
    assert_eq!(found["courses"].as_array().unwrap().len(), 2);
    let manifest = place.json("results/small-sensitivity/manifest.json");
    assert_eq!(manifest["format"], "cartrial-sensitivity");
    assert!(manifest["command"].as_str().unwrap().starts_with("cartrial sensitivity study.toml --rows 32"));
    let page = String::from_utf8(place.read("results/small-sensitivity/report.html")).unwrap();
    for needed in
        ["Peak inflammation depends most on", "Total index", "μ*", "Over time", "cartrial sensitivity"]
    {
        assert!(page.contains(needed), "{needed}");
    }
    for figure in ["sobol-1", "tornado-1", "effects-1", "courses-1", "courses-2"] {
        for extension in ["svg", "png"] {
            let file = format!("results/small-sensitivity/figures/{figure}.{extension}");
            assert!(place.path(&file).exists(), "{file}");
        }
    }
}

#[test]
fn the_table_has_every_statistic_of_the_json() {
    use parquet::file::reader::{FileReader, SerializedFileReader};
    use parquet::record::{Row, RowAccessor};
    let place = Place::with_study(STUDY);
    place.cartrial(&command(&["--quiet", "--out", "here"])).well();
    let found = place.json("here/sensitivity.json");
    let file = std::fs::File::open(place.path("here/sensitivity.parquet")).unwrap();
    let reader = SerializedFileReader::new(file).unwrap();
    let metadata = reader.metadata().file_metadata().key_value_metadata().unwrap();
    assert!(metadata.iter().any(|entry| entry.key == "cartrial.seed" && entry.value.as_deref() == Some("4")));
    // Endpoint, method, factor, statistic; value and the upper end of its interval.
    let text = |row: &Row, column: usize| row.get_string(column).unwrap().clone();
    let rows: Vec<_> = reader
        .get_row_iter(None)
        .unwrap()
        .map(Result::unwrap)
        .map(|row| {
            (
                [0, 3, 4, 5].map(|column| text(&row, column)),
                row.get_double(7).unwrap(),
                row.get_double(9).ok(),
            )
        })
        .collect();
    let peak = &found["outcomes"][0];
    let of = |method: &str, statistic: &str| -> Vec<_> {
        let wanted = |[endpoint, m, _, s]: &[String; 4]| {
            endpoint == "peak_inflammation" && m == method && s == statistic
        };
        rows.iter().filter(|(names, _, _)| wanted(names)).collect()
    };
    let factors = found["plan"]["factors"].as_array().unwrap();
    for (method, statistic, values) in
        [("sobol", "total", &peak["sobol"]["factors"]), ("morris", "mu_star", &peak["effects"])]
    {
        let rows = of(method, statistic);
        assert_eq!(rows.len(), factors.len());
        for ((row, factor), value) in rows.iter().zip(factors).zip(values.as_array().unwrap()) {
            let ([_, _, name, _], found, high) = row;
            assert_eq!(
                (&Value::from(name.as_str()), &Value::from(*found)),
                (&factor["name"], &value[statistic])
            );
            assert_eq!(Value::from(*high), value[format!("{statistic}_ci95")][1]);
        }
    }
    assert_eq!((of("regression", "beta").len(), of("prcc", "prcc").len()), (19, 19));
}

#[test]
fn the_same_command_gives_the_same_files_and_replaces_its_own_alone() {
    let place = Place::with_study(STUDY);
    place.cartrial(&command(&["--quiet", "--out", "here", "--threads", "1"])).well();
    let once = place.read("here/sensitivity.json");
    place.cartrial(&command(&["--quiet", "--out", "here", "--threads", "2"])).well();
    assert!(place.read("here/sensitivity.json") == once);
    place.cartrial(&["run", "study.toml", "--patients", "5", "--out", "run", "--quiet"]).well();
    place.refuses(
        &command(&["--out", "run"]),
        2,
        "error: run: already holds patients.parquet, which is not from a sensitivity analysis. Choose another directory with --out.",
    );
}

#[test]
fn what_is_mistyped_is_told() {
    let place = Place::with_study(STUDY);
    let refused = |arguments: &[&str]| {
        let before = place.contents();
        let said = place.cartrial(&[&["sensitivity", "study.toml"], arguments].concat());
        assert_eq!((said.code, said.out.as_str()), (2, ""), "{arguments:?}");
        assert!(place.contents() == before);
        said.err
    };
    let err = refused(&["--group", "dose=dose_effector,r1"]);
    assert!(err.contains("unknown quantity \"dose_effector\". Did you mean"), "{err}");
    let err = refused(&["--group", "dose_effector_ctl"]);
    assert!(err.contains("expected NAME=SYMBOL,SYMBOL"), "{err}");
    let err = refused(&["--rows", "4"]);
    assert!(err.contains("expected a whole number from 16 to 1000000000"), "{err}");
    let err = refused(&["--bootstrap", "5"]);
    assert!(err.contains("expected a whole number from 100 to 10000"), "{err}");
    let err = refused(&["--sampling", "sobel"]);
    assert!(err.contains("expected random, latin-hypercube or sobol"), "{err}");
    let err = refused(&["--every-hours", "0"]);
    assert!(err.contains("expected a number of hours above 0"), "{err}");
    assert_eq!(
        refused(&["--every-hours", "0.1"]),
        "error: --every-hours 0.1: 2401 times in 10 days are more than 1000. Raise it.\n"
    );
    assert_eq!(
        refused(&["--group", "a=n"]),
        "error: study.toml: group \"a\": n is the same in every patient. Leave it out: it drives nothing.\n"
    );
    place.write("p.csv", "d2\n1\n2\n");
    place.write("table.toml", "[study]\nname = \"t\"\n[population]\ntable = \"p.csv\"\n");
    place.refuses(
        &["sensitivity", "table.toml"],
        2,
        "error: table.toml: the patients come from a table, and a sensitivity analysis draws its own. Give [population] \
         distributions instead of table.",
    );
    place.write("same.toml", "[study]\nname = \"t\"\npatients = 1\n[population]\ndistribution = \"fixed\"\n");
    place.refuses(
        &["sensitivity", "same.toml"],
        2,
        "error: same.toml: no quantity varies in the population. Give one a distribution under [population].",
    );
    let correlated = "[population.correlation]\nkind = \"spearman\"\npairs = [[\"d1\", \"d2\", 0.5]]\n";
    place.write("correlated.toml", format!("[study]\nname = \"t\"\npatients = 1\n{correlated}"));
    place.refuses(
        &["sensitivity", "correlated.toml"],
        2,
        "error: correlated.toml: d1 and d2 are correlated, but in different factors. Factors have to be independent: put them \
         into one with --group NAME=d1,d2.",
    );
}
