//! What every scenario gets, and what they have in common.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use anyhow::ensure;
use bytes::Bytes;
use serde_json::{Value, json};

use crate::args::Args;
use crate::ceilings::Ceilings;
use crate::database::Kind;
use crate::driver::{Driven, drive};
use crate::peers::{AUTHORS, Actor, destination};
use crate::process::Used;
use crate::server::Server;
use crate::sink::Sink;
use crate::stats::{float, ms, number};

/// The community that everything is about.
pub const COMMUNITY: &str = "tilab";

/// Longest wait for something that should take seconds.
pub const PATIENCE: Duration = Duration::from_mins(2);

/// One run of the driver.
#[derive(Debug)]
pub struct Bench {
    /// The command line.
    pub args: Args,
    /// What the machine could do.
    pub ceilings: Ceilings,
    /// Where the server delivers to.
    pub sink: Arc<Sink>,
    /// Where every server under test listens, so that signed requests serve again.
    pub port: u16,
}

impl Bench {
    /// A new server that knows where the peers are.
    pub async fn server(&self, kind: &Kind) -> anyhow::Result<Server> {
        let mut server = self.prepared(kind)?;
        server.start().await?;
        Ok(server)
    }

    /// The same, not started yet.
    pub fn prepared(&self, kind: &Kind) -> anyhow::Result<Server> {
        let mut hosts = vec![AUTHORS.to_owned()];
        hosts.extend((0..self.args.destinations).map(destination));
        Server::prepare(&self.args, kind, self.port, &hosts)
    }

    /// The folder that databases lie in.
    pub fn folder(args: &Args) -> PathBuf {
        args.folder.clone().unwrap_or_else(std::env::temp_dir)
    }

    /// Has every actor follow the community and waits for its answers.
    pub async fn follow(&self, server: &Server, actors: &[Actor]) -> anyhow::Result<()> {
        let group = server.community(COMMUNITY);
        self.sink.take();
        let says = actors
            .iter()
            .map(|actor| actor.says(&server.authority(), &actor.follow(&group)))
            .collect::<anyhow::Result<Vec<Bytes>>>()?;
        // A few at a time: the server fetches a few keys at a time.
        let driven = drive(self.port, &Arc::new(says), actors.len(), 8).await?;
        all_accepted(&driven, actors.len())?;
        ensure!(
            self.sink.wait(actors.len(), PATIENCE).await,
            "{} of {} followers were answered",
            self.sink.count(),
            actors.len()
        );
        self.sink.take();
        Ok(())
    }

    /// Has them follow no more; they stay known.
    pub async fn unfollow(&self, server: &Server, actors: &[Actor]) -> anyhow::Result<()> {
        let group = server.community(COMMUNITY);
        let says = actors
            .iter()
            .map(|actor| actor.says(&server.authority(), &actor.unfollow(&group)))
            .collect::<anyhow::Result<Vec<Bytes>>>()?;
        let driven = drive(self.port, &Arc::new(says), actors.len(), 8).await?;
        all_accepted(&driven, actors.len())?;
        server.worked_off(PATIENCE).await
    }

    /// Those who post.
    pub fn authors(&self) -> Vec<Actor> {
        (0..self.args.actors.max(1))
            .map(|number| self.sink.peers.actor(AUTHORS, number))
            .collect()
    }
}

/// Fails unless every request was answered 202.
pub fn all_accepted(driven: &Driven, count: usize) -> anyhow::Result<()> {
    ensure!(
        driven.count(202) == count,
        "not all were accepted: {:?}",
        driven.statuses
    );
    Ok(())
}

/// Processor time per item, and who else used the machine.
pub fn cpu(used: &Used, items: usize) -> Value {
    let per_item = |time: Duration| number(ms(time) / float(items.max(1)));
    json!({
        "server_ms_per_item": per_item(used.server),
        "driver_ms_per_item": per_item(used.driver),
        "other_processes_share": number(used.others_share),
        "stolen_share": number(used.stolen_share),
    })
}
