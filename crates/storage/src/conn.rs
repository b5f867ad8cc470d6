//! One connection, whichever database is behind it, and the `sql!` macro.
//!
//! Advisory locks of PostgreSQL have one name space; ours are 4242001 (taking work
//! from the inbox), 4242002 (the queue, [`Conn::lock_queue`]) and 4242003 (nodes
//! that serve).

use std::collections::HashMap;
use std::ops::{Deref, DerefMut};
use std::sync::Arc;

use archipel_model::PostId;
use sqlx::pool::PoolConnection;
use sqlx::{PgConnection, Postgres, Sqlite, SqliteConnection, Transaction};

use crate::activities::Said;
use crate::feeds::NewEntry;
use crate::memo::Memo;
use crate::reactions::Totals;
use crate::wake::FromNode;
use crate::{Result, StreamEvent, Wakes};

/// A connection to ask with. Every query is a method of this type.
#[derive(Debug)]
pub struct Conn {
    inner: Inner,
}

#[derive(Debug)]
enum Inner {
    Sqlite(PoolConnection<Sqlite>),
    Postgres(PoolConnection<Postgres>),
    SqliteTx(Transaction<'static, Sqlite>),
    PostgresTx(Transaction<'static, Postgres>),
}

/// The two arms that `sql!` matches on.
pub(crate) enum Driver<'c> {
    Sqlite(&'c mut SqliteConnection),
    Postgres(&'c mut PgConnection),
}

impl Conn {
    pub(crate) fn sqlite(conn: PoolConnection<Sqlite>) -> Self {
        Self {
            inner: Inner::Sqlite(conn),
        }
    }

    pub(crate) fn postgres(conn: PoolConnection<Postgres>) -> Self {
        Self {
            inner: Inner::Postgres(conn),
        }
    }

    /// Until the end of this transaction, no other one changes what is queued or
    /// computes from it when a destination is due. Else, on PostgreSQL, one would
    /// not see what the other is about to commit and forget it, or both would wait
    /// for each other's rows. On SQLite there is one writer anyway.
    pub(crate) async fn lock_queue(&mut self) -> Result<()> {
        if let Driver::Postgres(conn) = self.driver() {
            sqlx::query("SELECT pg_advisory_xact_lock(4242002)")
                .execute(conn)
                .await?;
        }
        Ok(())
    }

    pub(crate) fn driver(&mut self) -> Driver<'_> {
        match &mut self.inner {
            Inner::Sqlite(conn) => Driver::Sqlite(conn),
            Inner::Postgres(conn) => Driver::Postgres(conn),
            Inner::SqliteTx(tx) => Driver::Sqlite(tx),
            Inner::PostgresTx(tx) => Driver::Postgres(tx),
        }
    }
}

/// A transaction: nothing is kept before [`Tx::commit`], dropping rolls back.
#[derive(Debug)]
pub struct Tx {
    conn: Conn,
    pub(crate) memo: Memo,
    /// What was said and is not written yet.
    pub(crate) said: Vec<Said>,
    /// What was counted and is not written yet.
    pub(crate) counted: HashMap<PostId, Totals>,
    /// What is shown and not written yet.
    pub(crate) entries: Vec<NewEntry>,
    /// What those who listen hear after the commit.
    streamed: Vec<StreamEvent>,
    /// How much of that was there at the savepoint.
    streamed_before: usize,
    wakes: Arc<Wakes>,
    wake_inbox: bool,
    wake_outbox: bool,
}

impl Tx {
    pub(crate) fn sqlite(tx: Transaction<'static, Sqlite>, wakes: Arc<Wakes>) -> Self {
        Self::new(Inner::SqliteTx(tx), wakes)
    }

    pub(crate) fn postgres(tx: Transaction<'static, Postgres>, wakes: Arc<Wakes>) -> Self {
        Self::new(Inner::PostgresTx(tx), wakes)
    }

    fn new(inner: Inner, wakes: Arc<Wakes>) -> Self {
        Self {
            conn: Conn { inner },
            memo: Memo::default(),
            said: Vec::new(),
            counted: HashMap::new(),
            entries: Vec::new(),
            streamed: Vec::new(),
            streamed_before: 0,
            wakes,
            wake_inbox: false,
            wake_outbox: false,
        }
    }

    /// Asks that inbox workers be woken after the commit.
    pub fn wake_inbox(&mut self) {
        self.wake_inbox = true;
    }

    /// Asks that deliverers be woken after the commit.
    pub fn wake_outbox(&mut self) {
        self.wake_outbox = true;
    }

    /// Tells those who listen, after the commit.
    pub fn stream(&mut self, event: StreamEvent) {
        self.streamed.push(event);
    }

    /// Tells other nodes what is told here; they hear it once this is committed.
    async fn stream_afar(&mut self) -> Result<()> {
        let node = self.wakes.node;
        if self.streamed.is_empty() {
            return Ok(());
        }
        let events = std::mem::take(&mut self.streamed);
        if let Driver::Postgres(conn) = self.conn.driver() {
            let words: Vec<String> = events
                .iter()
                .filter_map(|what| {
                    let what = what.clone();
                    serde_json::to_string(&FromNode { node, what }).ok()
                })
                .collect();
            sqlx::query("SELECT pg_notify('archipel_stream', word) FROM unnest($1) AS word")
                .bind(words)
                .execute(conn)
                .await?;
        }
        self.wakes.about_to_tell(&events);
        self.streamed = events;
        Ok(())
    }

    /// Keeps everything that was done, durably, and wakes who waits for it.
    pub async fn commit(mut self) -> Result<()> {
        self.flush().await?;
        self.stream_afar().await?;
        for (wanted, word) in [(self.wake_inbox, "inbox"), (self.wake_outbox, "outbox")] {
            if wanted && let Driver::Postgres(conn) = self.conn.driver() {
                sqlx::query("SELECT pg_notify('archipel', $1)")
                    .bind(word)
                    .execute(conn)
                    .await?;
            }
        }
        match self.conn.inner {
            Inner::SqliteTx(tx) => tx.commit().await?,
            Inner::PostgresTx(tx) => tx.commit().await?,
            Inner::Sqlite(_) | Inner::Postgres(_) => {}
        }
        if self.wake_inbox {
            self.wakes.inbox.notify_one();
        }
        if self.wake_outbox {
            self.wakes.outbox.notify_one();
        }
        for event in self.streamed {
            self.wakes.stream(event);
        }
        Ok(())
    }

    /// Begins one piece of work that can fail alone.
    pub async fn savepoint(&mut self) -> Result<()> {
        self.flush().await?;
        self.streamed_before = self.streamed.len();
        sql!(self, execute, "SAVEPOINT piece").map(drop)
    }

    /// Keeps the piece of work, as part of the transaction.
    pub async fn release(&mut self) -> Result<()> {
        sql!(self, execute, "RELEASE SAVEPOINT piece").map(drop)
    }

    /// Forgets what was done since [`Tx::savepoint`]; the transaction goes on.
    pub async fn rollback_to_savepoint(&mut self) -> Result<()> {
        self.forget();
        self.said.clear();
        self.counted.clear();
        self.entries.clear();
        self.streamed.truncate(self.streamed_before);
        sql!(self, execute, "ROLLBACK TO SAVEPOINT piece")?;
        sql!(self, execute, "RELEASE SAVEPOINT piece").map(drop)
    }
}

impl Deref for Tx {
    type Target = Conn;
    fn deref(&self) -> &Conn {
        &self.conn
    }
}

impl DerefMut for Tx {
    fn deref_mut(&mut self) -> &mut Conn {
        &mut self.conn
    }
}

/// Runs one SQL text on whichever database is behind a [`Conn`].
///
/// `sql!(conn, execute, "…", args)` gives the number of rows touched;
/// `sql!(conn, fetch_all as T, "…", args)`, `fetch_optional`, `fetch_one` give rows;
/// `fetch_scalar as T` gives the first column of the first row, if any.
/// `sqlite: "…", postgres: "…"` in place of the text is for what must differ.
macro_rules! sql {
    ($conn:expr, $how:ident $(as $row:ty)?, sqlite: $lite:expr, postgres: $pg:expr $(, $arg:expr)* $(,)?) => {
        match $conn.driver() {
            $crate::conn::Driver::Sqlite(conn) => {
                $crate::conn::run!(sqlx::Sqlite, conn, $how $(as $row)?, $lite $(, $arg)*)
            }
            $crate::conn::Driver::Postgres(conn) => {
                $crate::conn::run!(sqlx::Postgres, conn, $how $(as $row)?, $pg $(, $arg)*)
            }
        }
    };
    ($conn:expr, $how:ident $(as $row:ty)?, $text:expr $(, $arg:expr)* $(,)?) => {
        $crate::conn::sql!($conn, $how $(as $row)?, sqlite: $text, postgres: $text $(, $arg)*)
    };
}

/// One arm of [`sql!`].
macro_rules! run {
    ($db:ty, $conn:expr, execute, $text:expr $(, $arg:expr)*) => {
        sqlx::query::<$db>($text)$(.bind($arg))*
            .execute($conn).await.map(|done| done.rows_affected()).map_err($crate::Error::from)
    };
    ($db:ty, $conn:expr, fetch_scalar as $row:ty, $text:expr $(, $arg:expr)*) => {
        sqlx::query_scalar::<$db, $row>($text)$(.bind($arg))*
            .fetch_optional($conn).await.map_err($crate::Error::from)
    };
    ($db:ty, $conn:expr, fetch_scalars as $row:ty, $text:expr $(, $arg:expr)*) => {
        sqlx::query_scalar::<$db, $row>($text)$(.bind($arg))*
            .fetch_all($conn).await.map_err($crate::Error::from)
    };
    ($db:ty, $conn:expr, $how:ident as $row:ty, $text:expr $(, $arg:expr)*) => {
        sqlx::query_as::<$db, $row>($text)$(.bind($arg))*
            .$how($conn).await.map_err($crate::Error::from)
    };
}

pub(crate) use {run, sql};
