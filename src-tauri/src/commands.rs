//! What the page may ask for. Each command sends one request to a session and awaits its reply.

use std::path::PathBuf;

use protocol::{
    Bytes, Command, Misuse, Opened, RecordQuery, Reply, Resolution, Value,
    edge::{
        EdgeDomEvent, EdgeNamed, EdgeRaised, EdgeReply, EdgeResolution, EdgeSource, named_from_json, value_from_json,
    },
    outside::Mode,
};
use serde::Serialize;
use specta::Type;
use tauri::{AppHandle, Manager as _, State, ipc::Channel};

use crate::{
    dialogs::Dialogs,
    files,
    grants::{Grants, Handed},
    mounts::{ChosenFolder, MountError, MountedFolder, Mounts},
    paths,
    recent::{Recent, RecentProgram},
    sessions::{Delivery, SessionError, Sessions},
    store::{PastRecord, Store, StoreError},
    workspace::{Workspace, WorkspaceError},
};

/// An error with a code to switch on.
#[derive(Debug, Serialize, Type)]
pub(crate) struct AppError {
    code: String,
    message: String,
}

impl AppError {
    fn of(code: &str, message: &str) -> Self {
        Self { code: code.to_owned(), message: message.to_owned() }
    }

    fn no_grant() -> Self {
        Self::of("grant", "this file was given to nobody, or to somebody before")
    }
}

impl From<SessionError> for AppError {
    fn from(error: SessionError) -> Self {
        Self { code: error.code().to_owned(), message: error.to_string() }
    }
}

impl From<StoreError> for AppError {
    fn from(error: StoreError) -> Self {
        Self { code: "store".to_owned(), message: error.to_string() }
    }
}

impl From<WorkspaceError> for AppError {
    fn from(error: WorkspaceError) -> Self {
        Self { code: "workspace".to_owned(), message: error.to_string() }
    }
}

impl From<MountError> for AppError {
    fn from(error: MountError) -> Self {
        Self { code: "mount".to_owned(), message: error.to_string() }
    }
}

type Answer = Result<EdgeReply, AppError>;

/// Sends a command that could be made of what the page said, or says what was wrong with that.
async fn ask(sessions: State<'_, Sessions>, session: u32, command: Result<Command, Misuse>) -> Answer {
    match command {
        Ok(command) => Ok(sessions.ask(session, command)?.await?),
        Err(misuse) => Ok(EdgeReply::from_reply(Reply::Error(misuse), 0)),
    }
}

/// Opens a session. Its events arrive on the channel in numbered batches; those that ask for it have
/// to be acknowledged, or the program waits.
#[tauri::command]
#[specta::specta]
pub(crate) async fn open_session(sessions: State<'_, Sessions>, on_events: Channel<Delivery>) -> Result<u32, AppError> {
    let send = move |delivery| on_events.send(delivery).is_ok();
    Ok(sessions.open(send)?)
}

/// Runs a program in a fresh interpreter and answers when it has ended.
#[tauri::command]
#[specta::specta]
pub(crate) async fn run(sessions: State<'_, Sessions>, session: u32, source: EdgeSource) -> Answer {
    ask(sessions, session, source.try_into().map(Command::Run)).await
}

/// The same, and pauses at calls of the listed functions.
#[tauri::command]
#[specta::specta]
pub(crate) async fn start(sessions: State<'_, Sessions>, session: u32, source: EdgeSource) -> Answer {
    ask(sessions, session, source.try_into().map(Command::Start)).await
}

/// The same in the interpreter whose names persist.
#[tauri::command]
#[specta::specta]
pub(crate) async fn feed(sessions: State<'_, Sessions>, session: u32, source: EdgeSource) -> Answer {
    ask(sessions, session, source.try_into().map(Command::Feed)).await
}

/// Answers the call that waits, with a value in JSON.
#[tauri::command]
#[specta::specta]
pub(crate) async fn resume(sessions: State<'_, Sessions>, session: u32, json: String) -> Answer {
    ask(sessions, session, value_from_json(&json).map(|value| Command::Resume { value })).await
}

/// Answers the call that waits with an exception.
#[tauri::command]
#[specta::specta]
pub(crate) async fn resume_with_error(sessions: State<'_, Sessions>, session: u32, error: EdgeRaised) -> Answer {
    let exc_type = error.exc_type.unwrap_or_else(|| "RuntimeError".to_owned());
    ask(sessions, session, Ok(Command::ResumeWithError { exc_type, message: error.message })).await
}

/// Answers that there is no such function.
#[tauri::command]
#[specta::specta]
pub(crate) async fn resume_not_found(sessions: State<'_, Sessions>, session: u32) -> Answer {
    ask(sessions, session, Ok(Command::ResumeNotFound)).await
}

/// Leaves the call open; Python holds an awaitable.
#[tauri::command]
#[specta::specta]
pub(crate) async fn resume_as_future(sessions: State<'_, Sessions>, session: u32) -> Answer {
    ask(sessions, session, Ok(Command::ResumeAsFuture)).await
}

/// Answers the call with the value of another program.
#[tauri::command]
#[specta::specta]
pub(crate) async fn resume_with_script(
    sessions: State<'_, Sessions>,
    session: u32,
    code: String,
    inputs: Vec<EdgeNamed>,
    script_name: Option<String>,
) -> Answer {
    let command = named_from_json(&inputs).map(|inputs| Command::ResumeWithScript { code, inputs, script_name });
    ask(sessions, session, command).await
}

/// Answers calls that were left open.
#[tauri::command]
#[specta::specta]
pub(crate) async fn resolve_futures(
    sessions: State<'_, Sessions>,
    session: u32,
    answers: Vec<EdgeResolution>,
) -> Answer {
    let answers: Result<Vec<(u32, Resolution)>, Misuse> = answers.into_iter().map(EdgeResolution::read).collect();
    ask(sessions, session, answers.map(|answers| Command::ResolveFutures { answers })).await
}

/// An event for `el_recv`, as JSON.
#[tauri::command]
#[specta::specta]
pub(crate) async fn dispatch(sessions: State<'_, Sessions>, session: u32, json: String) -> Answer {
    ask(sessions, session, value_from_json(&json).map(|value| Command::Dispatch { value })).await
}

/// Something happened to an element of the stage.
#[tauri::command]
#[specta::specta]
pub(crate) async fn dom_event(sessions: State<'_, Sessions>, session: u32, event: EdgeDomEvent) -> Answer {
    ask(sessions, session, event.try_into()).await
}

/// Tells the whole stage again.
#[tauri::command]
#[specta::specta]
pub(crate) async fn redraw(sessions: State<'_, Sessions>, session: u32) -> Answer {
    ask(sessions, session, Ok(Command::Redraw)).await
}

/// Answers what a program asked in an event.
#[tauri::command]
#[specta::specta]
pub(crate) async fn answer(sessions: State<'_, Sessions>, session: u32, answer: EdgeResolution) -> Answer {
    let command = answer.read().map(|(call_id, answer)| Command::Answer { call_id, answer });
    ask(sessions, session, command).await
}

/// Answers a request for a file by a dialog of the system. No path passes the page.
#[tauri::command]
#[specta::specta]
pub(crate) async fn pick_file(
    app: AppHandle,
    sessions: State<'_, Sessions>,
    dialogs: State<'_, Dialogs>,
    session: u32,
    call_id: u32,
    accept: Option<String>,
) -> Answer {
    let picked = dialogs.open(&app, accept.as_deref()).await;
    let answer = match picked {
        Some(path) => files::read(&app, &path),
        None => Resolution::Value(Value::None),
    };
    ask(sessions, session, Ok(Command::Answer { call_id, answer })).await
}

/// Answers a request for a file with one that was dropped on the window.
#[tauri::command]
#[specta::specta]
pub(crate) async fn give_dropped(
    app: AppHandle,
    sessions: State<'_, Sessions>,
    grants: State<'_, Grants>,
    session: u32,
    call_id: u32,
    grant: u32,
) -> Answer {
    let path = grants.take(grant).ok_or_else(AppError::no_grant)?;
    let answer = files::read(&app, &path);
    ask(sessions, session, Ok(Command::Answer { call_id, answer })).await
}

/// Tells the page of files that come to the window: by number and name.
#[tauri::command]
#[specta::specta]
pub(crate) async fn watch_files(grants: State<'_, Grants>, on_files: Channel<Handed>) -> Result<(), AppError> {
    grants.watch(on_files);
    Ok(())
}

/// What is in a file that came to the window, in base64, for programs to find.
#[tauri::command]
#[specta::specta]
pub(crate) async fn read_data(app: AppHandle, grants: State<'_, Grants>, dropped: u32) -> Result<String, AppError> {
    let path = grants.take(dropped).ok_or_else(AppError::no_grant)?;
    let data = files::read_bytes(&app, &path).map_err(|message| AppError::of("file", &message))?;
    Ok(data.to_base64())
}

/// Saves a file that a program gives away, where a person wants it; false if they do not.
#[tauri::command]
#[specta::specta]
pub(crate) async fn save_file(
    app: AppHandle,
    dialogs: State<'_, Dialogs>,
    filename: String,
    data: String,
) -> Result<bool, AppError> {
    let data = Bytes::from_base64(&data).ok_or_else(|| AppError::of("badValue", "the data is no base64"))?;
    let Some(path) = dialogs.save(&app, &filename).await else { return Ok(false) };
    files::write(&app, &path, &data.0).map_err(|message| AppError::of("file", &message))?;
    Ok(true)
}

/// A program that a person has opened or saved. Its number stands for its place.
#[derive(Debug, Serialize, Type)]
pub(crate) struct OpenedProgram {
    grant: u32,
    name: String,
    code: String,
}

impl OpenedProgram {
    fn read(app: &AppHandle, path: PathBuf) -> Result<Self, AppError> {
        let code = files::read_text(app, &path).map_err(|message| AppError::of("file", &message))?;
        app.state::<Recent>().add(&path);
        Ok(Self { name: paths::name(&path), grant: app.state::<Grants>().keep(path), code })
    }
}

/// Opens a program that a person picks; nothing if they pick none.
#[tauri::command]
#[specta::specta]
pub(crate) async fn open_program(
    app: AppHandle,
    dialogs: State<'_, Dialogs>,
) -> Result<Option<OpenedProgram>, AppError> {
    let Some(path) = dialogs.open(&app, Some(".py")).await else { return Ok(None) };
    OpenedProgram::read(&app, path).map(Some)
}

/// Opens a program that was dropped on the window.
#[tauri::command]
#[specta::specta]
pub(crate) async fn read_program(
    app: AppHandle,
    grants: State<'_, Grants>,
    dropped: u32,
) -> Result<OpenedProgram, AppError> {
    let path = grants.take(dropped).ok_or_else(AppError::no_grant)?;
    OpenedProgram::read(&app, path)
}

/// Programs that were opened or saved, the last one first.
#[tauri::command]
#[specta::specta]
pub(crate) async fn recent_programs(recent: State<'_, Recent>) -> Result<Vec<RecentProgram>, AppError> {
    Ok(recent.list())
}

/// Opens one of them. One that is gone leaves the list.
#[tauri::command]
#[specta::specta]
pub(crate) async fn open_recent(
    app: AppHandle,
    recent: State<'_, Recent>,
    number: u32,
) -> Result<OpenedProgram, AppError> {
    let path = recent.path(number).ok_or_else(|| AppError::of("gone", "it is no longer among the recent programs"))?;
    if matches!(path.try_exists(), Ok(false)) {
        recent.forget(number);
        let folder = path.parent().map_or_else(String::new, paths::shown);
        let name = paths::name(&path);
        return Err(AppError::of("gone", &format!("{name} is no longer in {folder}, so it has left the list")));
    }
    OpenedProgram::read(&app, path)
}

/// Where a program was saved.
#[derive(Debug, Serialize, Type)]
pub(crate) struct SavedProgram {
    grant: u32,
    name: String,
}

/// Saves a program where it was opened, or where a person wants it; nothing if they do not.
#[tauri::command]
#[specta::specta]
pub(crate) async fn save_program(
    app: AppHandle,
    dialogs: State<'_, Dialogs>,
    grants: State<'_, Grants>,
    grant: Option<u32>,
    name: String,
    code: String,
) -> Result<Option<SavedProgram>, AppError> {
    let known = grant.and_then(|grant| Some((grant, grants.program(grant)?)));
    let (grant, path) = match known {
        Some(known) => known,
        None => match dialogs.save(&app, &name).await {
            Some(path) => (grants.keep(path.clone()), path),
            None => return Ok(None),
        },
    };
    files::write(&app, &path, code.as_bytes()).map_err(|message| AppError::of("file", &message))?;
    app.state::<Recent>().add(&path);
    Ok(Some(SavedProgram { grant, name: paths::name(&path) }))
}

/// Folders that programs see, or saw.
#[tauri::command]
#[specta::specta]
pub(crate) async fn mounted_folders(mounts: State<'_, Mounts>) -> Result<Vec<MountedFolder>, AppError> {
    Ok(mounts.list())
}

/// Lets a person choose a folder; nothing if they choose none.
#[tauri::command]
#[specta::specta]
pub(crate) async fn choose_folder(
    app: AppHandle,
    dialogs: State<'_, Dialogs>,
    mounts: State<'_, Mounts>,
) -> Result<Option<ChosenFolder>, AppError> {
    let Some(path) = dialogs.folder(&app).await else { return Ok(None) };
    Ok(Some(mounts.choose(&path)?))
}

/// Lets programs see the folder that was chosen.
#[tauri::command]
#[specta::specta]
pub(crate) async fn mount_folder(
    mounts: State<'_, Mounts>,
    sessions: State<'_, Sessions>,
    grant: u32,
    place: String,
    mode: Mode,
) -> Result<Vec<MountedFolder>, AppError> {
    mounts.mount(grant, &place, mode)?;
    sessions.grant(&mounts);
    Ok(mounts.list())
}

/// Mounts a folder of an earlier launch, once a person has said so in a dialog of the system.
#[tauri::command]
#[specta::specta]
pub(crate) async fn mount_again(
    app: AppHandle,
    dialogs: State<'_, Dialogs>,
    mounts: State<'_, Mounts>,
    sessions: State<'_, Sessions>,
    number: u32,
) -> Result<Vec<MountedFolder>, AppError> {
    if dialogs.confirm(&app, &mounts.ask_again(number)?, "Mount").await {
        mounts.mount_again(number)?;
        sessions.grant(&mounts);
    }
    Ok(mounts.list())
}

/// Takes a folder away from programs, at once.
#[tauri::command]
#[specta::specta]
pub(crate) async fn unmount_folder(
    mounts: State<'_, Mounts>,
    sessions: State<'_, Sessions>,
    number: u32,
) -> Result<Vec<MountedFolder>, AppError> {
    mounts.unmount(number);
    sessions.grant(&mounts);
    Ok(mounts.list())
}

/// Takes it off the list too.
#[tauri::command]
#[specta::specta]
pub(crate) async fn forget_folder(
    mounts: State<'_, Mounts>,
    sessions: State<'_, Sessions>,
    number: u32,
) -> Result<Vec<MountedFolder>, AppError> {
    mounts.forget(number);
    sessions.grant(&mounts);
    Ok(mounts.list())
}

/// What a person has opened and set, as it was kept last.
#[tauri::command]
#[specta::specta]
pub(crate) async fn load_workspace(workspace: State<'_, Workspace>) -> Result<Option<String>, AppError> {
    Ok(workspace.load())
}

/// Keeps it, as an object in JSON.
#[tauri::command]
#[specta::specta]
pub(crate) async fn save_workspace(workspace: State<'_, Workspace>, json: String) -> Result<(), AppError> {
    Ok(workspace.save(&json)?)
}

/// Tells what holds for all programs of the session, as an object in JSON.
#[tauri::command]
#[specta::specta]
pub(crate) async fn configure(sessions: State<'_, Sessions>, session: u32, settings: String) -> Answer {
    let settings = serde_json::from_str(&settings);
    let command = settings.map_err(|error| Misuse::bad_input(format!("the settings cannot be read: {error}")));
    ask(sessions, session, command.map(|settings| Command::Configure(Box::new(settings)))).await
}

/// The functions that programs can call, in every form.
#[tauri::command]
#[specta::specta]
pub(crate) async fn describe(sessions: State<'_, Sessions>, session: u32, extensions: Option<Vec<String>>) -> Answer {
    ask(sessions, session, Ok(Command::Describe { extensions })).await
}

/// The session as it is, or as it was at a recorded pause, signed.
#[tauri::command]
#[specta::specta]
pub(crate) async fn snapshot(sessions: State<'_, Sessions>, session: u32, at: Option<u32>) -> Answer {
    ask(sessions, session, Ok(Command::Snapshot { at: at.map(u64::from) })).await
}

/// Makes the session the one of a snapshot.
#[tauri::command]
#[specta::specta]
pub(crate) async fn restore(sessions: State<'_, Sessions>, session: u32, data: String, accept_foreign: bool) -> Answer {
    let data = Bytes::from_base64(&data);
    let data = data.ok_or_else(|| Misuse::bad_snapshot("notASnapshot", "these bytes are no snapshot"));
    ask(
        sessions,
        session,
        data.map(|data| Command::Restore { data, accept_foreign, clock: None, arrivals: Vec::new() }),
    )
    .await
}

/// Names, types and values, of the session as it is or was.
#[tauri::command]
#[specta::specta]
pub(crate) async fn variables(
    sessions: State<'_, Sessions>,
    session: u32,
    at: Option<u32>,
    open: Vec<Opened>,
    from: u32,
) -> Answer {
    ask(sessions, session, Ok(Command::Variables { at: at.map(u64::from), open, from: from.into() })).await
}

/// What is wrong with a program, without running it.
#[tauri::command]
#[specta::specta]
pub(crate) async fn diagnose(sessions: State<'_, Sessions>, session: u32, code: String) -> Answer {
    ask(sessions, session, Ok(Command::Diagnose { code })).await
}

/// Whether a text for the prompt is finished.
#[tauri::command]
#[specta::specta]
pub(crate) async fn continuation(sessions: State<'_, Sessions>, session: u32, code: String) -> Answer {
    ask(sessions, session, Ok(Command::Continuation { code })).await
}

/// A page of the record.
#[tauri::command]
#[specta::specta]
pub(crate) async fn record(
    sessions: State<'_, Sessions>,
    session: u32,
    from: u32,
    limit: Option<u32>,
    whole: bool,
) -> Answer {
    let query = RecordQuery { from: from.into(), limit: limit.map(u64::from), whole, ..RecordQuery::default() };
    ask(sessions, session, Ok(Command::Record(query))).await
}

/// A large value of the record.
#[tauri::command]
#[specta::specta]
pub(crate) async fn record_value(sessions: State<'_, Sessions>, session: u32, id: String) -> Answer {
    let query = RecordQuery { value: Some(id), ..RecordQuery::default() };
    ask(sessions, session, Ok(Command::Record(query))).await
}

/// Switches recording on or off.
#[tauri::command]
#[specta::specta]
pub(crate) async fn set_recording(sessions: State<'_, Sessions>, session: u32, on: bool) -> Answer {
    let query = RecordQuery { recording: Some(on), limit: Some(0), ..RecordQuery::default() };
    ask(sessions, session, Ok(Command::Record(query))).await
}

/// A session opened from another one's past, and what it waits for.
#[derive(Debug, Serialize, Type)]
pub(crate) struct Forked {
    /// None where the past could not be gone back to; the reply says why.
    session: Option<u32>,
    reply: EdgeReply,
}

/// Opens a new session from a recorded call of another one, which goes on as it was.
#[tauri::command]
#[specta::specta]
pub(crate) async fn fork(
    sessions: State<'_, Sessions>,
    session: u32,
    at: u32,
    on_events: Channel<Delivery>,
) -> Result<Forked, AppError> {
    let snapshot = sessions.ask_raw(session, Command::Snapshot { at: Some(at.into()) })?.await?;
    let (Reply::Snapshot { data, .. }, _) = snapshot else {
        let (reply, events) = snapshot;
        return Ok(Forked { session: None, reply: EdgeReply::from_reply(reply, events) });
    };
    let opened = sessions.open(move |batch| on_events.send(batch).is_ok())?;
    let restore = Command::Restore { data, accept_foreign: false, clock: Some(Vec::new()), arrivals: Vec::new() };
    let reply = sessions.ask(opened, restore)?.await?;
    Ok(Forked { session: Some(opened), reply })
}

/// Runs again what was recorded, aside, and says what goes otherwise first.
#[tauri::command]
#[specta::specta]
pub(crate) async fn replay(sessions: State<'_, Sessions>, session: u32) -> Answer {
    ask(sessions, session, Ok(Command::Replay { record: None })).await
}

/// Stops what runs.
#[tauri::command]
#[specta::specta]
pub(crate) async fn cancel(sessions: State<'_, Sessions>, session: u32) -> Answer {
    ask(sessions, session, Ok(Command::Cancel)).await
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

/// Records of sessions that are no longer open, the newest first.
#[tauri::command]
#[specta::specta]
pub(crate) async fn past_records(store: State<'_, Store>) -> Result<Vec<PastRecord>, AppError> {
    Ok(store.past()?)
}

/// A page of a record of the past, as JSON.
#[tauri::command]
#[specta::specta]
pub(crate) async fn past_record(store: State<'_, Store>, id: String, from: u32) -> Result<String, AppError> {
    let mut record = store.read(&id)?;
    let page = record.page(&RecordQuery { from: from.into(), ..RecordQuery::default() });
    Ok(serde_json::to_string(&page).unwrap_or_default())
}

/// Forgets all records of the past.
#[tauri::command]
#[specta::specta]
pub(crate) async fn delete_past_records(store: State<'_, Store>) -> Result<(), AppError> {
    Ok(store.delete_past()?)
}
