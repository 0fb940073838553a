//! Dialogs of the system. Behind a trait, because nothing can press their buttons in a test.

#[cfg(feature = "scripted-dialogs")]
use std::sync::{Mutex, PoisonError};
use std::{path::PathBuf, sync::Arc};

use tauri::AppHandle;
use tauri_plugin_dialog::{DialogExt, MessageDialogButtons};
use tokio::sync::oneshot;

/// Where tests say what a person chooses: a file of lines, a path each (any word for yes), or `cancel`.
#[cfg(feature = "scripted-dialogs")]
const SCRIPT: &str = "MONTY_PLAYGROUND_DIALOGS";

/// Asks a person for a path or a word, and says nothing of how.
trait Ask: Send + Sync {
    fn open(&self, app: &AppHandle, extensions: Vec<String>, chosen: oneshot::Sender<Option<PathBuf>>);
    fn save(&self, app: &AppHandle, filename: &str, chosen: oneshot::Sender<Option<PathBuf>>);
    fn folder(&self, app: &AppHandle, chosen: oneshot::Sender<Option<PathBuf>>);
    fn confirm(&self, app: &AppHandle, question: &str, yes: &str, said: oneshot::Sender<bool>);
}

pub(crate) struct Dialogs(Arc<dyn Ask>);

impl Dialogs {
    /// Those of the system; in a build for tests scripted ones, where there is a script.
    pub(crate) fn new() -> Self {
        #[cfg(feature = "scripted-dialogs")]
        if let Some(script) = std::env::var_os(SCRIPT) {
            return Self(Arc::new(Scripted { script: script.into(), next: Mutex::new(0) }));
        }
        Self(Arc::new(System))
    }

    pub(crate) async fn open(&self, app: &AppHandle, accept: Option<&str>) -> Option<PathBuf> {
        let (chosen, choice) = oneshot::channel();
        self.0.open(app, extensions(accept), chosen);
        choice.await.ok().flatten()
    }

    pub(crate) async fn save(&self, app: &AppHandle, filename: &str) -> Option<PathBuf> {
        let (chosen, choice) = oneshot::channel();
        self.0.save(app, filename, chosen);
        choice.await.ok().flatten()
    }

    pub(crate) async fn folder(&self, app: &AppHandle) -> Option<PathBuf> {
        let (chosen, choice) = oneshot::channel();
        self.0.folder(app, chosen);
        choice.await.ok().flatten()
    }

    /// Whether a person says `yes`, the word on the button.
    pub(crate) async fn confirm(&self, app: &AppHandle, question: &str, yes: &str) -> bool {
        let (said, answer) = oneshot::channel();
        self.0.confirm(app, question, yes, said);
        answer.await.unwrap_or(false)
    }
}

/// The endings of files in what a page calls `accept`; types that are none are left out.
fn extensions(accept: Option<&str>) -> Vec<String> {
    let items = accept.unwrap_or_default().split(',').map(str::trim);
    let endings = items.filter_map(|item| item.strip_prefix('.')).filter(|ending| !ending.is_empty());
    endings.map(str::to_owned).collect()
}

struct System;

impl Ask for System {
    fn open(&self, app: &AppHandle, extensions: Vec<String>, chosen: oneshot::Sender<Option<PathBuf>>) {
        let mut dialog = app.dialog().file().set_title("Open a file");
        if !extensions.is_empty() {
            let endings: Vec<&str> = extensions.iter().map(String::as_str).collect();
            dialog = dialog.add_filter("Files", &endings);
        }
        dialog.pick_file(move |path| drop(chosen.send(path.and_then(|path| path.into_path().ok()))));
    }

    fn save(&self, app: &AppHandle, filename: &str, chosen: oneshot::Sender<Option<PathBuf>>) {
        let dialog = app.dialog().file().set_title("Save a file").set_file_name(filename);
        dialog.save_file(move |path| drop(chosen.send(path.and_then(|path| path.into_path().ok()))));
    }

    fn folder(&self, app: &AppHandle, chosen: oneshot::Sender<Option<PathBuf>>) {
        let dialog = app.dialog().file().set_title("Mount a folder");
        dialog.pick_folder(move |path| drop(chosen.send(path.and_then(|path| path.into_path().ok()))));
    }

    fn confirm(&self, app: &AppHandle, question: &str, yes: &str, said: oneshot::Sender<bool>) {
        let buttons = MessageDialogButtons::OkCancelCustom(yes.to_owned(), "Cancel".to_owned());
        let dialog = app.dialog().message(question).title("Monty Playground").buttons(buttons);
        dialog.show(move |answer| {
            // Whoever asked may have gone.
            let _ = said.send(answer);
        });
    }
}

/// What a script says, one line after the other.
#[cfg(feature = "scripted-dialogs")]
struct Scripted {
    script: PathBuf,
    next: Mutex<usize>,
}

#[cfg(feature = "scripted-dialogs")]
impl Scripted {
    fn next(&self) -> Option<PathBuf> {
        let mut next = self.next.lock().unwrap_or_else(PoisonError::into_inner);
        let script = std::fs::read_to_string(&self.script).unwrap_or_default();
        let line = script.lines().nth(*next)?.to_owned();
        *next += 1;
        (line != "cancel").then(|| PathBuf::from(line))
    }
}

#[cfg(feature = "scripted-dialogs")]
impl Ask for Scripted {
    fn open(&self, _: &AppHandle, _: Vec<String>, chosen: oneshot::Sender<Option<PathBuf>>) {
        let _ = chosen.send(self.next());
    }

    fn save(&self, _: &AppHandle, _: &str, chosen: oneshot::Sender<Option<PathBuf>>) {
        let _ = chosen.send(self.next());
    }

    fn folder(&self, _: &AppHandle, chosen: oneshot::Sender<Option<PathBuf>>) {
        let _ = chosen.send(self.next());
    }

    fn confirm(&self, _: &AppHandle, _: &str, _: &str, said: oneshot::Sender<bool>) {
        let _ = said.send(self.next().is_some());
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn endings_are_taken_from_accept() {
        assert_eq!(super::extensions(Some(".csv, .txt,text/plain,.")), ["csv", "txt"]);
        assert!(super::extensions(None).is_empty());
    }
}
