//! Moving GIFs stay GIFs: each frame is read and written anew, one at a time. Pixels,
//! colours and times pass; comments, extensions of programs and whatever follows the
//! end do not.

use bytes::Bytes;
use gif::{ColorOutput, DecodeOptions, DisposalMethod, Encoder, Frame, MemoryLimit, Repeat};

use crate::{MAX_FRAMES, MAX_PIXELS, Refused};

/// Pixels of all frames together.
const PIXELS: u64 = 6 * MAX_PIXELS;

/// A GIF with several frames written anew; none: it has but one.
pub(crate) fn rewrite(bytes: &[u8]) -> Result<Option<Bytes>, Refused> {
    if !moves(bytes)? {
        return Ok(None);
    }
    let mut options = DecodeOptions::new();
    options.set_color_output(ColorOutput::Indexed);
    options.set_memory_limit(limit());
    options.check_frame_consistency(true);
    let mut decoder = options.read_info(bytes).map_err(|_| Refused::Broken)?;
    let palette = decoder.global_palette().unwrap_or_default().to_vec();
    let mut made = Vec::new();
    let mut encoder = Encoder::new(&mut made, decoder.width(), decoder.height(), &palette)
        .map_err(|_| Refused::Broken)?;
    encoder
        .set_repeat(match decoder.repeat() {
            Repeat::Finite(0) => Repeat::Infinite,
            repeat => repeat,
        })
        .map_err(|_| Refused::Broken)?;
    while let Some(frame) = decoder.read_next_frame().map_err(|_| Refused::Broken)? {
        let clean = Frame {
            delay: frame.delay,
            dispose: match frame.dispose {
                DisposalMethod::Any => DisposalMethod::Keep,
                dispose => dispose,
            },
            transparent: frame.transparent,
            needs_user_input: false,
            top: frame.top,
            left: frame.left,
            width: frame.width,
            height: frame.height,
            interlaced: false,
            palette: frame.palette.clone(),
            buffer: frame.buffer.clone(),
        };
        encoder.write_frame(&clean).map_err(|_| Refused::Broken)?;
    }
    drop(encoder);
    Ok(Some(made.into()))
}

/// Whether there are several frames. Frames are counted without decoding them.
fn moves(bytes: &[u8]) -> Result<bool, Refused> {
    let mut options = DecodeOptions::new();
    options.skip_frame_decoding(true);
    options.set_memory_limit(limit());
    options.check_frame_consistency(true);
    let mut decoder = options.read_info(bytes).map_err(|_| Refused::Broken)?;
    let (mut frames, mut pixels) = (0_usize, 0_u64);
    while let Some(frame) = decoder.next_frame_info().map_err(|_| Refused::Broken)? {
        frames += 1;
        pixels += u64::from(frame.width) * u64::from(frame.height);
        if frames > MAX_FRAMES || pixels > PIXELS {
            return Err(Refused::TooManyFrames);
        }
    }
    Ok(frames > 1)
}

fn limit() -> MemoryLimit {
    std::num::NonZeroU64::new(2 * MAX_PIXELS).map_or(MemoryLimit::Unlimited, MemoryLimit::Bytes)
}
