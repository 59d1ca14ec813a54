//! What processes cost, as `/proc` has it.

use std::{collections::BTreeMap, fs};

/// The kernel's unit of time in `/proc`, the same on every Linux that is not built otherwise.
const MICROS_PER_TICK: u64 = 10_000;

/// What a tree of processes has used.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Usage {
    /// CPU time in microseconds, of children that have ended, too.
    pub(crate) cpu: u64,
    /// Resident memory in bytes.
    pub(crate) resident: u64,
}

/// One line of `/proc/<pid>/stat`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Stat {
    parent: i32,
    /// User and system time, in ticks, with that of children that were waited for.
    ticks: u64,
    /// Resident pages.
    pages: u64,
}

/// What the process and all that descend from it have used until now.
///
/// Children that ended are counted by their parent once it has waited for them, so nothing is lost
/// where connections come and go.
pub(crate) fn usage(root: i32) -> Usage {
    let all = stats();
    let mut usage = Usage::default();
    let mut family = vec![root];
    while let Some(pid) = family.pop() {
        let Some(stat) = all.get(&pid) else { continue };
        usage.cpu += stat.ticks * MICROS_PER_TICK;
        usage.resident += stat.pages * 4096;
        let children = all.iter().filter(|(_, stat)| stat.parent == pid);
        family.extend(children.map(|(pid, _)| *pid));
    }
    usage
}

fn stats() -> BTreeMap<i32, Stat> {
    let entries = fs::read_dir("/proc").into_iter().flatten().flatten();
    entries
        .filter_map(|entry| {
            let pid = entry.file_name().to_str()?.parse().ok()?;
            // It may have ended since the folder was read.
            let stat = fs::read_to_string(entry.path().join("stat")).ok()?;
            Some((pid, parse(&stat)?))
        })
        .collect()
}

/// The name stands in parentheses and may hold any of its own, so the last one ends it.
fn parse(stat: &str) -> Option<Stat> {
    let (_, rest) = stat.rsplit_once(')')?;
    let fields: Vec<&str> = rest.split_whitespace().collect();
    // proc(5) counts from 1, and two fields are behind us: ppid 4, utime 14 to cstime 17, rss 24.
    let number = |field: usize| fields.get(field - 3)?.parse::<u64>().ok();
    Some(Stat {
        parent: fields.get(1)?.parse().ok()?,
        ticks: number(14)? + number(15)? + number(16)? + number(17)?,
        pages: number(24)?,
    })
}

#[cfg(test)]
mod tests {
    use super::{Stat, parse, usage};

    #[test]
    fn a_name_may_hold_blanks_and_parentheses() {
        let line = "42 (a (b) c) S 7 42 42 0 -1 4194560 1 2 3 4 100 20 30 4 20 0 8 0 123 456789 1000 18446744073709551615";
        let stat = Stat {
            parent: 7,
            ticks: 154,
            pages: 1000,
        };
        assert_eq!(parse(line), Some(stat));
        assert_eq!(parse("42 (cut off) S 7"), None);
    }

    #[test]
    fn this_process_has_memory() {
        let pid = i32::try_from(std::process::id()).unwrap_or_default();
        assert!(usage(pid).resident > 0);
    }
}
