//! What somebody meant who wrote a name that there is not: CPython's own measure (`suggestions.c`).

const MOVE: usize = 2;
const CASE: usize = 1;
/// Longer differences are not measured.
const MAX_LENGTH: usize = 40;
/// Among so many names a guess takes too long.
const MAX_CANDIDATES: usize = 750;

/// The name that CPython would suggest, if there is a close one.
pub(crate) fn closest<'a>(wrong: &str, names: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let names: Vec<&str> = names.into_iter().collect();
    if names.len() >= MAX_CANDIDATES {
        return None;
    }
    let mut best: Option<(&str, usize)> = None;
    for name in names.into_iter().filter(|name| *name != wrong) {
        let Some(distance) = near(wrong, name) else { continue };
        if best.is_none_or(|(_, least)| distance < least) {
            best = Some((name, distance));
        }
    }
    best.map(|(name, _)| name)
}

/// How far apart two names are, if not more than a third of their letters differ.
pub(crate) fn near(wrong: &str, name: &str) -> Option<usize> {
    let most = (wrong.len() + name.len() + 3) * MOVE / 6;
    Some(distance(wrong.as_bytes(), name.as_bytes())).filter(|distance| *distance <= most)
}

/// Levenshtein's distance in which another case costs half.
fn distance(mut a: &[u8], mut b: &[u8]) -> usize {
    while let ([first, rest_a @ ..], [other, rest_b @ ..]) = (a, b)
        && first == other
    {
        (a, b) = (rest_a, rest_b);
    }
    while let ([rest_a @ .., last], [rest_b @ .., other]) = (a, b)
        && last == other
    {
        (a, b) = (rest_a, rest_b);
    }
    if a.is_empty() || b.is_empty() {
        return (a.len() + b.len()) * MOVE;
    }
    if a.len() > MAX_LENGTH || b.len() > MAX_LENGTH {
        return usize::MAX;
    }
    let mut row: Vec<usize> = (1..=a.len()).map(|index| index * MOVE).collect();
    let mut result = 0;
    for (index, &letter) in b.iter().enumerate() {
        result = index * MOVE;
        let mut diagonal = result;
        for (cell, &other) in row.iter_mut().zip(a) {
            let substitute = diagonal + substitution(letter, other);
            diagonal = *cell;
            result = substitute.min(result.min(diagonal) + MOVE);
            *cell = result;
        }
    }
    result
}

fn substitution(a: u8, b: u8) -> usize {
    if a == b {
        0
    } else if a.eq_ignore_ascii_case(&b) {
        CASE
    } else {
        MOVE
    }
}

#[cfg(test)]
mod tests {
    use super::closest;

    /// What `python3` suggests for a wrong name among these.
    #[test]
    fn suggests_what_cpython_suggests() {
        let cases: &[(&str, &[&str], Option<&str>)] = &[
            ("txt", &["text", "handle"], Some("text")),
            ("Text", &["text", "test"], Some("text")),
            ("x", &["y", "handle"], None),
            ("hndle", &["text", "handle"], Some("handle")),
            ("zzzzzz", &["text", "handle"], None),
            ("max_split", &["sep", "maxsplit"], Some("maxsplit")),
            ("handle", &["handle"], None),
            ("parent", &["patent", "parenT"], Some("parenT")),
            ("timeoutms", &["timeout_ms", "name"], Some("timeout_ms")),
            ("", &["a"], None),
        ];
        for (wrong, names, expected) in cases {
            assert_eq!(closest(wrong, names.iter().copied()), *expected, "{wrong} among {names:?}");
        }
    }
}
