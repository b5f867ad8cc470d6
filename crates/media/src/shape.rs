//! How large pictures become, by what they are for.

/// What a picture is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// It is shown with a post.
    Attachment,
    /// The portrait of somebody: a square.
    Avatar,
    /// The banner of somebody: three times as wide as high.
    Header,
    /// It stands in a line of text.
    Emoji,
}

/// Most pixels of a picture of a post.
const LARGE: f64 = 3840.0 * 2160.0;
/// Its longest side.
const LONG: f64 = 3840.0;
/// Most pixels of a preview.
const SMALL: f64 = 640.0 * 360.0;
/// A side of an emoji.
const EMOJI: f64 = 128.0;

impl Shape {
    /// The part that is kept, of pictures whose form is given: left, top, width, height.
    pub(crate) fn part(self, width: u32, height: u32) -> (u32, u32, u32, u32) {
        let (across, down) = match self {
            Self::Avatar => (1, 1),
            Self::Header => (3, 1),
            Self::Attachment | Self::Emoji => return (0, 0, width, height),
        };
        let fitting = (height / down).saturating_mul(across).max(1);
        if width > fitting {
            ((width - fitting) / 2, 0, fitting, height)
        } else {
            let fitting = (width / across).saturating_mul(down).max(1).min(height);
            (0, (height - fitting) / 2, width, fitting)
        }
    }

    /// The size that a picture gets: never larger than it is.
    pub(crate) fn size(self, width: u32, height: u32) -> (u32, u32) {
        let (wide, high) = (f64::from(width.max(1)), f64::from(height.max(1)));
        let factor = match self {
            Self::Attachment => (LARGE / (wide * high)).sqrt().min(LONG / wide.max(high)),
            Self::Avatar => 400.0 / wide.max(high),
            Self::Header => (1500.0 / wide).min(500.0 / high),
            Self::Emoji => EMOJI / wide.max(high),
        };
        scaled(width, height, factor)
    }
}

/// The size of the preview of a picture.
pub(crate) fn preview(width: u32, height: u32) -> (u32, u32) {
    let area = f64::from(width.max(1)) * f64::from(height.max(1));
    scaled(width, height, (SMALL / area).sqrt())
}

/// The size of what a blurhash is made from.
pub(crate) fn tiny(width: u32, height: u32) -> (u32, u32) {
    let area = f64::from(width.max(1)) * f64::from(height.max(1));
    scaled(width, height, (64.0 * 64.0 / area).sqrt())
}

fn scaled(width: u32, height: u32, factor: f64) -> (u32, u32) {
    if factor >= 1.0 {
        return (width, height);
    }
    let one = |side: u32| {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "smaller than a u32"
        )]
        let side = (f64::from(side) * factor).round() as u32;
        side.max(1)
    };
    (one(width), one(height))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pictures_keep_their_form_and_never_grow() {
        assert_eq!(Shape::Attachment.size(7680, 4320), (3840, 2160));
        assert_eq!(Shape::Attachment.size(100, 50), (100, 50));
        assert_eq!(Shape::Attachment.size(16_000, 100), (3840, 24));
        assert_eq!(Shape::Avatar.part(1000, 500), (250, 0, 500, 500));
        assert_eq!(Shape::Avatar.size(500, 500), (400, 400));
        assert_eq!(Shape::Header.part(1000, 1000), (0, 333, 1000, 333));
        assert_eq!(Shape::Header.part(1, 1), (0, 0, 1, 1));
        assert_eq!(preview(1280, 720), (640, 360));
        assert_eq!(preview(20, 10), (20, 10));
    }
}
