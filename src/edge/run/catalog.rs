//! `catalog`: what newer data of AWS's SDK has beyond the catalog in the program, as a file for `--catalog`.

use std::collections::BTreeSet;
use std::env;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use flate2::read::MultiGzDecoder;

use super::change_watcher::now;
use super::knowledge::whole;
use super::print;
use crate::base::figures::counted;
use crate::edge::diagnosis::{Diagnosis, Outcome, say};
use crate::edge::settings::CatalogArguments;
use crate::knowledge::catalog::{Catalog, CatalogUpdate};

/// The largest file of data that is read, unpacked.
const LARGEST: u64 = 64 << 20;

/// Where the data is below a folder that somebody may name or that is looked in: that of botocore, of the AWS
/// CLI, of an installation of either.
const BELOW: [&str; 6] = [
    "",
    "data",
    "botocore/data",
    "awscli/botocore/data",
    "dist/awscli/botocore/data",
    "v2/current/dist/awscli/botocore/data",
];

/// Prints what is newer.
pub(super) fn catalog(arguments: &CatalogArguments) -> Result<Outcome, Diagnosis> {
    let folder = match &arguments.folder {
        Some(folder) => below(folder).ok_or_else(|| {
            Diagnosis::new(format!("there is no `endpoints.json` of botocore in `{}`", folder.display()))
                .hint(WHERE)
        })?,
        None => installed().ok_or_else(|| {
            Diagnosis::new("no data of AWS's SDK was found beside `aws` or `python3`").hint(WHERE)
        })?,
    };
    let update = read(&folder)?;
    let hosts: usize = update.stated.values().map(BTreeSet::len).sum();
    let hosts = counted(hosts as u64, "dual-stack host", "dual-stack hosts");
    let services = counted(update.services.len() as u64, "service", "services");
    let (day, data) = Catalog::builtin().as_of();
    say(format_args!(
        "{} in {}: {services} and {hosts} that the catalog in the program ({data}, {day}) does not have",
        update.data,
        folder.display()
    ));
    print(|out| write!(out, "{update}"))
}

const WHERE: &str = "name botocore's `data` folder or an installation of the AWS CLI; \
     python3 -c 'import botocore; print(botocore.__path__[0])' says where botocore is";

/// The folder of data that `folder` is or has.
fn below(folder: &Path) -> Option<PathBuf> {
    BELOW.iter().map(|more| folder.join(more)).find(|data| data.join("endpoints.json").is_file())
}

/// The folder of data of the AWS CLI or the Python that would be started.
fn installed() -> Option<PathBuf> {
    let paths = env::var_os("PATH")?;
    let program = |name: &str| {
        let found = env::split_paths(&paths).map(|folder| folder.join(name)).find(|path| path.is_file());
        found.and_then(|path| fs::canonicalize(path).ok())
    };
    let aws = program("aws");
    let beside = aws.as_deref().and_then(Path::parent).and_then(below);
    beside.or_else(|| {
        let roots = [aws, program("python3")].into_iter().flatten();
        roots.filter_map(|path| Some(path.parent()?.parent()?.join("lib"))).find_map(|lib| packages(&lib))
    })
}

/// The folder of data in the Python packages below `lib`.
fn packages(lib: &Path) -> Option<PathBuf> {
    let mut pythons: Vec<PathBuf> =
        fs::read_dir(lib).ok()?.filter_map(|entry| Some(entry.ok()?.path())).collect();
    pythons.sort_unstable();
    let pythons = pythons.iter().rev().filter(|path| {
        path.file_name().and_then(|name| name.to_str()).is_some_and(|name| name.starts_with("python3"))
    });
    pythons
        .flat_map(|path| [path.join("site-packages"), path.join("dist-packages")])
        .find_map(|it| below(&it))
}

/// What the data in `folder` has beyond the catalog in the program.
fn read(folder: &Path) -> Result<CatalogUpdate, Diagnosis> {
    let catalog = Catalog::builtin();
    let date = now().unwrap_or_default().date();
    let mut update = CatalogUpdate { date, data: version(folder), ..CatalogUpdate::default() };
    let failed =
        |path: &Path| Diagnosis::new(format!("cannot read `{}` as data of AWS's SDK", path.display()));
    let endpoints = folder.join("endpoints.json");
    let text = unpacked(&endpoints).map_err(|error| failed(&endpoints).because(error))?;
    update.endpoints(catalog, &text).map_err(|error| failed(&endpoints).because(error))?;
    let services = fs::read_dir(folder).map_err(|error| failed(folder).because(error))?;
    for service in services.filter_map(|entry| Some(entry.ok()?.path())).filter(|path| path.is_dir()) {
        let Some(model) = newest_model(&service) else { continue };
        let text = unpacked(&model).map_err(|error| failed(&model).because(error))?;
        update.service(catalog, &text).map_err(|error| failed(&model).because(error))?;
    }
    Ok(update)
}

/// The model of the newest version of a service, whose folders are named by the day.
fn newest_model(service: &Path) -> Option<PathBuf> {
    let versions = fs::read_dir(service).ok()?.filter_map(|entry| Some(entry.ok()?.path()));
    let newest = versions.filter(|path| path.is_dir()).max()?;
    ["service-2.json.gz", "service-2.json"].iter().map(|name| newest.join(name)).find(|path| path.is_file())
}

/// All of a file, unpacked if its name says that it is packed.
fn unpacked(path: &Path) -> io::Result<Vec<u8>> {
    let file = File::open(path)?;
    let is_packed = path.extension().is_some_and(|extension| extension == "gz");
    if is_packed { whole(MultiGzDecoder::new(file), LARGEST) } else { whole(file, LARGEST) }
}

/// What the data in `folder` is, with its version as far as a file or the path says it.
fn version(folder: &Path) -> String {
    let package = folder.parent();
    let cli = package.and_then(Path::parent).filter(|path| path.ends_with("awscli"));
    let (name, root) = match cli {
        Some(cli) => ("AWS CLI", Some(cli)),
        None => ("botocore", package),
    };
    let stated = || {
        let text = fs::read_to_string(root?.join("__init__.py")).ok()?;
        let line = text.lines().find_map(|line| line.strip_prefix("__version__ = "))?;
        Some(line.trim_matches(['\'', '"']).to_owned())
    };
    // An installation of version 2 has a folder for each version.
    let of_path = || {
        let real = fs::canonicalize(folder).ok()?;
        let parts = real.iter().rev().filter_map(|part| part.to_str());
        parts.filter(|part| is_version(part)).map(str::to_owned).next()
    };
    let known = stated().or_else(|| cli.and_then(|_| of_path())).filter(|text| is_version(text));
    known.map_or_else(
        || format!("{name} of a version that is not said"),
        |version| format!("{name} {version}"),
    )
}

/// Whether it is numbers with dots between them.
fn is_version(text: &str) -> bool {
    text.contains('.')
        && text.split('.').all(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit()))
}
