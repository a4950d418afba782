//! Answers of name servers and of EC2.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| r53tail_fuzz::answers::run(data));
