//! Images by their first bytes: which kind, and how many dots.

/// What a photo can be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Image {
    pub(super) content_type: &'static str,
    /// Width and height, where the head tells them.
    pub(super) dots: Option<(u32, u32)>,
}

impl Image {
    /// `None` when the bytes are no PNG, JPEG, GIF or BMP.
    pub(super) fn read(bytes: &[u8]) -> Option<Self> {
        let number = |at: usize, length: usize, is_big: bool| -> Option<u32> {
            let bytes = bytes.get(at..at.checked_add(length)?)?;
            let add = |sum: u32, byte: &u8| (sum << 8) | u32::from(*byte);
            Some(if is_big {
                bytes.iter().fold(0, add)
            } else {
                bytes.iter().rev().fold(0, add)
            })
        };
        let (content_type, dots) = if bytes.starts_with(b"\x89PNG\r\n\x1a\n") {
            ("image/png", number(16, 4, true).zip(number(20, 4, true)))
        } else if bytes.starts_with(b"GIF8") {
            ("image/gif", number(6, 2, false).zip(number(8, 2, false)))
        } else if bytes.starts_with(b"BM") {
            ("image/bmp", number(18, 4, false).zip(number(22, 4, false)))
        } else if bytes.starts_with(b"\xff\xd8\xff") {
            ("image/jpeg", jpeg_dots(bytes))
        } else {
            return None;
        };
        Some(Self { content_type, dots })
    }
}

/// Walks the segments of a JPEG to the one that tells its size.
fn jpeg_dots(bytes: &[u8]) -> Option<(u32, u32)> {
    let pair = |at: usize| Some(u32::from(*bytes.get(at)?) << 8 | u32::from(*bytes.get(at + 1)?));
    let mut at = 2;
    loop {
        let (&mark, &kind) = (bytes.get(at)?, bytes.get(at + 1)?);
        if mark != 0xff {
            return None;
        }
        let is_frame = matches!(kind, 0xc0..=0xcf) && !matches!(kind, 0xc4 | 0xc8 | 0xcc);
        if is_frame {
            return Some((pair(at + 7)?, pair(at + 5)?));
        }
        let length = usize::try_from(pair(at + 2)?).ok()?;
        at = at.checked_add(2)?.checked_add(length.max(2))?;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_and_sizes_are_read_from_the_head() {
        let mut png = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".to_vec();
        png.extend([0, 0, 0, 2, 0, 0, 0, 3]);
        let jpeg = b"\xff\xd8\xff\xe0\0\x04ab\xff\xc0\0\x11\x08\0\x05\0\x04";
        let read = |bytes: &[u8]| Image::read(bytes).map(|image| (image.content_type, image.dots));
        assert_eq!(read(&png), Some(("image/png", Some((2, 3)))));
        assert_eq!(read(jpeg), Some(("image/jpeg", Some((4, 5)))));
        assert_eq!(
            read(b"GIF89a\x07\0\x08\0"),
            Some(("image/gif", Some((7, 8))))
        );
        assert_eq!(read(b"\xff\xd8\xff"), Some(("image/jpeg", None)));
        assert_eq!(read(b"%PDF"), None);
    }
}
