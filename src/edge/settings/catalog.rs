//! The arguments of `catalog`.

use std::path::PathBuf;

use clap::Args;

/// `catalog`.
#[derive(Debug, Args)]
pub struct CatalogArguments {
    /// Botocore's `data` folder, or an installation of botocore or the AWS CLI; those of the `aws` or
    /// `python3` that would be started if it is not given.
    #[arg(value_name = "FOLDER")]
    pub folder: Option<PathBuf>,
}
