//! The home page, communities and people.

use archipel_actions::{FollowRequest, ReceivedFollow, actor_gone, follow};
use archipel_model::{ActorState, CommunityPolicy, JoinPolicy, PostPolicy, Visibility};

use crate::support::{Draft, Lab};

#[tokio::test]
async fn the_home_page_lists_communities_and_says_how_to_follow() {
    let lab = Lab::open().await;
    lab.get("/")
        .await
        .is(200)
        .has("<h1>Laboratoires</h1>")
        .has("Il n’y a pas encore de communauté ici.");
    lab.tilab().await;
    let utilo = lab
        .community("utilo", "Utilo", CommunityPolicy::default())
        .await;
    let ada = lab.person("ada", "Ada").await;
    lab.post(Draft {
        visibility: Visibility::Unlisted,
        ..Draft::new(&ada, &utilo, "<p>discret</p>")
    })
    .await;
    let home = lab.get("/").await;
    home.is(200)
        .has("Mastodon, copiez son adresse")
        .has("<a href=\"/c/tilab\">Ti Lab</a>")
        .has("<code>@tilab@lab.example</code>")
        .has("<div class=\"text\" lang=\"fr\"><p>À propos de utilo.</p></div>")
        .has("type=\"application/activity+json\" href=\"https://lab.example/\"")
        .has_not("discret");

    let mut tx = lab.store.write().await.unwrap();
    tx.set_actor_state(utilo.id, ActorState::Suspended, lab.ctx.now())
        .await
        .unwrap();
    tx.commit().await.unwrap();
    lab.get("/").await.has("Ti Lab").has_not("Utilo");
    lab.get("/c/utilo").await.is(404);
}

#[tokio::test]
async fn a_community_page_says_how_to_follow_and_take_part() {
    let lab = Lab::open().await;
    let tilab = lab.tilab().await;
    lab.get("/c/tilab")
        .await
        .is(200)
        .has("<h1 lang=\"fr\">Ti Lab</h1>")
        .has("<title>Ti Lab – Laboratoires</title>")
        .has("À propos de tilab.")
        .has("<code>@tilab@lab.example</code>")
        .has("<code>!tilab@lab.example</code>")
        .has("0 membre<")
        .has("Suivre la communauté suffit")
        .has("Tout le monde peut y ouvrir une discussion.")
        .has("Tout le monde peut répondre.")
        .has("Il n’y a pas encore de discussion.")
        .has("type=\"application/activity+json\" href=\"https://lab.example/c/tilab\"");

    for host in ["one.example", "two.example"] {
        let follower = lab.stranger(host, "grace", "").await;
        let uri = format!("https://{host}/follows/1");
        let mut tx = lab.store.write().await.unwrap();
        let request = FollowRequest {
            follower: &follower,
            target: &tilab,
            received: Some(ReceivedFollow {
                uri: &uri,
                raw: "{}",
            }),
        };
        follow(&lab.ctx, &mut tx, request).await.unwrap();
        tx.commit().await.unwrap();
    }
    lab.get("/c/TiLab").await.is(200).has("2 membres");
}

#[tokio::test]
async fn a_community_page_says_its_policies_in_words() {
    let lab = Lab::open().await;
    let policy = CommunityPolicy {
        join: JoinPolicy::Approval,
        post: PostPolicy::Members,
        reply: PostPolicy::Moderators,
        ..CommunityPolicy::default()
    };
    lab.community("fermee", "Fermée", policy).await;
    lab.get("/c/fermee")
        .await
        .has("accepte ou refuse chaque demande")
        .has("Seuls les membres peuvent y ouvrir")
        .has("Seule l’équipe de modération peut répondre.");
}

#[tokio::test]
async fn a_community_page_lists_its_newest_threads() {
    let lab = Lab::open().await;
    let tilab = lab.tilab().await;
    let ada = lab.person("ada", "Ada").await;
    let linus = lab.stranger("elsewhere.example", "linus", "Linus").await;
    let titled = lab
        .post(Draft {
            title: Some("Un atelier"),
            ..Draft::new(&ada, &tilab, "<p>Venez <b>nombreux</b></p>")
        })
        .await;
    lab.post(Draft {
        url: Some("https://elsewhere.example/@linus/1"),
        ..Draft::new(&linus, &tilab, "<p>@tilab Une question</p>")
    })
    .await;
    lab.post(Draft::reply(&linus, titled, "<p>une réponse</p>"))
        .await;
    lab.post(Draft {
        warning: Some("Divulgâchage"),
        visibility: Visibility::Unlisted,
        ..Draft::new(&ada, &tilab, "<p>la fin du livre</p>")
    })
    .await;
    let page = lab.get("/c/tilab").await;
    page.has(&format!("<a href=\"/p/{titled}\">Un atelier</a>"))
        .has("<p dir=\"auto\" lang=\"en\">Venez nombreux</p>")
        .has("<a class=\"author\" href=\"/u/ada\"><bdi>Ada</bdi> <bdi class=\"handle\">@ada@lab.example</bdi></a>")
        .has("<time datetime=\"2026-11-23T12:00:00Z\">23 novembre 2026 à 12:00 UTC</time>")
        .has("\">Une question</a> <span")
        .has("(elsewhere.example)")
        .has("Avertissement\u{a0}: Divulgâchage")
        .has_not("la fin du livre")
        .has_not("une réponse")
        .has_not("les plus récentes");

    for number in 0..40 {
        let text = format!("<p>suite {number}.</p>");
        lab.post(Draft::new(&ada, &tilab, &text)).await;
    }
    let page = lab.get("/c/tilab").await;
    page.has("Voici les 40 discussions les plus récentes.")
        .has_not("Un atelier");
    assert_eq!(page.body.matches("<article>").count(), 40);
    let newest = page.body.find("suite 39.").unwrap();
    assert!(newest < page.body.find("suite 0.").unwrap(), "newest first");
}

#[tokio::test]
async fn a_person_page_shows_what_they_wrote_in_public() {
    let lab = Lab::open().await;
    let tilab = lab.tilab().await;
    let ada = lab.person("ada", "").await;
    lab.post(Draft::new(&ada, &tilab, "<p>ouvert</p>")).await;
    lab.post(Draft {
        community: None,
        visibility: Visibility::Followers,
        ..Draft::new(&ada, &tilab, "<p>confidence</p>")
    })
    .await;
    lab.get("/u/ada")
        .await
        .is(200)
        .has("<h1><bdi>@ada@lab.example</bdi></h1>")
        .has("ouvert")
        .has("type=\"application/activity+json\" href=\"https://lab.example/u/ada\"")
        .has_not("confidence");
    // One name space, two kinds of addresses.
    for nobody in ["/u/tilab", "/c/ada", "/u/linus", "/c/%FF", "/u/a%2Fb"] {
        lab.get(nobody).await.is(404);
    }

    let mut tx = lab.store.write().await.unwrap();
    actor_gone(&lab.ctx, &mut tx, &ada).await.unwrap();
    actor_gone(&lab.ctx, &mut tx, &tilab).await.unwrap();
    tx.commit().await.unwrap();
    for gone in ["/u/ada", "/c/tilab"] {
        lab.get(gone)
            .await
            .is(410)
            .has("<h1>Page supprimée</h1>")
            .has_not("ouvert");
    }
}
