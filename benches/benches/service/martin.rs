//! Martin, a server of vector tiles, beside the service: the same features, which the service exported as PMTiles, at the same addresses.

use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};

use crate::program::Running;

/// Layers that both serve.
const LAYERS: [&str; 3] = ["sites", "villages", "communes"];
/// Zooms of the archives.
const HIGHEST_ZOOM: u32 = 11;

/// Martin on a port of this machine; it ends with the measurement.
pub struct Martin {
    child: Child,
    pub address: String,
    _folder: tempfile::TempDir,
}

impl Drop for Martin {
    fn drop(&mut self) {
        // It may have ended by itself.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

impl Martin {
    /// Serves what the service exports; `None` where Martin is not installed.
    pub async fn beside(running: &Running) -> Result<Option<Self>> {
        let found = Command::new("martin").arg("--version").stdout(Stdio::null()).status();
        if !found.is_ok_and(|status| status.success()) {
            return Ok(None);
        }
        let folder = tempfile::tempdir()?;
        for layer in LAYERS {
            let path = format!("/api/projects/{}/export?layer={layer}&format=pmtiles", running.project);
            std::fs::write(
                folder.path().join(format!("{layer}.pmtiles")),
                running.bytes(&path).await?,
            )?;
        }
        let port = std::net::TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        let child = Command::new("martin")
            .args(["--listen-addresses", &format!("127.0.0.1:{port}")])
            .arg(folder.path())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()?;
        let martin = Self {
            child,
            address: format!("http://127.0.0.1:{port}"),
            _folder: folder,
        };
        let start = Instant::now();
        while reqwest::get(format!("{}/health", martin.address)).await.is_err() {
            ensure!(start.elapsed() < Duration::from_secs(30), "Martin does not begin");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        Ok(Some(martin))
    }

    /// The service's vector tiles that Martin has too: where the service has them, and where Martin has.
    pub fn in_both(paths: &[String]) -> Result<(Vec<String>, Vec<String>)> {
        let mut both = (Vec::new(), Vec::new());
        for path in paths {
            let (_, tile) = path.split_once("/vector/").context("no vector tile")?;
            let tile = tile.trim_end_matches(".mvt");
            let zoom: u32 = tile.split('/').nth(1).context("no zoom")?.parse()?;
            if zoom <= HIGHEST_ZOOM {
                both.0.push(path.clone());
                both.1.push(format!("/{tile}"));
            }
        }
        Ok(both)
    }
}
