//! A PostgreSQL server of one's own: made in a temporary folder, reached through a socket there, gone afterwards.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// A running server; stopped and removed when dropped.
pub struct PrivatePostgres {
    folder: tempfile::TempDir,
    programs: PathBuf,
    user: Option<String>,
}

impl PrivatePostgres {
    /// Starts a server. `Err` says why there can be none here.
    pub fn start() -> Result<Self, String> {
        let programs = programs().ok_or("initdb (package postgresql) not present")?;
        let folder = tempfile::Builder::new()
            .prefix("pg")
            .tempdir()
            .map_err(|error| error.to_string())?;
        let user = ordinary_user(folder.path())?;
        let server = Self { folder, programs, user };
        server.run(
            "initdb",
            &[
                "-D",
                &server.data(),
                "-U",
                "phusong",
                "-A",
                "trust",
                "-E",
                "UTF8",
                "--no-sync",
            ],
        )?;
        let socket = server.folder.path().display().to_string();
        // No TCP at all: nobody else reaches it.
        let options = format!("-c listen_addresses='' -c unix_socket_directories='{socket}' -c fsync=off");
        let log = format!("{socket}/log");
        server.run(
            "pg_ctl",
            &["-D", &server.data(), "-w", "-l", &log, "-o", &options, "start"],
        )?;
        Ok(server)
    }

    /// The address of a database on it.
    pub fn url(&self) -> String {
        format!(
            "postgres://phusong@localhost/postgres?host={}",
            self.folder.path().display()
        )
    }

    fn data(&self) -> String {
        self.folder.path().join("data").display().to_string()
    }

    fn run(&self, program: &str, arguments: &[&str]) -> Result<(), String> {
        let program = self.programs.join(program);
        let mut command = match &self.user {
            None => Command::new(&program),
            Some(user) => {
                let mut command = Command::new("runuser");
                command.args(["-u", user, "--"]).arg(&program);
                command
            }
        };
        // pg_ctl leaves the server running with whatever output it inherited: a pipe would never end.
        let done = command
            .args(arguments)
            .current_dir(self.folder.path())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status()
            .map_err(|error| format!("{}: {error}", program.display()))?;
        done.success()
            .then_some(())
            .ok_or_else(|| format!("{} failed with {done}", program.display()))
    }
}

impl Drop for PrivatePostgres {
    fn drop(&mut self) {
        drop(self.run("pg_ctl", &["-D", &self.data(), "-w", "-m", "immediate", "stop"]));
    }
}

/// The folder with PostgreSQL's own programs: Debian keeps them beside the path.
fn programs() -> Option<PathBuf> {
    let versions = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let debian = versions.map(|version| version.path().join("bin"));
    let path = std::env::var_os("PATH").unwrap_or_default();
    debian
        .chain(std::env::split_paths(&path))
        .find(|folder| folder.join("initdb").exists() && folder.join("pg_ctl").exists())
}

/// PostgreSQL refuses to run as root: then an ordinary user gets the folder.
fn ordinary_user(folder: &Path) -> Result<Option<String>, String> {
    let id = Command::new("id")
        .arg("-u")
        .output()
        .map_err(|error| error.to_string())?;
    if id.stdout.trim_ascii() != b"0" {
        return Ok(None);
    }
    for user in ["postgres", "nobody"] {
        let given = Command::new("chown")
            .arg(user)
            .arg(folder)
            .stderr(Stdio::null())
            .status();
        if given.is_ok_and(|status| status.success()) {
            return Ok(Some(user.to_owned()));
        }
    }
    Err("running as root, and there is no ordinary user to run PostgreSQL as".to_owned())
}
