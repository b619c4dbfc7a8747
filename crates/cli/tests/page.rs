//! `report.html`: what it says, that it needs nothing from outside, and that a browser shows it.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod common;

use common::{Place, SMALL, UNIFORM};
use std::path::Path;
use std::process::Command;

fn page(place: &Place, directory: &str) -> String {
    String::from_utf8(place.read(&format!("{directory}/report.html"))).unwrap()
}

#[test]
fn a_finished_dataset_gives_the_same_page_and_figures_again() {
    let place = Place::new();
    place.cartrial(&["run", UNIFORM, "--out", "here", "--patients", "3000"]).well();
    let before = place.contents();
    for stale in ["report.html", "figures/cohort.svg", "figures/outcomes.png"] {
        std::fs::remove_file(place.path(&format!("here/{stale}"))).unwrap();
    }
    let said = place.cartrial(&["report", "here"]).well();
    assert_eq!(said.out, "Page: here/report.html\n");
    let after = place.contents();
    assert_eq!(after.keys().collect::<Vec<_>>(), before.keys().collect::<Vec<_>>());
    for (path, content) in before {
        assert!(after[&path] == content, "{} differs", path.display());
    }
}

#[test]
fn the_page_says_what_was_asked_what_failed_and_how_to_repeat_it() {
    let place = Place::new();
    place.cartrial(&["run", UNIFORM, "--out", "here"]).well();
    let page = page(&place, "here");
    let hash = place.json("here/manifest.json")["content_hash"].clone();
    for text in [
        "hanson2016-uniform",
        "No solve failed: all 200 patients were solved in every arm.",
        "No draw had to be corrected.",
        "Initial tumour burden (cells/µL)",
        "uniform on 1 to 1000",
        "20160424",
        "relative accuracy",
        hash.as_str().unwrap(),
    ] {
        assert!(page.contains(text), "{text}");
    }
}

#[test]
fn the_study_file_in_the_page_gives_the_same_rows() {
    let place = Place::new();
    place.cartrial(&["run", UNIFORM, "--out", "here", "--patients", "50", "--days", "3"]).well();
    let page = page(&place, "here");
    let (_, rest) = page.split_once("<summary>study.toml</summary><pre>").unwrap();
    let (escaped, _) = rest.split_once("</pre>").unwrap();
    place.write("again.toml", escaped.replace("&quot;", "\"").replace("&amp;", "&"));
    place.cartrial(&["run", "again.toml", "--out", "again"]).well();
    let hash = |of: &str| place.json(&format!("{of}/manifest.json"))["content_hash"].clone();
    assert_eq!(hash("again"), hash("here"));
}

#[test]
fn names_from_outside_are_escaped() {
    let place = Place::with_study(&format!("{SMALL}[[arms]]\nname = \"<script>alert(1)</script>\"\n"));
    place.cartrial(&["run", "study.toml", "--out", "here"]).well();
    let page = page(&place, "here");
    assert!(!page.contains("<script"), "{page}");
    assert!(page.contains("&lt;script&gt;alert(1)"));
}

#[test]
fn patients_that_failed_are_told_plainly() {
    let place = Place::with_study(&format!(
        "{SMALL}[population]\ntable = \"t.csv\"\n[run]\nmax_failed_fraction = 1\n"
    ));
    place.write("t.csv", "r1\n1e300\n3e-3\n4e-3\n5e-3\n1e300\n2e-3\n");
    place.cartrial(&["run", "study.toml", "--out", "here"]).well();
    assert!(page(&place, "here").contains("2 of 6 patients could not be solved in every arm."));
}

/// Nothing that a browser would fetch: no address but names of namespaces, no script, no style or image from elsewhere.
fn needs_nothing_from_outside(page: &str) {
    assert!(!page.contains("<script") && !page.contains("<iframe") && !page.contains("@import"));
    assert!(!page.contains("url("), "a style that fetches something");
    for attribute in ["src=", "href=", "xlink:href="] {
        for (_, value) in page.match_indices(attribute).map(|(i, _)| page[i..].split_once('"').unwrap()) {
            assert!(value.starts_with('#') || value.starts_with("data:,"), "{attribute}{}", &value[..40]);
        }
    }
    let addresses = page.matches("://").count();
    assert_eq!(addresses, page.matches("xmlns=\"http://www.w3.org/2000/svg\"").count(), "other addresses");
}

/// A browser, if there is one.
fn browser() -> Option<&'static str> {
    let names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
    names
        .into_iter()
        .find(|name| Command::new(name).arg("--version").output().is_ok_and(|o| o.status.success()))
}

/// Opens a page in a new profile of the browser without a screen; what it says on standard error.
fn open(browser: &str, place: &Place, page: &Path, profile: &str, more: &[&str]) -> String {
    let output = Command::new(browser)
        .args(["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"])
        .args(["--disable-background-networking", "--enable-logging=stderr", "--hide-scrollbars"])
        .args(["--window-size=1100,1600", "--host-resolver-rules=MAP * ~NOTFOUND"])
        .arg(format!("--user-data-dir={}", place.path(profile).display()))
        .args(more)
        .arg(format!("file://{}", page.display()))
        .output()
        .unwrap();
    assert!(output.status.success(), "{output:?}");
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// Bytes of a compressed picture of this size that shows nothing but its background are far fewer.
const A_PICTURE_OF_SOMETHING: usize = 40_000;

#[test]
fn pages_need_nothing_from_outside_and_a_browser_shows_them_without_complaint() {
    let place = Place::new();
    place.cartrial(&["run", UNIFORM, "--out", "study"]).well();
    place.cartrial(&["reproduce", "--out", "paper", "--trials", "20", "--quiet"]).well();
    for directory in ["study", "paper"] {
        needs_nothing_from_outside(&page(&place, directory));
    }
    let Some(browser) = browser() else {
        println!("no Chromium is installed: pages were not opened");
        return;
    };
    for directory in ["study", "paper"] {
        let file = place.path(&format!("{directory}/report.html"));
        let mut pictures = Vec::new();
        for (scheme, setting) in [("light", "1"), ("dark", "0")] {
            let picture = place.path(&format!("{directory}-{scheme}.png"));
            let screenshot = format!("--screenshot={}", picture.display());
            let scheme_setting = format!("--blink-settings=preferredColorScheme={setting}");
            let profile = format!("profile-{directory}-{scheme}");
            let said = open(browser, &place, &file, &profile, &[&screenshot, &scheme_setting]);
            let complaints: Vec<_> = said.lines().filter(|line| line.contains("CONSOLE")).collect();
            assert!(complaints.is_empty(), "{directory}: {complaints:#?}");
            pictures.push(std::fs::read(picture).unwrap());
        }
        assert!(pictures.iter().all(|p| p.len() > A_PICTURE_OF_SOMETHING), "{directory} is blank");
        assert!(pictures[0] != pictures[1], "{directory} looks the same in light and in dark");
    }
}
