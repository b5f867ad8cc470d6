//! One picture made safe: known by its content, measured in its header, decoded, turned
//! upright, made smaller, written anew.

use std::io::Cursor;

use bytes::Bytes;
use image::codecs::jpeg::JpegEncoder;
use image::codecs::png::{CompressionType, FilterType, PngEncoder};
use image::{
    DynamicImage, ImageDecoder as _, ImageEncoder as _, ImageFormat, ImageReader, Limits, RgbImage,
    RgbaImage,
};

use crate::shape::{preview, tiny};
use crate::{MAX_BYTES, MAX_FRAMES, MAX_PIXELS, MAX_SIDE, Shape, animation};

/// Bytes that a decoder may allocate: the pixels with 16 bits a channel, and some.
const ALLOCATED: u64 = 320 * 1024 * 1024;
/// How good JPEG pictures are, of a hundred.
const QUALITY: u8 = 85;
/// The same of previews.
const PREVIEW_QUALITY: u8 = 80;

/// Why a picture is not taken. The sentences are for who sent it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// Too many bytes.
    #[error("The file is too large: at most {} MiB", MAX_BYTES / 1024 / 1024)]
    TooLarge,
    /// Nothing in it.
    #[error("The file is empty")]
    Empty,
    /// A film or a sound.
    #[error("Video and sound are not taken yet: only JPEG, PNG, GIF and WebP pictures")]
    Film,
    /// Not one of our kinds.
    #[error("Only JPEG, PNG, GIF and WebP pictures are taken")]
    Kind,
    /// Too many pixels.
    #[error(
        "The picture has too many pixels: at most {MAX_PIXELS} in all and {MAX_SIDE} on a side"
    )]
    TooManyPixels,
    /// Too many frames, or too many pixels in all frames.
    #[error("The animation is too long: at most {MAX_FRAMES} frames; make it shorter or smaller")]
    TooManyFrames,
    /// It cannot be decoded.
    #[error("The picture is damaged and cannot be read")]
    Broken,
}

/// One file that was made.
#[derive(Clone, Debug)]
pub struct File {
    /// The bytes.
    pub bytes: Bytes,
    /// What it is.
    pub mime: &'static str,
    /// Pixels.
    pub width: u32,
    /// Pixels.
    pub height: u32,
}

/// What was made of a picture.
#[derive(Clone, Debug)]
pub struct Picture {
    /// The picture.
    pub file: File,
    /// A smaller one, which does not move.
    pub preview: File,
    /// A few colours: <https://blurha.sh>.
    pub blurhash: Option<String>,
}

/// What the beginning of a file says.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Header {
    format: ImageFormat,
    width: u32,
    height: u32,
    /// Bytes of one pixel, decoded.
    pixel: u32,
}

impl Header {
    /// Reads the header and refuses what is too large, before anything is allocated for
    /// pixels.
    pub(crate) fn read(bytes: &[u8]) -> Result<Self, Refused> {
        if bytes.is_empty() {
            return Err(Refused::Empty);
        }
        if bytes.len() > MAX_BYTES {
            return Err(Refused::TooLarge);
        }
        let format = match image::guess_format(bytes) {
            Ok(
                format @ (ImageFormat::Jpeg
                | ImageFormat::Png
                | ImageFormat::Gif
                | ImageFormat::WebP),
            ) => format,
            _ if is_film(bytes) => return Err(Refused::Film),
            _ => return Err(Refused::Kind),
        };
        let decoder = reader(bytes, format).into_decoder().map_err(refusal)?;
        let (width, height) = decoder.dimensions();
        let pixel = u32::from(decoder.color_type().bytes_per_pixel());
        if width == 0 || height == 0 {
            return Err(Refused::Broken);
        }
        let pixels = u64::from(width) * u64::from(height);
        if pixels > MAX_PIXELS || width > MAX_SIDE || height > MAX_SIDE {
            return Err(Refused::TooManyPixels);
        }
        Ok(Self {
            format,
            width,
            height,
            pixel,
        })
    }

    /// Megapixels of four bytes that it takes to work on it.
    pub(crate) fn weight(&self) -> u32 {
        let bytes = u64::from(self.width) * u64::from(self.height) * u64::from(self.pixel.max(4));
        u32::try_from(bytes.div_ceil(4_000_000)).unwrap_or(u32::MAX)
    }
}

fn reader(bytes: &[u8], format: ImageFormat) -> ImageReader<Cursor<&[u8]>> {
    let mut reader = ImageReader::with_format(Cursor::new(bytes), format);
    let mut limits = Limits::default();
    limits.max_image_width = Some(MAX_SIDE);
    limits.max_image_height = Some(MAX_SIDE);
    limits.max_alloc = Some(ALLOCATED);
    reader.limits(limits);
    reader
}

#[expect(clippy::needless_pass_by_value, reason = "for map_err")]
fn refusal(error: image::ImageError) -> Refused {
    match error {
        image::ImageError::Limits(_) => Refused::TooManyPixels,
        _ => Refused::Broken,
    }
}

/// Whether the first bytes are those of a film or a sound.
fn is_film(bytes: &[u8]) -> bool {
    let begins =
        |at: usize, with: &[u8]| bytes.get(at..).is_some_and(|rest| rest.starts_with(with));
    begins(4, b"ftyp")
        || begins(0, &[0x1a, 0x45, 0xdf, 0xa3])
        || begins(0, b"OggS")
        || begins(0, b"ID3")
        || begins(0, b"fLaC")
        || (begins(0, b"RIFF") && (begins(8, b"AVI ") || begins(8, b"WAVE")))
}

/// Makes files of a picture.
pub(crate) fn process(bytes: &[u8], header: &Header, shape: Shape) -> Result<Picture, Refused> {
    let whole = decode(bytes, header)?;
    let (left, top, width, height) = shape.part(whole.width(), whole.height());
    let part = if (width, height) == (whole.width(), whole.height()) {
        whole
    } else {
        whole.crop_imm(left, top, width, height)
    };
    let (width, height) = shape.size(part.width(), part.height());
    let picture = fit(part, width, height);
    let moving = match (header.format, shape) {
        (ImageFormat::Gif, Shape::Attachment | Shape::Emoji) => animation::rewrite(bytes)?,
        _ => None,
    };
    let small = preview(picture.width(), picture.height());
    let small = picture.thumbnail_exact(small.0, small.1);
    let blurhash = blurhash(&small);
    let is_photo = header.format == ImageFormat::Jpeg;
    let file = match moving {
        Some(bytes) => File {
            bytes,
            mime: "image/gif",
            width: header.width,
            height: header.height,
        },
        None => encode(&picture, is_photo, QUALITY)?,
    };
    Ok(Picture {
        file,
        preview: encode(&small, is_photo, PREVIEW_QUALITY)?,
        blurhash,
    })
}

/// The pixels, upright, eight bits a channel; with transparency only where there is some.
fn decode(bytes: &[u8], header: &Header) -> Result<DynamicImage, Refused> {
    let mut decoder = reader(bytes, header.format)
        .into_decoder()
        .map_err(refusal)?;
    let orientation = decoder.orientation().ok();
    let mut picture = DynamicImage::from_decoder(decoder).map_err(refusal)?;
    if let Some(orientation) = orientation {
        picture.apply_orientation(orientation);
    }
    if !picture.color().has_alpha() {
        return Ok(DynamicImage::ImageRgb8(picture.into_rgb8()));
    }
    let picture = picture.into_rgba8();
    if picture.pixels().all(|pixel| pixel.0[3] == u8::MAX) {
        return Ok(DynamicImage::ImageRgb8(
            DynamicImage::ImageRgba8(picture).into_rgb8(),
        ));
    }
    Ok(DynamicImage::ImageRgba8(picture))
}

/// By averages of pixels, which needs no memory beside the result.
fn fit(picture: DynamicImage, width: u32, height: u32) -> DynamicImage {
    if (picture.width(), picture.height()) == (width, height) {
        picture
    } else {
        picture.thumbnail_exact(width, height)
    }
}

fn blurhash(small: &DynamicImage) -> Option<String> {
    let (width, height) = tiny(small.width(), small.height());
    let tiny: RgbaImage = small.thumbnail_exact(width, height).into_rgba8();
    let (across, down) = if width >= height { (4, 3) } else { (3, 4) };
    blurhash::encode(across, down, width, height, tiny.as_raw()).ok()
}

/// Photos as JPEG, what is transparent as PNG; the rest, drawings and pictures of
/// screens, as PNG unless that is much larger.
fn encode(picture: &DynamicImage, is_photo: bool, quality: u8) -> Result<File, Refused> {
    let (width, height) = (picture.width(), picture.height());
    let file = |bytes: Vec<u8>, mime| File {
        bytes: bytes.into(),
        mime,
        width,
        height,
    };
    let DynamicImage::ImageRgb8(opaque) = picture else {
        return Ok(file(png(picture)?, "image/png"));
    };
    let photo = jpeg(opaque, quality)?;
    if is_photo {
        return Ok(file(photo, "image/jpeg"));
    }
    let drawing = png(picture)?;
    Ok(if drawing.len() <= photo.len() * 2 {
        file(drawing, "image/png")
    } else {
        file(photo, "image/jpeg")
    })
}

fn jpeg(picture: &RgbImage, quality: u8) -> Result<Vec<u8>, Refused> {
    let mut bytes = Vec::new();
    JpegEncoder::new_with_quality(&mut bytes, quality)
        .encode_image(picture)
        .map_err(|_| Refused::Broken)?;
    Ok(bytes)
}

fn png(picture: &DynamicImage) -> Result<Vec<u8>, Refused> {
    let mut bytes = Vec::new();
    PngEncoder::new_with_quality(&mut bytes, CompressionType::Default, FilterType::Adaptive)
        .write_image(
            picture.as_bytes(),
            picture.width(),
            picture.height(),
            picture.color().into(),
        )
        .map_err(|_| Refused::Broken)?;
    Ok(bytes)
}

#[cfg(test)]
#[path = "picture_test.rs"]
mod tests;
