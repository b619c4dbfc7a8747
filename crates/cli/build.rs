//! Tells the program the commit that it is built from.

#![forbid(unsafe_code)]

use std::path::Path;
use std::process::Command;

/// What the program is made of; all that is not is left out of account.
const SOURCES: [&str; 3] = ["../../Cargo.toml", "../../Cargo.lock", "../../crates"];

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    let commit = commit();
    if commit.is_some() {
        watch();
    }
    println!("cargo::rustc-env=CARTRIAL_COMMIT={}", commit.as_deref().unwrap_or("unknown"));
}

/// The commit, `-dirty` if the sources differ from it; none without git, or where it does not keep these sources.
fn commit() -> Option<String> {
    git(&["ls-files", "--error-unmatch", "build.rs"])?;
    let hash = git(&["rev-parse", "--short=12", "HEAD"])?;
    let differ =
        !git(&[&["status", "--porcelain", "--untracked-files=no", "--"], &SOURCES[..]].concat())?.is_empty();
    Some(if differ { format!("{hash}-dirty") } else { hash })
}

/// Asks again where the answer may be another one: HEAD has moved, or a source has changed, which makes the program anew anyway.
fn watch() {
    let head = git(&["rev-parse", "--git-path", "logs/HEAD"]);
    let sources = Path::new("..").read_dir().into_iter().flatten().flatten();
    let sources = sources.map(|entry| entry.path().join("src").display().to_string());
    let manifests = SOURCES[..2].iter().map(|&path| path.to_owned());
    // What is not there would be taken for changed, every time.
    for path in head.into_iter().chain(sources).chain(manifests).filter(|path| Path::new(path).exists()) {
        println!("cargo::rerun-if-changed={path}");
    }
}

/// What git says; none if it fails.
fn git(arguments: &[&str]) -> Option<String> {
    let output = Command::new("git").args(arguments).output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
}
