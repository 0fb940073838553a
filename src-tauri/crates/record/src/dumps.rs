//! Dumps of pauses under a budget of bytes.

use std::{collections::BTreeMap, sync::Arc};

/// How many of the newest are spared when old ones go.
const RECENT: usize = 8;

/// Dumps by the entry that they belong to. Over budget every second one between the first and the
/// newest goes, again and again, so that what is left is spread evenly.
#[derive(Debug)]
pub struct Dumps {
    kept: BTreeMap<u64, Arc<[u8]>>,
    bytes: usize,
    budget: usize,
}

impl Dumps {
    pub fn new(budget: usize) -> Self {
        Self { kept: BTreeMap::new(), bytes: 0, budget }
    }

    /// Adds one and returns the entries whose dumps had to go for it.
    pub fn insert(&mut self, entry: u64, dump: Arc<[u8]>) -> Vec<u64> {
        self.bytes += dump.len();
        if let Some(old) = self.kept.insert(entry, dump) {
            self.bytes -= old.len();
        }
        let mut gone = Vec::new();
        while self.bytes > self.budget {
            let middle: Vec<u64> = match self.kept.len() {
                0 => break,
                length if length > RECENT + 2 => {
                    self.kept.keys().take(length - RECENT).skip(1).step_by(2).copied().collect()
                }
                // The newest may stay only if it fits.
                _ => self.kept.keys().take(1).copied().collect(),
            };
            for entry in middle {
                self.remove(entry);
                gone.push(entry);
            }
        }
        gone
    }

    pub fn get(&self, entry: u64) -> Option<&Arc<[u8]>> {
        self.kept.get(&entry)
    }

    /// The newest one at an entry or before it.
    pub fn at_or_before(&self, entry: u64) -> Option<(u64, &Arc<[u8]>)> {
        self.kept.range(..=entry).next_back().map(|(entry, dump)| (*entry, dump))
    }

    pub fn remove(&mut self, entry: u64) {
        if let Some(dump) = self.kept.remove(&entry) {
            self.bytes -= dump.len();
        }
    }

    pub fn bytes(&self) -> usize {
        self.bytes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_middle_goes_first_and_what_is_left_is_spread_evenly() {
        let mut dumps = Dumps::new(64 * 100);
        for entry in 0..1000 {
            dumps.insert(entry, Arc::from([0; 64]));
            assert!(dumps.bytes() <= 64 * 100);
        }
        assert!(dumps.get(0).is_some(), "the first");
        for entry in 993..1000 {
            assert!(dumps.get(entry).is_some(), "the newest, {entry}");
        }
        let kept: Vec<u64> = dumps.kept.keys().copied().collect();
        assert!(kept.len() > 40, "{kept:?}");
        let widest = kept.windows(2).map(|pair| pair[1] - pair[0]).max();
        assert!(widest <= Some(300), "{kept:?}");
        assert_eq!(dumps.at_or_before(5000).map(|(entry, _)| entry), Some(999));
    }

    #[test]
    fn one_that_does_not_fit_goes_itself() {
        let mut dumps = Dumps::new(100);
        dumps.insert(1, Arc::from([0; 60]));
        assert_eq!(dumps.insert(2, Arc::from([0; 101])), [1, 2]);
        assert_eq!(dumps.bytes(), 0);
        dumps.insert(3, Arc::from([0; 100]));
        assert!(dumps.get(3).is_some());
    }
}
