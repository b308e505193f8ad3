//! The ledger of credentials: which certificates were handed out, to whom, and which of them a rotation
//! ended.

use cluster_api::{AuditAction, ClusterId, Fingerprint, IssuedCertificate, LedgerEntry};
use sqlx::{Row, sqlite::SqliteRow};

use super::{Actor, AuditDraft, Change, Result, Store, audit, convert};

/// How many certificates are listed.
const SHOWN: u32 = 500;

const COLUMNS: &str =
    "SELECT serial, fingerprint, issued_at, expires_at, username, key_name, address,
                              revoked_at FROM credentials";

/// A client certificate that was handed out.
pub struct CredentialRecord<'a> {
    /// For which cluster.
    pub cluster_id: ClusterId,
    /// To whom.
    pub actor: &'a Actor,
    /// What is known about it for good.
    pub issued: &'a IssuedCertificate,
}

impl Store {
    /// Writes down that a certificate was handed out.
    ///
    /// # Errors
    /// The database failed.
    pub async fn add_credential(&self, credential: CredentialRecord<'_>) -> Result<()> {
        let (actor, issued) = (credential.actor, credential.issued);
        let mut tx = self.writer.begin().await?;
        sqlx::query(
            "INSERT INTO credentials (serial, cluster_id, account_id, fingerprint, issued_at, expires_at,
                                      username, key_name, address)
             VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        )
        .bind(&issued.serial)
        .bind(credential.cluster_id.to_string())
        .bind(actor.account.id.to_string())
        .bind(&issued.fingerprint.0)
        .bind(issued.issued_at.as_microsecond())
        .bind(issued.expires_at.as_microsecond())
        .bind(&actor.account.username)
        .bind(actor.key.as_ref().map(|key| &key.name))
        .bind(actor.address.map(|address| address.to_string()))
        .execute(&mut *tx)
        .await?;
        let detail = format!(
            "Handed out credentials until {}, serial {}",
            issued.expires_at, issued.serial
        );
        let entry = AuditDraft::by(Some(actor), AuditAction::CredentialsIssue, detail)
            .about(credential.cluster_id);
        audit::write(&mut tx, entry, issued.issued_at).await?;
        Ok(tx.commit().await?)
    }

    /// The certificate that was handed out last.
    ///
    /// # Errors
    /// The database failed.
    pub async fn last_credential(&self, cluster: ClusterId) -> Result<Option<IssuedCertificate>> {
        let mut entries = self.credentials(cluster, 1).await?;
        Ok(entries.pop().map(|entry| entry.certificate))
    }

    /// The certificates that were handed out for a cluster, newest first, by their place in the table.
    ///
    /// # Errors
    /// The database failed.
    pub async fn ledger(&self, cluster: ClusterId) -> Result<Vec<LedgerEntry>> {
        self.credentials(cluster, SHOWN).await
    }

    async fn credentials(&self, cluster: ClusterId, limit: u32) -> Result<Vec<LedgerEntry>> {
        sqlx::query(&format!(
            "{COLUMNS} WHERE cluster_id = ? ORDER BY rowid DESC LIMIT ?"
        ))
        .bind(cluster.to_string())
        .bind(limit)
        .fetch_all(&self.reader)
        .await?
        .iter()
        .map(entry)
        .collect()
    }
}

impl Change {
    /// Marks all certificates of the cluster that are still good as revoked now: its authority was
    /// replaced, and nothing that the old one signed opens a door any more.
    ///
    /// # Errors
    /// The database failed.
    pub async fn revoke_credentials(&mut self) -> Result<()> {
        sqlx::query(
            "UPDATE credentials SET revoked_at = ?1
             WHERE cluster_id = ?2 AND revoked_at IS NULL AND expires_at > ?1",
        )
        .bind(self.now.as_microsecond())
        .bind(self.id.to_string())
        .execute(&mut *self.tx)
        .await?;
        Ok(())
    }
}

fn entry(row: &SqliteRow) -> Result<LedgerEntry> {
    let revoked_at: Option<i64> = row.try_get("revoked_at")?;
    Ok(LedgerEntry {
        certificate: IssuedCertificate {
            serial: row.try_get("serial")?,
            fingerprint: Fingerprint(row.try_get("fingerprint")?),
            issued_at: convert::moment(row.try_get("issued_at")?)?,
            expires_at: convert::moment(row.try_get("expires_at")?)?,
        },
        username: row.try_get("username")?,
        key: row.try_get("key_name")?,
        address: row.try_get("address")?,
        revoked_at: revoked_at.map(convert::moment).transpose()?,
    })
}
