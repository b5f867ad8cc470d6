//! The words of `archipel emoji` and `archipel media`.

use std::path::PathBuf;

use clap::Subcommand;

/// `archipel emoji …`
#[derive(Debug, PartialEq, Eq, Subcommand)]
pub enum EmojiCommand {
    /// Add a custom emoji, or give one another picture
    #[command(
        long_about = "Adds a picture that members write as :NAME: in their posts. Other servers \
            are told of it with each post that uses it. JPEG, PNG, GIF and WebP are taken, at \
            most 1 MiB; what does not move is made at most 128 pixels wide and high.",
        after_help = "Example:\n  archipel emoji add fablab fablab.png --category Lieux"
    )]
    Add {
        /// Its name: letters, digits and _
        shortcode: String,
        /// The picture
        file: PathBuf,
        /// Where it is shown to who chooses one
        #[arg(long, value_name = "WORD")]
        category: Option<String>,
    },
    /// List them
    #[command(after_help = "Example:\n  archipel emoji list --json")]
    List,
    /// Remove one; posts that use it show its name
    #[command(after_help = "Example:\n  archipel emoji remove fablab")]
    Remove {
        /// Its name
        shortcode: String,
    },
}

/// `archipel media …`
#[derive(Debug, PartialEq, Eq, Subcommand)]
pub enum MediaCommand {
    /// Remove files that nobody needs
    #[command(
        long_about = "Removes uploads that no post shows for a day, pictures of deleted posts, \
            and copies of pictures of elsewhere at which nobody looked for `media.remote_days`. \
            The server does this by itself; this makes room at once. A removed copy is fetched \
            again when somebody looks at it.",
        after_help = "Examples:\n  archipel media tidy\n  archipel media tidy --days 0"
    )]
    Tidy {
        /// Keep copies of elsewhere for so many days
        #[arg(long, value_name = "DAYS")]
        days: Option<u32>,
    },
}
