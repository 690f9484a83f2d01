//! `phusong audit`: read or verify the audit log.

use std::process::ExitCode;

use serde_json::json;

use super::work_frame::{Database, with_store_at};
use crate::output::Output;

/// What may be written after `audit`.
#[derive(Debug, clap::Args)]
pub struct Arguments {
    /// What to do.
    #[command(subcommand)]
    action: Action,
    /// PostgreSQL instead of the SQLite in the data folder.
    #[arg(
        long,
        global = true,
        value_name = "URL",
        env = "PHUSONG_DATABASE_URL",
        hide_env_values = true
    )]
    database_url: Option<String>,
}

#[derive(Debug, clap::Subcommand)]
enum Action {
    /// Walk the chain of hashes: exit 1 when an entry was changed, added or removed.
    Verify,
    /// Print entries, the oldest first.
    List {
        /// Only entries after this number.
        #[arg(long, default_value_t = 0)]
        after: i64,
        /// How many at most.
        #[arg(long, default_value_t = 200)]
        limit: i64,
    },
}

/// Runs the command.
pub fn run(arguments: Arguments, output: &Output) -> anyhow::Result<ExitCode> {
    let database = Database {
        database_url: arguments.database_url,
        artefacts: None,
    };
    match arguments.action {
        Action::Verify => verify(output, &database),
        Action::List { after, limit } => {
            let entries = with_store_at(output, &database, async |store| {
                Ok(store.audit_entries(after, limit).await?)
            })?;
            output.answer(&entries, || {
                let line = |entry: &store::AuditEntry| {
                    let store::AuditEntry {
                        sequence,
                        at,
                        who,
                        action,
                        subject,
                        ..
                    } = entry;
                    format!("{sequence}\t{at}\t{who}\t{action}\t{subject}")
                };
                entries.iter().map(line).collect::<Vec<_>>().join("\n")
            })?;
            Ok(ExitCode::SUCCESS)
        }
    }
}

fn verify(output: &Output, database: &Database) -> anyhow::Result<ExitCode> {
    let found = with_store_at(output, database, async |store| Ok(store.verify_audit().await?))?;
    match found {
        Ok(entries) => {
            let answer = json!({ "sound": true, "entries": entries, "first_broken": null });
            output.answer(&answer, || format!("{entries} entries, the chain is whole"))?;
            Ok(ExitCode::SUCCESS)
        }
        Err(broken) => {
            let answer = json!({ "sound": false, "entries": broken - 1, "first_broken": broken });
            output.answer(&answer, || format!("entry {broken} was changed, added or removed"))?;
            Ok(ExitCode::FAILURE)
        }
    }
}
