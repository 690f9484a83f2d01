//! `phusong user`: manage accounts from the machine itself, for instance when the last administrator is locked out.

use std::process::ExitCode;

use serde_json::json;
use server::Problem;
use store::{AccountChange, NewAccount, NewAuditEntry, Role, Store};

use super::work_frame::{Database, with_store_at};
use crate::output::{Output, WrongUse};

/// What may be written after `user`.
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
    /// Print every account.
    List,
    /// Make an account and print its one-time link.
    Add {
        /// The name to sign in with.
        name: String,
        /// administrator, planner, operator, zone_board, commune, auditor or public.
        #[arg(long)]
        role: String,
        /// Which operator, in the role operator.
        #[arg(long)]
        operator: Option<String>,
    },
    /// Print a new one-time link: forgotten password, lost authenticator, lock.
    Invite {
        /// The account's name.
        name: String,
    },
    /// Switch an account off; its sessions end.
    Disable {
        /// The account's name.
        name: String,
    },
    /// Switch an account on again.
    Enable {
        /// The account's name.
        name: String,
    },
}

/// Runs the command.
pub fn run(arguments: Arguments, output: &Output) -> anyhow::Result<ExitCode> {
    let database = Database {
        database_url: arguments.database_url,
        artefacts: None,
    };
    match arguments.action {
        Action::List => list(output, &database),
        Action::Add { name, role, operator } => {
            let role = Role::from_name(&role).ok_or_else(|| WrongUse(format!("there is no role {role:?}")))?;
            if (role == Role::Operator) != operator.is_some() {
                return Err(WrongUse("--operator belongs to the role operator, and to no other".to_owned()).into());
            }
            let new = NewAccount {
                display_name: name.clone(),
                name,
                role,
                operator,
            };
            let link = with_store_at(output, &database, async |store| {
                let account = store.create_account(new).await?;
                note(store, "account.create", &account.id).await?;
                invite(store, &account.id).await
            })?;
            answer_link(output, &link)
        }
        Action::Invite { name } => {
            let link = with_store_at(output, &database, async |store| invite(store, &name).await)?;
            answer_link(output, &link)
        }
        Action::Disable { name } => switch(output, &database, &name, true),
        Action::Enable { name } => switch(output, &database, &name, false),
    }
}

fn list(output: &Output, database: &Database) -> anyhow::Result<ExitCode> {
    let accounts = with_store_at(output, database, async |store| Ok(store.accounts().await?))?;
    let rows: Vec<_> = accounts
        .iter()
        .map(|a| json!({ "name": a.name, "role": a.role, "operator": a.operator, "disabled": a.disabled, "locked": a.is_locked(), "last_seen_at": a.last_seen_at }))
        .collect();
    output.answer(&rows, || {
        let line = |a: &store::Account| {
            format!(
                "{}\t{}\t{}",
                a.name,
                a.role.name(),
                a.operator.as_deref().unwrap_or("-")
            )
        };
        accounts.iter().map(line).collect::<Vec<_>>().join("\n")
    })?;
    Ok(ExitCode::SUCCESS)
}

fn switch(output: &Output, database: &Database, name: &str, disabled: bool) -> anyhow::Result<ExitCode> {
    with_store_at(output, database, async |store| {
        let change = AccountChange {
            disabled: Some(disabled),
            ..AccountChange::default()
        };
        let account = store.account(name).await?;
        store.change_account(&account.id, change).await?;
        note(store, "account.change", &account.id).await
    })?;
    output.answer(&json!({ "name": name, "disabled": disabled }), || {
        format!("{name}: done")
    })?;
    Ok(ExitCode::SUCCESS)
}

/// The part of a one-time link after the service's address.
async fn invite(store: &Store, name: &str) -> Result<String, Problem> {
    let account = store.account(name).await?;
    let invitation = store.invite(&account.id).await?;
    note(store, "account.invite", &account.id).await?;
    Ok(format!("/#/setup?token={}", invitation.secret))
}

async fn note(store: &Store, action: &str, subject: &str) -> Result<(), Problem> {
    let entry = NewAuditEntry {
        who: "command line",
        action,
        project: None,
        subject,
        details: json!({}),
    };
    store.append_audit(entry).await?;
    Ok(())
}

fn answer_link(output: &Output, link: &str) -> anyhow::Result<ExitCode> {
    output.answer(&json!({ "link": link }), || {
        format!("after the service's address, once and within three days: {link}")
    })?;
    Ok(ExitCode::SUCCESS)
}
