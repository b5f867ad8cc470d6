//! Pictures of posts on pages, always from this server, and those of who has none.

use std::collections::HashMap;

use archipel_media::proxy::Names;
use archipel_model::PostId;
use archipel_storage::{Conn, ShownMedia};
use axum::http::header;
use axum::response::{IntoResponse, Response};

/// The portrait of who has none.
const AVATAR: &[u8] = include_bytes!("avatar.png");
/// The banner of who has none.
const HEADER: &[u8] = include_bytes!("header.png");

/// A picture of a post.
#[derive(Clone, Debug)]
pub(crate) struct Picture {
    /// The picture.
    pub(crate) page: String,
    /// A small one.
    pub(crate) small: String,
    /// What it shows.
    pub(crate) alt: String,
}

/// The pictures of these posts. Films and sounds are left to where they are.
pub(crate) async fn of(
    conn: &mut Conn,
    posts: &[PostId],
    names: &Names,
) -> archipel_storage::Result<HashMap<PostId, Vec<Picture>>> {
    let mut found: HashMap<PostId, Vec<Picture>> = HashMap::new();
    for file in conn.media_of(posts).await? {
        if let (Some(post), Some(picture)) = (file.post_id, picture(&file, names)) {
            found.entry(post).or_default().push(picture);
        }
    }
    Ok(found)
}

fn picture(file: &ShownMedia, names: &Names) -> Option<Picture> {
    let (page, small) = match (&file.blob, &file.remote_url) {
        (Some(blob), _) => {
            let small = file.preview.as_ref().unwrap_or(blob);
            (format!("/media/{blob}"), format!("/media/{small}"))
        }
        (None, Some(url)) if file.kind == "image" => (names.path(url)?, names.small(url)?),
        _ => return None,
    };
    Some(Picture {
        page,
        small,
        alt: file.description.clone().unwrap_or_default(),
    })
}

/// The portrait of who has none.
pub(crate) async fn avatar() -> Response {
    usual(AVATAR)
}

/// The banner of who has none.
pub(crate) async fn banner() -> Response {
    usual(HEADER)
}

fn usual(bytes: &'static [u8]) -> Response {
    (
        [
            (header::CONTENT_TYPE, "image/png"),
            (header::CACHE_CONTROL, "public, max-age=86400"),
            (header::ACCESS_CONTROL_ALLOW_ORIGIN, "*"),
        ],
        bytes,
    )
        .into_response()
}
