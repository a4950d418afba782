//! Filters are read, written and read again.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| r53tail_fuzz::filter::run(data));
