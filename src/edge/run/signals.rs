//! Signals that end what is being read, and not the program.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use crossbeam_channel::{Receiver, bounded};

use crate::edge::feed::live::request::Stop;

/// Has `stop` end it at the first signal; the number of the signal comes through what is returned. At a
/// second one, and once `over`, signals do what they do to other programs.
#[cfg(unix)]
pub(super) fn listen(stop: Stop, over: Option<Arc<AtomicBool>>) -> io::Result<Receiver<i32>> {
    use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
    let mut signals = signal_hook::iterator::Signals::new([SIGHUP, SIGINT, SIGTERM])?;
    let (sender, receiver) = bounded(1);
    std::thread::Builder::new().name("signals".to_owned()).spawn(move || {
        let mut stopping = false;
        for signal in signals.forever() {
            if let Some(over) = &over
                && (stopping || over.load(Ordering::Relaxed))
            {
                // If that fails, the next one may do it.
                _ = signal_hook::low_level::emulate_default_handler(signal);
            }
            stopping = true;
            // The first one says why it ended.
            _ = sender.try_send(signal);
            stop.now();
        }
    })?;
    Ok(receiver)
}

#[cfg(not(unix))]
pub(super) fn listen(stop: Stop, _: Option<Arc<AtomicBool>>) -> io::Result<Receiver<i32>> {
    // Kept for good: without it nothing would be followed.
    std::mem::forget(stop);
    Ok(bounded(1).1)
}

/// What ends the reading of objects: the first signal until it is dropped.
pub(super) struct SignalWatch {
    signal: Receiver<i32>,
    over: Arc<AtomicBool>,
}

impl SignalWatch {
    /// Begins to listen.
    ///
    /// # Errors
    /// If the system does not let it.
    pub(super) fn new(stop: Stop) -> io::Result<Self> {
        let over = Arc::new(AtomicBool::new(false));
        Ok(Self { signal: listen(stop, Some(Arc::clone(&over)))?, over })
    }

    /// Which signal it was, if there was one.
    pub(super) fn signal(&self) -> Option<u8> {
        self.signal.try_recv().ok().map(|number| u8::try_from(number).unwrap_or(0))
    }
}

impl Drop for SignalWatch {
    fn drop(&mut self) {
        self.over.store(true, Ordering::Relaxed);
    }
}
