//! Lists by key: a page of an account's clusters or of a timeline, and how many clusters there are.
//!
//! A page begins after the key of the row before it: the value it is sorted by, and the id, which tells
//! equal ones apart. The indexes of `0040_pages.sql` hold all that is compared here, so that a page of
//! 10,000 clusters costs little more than a page of ten.

use cluster_api::{ClusterId, ClusterStatus, ClusterTypeId, Event, EventId, SortKey, StatusCounts};
use serde::{Deserialize, Serialize};
use sqlx::{QueryBuilder, Row, Sqlite};

use super::{
    AccountId, ClusterRecord, Result, Store,
    clusters::{self, COLUMNS},
    convert::{self, Word},
    events,
};

/// What a row is sorted by.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum KeyValue {
    /// A number, or a moment in microseconds.
    Number(i64),
    /// A text.
    Text(String),
}

impl KeyValue {
    fn of(record: &ClusterRecord, key: SortKey) -> Self {
        let cluster = &record.cluster;
        match key {
            SortKey::CreatedAt => Self::Number(cluster.created_at.as_microsecond()),
            SortKey::UpdatedAt => Self::Number(cluster.updated_at.as_microsecond()),
            SortKey::Name => Self::Text(cluster.name.to_string()),
            SortKey::Status => Self::Text(cluster.status.to_word().to_owned()),
            SortKey::NodeCount => Self::Number(cluster.node_count.get().into()),
        }
    }

    /// Whether it is one that clusters have which are sorted by that.
    #[must_use]
    pub const fn fits(&self, key: SortKey) -> bool {
        match key {
            SortKey::CreatedAt | SortKey::UpdatedAt | SortKey::NodeCount => {
                matches!(self, Self::Number(_))
            }
            SortKey::Name | SortKey::Status => matches!(self, Self::Text(_)),
        }
    }
}

/// The key of the last row of a page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct After {
    /// What it is sorted by.
    pub value: KeyValue,
    /// Its id.
    pub id: ClusterId,
}

/// Which clusters of an account, and in which order.
#[derive(Clone, Debug)]
pub struct ClusterQuery {
    /// In one of these states; none given: in any.
    pub statuses: Vec<ClusterStatus>,
    /// Of this type.
    pub type_id: Option<ClusterTypeId>,
    /// With this in their names.
    pub part_of_name: Option<String>,
    /// What they are sorted by: the name of a key is its column's.
    pub sort: SortKey,
    /// The largest first.
    pub descending: bool,
    /// Only those after this one.
    pub after: Option<After>,
    /// At most so many.
    pub limit: u32,
}

/// A page of an account's clusters.
#[derive(Clone, Debug)]
pub struct ClusterPage {
    /// Its rows.
    pub records: Vec<ClusterRecord>,
    /// How many clusters the account has, by their states.
    pub counts: StatusCounts,
    /// How many of them the filters leave.
    pub matching: u64,
    /// The last row's key, if there are more.
    pub next: Option<After>,
}

impl ClusterQuery {
    /// ` AND …` for each filter.
    fn push_filters(&self, query: &mut QueryBuilder<'_, Sqlite>) -> Result<()> {
        if !self.statuses.is_empty() {
            let words: Vec<_> = self
                .statuses
                .iter()
                .map(|status| status.to_word())
                .collect();
            query
                .push(" AND status IN (SELECT value FROM json_each(")
                .push_bind(serde_json::to_string(&words)?)
                .push("))");
        }
        if let Some(ClusterTypeId(id)) = self.type_id {
            query.push(" AND type_id = ").push_bind(id);
        }
        if let Some(part) = &self.part_of_name {
            // Not LIKE: there is nothing to escape, and names are lower case.
            query
                .push(" AND instr(name, ")
                .push_bind(part.to_lowercase())
                .push(") > 0");
        }
        Ok(())
    }

    fn order(&self) -> String {
        let direction = if self.descending { "DESC" } else { "ASC" };
        format!(" ORDER BY {} {direction}, id {direction}", self.sort.name())
    }
}

impl Store {
    /// A page of an account's clusters, and how many there are.
    ///
    /// # Errors
    /// The database failed.
    pub async fn page_of_clusters(
        &self,
        account: AccountId,
        query: &ClusterQuery,
    ) -> Result<ClusterPage> {
        let order = query.order();
        // The ids first: the index has all that it takes to find them.
        let mut page = QueryBuilder::new(format!("{COLUMNS} WHERE id IN (SELECT id FROM clusters"));
        page.push(" WHERE account_id = ")
            .push_bind(account.to_string())
            .push(" AND status <> 'deleted'");
        query.push_filters(&mut page)?;
        if let Some(after) = &query.after {
            let than = if query.descending { '<' } else { '>' };
            page.push(format!(" AND ({}, id) {than} (", query.sort.name()));
            match &after.value {
                KeyValue::Number(number) => page.push_bind(*number),
                KeyValue::Text(text) => page.push_bind(text.as_str()),
            };
            page.push(", ").push_bind(after.id.to_string()).push(")");
        }
        // One more than the page has tells whether there is another.
        page.push(&order)
            .push(" LIMIT ")
            .push_bind(i64::from(query.limit) + 1)
            .push(")")
            .push(&order);

        let mut counts =
            QueryBuilder::new("SELECT status, count(*) AS clusters, count(*) FILTER (WHERE true");
        query.push_filters(&mut counts)?;
        counts
            .push(") AS matching FROM clusters WHERE account_id = ")
            .push_bind(account.to_string())
            .push(" AND status <> 'deleted' GROUP BY status");

        // Rows, nodes and numbers of one moment.
        let mut tx = self.reader.begin().await?;
        let mut records = clusters::records(&mut tx, page.build()).await?;
        let rows = counts.build().fetch_all(&mut *tx).await?;
        let mut counts = StatusCounts::default();
        let mut matching = 0;
        for row in &rows {
            let status = convert::word("cluster status", row.try_get("status")?)?;
            counts.set(status, row.try_get("clusters")?);
            matching += row.try_get::<u64, _>("matching")?;
        }
        let has_more = records.len() > query.limit as usize;
        records.truncate(query.limit as usize);
        let last = records.last().filter(|_| has_more);
        let next = last.map(|record| After {
            value: KeyValue::of(record, query.sort),
            id: record.cluster.id,
        });
        Ok(ClusterPage {
            records,
            counts,
            matching,
            next,
        })
    }

    /// The newest entries of a timeline.
    ///
    /// # Errors
    /// The database failed.
    pub async fn events_of(&self, cluster: ClusterId, limit: u32) -> Result<Vec<Event>> {
        Ok(self.page_of_events(cluster, None, limit).await?.0)
    }

    /// A page of a cluster's timeline, newest first, and where it ended if there is more.
    ///
    /// # Errors
    /// The database failed.
    pub async fn page_of_events(
        &self,
        cluster: ClusterId,
        before: Option<EventId>,
        limit: u32,
    ) -> Result<(Vec<Event>, Option<EventId>)> {
        let mut events = sqlx::query(&format!(
            "{} WHERE cluster_id = ? AND id < ? ORDER BY id DESC LIMIT ?",
            events::COLUMNS
        ))
        .bind(cluster.to_string())
        .bind(before.map_or(i64::MAX, |id| id.0))
        .bind(i64::from(limit) + 1)
        .fetch_all(&self.reader)
        .await?
        .iter()
        .map(events::event)
        .collect::<Result<Vec<_>>>()?;
        let has_more = events.len() > limit as usize;
        events.truncate(limit as usize);
        let next = events.last().filter(|_| has_more).map(|event| event.id);
        Ok((events, next))
    }
}
