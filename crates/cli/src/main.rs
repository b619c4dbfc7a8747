//! `cartrial`: virtual clinical trials of CAR T cell therapy from the command line.
//!
//! Arguments, progress and exit codes; everything else is in the crates below.

#![forbid(unsafe_code)]

mod args;
mod commands;
mod failure;
mod output;
mod signals;

use args::{Arguments, Command};
use clap::Parser;
use std::process::ExitCode;

fn main() -> ExitCode {
    let done = match Arguments::parse().command {
        Command::Run(arguments) => commands::run::run(&arguments),
        Command::Patient(arguments) => commands::patient::patient(&arguments),
        Command::Reproduce(arguments) => commands::reproduce::reproduce(&arguments),
        Command::Sensitivity(arguments) => commands::sensitivity::run(&arguments),
        Command::Calibrate(arguments) => commands::calibrate::run(&arguments),
        Command::Check(arguments) => commands::check::check(&arguments),
        Command::Plan(arguments) => commands::plan::plan(&arguments),
        Command::Merge(arguments) => commands::merge::merge(&arguments),
        Command::Analyse(arguments) => commands::analyse::analyse(&arguments),
        Command::Query(arguments) => commands::query::query(&arguments),
        Command::Export(arguments) => commands::export::export(&arguments),
        Command::Report(arguments) => commands::report::report(&arguments),
        Command::Credibility(arguments) => commands::credibility::credibility(&arguments),
        Command::ExportSbml(arguments) => commands::export_sbml::export_sbml(&arguments),
        Command::ExportOmex(arguments) => commands::export_sbml::export_omex(&arguments),
        Command::Schema => commands::schema(),
        Command::Completions(arguments) => commands::about::completions(&arguments),
        Command::Man(arguments) => commands::about::man(&arguments),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("{failure}");
            failure.exit_code()
        }
    }
}
