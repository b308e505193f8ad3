//! How the engine is that nodes run on, for admins.

use std::time::Duration;

use cluster_api::{EngineHealth, Problem};

use super::Service;
use crate::{reconciler::chain, store::Actor};

/// How long the engine may take to answer before it counts as away.
const PATIENCE: Duration = Duration::from_secs(5);

impl Service {
    /// How the engine is: asked now, with what was seen of it before.
    ///
    /// # Errors
    /// [`Problem::NoRoute`] for members. An engine that does not answer is none.
    pub async fn engine_health(&self, actor: &Actor) -> Result<EngineHealth, Problem> {
        self.check_admin(actor)?;
        let asked = tokio::time::timeout(PATIENCE, self.provisioner.engine_facts()).await;
        let answer = match asked {
            Ok(Ok(facts)) => Ok(facts),
            Ok(Err(error)) => {
                tracing::debug!("the engine does not answer: {}", chain(&error));
                Err(error.message)
            }
            Err(_) => Err(format!(
                "The engine did not answer within {} s.",
                PATIENCE.as_secs()
            )),
        };
        let unreachable_since = match answer {
            Ok(_) => {
                self.engine.answered();
                None
            }
            Err(_) => Some(self.engine.is_away(self.clock.now())),
        };
        let seen = self.engine.seen();
        let (facts, reason) = match answer {
            Ok(facts) => (Some(facts), None),
            Err(reason) => (None, Some(reason)),
        };
        Ok(EngineHealth {
            provisioning: self.provisioner.kind(),
            reachable: facts.is_some(),
            unreachable_since,
            reason,
            containers: facts.as_ref().map(|facts| facts.containers),
            networks: facts.as_ref().map(|facts| facts.networks),
            version: facts.map(|facts| facts.version),
            last_sweep: seen.last_sweep,
            last_look: seen.last_look,
        })
    }
}
