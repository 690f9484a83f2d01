//! What a process took.

use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};

/// What a process took until it ended well.
#[derive(Debug, Clone)]
pub struct Taken {
    pub wall_s: f64,
    pub processor_s: f64,
    /// Most memory that it held at once, MiB.
    pub peak_mib: f64,
    pub output: String,
}

/// Runs a command to its end. Its processor time is told to a hundredth of a second, less what it takes in its last moments.
pub fn run(command: &mut Command) -> Result<Taken> {
    let start = Instant::now();
    let mut child = command
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .context("cannot start")?;
    let (mut peak_mib, mut processor_s) = (0.0, 0.0);
    let status = loop {
        if let Some(now) = memory_and_time(&child) {
            (peak_mib, processor_s) = now;
        }
        if let Some(status) = child.try_wait()? {
            break status;
        }
        std::thread::sleep(Duration::from_millis(10));
    };
    let wall_s = start.elapsed().as_secs_f64();
    let output = child.wait_with_output()?;
    ensure!(status.success(), "{command:?}: {status}");
    Ok(Taken {
        wall_s,
        processor_s,
        peak_mib,
        output: String::from_utf8_lossy(&output.stdout).into_owned(),
    })
}

/// Most memory so far (MiB) and processor seconds, as the kernel tells them.
fn memory_and_time(child: &Child) -> Option<(f64, f64)> {
    let folder = format!("/proc/{}", child.id());
    let status = std::fs::read_to_string(format!("{folder}/status")).ok()?;
    let peak_kib: f64 = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))?
        .trim()
        .trim_end_matches("kB")
        .trim()
        .parse()
        .ok()?;
    let stat = std::fs::read_to_string(format!("{folder}/stat")).ok()?;
    // The name in parentheses may hold anything; user and system time are the 14th and 15th fields.
    let fields: Vec<&str> = stat.rsplit_once(')')?.1.split_whitespace().collect();
    let ticks: f64 = fields.get(11)?.parse::<f64>().ok()? + fields.get(12)?.parse::<f64>().ok()?;
    Some((peak_kib / 1024.0, ticks / 100.0))
}
