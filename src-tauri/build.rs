use std::{fs, path::Path};

use tauri_build::{AppManifest, Attributes};

/// Every command of the app, so that each needs a grant. A test compares the list to the bindings.
const COMMANDS: &[&str] = &[
    "open_session",
    "run",
    "start",
    "feed",
    "resume",
    "resume_with_error",
    "resume_not_found",
    "resume_as_future",
    "resume_with_script",
    "resolve_futures",
    "dispatch",
    "dom_event",
    "redraw",
    "answer",
    "pick_file",
    "give_dropped",
    "watch_files",
    "read_data",
    "save_file",
    "open_program",
    "read_program",
    "recent_programs",
    "open_recent",
    "save_program",
    "mounted_folders",
    "choose_folder",
    "mount_folder",
    "mount_again",
    "unmount_folder",
    "forget_folder",
    "load_workspace",
    "save_workspace",
    "configure",
    "describe",
    "snapshot",
    "restore",
    "variables",
    "diagnose",
    "continuation",
    "record",
    "record_value",
    "set_recording",
    "fork",
    "replay",
    "cancel",
    "acknowledge",
    "close_session",
    "past_records",
    "past_record",
    "delete_past_records",
];

fn main() {
    // The interface is built before the app; where somebody compiles without it, the page says so.
    let page = Path::new("../dist-desktop/index.html");
    if !page.exists() {
        let folder = page.parent().expect("the page has a folder");
        fs::create_dir_all(folder).expect("the folder of the interface can be made");
        fs::write(page, "<!doctype html><title>Monty Playground</title><p>Build the interface first: npm start")
            .expect("the page can be written");
    }
    let attributes = Attributes::new().app_manifest(AppManifest::new().commands(COMMANDS));
    tauri_build::try_build(attributes).expect("the configuration of the app is sound");
}
