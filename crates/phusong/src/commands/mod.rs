//! The commands, one file each: `Arguments` (what may be written) and `run` (what is done).
#![allow(clippy::needless_pass_by_value)] // Every command takes its arguments, whether it keeps them or not.

pub mod audit;
pub mod backup;
pub mod cover;
pub mod demo;
pub mod export;
pub mod import;
mod interruption;
pub mod model;
pub mod optimise;
pub mod plan;
pub mod profile;
pub mod programme;
pub mod restore;
pub mod serve;
pub mod user;
mod work_frame;
pub mod worker;

use std::process::ExitCode;

use clap::Subcommand;

use crate::output::Output;

/// Every command of the program.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Start the service: API and web app.
    Serve(serve::Arguments),
    /// Make the demo project's files and load them.
    Demo(demo::Arguments),
    /// Import a file: sites, areas, zones, places, terrain, land cover, population, measurements.
    Import(import::Arguments),
    /// Compute the coverage of a project.
    Cover(cover::Arguments),
    /// Propose the best actions.
    Plan(plan::Arguments),
    /// Write a layer to a file.
    Export(export::Arguments),
    /// Check, evaluate or report a programme.
    Programme(programme::Arguments),
    /// Evaluate one propagation model with all intermediates.
    Model(model::Arguments),
    /// The terrain profile between two points.
    Profile(profile::Arguments),
    /// Solve a covering problem from CSV files.
    Optimise(optimise::Arguments),
    /// Copy the store while it is in use.
    Backup(backup::Arguments),
    /// Lay a backup into an empty data folder.
    Restore(restore::Arguments),
    /// Read or verify the audit log.
    Audit(audit::Arguments),
    /// Manage accounts.
    User(user::Arguments),
    /// Work for a shared queue.
    Worker(worker::Arguments),
}

impl Command {
    /// Runs the command; the exit code is 0 done, 1 refused, 2 wrong use.
    pub fn run(self, output: &Output) -> anyhow::Result<ExitCode> {
        match self {
            Self::Serve(arguments) => serve::run(arguments, output),
            Self::Demo(arguments) => demo::run(arguments, output),
            Self::Import(arguments) => import::run(arguments, output),
            Self::Cover(arguments) => cover::run(arguments, output),
            Self::Plan(arguments) => plan::run(arguments, output),
            Self::Export(arguments) => export::run(arguments, output),
            Self::Programme(arguments) => programme::run(arguments, output),
            Self::Model(arguments) => model::run(arguments, output),
            Self::Profile(arguments) => profile::run(arguments, output),
            Self::Optimise(arguments) => optimise::run(arguments, output),
            Self::Backup(arguments) => backup::run(arguments, output),
            Self::Restore(arguments) => restore::run(arguments, output),
            Self::Audit(arguments) => audit::run(arguments, output),
            Self::User(arguments) => user::run(arguments, output),
            Self::Worker(arguments) => worker::run(arguments, output),
        }
    }
}
