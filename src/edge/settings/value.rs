//! How the values of settings are read from texts and written as texts, by their types.

use std::path::PathBuf;
use std::time::Duration;

use clap::ValueEnum as _;

use super::colors::{SignsArgument, ThemeArgument};
use super::duration;
use crate::knowledge::address::Nat64Prefix;
use crate::log::record::ColumnName;

/// How the file has a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SettingShape {
    /// A text.
    Text,
    /// `true` or `false`.
    Switch,
    /// A list of texts.
    List,
}

/// The value of a setting.
pub(super) trait SettingValue: Sized {
    /// How the file has it.
    const SHAPE: SettingShape = SettingShape::Text;
    /// Whether its texts are paths.
    const IS_PATH: bool = false;

    /// Reads it from its texts: any number for a list, else the first.
    fn read(texts: &[String]) -> Result<Self, String>;

    /// Its texts, which [`Self::read`] reads; none if there is no value.
    fn texts(&self) -> Vec<String>;
}

/// What stands alone or in a list.
pub(super) trait SettingItem: Sized {
    /// Whether it is a path.
    const IS_PATH: bool = false;

    fn read(text: &str) -> Result<Self, String>;

    fn text(&self) -> String;
}

fn first(texts: &[String]) -> &str {
    texts.first().map_or("", String::as_str)
}

impl<T: SettingItem> SettingValue for Vec<T> {
    const SHAPE: SettingShape = SettingShape::List;
    const IS_PATH: bool = T::IS_PATH;

    fn read(texts: &[String]) -> Result<Self, String> {
        texts.iter().map(|text| T::read(text)).collect()
    }

    fn texts(&self) -> Vec<String> {
        self.iter().map(T::text).collect()
    }
}

impl<T: SettingItem> SettingValue for Option<T> {
    const IS_PATH: bool = T::IS_PATH;

    fn read(texts: &[String]) -> Result<Self, String> {
        T::read(first(texts)).map(Some)
    }

    fn texts(&self) -> Vec<String> {
        self.iter().map(T::text).collect()
    }
}

impl SettingValue for bool {
    const SHAPE: SettingShape = SettingShape::Switch;

    fn read(texts: &[String]) -> Result<Self, String> {
        match first(texts) {
            "true" | "1" => Ok(true),
            "false" | "0" => Ok(false),
            text => Err(format!("`{text}` is neither true nor false")),
        }
    }

    fn texts(&self) -> Vec<String> {
        vec![self.to_string()]
    }
}

impl SettingValue for Duration {
    fn read(texts: &[String]) -> Result<Self, String> {
        duration(first(texts)).map_err(|why| format!("`{}` is {why}", first(texts)))
    }

    fn texts(&self) -> Vec<String> {
        let seconds = self.as_secs();
        let units = [(86_400, 'd'), (3600, 'h'), (60, 'm')];
        let is_whole = |(length, _): &(u64, char)| seconds > 0 && seconds.is_multiple_of(*length);
        let (length, unit) = units.into_iter().find(is_whole).unwrap_or((1, 's'));
        vec![format!("{}{unit}", seconds / length)]
    }
}

impl SettingValue for ThemeArgument {
    fn read(texts: &[String]) -> Result<Self, String> {
        Self::from_str(first(texts), false).map_err(|_| {
            let words: Vec<String> = Self::value_variants().iter().map(|theme| theme.word()).collect();
            format!("`{}` is no theme: there are {}", first(texts), words.join(", "))
        })
    }

    fn texts(&self) -> Vec<String> {
        vec![self.word()]
    }
}

impl SettingValue for SignsArgument {
    fn read(texts: &[String]) -> Result<Self, String> {
        Self::from_str(first(texts), false)
            .map_err(|_| format!("`{}` is neither auto nor unicode nor ascii", first(texts)))
    }

    fn texts(&self) -> Vec<String> {
        vec![self.word()]
    }
}

impl SettingItem for Nat64Prefix {
    fn read(text: &str) -> Result<Self, String> {
        text.parse().map_err(|error: <Self as std::str::FromStr>::Err| error.to_string())
    }

    fn text(&self) -> String {
        self.to_string()
    }
}

impl SettingItem for ColumnName {
    fn read(text: &str) -> Result<Self, String> {
        text.parse().map_err(|error: <Self as std::str::FromStr>::Err| error.to_string())
    }

    fn text(&self) -> String {
        self.to_string()
    }
}

impl SettingItem for PathBuf {
    const IS_PATH: bool = true;

    fn read(text: &str) -> Result<Self, String> {
        Ok(Self::from(text))
    }

    fn text(&self) -> String {
        self.display().to_string()
    }
}

impl SettingItem for String {
    fn read(text: &str) -> Result<Self, String> {
        Ok(text.to_owned())
    }

    fn text(&self) -> String {
        self.clone()
    }
}
