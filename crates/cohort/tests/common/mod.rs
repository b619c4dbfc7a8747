//! What the tests of messages share.

use cartrial_cohort::Study;
use std::path::Path;

/// A study to which nothing need be added.
const STUDY: &str = "[study]\nname = \"x\"\npatients = 10\n";

/// Every text must be refused with exactly the message beside it.
pub fn refuses(cases: &[(&str, &str)]) {
    for (text, expected) in cases {
        let text = text.replace("STUDY\n", STUDY);
        let error = Study::parse(&text, Path::new("x.toml")).expect_err(&text);
        assert_eq!(error.to_string(), *expected, "in\n{text}");
        assert_eq!(error.source_text, text);
        for problem in &error.problems {
            let span = problem.span.clone().expect("a place in the file");
            assert!(text.get(span).is_some(), "{problem}");
        }
    }
}
