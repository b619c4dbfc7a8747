//! A directory of its own for every test, and the program run in it.

#![allow(dead_code, reason = "every test file uses a part of it")]

use serde_json::Value;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;
use tempfile::TempDir;

/// The paper's study, as it is delivered.
pub const UNIFORM: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../cohorts/hanson2016-uniform.toml");
/// A study of a few patients and days, to which tests append.
pub const SMALL: &str = "[study]\nname = \"small\"\nseed = 7\npatients = 6\ndays = 2\n";

/// Two arms, 2:1, with a rescue that many patients need.
pub const RANDOMISED: &str = "\
[study]
name = \"randomised\"
seed = 3
patients = 90
days = 20
allocation = \"randomised\"
[[arms]]
name = \"control\"
ratio = 2
[[arms]]
name = \"early rescue\"
rescue = { above = 150, hours = 48, rate = 200 }
";

/// A study in `cohorts/`, by its name.
pub fn shipped(study: &str) -> String {
    format!("{}/../../cohorts/{study}.toml", env!("CARGO_MANIFEST_DIR"))
}

/// What the program said and how it ended.
#[derive(Debug)]
pub struct Said {
    pub code: i32,
    pub out: String,
    pub err: String,
}

impl Said {
    /// The same, that it ended well without a word on standard error.
    #[track_caller]
    pub fn well(self) -> Self {
        assert_eq!((self.code, self.err.as_str()), (0, ""), "{self:?}");
        self
    }
}

/// A directory in which the program runs.
pub struct Place {
    directory: TempDir,
}

impl Place {
    pub fn new() -> Self {
        Self { directory: tempfile::tempdir().unwrap() }
    }

    /// With a study file `study.toml`.
    pub fn with_study(text: &str) -> Self {
        let place = Self::new();
        place.write("study.toml", text);
        place
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    pub fn write(&self, name: &str, bytes: impl AsRef<[u8]>) {
        std::fs::write(self.path(name), bytes).unwrap();
    }

    pub fn read(&self, name: &str) -> Vec<u8> {
        std::fs::read(self.path(name)).unwrap_or_else(|e| panic!("{name}: {e}"))
    }

    pub fn json(&self, name: &str) -> Value {
        serde_json::from_slice(&self.read(name)).unwrap()
    }

    /// Runs `cartrial` here.
    pub fn cartrial(&self, arguments: &[&str]) -> Said {
        self.cartrial_with(arguments, None)
    }

    /// Runs `cartrial` here, with `CARTRIAL_SIMD` or without it.
    pub fn cartrial_with(&self, arguments: &[&str], simd: Option<&str>) -> Said {
        let mut command = Command::new(env!("CARGO_BIN_EXE_cartrial"));
        command.args(arguments).current_dir(self.directory.path()).env_remove("CARTRIAL_SIMD");
        command.envs(simd.map(|level| ("CARTRIAL_SIMD", level)));
        let output = command.output().unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        Said { code: output.status.code().unwrap(), out: text(output.stdout), err: text(output.stderr) }
    }

    /// Runs `study.toml` into `here`.
    #[track_caller]
    pub fn run_study(&self) {
        self.cartrial(&["run", "study.toml", "--out", "here", "--quiet"]).well();
    }

    /// Every file and directory here with its contents.
    pub fn contents(&self) -> BTreeMap<PathBuf, Vec<u8>> {
        let mut contents = BTreeMap::new();
        collect(self.directory.path(), &mut contents);
        contents
    }

    /// Runs `cartrial`, which must end with that code and exactly that message, print no result and touch no file.
    #[track_caller]
    pub fn refuses(&self, arguments: &[&str], code: i32, message: &str) {
        self.refuses_with(arguments, None, code, message);
    }

    /// As [`Place::refuses`], with `CARTRIAL_SIMD`.
    #[track_caller]
    pub fn refuses_with(&self, arguments: &[&str], simd: Option<&str>, code: i32, message: &str) {
        let before = self.contents();
        let said = self.cartrial_with(arguments, simd);
        assert_eq!(said.err, format!("{message}\n"), "of {arguments:?}");
        assert_eq!((said.code, said.out.as_str()), (code, ""), "{arguments:?}");
        assert!(self.contents() == before, "{arguments:?} touched a file");
    }
}

fn collect(directory: &Path, contents: &mut BTreeMap<PathBuf, Vec<u8>>) {
    for entry in std::fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, contents);
            contents.insert(path, Vec::new());
        } else {
            let bytes = std::fs::read(&path).unwrap();
            contents.insert(path, bytes);
        }
    }
}
