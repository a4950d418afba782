//! What is not read, though it lies where something is.

use std::fmt;

use crate::base::figures::number;
use crate::base::saturating::SaturatingInto as _;

/// Why a file is passed over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Skipped {
    /// The object by which an export task tries whether it may write.
    WriteTest,
    /// What Athena puts beside the result of a query.
    Metadata,
    /// It was given before, by this or another path.
    Twice,
    /// A link to a folder that it is in.
    Loop,
    /// A folder of what the kernel shows as files, such as `/proc`.
    Kernel,
    /// Folders in it, this many, are named after days that are not asked for.
    Days(usize),
}

impl Skipped {
    /// Why a file or object of that name is passed over, if it is.
    pub(in crate::edge::feed) fn from_name(name: &[u8]) -> Option<Self> {
        match name {
            b"aws-logs-write-test" => Some(Self::WriteTest),
            _ if name.ends_with(b".csv.metadata") => Some(Self::Metadata),
            _ => None,
        }
    }
}

impl fmt::Display for Skipped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::WriteTest => "the test object of an export task, which holds no records",
            Self::Metadata => "metadata of an Athena query, which holds no records",
            Self::Twice => "given twice, read once",
            Self::Loop => "a link back to a folder above it",
            Self::Kernel => "what the kernel shows as files, which are none",
            Self::Days(1) => "a folder in it is of a day that is not asked for",
            Self::Days(count) => {
                return write!(
                    f,
                    "{} folders in it are of days that are not asked for",
                    number((*count).saturating_into::<u64>())
                );
            }
        })
    }
}
