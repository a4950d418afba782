//! Files of a user's own: a configuration that is read can be written and read again; all others are read or
//! refused.

use std::path::Path;

use r53tail::edge::settings::Config;
use r53tail::knowledge::catalog::{Catalog, Profiles};
use r53tail::knowledge::names::Names;
use r53tail::log::record::ColumnName;

use crate::head;

/// Reads a file of each kind.
pub fn run(data: &[u8]) {
    let ([kind], text) = head::<1>(data);
    let Ok(text) = std::str::from_utf8(text) else { return };
    match kind % 5 {
        0 => {
            let path = Path::new("/etc/r53tail.toml");
            let read = |text: &str| Config::read(Some((path, text)), |_| None);
            let Ok(config) = read(text) else { return };
            let written = config.to_file();
            let again = read(&written).unwrap_or_else(|error| panic!("{written}\nof {text}: {error}"));
            // Its remarks say where each setting is from.
            let bare = |text: &str| {
                text.lines()
                    .map(|line| line.split('#').next().unwrap_or_default().to_owned())
                    .collect::<Vec<_>>()
            };
            assert_eq!(bare(&again.to_file()), bare(&written), "{text}");
        }
        1 => {
            // What every name says is asked of the table that was read.
            if let Ok(catalog) = Catalog::builtin().with(text) {
                for name in text.split([' ', '\n', '=']).take(8) {
                    let _ = catalog.about(name);
                }
            }
        }
        2 => _ = Profiles::builtin().with(text),
        3 => {
            if let Ok(names) = Names::parse(text) {
                for id in text.split([',', '\n']).take(8) {
                    let _ = names.id_with_name(id);
                }
            }
        }
        _ => _ = text.parse::<ColumnName>(),
    }
}
