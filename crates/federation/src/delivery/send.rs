//! Sends the beginning of one destination's queue.
//!
//! What is about one object goes one after the other; several objects are on
//! their way at once. The first sign that the destination as a whole is in
//! trouble ends the round.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};

use archipel_model::{ActivityId, ActorId, origin_of};
use archipel_storage::{ActivityKind, ClaimedDestination, Form, QueuedDelivery};
use futures::StreamExt as _;
use url::Url;

use super::readable::{beyond_lemmy, forms, is_plain_vote};
use super::record::{Round, Sent};
use super::restamp::restamped;
use super::{Body, Deliverer};
use crate::client::{ActorKeys, Knock, PostClass, PostReport, Refused, SignedPost};
use crate::peers::Manner;
use crate::state::{Federation, Signers};

/// Objects on their way to one destination at the same time.
const AT_ONCE: usize = 4;

/// Works on one destination; the results are for the recorder.
pub(super) async fn round(
    deliverer: &Deliverer,
    destination: ClaimedDestination,
    queue: Vec<QueuedDelivery>,
) -> Round {
    if queue.is_empty() {
        return Round::empty(&destination);
    }
    let federation = &deliverer.federation;
    let Ok(inbox) = Url::parse(&destination.inbox) else {
        return Round::empty(&destination);
    };
    if federation.client.permits(&inbox) == Err(Refused::Blocked)
        && !let_in(federation, &inbox).await
    {
        return Round {
            destination,
            results: queue.into_iter().map(Sent::withheld).collect(),
        };
    }
    let manner = federation
        .peers
        .manner(
            &federation.store,
            &federation.client,
            &destination.host,
            &inbox,
            federation.now(),
        )
        .await
        .unwrap_or_default();
    // A parked destination is probed with one thing, not with its whole queue.
    let most = if destination.parked_at.is_some() {
        1
    } else {
        usize::MAX
    };
    let trouble = AtomicBool::new(false);
    let errand = Errand {
        deliverer,
        inbox: &inbox,
        host: &destination.host,
        manner,
        trouble: &trouble,
    };
    let results = futures::stream::iter(by_object(queue.into_iter().take(most)))
        .map(|deliveries| errand.in_order(deliveries))
        .buffer_unordered(AT_ONCE)
        .concat()
        .await;
    Round {
        destination,
        results,
    }
}

/// Whether the server of an inbox was let in since the policies were last read: what
/// is kept back now would not be released again.
async fn let_in(federation: &Federation, inbox: &Url) -> bool {
    let Some(origin) = origin_of(inbox) else {
        return false;
    };
    let (peers, store) = (&federation.peers, &federation.store);
    peers.admits_now(store, origin.host()).await.is_ok()
}

/// The queue, apart by object, each in order.
fn by_object(queue: impl Iterator<Item = QueuedDelivery>) -> Vec<Vec<QueuedDelivery>> {
    let mut objects: Vec<Vec<QueuedDelivery>> = Vec::new();
    let mut place: HashMap<String, usize> = HashMap::new();
    for delivery in queue {
        let index = *place
            .entry(delivery.object_key.clone())
            .or_insert(objects.len());
        match objects.get_mut(index) {
            Some(object) => object.push(delivery),
            None => objects.push(vec![delivery]),
        }
    }
    objects
}

/// What is needed to send something to one destination.
struct Errand<'a> {
    deliverer: &'a Deliverer,
    inbox: &'a Url,
    host: &'a str,
    manner: Manner,
    /// Set when the destination as a whole is in trouble.
    trouble: &'a AtomicBool,
}

impl Errand<'_> {
    /// Sends what is about one object, one after the other, until one has to wait.
    async fn in_order(&self, deliveries: Vec<QueuedDelivery>) -> Vec<Sent> {
        let mut results = Vec::with_capacity(deliveries.len());
        for delivery in deliveries {
            if self.trouble.load(Ordering::Relaxed) {
                break;
            }
            let sent = self.one(delivery).await;
            let waits = sent.waits();
            results.push(sent);
            if waits {
                break;
            }
        }
        results
    }

    /// Sends one activity in each form that this peer gets.
    async fn one(&self, delivery: QueuedDelivery) -> Sent {
        if self.manner.is_lemmy
            && let Some(why) = beyond_lemmy(&delivery)
        {
            return Sent::skipped_because(delivery, why);
        }
        let forms = forms(delivery.kind, self.manner.dialect);
        if forms.is_empty() {
            return Sent::skipped_because(
                delivery,
                "not sent: this server is told in another form",
            );
        }
        let signers = match self.signer_of(&delivery, forms).await {
            Ok(actor) => self.deliverer.federation.signers(actor).await,
            Err(error) => Err(error.into()),
        };
        let signers = match signers {
            Ok(signers) => signers,
            Err(error) => return Sent::our_trouble(delivery, &error.to_string()),
        };
        let keys = in_turn(&signers, delivery.key_id.as_deref());
        let mut last = None;
        for form in forms {
            let body = match self.body(delivery.activity_id, *form).await {
                Ok(Some(body)) => body,
                // Deleted before it was ever written: there is nothing to say.
                Ok(None) => continue,
                Err(error) => return Sent::our_trouble(delivery, &error.to_string()),
            };
            let body = self.dated(delivery.activity_id, *form, body);
            let is_vote = delivery.kind == ActivityKind::RelayVote;
            if self.manner.is_lemmy && is_vote && !is_plain_vote(&body.bytes) {
                return Sent::skipped_because(delivery, "not sent: Lemmy cannot read this vote");
            }
            let report = self.post(&body, keys).await;
            if is_trouble_of_all(&report) {
                self.trouble.store(true, Ordering::Relaxed);
            }
            let delivered = report.class == PostClass::Delivered;
            last = Some(report);
            if !delivered {
                break;
            }
        }
        match last {
            Some(report) => Sent::reported(delivery, report),
            None => Sent::skipped(delivery),
        }
    }

    /// Who signs the request: who says it. What people of this server did to their
    /// posts is sent on in their own name, because GoToSocial, and Mastodon before
    /// 4.7, check no proof and believe nobody else.
    async fn signer_of(
        &self,
        delivery: &QueuedDelivery,
        forms: &[Form],
    ) -> archipel_storage::Result<ActorId> {
        if delivery.kind != ActivityKind::Relay || forms != [Form::Forward] {
            return Ok(delivery.actor_id);
        }
        let mut conn = self.deliverer.federation.store.read().await?;
        let passed_on = conn.activity(delivery.activity_id).await?;
        let inner = match passed_on.and_then(|passed_on| passed_on.inner_id) {
            Some(inner) => conn.activity(inner).await?,
            None => None,
        };
        Ok(inner.map_or(delivery.actor_id, |inner| inner.actor_id))
    }

    /// What is sent, with a new date where the old one would hide it.
    fn dated(&self, activity: ActivityId, form: Form, body: Body) -> Body {
        let late = (form == Form::Boost).then(|| {
            let now = self.deliverer.federation.now();
            restamped(&body, activity.made_at(), now)
        });
        late.flatten().unwrap_or(body)
    }

    async fn body(
        &self,
        activity: ActivityId,
        form: Form,
    ) -> archipel_storage::Result<Option<Body>> {
        if let Some(body) = self.deliverer.bodies.get(&(activity, form)) {
            return Ok(Some(body));
        }
        let mut conn = self.deliverer.federation.store.read().await?;
        let mut wanted = None;
        for kept in conn.renderings(&[activity]).await? {
            let key = (kept.activity_id, kept.form);
            let body = Body::new(kept.body);
            if kept.form == form {
                wanted = Some(body.clone());
            }
            self.deliverer.bodies.insert(key, body);
        }
        Ok(wanted)
    }

    /// Signs and sends; where the signature may not have been understood, once more
    /// with the other keys, if there are, then in the other scheme, and what worked is
    /// remembered.
    async fn post(&self, body: &Body, (keys, others): Keys<'_>) -> PostReport {
        let first = self.knock(body, keys, self.manner.knock).await;
        let taken = &self.deliverer.taken;
        if first.class == PostClass::Delivered {
            taken.insert(self.host.to_owned(), first.knock);
        }
        let Some(other) = first.second_knock() else {
            return first;
        };
        if let Some(others) = others {
            let with_others = self.knock(body, others, self.manner.knock).await;
            if with_others.second_knock().is_none() {
                return with_others;
            }
        } else if first.status == Some(400) && taken.get(self.host) == Some(first.knock) {
            // Lemmy refuses with 400 whatever it will not have, each announcement of
            // what its own people wrote among them; signatures that it took are fine.
            return first;
        }
        let second = self.knock(body, keys, other).await;
        if second.class == PostClass::Delivered {
            let federation = &self.deliverer.federation;
            let learnt = federation
                .peers
                .learn_knock(&federation.store, self.host, other, federation.now())
                .await;
            if let Err(error) = learnt {
                tracing::warn!(%error, "what a peer accepts could not be remembered");
            }
        }
        first.better(second)
    }

    async fn knock(&self, body: &Body, keys: &ActorKeys, knock: Knock) -> PostReport {
        let federation = &self.deliverer.federation;
        if let Err(refused) = federation.client.permits(self.inbox) {
            // Blocked a moment ago: the next round keeps it back.
            if refused == Refused::Blocked {
                return our_report(knock, &refused.to_string());
            }
            return PostReport {
                status: None,
                retry_after: None,
                words: refused.to_string(),
                knock,
                class: PostClass::Refused,
            };
        }
        let signed = {
            let Ok(core) = self.deliverer.signing.clone().acquire_owned().await else {
                return our_report(knock, "the server is stopping");
            };
            let (inbox, digest, keys) = (self.inbox.clone(), body.digest.clone(), keys.clone());
            let now = federation.now();
            if knock == Knock::Rfc9421Ed25519 {
                // Cheap enough to be done here.
                Ok(SignedPost::sign(&inbox, &digest, &keys, knock, now))
            } else {
                tokio::task::spawn_blocking(move || {
                    let signed = SignedPost::sign(&inbox, &digest, &keys, knock, now);
                    // The next one need not wait until this one's task is woken.
                    drop(core);
                    signed
                })
                .await
            }
        };
        match signed {
            Ok(Ok(signed)) => federation.client.send(signed, body.bytes.clone()).await,
            Ok(Err(error)) => our_report(knock, &format!("this server could not sign: {error}")),
            Err(_) => our_report(knock, "this server could not sign"),
        }
    }
}

/// The keys to sign with, and those to try where they are turned away.
type Keys<'a> = (&'a ActorKeys, Option<&'a ActorKeys>);

/// Which keys come first: those that sign now, unless the activity is to be signed with
/// those that did before.
fn in_turn<'a>(signers: &'a Signers, wanted: Option<&str>) -> Keys<'a> {
    match &signers.before {
        Some(before) if wanted == Some(before.rsa.key_id.as_str()) => {
            (before, Some(&signers.present))
        }
        before => (&signers.present, before.as_ref()),
    }
}

fn our_report(knock: Knock, words: &str) -> PostReport {
    PostReport {
        status: None,
        retry_after: None,
        words: words.to_owned(),
        knock,
        class: PostClass::Retry,
    }
}

/// Whether a failure speaks of the destination as a whole, not of one activity.
fn is_trouble_of_all(report: &PostReport) -> bool {
    report.class == PostClass::Retry
        && (report.status.is_none()
            || report.retry_after.is_some()
            || matches!(report.status, Some(429 | 502 | 503 | 504)))
}
