//! What the process takes of its machine.

use std::{fs, time::Duration};

use events::{Event, ProcessKind, ResourceUtilization};
use nix::sys::{
    resource::{RLIM_INFINITY, Resource, UsageWho, getrlimit, getrusage},
    time::TimeValLike,
};

/// Reads it again and again.
pub(super) struct Process {
    before: Duration,
}

impl Process {
    pub(super) fn new() -> Self {
        Self {
            before: processor_time(),
        }
    }

    pub(super) fn look(&mut self, process: ProcessKind, dropped: u64, interval: Duration) -> Event {
        let now = processor_time();
        let used = now.saturating_sub(std::mem::replace(&mut self.before, now));
        ResourceUtilization {
            process,
            cpu_cores: used.as_secs_f64() / interval.as_secs_f64().max(f64::EPSILON),
            resident_bytes: resident().unwrap_or_else(most_resident),
            open_files: fs::read_dir("/proc/self/fd")
                .ok()
                // The directory itself is open while it is read.
                .map(|files| (files.count() as u64).saturating_sub(1)),
            max_open_files: getrlimit(Resource::RLIMIT_NOFILE)
                .ok()
                .map(|(now, _)| now)
                .filter(|most| *most != RLIM_INFINITY),
            events_dropped: dropped,
            interval_seconds: interval.as_secs_f64(),
        }
        .into()
    }
}

/// Of the user's and the system's, since the process began.
fn processor_time() -> Duration {
    let Ok(usage) = getrusage(UsageWho::RUSAGE_SELF) else {
        return Duration::ZERO;
    };
    let micros = (usage.user_time() + usage.system_time()).num_microseconds();
    Duration::from_micros(u64::try_from(micros).unwrap_or_default())
}

/// Linux says how much is resident now.
fn resident() -> Option<u64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kilobytes: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kilobytes << 10)
}

/// Other systems say how much ever was.
fn most_resident() -> u64 {
    let most = getrusage(UsageWho::RUSAGE_SELF).map_or(0, |usage| usage.max_rss());
    u64::try_from(most).unwrap_or_default() << 10
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_read_is_what_the_process_takes() {
        let mut process = Process::new();
        let mut spent = 0_u64;
        while processor_time() < process.before + Duration::from_millis(50) {
            spent = std::hint::black_box(spent.wrapping_add(1));
        }
        let event = process.look(ProcessKind::Serve, 3, Duration::from_millis(100));
        let Event::ResourceUtilization(event) = event else {
            panic!("{event:?}");
        };
        assert!(event.cpu_cores >= 0.5, "{event:?}");
        assert!(
            event.resident_bytes > 1 << 20 && event.events_dropped == 3,
            "{event:?}"
        );
        let held: Vec<_> = (0..20).map(|_| fs::File::open("/dev/null")).collect();
        let Event::ResourceUtilization(later) =
            process.look(ProcessKind::Serve, 3, Duration::from_millis(100))
        else {
            panic!("another event");
        };
        assert!(
            later.open_files >= event.open_files.map(|before| before + 15),
            "{later:?}"
        );
        drop(held);
    }
}
