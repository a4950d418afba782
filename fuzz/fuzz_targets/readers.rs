//! Each quick reader reads what the general one reads.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| r53tail_fuzz::readers::run(data));
