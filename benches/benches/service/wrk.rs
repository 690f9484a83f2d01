//! wrk, asking one address after the other.

use std::io::Write;

use anyhow::{Context, Result, ensure};
use tokio::process::Command;

/// What wrk saw.
#[derive(Debug, Clone, Copy)]
pub struct Answers {
    pub count: u64,
    pub per_second: f64,
    pub p50_ms: f64,
    pub p99_ms: f64,
    pub slowest_ms: f64,
    /// Answers that were refusals, and requests without an answer.
    pub failed: u64,
}

/// Every thread of wrk begins elsewhere in the list; the figures come out in one line.
const SCRIPT: &str = r#"
local threads = 0
function setup(thread) thread:set("first", threads * 7919); threads = threads + 1 end
function init()
  paths = {}
  for line in io.lines(os.getenv("PHUSONG_PATHS")) do paths[#paths + 1] = line end
  wrk.headers["Accept-Encoding"] = "gzip, deflate, br, zstd"
  at = first
end
function request() at = at + 1; return wrk.format("GET", paths[at % #paths + 1]) end
function done(summary, latency)
  local errors = summary.errors
  io.write(string.format("figures %d %d %d %d %d %d\n", summary.requests, summary.duration, latency:percentile(50), latency:percentile(99),
    latency.max, errors.connect + errors.read + errors.write + errors.status + errors.timeout))
end
"#;

/// Asks for some seconds, with so many requests on their way.
pub async fn ask(address: &str, paths: &[String], at_once: u32, seconds: u64) -> Result<Answers> {
    let folder = tempfile::tempdir()?;
    let (script, list) = (folder.path().join("ask.lua"), folder.path().join("paths"));
    std::fs::write(&script, SCRIPT)?;
    let mut file = std::fs::File::create(&list)?;
    for path in paths {
        writeln!(file, "{path}")?;
    }
    let output = Command::new("wrk")
        .args(["--threads", "2", "--connections", &at_once.to_string()])
        .args(["--duration", &format!("{seconds}s"), "--timeout", "10s", "--script"])
        .arg(&script)
        .arg(address)
        .env("PHUSONG_PATHS", &list)
        .output()
        .await
        .context("wrk is not there (Debian's package wrk)")?;
    let said = String::from_utf8_lossy(&output.stdout);
    ensure!(
        output.status.success(),
        "{said}{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let line = said
        .lines()
        .find_map(|line| line.strip_prefix("figures "))
        .with_context(|| said.to_string())?;
    let figures: Vec<u64> = line.split(' ').map(str::parse).collect::<Result<_, _>>()?;
    let &[count, duration_us, p50_us, p99_us, slowest_us, failed] = figures.as_slice() else {
        anyhow::bail!("{said}");
    };
    let milliseconds = |microseconds: u64| microseconds as f64 / 1e3;
    Ok(Answers {
        count,
        per_second: count as f64 / (duration_us as f64 / 1e6),
        p50_ms: milliseconds(p50_us),
        p99_ms: milliseconds(p99_us),
        slowest_ms: milliseconds(slowest_us),
        failed,
    })
}
