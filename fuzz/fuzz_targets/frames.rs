//! Frames of event streams.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| r53tail_fuzz::frames::run(data));
