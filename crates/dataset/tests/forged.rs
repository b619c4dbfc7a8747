//! Files of the patient table that were forged together with their hashes: what is said of them.

#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod fuzzed;

use fuzzed::{file, read_with_part};

#[track_caller]
fn refuses(part: &[u8], reason: &str) {
    let text = read_with_part(part).unwrap_err().to_string();
    let (path, rest) = text.split_once(": ").unwrap();
    assert!(path.ends_with("whole/patients/part-00000.parquet"), "{text}");
    assert_eq!(rest, format!("{reason}. Restore it from a copy, or run the study again."));
}

/// The number of seven bits a byte that begins at a position, and where it ends.
fn number(bytes: &[u8], at: usize) -> std::ops::Range<usize> {
    at..at + bytes[at..].iter().position(|byte| byte & 0x80 == 0).unwrap() + 1
}

#[test]
fn a_page_that_claims_gigabytes_is_refused() {
    let mut part = file("part");
    // The first page follows the first four bytes; its header begins with its type, then its size.
    assert_eq!((&part[..4], part[4], part[6]), (b"PAR1".as_slice(), 0x15, 0x15));
    let size = number(&part, 7);
    part.splice(size, [0xfe, 0xff, 0xff, 0xff, 0x0f]);
    refuses(&part, "cannot be decoded (a page claims 2147483647 bytes)");
}

#[test]
fn a_file_without_pages_is_refused() {
    let mut part = file("part");
    part[4..1000].fill(0);
    refuses(&part, "cannot be decoded (a page has no valid header)");
}

#[test]
fn another_file_of_ours_is_refused() {
    refuses(&file("trajectories"), "does not say what is counted in it");
    let text = read_with_part(&file("other part")).unwrap_err().to_string();
    assert!(text.contains(": has the content ") && text.contains(" was written. Restore it"), "{text}");
}

#[test]
fn no_file_at_all_is_refused() {
    refuses(b"", "is no complete Parquet file (EOF: Parquet file too small. Size is 0 but need 8)");
    refuses(&file("manifest"), "is no complete Parquet file (Invalid Parquet file. Corrupt footer)");
}
