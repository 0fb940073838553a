//! What the page may ask for. Each command sends one request to a session and awaits its reply.

use protocol::{
    Command, Misuse,
    edge::{Batch, EdgeReply, EdgeSource},
};
use serde::Serialize;
use specta::Type;
use tauri::{State, ipc::Channel};

use crate::sessions::{SessionError, Sessions};

/// An error with a code to switch on.
#[derive(Debug, Serialize, Type)]
pub(crate) struct AppError {
    code: String,
    message: String,
}

impl From<SessionError> for AppError {
    fn from(error: SessionError) -> Self {
        Self { code: error.code().to_owned(), message: error.to_string() }
    }
}

/// Opens a session. Its events arrive on the channel in numbered batches; each has to be
/// acknowledged, or the program waits.
#[tauri::command]
#[specta::specta]
pub(crate) async fn open_session(sessions: State<'_, Sessions>, on_events: Channel<Batch>) -> Result<u32, AppError> {
    let send = move |batch| on_events.send(batch).is_ok();
    Ok(sessions.open(send)?)
}

/// Runs a program in a fresh interpreter and answers when it has ended.
#[tauri::command]
#[specta::specta]
pub(crate) async fn run(
    sessions: State<'_, Sessions>,
    session: u32,
    source: EdgeSource,
) -> Result<EdgeReply, AppError> {
    match source.try_into() {
        Ok(source) => Ok(sessions.ask(session, Command::Run(source))?.await?),
        Err(misuse) => Ok(refused(misuse)),
    }
}

/// Stops what runs.
#[tauri::command]
#[specta::specta]
pub(crate) async fn cancel(sessions: State<'_, Sessions>, session: u32) -> Result<EdgeReply, AppError> {
    Ok(sessions.ask(session, Command::Cancel)?.await?)
}

/// Says that a batch was taken in. It only counts, so it may run on the window's thread.
#[tauri::command]
#[specta::specta]
#[expect(clippy::needless_pass_by_value, reason = "this is how Tauri hands it over")]
pub(crate) fn acknowledge(sessions: State<'_, Sessions>, session: u32) {
    sessions.acknowledge(session);
}

/// Closes a session and ends its child process.
#[tauri::command]
#[specta::specta]
pub(crate) async fn close_session(sessions: State<'_, Sessions>, session: u32) -> Result<(), AppError> {
    sessions.close(session);
    Ok(())
}

fn refused(misuse: Misuse) -> EdgeReply {
    EdgeReply::from_reply(protocol::Reply::Error(misuse), 0)
}
