//! The window of Monty Playground.
//!
//! It links no interpreter: a session is a thread that owns a child process (`isolate`). What the
//! page may ask for is in [`commands`], what a session does between the page and its child in
//! [`sessions`].

mod commands;
mod dialogs;
mod files;
mod grants;
mod instance;
mod mounts;
mod paths;
mod place;
mod recent;
mod sessions;
mod storage;
mod store;
mod workspace;

use std::path::{Path, PathBuf};

use dialogs::Dialogs;
use grants::{Grants, How};
use instance::Launch;
use isolate::{LaunchError, Launcher};
use mounts::Mounts;
use place::Place;
use recent::Recent;
use sessions::Sessions;
use storage::Storage;
use store::Store;
use tauri::Manager as _;
use tauri_specta::{Builder, collect_commands};
use workspace::Workspace;

/// Why the window could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    #[error("its own program cannot be found: {0}")]
    Program(std::io::Error),
    #[error(transparent)]
    Launch(#[from] LaunchError),
    #[error(transparent)]
    Key(#[from] isolate::KeyError),
    #[error("a window is open already, but it does not answer ({0}): end it, and start again")]
    Instance(std::io::Error),
    #[error(transparent)]
    Tauri(#[from] tauri::Error),
}

/// Opens the window and stays until it is closed; where one is open, it gets the files that were named.
pub fn start() -> Result<(), StartError> {
    open(tauri::generate_context!())
}

/// The same with a page of the caller's.
pub fn open(context: tauri::Context) -> Result<(), StartError> {
    let folder = isolate::data_folder().unwrap_or_else(std::env::temp_dir);
    let files = named_files();
    let first = match instance::launch(&folder, &files).map_err(StartError::Instance)? {
        Launch::First(first) => Some(first),
        Launch::Told => return Ok(()),
        Launch::Alone(error) => {
            eprintln!("monty-playground: a later launch will open a window of its own: {error}");
            None
        }
    };
    let store = Store::new(folder.join("records"));
    let key = isolate::user_key(&folder)?;
    let storage = Storage::open(folder.join("storage.json"));
    let engine = engine_program()?;
    let launcher = Launcher::new(engine.clone(), true)?;
    let sessions = Sessions::new(engine, launcher, key, store.clone(), storage);
    let commands = commands();
    let grants = Grants::default();
    grants.tell(How::Launched, &files);
    let builder = tauri::Builder::default();
    #[cfg(target_os = "linux")]
    let builder = builder.invoke_system(include_str!("ipc.js"));
    builder
        .plugin(tauri_plugin_dialog::init())
        .plugin(tauri_plugin_fs::init())
        .plugin(place::plugin())
        .manage(sessions)
        .manage(store)
        .manage(Workspace::new(folder.join("workspace.json")))
        .manage(Mounts::open(folder.join("mounts.json"), folder.clone()))
        .manage(Recent::open(folder.join("recent.json")))
        .manage(Dialogs::new())
        .manage(grants)
        .on_window_event(|window, event| {
            dropped(window, event);
            place::changed(window, event);
        })
        .setup(move |app| {
            app.manage(Place::watch(app.handle().clone())?);
            let app = app.handle().clone();
            if let Some(first) = first {
                first.hear(move |files| launched_again(&app, &files))?;
            }
            Ok(())
        })
        .invoke_handler(commands.invoke_handler())
        .run(context)?;
    Ok(())
}

/// The files on the command line. What begins with `-` is for the system.
fn named_files() -> Vec<PathBuf> {
    let names = std::env::args_os().skip(1).filter(|arg| !arg.as_encoded_bytes().starts_with(b"-"));
    let files = names.filter_map(|name| {
        let path = std::path::absolute(&name).ok().filter(|path| path.is_file());
        if path.is_none() {
            eprintln!("monty-playground: {} is no file that can be opened", Path::new(&name).display());
        }
        path
    });
    files.collect()
}

/// Somebody launched the app where its window is open already.
fn launched_again(app: &tauri::AppHandle, files: &[PathBuf]) {
    app.state::<Grants>().tell(How::Launched, files);
    if let Some(window) = app.get_webview_window("main") {
        // Some systems only let the window say that it wants to be seen.
        let _ = window.unminimize().and_then(|()| window.show()).and_then(|()| window.set_focus());
    }
}

/// Tells the page of files that were dropped on the window.
fn dropped(window: &tauri::Window, event: &tauri::WindowEvent) {
    if let tauri::WindowEvent::DragDrop(tauri::DragDropEvent::Drop { paths, .. }) = event {
        window.state::<Grants>().tell(How::Dropped, paths);
    }
}

fn commands() -> Builder<tauri::Wry> {
    Builder::new().disable_serde_phases().commands(collect_commands![
        commands::open_session,
        commands::run,
        commands::start,
        commands::feed,
        commands::resume,
        commands::resume_with_error,
        commands::resume_not_found,
        commands::resume_as_future,
        commands::resume_with_script,
        commands::resolve_futures,
        commands::dispatch,
        commands::dom_event,
        commands::redraw,
        commands::answer,
        commands::pick_file,
        commands::give_dropped,
        commands::watch_files,
        commands::read_data,
        commands::save_file,
        commands::open_program,
        commands::read_program,
        commands::recent_programs,
        commands::open_recent,
        commands::save_program,
        commands::mounted_folders,
        commands::choose_folder,
        commands::mount_folder,
        commands::mount_again,
        commands::unmount_folder,
        commands::forget_folder,
        commands::load_workspace,
        commands::save_workspace,
        commands::configure,
        commands::describe,
        commands::snapshot,
        commands::restore,
        commands::variables,
        commands::diagnose,
        commands::continuation,
        commands::record,
        commands::record_value,
        commands::set_recording,
        commands::fork,
        commands::replay,
        commands::cancel,
        commands::acknowledge,
        commands::close_session,
        commands::past_records,
        commands::past_record,
        commands::delete_past_records,
    ])
}

/// `monty-engine` is a second, plain program beside ours: what is linked to a web view takes 25
/// times as long to start.
fn engine_program() -> Result<PathBuf, StartError> {
    let own = std::env::current_exe().map_err(StartError::Program)?;
    Ok(own.with_file_name(format!("monty-engine{}", std::env::consts::EXE_SUFFIX)))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Asked while it runs: checkouts share a target folder, so this may have been compiled in another one.
    fn here() -> PathBuf {
        PathBuf::from(std::env::var_os("CARGO_MANIFEST_DIR").unwrap())
    }

    fn bindings() -> PathBuf {
        here().join("../ui/src/host/bindings.ts")
    }

    /// `UPDATE_BINDINGS=1 cargo test` writes the file anew.
    #[test]
    fn the_bindings_of_the_page_are_those_of_the_commands() {
        let language = specta_typescript::Typescript::default().header(
            "// Generated from src-tauri/src/commands.rs by a test; UPDATE_BINDINGS=1 npm test writes it anew.\n",
        );
        let folder = std::env::temp_dir().join(format!("bindings-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let fresh = folder.join("bindings.ts");
        commands().export(language, &fresh).unwrap();
        let fresh = std::fs::read_to_string(&fresh).unwrap();
        std::fs::remove_dir_all(folder).unwrap();
        if std::env::var_os("UPDATE_BINDINGS").is_some() {
            std::fs::write(bindings(), &fresh).unwrap();
        }
        let committed = std::fs::read_to_string(bindings()).unwrap_or_default();
        assert!(committed == fresh, "ui/src/host/bindings.ts is stale: UPDATE_BINDINGS=1 npm run check");
    }

    #[test]
    fn every_command_needs_a_grant_and_has_one() {
        let grants = std::fs::read_to_string(here().join("capabilities/main.json")).unwrap();
        let manifest = std::fs::read_to_string(here().join("build.rs")).unwrap();
        let bindings = std::fs::read_to_string(bindings()).unwrap();
        let names: Vec<&str> = bindings
            .split("__TAURI_INVOKE")
            .skip(2)
            .filter_map(|rest| rest.split_once("(\"")?.1.split('"').next())
            .collect();
        assert_eq!(names.len(), 50, "{names:?}");
        for name in names {
            assert!(manifest.contains(&format!("\"{name}\"")), "{name} is not in build.rs");
            assert!(grants.contains(&format!("allow-{}\"", name.replace('_', "-"))), "{name} has no grant");
        }
    }
}
