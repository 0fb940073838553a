//! Frames of the pipe: no input makes the reader panic or take memory that the input does not
//! account for, and what was read is written and reads the same.

#![no_main]

use std::{fmt::Debug, io::Cursor};

use fuzz::{peak, same};
use libfuzzer_sys::fuzz_target;
use protocol::{FromWorker, ToWorker, frame};
use serde::{Serialize, de::DeserializeOwned};

/// What reading may take: its first buffer and room for a message, then so much for every byte.
const FIRST: usize = 128 * 1024;
const PER_BYTE: usize = 1024;

fuzz_target!(init: fuzz::init(), |bytes: &[u8]| {
    stream::<FromWorker>(bytes);
    stream::<ToWorker>(bytes);
    // The same as the content of one frame: mutations seldom leave a length word that fits.
    let mut framed = u32::try_from(bytes.len()).expect("inputs are short").to_le_bytes().to_vec();
    framed.extend_from_slice(bytes);
    stream::<FromWorker>(&framed);
    stream::<ToWorker>(&framed);
});

fn stream<T: DeserializeOwned + Serialize + PartialEq + Debug>(bytes: &[u8]) {
    let mut reader = Cursor::new(bytes);
    loop {
        let (read, grown) = peak(|| frame::read::<T>(&mut reader));
        assert!(grown <= FIRST + PER_BYTE * bytes.len(), "{} bytes took {grown} bytes to read", bytes.len());
        let Ok(Some(read)) = read else {
            return;
        };
        let mut written = Vec::new();
        frame::append(&mut written, &read).expect("what was read can be written");
        let again = frame::read::<T>(&mut Cursor::new(&written)).expect("what was written can be read");
        let again = again.expect("there is a frame");
        assert!(same(&read, &again), "{read:?} came back as {again:?}");
        let mut rewritten = Vec::new();
        frame::append(&mut rewritten, &again).expect("what was read can be written");
        assert_eq!(String::from_utf8_lossy(&written), String::from_utf8_lossy(&rewritten));
    }
}
