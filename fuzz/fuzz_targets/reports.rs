//! Reports are what their formats say.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| r53tail_fuzz::reports::run(data));
