//! Dumps of pauses under a budget of bytes.

use std::{collections::BTreeMap, sync::Arc};

/// How many of the newest are spared when old ones go.
const RECENT: usize = 8;

/// Dumps by the entry that they belong to. Over budget every second one between the first and the
/// newest goes, and from then on only every n-th of those that grow old stays.
#[derive(Debug)]
pub struct Dumps {
    kept: BTreeMap<u64, Dump>,
    bytes: usize,
    budget: usize,
    /// How many there were in all.
    count: u64,
    /// Each how many-th of the old ones stays.
    stride: u64,
}

#[derive(Debug)]
struct Dump {
    number: u64,
    bytes: Arc<[u8]>,
}

impl Dumps {
    pub fn new(budget: usize) -> Self {
        Self { kept: BTreeMap::new(), bytes: 0, budget, count: 0, stride: 1 }
    }

    /// Adds one and returns the entries whose dumps had to go for it.
    pub fn insert(&mut self, entry: u64, dump: Arc<[u8]>) -> Vec<u64> {
        self.remove(entry);
        self.bytes += dump.len();
        self.kept.insert(entry, Dump { number: self.count, bytes: dump });
        self.count += 1;
        let mut gone: Vec<u64> = self.grown_old().into_iter().collect();
        while self.bytes > self.budget && self.kept.len() > RECENT + 1 {
            self.stride *= 2;
            gone.extend(self.thin());
        }
        // What is left are the first and the newest. The newest may stay only if it fits.
        while self.bytes > self.budget
            && let Some(oldest) = self.kept.keys().next().copied()
        {
            self.remove(oldest);
            gone.push(oldest);
        }
        gone
    }

    /// Drops the one that is no longer among the newest, unless it is the first or an n-th.
    fn grown_old(&mut self) -> Option<u64> {
        let (entry, dump) = self.kept.iter().nth_back(RECENT)?;
        let entry = *entry;
        let goes = dump.number % self.stride != 0 && self.kept.len() > RECENT + 1;
        goes.then(|| self.remove(entry)).map(|()| entry)
    }

    /// Drops the old ones that are not the n-th.
    fn thin(&mut self) -> Vec<u64> {
        let old = self.kept.len().saturating_sub(RECENT);
        let between = self.kept.iter().take(old).skip(1);
        let gone: Vec<u64> =
            between.filter(|(_, dump)| dump.number % self.stride != 0).map(|(entry, _)| *entry).collect();
        for entry in &gone {
            self.remove(*entry);
        }
        gone
    }

    pub fn get(&self, entry: u64) -> Option<&Arc<[u8]>> {
        self.kept.get(&entry).map(|dump| &dump.bytes)
    }

    /// The newest one at an entry or before it.
    pub fn at_or_before(&self, entry: u64) -> Option<(u64, &Arc<[u8]>)> {
        self.kept.range(..=entry).next_back().map(|(entry, dump)| (*entry, &dump.bytes))
    }

    pub fn remove(&mut self, entry: u64) {
        if let Some(dump) = self.kept.remove(&entry) {
            self.bytes -= dump.bytes.len();
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
        assert!(widest <= Some(33), "{kept:?}");
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
