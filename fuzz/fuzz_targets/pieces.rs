//! A log in pieces is the log in one.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| r53tail_fuzz::pieces::run(data));
