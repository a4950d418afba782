//! What comes out of packed input, whole and damaged.

use std::io::Write;

use super::*;

const TEXT: &[u8] = b"{\"one\":1}\n{\"two\":2}\n";

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn zstd(bytes: &[u8]) -> Vec<u8> {
    ::zstd::stream::encode_all(bytes, 3).unwrap()
}

/// Gives at most `piece` bytes at a time.
struct Drip<'b> {
    bytes: &'b [u8],
    piece: usize,
}

impl Read for Drip<'_> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let length = self.piece.min(out.len()).min(self.bytes.len());
        out[..length].copy_from_slice(&self.bytes[..length]);
        self.bytes = &self.bytes[length..];
        Ok(length)
    }
}

/// What could be read, what reading failed with, and the remark on what was passed over.
fn read(bytes: &[u8], piece: usize) -> (Vec<u8>, Option<String>, Option<&'static str>) {
    let mut input = Unpacked::new(Drip { bytes, piece });
    let mut plain = Vec::new();
    let error = input.read_to_end(&mut plain).err().map(|error| error.to_string());
    (plain, error, input.remark())
}

#[test]
fn layers_are_found_by_their_first_bytes() {
    use Packing::{Gzip, Zstd};
    for (bytes, packings) in [
        (TEXT.to_vec(), &[][..]),
        (Vec::new(), &[]),
        (b"{".to_vec(), &[]),
        (gzip(TEXT), &[Gzip]),
        (gzip(b""), &[Gzip]),
        (gzip(&gzip(TEXT)), &[Gzip, Gzip]),
        ([gzip(&gzip(TEXT)), gzip(&gzip(TEXT))].concat(), &[Gzip, Gzip]),
        ([gzip(TEXT), gzip(b""), gzip(TEXT)].concat(), &[Gzip]),
        (zstd(TEXT), &[Zstd]),
        ([&zstd(TEXT)[..], b"\x50\x2a\x4d\x18\x03\0\0\0abc", &zstd(TEXT)].concat(), &[Zstd]),
        ([&b"\x5f\x2a\x4d\x18\x03\0\0\0abc"[..], &zstd(TEXT)].concat(), &[Zstd]),
        (zstd(&gzip(&zstd(TEXT))), &[Zstd, Gzip, Zstd]),
        ([gzip(TEXT), zstd(TEXT), TEXT.to_vec()].concat(), &[Gzip]),
    ] {
        assert_eq!(Unpacked::new(&bytes[..]).packings(), packings);
        let (whole, error, remark) = read(&bytes, usize::MAX);
        assert_eq!((&error, remark), (&None, None), "{packings:?}");
        assert!(whole == TEXT.repeat(whole.len() / TEXT.len()) || bytes == b"{", "{packings:?}");
        for piece in [1, 2, 3, 7] {
            assert_eq!(read(&bytes, piece), (whole.clone(), None, None), "{packings:?}");
        }
    }
}

#[test]
fn what_is_cut_short_gives_what_it_has() {
    // Text that does not pack away to nothing.
    let text: Vec<u8> = (0..40_000_u32)
        .flat_map(|number| number.wrapping_mul(2_654_435_761).to_string().into_bytes())
        .collect();
    for (packed, name) in [(gzip(&text), "gzip"), (zstd(&text), "zstd"), (gzip(&gzip(&text)), "gzip")] {
        for cut in [7, packed.len() / 2, packed.len() - 3] {
            let (plain, error, _) = read(&packed[..cut], usize::MAX);
            assert!(text.starts_with(&plain));
            assert!(cut < 100 || plain.len() > text.len() / 4, "{name} at {cut}: {}", plain.len());
            assert_eq!(error, Some(format!("the {name} data is cut short")), "{cut}");
        }
        let mut damaged = packed.clone();
        damaged[packed.len() / 2] ^= 0x55;
        let (_, error, _) = read(&damaged, usize::MAX);
        assert!(error.is_some_and(|error| error.starts_with(&format!("the {name} data is damaged ("))));
    }
}

#[test]
fn what_follows_packed_data_is_passed_over_with_a_word() {
    for rest in [&b"\0\0\0\0\0\0\0\0"[..], b"rubbish", b"\x1f", b"\n"] {
        for packed in [gzip(TEXT), zstd(TEXT)] {
            let (plain, error, remark) = read(&[&packed, rest].concat(), 5);
            assert_eq!((plain.as_slice(), error), (TEXT, None), "{rest:?}");
            assert!(remark.is_some(), "{rest:?}");
        }
    }
}

#[test]
fn what_would_need_too_much_memory_is_not_called_damaged() {
    // A frame whose window descriptor says 3.75 TiB (RFC 8878 section 3.1.1.1.2), and a raw block.
    let (plain, error, _) = read(b"\x28\xb5\x2f\xfd\x00\xff\x09\x00\x00a", usize::MAX);
    assert_eq!(plain, b"");
    assert_eq!(
        error.as_deref(),
        Some("the zstd data needs more memory than is allowed: pack it without --long")
    );
}

#[test]
fn what_is_not_read_is_named() {
    for (bytes, word) in [
        (&b"PAR1\x15\x04"[..], "Parquet"),
        (b"PK\x03\x04\x14\0", "zip"),
        (b"BZh91AY&SY", "bzip2"),
        (b"\xfd7zXZ\0\0", "xz"),
    ] {
        for packed in [bytes.to_vec(), gzip(bytes)] {
            let (plain, error, _) = read(&packed, 3);
            assert_eq!(plain, b"");
            assert!(error.is_some_and(|error| error.contains(word)), "{word}");
        }
    }
    let mut layers = TEXT.to_vec();
    for _ in 0..=MAX_LAYERS {
        layers = gzip(&layers);
    }
    assert_eq!(read(&layers, 100).1.as_deref(), Some("packed more than 4 times over"));
}

#[test]
fn a_failing_reader_is_heard_behind_its_bytes() {
    struct Failing;
    impl Read for Failing {
        fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
            Err(io::Error::new(io::ErrorKind::PermissionDenied, "no"))
        }
    }
    let packed = gzip(TEXT);
    for before in [&b""[..], b"{", TEXT, &packed] {
        let mut plain = Vec::new();
        let error = Unpacked::new(before.chain(Failing)).read_to_end(&mut plain).unwrap_err();
        assert_eq!((error.kind(), error.to_string().as_str()), (io::ErrorKind::PermissionDenied, "no"));
        assert_eq!(plain, if before == packed { TEXT } else { before });
    }
}

fn decoded(bytes: &[u8], piece: usize) -> String {
    let mut text = String::new();
    utf16_decoder(Drip { bytes, piece }).read_to_string(&mut text).unwrap();
    text
}

#[test]
fn utf_16_is_read_in_both_orders_and_in_any_pieces() {
    let text = "\u{feff}{\"a\":\"\u{e9}\u{20ac}\u{1f600}\"}\r\n";
    let little: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let big: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
    for piece in 1..little.len() {
        assert_eq!(decoded(&little, piece), text);
        assert_eq!(decoded(&big, piece), text);
    }
}

#[test]
fn what_is_no_character_is_marked() {
    let units = |units: &[u16]| units.iter().flat_map(|unit| unit.to_le_bytes()).collect::<Vec<u8>>();
    for (units, expected) in [
        (units(&[0xfeff, 0xd83d, 0x41]), "\u{feff}\u{fffd}A"),
        (units(&[0xfeff, 0xde00, 0x41]), "\u{feff}\u{fffd}A"),
        (units(&[0xfeff, 0xd83d, 0xd83d, 0xde00]), "\u{feff}\u{fffd}\u{1f600}"),
        (units(&[0xfeff, 0x41, 0xd83d]), "\u{feff}A\u{fffd}"),
        ([&units(&[0xfeff, 0x41])[..], b"x"].concat(), "\u{feff}A\u{fffd}"),
    ] {
        assert_eq!(decoded(&units, 3), expected);
    }
}
