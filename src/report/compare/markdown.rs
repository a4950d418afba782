//! The comparison for a page: an issue, a wiki, a chat.

use std::io::{self, Write};

use super::{Comparison, DifferenceKind, words};
use crate::report::markdown::text;
use crate::report::pieces;

/// Writes it.
pub(super) fn write(comparison: &Comparison<'_>, limit: usize, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "# IPv6 dependencies: what changed\n")?;
    writeln!(out, "**{}**\n", words::headline(comparison))?;
    writeln!(
        out,
        "- OLD: {}\n- NEW: {}\n",
        text(&words::side(comparison.old)),
        text(&words::side(comparison.new))
    )?;
    writeln!(out, "{}\n", words::origins(comparison))?;
    for line in words::doubts(comparison) {
        writeln!(out, "{}\n", text(&line))?;
    }
    writeln!(out, "| pairs by status | OLD | NEW |\n|---|---:|---:|")?;
    for (status, old, new) in words::statuses(comparison) {
        writeln!(out, "| {} | {old} | {new} |", status.label())?;
    }
    for kind in DifferenceKind::ALL {
        let groups = comparison.of_kind(kind);
        if groups.is_empty() {
            continue;
        }
        writeln!(out, "\n## {}\n", words::title(comparison, kind))?;
        writeln!(out, "| endpoint | status | origins |\n|---|---|---|")?;
        for group in groups.iter().take(limit) {
            writeln!(
                out,
                "| {} | {} | {} |",
                text(group.name),
                words::turn(group),
                text(&words::askers(group))
            )?;
        }
        let more = groups.len().saturating_sub(limit);
        if more > 0 {
            let more = pieces::counted(more as u64, "more row", "more rows");
            writeln!(out, "\n… and {more} (`--limit 0` lists all).")?;
        }
    }
    Ok(())
}
