//! A Tauri app with nothing in it: what the window's start and memory are measured against.

fn main() {
    let app = tauri::Builder::default().run(tauri::generate_context!("examples/empty/tauri.conf.json"));
    app.expect("an empty app starts");
}
