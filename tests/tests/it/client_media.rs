//! Pictures: uploaded, described, shown with posts here and elsewhere; what is no
//! picture is refused, and files of elsewhere are shown from here.

use std::io::Cursor;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use archipel_tests::peer::mastodon::Toot;
use archipel_tests::{Db, Family, Lab, Member, both};
use axum::Router;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::routing::get;
use image::{DynamicImage, ImageFormat, Rgb, RgbImage};
use reqwest::Method;
use serde_json::{Value, json};

use crate::posting::follower;

both!(
    a_picture_is_uploaded_described_and_shown,
    what_is_no_picture_is_refused,
    pictures_of_elsewhere_are_shown_from_here,
    emoji_are_written_here_and_told_elsewhere
);

fn drawn(width: u32, height: u32, format: ImageFormat) -> Vec<u8> {
    let picture = RgbImage::from_fn(width, height, |x, y| {
        let shade = u8::try_from((x + y) % 200).expect("a shade");
        Rgb([200, shade, 40])
    });
    let mut bytes = Cursor::new(Vec::new());
    DynamicImage::ImageRgb8(picture)
        .write_to(&mut bytes, format)
        .expect("a picture");
    bytes.into_inner()
}

/// Sends a form with one file and some words.
async fn upload(
    member: &Member,
    (name, kind): (&str, &str),
    file: &[u8],
    words: &[(&str, &str)],
) -> (u16, Value) {
    let mut body = Vec::new();
    for (key, value) in words {
        let part =
            format!("--edge\r\nContent-Disposition: form-data; name=\"{key}\"\r\n\r\n{value}\r\n");
        body.extend(part.as_bytes());
    }
    let part = format!(
        "--edge\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\
         Content-Type: {kind}\r\n\r\n"
    );
    body.extend(part.as_bytes());
    body.extend(file);
    body.extend(b"\r\n--edge--\r\n");
    let answer = member
        .request(Method::POST, "/api/v2/media")
        .header("content-type", "multipart/form-data; boundary=edge")
        .body(body)
        .send()
        .await
        .expect("an answer");
    let status = answer.status().as_u16();
    (status, answer.json().await.expect("JSON"))
}

fn contains(bytes: &[u8], text: &[u8]) -> bool {
    bytes.windows(text.len()).any(|window| window == text)
}

fn text(value: &Value) -> &str {
    value.as_str().expect("a text")
}

/// A JPEG with a block of Exif in front that says where it was taken.
fn located(jpeg: &[u8]) -> Vec<u8> {
    let mut block = b"Exif\0\0II*\0\x08\0\0\0\0\0\0\0\0\0GPSLatitude 48.858".to_vec();
    block.extend([0; 8]);
    let mut bytes = jpeg[..2].to_vec();
    bytes.extend([0xff, 0xe1]);
    bytes.extend(u16::try_from(block.len() + 2).expect("short").to_be_bytes());
    bytes.extend(block);
    bytes.extend(&jpeg[2..]);
    bytes
}

#[expect(
    clippy::too_many_lines,
    reason = "one thing after another, as it happens"
)]
async fn a_picture_is_uploaded_described_and_shown(db: Db) {
    let lab = Lab::start(db).await;
    lab.account("essai");
    lab.account("autre");
    let essai = lab.member("essai");
    let photo = located(&drawn(1000, 500, ImageFormat::Jpeg));
    let words = [("description", "Un établi"), ("focus", "-0.5,0.25")];
    let (status, made) = upload(&essai, ("p.jpg", "image/jpeg"), &photo, &words).await;
    assert_eq!(status, 200, "{made}");
    assert_eq!(made["type"], "image");
    assert_eq!(made["description"], "Un établi");
    assert_eq!(made["meta"]["focus"], json!({ "x": -0.5, "y": 0.25 }));
    assert_eq!(made["meta"]["original"]["size"], "1000x500");
    assert!(made["blurhash"].as_str().is_some_and(|hash| hash.len() > 6));

    // The file: nothing of where it was taken, nothing that a browser runs, in parts.
    for key in ["url", "preview_url"] {
        let file = lab
            .http()
            .get(text(&made[key]))
            .send()
            .await
            .expect("a file");
        assert_eq!(file.status(), 200);
        for (name, value) in [
            ("content-type", "image/jpeg"),
            ("x-content-type-options", "nosniff"),
            ("access-control-allow-origin", "*"),
            ("accept-ranges", "bytes"),
            ("cache-control", "public, max-age=31536000, immutable"),
        ] {
            assert_eq!(file.headers()[name], value, "{key}");
        }
        assert!(file.headers().get("set-cookie").is_none());
        let policy = file.headers()["content-security-policy"].to_str();
        assert!(
            policy
                .expect("text")
                .starts_with("sandbox; default-src 'none'")
        );
        let bytes = file.bytes().await.expect("bytes");
        assert!(!contains(&bytes, b"GPSLatitude") && !contains(&bytes, b"Exif"));
    }
    let part = lab
        .http()
        .get(text(&made["url"]))
        .header("range", "bytes=0-1")
        .send()
        .await
        .expect("a part");
    assert_eq!(part.status(), 206);
    assert_eq!(part.bytes().await.expect("bytes").as_ref(), [0xff, 0xd8]);
    for strange in [
        "/media/../archipel.toml",
        "/media/aa/bb/x.jpg",
        "/media/%2e%2e/x",
        "/media/x",
    ] {
        let answer = lab
            .http()
            .get(lab.url(strange))
            .send()
            .await
            .expect("an answer");
        assert_eq!(answer.status(), 404, "{strange}");
    }

    // Described anew by who uploaded it, and seen by nobody else.
    let id = text(&made["id"]).to_owned();
    let path = format!("/api/v1/media/{id}");
    let changed = essai
        .put(&path, json!({ "description": "Un tour", "focus": "0.1,2" }))
        .await;
    assert_eq!(changed["description"], "Un tour");
    assert_eq!(changed["meta"]["focus"], json!({ "x": 0.1, "y": 1.0 }));
    let long = json!({ "description": "é".repeat(1_501) });
    assert_eq!(essai.ask(Method::PUT, &path, Some(&long)).await.0, 422);
    let junk = json!({ "focus": "left" });
    assert_eq!(essai.ask(Method::PUT, &path, Some(&junk)).await.0, 422);
    let autre = lab.member("autre");
    assert_eq!(autre.status(&path).await, 404);
    assert_eq!(autre.ask(Method::DELETE, &path, None).await.0, 404);
    let reader = lab.member_with("essai", &["--scopes", "read"]);
    assert_eq!(
        upload(&reader, ("p", "image/png"), &photo, &[]).await.0,
        403
    );

    // Shown with a post, here and to others.
    let (mastodon, _) = follower(&lab, Family::Mastodon, "alice").await;
    let post = essai
        .post(
            "/api/v1/statuses",
            json!({ "status": "Voici @tilab", "media_ids": [&id] }),
        )
        .await;
    assert_eq!(post["media_attachments"][0]["id"], *id);
    let uri = text(&post["uri"]).to_owned();
    mastodon.hears_announce_of(&uri).await;
    let document = lab.document_at(&uri).await;
    let told = &document["attachment"][0];
    assert_eq!(told["type"], "Image");
    assert_eq!(told["mediaType"], "image/jpeg");
    assert_eq!(told["name"], "Un tour");
    assert_eq!(told["focalPoint"], json!([0.1, 1.0]));
    assert_eq!(told["blurhash"], made["blurhash"]);
    assert_eq!(told["url"], made["url"]);
    let path_here = uri.strip_prefix(&lab.url("")).expect("ours");
    let page = lab.get(path_here, "text/html").await;
    assert!(page.text.contains("alt=\"Un tour\""), "{}", page.text);
    assert_eq!(essai.ask(Method::DELETE, &path, None).await.0, 422);

    // An upload that is not wanted any more is gone at once, file and all.
    let (_, other) = upload(
        &essai,
        ("d.png", "image/png"),
        &drawn(30, 30, ImageFormat::Png),
        &[],
    )
    .await;
    essai
        .delete(&format!("/api/v1/media/{}", text(&other["id"])))
        .await;
    let gone = lab
        .http()
        .get(text(&other["url"]))
        .send()
        .await
        .expect("an answer");
    assert_eq!(gone.status(), 404);
}

async fn what_is_no_picture_is_refused(db: Db) {
    let lab = Lab::start(db).await;
    lab.account("essai");
    let essai = lab.member("essai");
    let svg = b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>";
    let gif = drawn(20, 20, ImageFormat::Gif);
    let mut script = b"GIF89a/*".to_vec();
    script.extend(b"*/=1;alert(1)");
    let huge = {
        let mut png = drawn(20, 20, ImageFormat::Png);
        png[16..24].copy_from_slice(&[0, 0, 0xc3, 0x50, 0, 0, 0xc3, 0x50]);
        png
    };
    let large = vec![0xff; 11 * 1024 * 1024];
    for (name, kind, bytes) in [
        ("a.png", "image/png", &svg[..]),
        ("a.html", "text/html", b"<html><script>1</script>"),
        ("a.jpg", "image/jpeg", b"%PDF-1.7"),
        ("a.zip", "application/zip", b"PK\x03\x04"),
        ("a.mp4", "video/mp4", b"\0\0\0\x20ftypisom"),
        ("a.gif", "image/gif", &script),
        ("a.png", "image/png", &huge),
        ("a.png", "image/png", &large),
        ("a.gif", "image/gif", &gif[..gif.len() / 3]),
        ("", "", b""),
    ] {
        let (status, answer) = upload(&essai, (name, kind), bytes, &[]).await;
        assert_eq!(status, 422, "{name} {kind}: {answer}");
        assert!(text(&answer["error"]).len() > 20, "{answer}");
    }
    let far = vec![0xff; 17 * 1024 * 1024];
    assert_eq!(
        upload(&essai, ("a.png", "image/png"), &far, &[]).await.0,
        413
    );

    // A lie about its type and a name that climbs do not matter; what follows the end of
    // a picture is not kept.
    let mut both = drawn(40, 20, ImageFormat::Png);
    both.extend(b"<script>alert(1)</script>");
    let (status, made) = upload(&essai, ("../../etc/x.html", "text/html"), &both, &[]).await;
    assert_eq!(status, 200, "{made}");
    let file = lab
        .http()
        .get(text(&made["url"]))
        .send()
        .await
        .expect("a file");
    assert_eq!(file.headers()["content-type"], "image/png");
    assert!(!contains(&file.bytes().await.expect("bytes"), b"script"));

    // Thirty in half an hour.
    let small = drawn(4, 4, ImageFormat::Png);
    let mut last = 200;
    for _ in 0..31 {
        last = upload(&essai, ("s.png", "image/png"), &small, &[]).await.0;
    }
    assert_eq!(last, 429);
}

/// A server of files that counts who asks.
async fn files() -> (String, Arc<AtomicUsize>) {
    let asked = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&asked);
    let photo = drawn(1600, 900, ImageFormat::Jpeg);
    let app = Router::new().route(
        "/{name}",
        get(move |Path(name): Path<String>| async move {
            count.fetch_add(1, Ordering::SeqCst);
            match &*name {
                "photo.jpg" => (StatusCode::OK, photo),
                "evil.png" => (StatusCode::OK, b"<svg onload='alert(1)'/>".to_vec()),
                _ => (StatusCode::NOT_FOUND, Vec::new()),
            }
        }),
    );
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0")
        .await
        .expect("a port");
    let base = format!("http://{}", listener.local_addr().expect("an address"));
    tokio::spawn(async move { axum::serve(listener, app).await.expect("files") });
    (base, asked)
}

#[expect(clippy::similar_names, reason = "each is the word for it")]
#[expect(
    clippy::too_many_lines,
    reason = "one thing after another, as it happens"
)]
async fn pictures_of_elsewhere_are_shown_from_here(db: Db) {
    let lab = Lab::start(db).await;
    lab.account("essai");
    let essai = lab.member("essai");
    let (base, asked) = files().await;
    let (_, alice) = follower(&lab, Family::Mastodon, "alice").await;
    let mut toot = Toot::by(&alice, "Regardez :blob:")
        .to_group(&lab.community("tilab"))
        .post();
    toot.create["object"]["attachment"] = json!([
        { "type": "Document", "mediaType": "image/jpeg", "url": format!("{base}/photo.jpg"),
          "name": "Un chat", "blurhash": "LEHV6nWB2yk8pyo0adR*.7kCMdnj", "focalPoint": [0.5, -0.5],
          "width": 1600, "height": 900 },
        { "type": "Document", "mediaType": "image/png", "url": format!("{base}/evil.png") },
        { "type": "Document", "mediaType": "image/png", "url": format!("{base}/gone.png") },
        { "type": "Document", "mediaType": "video/mp4", "url": format!("{base}/film.mp4") },
        { "type": "Document", "mediaType": "image/png", "url": "javascript:alert(1)" },
    ]);
    let tags = toot.create["object"]["tag"].as_array_mut().expect("tags");
    let icon = |url: String| json!({ "type": "Image", "url": url });
    tags.push(
        json!({ "type": "Emoji", "name": ":blob:", "icon": icon(format!("{base}/photo.jpg")) }),
    );
    tags.push(json!({ "type": "Emoji", "name": ":bad:", "icon": icon(String::new()) }));
    alice.says_and_is_heard(&lab, &toot.create).await;
    let page = lab.get("/c/tilab", "text/html").await;
    let (_, after) = page.text.split_once("\"/p/").expect("a thread");
    let (id, _) = after.split_once('"').expect("an id");
    let post = essai.get(&format!("/api/v1/statuses/{id}")).await;
    let media = post["media_attachments"].as_array().expect("files");
    assert_eq!(media.len(), 4, "{post}");
    let (photo, evil, gone, film) = (&media[0], &media[1], &media[2], &media[3]);
    assert_eq!(photo["description"], "Un chat");
    assert_eq!(photo["blurhash"], "LEHV6nWB2yk8pyo0adR*.7kCMdnj");
    assert_eq!(photo["meta"]["focus"], json!({ "x": 0.5, "y": -0.5 }));
    assert_eq!(photo["meta"]["original"]["size"], "1600x900");
    assert_eq!(photo["remote_url"], format!("{base}/photo.jpg"));
    assert_eq!(
        (&film["type"], &film["url"]),
        (&json!("video"), &film["remote_url"])
    );
    let emojis = post["emojis"].as_array().expect("emoji");
    assert_eq!(emojis.len(), 1, "{emojis:?}");
    assert_eq!(emojis[0]["url"], photo["url"]);

    // Nobody was asked before somebody looked; then once, however many look at once.
    assert_eq!(asked.load(Ordering::SeqCst), 0);
    let proxied = text(&photo["url"]);
    assert!(proxied.starts_with(lab.base().as_str()), "{proxied}");
    let looks = (0..8).map(|_| lab.http().get(proxied).send());
    for file in futures::future::join_all(looks).await {
        let file = file.expect("a copy");
        assert_eq!(file.status(), 200);
        assert_eq!(file.headers()["content-type"], "image/jpeg");
        assert_eq!(file.headers()["x-content-type-options"], "nosniff");
    }
    let small = lab
        .http()
        .get(text(&photo["preview_url"]))
        .send()
        .await
        .expect("a copy");
    let small = image::load_from_memory(&small.bytes().await.expect("bytes")).expect("a picture");
    assert!(small.width() <= 640, "{}", small.width());
    assert_eq!(asked.load(Ordering::SeqCst), 1);

    // What is no picture is not given, what is not there is not asked for twice.
    for (file, status) in [(evil, 404), (gone, 502)] {
        for look in 0..3 {
            let answer = lab
                .http()
                .get(text(&file["url"]))
                .send()
                .await
                .expect("an answer");
            let expected = if look == 0 { status } else { 404 };
            assert_eq!(answer.status(), expected, "{file}");
        }
    }
    assert_eq!(asked.load(Ordering::SeqCst), 3);

    // It fetches nothing that it did not name.
    let (_, name) = proxied.split_once("/proxy/").expect("a name");
    let (_, address) = name.split_once('.').expect("an address");
    for forged in [
        format!("AAAAAAAAAAAAAAAAAAAAAA.{address}"),
        format!("{base}/photo.jpg"),
        "x".to_owned(),
    ] {
        let answer = lab
            .http()
            .get(lab.url(&format!("/proxy/{forged}")))
            .send()
            .await;
        assert_eq!(answer.expect("an answer").status(), 404, "{forged}");
    }
    assert_eq!(asked.load(Ordering::SeqCst), 3);

    // Copies at which nobody looks go, and come again when somebody does.
    let removed = lab.json(&["media", "tidy", "--days", "0"]);
    assert_eq!(removed["removed"], 2);
    assert_eq!(
        lab.http()
            .get(proxied)
            .send()
            .await
            .expect("a copy")
            .status(),
        200
    );
    assert_eq!(asked.load(Ordering::SeqCst), 4);

    // An edit shows what it says.
    let mut object = toot.create["object"].clone();
    object["updated"] = json!("2030-01-01T00:00:00Z");
    object["attachment"] = json!([]);
    let update = json!({
        "@context": "https://www.w3.org/ns/activitystreams",
        "id": alice.activity_id("update"), "type": "Update", "actor": alice.id,
        "to": object["to"], "cc": object["cc"], "object": object,
    });
    alice.says_and_is_heard(&lab, &update).await;
    let post = essai.get(&format!("/api/v1/statuses/{id}")).await;
    assert_eq!(post["media_attachments"], json!([]));
}

async fn emoji_are_written_here_and_told_elsewhere(db: Db) {
    let lab = Lab::start(db).await;
    lab.account("essai");
    let essai = lab.member("essai");
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("fablab.png");
    std::fs::write(&path, drawn(300, 300, ImageFormat::Png)).expect("a file");
    let file = path.to_str().expect("a path");
    lab.run(&["emoji", "add", "fablab", file, "--category", "Lieux"]);
    assert!(!lab.cli(&["emoji", "add", "a b", file]).status.success());
    let emojis = essai.get("/api/v1/custom_emojis").await;
    assert_eq!(emojis[0]["shortcode"], "fablab");
    assert_eq!(emojis[0]["category"], "Lieux");
    let url = text(&emojis[0]["url"]).to_owned();
    let picture = lab.http().get(&url).send().await.expect("a picture");
    let picture = image::load_from_memory(&picture.bytes().await.expect("bytes")).expect("one");
    assert_eq!((picture.width(), picture.height()), (128, 128));
    let post = essai
        .post(
            "/api/v1/statuses",
            json!({ "status": "Vive le :fablab: et :rien:" }),
        )
        .await;
    assert_eq!(post["emojis"][0]["url"], url);
    assert_eq!(post["emojis"].as_array().map(Vec::len), Some(1));
    let document = lab.document_at(text(&post["uri"])).await;
    let tags = document["tag"].as_array().expect("tags");
    let emoji = tags
        .iter()
        .find(|tag| tag["type"] == "Emoji")
        .expect("an emoji");
    assert_eq!(emoji["name"], ":fablab:");
    assert_eq!(emoji["icon"]["url"], url);
    lab.run(&["emoji", "remove", "fablab"]);
    assert_eq!(essai.get("/api/v1/custom_emojis").await, json!([]));
    assert_eq!(
        lab.http()
            .get(&url)
            .send()
            .await
            .expect("an answer")
            .status(),
        404
    );
}
