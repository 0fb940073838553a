//! The two attributes that hold an address.

use super::allowed::clipped;

/// A link that a person may read; nothing opens it. Everything else than these schemes is refused,
/// also what a browser would turn into one of them.
pub(super) fn target(value: String) -> Result<String, String> {
    let plain = value.trim();
    let scheme = |scheme: &str| plain.get(..scheme.len()).is_some_and(|start| start.eq_ignore_ascii_case(scheme));
    let is_known = plain.starts_with('#') || ["http://", "https://", "mailto:"].into_iter().any(scheme);
    if is_known && !plain.chars().any(char::is_control) {
        return Ok(value);
    }
    Err(format!("the address {:?} is not allowed: a link begins with http://, https://, mailto: or #", clipped(&value)))
}

/// A picture that needs no loading.
pub(super) fn picture(value: String) -> Result<String, String> {
    const TYPES: [&str; 4] = ["png", "gif", "jpeg", "webp"];
    let data = value.strip_prefix("data:image/").and_then(|rest| rest.split_once(";base64,"));
    let is_base64 = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'=');
    if data.is_some_and(|(kind, data)| TYPES.contains(&kind) && data.bytes().all(is_base64)) {
        return Ok(value);
    }
    Err(format!(
        "the picture {:?} is not allowed: the stage loads nothing; give data:image/png;base64,… (or gif, jpeg, webp)",
        clipped(&value)
    ))
}
