//! Cohort tables in Parquet that claim more than they have, or unpack to more than there is memory: exit code 2, a message
//! with place, reason and remedy, nothing written, and memory that stays small.

#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, reason = "a test may panic")]

mod common;

use common::Place;
use parquet::basic::{Compression, Encoding, ZstdLevel};
use parquet::data_type::{ByteArray, ByteArrayType, DoubleType};
use parquet::file::metadata::{FileMetaData, ParquetMetaData, ParquetMetaDataReader, ParquetMetaDataWriter};
use parquet::file::properties::{EnabledStatistics, WriterProperties, WriterPropertiesBuilder};
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::parser::parse_message_type;
use std::process::Command;
use std::sync::Arc;

const STUDY: &str = "[study]\nname = \"x\"\n[population]\ntable = \"t.parquet\"\ncarry = [\"site\"]\n";
const MIB: usize = 1 << 20;

/// `check` and `run` refuse the table with exactly that message, and with so much memory.
#[track_caller]
fn refuses(table: Vec<u8>, memory: usize, message: &str) {
    let place = Place::with_study(STUDY);
    place.write("t.parquet", table);
    let before = place.contents();
    for command in ["check", "run"] {
        let limited = format!("ulimit -v {} && exec \"$0\" \"$@\"", memory / 1024);
        let program = env!("CARGO_BIN_EXE_cartrial");
        let mut shell = Command::new("sh");
        shell.args(["-c", &limited, program, command, "study.toml"]).current_dir(place.path(""));
        let output = shell.output().unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(said, format!("error: t.parquet: {message}\n"), "{command}");
        assert_eq!((output.status.code(), output.stdout.as_slice()), (Some(2), b"".as_slice()), "{command}");
        assert!(place.contents() == before, "{command} wrote something");
    }
}

/// A table in which every patient has the same death rate and, with `site`, the same text.
fn table(rows: usize, site: Option<&[u8]>, properties: WriterPropertiesBuilder) -> Vec<u8> {
    let site_column = if site.is_some() { "required binary site (UTF8); " } else { "" };
    let schema = parse_message_type(&format!("message t {{ required double d2; {site_column}}}")).unwrap();
    let mut bytes = Vec::new();
    let properties = properties.set_compression(Compression::ZSTD(ZstdLevel::default())).build();
    let mut writer = SerializedFileWriter::new(&mut bytes, Arc::new(schema), Arc::new(properties)).unwrap();
    let mut group = writer.next_row_group().unwrap();
    let mut column = group.next_column().unwrap().unwrap();
    column.typed::<DoubleType>().write_batch(&vec![1.5; rows], None, None).unwrap();
    column.close().unwrap();
    if let Some(site) = site {
        let mut column = group.next_column().unwrap().unwrap();
        let texts = vec![ByteArray::from(site.to_vec()); rows];
        column.typed::<ByteArrayType>().write_batch(&texts, None, None).unwrap();
        column.close().unwrap();
    }
    group.close().unwrap();
    writer.close().unwrap();
    bytes
}

/// The same table with a footer that claims other numbers of rows, for the file and for its only row group.
fn claiming(table: &[u8], rows: i64, in_group: i64) -> Vec<u8> {
    let metadata =
        ParquetMetaDataReader::new().parse_and_finish(&bytes::Bytes::copy_from_slice(table)).unwrap();
    let file = metadata.file_metadata();
    let group = metadata.row_group(0).clone().into_builder().set_num_rows(in_group).build().unwrap();
    let file = FileMetaData::new(file.version(), in_group, None, None, file.schema_descr_ptr(), None);
    let mut footer = Vec::new();
    ParquetMetaDataWriter::new(&mut footer, &ParquetMetaData::new(file, vec![group])).finish().unwrap();
    // The file's number of rows is the first integer of 64 bits in its footer.
    let (true_rows, false_rows) = (encoded(in_group), encoded(rows));
    let at = footer.windows(true_rows.len()).position(|bytes| bytes == true_rows).unwrap();
    footer.splice(at..at + true_rows.len(), false_rows);
    let (end, length) = (footer.len() - 8, u32::try_from(footer.len() - 8).unwrap());
    footer[end..end + 4].copy_from_slice(&length.to_le_bytes());
    let old: [u8; 4] = table[table.len() - 8..][..4].try_into().unwrap();
    let data = &table[..table.len() - 8 - u32::from_le_bytes(old) as usize];
    [data, &footer].concat()
}

/// The next field of a Thrift structure, an integer of 64 bits: 0x16, then zigzag and seven bits a byte.
fn encoded(number: i64) -> Vec<u8> {
    let mut rest = (number << 1 ^ number >> 63) as u64;
    let mut bytes = vec![0x16];
    while rest >= 0x80 {
        bytes.push(rest as u8 | 0x80);
        rest >>= 7;
    }
    bytes.push(rest as u8);
    bytes
}

fn plain() -> WriterPropertiesBuilder {
    WriterProperties::builder().set_dictionary_enabled(false)
}

#[test]
fn a_footer_that_claims_more_rows_than_a_table_may_have_is_refused_before_any_is_read() {
    let too_many = |rows: i64, most: u64, columns: usize| {
        let table = table(3, (columns == 2).then_some(b"Bern".as_slice()), plain());
        let table = claiming(&table, rows, rows);
        let message = format!(
            "more than {most} patients in {columns} columns. A table has at most 300000000 values: leave out columns in \
             which every patient has the standard patient's value, or divide the cohort into several studies."
        );
        refuses(table, 256 * MIB, &message);
    };
    too_many(1_000_000_000_000_000_000, 150_000_000, 2);
    too_many(150_000_001, 150_000_000, 2);
}

#[test]
fn rows_that_are_claimed_and_not_there_are_missed() {
    let table = table(3, Some(b"Bern"), plain());
    let cannot = "cannot be read as Parquet: ";
    let again = "Write it again; it may be cut short.";
    refuses(
        claiming(&table, 150_000_000, 150_000_000),
        256 * MIB,
        &format!("{cannot}column \"d2\": ends after 3 of 150000000 rows. {again}"),
    );
    for (rows, in_group) in [(3, 1_000_000_000_000_000_000), (1_000_000_000_000_000_000, 3), (-3, -3), (2, 3)]
    {
        let reason = format!("it claims {rows} rows, and its row groups another number of them");
        refuses(claiming(&table, rows, in_group), 256 * MIB, &format!("{cannot}{reason}. {again}"));
    }
    refuses(
        claiming(&table, 2, 2),
        256 * MIB,
        &format!("{cannot}column \"d2\": has more values than 2 rows. {again}"),
    );
}

#[test]
fn texts_that_unpack_to_gigabytes_are_refused_before_they_do() {
    let fewer = "Write fewer patients or shorter texts; it may be damaged.";
    let long = vec![b'x'; 32 * MIB];
    // A dictionary with one text, for which all rows stand.
    let dictionary = WriterProperties::builder().set_dictionary_page_size_limit(64 * MIB);
    let bomb = table(100, Some(&long), dictionary);
    assert!(bomb.len() < 20_000, "{} bytes for 3 GiB", bomb.len());
    let reason = "cannot be read as Parquet: column \"site\": a text of 33554432 bytes, more than 4096";
    refuses(bomb, 256 * MIB, &format!("{reason}. {fewer}"));
    // A page for every text.
    let bomb = table(
        34,
        Some(&long),
        plain()
            .set_encoding(Encoding::PLAIN)
            .set_write_batch_size(1)
            .set_statistics_enabled(EnabledStatistics::None),
    );
    assert!(bomb.len() < 200_000, "{} bytes for 1 GiB", bomb.len());
    let reason =
        "cannot be read as Parquet: column \"site\": 1 values have 33554436 bytes, more than 4096 each";
    refuses(bomb, 256 * MIB, &format!("{reason}. {fewer}"));
    // One page with a text that is longer than the others.
    let bomb = table(1, Some(&[b'x'; 5000]), plain());
    let reason = "row 1, column \"site\": a text of 5000 bytes";
    refuses(
        bomb,
        256 * MIB,
        &format!("{reason}. At most 4096 are carried: shorten it, or leave the column out."),
    );
}

#[test]
fn texts_that_are_short_and_many_are_refused_where_they_take_too_much_memory() {
    let bomb = table(600_000, Some(&[b'x'; 4096]), WriterProperties::builder());
    assert!(bomb.len() < 30_000, "{} bytes for 2.3 GiB", bomb.len());
    let reason = "carried columns take more than 2 GiB of memory";
    refuses(
        bomb,
        3072 * MIB,
        &format!("{reason}. Carry fewer columns, or divide the cohort into several studies."),
    );
}

#[test]
fn lists_are_refused() {
    let schema = "message t { required double d2; required group site (LIST) { repeated group list { required double \
                  element; } } }";
    let mut bytes = Vec::new();
    let schema = Arc::new(parse_message_type(schema).unwrap());
    let mut writer = SerializedFileWriter::new(&mut bytes, schema, Arc::new(plain().build())).unwrap();
    let mut group = writer.next_row_group().unwrap();
    let mut column = group.next_column().unwrap().unwrap();
    column.typed::<DoubleType>().write_batch(&[1.5], None, None).unwrap();
    column.close().unwrap();
    let mut column = group.next_column().unwrap().unwrap();
    // All values in one row.
    let inside = vec![1_i16; 100_000];
    let repeated: Vec<i16> = (0..100_000).map(|i| i16::from(i > 0)).collect();
    let values = vec![1.5; 100_000];
    column.typed::<DoubleType>().write_batch(&values, Some(&inside), Some(&repeated)).unwrap();
    column.close().unwrap();
    group.close().unwrap();
    writer.close().unwrap();
    refuses(
        bytes,
        256 * MIB,
        "column \"site\": holds lists or groups of values. Give every patient one number or text, or leave the column \
         out.",
    );
}
