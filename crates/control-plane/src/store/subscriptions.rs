//! Subscriptions, and the notices on their way to them.
//!
//! A subscription remembers how far it has read the two journals (events, notes of tickets). Reading on
//! and writing down what is to be sent is one transaction, so that nothing is skipped and nothing is
//! written down twice, whenever the process is killed.

use cluster_api::{
    ClusterId, Delivery, DeliveryId, DeliveryState, Event, Notice, NoticeCluster, Subscription,
    SubscriptionId, Target, TicketNotice, Timestamp, Topic,
};
use sqlx::{Row, Sqlite, SqliteConnection, Transaction, sqlite::SqliteRow};
use uuid::Uuid;

use super::{
    Account, AccountId, Result, Store, StoreError,
    accounts::account_of,
    convert::{self, Word},
    events, tickets,
};

/// Subscriptions that an account may have.
pub(super) const MOST_SUBSCRIPTIONS: u32 = 20;

/// Notices that may wait for one subscription; the oldest are given up for newer ones.
const MOST_WAITING: u32 = 1000;

/// How many entries of a journal are read at once.
const BATCH: u32 = 200;

/// A subscription as it is kept.
#[derive(Clone, Debug)]
pub struct SubscriptionRecord {
    /// What the API shows of it.
    pub subscription: Subscription,
    /// Whose it is.
    pub account: Account,
    /// What its webhooks are signed with, sealed for [`SubscriptionRecord::secret_purpose`].
    pub secret: Option<Vec<u8>>,
}

impl SubscriptionRecord {
    /// What the secret is sealed for.
    #[must_use]
    pub fn secret_purpose(id: SubscriptionId) -> String {
        format!("signing secret of subscription {id}")
    }
}

/// A notice that is due.
#[derive(Clone, Debug)]
pub struct DueDelivery {
    /// Its identity.
    pub id: DeliveryId,
    /// To whom.
    pub subscription_id: SubscriptionId,
    /// The JSON to be sent.
    pub body: String,
    /// How often it was tried.
    pub tries: u32,
    /// When it was written down.
    pub created_at: Timestamp,
}

/// How a try of a delivery ended.
#[derive(Clone, Debug)]
pub struct Tried {
    /// How the delivery is now.
    pub state: DeliveryState,
    /// When it is tried again, if it is pending.
    pub next_try_at: Timestamp,
    /// What the try brought, in a sentence.
    pub outcome: String,
}

const COLUMNS: &str = "SELECT subscriptions.id, account_id, username, role, max_clusters, max_nodes, kind, place, secret, topics, cluster_id, \
                       all_accounts, enabled, note, \
                       subscriptions.created_at FROM subscriptions \
                       JOIN accounts ON accounts.id = account_id";

impl Store {
    /// Keeps a subscription, which is told of what happens from now on. `false`: the account has as
    /// many as it may have.
    ///
    /// # Errors
    /// The database failed.
    pub async fn add_subscription(
        &self,
        account: AccountId,
        subscription: &Subscription,
        secret: Option<&[u8]>,
    ) -> Result<bool> {
        let result = sqlx::query(
            "INSERT INTO subscriptions (id, account_id, kind, place, secret, topics, cluster_id,
                all_accounts, enabled, last_event, last_note, created_at)
             SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9,
                (SELECT coalesce(max(id), 0) FROM events),
                (SELECT coalesce(max(id), 0) FROM ticket_notes), ?10
             WHERE (SELECT count(*) FROM subscriptions WHERE account_id = ?2) < ?11",
        )
        .bind(subscription.id.to_string())
        .bind(account.to_string())
        .bind(subscription.target.kind())
        .bind(subscription.target.place())
        .bind(secret)
        .bind(serde_json::to_string(&subscription.events)?)
        .bind(subscription.cluster_id.map(|id| id.to_string()))
        .bind(subscription.all_accounts)
        .bind(subscription.enabled)
        .bind(subscription.created_at.as_microsecond())
        .bind(MOST_SUBSCRIPTIONS)
        .execute(&self.writer)
        .await?;
        Ok(result.rows_affected() == 1)
    }

    /// An account's subscriptions, the oldest first.
    ///
    /// # Errors
    /// The database failed.
    pub async fn subscriptions_of(&self, account: AccountId) -> Result<Vec<SubscriptionRecord>> {
        sqlx::query(&format!(
            "{COLUMNS} WHERE account_id = ? ORDER BY subscriptions.created_at, subscriptions.id"
        ))
        .bind(account.to_string())
        .fetch_all(&self.reader)
        .await?
        .iter()
        .map(record)
        .collect()
    }

    /// One subscription, whosever it is.
    ///
    /// # Errors
    /// The database failed.
    pub async fn subscription(&self, id: SubscriptionId) -> Result<Option<SubscriptionRecord>> {
        sqlx::query(&format!("{COLUMNS} WHERE subscriptions.id = ?"))
            .bind(id.to_string())
            .fetch_optional(&self.reader)
            .await?
            .as_ref()
            .map(record)
            .transpose()
    }

    /// Enables a subscription, which begins anew with what happens from now on, or disables it; `note`
    /// says why, if the control plane does so by itself. What waited for it is given up.
    ///
    /// # Errors
    /// The database failed.
    pub async fn set_subscription(
        &self,
        id: SubscriptionId,
        enabled: bool,
        note: Option<&str>,
    ) -> Result<()> {
        let mut tx = self.writer.begin().await?;
        set_enabled(&mut tx, id, enabled, note).await?;
        Ok(tx.commit().await?)
    }

    /// Forgets a subscription with all its deliveries.
    ///
    /// # Errors
    /// The database failed.
    pub async fn drop_subscription(&self, id: SubscriptionId) -> Result<()> {
        let mut tx = self.writer.begin().await?;
        for statement in [
            "DELETE FROM deliveries WHERE subscription_id = ?",
            "DELETE FROM subscriptions WHERE id = ?",
        ] {
            sqlx::query(statement)
                .bind(id.to_string())
                .execute(&mut *tx)
                .await?;
        }
        Ok(tx.commit().await?)
    }

    /// The last deliveries of a subscription, the newest first.
    ///
    /// # Errors
    /// The database failed.
    pub async fn deliveries_of(&self, id: SubscriptionId, limit: u32) -> Result<Vec<Delivery>> {
        sqlx::query(
            "SELECT id, kind, state, tries, created_at, next_try_at, outcome FROM deliveries
             WHERE subscription_id = ? ORDER BY created_at DESC, rowid DESC LIMIT ?",
        )
        .bind(id.to_string())
        .bind(limit)
        .fetch_all(&self.reader)
        .await?
        .iter()
        .map(delivery)
        .collect()
    }

    /// The enabled subscriptions that have not read their journals to the end.
    ///
    /// # Errors
    /// The database failed.
    pub async fn subscriptions_behind(&self) -> Result<Vec<SubscriptionRecord>> {
        sqlx::query(&format!(
            "{COLUMNS} WHERE enabled AND deleted_at IS NULL AND (
                last_event < CASE WHEN all_accounts THEN (SELECT max(id) FROM events)
                    ELSE (SELECT max(id) FROM events
                          WHERE events.account_id = subscriptions.account_id) END
             OR last_note < CASE WHEN all_accounts THEN (SELECT max(id) FROM ticket_notes)
                    ELSE (SELECT max(id) FROM ticket_notes
                          WHERE ticket_notes.account_id = subscriptions.account_id) END)"
        ))
        .fetch_all(&self.reader)
        .await?
        .iter()
        .map(record)
        .collect()
    }

    /// Reads on in the journals for one subscription, and writes down what is to be sent to it.
    /// `true`: there is more to read.
    ///
    /// # Errors
    /// The database failed.
    pub async fn read_on(&self, reader: &SubscriptionRecord, now: Timestamp) -> Result<bool> {
        let mut tx = self.writer.begin().await?;
        let wish = &reader.subscription;
        let account = (!wish.all_accounts).then_some(reader.account.id);
        let is_wished = |topic: Topic, cluster: Option<ClusterId>| {
            (wish.events.is_empty() || wish.events.contains(&topic))
                && (wish.cluster_id.is_none() || wish.cluster_id == cluster)
        };
        let row =
            sqlx::query("SELECT last_event, last_note FROM subscriptions WHERE id = ? AND enabled")
                .bind(wish.id.to_string())
                .fetch_optional(&mut *tx)
                .await?;
        // It was disabled or deleted a moment ago.
        let Some(row) = row else { return Ok(false) };
        let mut last_event: i64 = row.try_get("last_event")?;
        let mut last_note: i64 = row.try_get("last_note")?;
        let events = events::after(&mut tx, account, last_event, BATCH).await?;
        let notes = tickets::notes_after(&mut tx, account, last_note, BATCH).await?;
        let is_more = events.len() == BATCH as usize || notes.len() == BATCH as usize;
        let mut written = false;
        for event in events {
            last_event = event.id.0;
            if is_wished(Topic::Event(event.kind), Some(event.cluster_id)) {
                let notice = of_event(&mut tx, event).await?;
                insert(&mut tx, wish.id, &notice, now).await?;
                written = true;
            }
        }
        for (id, ticket, note) in notes {
            last_note = id;
            let cluster = ticket.cluster.as_ref().map(|cluster| cluster.id);
            if is_wished(Topic::TICKET, cluster) {
                let notice = Notice {
                    delivery: DeliveryId(Uuid::new_v4()),
                    kind: Topic::TICKET.as_str().to_owned(),
                    at: note.at,
                    event: None,
                    cluster: match cluster {
                        Some(id) => cluster_of(&mut tx, id).await?,
                        None => None,
                    },
                    ticket: Some(TicketNotice { ticket, note }),
                };
                insert(&mut tx, wish.id, &notice, now).await?;
                written = true;
            }
        }
        sqlx::query("UPDATE subscriptions SET last_event = ?, last_note = ? WHERE id = ?")
            .bind(last_event)
            .bind(last_note)
            .bind(wish.id.to_string())
            .execute(&mut *tx)
            .await?;
        if written {
            sqlx::query(
                "UPDATE deliveries SET state = 'given_up',
                    outcome = 'Newer notices took its place: too many were waiting.'
                 WHERE id IN (SELECT id FROM deliveries
                              WHERE subscription_id = ? AND state = 'pending'
                              ORDER BY created_at DESC, rowid DESC LIMIT -1 OFFSET ?)",
            )
            .bind(wish.id.to_string())
            .bind(MOST_WAITING)
            .execute(&mut *tx)
            .await?;
        }
        tx.commit().await?;
        Ok(is_more)
    }

    /// Writes down a notice that is sent at once, by whoever asked for it: a trial.
    ///
    /// # Errors
    /// The database failed.
    pub async fn add_trial(
        &self,
        id: SubscriptionId,
        notice: &Notice,
        tried: &Tried,
        now: Timestamp,
    ) -> Result<()> {
        let mut tx = self.writer.begin().await?;
        insert(&mut tx, id, notice, now).await?;
        tried_once(&mut tx, notice.delivery, tried).await?;
        Ok(tx.commit().await?)
    }

    /// What is due: at most one notice a subscription, the oldest, and none for those in `busy`.
    ///
    /// # Errors
    /// The database failed.
    pub async fn due(&self, now: Timestamp, busy: &[SubscriptionId]) -> Result<Vec<DueDelivery>> {
        sqlx::query(
            "SELECT id, subscription_id, body, tries, created_at, min(next_try_at) FROM deliveries
             WHERE state = 'pending' AND next_try_at <= ?
             AND subscription_id NOT IN (SELECT value FROM json_each(?))
             GROUP BY subscription_id ORDER BY min(next_try_at)",
        )
        .bind(now.as_microsecond())
        .bind(serde_json::to_string(busy)?)
        .fetch_all(&self.reader)
        .await?
        .iter()
        .map(|row| {
            Ok(DueDelivery {
                id: convert::id(row.try_get("id")?)?,
                subscription_id: convert::id(row.try_get("subscription_id")?)?,
                body: row.try_get("body")?,
                tries: row.try_get("tries")?,
                created_at: convert::moment(row.try_get("created_at")?)?,
            })
        })
        .collect()
    }

    /// When the next notice is due, other than those of the subscriptions in `busy`.
    ///
    /// # Errors
    /// The database failed.
    pub async fn next_due(&self, busy: &[SubscriptionId]) -> Result<Option<Timestamp>> {
        let next: Option<i64> = sqlx::query_scalar(
            "SELECT min(next_try_at) FROM deliveries WHERE state = 'pending'
             AND subscription_id NOT IN (SELECT value FROM json_each(?))",
        )
        .bind(serde_json::to_string(busy)?)
        .fetch_one(&self.reader)
        .await?;
        next.map(convert::moment).transpose()
    }

    /// Writes down how a try ended. A subscription to which `most` deliveries in a row were given up
    /// is disabled: `true`.
    ///
    /// # Errors
    /// The database failed.
    pub async fn tried(&self, due: &DueDelivery, tried: &Tried, most: u32) -> Result<bool> {
        let mut tx = self.writer.begin().await?;
        tried_once(&mut tx, due.id, tried).await?;
        let subscription = due.subscription_id;
        let given_up: Option<u32> = sqlx::query_scalar(
            "UPDATE subscriptions SET given_up = CASE ?1 WHEN 'delivered' THEN 0
                                                         WHEN 'given_up' THEN given_up + 1
                                                         ELSE given_up END
             WHERE id = ?2 AND enabled RETURNING given_up",
        )
        .bind(tried.state.to_word())
        .bind(subscription.to_string())
        .fetch_optional(&mut *tx)
        .await?;
        let is_over = given_up.is_some_and(|given_up| given_up >= most);
        if is_over {
            let note = format!(
                "Disabled: {most} deliveries in a row did not arrive. The last one: {}",
                tried.outcome
            );
            set_enabled(&mut tx, subscription, false, Some(&note)).await?;
        }
        tx.commit().await?;
        Ok(is_over)
    }
}

async fn set_enabled(
    tx: &mut Transaction<'static, Sqlite>,
    id: SubscriptionId,
    enabled: bool,
    note: Option<&str>,
) -> Result<()> {
    if enabled {
        // One that is enabled already reads on where it is.
        sqlx::query(
            "UPDATE subscriptions SET enabled = 1, note = NULL, given_up = 0,
                last_event = (SELECT coalesce(max(id), 0) FROM events),
                last_note = (SELECT coalesce(max(id), 0) FROM ticket_notes)
             WHERE id = ? AND NOT enabled",
        )
        .bind(id.to_string())
        .execute(&mut **tx)
        .await?;
        return Ok(());
    }
    sqlx::query("UPDATE subscriptions SET enabled = 0, note = ? WHERE id = ?")
        .bind(note)
        .bind(id.to_string())
        .execute(&mut **tx)
        .await?;
    sqlx::query(
        "UPDATE deliveries SET state = 'given_up', outcome = 'The subscription was disabled.'
         WHERE subscription_id = ? AND state = 'pending'",
    )
    .bind(id.to_string())
    .execute(&mut **tx)
    .await?;
    Ok(())
}

async fn insert(
    tx: &mut Transaction<'static, Sqlite>,
    subscription: SubscriptionId,
    notice: &Notice,
    now: Timestamp,
) -> Result<()> {
    sqlx::query(
        "INSERT INTO deliveries (id, subscription_id, kind, body, state, created_at, next_try_at)
         VALUES (?1, ?2, ?3, ?4, 'pending', ?5, ?5)",
    )
    .bind(notice.delivery.to_string())
    .bind(subscription.to_string())
    .bind(&notice.kind)
    .bind(serde_json::to_string(notice)?)
    .bind(now.as_microsecond())
    .execute(&mut **tx)
    .await?;
    Ok(())
}

async fn tried_once(
    tx: &mut Transaction<'static, Sqlite>,
    id: DeliveryId,
    tried: &Tried,
) -> Result<()> {
    // One that was given up meanwhile (disabled) stays so, unless it did arrive.
    sqlx::query(
        "UPDATE deliveries SET tries = tries + 1, state = ?1, next_try_at = ?2, outcome = ?3
         WHERE id = ?4 AND (state = 'pending' OR ?1 = 'delivered')",
    )
    .bind(tried.state.to_word())
    .bind(tried.next_try_at.as_microsecond())
    .bind(&tried.outcome)
    .bind(id.to_string())
    .execute(&mut **tx)
    .await?;
    Ok(())
}

async fn of_event(tx: &mut Transaction<'static, Sqlite>, event: Event) -> Result<Notice> {
    Ok(Notice {
        delivery: DeliveryId(Uuid::new_v4()),
        kind: event.kind.as_str().to_owned(),
        at: event.at,
        cluster: cluster_of(tx, event.cluster_id).await?,
        ticket: None,
        event: Some(event),
    })
}

async fn cluster_of(
    connection: &mut SqliteConnection,
    id: ClusterId,
) -> Result<Option<NoticeCluster>> {
    sqlx::query("SELECT name, status FROM clusters WHERE id = ?")
        .bind(id.to_string())
        .fetch_optional(connection)
        .await?
        .map(|row| {
            Ok(NoticeCluster {
                id,
                name: row.try_get("name")?,
                status: row.try_get("status")?,
            })
        })
        .transpose()
}

fn record(row: &SqliteRow) -> Result<SubscriptionRecord> {
    let place: String = row.try_get("place")?;
    let cluster_id: Option<&str> = row.try_get("cluster_id")?;
    Ok(SubscriptionRecord {
        subscription: Subscription {
            id: convert::id(row.try_get("id")?)?,
            target: match row.try_get("kind")? {
                "webhook" => Target::Webhook { url: place },
                "mail" => Target::Mail { address: place },
                _ => return Err(StoreError::Unreadable("kind of subscription")),
            },
            events: serde_json::from_str(row.try_get("topics")?)?,
            cluster_id: cluster_id.map(convert::id).transpose()?,
            all_accounts: row.try_get("all_accounts")?,
            enabled: row.try_get("enabled")?,
            note: row.try_get("note")?,
            created_at: convert::moment(row.try_get("created_at")?)?,
        },
        account: account_of(row, "account_id")?,
        secret: row.try_get("secret")?,
    })
}

fn delivery(row: &SqliteRow) -> Result<Delivery> {
    let state = convert::word("state of a delivery", row.try_get("state")?)?;
    let next_try_at = convert::moment(row.try_get("next_try_at")?)?;
    Ok(Delivery {
        id: convert::id(row.try_get("id")?)?,
        kind: row.try_get("kind")?,
        state,
        tries: row.try_get("tries")?,
        created_at: convert::moment(row.try_get("created_at")?)?,
        next_try_at: (state == DeliveryState::Pending).then_some(next_try_at),
        outcome: row.try_get("outcome")?,
    })
}
