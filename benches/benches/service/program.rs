//! The program with a demo project, serving.

use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};

/// A service on a port of this machine; it ends with the measurement.
pub struct Running {
    child: Child,
    client: reqwest::Client,
    pub address: String,
    /// The demo project's id.
    pub project: String,
    _folder: tempfile::TempDir,
}

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended by itself.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// The program, as it was built last.
fn program() -> Result<PathBuf> {
    let here = std::env::current_exe()?;
    let found = here.ancestors().nth(2).context("no folder")?.join("phusong");
    ensure!(
        found.exists(),
        "{} is not there: cargo build --release --workspace",
        found.display()
    );
    Ok(found)
}

impl Running {
    /// Makes the demo project and serves it.
    pub async fn demo() -> Result<Self> {
        // The client is built for TLS too, and wants a provider of cryptography whatever it speaks.
        drop(rustls::crypto::ring::default_provider().install_default());
        let program = program()?;
        let folder = tempfile::tempdir()?;
        let made = Command::new(&program)
            .args(["demo", "--data"])
            .arg(folder.path())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status()?;
        ensure!(made.success(), "phusong demo: {made}");
        let port = std::net::TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        let child = Command::new(&program)
            .args(["serve", "--listen", &format!("127.0.0.1:{port}"), "--data"])
            .arg(folder.path())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()?;
        let mut running = Self {
            child,
            client: reqwest::Client::new(),
            address: format!("http://127.0.0.1:{port}"),
            project: String::new(),
            _folder: folder,
        };
        let start = Instant::now();
        while running.get("/api/ready").await.is_err() {
            ensure!(start.elapsed() < Duration::from_secs(30), "the service does not begin");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        let projects = running.get("/api/projects").await?;
        running.project = projects[0]["id"].as_str().context("no project")?.to_owned();
        Ok(running)
    }

    pub async fn bytes(&self, path: &str) -> Result<Vec<u8>> {
        let answer = self.client.get(format!("{}{path}", self.address)).send().await?;
        ensure!(answer.status().is_success(), "{path}: {}", answer.status());
        Ok(answer.bytes().await?.into())
    }

    pub async fn get(&self, path: &str) -> Result<Value> {
        Ok(serde_json::from_slice(&self.bytes(path).await?)?)
    }

    pub async fn post(&self, path: &str, body: &Value) -> Result<Value> {
        let answer = self
            .client
            .post(format!("{}{path}", self.address))
            .json(body)
            .send()
            .await?;
        let status = answer.status();
        let said: Value = answer.json().await?;
        ensure!(status.is_success(), "{path}: {said}");
        Ok(said)
    }

    pub async fn delete(&self, path: &str) -> Result<()> {
        self.client.delete(format!("{}{path}", self.address)).send().await?;
        Ok(())
    }

    /// Computes the project's coverage as it is on the air; the run's id.
    pub async fn coverage(&self) -> Result<String> {
        let job = self
            .post(&format!("/api/projects/{}/coverage-runs", self.project), &json!({}))
            .await?;
        let job = format!("/api/jobs/{}", job["id"].as_str().context("no job")?);
        loop {
            let now = self.get(&job).await?;
            match now["status"].as_str() {
                Some("queued" | "running") => tokio::time::sleep(Duration::from_millis(500)).await,
                Some("succeeded") => break Ok(now["result"]["run"].as_str().context("no run")?.to_owned()),
                _ => anyhow::bail!("the run did not succeed: {now}"),
            }
        }
    }

    /// Memory that the process holds, MiB.
    pub fn memory_mib(&self) -> Result<f64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id()))?;
        let line = status
            .lines()
            .find_map(|line| line.strip_prefix("VmRSS:"))
            .context("no VmRSS")?;
        Ok(line.trim().trim_end_matches("kB").trim().parse::<f64>()? / 1024.0)
    }
}
