#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "tests fail by panicking"
)]

use image::Rgba;

use super::*;

fn made(bytes: &[u8], shape: Shape) -> Result<Picture, Refused> {
    process(bytes, &Header::read(bytes)?, shape)
}

/// A picture whose left half is red, the right one blue, of a few shades.
fn halves(width: u32, height: u32, alpha: u8) -> DynamicImage {
    DynamicImage::ImageRgba8(RgbaImage::from_fn(width, height, |x, y| {
        let shade = u8::try_from(y % 16).unwrap();
        if x < width / 2 {
            Rgba([240, shade, 0, alpha])
        } else {
            Rgba([0, shade, 240, alpha])
        }
    }))
}

fn written(picture: &DynamicImage, format: ImageFormat) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    let picture = match format {
        ImageFormat::Jpeg => DynamicImage::ImageRgb8(picture.to_rgb8()),
        _ => picture.clone(),
    };
    picture.write_to(&mut bytes, format).unwrap();
    bytes.into_inner()
}

/// An Exif block: turned by a quarter, and a text that must not stay.
fn exif() -> Vec<u8> {
    let mut tiff = b"II*\0\x08\0\0\0\x01\0".to_vec();
    tiff.extend([0x12, 0x01, 3, 0, 1, 0, 0, 0, 6, 0, 0, 0]);
    tiff.extend([0, 0, 0, 0]);
    tiff.extend(b"GPS 48.85837 N 2.294481 E");
    let mut block = b"Exif\0\0".to_vec();
    block.extend(tiff);
    block
}

fn with_exif(jpeg: &[u8]) -> Vec<u8> {
    let block = exif();
    let mut bytes = jpeg[..2].to_vec();
    bytes.extend([0xff, 0xe1]);
    bytes.extend(u16::try_from(block.len() + 2).unwrap().to_be_bytes());
    bytes.extend(block);
    bytes.extend(&jpeg[2..]);
    bytes
}

fn contains(bytes: &[u8], text: &[u8]) -> bool {
    bytes.windows(text.len()).any(|window| window == text)
}

#[test]
fn a_photo_is_turned_upright_and_says_nothing_of_its_place() {
    let photo = with_exif(&written(&halves(64, 32, 255), ImageFormat::Jpeg));
    assert!(contains(&photo, b"GPS 48"));
    let picture = made(&photo, Shape::Attachment).unwrap();
    assert_eq!(picture.file.mime, "image/jpeg");
    assert_eq!((picture.file.width, picture.file.height), (32, 64));
    for file in [&picture.file, &picture.preview] {
        assert!(!contains(&file.bytes, b"GPS 48"));
        assert!(!contains(&file.bytes, b"Exif"));
    }
    assert!(picture.blurhash.unwrap().len() > 6);
}

#[test]
fn every_kind_is_known_by_its_content_and_made_as_large_as_it_may_be() {
    for format in [ImageFormat::Png, ImageFormat::WebP, ImageFormat::Gif] {
        let bytes = written(&halves(900, 300, 255), format);
        let picture = made(&bytes, Shape::Attachment).unwrap();
        assert_eq!((picture.file.width, picture.file.height), (900, 300));
        assert!(picture.preview.width * picture.preview.height <= 640 * 361);
        let avatar = made(&bytes, Shape::Avatar).unwrap();
        assert_eq!((avatar.file.width, avatar.file.height), (300, 300));
    }
    let clear = written(&halves(9000, 3, 100), ImageFormat::Png);
    let picture = made(&clear, Shape::Attachment).unwrap();
    assert_eq!(picture.file.mime, "image/png");
    assert_eq!((picture.file.width, picture.file.height), (3840, 1));
    let read = image::load_from_memory(&picture.file.bytes).unwrap();
    assert_eq!(read.to_rgba8().get_pixel(5, 0).0[3], 100);
}

#[test]
fn what_is_no_picture_is_refused_whatever_it_is_called() {
    for (bytes, why) in [
        (
            &b"<svg xmlns='http://www.w3.org/2000/svg'><script>1</script></svg>"[..],
            Refused::Kind,
        ),
        (b"<!DOCTYPE html><html></html>", Refused::Kind),
        (b"%PDF-1.7 etc", Refused::Kind),
        (b"PK\x03\x04zip", Refused::Kind),
        (b"\0\0\0\x20ftypisom....", Refused::Film),
        (b"\x1a\x45\xdf\xa3webm", Refused::Film),
        (b"", Refused::Empty),
        (b"GIF89a", Refused::Broken),
        (b"\x89PNG\r\n\x1a\n", Refused::Broken),
        (b"\xff\xd8\xff\xe0", Refused::Broken),
    ] {
        assert_eq!(made(bytes, Shape::Attachment).unwrap_err(), why);
    }
    assert_eq!(
        Header::read(&vec![0; MAX_BYTES + 1]).unwrap_err(),
        Refused::TooLarge
    );
}

/// The first chunks of a PNG of this size.
fn png_header(width: u32, height: u32) -> Vec<u8> {
    let mut chunk = b"IHDR".to_vec();
    chunk.extend(width.to_be_bytes());
    chunk.extend(height.to_be_bytes());
    chunk.extend([8, 6, 0, 0, 0]);
    let crc = chunk.iter().fold(u32::MAX, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| {
            if crc & 1 == 1 {
                (crc >> 1) ^ 0xedb8_8320
            } else {
                crc >> 1
            }
        })
    });
    let mut bytes = b"\x89PNG\r\n\x1a\n\0\0\0\x0d".to_vec();
    bytes.extend(chunk);
    bytes.extend((!crc).to_be_bytes());
    bytes
}

#[test]
fn a_huge_picture_is_refused_by_its_header() {
    let mut bytes = png_header(50_000, 50_000);
    bytes.extend(b"\0\0\0\0IDAT\x35\xaf\x06\x1e");
    assert_eq!(Header::read(&bytes).unwrap_err(), Refused::TooManyPixels);
    let mut bytes = png_header(10_000, 10_000);
    bytes.extend(b"\0\0\0\0IDAT\x35\xaf\x06\x1e");
    assert_eq!(Header::read(&bytes).unwrap_err(), Refused::TooManyPixels);
}

#[test]
fn a_truncated_picture_is_refused() {
    for format in [ImageFormat::Png, ImageFormat::WebP, ImageFormat::Gif] {
        let bytes = written(&halves(300, 300, 255), format);
        let half = &bytes[..bytes.len() / 2];
        assert!(made(half, Shape::Attachment).is_err(), "{format:?}");
    }
}

fn frames(count: u16, size: u16) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut encoder = gif::Encoder::new(&mut bytes, size, size, &[]).unwrap();
    encoder.set_repeat(gif::Repeat::Infinite).unwrap();
    for index in 0..count {
        let mut pixels = vec![u8::try_from(index % 250).unwrap(); usize::from(size * size) * 4];
        let mut frame = gif::Frame::from_rgba(size, size, &mut pixels);
        frame.delay = 7;
        encoder.write_frame(&frame).unwrap();
    }
    drop(encoder);
    bytes
}

#[test]
fn an_animation_moves_on_without_what_was_hidden_in_it() {
    let mut bytes = frames(5, 20);
    // A comment before the end, and a script behind it.
    let end = bytes.pop().unwrap();
    bytes.extend(b"\x21\xfe\x06secret\0");
    bytes.push(end);
    bytes.extend(b"<script>alert(1)</script>");
    let picture = made(&bytes, Shape::Attachment).unwrap();
    assert_eq!(picture.file.mime, "image/gif");
    assert!(!contains(&picture.file.bytes, b"secret"));
    assert!(!contains(&picture.file.bytes, b"script"));
    let mut decoder = gif::DecodeOptions::new()
        .read_info(&picture.file.bytes[..])
        .unwrap();
    let mut count = 0;
    while let Some(frame) = decoder.read_next_frame().unwrap() {
        assert_eq!(frame.delay, 7);
        count += 1;
    }
    assert_eq!(count, 5);
    assert_ne!(picture.preview.mime, "image/gif");
    let still = made(&bytes, Shape::Avatar).unwrap();
    assert_ne!(still.file.mime, "image/gif");
    let long = frames(201, 4);
    assert_eq!(
        made(&long, Shape::Attachment).unwrap_err(),
        Refused::TooManyFrames
    );
}
