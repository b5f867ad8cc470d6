//! What the kernel says of processes and of the machine (`/proc`, Linux only).

use std::time::{Duration, Instant};

use anyhow::Context as _;

/// Clock ticks per second of `/proc`: fixed at 100 on Linux (`USER_HZ`).
const TICK: Duration = Duration::from_millis(10);

/// Processor time that a process used so far, user and system (proc(5), `stat`).
pub fn cpu(pid: u32) -> anyhow::Result<Duration> {
    let text = std::fs::read_to_string(format!("/proc/{pid}/stat")).context("/proc/PID/stat")?;
    // The name may hold spaces: fields are counted from behind it.
    let (_, fields) = text.rsplit_once(')').context("/proc/PID/stat")?;
    let field =
        |number: usize| -> Option<u32> { fields.split_whitespace().nth(number - 3)?.parse().ok() };
    let ticks = field(14).zip(field(15)).context("utime and stime")?;
    Ok(TICK * (ticks.0 + ticks.1))
}

/// Processor time that this thread used so far, in nanoseconds (`schedstat`).
pub fn thread_cpu() -> anyhow::Result<Duration> {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").context("schedstat")?;
    let nanoseconds = text
        .split(' ')
        .next()
        .and_then(|field| field.parse().ok())
        .context("schedstat")?;
    Ok(Duration::from_nanos(nanoseconds))
}

/// Resident memory now and at most, in MiB (proc(5), `status`).
pub fn memory(pid: u32) -> anyhow::Result<(f64, f64)> {
    let text =
        std::fs::read_to_string(format!("/proc/{pid}/status")).context("/proc/PID/status")?;
    let field = |name: &str| -> Option<f64> {
        let line = text.lines().find(|line| line.starts_with(name))?;
        line.split_whitespace().nth(1)?.parse().ok()
    };
    let now = field("VmRSS:").context("VmRSS")?;
    let peak = field("VmHWM:").context("VmHWM")?;
    Ok((now / 1024.0, peak / 1024.0))
}

/// Processor time of the whole machine (proc(5), `/proc/stat`).
#[derive(Clone, Copy, Debug)]
struct Machine {
    busy: Duration,
    stolen: Duration,
}

impl Machine {
    fn read() -> anyhow::Result<Self> {
        let text = std::fs::read_to_string("/proc/stat").context("/proc/stat")?;
        let line = text.lines().next().context("/proc/stat")?;
        let ticks: Vec<u32> = line
            .split_whitespace()
            .skip(1)
            .filter_map(|field| field.parse().ok())
            .collect();
        let at = |index: usize| ticks.get(index).copied().unwrap_or_default();
        // user nice system … irq softirq; idle (3) and iowait (4) are rest.
        let busy = at(0) + at(1) + at(2) + at(5) + at(6);
        Ok(Self {
            busy: TICK * busy,
            stolen: TICK * at(7),
        })
    }
}

/// How many processors there are.
pub fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, std::num::NonZero::get)
}

/// A stretch of time of which the use of the processors is known.
#[derive(Clone, Copy, Debug)]
pub struct Watch {
    pid: u32,
    began: Instant,
    server: Duration,
    driver: Duration,
    machine: Machine,
}

/// Who used the processors meanwhile.
#[derive(Clone, Copy, Debug)]
pub struct Used {
    /// The server under test.
    pub server: Duration,
    /// This driver.
    pub driver: Duration,
    /// Everything else on the machine, its share of all processors. A database
    /// server is part of it.
    pub others_share: f64,
    /// Taken by other virtual machines, share of all processors.
    pub stolen_share: f64,
}

impl Watch {
    /// From now on, for the server of this process id.
    pub fn start(pid: u32) -> anyhow::Result<Self> {
        Ok(Self {
            pid,
            began: Instant::now(),
            server: cpu(pid)?,
            driver: cpu(std::process::id())?,
            machine: Machine::read()?,
        })
    }

    /// Until now.
    pub fn read(&self) -> anyhow::Result<Used> {
        let server = cpu(self.pid)?.saturating_sub(self.server);
        let driver = cpu(std::process::id())?.saturating_sub(self.driver);
        let machine = Machine::read()?;
        let all = self.began.elapsed().as_secs_f64() * crate::stats::float(cores());
        let busy = machine.busy.saturating_sub(self.machine.busy);
        let stolen = machine.stolen.saturating_sub(self.machine.stolen);
        let others = busy.saturating_sub(server).saturating_sub(driver);
        Ok(Used {
            server,
            driver,
            others_share: others.as_secs_f64() / all.max(1e-9),
            stolen_share: stolen.as_secs_f64() / all.max(1e-9),
        })
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::expect_used, reason = "tests")]

    use super::*;

    #[test]
    fn reads_itself() {
        let watch = Watch::start(std::process::id()).expect("Linux");
        let (now, peak) = memory(std::process::id()).expect("Linux");
        assert!(now > 0.0 && peak >= now * 0.5);
        assert!(watch.read().expect("Linux").stolen_share >= 0.0);
    }
}
