//! The control planes that this dashboard is in front of, each with a hub of its own.

use std::sync::Arc;

use app::session::Backend;
use cluster_api::{Problem, client::ControlPlane};

use crate::hub::Hub;

/// A control plane, and what is known of its accounts.
pub(crate) struct Place {
    pub(crate) backend: Backend,
    pub(crate) control_plane: Arc<dyn ControlPlane>,
    pub(crate) hub: Hub,
    /// Where programs reach it.
    pub(crate) api_url: String,
}

/// All of them: at least one.
pub(crate) struct Backends {
    first: Place,
    others: Vec<Place>,
    names: Vec<Backend>,
}

impl Backends {
    pub(crate) fn new(first: Place, others: Vec<Place>) -> Self {
        let names = std::iter::once(&first).chain(&others).map(|it| it.backend);
        Self {
            names: names.collect(),
            first,
            others,
        }
    }

    /// The one that people are taken to who do not say.
    pub(crate) const fn first(&self) -> &Place {
        &self.first
    }

    /// All of them.
    pub(crate) fn all(&self) -> impl Iterator<Item = &Place> {
        std::iter::once(&self.first).chain(&self.others)
    }

    /// What they are called, in the order of the settings.
    pub(crate) fn names(&self) -> &[Backend] {
        &self.names
    }

    /// That one.
    ///
    /// # Errors
    /// [`Problem::SignedOut`]: it was taken out of the settings, and sessions in it are over.
    pub(crate) fn of(&self, backend: Backend) -> Result<&Place, Problem> {
        let mut all = self.all();
        all.find(|it| it.backend == backend)
            .ok_or(Problem::SignedOut)
    }
}
