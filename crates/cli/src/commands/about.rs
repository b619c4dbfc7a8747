//! What the program says of itself: its version, and its commands to shells and to `man`.

use crate::args::{Arguments, CompletionsArguments, ManArguments};
use crate::failure::Failure;
use crate::output::show;
use cartrial::Level;
use cartrial_dataset::DatasetError;
use clap::CommandFactory;
use std::io;
use std::sync::LazyLock;

/// The program's version, the commit that it is built from, and the SIMD level of its kernels here.
pub static VERSION: LazyLock<String> = LazyLock::new(|| {
    let level = Level::from_environment().map_or_else(|why| why.to_string(), |level| level.to_string());
    format!("{}\ncommit: {}\nSIMD: {level}", env!("CARGO_PKG_VERSION"), env!("CARTRIAL_COMMIT"))
});

/// `cartrial completions`
pub fn completions(arguments: &CompletionsArguments) -> Result<(), Failure> {
    let mut command = Arguments::command();
    let name = command.get_name().to_owned();
    let mut script = Vec::new();
    clap_complete::generate(arguments.shell, &mut command, name, &mut script);
    show(&String::from_utf8_lossy(&script))
}

/// `cartrial man`
pub fn man(arguments: &ManArguments) -> Result<(), Failure> {
    let command = Arguments::command().disable_help_subcommand(true);
    let Some(directory) = &arguments.out else {
        let mut page = Vec::new();
        clap_mangen::Man::new(command).render(&mut page).map_err(unwritten)?;
        return show(&String::from_utf8_lossy(&page));
    };
    let unwritten = |error| DatasetError::io(directory, "written", error);
    std::fs::create_dir_all(directory).map_err(unwritten)?;
    clap_mangen::generate_to(command, directory).map_err(unwritten)?;
    show(&format!("Pages written to {}\n", directory.display()))
}

fn unwritten(error: io::Error) -> Failure {
    Failure::Other(error.to_string())
}
