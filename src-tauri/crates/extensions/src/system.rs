//! The interpreter's calls of the system: a closed list, against which prefixes are checked.

/// The names that calls of the system have in monty 1.4.0 (`OsFunctionCall::name`).
pub const SYSTEM_CALLS: &[&str] = &[
    "Path.absolute",
    "Path.append_bytes",
    "Path.append_text",
    "Path.exists",
    "Path.is_dir",
    "Path.is_file",
    "Path.is_symlink",
    "Path.iterdir",
    "Path.mkdir",
    "Path.read_bytes",
    "Path.read_text",
    "Path.rename",
    "Path.resolve",
    "Path.rmdir",
    "Path.scan",
    "Path.stat",
    "Path.unlink",
    "Path.write_bytes",
    "Path.write_text",
    "asyncio.sleep",
    "date.today",
    "datetime.now",
    "import",
    "import_stubs",
    "open",
    "os.environ",
    "os.getenv",
    "os.urandom",
    "system.async_sleep",
    "system.sleep",
    "time.sleep",
    "time.time",
];

/// Whether at least one call begins with this.
pub fn is_system_prefix(prefix: &str) -> bool {
    !prefix.is_empty() && SYSTEM_CALLS.iter().any(|name| name.starts_with(prefix))
}
