//! What holds on every page: headers, languages, structure, nothing from elsewhere.

use archipel_actions::author_deleted;
use axum::Router;
use axum::extract::Request;
use axum::http::header;
use axum::routing::any;
use tower::ServiceExt;

use crate::support::{Draft, Lab, ask};

/// A lab with something on every page, and the addresses of its pages.
async fn furnished() -> (Lab, Vec<(String, u16)>) {
    let lab = Lab::open().await;
    let tilab = lab.tilab().await;
    let ada = lab.person("ada", "Ada").await;
    let grace = lab.stranger("one.example", "grace", "Grace").await;
    let root = lab.post(Draft::new(&ada, &tilab, "<p>Début</p>")).await;
    lab.post(Draft {
        warning: Some("Attention"),
        ..Draft::reply(
            &grace,
            root,
            "<p><a href=\"https://x.example/\">Lien</a></p>",
        )
    })
    .await;
    let deleted = lab.post(Draft::new(&ada, &tilab, "<p>Regret</p>")).await;
    let mut tx = lab.store.write().await.unwrap();
    let post = tx.post(deleted).await.unwrap().unwrap();
    author_deleted(&lab.ctx, &mut tx, &ada, &post, None)
        .await
        .unwrap();
    tx.commit().await.unwrap();
    let pages = vec![
        ("/".to_owned(), 200),
        ("/c/tilab".to_owned(), 200),
        ("/u/ada".to_owned(), 200),
        (format!("/p/{root}"), 200),
        (format!("/p/{deleted}"), 410),
        ("/nowhere/at/all".to_owned(), 404),
    ];
    (lab, pages)
}

#[tokio::test]
async fn every_page_is_guarded_and_brings_nothing_from_elsewhere() {
    let (lab, pages) = furnished().await;
    for (path, status) in &pages {
        let page = lab.get(path).await;
        page.is(*status);
        assert_eq!(
            page.header(&header::CONTENT_SECURITY_POLICY),
            "default-src 'self'; object-src 'none'; base-uri 'none'; frame-ancestors 'none'; \
             form-action 'self'; img-src 'self' data:; style-src 'self'"
        );
        assert_eq!(page.header(&header::X_CONTENT_TYPE_OPTIONS), "nosniff");
        assert_eq!(page.header(&header::REFERRER_POLICY), "same-origin");
        assert_eq!(
            page.header(&header::CONTENT_TYPE),
            "text/html; charset=utf-8"
        );
        assert_eq!(page.header(&header::CACHE_CONTROL), "no-cache");
        for inline in ["<script", "<style", " style=", " src=", " on", "@import"] {
            let markup = page.body.split('<').skip(1);
            for tag in markup.filter_map(|rest| rest.split('>').next()) {
                assert!(!format!("<{tag}").contains(inline), "<{tag}> on {path}");
            }
        }
        assert_eq!(page.body.matches("rel=\"stylesheet\"").count(), 1);
        page.has("<link rel=\"stylesheet\" href=\"/assets/style.css?v=");
    }
}

#[tokio::test]
async fn every_page_has_the_structure_that_assistive_tools_need() {
    let (lab, pages) = furnished().await;
    for (path, _) in &pages {
        let page = lab.get(path).await;
        for once in [
            "<!DOCTYPE html>\n<html lang=\"fr\">",
            "<h1",
            "<main id=\"content\"",
            "<header>",
            "<nav aria-label=",
            "<footer>",
            "<a class=\"skip\" href=\"#content\">Aller au contenu</a>",
            "Accessibilité\u{a0}: non conforme",
        ] {
            assert_eq!(page.body.matches(once).count(), 1, "{once} on {path}");
        }
        for tag in [
            "main", "section", "article", "details", "ul", "ol", "li", "div", "p", "a", "h2", "h3",
        ] {
            let opened = page.body.matches(&format!("<{tag} ")).count()
                + page.body.matches(&format!("<{tag}>")).count();
            let closed = page.body.matches(&format!("</{tag}>")).count();
            assert_eq!(opened, closed, "<{tag}> on {path}: {}", page.body);
        }
        let mut ids: Vec<&str> = page
            .body
            .split(" id=\"")
            .skip(1)
            .filter_map(|rest| rest.split('"').next())
            .collect();
        let all = ids.len();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), all, "ids are unique on {path}");
        page.has_not("lang=\"\"").has_not("{}");
    }
}

#[tokio::test]
async fn pages_speak_the_readers_language() {
    let (lab, pages) = furnished().await;
    for (path, status) in &pages {
        let page = lab.get_in(path, "de, en-GB;q=0.8, fr;q=0.5").await;
        page.is(*status)
            .has("<html lang=\"en\">")
            .has("Skip to the content")
            .has("Accessibility: not compliant")
            .has_not("Aller au contenu");
        assert_eq!(page.header(&header::CONTENT_LANGUAGE), "en");
        assert_eq!(page.header(&header::VARY), "Accept-Language");
        let page = lab.get_in(path, "br").await;
        page.has("<html lang=\"fr\">");
        assert_eq!(page.header(&header::CONTENT_LANGUAGE), "fr");
    }
    lab.get_in("/c/tilab", "en")
        .await
        .has("0 members")
        .has("Everybody can start a thread.")
        // What people wrote keeps its own language.
        .has("<h1 lang=\"fr\">Ti Lab</h1>")
        .has("23 November 2026 at 12:00 UTC");
}

#[tokio::test]
async fn the_style_sheet_is_kept_for_ever_under_its_version_only() {
    let (lab, _) = furnished().await;
    let home = lab.get("/").await;
    let address = home
        .body
        .split("rel=\"stylesheet\" href=\"")
        .nth(1)
        .and_then(|rest| rest.split('"').next())
        .unwrap();
    let sheet = lab.get(address).await;
    sheet
        .is(200)
        .has("prefers-color-scheme: dark")
        .has_not("url(")
        .has_not("@import");
    assert_eq!(
        sheet.header(&header::CONTENT_TYPE),
        "text/css; charset=utf-8"
    );
    assert!(sheet.header(&header::CACHE_CONTROL).contains("immutable"));
    assert_eq!(sheet.header(&header::X_CONTENT_TYPE_OPTIONS), "nosniff");
    let old = lab.get("/assets/style.css?v=old").await;
    assert_eq!(old.is(200).header(&header::CACHE_CONTROL), "no-cache");
}

/// The door for other servers matches the same addresses first and passes
/// requests of browsers on.
#[tokio::test]
async fn pages_answer_behind_another_router() {
    let (lab, pages) = furnished().await;
    let inner = lab.app.clone();
    let pass = any(move |request: Request| inner.clone().oneshot(request));
    let outer = Router::new()
        .route("/", pass.clone())
        .route("/c/{handle}", pass.clone())
        .route("/u/{handle}", pass.clone())
        .route("/p/{id}", pass)
        .fallback_service(lab.app.clone());
    for (path, status) in &pages {
        let page = ask(&outer, path, "").await;
        page.is(*status);
        assert_eq!(page.body, lab.get(path).await.body);
    }
}
