//! A path as a program spells it, and the names it leads through.

use crate::error::Errno;

pub(crate) const MAX_PATH: usize = 4096;
pub(crate) const MAX_NAME: usize = 255;

/// Where a path leads, from `/` on.
#[derive(Debug)]
pub(crate) struct Place<'a> {
    pub(crate) names: Vec<&'a str>,
    /// Whether it is spelled as only a folder can be: with a slash, `.` or `..` at its end.
    pub(crate) as_folder: bool,
}

impl<'a> Place<'a> {
    pub(crate) fn of(path: &'a str) -> Result<Self, Errno> {
        if path.is_empty() {
            return Err(Errno::NotFound);
        }
        if path.len() > MAX_PATH || path.split('/').any(|name| name.len() > MAX_NAME) {
            return Err(Errno::NameTooLong);
        }
        let mut names = Vec::new();
        for name in path.split('/') {
            match name {
                "" | "." => {}
                ".." => drop(names.pop()),
                name => names.push(name),
            }
        }
        let as_folder = matches!(path.rsplit('/').next(), Some("" | "." | ".."));
        Ok(Self { names, as_folder })
    }

    /// The bytes that it takes to spell.
    pub(crate) fn length(&self) -> usize {
        self.names.iter().map(|name| name.len() + 1).sum()
    }
}

/// The path of something in a folder.
pub(crate) fn below(folder: &str, name: &str) -> String {
    let slash = if folder.ends_with('/') { "" } else { "/" };
    format!("{folder}{slash}{name}")
}
