//! Which folders were read already, and which hold no files at all.

use std::collections::HashSet;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};

/// What a folder is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum FolderKind {
    /// It was not read before.
    New,
    /// It was, by another path.
    Before,
    /// What is in it are no files: reading some of them never ends.
    Kernel,
}

/// The folders of one walk.
#[derive(Debug, Default)]
pub(super) struct Folders {
    seen: HashSet<PathBuf>,
    /// The one that is walked through, and those above it: the names that the system has for them.
    above: Vec<Option<PathBuf>>,
}

impl Folders {
    /// Says what the folder at `path` is, which is so deep below the one where the walk began.
    pub(super) fn see(&mut self, path: &Path, depth: usize) -> FolderKind {
        if is_kernels(path) {
            return FolderKind::Kernel;
        }
        let known = path.canonicalize().ok();
        self.above.truncate(depth);
        self.above.resize(depth, None);
        self.above.push(known.clone());
        if self.seen.insert(known.unwrap_or_else(|| path.to_owned())) {
            FolderKind::New
        } else {
            FolderKind::Before
        }
    }

    /// The name that the system has for a file, no link, at `depth` in the folder that is walked through: to
    /// ask for that of each of many files takes longer than all else that is done to find them.
    pub(super) fn name(&self, file: &OsStr, depth: usize) -> Option<PathBuf> {
        Some(self.above.get(depth.checked_sub(1)?)?.as_ref()?.join(file))
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
