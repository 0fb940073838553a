//! What can go wrong, in the words of Linux and `CPython`.

use std::{borrow::Cow, fmt};

use monty_types::{ExcData, ExcType, MontyException, StringRepr};

use crate::path::MAX_PATH;

/// The codes that Linux answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Errno {
    NotFound,
    Busy,
    Exists,
    NotADirectory,
    IsADirectory,
    Invalid,
    NoSpace,
    NameTooLong,
    NotEmpty,
}

impl Errno {
    fn words(self) -> (u8, &'static str) {
        match self {
            Self::NotFound => (2, "No such file or directory"),
            Self::Busy => (16, "Device or resource busy"),
            Self::Exists => (17, "File exists"),
            Self::NotADirectory => (20, "Not a directory"),
            Self::IsADirectory => (21, "Is a directory"),
            Self::Invalid => (22, "Invalid argument"),
            Self::NoSpace => (28, "No space left on device"),
            Self::NameTooLong => (36, "File name too long"),
            Self::NotEmpty => (39, "Directory not empty"),
        }
    }

    fn exc_type(self) -> ExcType {
        match self {
            Self::NotFound => ExcType::FileNotFoundError,
            Self::Exists => ExcType::FileExistsError,
            Self::NotADirectory => ExcType::NotADirectoryError,
            Self::IsADirectory => ExcType::IsADirectoryError,
            _ => ExcType::OSError,
        }
    }
}

impl fmt::Display for Errno {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (number, words) = self.words();
        write!(formatter, "[Errno {number}] {words}")
    }
}

/// A call that failed. Its text is the message of the exception.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum FileError {
    #[error("{errno}{about}")]
    System { errno: Errno, about: String },
    #[error("{0}")]
    NullByte(&'static str),
    #[error("{message}")]
    NotText { message: String, data: ExcData },
    #[error("the answer about a folder would take more than {} MB", .0 / 1_000_000)]
    AnswerTooLarge(usize),
    #[error("directory scan examined more than {0} entries")]
    ScanTooLong(u32),
}

impl FileError {
    pub(crate) fn at(errno: Errno, path: &str) -> Self {
        Self::System { errno, about: format!(": {}", StringRepr(&shortened(path))) }
    }

    pub(crate) fn between(errno: Errno, from: &str, to: &str) -> Self {
        let (from, to) = (shortened(from), shortened(to));
        Self::System { errno, about: format!(": {} -> {}", StringRepr(&from), StringRepr(&to)) }
    }

    /// A write into an open file fails without saying where.
    pub(crate) fn writing(errno: Errno, path: &str) -> Self {
        match errno {
            Errno::NoSpace => Self::System { errno, about: String::new() },
            _ => Self::at(errno, path),
        }
    }
}

impl From<FileError> for MontyException {
    fn from(error: FileError) -> Self {
        let message = error.to_string();
        let (exc_type, data) = match error {
            FileError::System { errno, .. } => (errno.exc_type(), ExcData::None),
            FileError::NullByte(_) => (ExcType::ValueError, ExcData::None),
            FileError::NotText { data, .. } => (ExcType::UnicodeDecodeError, data),
            FileError::AnswerTooLarge(_) => (ExcType::MemoryError, ExcData::None),
            // No `OSError`, which a glob passes over: it would find nothing and say nothing.
            FileError::ScanTooLong(_) => (ExcType::RuntimeError, ExcData::None),
        };
        Self::new(exc_type, Some(message)).with_data(data)
    }
}

/// A path that a message can carry: a program may send one of any length.
fn shortened(path: &str) -> Cow<'_, str> {
    const EDGE: usize = 20;
    if path.len() <= MAX_PATH {
        return path.into();
    }
    let head = path.floor_char_boundary(EDGE);
    let tail = path.ceil_char_boundary(path.len() - EDGE);
    format!("{}…{}", &path[..head], &path[tail..]).into()
}
