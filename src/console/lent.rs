//! What is known, lent to be read elsewhere than where keys wait.

use super::Model;
use crate::fleet::Fleet;
use crate::timeline::{Scope, Shared, Timeline};

/// What is known of a stretch of time.
#[derive(Clone, Debug)]
pub(super) struct LentLog {
    scope: Scope,
    fleet: Shared<Fleet>,
    timeline: Shared<Timeline>,
    /// Whether it is to be copied before it is read.
    copied: bool,
}

impl LentLog {
    /// What `model` knows now of `scope`.
    pub(super) fn from_model(model: &Model, scope: Scope) -> Self {
        // Of everything the fleet says all there is to say.
        let timeline = if scope == Scope::ALL { Shared::default() } else { model.known.timeline().clone() };
        Self { scope, fleet: model.known.fleet().clone(), timeline, copied: model.is_copied_elsewhere() }
    }

    /// The same, read from a copy if what is known goes on changing meanwhile. May take a quarter of a
    /// second.
    pub(super) fn apart(mut self) -> Self {
        if self.copied {
            self.fleet = Shared::new(self.fleet.into_inner());
            self.timeline = Shared::new(self.timeline.into_inner());
            self.copied = false;
        }
        self
    }

    /// The fleet of all that is known.
    pub(super) fn fleet(&self) -> &Fleet {
        &self.fleet
    }

    /// What `look` makes of the fleet of the stretch. May take a second.
    pub(super) fn with_fleet<T>(&self, look: impl FnOnce(&Fleet) -> T) -> T {
        if self.scope == Scope::ALL {
            return look(&self.fleet);
        }
        let mut narrowed = Fleet::default();
        self.timeline.observe_into(&self.fleet, self.scope, None, &mut narrowed);
        narrowed.adopt_owners(&self.fleet);
        narrowed.adopt_attached(&self.fleet);
        look(&narrowed)
    }
}
