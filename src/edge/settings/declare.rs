//! What a row of the settings is made into.

/// Declares settings from rows, in groups that commands take whole; [`super::rows`] has them all.
///
/// ```text
/// /// What the arguments of the group are about.
/// GroupArguments {
///     /// What it is, as `r53tail config` writes above it.
///     NameOfTheVariant {
///         key: "its-key",             // in the file; the variable of the environment follows from it
///         field: Type = default,      // whose `SettingValue` says how it is read and written
///         example: "a text for it",   // written behind its key where it has no value
///         /// The help of its argument.
///         #[arg(long, …)]
///         argument: Type,             // whose `SettingArgument` says what was given
///     }
/// }
/// ```
macro_rules! settings {
    ($(
        $(#[doc = $about:literal])+
        $group:ident {$(
            $(#[doc = $says:literal])+
            $name:ident {
                key: $key:literal,
                $field:ident: $value:ty = $default:expr,
                example: $example:literal,
                $(#[$help:meta])+
                $argument:ident: $given:ty,
            }
        )+}
    )+) => {
        /// A setting.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub enum SettingName {
            $($($(#[doc = $says])+ $name,)+)+
        }

        impl SettingName {
            /// All of them, in the order in which they are printed.
            pub const ALL: [Self; [$($(Self::$name),+),+].len()] = [$($(Self::$name),+),+];

            /// Its name in the file.
            #[must_use]
            pub fn key(self) -> &'static str {
                match self { $($(Self::$name => $key,)+)+ }
            }

            /// How the file has it.
            #[must_use]
            pub fn shape(self) -> SettingShape {
                match self { $($(Self::$name => <$value as SettingValue>::SHAPE,)+)+ }
            }

            /// Whether it names files.
            #[must_use]
            pub fn is_path(self) -> bool {
                match self { $($(Self::$name => <$value as SettingValue>::IS_PATH,)+)+ }
            }

            /// What it is, for a comment.
            #[must_use]
            pub fn says(self) -> &'static str {
                // A line of documentation begins with the space behind its slashes.
                match self { $($(Self::$name => concat!($($says),+).trim_ascii_start(),)+)+ }
            }

            /// A text for it, to show where it has none.
            #[must_use]
            pub fn example(self) -> &'static str {
                match self { $($(Self::$name => $example,)+)+ }
            }
        }

        /// What each setting is set to, and by whom.
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub struct SettingValues {
            $($($(#[doc = $says])+ pub $field: $value,)+)+
            /// Who set each, by the order of [`SettingName::ALL`].
            pub(super) origins: [SettingOrigin; SettingName::ALL.len()],
        }

        impl Default for SettingValues {
            fn default() -> Self {
                Self { $($($field: $default,)+)+ origins: Default::default() }
            }
        }

        impl SettingValues {
            /// Sets a setting to what texts say: one, or for a list any number.
            pub(super) fn set(
                &mut self,
                name: SettingName,
                texts: &[String],
                origin: SettingOrigin,
            ) -> Result<(), String> {
                match name {
                    $($(SettingName::$name => self.$field = SettingValue::read(texts)?,)+)+
                }
                self.origins[name as usize] = origin;
                Ok(())
            }

            /// What a setting is, as texts that [`Self::set`] reads; empty if it is not set.
            pub(super) fn texts(&self, name: SettingName) -> Vec<String> {
                match name { $($(SettingName::$name => self.$field.texts(),)+)+ }
            }
        }

        $(
            $(#[doc = $about])+
            #[derive(Clone, Debug, Default, clap::Args)]
            pub struct $group {
                $($(#[$help])+ pub $argument: $given,)+
            }

            impl SettingArguments<SettingValues> for $group {
                fn apply(&self, values: &mut SettingValues) {$(
                    if let Some(value) = self.$argument.given() {
                        values.$field = value;
                        values.origins[SettingName::$name as usize] = SettingOrigin::Flag;
                    }
                )+}

                fn fill(&mut self, values: &SettingValues) {$(
                    if *values.origin(SettingName::$name) != SettingOrigin::Default {
                        self.$argument.fill(&values.$field);
                    }
                )+}
            }
        )+
    };
}

pub(super) use settings;
