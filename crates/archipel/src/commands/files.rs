//! `archipel emoji` and `archipel media`: files that the operator looks after.

use std::path::Path;

use anyhow::{Context as _, bail, ensure};
use archipel_media::{Media, Shape};
use archipel_model::Id;
use archipel_storage::{Blobs, CustomEmoji};
use serde_json::json;

use super::{Context, output};
use crate::cli::{EmojiCommand, MediaCommand};
use crate::files;

/// Most bytes of an emoji.
const EMOJI: u64 = 1024 * 1024;

/// Runs `archipel emoji`.
pub async fn emoji(context: &Context, args: &EmojiCommand) -> anyhow::Result<()> {
    match args {
        EmojiCommand::Add {
            shortcode,
            file,
            category,
        } => add(context, shortcode, file, category.as_deref()).await,
        EmojiCommand::List => list(context).await,
        EmojiCommand::Remove { shortcode } => remove(context, shortcode).await,
    }
}

/// Runs `archipel media`.
pub async fn media(context: &Context, args: &MediaCommand) -> anyhow::Result<()> {
    let MediaCommand::Tidy { days } = args;
    let app = context.open().await?;
    let media = Media::open(context.config.media.url.as_str(), &app.store).await?;
    let days = days.unwrap_or(context.config.media.remote_days);
    let removed = files::tidy(&app, &media, files::kept(days)).await?;
    if context.json {
        output::thing(context, &json!({ "removed": removed }));
    } else {
        output::line(format_args!("{removed} files are removed."));
    }
    Ok(())
}

async fn add(
    context: &Context,
    shortcode: &str,
    file: &Path,
    category: Option<&str>,
) -> anyhow::Result<()> {
    let named = (2..=50).contains(&shortcode.len())
        && shortcode
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    ensure!(
        named,
        "{shortcode:?} is no name for an emoji: 2 to 50 letters, digits and _"
    );
    let size = std::fs::metadata(file)
        .with_context(|| file.display().to_string())?
        .len();
    ensure!(
        size <= EMOJI,
        "{} is too large: at most 1 MiB",
        file.display()
    );
    let bytes = std::fs::read(file).with_context(|| file.display().to_string())?;
    let app = context.open().await?;
    let media = Media::open(context.config.media.url.as_str(), &app.store).await?;
    let picture = media
        .process(bytes.into(), Shape::Emoji)
        .await
        .with_context(|| file.display().to_string())?;
    let (blob, static_blob) = media.keep(&picture).await?;
    let emoji = CustomEmoji {
        shortcode: shortcode.to_owned(),
        blob,
        static_blob,
        mime: picture.file.mime.to_owned(),
        category: category.map(str::to_owned),
    };
    let mut tx = app.store.write().await?;
    let before = tx.emojis_named(&[shortcode.to_owned()]).await?;
    let id: Id = app.actions.id();
    tx.put_emoji(id, &emoji, app.actions.now()).await?;
    tx.commit().await?;
    let before: Vec<Blobs> = before
        .into_iter()
        .map(|emoji| Blobs {
            blob: Some(emoji.blob),
            preview: Some(emoji.static_blob),
        })
        .collect();
    files::remove(&media, &before).await;
    output::sentence(context, &format!(":{shortcode}: can be written now."));
    Ok(())
}

async fn list(context: &Context) -> anyhow::Result<()> {
    let app = context.open().await?;
    let emojis = app.store.read().await?.all_emojis().await?;
    let base = app.actions.site.base();
    let rows: Vec<_> = emojis
        .into_iter()
        .map(|emoji| {
            json!({
                "shortcode": emoji.shortcode,
                "url": format!("{base}/media/{}", emoji.blob),
                "category": emoji.category,
            })
        })
        .collect();
    output::list(context, &rows, |row| {
        let text = |key: &str| {
            row.get(key)
                .and_then(|value| value.as_str())
                .unwrap_or_default()
                .to_owned()
        };
        format!(
            ":{}:  {}  {}",
            text("shortcode"),
            text("category"),
            text("url")
        )
    });
    Ok(())
}

async fn remove(context: &Context, shortcode: &str) -> anyhow::Result<()> {
    let app = context.open().await?;
    let media = Media::open(context.config.media.url.as_str(), &app.store).await?;
    let mut tx = app.store.write().await?;
    let removed = tx.remove_emoji(shortcode).await?;
    tx.commit().await?;
    let Some(blobs) = removed else {
        bail!("there is no emoji {shortcode}: `archipel emoji list` shows all");
    };
    files::remove(&media, &[blobs]).await;
    output::sentence(context, &format!(":{shortcode}: is removed."));
    Ok(())
}
