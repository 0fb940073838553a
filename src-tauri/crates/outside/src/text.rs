//! From the bytes of an answer to its text.

use crate::words::FetchError;

const BOM: &[u8] = b"\xef\xbb\xbf";

/// Reads UTF-8, with or without a byte order mark, and what is the same in it.
pub(crate) fn decode(mut bytes: Vec<u8>, content_type: Option<&str>) -> Result<String, FetchError> {
    let charset = content_type.and_then(charset);
    if bytes.starts_with(BOM) {
        bytes.drain(..BOM.len());
    }
    let is_utf8 = match charset.as_deref() {
        None | Some("utf-8" | "utf8" | "us-ascii" | "ascii") => true,
        // UTF-16 of plain letters would pass for text with zeros in it.
        Some(_) => bytes.is_ascii() && !bytes.contains(&0),
    };
    match String::from_utf8(bytes) {
        Ok(text) if is_utf8 => Ok(text),
        _ => Err(FetchError::NotText { charset }),
    }
}

fn charset(content_type: &str) -> Option<String> {
    content_type.split(';').skip(1).find_map(|parameter| {
        let (name, value) = parameter.split_once('=')?;
        let value = value.trim().trim_matches('"').to_ascii_lowercase();
        name.trim().eq_ignore_ascii_case("charset").then(|| value.chars().take(40).collect())
    })
}

#[cfg(test)]
mod tests {
    use super::decode;

    #[test]
    fn only_utf8_is_text() {
        for (bytes, content_type, expected) in [
            ("née".as_bytes(), None, Ok("née")),
            (b"\xef\xbb\xbfhi", None, Ok("hi")),
            (b"hi", Some("text/plain; charset=UTF-8"), Ok("hi")),
            (b"hi", Some("text/plain; charset=\"utf-8\""), Ok("hi")),
            (b"plain", Some("text/html; charset=iso-8859-1"), Ok("plain")),
            (b"n\xe9e", Some("text/html; Charset=ISO-8859-1"), Err(" but says it is 'iso-8859-1'")),
            (b"n\xe9e", Some("text/html"), Err("")),
            (b"\xff\xfeh\0", None, Err("")),
            (b"h\0i\0", Some("text/plain; charset=utf-16le"), Err(" but says it is 'utf-16le'")),
        ] {
            let found = decode(bytes.to_vec(), content_type).map_err(|error| error.to_string());
            let expected = expected.map(str::to_owned);
            assert_eq!(found, expected.map_err(|end| format!("the answer is no text in UTF-8{end}")));
        }
    }
}
