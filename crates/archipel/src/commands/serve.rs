//! `archipel serve`: serves until the signal to stop.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use anyhow::Context as _;
use archipel_media::Media;
use archipel_model::Registration;
use archipel_web::Pages;
use axum::Router;
use axum::extract::State;
use axum::routing::get;
use http::StatusCode;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::Context;
use crate::app::App;
use crate::files;
use crate::http::{ListenerConfig, serve};
use crate::mail::{self, Post};
use crate::shutdown;
use crate::world::Network;

/// How long workers may take to finish their step.
const WORKERS_END: Duration = Duration::from_secs(25);

/// How often what is no longer needed is removed.
const TIDYING: Duration = Duration::from_hours(1);

/// How often bans that have run out are looked for.
const ENDING_BANS: Duration = Duration::from_mins(1);
/// How often new keys are looked for whose time has come.
const KEYS: Duration = Duration::from_secs(2);

/// Runs the command.
pub async fn run(context: &Context) -> anyhow::Result<()> {
    let stop = shutdown::on_signal()?;
    run_until(context, stop).await
}

/// Serves until `stop` is cancelled, then finishes what is in flight.
pub async fn run_until(context: &Context, stop: CancellationToken) -> anyhow::Result<()> {
    let config = &context.config;
    let app = App::open(config).await?;
    let post = Post::open(config)?;
    let _node = app.store.begin_serving(app.actions.now()).await?;
    let listener = TcpListener::bind(config.server.listen)
        .await
        .with_context(|| format!("cannot listen on {}", config.server.listen))?;
    let ready = Arc::new(AtomicBool::new(true));
    let media = Media::open(config.media.url.as_str(), &app.store)
        .await
        .with_context(|| format!("media.url = {}", config.media.url))?;
    let api = client_api(&app, &media);
    let router = router(&app, &media, context, ready.clone(), api.clone())?;

    let workers = TaskTracker::new();
    let work_stop = CancellationToken::new();
    start_workers(&app, &workers, &work_stop);
    start_mail(&app, post, &workers, &work_stop);
    start_telling(&api, &workers, &work_stop, &stop);
    workers.spawn({
        let (app, stop) = (app.clone(), work_stop.clone());
        let kept = files::kept(config.media.remote_days);
        async move { files::run(app, media, kept, stop).await }
    });
    let watching = {
        let store = app.store.clone();
        tokio::spawn(async move { store.watch().await })
    };
    greet(context);

    let draining = stop.clone();
    tokio::spawn(async move {
        draining.cancelled().await;
        ready.store(false, Ordering::Relaxed);
    });
    let drained = serve(listener, router, ListenerConfig::from(&config.server), stop).await;
    if drained.cut_off > 0 {
        tracing::warn!(
            connections = drained.cut_off,
            "cut off in the middle of a request"
        );
    }
    work_stop.cancel();
    workers.close();
    if tokio::time::timeout(WORKERS_END, workers.wait())
        .await
        .is_err()
    {
        tracing::warn!("workers did not finish in time; what they held goes on later");
    }
    watching.abort();
    app.store.close().await;
    Ok(())
}

fn router(
    app: &App,
    media: &Media,
    context: &Context,
    ready: Arc<AtomicBool>,
    api: archipel_client_api::Api,
) -> anyhow::Result<Router> {
    let pages = archipel_web::router(Pages {
        store: app.store.clone(),
        actions: app.actions.clone(),
        site: app.actions.site.clone(),
        proxy: media.proxy().clone(),
        title: App::title().to_owned(),
        accounts: app.accounts.clone(),
        world: Arc::new(Network(app.federation.clone())),
    });
    let rules = app.rules(&context.config)?;
    let health = Router::new()
        // What Mastodon answers, for those who watch servers of its kind.
        .route("/health", get(|| async { "OK" }))
        .route("/healthz", get(|| async { "ok" }))
        .route("/readyz", get(readiness))
        .with_state(Health {
            app: app.clone(),
            ready,
        });
    let apps = archipel_client_api::router(api);
    Ok(health.merge(apps).merge(archipel_federation::router(
        app.federation.clone(),
        rules,
        pages,
    )))
}

fn client_api(app: &App, media: &Media) -> archipel_client_api::Api {
    let asks = app.accounts.registration == Registration::Approval;
    archipel_client_api::Api::new(
        app.store.clone(),
        app.actions.clone(),
        Arc::new(Network(app.federation.clone())),
        media.clone(),
        archipel_client_api::Settings {
            title: App::title().to_owned(),
            description: String::new(),
            contact_email: String::new(),
            registrations_open: asks,
            approval_required: asks,
            accounts: app.accounts.clone(),
        },
    )
}

/// Streams end when the server begins to stop; else it would wait for them.
fn start_telling(
    api: &archipel_client_api::Api,
    workers: &TaskTracker,
    work_stop: &CancellationToken,
    stop: &CancellationToken,
) {
    let (pushing, streaming) = (api.clone(), api.clone());
    workers.spawn(kept_up("push", work_stop.clone(), move |stop| {
        archipel_client_api::push(pushing.clone(), stop)
    }));
    workers.spawn(kept_up("streams", stop.clone(), move |stop| {
        archipel_client_api::stream(streaming.clone(), stop)
    }));
}

fn start_workers(app: &App, workers: &TaskTracker, stop: &CancellationToken) {
    let federation = app.federation.clone();
    let (inbox, outbox, errands) = (federation.clone(), federation.clone(), federation);
    workers.spawn(kept_up("the inbox", stop.clone(), move |stop| {
        archipel_federation::work(inbox.clone(), stop)
    }));
    workers.spawn(kept_up("delivery", stop.clone(), move |stop| {
        archipel_federation::deliver(outbox.clone(), stop)
    }));
    workers.spawn(kept_up("errands", stop.clone(), move |stop| {
        archipel_federation::run_errands(errands.clone(), stop)
    }));
    let polls = app.clone();
    workers.spawn(kept_up("polls", stop.clone(), move |stop| {
        crate::polls::run(polls.clone(), stop)
    }));
    let scheduled = app.clone();
    workers.spawn(kept_up("scheduled posts", stop.clone(), move |stop| {
        crate::scheduled::run(scheduled.clone(), stop)
    }));
    workers.spawn(hand_over_keys(app.clone(), stop.clone()));
    workers.spawn(tidy(app.clone(), stop.clone()));
    workers.spawn(end_bans(app.clone(), stop.clone()));
}

/// Sends mail, where any is sent.
fn start_mail(app: &App, post: Option<Post>, workers: &TaskTracker, stop: &CancellationToken) {
    let Some(post) = post else {
        tracing::info!(
            "no mail server is configured (mail.host): addresses are not confirmed, and nobody \
             can ask for a new password"
        );
        return;
    };
    let app = app.clone();
    workers.spawn(kept_up("mail", stop.clone(), move |stop| {
        mail::run(app.clone(), post.clone(), stop)
    }));
}

/// Runs a task until told to stop; one that ends by itself is begun again, since
/// a server that only looks alive is worse than one that is down.
async fn kept_up<F>(
    name: &'static str,
    stop: CancellationToken,
    task: impl Fn(CancellationToken) -> F,
) where
    F: Future<Output = ()> + Send + 'static,
{
    while !stop.is_cancelled() {
        // In a task of its own, so that a panic ends nothing else.
        let ended = tokio::spawn(task(stop.clone())).await;
        if stop.is_cancelled() {
            return;
        }
        match ended {
            Ok(()) => tracing::error!(name, "a worker ended, beginning again"),
            Err(error) => tracing::error!(name, %error, "a worker panicked, beginning again"),
        }
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
}

/// Tells those whose ban has run out, soon after it has.
async fn end_bans(app: App, stop: CancellationToken) {
    loop {
        tokio::select! {
            () = tokio::time::sleep(ENDING_BANS) => {}
            () = stop.cancelled() => return,
        }
        let ended = async {
            let mut tx = app.store.write().await?;
            let ended = archipel_actions::end_bans(&app.actions, &mut tx).await?;
            tx.commit().await?;
            archipel_actions::Result::Ok(ended)
        };
        if let Err(error) = ended.await {
            tracing::warn!(%error, "bans that have run out could not be ended");
        }
    }
}

/// Tells the world, as their time comes, of new keys.
async fn hand_over_keys(app: App, stop: CancellationToken) {
    loop {
        tokio::select! {
            () = tokio::time::sleep(KEYS) => {}
            () = stop.cancelled() => return,
        }
        if let Err(error) = app.hand_over_keys().await {
            tracing::warn!(%error, "new keys could not be told of, trying again");
        }
    }
}

/// Removes, now and then, what was done long ago.
async fn tidy(app: App, stop: CancellationToken) {
    loop {
        tokio::select! {
            () = tokio::time::sleep(TIDYING) => {}
            () = stop.cancelled() => return,
        }
        let tidied = async {
            let mut tx = app.store.write().await?;
            let rows = tx.tidy(app.actions.now()).await?;
            archipel_actions::forget_stale_sign_ups(&app.actions, &mut tx).await?;
            tx.commit().await?;
            archipel_actions::Result::Ok(rows)
        };
        match tidied.await {
            Ok(rows) => tracing::debug!(rows, "removed what was done long ago"),
            Err(error) => tracing::warn!(%error, "could not tidy up"),
        }
    }
}

#[derive(Clone)]
struct Health {
    app: App,
    ready: Arc<AtomicBool>,
}

/// Whether requests may be sent here: migrated, working, and the database answers.
async fn readiness(State(health): State<Health>) -> (StatusCode, &'static str) {
    if !health.ready.load(Ordering::Relaxed) {
        return (StatusCode::SERVICE_UNAVAILABLE, "stopping");
    }
    match health.app.store.ping().await {
        Ok(()) => (StatusCode::OK, "ready"),
        Err(error) => {
            tracing::error!(%error, "the database does not answer");
            (
                StatusCode::SERVICE_UNAVAILABLE,
                "the database does not answer",
            )
        }
    }
}

/// One line with the URL, and what to do next.
#[expect(
    clippy::print_stdout,
    reason = "the ready line is the output of this command"
)]
fn greet(context: &Context) {
    let url = context
        .config
        .server
        .public_url
        .as_str()
        .trim_end_matches('/');
    println!("Archipel est prêt / is ready: {url}");
    println!("  Ouvrez {url} dans un navigateur. Créez un compte / make an account:");
    let program = std::env::args().next();
    let program = program.as_deref().unwrap_or("archipel");
    println!("  {program} account create HANDLE --name \"Prénom Nom\"");
}
