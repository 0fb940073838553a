//! Dates and times as ISO 8601, in the form Python's `isoformat` writes.

use std::{fmt, str::FromStr};

use serde::Serialize;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Date {
    pub year: u16,
    pub month: u8,
    pub day: u8,
}

/// A time of day; the offset is seconds east of UTC.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Time {
    pub hour: u8,
    pub minute: u8,
    pub second: u8,
    pub microsecond: u32,
    pub offset: Option<i32>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DateTime {
    pub date: Date,
    pub time: Time,
}

/// Normalised as Python does: `0 <= seconds < 86400`, `0 <= microseconds < 1000000`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct TimeDelta {
    pub days: i32,
    pub seconds: i32,
    pub microseconds: i32,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct TimeZone {
    pub offset_seconds: i32,
    pub name: Option<String>,
}

const DAY: i32 = 86_400;
const MAX_DAYS: i64 = 999_999_999;

/// The text is no date or time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotATime;

impl Date {
    pub fn new(year: u16, month: u8, day: u8) -> Option<Self> {
        let leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
        let days = match month {
            1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
            4 | 6 | 9 | 11 => 30,
            2 if leap => 29,
            2 => 28,
            _ => return None,
        };
        ((1..=9999).contains(&year) && (1..=days).contains(&day)).then_some(Self { year, month, day })
    }
}

impl Time {
    pub fn new(hour: u8, minute: u8, second: u8, microsecond: u32, offset: Option<i32>) -> Option<Self> {
        let fits = hour < 24 && minute < 60 && second < 60 && microsecond < 1_000_000;
        let offset_fits = offset.is_none_or(|offset| offset.abs() < DAY);
        (fits && offset_fits).then_some(Self { hour, minute, second, microsecond, offset })
    }
}

impl TimeDelta {
    /// Carries microseconds into seconds and seconds into days; `None` beyond Python's range.
    pub fn normal(days: i64, seconds: i64, microseconds: i64) -> Option<Self> {
        let seconds = seconds.checked_add(microseconds.div_euclid(1_000_000))?;
        let days = days.checked_add(seconds.div_euclid(i64::from(DAY)))?;
        (-MAX_DAYS..=MAX_DAYS).contains(&days).then_some(())?;
        Some(Self {
            days: i32::try_from(days).ok()?,
            seconds: i32::try_from(seconds.rem_euclid(i64::from(DAY))).ok()?,
            microseconds: i32::try_from(microseconds.rem_euclid(1_000_000)).ok()?,
        })
    }
}

impl TimeZone {
    pub fn new(offset_seconds: i32, name: Option<String>) -> Option<Self> {
        (offset_seconds.checked_abs()? < DAY).then_some(Self { offset_seconds, name })
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }
}

impl fmt::Display for Time {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:02}:{:02}:{:02}", self.hour, self.minute, self.second)?;
        if self.microsecond != 0 {
            write!(f, ".{:06}", self.microsecond)?;
        }
        let Some(offset) = self.offset else {
            return Ok(());
        };
        let sign = if offset < 0 { '-' } else { '+' };
        let offset = offset.abs();
        write!(f, "{sign}{:02}:{:02}", offset / 3600, offset / 60 % 60)?;
        match offset % 60 {
            0 => Ok(()),
            seconds => write!(f, ":{seconds:02}"),
        }
    }
}

impl fmt::Display for DateTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}T{}", self.date, self.time)
    }
}

impl FromStr for Date {
    type Err = NotATime;

    fn from_str(text: &str) -> Result<Self, NotATime> {
        let mut reader = Reader(text);
        let date = reader.date()?;
        reader.end()?;
        Ok(date)
    }
}

impl FromStr for Time {
    type Err = NotATime;

    fn from_str(text: &str) -> Result<Self, NotATime> {
        let mut reader = Reader(text);
        let time = reader.time()?;
        reader.end()?;
        Ok(time)
    }
}

impl FromStr for DateTime {
    type Err = NotATime;

    fn from_str(text: &str) -> Result<Self, NotATime> {
        let mut reader = Reader(text);
        let date = reader.date()?;
        reader.one_of(&['T', ' '])?;
        let time = reader.time()?;
        reader.end()?;
        Ok(Self { date, time })
    }
}

struct Reader<'a>(&'a str);

impl Reader<'_> {
    fn digits<T: FromStr>(&mut self, count: usize) -> Result<T, NotATime> {
        let (digits, rest) = self.0.split_at_checked(count).ok_or(NotATime)?;
        if !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(NotATime);
        }
        self.0 = rest;
        digits.parse().map_err(|_| NotATime)
    }

    fn one_of(&mut self, wanted: &[char]) -> Result<(), NotATime> {
        self.0 = self.0.strip_prefix(wanted).ok_or(NotATime)?;
        Ok(())
    }

    fn take(&mut self, wanted: char) -> bool {
        self.one_of(&[wanted]).is_ok()
    }

    fn end(&self) -> Result<(), NotATime> {
        self.0.is_empty().then_some(()).ok_or(NotATime)
    }

    fn date(&mut self) -> Result<Date, NotATime> {
        let year = self.digits(4)?;
        self.one_of(&['-'])?;
        let month = self.digits(2)?;
        self.one_of(&['-'])?;
        let day = self.digits(2)?;
        Date::new(year, month, day).ok_or(NotATime)
    }

    fn time(&mut self) -> Result<Time, NotATime> {
        let hour = self.digits(2)?;
        self.one_of(&[':'])?;
        let minute = self.digits(2)?;
        let second = if self.take(':') { self.digits(2)? } else { 0 };
        let microsecond = if self.take('.') { self.fraction()? } else { 0 };
        let offset = self.offset()?;
        Time::new(hour, minute, second, microsecond, offset).ok_or(NotATime)
    }

    fn fraction(&mut self) -> Result<u32, NotATime> {
        let count = self.0.bytes().take_while(u8::is_ascii_digit).count();
        let scale = u32::try_from(count).ok().and_then(|count| 6_u32.checked_sub(count)).ok_or(NotATime)?;
        Ok(self.digits::<u32>(count)? * 10_u32.pow(scale))
    }

    fn offset(&mut self) -> Result<Option<i32>, NotATime> {
        if self.take('Z') {
            return Ok(Some(0));
        }
        let sign = match self.0.chars().next() {
            Some('+') => 1,
            Some('-') => -1,
            _ => return Ok(None),
        };
        self.one_of(&['+', '-'])?;
        let hours: i32 = self.digits(2)?;
        self.one_of(&[':'])?;
        let minutes: i32 = self.digits(2)?;
        let seconds: i32 = if self.take(':') { self.digits(2)? } else { 0 };
        if hours > 23 || minutes > 59 || seconds > 59 {
            return Err(NotATime);
        }
        Ok(Some(sign * (hours * 3600 + minutes * 60 + seconds)))
    }
}
