//! How arguments set settings, and settings stand in for arguments.

/// An argument that sets a setting of type `V`.
pub(super) trait SettingArgument<V> {
    /// What it sets the setting to; `None` if it was not given.
    fn given(&self) -> Option<V>;

    /// Makes it what is configured, unless it was given.
    fn fill(&mut self, configured: &V);
}

impl<V: Clone> SettingArgument<V> for Option<V> {
    fn given(&self) -> Option<V> {
        self.clone()
    }

    fn fill(&mut self, configured: &V) {
        self.get_or_insert_with(|| configured.clone());
    }
}

/// For a setting that may have no value.
impl<V: Clone> SettingArgument<Self> for Option<V> {
    fn given(&self) -> Option<Self> {
        self.as_ref().map(|value| Some(value.clone()))
    }

    fn fill(&mut self, configured: &Self) {
        if self.is_none() {
            self.clone_from(configured);
        }
    }
}

impl<V: Clone> SettingArgument<Self> for Vec<V> {
    fn given(&self) -> Option<Self> {
        (!self.is_empty()).then(|| self.clone())
    }

    fn fill(&mut self, configured: &Self) {
        if self.is_empty() {
            self.clone_from(configured);
        }
    }
}

/// A flag such as `--no-state`, which says that the setting is `false`.
impl SettingArgument<Self> for bool {
    fn given(&self) -> Option<Self> {
        self.then_some(false)
    }

    fn fill(&mut self, configured: &Self) {
        *self |= !configured;
    }
}

/// A group of arguments that set settings; `Values` has them all.
pub(super) trait SettingArguments<Values> {
    /// Sets what was given.
    fn apply(&self, values: &mut Values);

    /// Fills in what was not given, and somebody configured.
    fn fill(&mut self, values: &Values);
}
