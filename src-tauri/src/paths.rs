//! Paths as a person reads them. What the page gets is for the eye; nothing here is read back.

use std::path::Path;

/// The last part of a path.
pub(crate) fn name(path: &Path) -> String {
    path.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned())
}

/// A path with `~` for the folder of the user.
pub(crate) fn shown(path: &Path) -> String {
    shown_from(path, std::env::home_dir().as_deref())
}

fn shown_from(path: &Path, home: Option<&Path>) -> String {
    match home.filter(|home| home.parent().is_some()).and_then(|home| path.strip_prefix(home).ok()) {
        Some(rest) if rest.as_os_str().is_empty() => "~".to_owned(),
        Some(rest) => Path::new("~").join(rest).display().to_string(),
        None => path.display().to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_folder_of_the_user_is_shortened() {
        let shown = |path: &str, home: &str| shown_from(Path::new(path), Some(Path::new(home)));
        for (path, home, words) in [
            ("/home/ada/work/a", "/home/ada", "~/work/a"),
            ("/home/ada", "/home/ada", "~"),
            ("/home/adam/work", "/home/ada", "/home/adam/work"),
            ("/srv/a", "/", "/srv/a"),
        ] {
            assert_eq!(shown(path, home), words);
        }
        assert_eq!(shown_from(Path::new("/a/b"), None), "/a/b");
        assert_eq!([name(Path::new("/a/b.py")), name(Path::new("/"))], ["b.py", ""]);
    }
}
