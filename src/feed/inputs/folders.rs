//! Which folders were read already, and which hold no files at all.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

/// What a folder is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Seen {
    /// It was not read before.
    New,
    /// It was, by another path.
    Before,
    /// What is in it are no files: reading some of them never ends.
    Kernel,
}

/// The folders of one walk.
#[derive(Debug, Default)]
pub(super) struct Folders(HashSet<PathBuf>);

impl Folders {
    /// Says what the folder at `path` is.
    pub(super) fn see(&mut self, path: &Path) -> Seen {
        if is_kernels(path) {
            return Seen::Kernel;
        }
        let known = path.canonicalize().unwrap_or_else(|_| path.to_owned());
        if self.0.insert(known) { Seen::New } else { Seen::Before }
    }
}

/// Whether a folder is of a file system in which the kernel shows itself (`statfs(2)`, "Filesystem types").
#[cfg(target_os = "linux")]
fn is_kernels(path: &Path) -> bool {
    const PROC: u64 = 0x9fa0;
    const SYSFS: u64 = 0x6265_6572;
    const DEBUGFS: u64 = 0x6462_6720;
    const TRACEFS: u64 = 0x7472_6163;
    const CGROUP: u64 = 0x0027_e0eb;
    const CGROUP2: u64 = 0x6367_7270;
    const SECURITYFS: u64 = 0x7363_6673;
    let kind = rustix::fs::statfs(path).ok().and_then(|found| u64::try_from(found.f_type).ok());
    kind.is_some_and(|kind| [PROC, SYSFS, DEBUGFS, TRACEFS, CGROUP, CGROUP2, SECURITYFS].contains(&kind))
}

#[cfg(not(target_os = "linux"))]
fn is_kernels(_: &Path) -> bool {
    false
}
