//! Where the window stands on the screen: there again at the next launch, and never where nobody can reach it.

use std::{io, thread, time::Duration};

use crossbeam_channel::{Sender, bounded};
use tauri::{
    AppHandle, Manager as _, Monitor, PhysicalPosition, PhysicalSize, Runtime, WebviewWindow, Window, WindowEvent,
    plugin::TauriPlugin,
};
use tauri_plugin_window_state::{AppHandleExt as _, Builder, StateFlags};

const KEPT: StateFlags = StateFlags::SIZE.union(StateFlags::POSITION).union(StateFlags::MAXIMIZED);
/// How long a window stands still before its place is kept.
const AFTER: Duration = Duration::from_millis(500);
/// What has to be seen of the strip that a window is moved by.
const STRIP: (i32, i32) = (120, 24);

/// Puts the window back where it was. Where the monitor is gone, the system chooses.
pub(crate) fn plugin<R: Runtime>() -> TauriPlugin<R> {
    Builder::new().with_state_flags(KEPT).with_filename("window.json").build()
}

/// Keeps the place a moment after it changed: a process that is killed keeps nothing at its end.
pub(crate) struct Place(Sender<()>);

impl Place {
    pub(crate) fn watch<R: Runtime>(app: AppHandle<R>) -> io::Result<Self> {
        let (say, said) = bounded(1);
        let watches = move || {
            let mut is_first = true;
            while said.recv().is_ok() {
                while said.recv_timeout(AFTER).is_ok() {}
                let fits = std::mem::take(&mut is_first);
                let there = app.clone();
                // The plugin asks the window while it holds a lock, which on another thread would wait for itself.
                let _ = app.run_on_main_thread(move || keep(&there, fits));
            }
        };
        thread::Builder::new().name("window-place".to_owned()).spawn(watches)?;
        Ok(Self(say))
    }
}

/// Hears of a window that was moved or resized.
pub(crate) fn changed<R: Runtime>(window: &Window<R>, event: &WindowEvent) {
    if matches!(event, WindowEvent::Moved(_) | WindowEvent::Resized(_))
        && let Some(place) = window.try_state::<Place>()
    {
        // One word that waits is enough.
        let _ = place.0.try_send(());
    }
}

fn keep<R: Runtime>(app: &AppHandle<R>, fits: bool) {
    if fits && let Some(window) = app.get_webview_window("main") {
        // A window that cannot be asked is left where it is.
        let _ = fit(&window);
    }
    if let Err(error) = app.save_window_state(KEPT) {
        eprintln!("monty-playground: the place of the window cannot be kept: {error}");
    }
}

/// Moves a window where it can be reached, once: later its place is the person's.
fn fit<R: Runtime>(window: &WebviewWindow<R>) -> tauri::Result<()> {
    if window.is_maximized()? {
        return Ok(());
    }
    let area = |position: PhysicalPosition<i32>, size: PhysicalSize<u32>| Area {
        left: position.x,
        top: position.y,
        width: i32::try_from(size.width).unwrap_or(i32::MAX),
        height: i32::try_from(size.height).unwrap_or(i32::MAX),
    };
    let monitors = window.available_monitors()?;
    let screens: Vec<Area> =
        monitors.iter().map(Monitor::work_area).map(|work| area(work.position, work.size)).collect();
    let stands = area(window.outer_position()?, window.inner_size()?);
    if let Some(Area { left, top, width, height }) = stands.within(&screens) {
        window.set_size(PhysicalSize::new(width, height))?;
        window.set_position(PhysicalPosition::new(left, top))?;
    }
    Ok(())
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Area {
    left: i32,
    top: i32,
    width: i32,
    height: i32,
}

impl Area {
    /// Where a window fits that cannot be reached where it is, or that is larger than its screen.
    fn within(self, screens: &[Self]) -> Option<Self> {
        let strip = Self { height: STRIP.1, ..self };
        let is_reached = |screen: &Self| {
            let (width, height) = strip.common(screen);
            width >= STRIP.0.min(self.width) && height >= STRIP.1
        };
        let share = |screen: &&Self| {
            let (width, height) = self.common(screen);
            i64::from(width) * i64::from(height)
        };
        // Of equal ones `max_by_key` takes the last.
        let screen = screens.iter().rev().max_by_key(share)?;
        if screens.iter().any(is_reached) && self.width <= screen.width && self.height <= screen.height {
            return None;
        }
        let (width, height) = (self.width.min(screen.width), self.height.min(screen.height));
        Some(Self {
            left: self.left.clamp(screen.left, screen.left + screen.width - width),
            top: self.top.clamp(screen.top, screen.top + screen.height - height),
            width,
            height,
        })
    }

    /// Width and height of what two have in common.
    fn common(&self, other: &Self) -> (i32, i32) {
        let along = |a: i32, a_length: i32, b: i32, b_length: i32| {
            (a.saturating_add(a_length).min(b.saturating_add(b_length)) - a.max(b)).max(0)
        };
        (along(self.left, self.width, other.left, other.width), along(self.top, self.height, other.top, other.height))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn area(left: i32, top: i32, width: i32, height: i32) -> Area {
        Area { left, top, width, height }
    }

    #[test]
    fn a_window_can_always_be_reached() {
        let one = area(0, 0, 1600, 1000);
        let beside = area(1600, 0, 1280, 800);
        let cases: &[(&str, Area, &[Area], Option<Area>)] = &[
            ("as it was", area(100, 50, 1100, 720), &[one], None),
            ("half beyond the right edge", area(1000, 50, 1100, 720), &[one], None),
            ("on the other monitor", area(1700, 20, 1100, 720), &[one, beside], None),
            ("that monitor is gone", area(1700, 20, 1100, 720), &[one], Some(area(500, 20, 1100, 720))),
            ("its strip is above the screen", area(100, -300, 1100, 720), &[one], Some(area(100, 0, 1100, 720))),
            ("only a corner is seen", area(1590, 50, 1100, 720), &[one], Some(area(500, 50, 1100, 720))),
            ("larger than the screen", area(10, 10, 3000, 2000), &[one], Some(one)),
            ("far away", area(9000, -9000, 800, 600), &[one, beside], Some(area(800, 0, 800, 600))),
            ("no monitor is known", area(0, 0, 800, 600), &[], None),
        ];
        for (case, stands, screens, wanted) in cases {
            assert_eq!(stands.within(screens), *wanted, "{case}");
        }
    }
}
