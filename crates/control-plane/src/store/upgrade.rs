//! What the database itself holds to, and how one from before becomes one of today.

use cluster_api::{AuditAction, Role, Scopes, Timestamp};
use sqlx::{Connection, SqliteConnection, migrate::Migrate};

use super::{AuditDraft, AuditFilter, Store, hash_secret};

const NOW: Timestamp = Timestamp::UNIX_EPOCH;

/// A database as the version before keys had names left it.
async fn before_keys(path: &std::path::Path) {
    let options = sqlx::sqlite::SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(true)
        .foreign_keys(true);
    let mut connection = SqliteConnection::connect_with(&options).await.unwrap();
    connection.ensure_migrations_table().await.unwrap();
    for migration in sqlx::migrate!().iter().filter(|it| it.version <= 3) {
        connection.apply(migration).await.unwrap();
    }
    let id = |number: u8| format!("00000000-0000-4000-8000-00000000000{number}");
    let rows = [
        ("admin", "key of admin", None),
        ("bob", "key of bob", None),
        ("gone", "key of gone", Some(5_i64)),
    ];
    for (number, (name, key, deleted_at)) in (0..).zip(rows) {
        sqlx::query("INSERT INTO accounts VALUES (?, ?, 'hash', ?, 1, ?)")
            .bind(id(number))
            .bind(name)
            .bind(hash_secret(key).as_slice())
            .bind(deleted_at)
            .execute(&mut connection)
            .await
            .unwrap();
    }
    sqlx::query("INSERT INTO tokens VALUES (?, ?, 1, 1000)")
        .bind(hash_secret("token of bob").as_slice())
        .bind(id(1))
        .execute(&mut connection)
        .await
        .unwrap();
    sqlx::query(
        "INSERT INTO clusters (id, account_id, name, type_id, flavor, node_count, status, ca_pem,
                               ca_key, ca_made_at, created_at, updated_at, version)
         VALUES (?1, ?1, 'shop', 1, 'container1-1G', 1, 'active', '', x'', 1, 1, 1, 1)",
    )
    .bind(id(1))
    .execute(&mut connection)
    .await
    .unwrap();
    sqlx::query("INSERT INTO credentials VALUES ('s1', ?1, ?1, 'fp', 1, 2)")
        .bind(id(1))
        .execute(&mut connection)
        .await
        .unwrap();
    connection.close().await.unwrap();
}

#[tokio::test]
async fn an_installation_from_before_goes_on_with_its_keys_tokens_and_clusters() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("old.db");
    before_keys(&path).await;
    let store = Store::open(&path).await.unwrap();

    let (bob, key) = store
        .account_by_api_key("bob", &hash_secret("key of bob"), NOW)
        .await
        .unwrap()
        .unwrap();
    assert_eq!((bob.role, key.name.as_str()), (Role::Member, "first"));
    assert_eq!(key.scopes, Scopes::all());
    assert_eq!(store.keys_of(bob.id).await.unwrap().len(), 1);
    let (admin, _) = store.account_by_name("admin").await.unwrap().unwrap();
    assert_eq!(admin.role, Role::Admin);
    let gone = store
        .account_by_api_key("gone", &hash_secret("key of gone"), NOW)
        .await;
    assert!(gone.unwrap().is_none());
    let actor = store.use_token(&hash_secret("token of bob"), NOW).await;
    let actor = actor.unwrap().unwrap();
    assert_eq!((actor.account.id, actor.scopes), (bob.id, Scopes::all()));
    assert!(store.is_session(actor.session, NOW).await.unwrap());

    let clusters = store.clusters_of(bob.id).await.unwrap();
    assert_eq!(clusters.len(), 1);
    let ledger = store.ledger(clusters[0].cluster.id).await.unwrap();
    assert_eq!(
        (ledger[0].username.as_str(), ledger[0].revoked_at),
        ("bob", None)
    );
    let broken: Vec<(String,)> = sqlx::query_as("SELECT \"table\" FROM pragma_foreign_key_check")
        .fetch_all(&store.writer)
        .await
        .unwrap();
    assert!(broken.is_empty(), "{broken:?}");
    store.close().await;
    Store::open(&path).await.unwrap();
}

#[tokio::test]
async fn the_audit_log_only_grows() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(&folder.path().join("new.db")).await.unwrap();
    let entry = AuditDraft::by(None, AuditAction::AccountCreate, "Made it".to_owned());
    store.add_audit(entry, NOW).await.unwrap();
    let before = store.audit(&AuditFilter::default(), 10).await.unwrap();
    assert_eq!(before.len(), 1);
    for statement in [
        "DELETE FROM audit",
        "UPDATE audit SET actor = 'somebody'",
        "INSERT OR REPLACE INTO audit SELECT * FROM audit",
        "REPLACE INTO audit (id, at, action, detail) VALUES (1, 0, 'key.create', 'another story')",
    ] {
        let error = sqlx::query(statement)
            .execute(&store.writer)
            .await
            .unwrap_err();
        assert!(
            error.to_string().contains("append-only"),
            "{statement}: {error}"
        );
    }
    assert_eq!(
        store.audit(&AuditFilter::default(), 10).await.unwrap(),
        before
    );
}
