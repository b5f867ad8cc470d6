//! Browsers that are logged in: how a session begins, is used and ends.

use std::time::Duration;

use archipel_model::{AccountId, ClientAddr, SessionId, Timestamp};
use archipel_storage::{NewSession, Tx, Visit};

use crate::secret::{hash_of, new_secret};
use crate::{Context, Result};

/// How long a session lasts that is not used.
const LASTS: Duration = Duration::from_hours(30 * 24);
/// How long a browser may take to give the second factor.
const WAITS: Duration = Duration::from_mins(10);
/// How exactly it is written down when a session was used.
const USED: Duration = Duration::from_hours(1);
/// Characters that are kept of what a browser calls itself.
const AGENT: usize = 200;

/// A browser, as far as it tells.
#[derive(Clone, Debug, Default)]
pub struct Browser {
    /// What it calls itself.
    pub agent: String,
    /// Where it asks from.
    pub address: Option<ClientAddr>,
}

impl Browser {
    /// Its address as limits and sessions know it.
    pub(crate) fn place(&self) -> String {
        self.address
            .map_or_else(String::new, |address| address.bucket().to_string())
    }
}

/// Begins a session; `waits` while the second factor is asked for. Returns its secret,
/// for the cookie: it is never seen again.
pub(crate) async fn begin_session(
    ctx: &Context,
    tx: &mut Tx,
    account: AccountId,
    browser: &Browser,
    waits: bool,
) -> Result<String> {
    let secret = new_secret();
    let now = ctx.now();
    let agent: String = browser
        .agent
        .chars()
        .filter(|c| !c.is_control())
        .take(AGENT)
        .collect();
    let new = NewSession {
        id: ctx.id(),
        hash: &hash_of(&secret),
        account_id: account,
        agent: &agent,
        address: &browser.place(),
        expires_at: now.plus(if waits { WAITS } else { LASTS }),
        waits,
    };
    tx.insert_session(&new, now).await?;
    Ok(secret)
}

/// Whether it is time to write down that a session is used.
pub fn session_is_stale(visit: &Visit, now: Timestamp) -> bool {
    now.since(visit.used_at) >= USED
}

/// Writes down that a session is used: it lasts longer then.
pub async fn use_session(ctx: &Context, tx: &mut Tx, session: SessionId) -> Result<()> {
    let now = ctx.now();
    Ok(tx.session_used(session, now.plus(LASTS), now).await?)
}
