//! What a file and the environment say, put together.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use super::config::Config;
use super::file;
use super::rows::SettingName;
use super::setting::{FileError, SettingOrigin};
use super::value::SettingShape;

/// Why a configuration cannot be used: what, and why.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ConfigError {
    /// The file.
    #[error("cannot use the configuration `{path}`: {error}", path = path.display())]
    File {
        /// The path of the file.
        path: PathBuf,
        /// What is wrong in it.
        error: FileError,
    },
    /// A variable of the environment.
    #[error("cannot use the variable `{0}`: {1}")]
    Environment(String, String),
}

impl Config {
    /// Puts together what a file (its path and text) and the environment say.
    ///
    /// # Errors
    /// What is wrong in one of them, and where.
    pub fn read(
        file: Option<(&Path, &str)>,
        environment: impl Fn(&str) -> Option<OsString>,
    ) -> Result<Self, ConfigError> {
        let mut config = Self::default();
        if let Some((path, text)) = file {
            file::read(&mut config, path, text)
                .map_err(|error| ConfigError::File { path: path.to_path_buf(), error })?;
        }
        for name in SettingName::ALL {
            let variable = name.variable();
            let Some(value) = environment(&variable).filter(|value| !value.is_empty()) else { continue };
            let failed = |why: String| ConfigError::Environment(variable.clone(), why);
            let text = |value: &OsString| {
                value.to_str().map(str::to_owned).ok_or_else(|| failed("it is not UTF-8".to_owned()))
            };
            let is_list = name.shape() == SettingShape::List;
            let values = if is_list && name.is_path() {
                // As PATH lists them.
                std::env::split_paths(&value)
                    .map(|path| text(&path.into_os_string()))
                    .collect::<Result<Vec<_>, _>>()?
            } else if is_list {
                text(&value)?.split(',').map(|part| part.trim().to_owned()).collect()
            } else {
                vec![text(&value)?]
            };
            config.values.set(name, &values, SettingOrigin::Environment(variable.clone())).map_err(failed)?;
        }
        Ok(config)
    }
}
