//! Threads: whole, in order, and nothing that is not public.

use archipel_actions::{actor_gone, author_deleted};
use archipel_model::{PostId, Visibility};

use crate::support::{Draft, Lab};

#[tokio::test]
async fn a_thread_is_read_whole_with_replies_from_several_servers() {
    let lab = Lab::open().await;
    let tilab = lab.tilab().await;
    let ada = lab.person("ada", "Ada").await;
    let grace = lab.stranger("one.example", "grace", "Grace").await;
    let linus = lab.stranger("two.example", "linus", "Linus").await;
    let root = lab
        .post(Draft {
            title: Some("Un atelier"),
            ..Draft::new(&ada, &tilab, "<p>Qui <strong>vient</strong> ?</p>")
        })
        .await;
    let first = lab.post(Draft::reply(&grace, root, "<p>Moi</p>")).await;
    let second = lab.post(Draft::reply(&linus, first, "<p>Nous</p>")).await;
    let last = lab.post(Draft::reply(&ada, second, "<p>Merci</p>")).await;

    let page = lab.get(&format!("/p/{root}")).await;
    page.is(200)
        .has("<h1 dir=\"auto\" lang=\"en\">Un atelier</h1>")
        .has("<a class=\"author\" href=\"/c/tilab\">")
        .has("<p>Qui <strong>vient</strong> ?</p>")
        .has("3 réponses")
        .has("@grace@one.example")
        .has("Lire l’original sur two.example<span class=\"aloud\">, message de @linus@two.example</span>")
        .has(&format!("<a href=\"#p-{first}\">En réponse à @grace@one.example</a>"))
        .has(&format!("type=\"application/activity+json\" href=\"https://lab.example/p/{root}\""))
        .has_not("Aller directement")
        .has_not("noindex");
    let at = |id: PostId| page.body.find(&format!("id=\"p-{id}\"")).unwrap();
    let mut order = [first, second, last];
    order.sort_unstable();
    assert!(at(root) < at(first));
    assert!(
        order
            .windows(2)
            .all(|pair| at(*pair.first().unwrap()) < at(*pair.last().unwrap()))
    );

    // A reply is shown within its thread.
    let jump =
        format!("<a href=\"#p-{last}\">Aller directement à la réponse de @ada@lab.example</a>");
    lab.get(&format!("/p/{last}"))
        .await
        .is(200)
        .has("Un atelier")
        .has("Moi")
        .has(&jump);
}

#[tokio::test]
async fn what_was_written_elsewhere_is_shown_with_the_way_there() {
    let lab = Lab::open().await;
    let tilab = lab.tilab().await;
    let grace = lab.stranger("one.example", "grace", "Grace").await;
    let ada = lab.person("ada", "Ada").await;
    let root = lab
        .post(Draft {
            url: Some("https://one.example/@grace/1"),
            ..Draft::new(&grace, &tilab, "<p>Loin</p>")
        })
        .await;
    // A thread of a community of ours has its page here, with the way to the original.
    lab.get(&format!("/p/{root}"))
        .await
        .is(200)
        .has("<p>Loin</p>")
        .has("href=\"https://one.example/@grace/1\"");
    // A page on another server than the post's own is not believed.
    for bad in ["https://bank.example/", "javascript:alert(1)"] {
        let post = lab
            .post(Draft {
                url: Some(bad),
                ..Draft::new(&grace, &tilab, "<p>Piège</p>")
            })
            .await;
        lab.get(&format!("/p/{post}"))
            .await
            .is(200)
            .has("href=\"https://one.example/notes/")
            .has_not(&format!("href=\"{bad}\""));
    }
    // A reply from here shows the thread that began elsewhere.
    let reply = lab.post(Draft::reply(&ada, root, "<p>Ici</p>")).await;
    lab.get(&format!("/p/{reply}"))
        .await
        .is(200)
        .has("<p>Loin</p>")
        .has("href=\"https://one.example/@grace/1\"")
        .has("<p>Ici</p>");
}

#[tokio::test]
async fn what_is_private_was_never_there() {
    let lab = Lab::open().await;
    let tilab = lab.tilab().await;
    let ada = lab.person("ada", "Ada").await;
    let grace = lab.stranger("one.example", "grace", "Grace").await;
    let unknown = lab.get("/p/1").await;
    unknown.is(404).has("<h1>Page introuvable</h1>");
    for (author, visibility) in [
        (&ada, Visibility::Followers),
        (&ada, Visibility::Direct),
        (&grace, Visibility::Followers),
    ] {
        let secret = lab
            .post(Draft {
                community: None,
                visibility,
                title: Some("secret"),
                ..Draft::new(author, &tilab, "<p>secret</p>")
            })
            .await;
        // An answer from here to what cannot be seen shows only itself.
        let answer = lab
            .post(Draft {
                visibility: Visibility::Unlisted,
                ..Draft::reply(&ada, secret, "<p>allusion</p>")
            })
            .await;
        lab.post(Draft {
            visibility: Visibility::Direct,
            ..Draft::reply(&ada, answer, "<p>secret</p>")
        })
        .await;
        lab.get(&format!("/p/{answer}"))
            .await
            .is(200)
            .has("allusion")
            .has("n’est pas visible")
            .has("<meta name=\"robots\" content=\"noindex\">")
            .has_not("secret");
        let hidden = lab.get(&format!("/p/{secret}")).await;
        assert_eq!(hidden.body, unknown.body);
        assert_eq!(hidden.headers, unknown.headers);
        assert_eq!(hidden.status, unknown.status);

        // Nor can anybody learn that there was something to delete.
        let mut tx = lab.store.write().await.unwrap();
        let post = tx.post(secret).await.unwrap().unwrap();
        assert!(
            author_deleted(&lab.ctx, &mut tx, author, &post, None)
                .await
                .unwrap()
        );
        tx.commit().await.unwrap();
        lab.get(&format!("/p/{secret}")).await.is(404);
    }
    for page in ["/", "/c/tilab", "/u/ada"] {
        lab.get(page).await.is(200).has_not("secret");
    }
}

#[tokio::test]
async fn what_was_deleted_is_gone() {
    let lab = Lab::open().await;
    let tilab = lab.tilab().await;
    let ada = lab.person("ada", "Ada").await;
    let root = lab.post(Draft::new(&ada, &tilab, "<p>Début</p>")).await;
    let reply = lab.post(Draft::reply(&ada, root, "<p>Suite</p>")).await;
    let mut tx = lab.store.write().await.unwrap();
    let post = tx.post(root).await.unwrap().unwrap();
    author_deleted(&lab.ctx, &mut tx, &ada, &post, None)
        .await
        .unwrap();
    tx.commit().await.unwrap();
    lab.get(&format!("/p/{root}"))
        .await
        .is(410)
        .has("a été supprimé")
        .has_not("Début")
        .has_not("Suite");
    lab.get(&format!("/p/{reply}"))
        .await
        .is(200)
        .has("n’est pas visible")
        .has("Suite");
    lab.get("/c/tilab").await.has_not("Début");
}

#[tokio::test]
async fn what_those_who_left_wrote_is_not_shown() {
    let lab = Lab::open().await;
    let tilab = lab.tilab().await;
    let ada = lab.person("ada", "Ada").await;
    let grace = lab.stranger("one.example", "grace", "Grace").await;
    let root = lab.post(Draft::new(&ada, &tilab, "<p>Début</p>")).await;
    let other = lab.post(Draft::new(&grace, &tilab, "<p>Loin</p>")).await;
    lab.post(Draft::reply(&grace, root, "<p>Parti</p>")).await;
    lab.get(&format!("/p/{root}")).await.has("1 réponse<");
    let mut tx = lab.store.write().await.unwrap();
    actor_gone(&lab.ctx, &mut tx, &grace).await.unwrap();
    tx.commit().await.unwrap();
    lab.get(&format!("/p/{root}"))
        .await
        .has("0 réponse<")
        .has_not("Parti");
    lab.get("/c/tilab").await.has("Début").has_not("Loin");
    lab.get(&format!("/p/{other}")).await.is(410);
}

#[tokio::test]
async fn long_threads_have_pages_and_each_reply_is_found() {
    let lab = Lab::open().await;
    let tilab = lab.tilab().await;
    let ada = lab.person("ada", "Ada").await;
    let root = lab.post(Draft::new(&ada, &tilab, "<p>Début</p>")).await;
    let mut replies = Vec::new();
    for number in 0..205 {
        let text = format!("<p>réponse numéro {number}.</p>");
        replies.push(lab.post(Draft::reply(&ada, root, &text)).await);
    }
    let next = format!("/p/{root}?after={}", replies.get(199).unwrap());
    lab.get(&format!("/p/{root}"))
        .await
        .has("205 réponses")
        .has("numéro 199.")
        .has_not("numéro 200.")
        .has(&format!(
            "<a href=\"{next}\">Lire les réponses suivantes</a>"
        ));
    lab.get(&next)
        .await
        .has("205 réponses")
        .has("numéro 200.")
        .has("numéro 204.")
        .has_not("numéro 199.")
        .has("Revenir au début")
        .has_not("réponses suivantes");
    let last = replies.last().unwrap();
    lab.get(&format!("/p/{last}"))
        .await
        .has("Début")
        .has(&format!("id=\"p-{last}\""))
        .has("Aller directement");
    for odd in ["after=x", "after=-5", "%FF", "after=99999999999999999999"] {
        lab.get(&format!("/p/{root}?{odd}"))
            .await
            .is(200)
            .has("numéro 0.");
    }
}
