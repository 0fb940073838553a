// A release on Windows opens no console beside the window.
#![cfg_attr(not(debug_assertions), windows_subsystem = "windows")]

fn main() {
    if let Err(error) = playground::start() {
        eprintln!("Monty Playground: {error}");
        std::process::exit(1);
    }
}
