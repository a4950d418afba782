//! The console under any messages, at any size.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| r53tail_fuzz::console::run(data));
