//! Decoding of files in whatever encoding they have.

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE};

use super::ReadError;

/// Bytes at the start of a file that tell UTF-16 without a byte order mark from other encodings.
const SAMPLE_BYTES: usize = 4_096;

/// The text of a file, and the name of its encoding.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Decoded {
    /// The text, without a byte order mark, with line feeds as line ends.
    pub(super) text: String,
    /// The name of the encoding, as in the Encoding Standard: `UTF-8`, `windows-1252`.
    pub(super) encoding: &'static str,
}

/// The text of `bytes`, in the encoding of its byte order mark, in UTF-8, or in the encoding that it is most
/// likely in.
///
/// # Errors
/// [`ReadError::NotText`] if it is no text, [`ReadError::BadUtf8`] if it is UTF-8 but for a few bytes.
pub(super) fn decode(bytes: &[u8]) -> Result<Decoded, ReadError> {
    let encoding = match Encoding::for_bom(bytes) {
        Some((encoding, _)) => encoding,
        None if std::str::from_utf8(bytes).is_ok() => UTF_8,
        None => match (utf_16(bytes), line_of_bad_utf_8(bytes)) {
            (Some(utf_16), _) => utf_16,
            (None, Some(line)) => return Err(ReadError::BadUtf8 { line }),
            (None, None) => guess(bytes),
        },
    };
    let (text, _, has_errors) = encoding.decode(bytes);
    // Some texts hold a NUL or two; files of other programs are full of them.
    let n_nuls = text.bytes().filter(|byte| *byte == 0).count();
    if has_errors || n_nuls * 100 > text.len() {
        return Err(ReadError::NotText);
    }
    let text = text.replace("\r\n", "\n");
    Ok(Decoded { text, encoding: encoding.name() })
}

/// The line of the first bytes that are not UTF-8, in a file that is: it has more letters of several bytes than
/// places that are not valid. In other encodings, bytes form such letters by chance only.
fn line_of_bad_utf_8(bytes: &[u8]) -> Option<usize> {
    let (mut line, mut first_bad) = (1, None);
    let (mut n_letters, mut n_bad) = (0, 0);
    for chunk in bytes.utf8_chunks() {
        n_letters += chunk.valid().chars().filter(|c| !c.is_ascii()).count();
        line += chunk.valid().matches('\n').count();
        if !chunk.invalid().is_empty() {
            n_bad += 1;
            first_bad.get_or_insert(line);
        }
    }
    first_bad.filter(|_| n_letters > n_bad)
}

/// UTF-16 without a byte order mark has a NUL as every second byte of line ends and spaces.
fn utf_16(bytes: &[u8]) -> Option<&'static Encoding> {
    let sample = bytes.get(..SAMPLE_BYTES).unwrap_or(bytes);
    let (mut n_low, mut n_high) = (0, 0);
    for pair in sample.chunks_exact(2) {
        match pair {
            [b' ' | b'\n' | b'\r', 0] => n_low += 1,
            [0, b' ' | b'\n' | b'\r'] => n_high += 1,
            _ => {}
        }
    }
    match (n_low, n_high) {
        (0, 0) => None,
        (low, high) if low > high => Some(UTF_16LE),
        _ => Some(UTF_16BE),
    }
}

fn guess(bytes: &[u8]) -> &'static Encoding {
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Allow);
    detector.feed(bytes, true);
    detector.guess(None, Utf8Detection::Deny)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_decoded_from_its_encoding() {
        let utf_16 = |text: &str, to: fn(u16) -> [u8; 2]| -> Vec<u8> {
            text.encode_utf16().flat_map(to).collect()
        };
        let latin =
            b"Frage;Antwort\nWo ist das B\xfcro?;In der Hauptstra\xdfe, gegen\xfcber der Schule.\n";
        let cyrillic: Vec<u8> = encoding_rs::WINDOWS_1251
            .encode("Когда открыто? С девяти утра до шести вечера.")
            .0
            .into();
        let japanese: Vec<u8> =
            encoding_rs::SHIFT_JIS.encode("営業時間は何時からですか。朝九時からです。").0.into();
        let cases: [(Vec<u8>, &str, &str); 8] = [
            (b"a\r\nb".to_vec(), "a\nb", "UTF-8"),
            ("\u{feff}ü".into(), "ü", "UTF-8"),
            (utf_16("\u{feff}ü é", u16::to_le_bytes), "ü é", "UTF-16LE"),
            (utf_16("ж ü é\n", u16::to_be_bytes), "ж ü é\n", "UTF-16BE"),
            (utf_16("ж ü é\n", u16::to_le_bytes), "ж ü é\n", "UTF-16LE"),
            (
                latin.to_vec(),
                "Frage;Antwort\nWo ist das Büro?;In der Hauptstraße, gegenüber der Schule.\n",
                "windows-1252",
            ),
            (cyrillic, "Когда открыто? С девяти утра до шести вечера.", "windows-1251"),
            (japanese, "営業時間は何時からですか。朝九時からです。", "Shift_JIS"),
        ];
        for (bytes, text, encoding) in cases {
            let want = Decoded { text: text.to_owned(), encoding };
            assert_eq!(decode(&bytes), Ok(want), "{text}");
        }
    }

    #[test]
    fn utf_8_with_bad_bytes_is_an_error_with_the_line() {
        let bytes = b"Caf\xc3\xa9\nsalle \xe0 c\xc3\xb4t\xc3\xa9\n";
        assert_eq!(decode(bytes), Err(ReadError::BadUtf8 { line: 2 }));
        // Two letters of windows-1252 may look like one of UTF-8 by chance.
        let latin = b"f\xfcr \xc3\xa9 \xfcber stra\xdfe gr\xfc\xdfe\n";
        assert_eq!(decode(latin).map(|decoded| decoded.encoding), Ok("windows-1252"));
    }

    #[test]
    fn file_of_another_program_is_no_text() {
        let png = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x06\0\0\0".repeat(4);
        assert_eq!(decode(&png), Err(ReadError::NotText));
        assert_eq!(decode(&[0; 100]), Err(ReadError::NotText));
    }
}
