//! What nodes used, over time: a SQLite database of its own, so that a write every ten seconds never
//! stands in the way of a wish. Resolution falls with age, so it is bounded: at most
//! [`Resolution::points`] rows a node for each of [`Resolution::ALL`], about 1000 in all.

use std::{collections::HashSet, path::Path, time::Duration};

use cluster_api::{ClusterId, NodeId, Timestamp, inside::Point};
use sqlx::{
    Row, SqlitePool,
    sqlite::{
        SqliteAutoVacuum, SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteRow,
        SqliteSynchronous,
    },
};

use super::{Result, StoreError, convert};

/// How finely a time is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Resolution {
    /// Ten seconds, for an hour.
    TenSeconds,
    /// A minute, for six hours.
    Minute,
    /// Five minutes, for a day.
    FiveMinutes,
}

impl Resolution {
    /// All of them, the finest first.
    pub const ALL: [Self; 3] = [Self::TenSeconds, Self::Minute, Self::FiveMinutes];

    /// The length of an interval, in seconds.
    #[must_use]
    pub const fn seconds(self) -> u32 {
        match self {
            Self::TenSeconds => 10,
            Self::Minute => 60,
            Self::FiveMinutes => 300,
        }
    }

    /// How many intervals are kept.
    #[must_use]
    pub const fn points(self) -> u32 {
        match self {
            Self::TenSeconds | Self::Minute => 360,
            Self::FiveMinutes => 288,
        }
    }

    /// The beginning of the interval that a moment is in, in seconds since 1970.
    fn floor(self, at: Timestamp) -> i64 {
        let length = i64::from(self.seconds());
        at.as_second().div_euclid(length) * length
    }
}

/// What one node used in the ten seconds before a look.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct NodeSample {
    /// Its cluster.
    pub cluster_id: ClusterId,
    /// The node.
    pub node_id: NodeId,
    /// Its place in the cluster.
    pub ordinal: u32,
    /// Processors that were busy, on average.
    pub cpus: f64,
    /// Memory in use, in bytes.
    pub memory_bytes: u64,
    /// What came in over the network, in bytes a second.
    pub rx_bytes_per_s: u64,
    /// What went out.
    pub tx_bytes_per_s: u64,
}

/// What one node used, over time.
#[derive(Clone, Debug, PartialEq)]
pub struct NodePoints {
    /// The node.
    pub node_id: NodeId,
    /// Its place in the cluster.
    pub ordinal: u32,
    /// Oldest first.
    pub points: Vec<Point>,
}

/// The samples of all nodes.
pub struct SampleStore {
    pool: SqlitePool,
}

impl SampleStore {
    /// Opens the database in `path`, makes it when it is not there, and brings it up to date.
    ///
    /// # Errors
    /// The file cannot be used or is of a newer version.
    pub async fn open(path: &Path) -> Result<Self> {
        let options = SqliteConnectOptions::new()
            .filename(path)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            // A power failure may cost the last seconds, a killed process none.
            .synchronous(SqliteSynchronous::Normal)
            .auto_vacuum(SqliteAutoVacuum::Incremental)
            .foreign_keys(true)
            .busy_timeout(Duration::from_secs(10));
        let pool = SqlitePoolOptions::new()
            .max_connections(2)
            .connect_with(options)
            .await?;
        sqlx::migrate!("./migrations/metrics").run(&pool).await?;
        Ok(Self { pool })
    }

    /// Adds what nodes used around a moment, to the interval it is in, at every resolution.
    ///
    /// # Errors
    /// The database failed; nothing was kept.
    pub async fn add(&self, at: Timestamp, samples: &[NodeSample]) -> Result<()> {
        let mut tx = self.pool.begin().await?;
        for sample in samples {
            let series: i64 = sqlx::query_scalar(
                "INSERT INTO series (node_id, cluster_id, ordinal) VALUES (?, ?, ?)
                 ON CONFLICT (node_id) DO UPDATE SET ordinal = excluded.ordinal RETURNING id",
            )
            .bind(sample.node_id.to_string())
            .bind(sample.cluster_id.to_string())
            .bind(sample.ordinal)
            .fetch_one(&mut *tx)
            .await?;
            for resolution in Resolution::ALL {
                sqlx::query(
                    "INSERT INTO samples VALUES (?1, ?2, ?3, 1, ?4, ?4, ?5, ?5, ?6, ?7)
                     ON CONFLICT DO UPDATE SET
                        count = count + 1,
                        cpus = cpus + excluded.cpus,
                        cpus_max = max(cpus_max, excluded.cpus_max),
                        memory = memory + excluded.memory,
                        memory_max = max(memory_max, excluded.memory_max),
                        rx = rx + excluded.rx,
                        tx = tx + excluded.tx",
                )
                .bind(series)
                .bind(resolution.seconds())
                .bind(resolution.floor(at))
                .bind(sample.cpus)
                .bind(whole(sample.memory_bytes))
                .bind(whole(sample.rx_bytes_per_s))
                .bind(whole(sample.tx_bytes_per_s))
                .execute(&mut *tx)
                .await?;
            }
        }
        Ok(tx.commit().await?)
    }

    /// What the nodes of a cluster used since a moment, by their places.
    ///
    /// # Errors
    /// The database failed.
    pub async fn since(
        &self,
        cluster: ClusterId,
        resolution: Resolution,
        from: Timestamp,
    ) -> Result<Vec<NodePoints>> {
        let rows = sqlx::query(
            "SELECT series.node_id, series.ordinal, samples.* FROM series
             JOIN samples ON samples.series = series.id
             WHERE series.cluster_id = ? AND resolution = ? AND at >= ?
             ORDER BY series.ordinal, series.id, at",
        )
        .bind(cluster.to_string())
        .bind(resolution.seconds())
        .bind(from.as_second())
        .fetch_all(&self.pool)
        .await?;
        let mut nodes: Vec<NodePoints> = Vec::new();
        for row in &rows {
            let node_id = convert::id(row.try_get("node_id")?)?;
            let point = point(row)?;
            match nodes.last_mut() {
                Some(node) if node.node_id == node_id => node.points.push(point),
                _ => nodes.push(NodePoints {
                    node_id,
                    ordinal: row.try_get("ordinal")?,
                    points: vec![point],
                }),
            }
        }
        Ok(nodes)
    }

    /// Forgets what is too old, and nodes of which nothing is left.
    ///
    /// # Errors
    /// The database failed.
    pub async fn forget_old(&self, now: Timestamp) -> Result<()> {
        let mut tx = self.pool.begin().await?;
        for resolution in Resolution::ALL {
            let length = i64::from(resolution.seconds());
            let oldest = resolution.floor(now) - length * i64::from(resolution.points());
            sqlx::query(
                "DELETE FROM samples
                 WHERE series IN (SELECT id FROM series) AND resolution = ? AND at < ?",
            )
            .bind(resolution.seconds())
            .bind(oldest)
            .execute(&mut *tx)
            .await?;
        }
        sqlx::query(
            "DELETE FROM series
             WHERE NOT EXISTS (SELECT 1 FROM samples WHERE samples.series = series.id)",
        )
        .execute(&mut *tx)
        .await?;
        tx.commit().await?;
        self.shrink().await
    }

    /// Forgets all clusters but these.
    ///
    /// # Errors
    /// The database failed.
    pub async fn keep_only(&self, clusters: &HashSet<ClusterId>) -> Result<()> {
        let clusters: Vec<_> = clusters.iter().map(ToString::to_string).collect();
        let gone = sqlx::query(
            "DELETE FROM series WHERE cluster_id NOT IN (SELECT value FROM json_each(?))",
        )
        .bind(serde_json::to_string(&clusters)?)
        .execute(&self.pool)
        .await?;
        if gone.rows_affected() > 0 {
            self.shrink().await?;
        }
        Ok(())
    }

    /// Gives the disk back what is no longer needed.
    async fn shrink(&self) -> Result<()> {
        sqlx::query("PRAGMA incremental_vacuum")
            .fetch_all(&self.pool)
            .await?;
        Ok(())
    }

    /// Ends all connections; what was written is on the disk after it.
    pub async fn close(&self) {
        self.pool.close().await;
    }

    #[cfg(test)]
    pub(crate) async fn rows(&self) -> i64 {
        sqlx::query_scalar("SELECT (SELECT count(*) FROM samples) + (SELECT count(*) FROM series)")
            .fetch_one(&self.pool)
            .await
            .unwrap()
    }
}

/// An amount as SQLite holds it, bounded so that the few dozen of a row can be summed.
fn whole(amount: u64) -> i64 {
    i64::try_from(amount)
        .unwrap_or(i64::MAX)
        .min(i64::MAX >> 10)
}

fn point(row: &SqliteRow) -> Result<Point> {
    let count: i64 = row.try_get("count")?;
    let mean = |column| -> Result<u64> {
        let sum: i64 = row.try_get(column)?;
        Ok(u64::try_from(sum / count.max(1)).unwrap_or_default())
    };
    let memory_max: i64 = row.try_get("memory_max")?;
    let cpus = row.try_get::<f64, _>("cpus")? / count.max(1) as f64;
    Ok(Point {
        at: Timestamp::from_second(row.try_get("at")?)
            .map_err(|_| StoreError::Unreadable("moment"))?,
        cpus,
        cpus_max: Some(row.try_get("cpus_max")?),
        memory_bytes: mean("memory")?,
        memory_bytes_max: Some(u64::try_from(memory_max).unwrap_or_default()),
        rx_bytes_per_s: mean("rx")?,
        tx_bytes_per_s: mean("tx")?,
    })
}
