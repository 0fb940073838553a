//! What a program reads of time and chance.

use std::{collections::VecDeque, time::Duration};

use chrono::{DateTime, Datelike as _, NaiveDateTime, Timelike as _};
use monty_types::{DateTimeSource, MontyDate, MontyDateTime, MontyObject, OsFunctionCall, OsPolicy, SleepMode};
use protocol::{Deterministic, Source};
use serde::{Deserialize, Serialize};

/// Where the readings of a run come from.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) struct Clockwork {
    pub(crate) kind: Kind,
    /// How many bytes of chance were given out.
    drawn: u64,
    /// The time that has passed for a program whose sleep takes none.
    pub(crate) passed: Duration,
}

#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(crate) enum Kind {
    #[default]
    Real,
    /// It starts at a fixed moment, and only sleep moves it.
    Fixed { start: i64 },
    /// What another run read; the real clock where that ends.
    Recorded { readings: VecDeque<i64> },
}

impl Clockwork {
    pub(crate) fn of(source: &Source) -> Self {
        let kind = match (&source.clock, source.deterministic) {
            (_, Some(Deterministic { clock_ms, .. })) => Kind::Fixed { start: clock_ms.saturating_mul(1000) },
            (Some(readings), None) => Kind::Recorded { readings: readings.iter().copied().collect() },
            (None, None) => Kind::Real,
        };
        Self { kind, drawn: 0, passed: Duration::ZERO }
    }

    /// Gives what another run read; nothing: the real clock, where another run was repeated.
    pub(crate) fn repeat(&mut self, readings: Vec<i64>) {
        match self.kind {
            Kind::Fixed { .. } => {}
            _ if readings.is_empty() => self.kind = Kind::Real,
            _ => self.kind = Kind::Recorded { readings: readings.into() },
        }
    }

    /// Whether sleep takes no time.
    pub(crate) fn skips_sleep(&self) -> bool {
        !matches!(self.kind, Kind::Real)
    }

    /// A reading in microseconds since 1970.
    pub(crate) fn read(&mut self, real: impl FnOnce() -> i64) -> i64 {
        match &mut self.kind {
            Kind::Real => real(),
            Kind::Fixed { start } => start.saturating_add(i64::try_from(self.passed.as_micros()).unwrap_or(i64::MAX)),
            Kind::Recorded { readings } => readings.pop_front().unwrap_or_else(real),
        }
    }

    /// The next bytes of chance that follow from a seed. They are for programs that have to be
    /// repeatable, not for secrets.
    pub(crate) fn draw(&mut self, seed: u64, size: usize) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(size);
        while bytes.len() < size {
            self.drawn = self.drawn.wrapping_add(1);
            let word = mix(seed.wrapping_add(self.drawn.wrapping_mul(0x9E37_79B9_7F4A_7C15))).to_le_bytes();
            bytes.extend_from_slice(&word[..word.len().min(size - bytes.len())]);
        }
        bytes
    }
}

/// The finaliser of `SplitMix64`.
fn mix(mut word: u64) -> u64 {
    word = (word ^ (word >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    word = (word ^ (word >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    word ^ (word >> 31)
}

/// How the interpreter itself treats time and chance: it asks us.
pub(crate) fn policy(source: &Source) -> OsPolicy {
    let mut policy = OsPolicy { sleep: SleepMode::CallHost, datetime: DateTimeSource::CallHost, ..OsPolicy::default() };
    let seed = source.deterministic.map(|fixed| fixed.seed).or(source.seed);
    if let Some(seed) = seed {
        policy.random_start = monty_types::RandomStart::Seed(monty_types::RandomSeed::Int(seed.into()));
    }
    if let Some(outside) = &source.outside {
        policy.datetime = DateTimeSource::System;
        if let Some(zone) = outside.time_zone.as_deref().and_then(|name| monty_types::SandboxTimeZone::named(name).ok())
        {
            policy.timezone = zone;
        }
    }
    policy
}

/// A reading as the call wants it; nothing if the call reads no clock, or Python has no such date.
pub(crate) fn answer(call: &OsFunctionCall, micros: i64) -> Option<MontyObject> {
    Some(match call {
        #[expect(clippy::cast_precision_loss, reason = "as Python's own clock is a float")]
        OsFunctionCall::Time(_) => MontyObject::float(micros as f64 / 1e6),
        OsFunctionCall::DateToday => {
            let date = at(micros)?;
            let (year, month, day) = (date.year(), part(date.month()), part(date.day()));
            MontyObject::date(MontyDate { year, month, day })
        }
        OsFunctionCall::DateTimeNow(zone) => {
            let offset = zone.as_ref().map_or(0, |zone| zone.offset_seconds);
            let time = at(micros.saturating_add(i64::from(offset) * 1_000_000))?;
            MontyObject::datetime(MontyDateTime {
                year: time.year(),
                month: part(time.month()),
                day: part(time.day()),
                hour: part(time.hour()),
                minute: part(time.minute()),
                second: part(time.second()),
                microsecond: time.nanosecond() / 1000,
                offset_seconds: zone.as_ref().map(|zone| zone.offset_seconds),
                timezone_name: zone.as_ref().and_then(|zone| zone.name.clone()),
            })
        }
        _ => return None,
    })
}

/// A reading as `now()` gives it: ISO 8601 in UTC.
pub(crate) fn iso(micros: i64) -> Option<String> {
    Some(at(micros)?.format("%Y-%m-%dT%H:%M:%S%.6fZ").to_string())
}

fn at(micros: i64) -> Option<NaiveDateTime> {
    let time = DateTime::from_timestamp_micros(micros)?.naive_utc();
    (1..=9999).contains(&time.year()).then_some(time)
}

fn part(of_date: u32) -> u8 {
    u8::try_from(of_date).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chance_follows_from_the_seed() {
        let draw = |seed, sizes: &[usize]| {
            let mut clockwork = Clockwork::default();
            sizes.iter().flat_map(|size| clockwork.draw(seed, *size)).collect::<Vec<_>>()
        };
        assert_eq!(draw(7, &[8, 8]), draw(7, &[8, 8]));
        assert_ne!(draw(7, &[16]), draw(8, &[16]));
        assert_eq!(draw(7, &[3]).len(), 3);
    }
}
