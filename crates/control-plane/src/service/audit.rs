//! Reading the audit log: admins all of it, members their own.

use cluster_api::{AuditEntry, Problem};

use super::{Fault, Service};
use crate::store::{Actor, AuditFilter};

impl Service {
    /// Entries of the audit log, newest first.
    ///
    /// # Errors
    /// [`Problem::NoRoute`] for a member who asks for the log of another account, or a fault inside.
    pub async fn audit(
        &self,
        actor: &Actor,
        filter: &AuditFilter,
        limit: u32,
    ) -> Result<Vec<AuditEntry>, Fault> {
        let own = actor.account.id;
        let mut filter = filter.clone();
        if !actor.is_admin() {
            if filter.account.is_some_and(|account| account != own) {
                return Err(Problem::NoRoute.into());
            }
            filter.account = Some(own);
        }
        Ok(self.store.audit(&filter, limit).await?)
    }
}
