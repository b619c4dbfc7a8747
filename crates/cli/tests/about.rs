//! What the program says of itself.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod common;

use common::Place;

#[test]
fn the_version_has_the_commit_and_the_level_that_runs_take() {
    let place = Place::new();
    for (level, expected) in [
        (Some("scalar"), "scalar"),
        (
            Some("abacus"),
            "CARTRIAL_SIMD=\"abacus\" is no SIMD level. Valid: scalar, baseline, avx2, avx512; unset it to use the best",
        ),
    ] {
        let said = place.cartrial_with(&["--version"], level).well();
        let lines: Vec<_> = said.out.lines().collect();
        let [version, commit, simd] = lines[..] else { panic!("{}", said.out) };
        assert_eq!(version, concat!("cartrial ", env!("CARGO_PKG_VERSION")));
        assert_eq!(simd, format!("SIMD: {expected}"));
        let commit = commit.strip_prefix("commit: ").unwrap();
        let hash = commit.trim_end_matches("-dirty");
        let is_hash = hash.len() >= 12 && hash.chars().all(|c| c.is_ascii_hexdigit());
        assert!(commit == "unknown" || is_hash, "{commit}");
    }
    let short = place.cartrial(&["-V"]).well();
    assert_eq!(short.out, concat!("cartrial ", env!("CARGO_PKG_VERSION"), "\n"));
}

#[test]
fn every_shell_is_told_every_command() {
    let place = Place::new();
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let script = place.cartrial(&["completions", shell]).well().out;
        for word in ["sensitivity", "export-sbml", "resume"] {
            assert!(script.contains(word), "{shell} has no {word}");
        }
    }
    let message = "error: invalid value 'csh' for '<SHELL>'\n  [possible values: bash, elvish, fish, powershell, zsh]\n\n  \
                   tip: a similar value exists: 'zsh'\n\nFor more information, try '--help'.";
    place.refuses(&["completions", "csh"], 2, message);
}

#[test]
fn every_command_has_a_manual_page() {
    let place = Place::new();
    let page = place.cartrial(&["man"]).well().out;
    assert!(page.contains(".TH cartrial 1") && page.contains("cartrial\\-sensitivity(1)"), "{page}");
    let said = place.cartrial(&["man", "--out", "share/man1"]).well();
    assert_eq!(said.out, "Pages written to share/man1\n");
    assert!(place.read("share/man1/cartrial.1") == page.as_bytes());
    let run = String::from_utf8(place.read("share/man1/cartrial-run.1")).unwrap();
    assert!(run.contains("max_failed_fraction") && run.contains("\\-\\-resume"), "{run}");
    place.write("file", "");
    let in_the_way = "error: file: cannot be written: a file stands where a directory is needed. Choose another directory with --out.";
    place.refuses(&["man", "--out", "file"], 2, in_the_way);
}
