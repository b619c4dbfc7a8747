//! Inputs that are as the program writes them today, beside those that were found.

/// Puts them into the directory from which libFuzzer reads before anything else.
pub fn begin(target: &str, inputs: &[Vec<u8>]) {
    let directory = format!("{}/corpus/{target}", env!("CARGO_MANIFEST_DIR"));
    std::fs::create_dir_all(&directory).expect("a corpus");
    for (i, input) in inputs.iter().enumerate() {
        std::fs::write(format!("{directory}/written-{i}"), input).expect("a corpus");
    }
}
