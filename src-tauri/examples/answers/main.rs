//! The window with a page that answers every wait at once: `npm run bench` takes from it what a
//! blocking call through the window costs. No driver is attached, which would slow the page down.

fn main() -> Result<(), playground::StartError> {
    playground::open(tauri::generate_context!("examples/answers/tauri.conf.json"))
}
