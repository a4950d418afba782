//! Files of a user's own.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| r53tail_fuzz::settings::run(data));
