//! An entry as a line of the log: its JSON.
//!
//! Calls come by the hundred thousand, and to write one by its derived rules takes longer than the
//! call. So what never changes in them is written as it stands; a test compares both.

use protocol::{
    Entry, Range,
    record::{Answer, Kept, What, With},
};
use serde::Serialize;

/// Adds the JSON of an entry.
pub(crate) fn append(entry: &Entry, line: &mut Vec<u8>) {
    let start = line.len();
    let written = match &entry.what {
        What::Call { .. } => call(entry, line),
        _ => json(line, entry),
    };
    // Nothing of an entry fails to be written.
    if written.is_err() {
        line.truncate(start);
    }
}

fn call(entry: &Entry, line: &mut Vec<u8>) -> serde_json::Result<()> {
    let What::Call { lane, function_name, args, kwargs, call_id, awaited, range, answer, duration_ms, dump } =
        &entry.what
    else {
        return json(line, entry);
    };
    line.extend_from_slice(b"{\"seq\":");
    whole(line, entry.seq);
    line.extend_from_slice(b",\"atMs\":");
    json(line, &entry.at_ms)?;
    line.extend_from_slice(b",\"kind\":\"call\",\"lane\":");
    json(line, lane)?;
    line.extend_from_slice(b",\"functionName\":");
    json(line, function_name)?;
    line.extend_from_slice(b",\"args\":");
    kept(line, args)?;
    line.extend_from_slice(b",\"kwargs\":");
    kept(line, kwargs)?;
    line.extend_from_slice(b",\"callId\":");
    whole(line, u64::from(*call_id));
    line.extend_from_slice(b",\"awaited\":");
    truth(line, *awaited);
    line.extend_from_slice(b",\"range\":");
    match range {
        Some(range) => stretch(line, range)?,
        None => line.extend_from_slice(b"null"),
    }
    if let Some(answer) = answer {
        line.extend_from_slice(b",\"answer\":");
        answered(line, answer)?;
    }
    if let Some(duration_ms) = duration_ms {
        line.extend_from_slice(b",\"durationMs\":");
        json(line, duration_ms)?;
    }
    line.extend_from_slice(b",\"dump\":");
    truth(line, *dump);
    line.push(b'}');
    Ok(())
}

fn stretch(line: &mut Vec<u8>, Range { filename, start, end }: &Range) -> serde_json::Result<()> {
    line.extend_from_slice(b"{\"filename\":");
    json(line, filename)?;
    for (name, place) in [(b",\"start\":{\"line\":".as_slice(), start), (b",\"end\":{\"line\":", end)] {
        line.extend_from_slice(name);
        whole(line, u64::from(place.line));
        line.extend_from_slice(b",\"column\":");
        whole(line, u64::from(place.column));
        line.push(b'}');
    }
    line.push(b'}');
    Ok(())
}

fn answered(line: &mut Vec<u8>, answer: &Answer) -> serde_json::Result<()> {
    let With::Value { value } = &answer.with else { return json(line, answer) };
    line.extend_from_slice(b"{\"by\":");
    json(line, &answer.by)?;
    line.extend_from_slice(b",\"with\":\"value\",\"value\":");
    kept(line, value)?;
    line.push(b'}');
    Ok(())
}

fn kept(line: &mut Vec<u8>, kept: &Kept) -> serde_json::Result<()> {
    match kept {
        Kept::In(value) => json(line, value),
        Kept::Out { .. } => json(line, kept),
    }
}

fn json<T: Serialize + ?Sized>(line: &mut Vec<u8>, value: &T) -> serde_json::Result<()> {
    serde_json::to_writer(line, value)
}

fn truth(line: &mut Vec<u8>, value: bool) {
    line.extend_from_slice(if value { b"true" } else { b"false" });
}

fn whole(line: &mut Vec<u8>, mut number: u64) {
    let mut digits = [0; 20];
    let mut first = digits.len();
    loop {
        first -= 1;
        digits[first] = b'0' + u8::try_from(number % 10).unwrap_or_default();
        number /= 10;
        if number == 0 {
            return line.extend_from_slice(&digits[first..]);
        }
    }
}

#[cfg(test)]
mod tests {
    use protocol::{
        Position, Value,
        record::{Blob, By, Lane},
    };

    use super::*;

    fn entry(seq: u64, name: &'static str, args: Kept, range: Option<Range>, answer: Option<Answer>) -> Entry {
        let waits = answer.is_none();
        let what = What::Call {
            lane: Lane::Extension,
            function_name: name.into(),
            args,
            kwargs: Kept::In(Value::Dict(vec![(Value::Str("key".to_owned()), Value::Int(-1))])),
            call_id: u32::MAX,
            awaited: waits,
            range,
            answer,
            duration_ms: (!waits).then_some(0.25),
            dump: waits,
        };
        Entry { seq, at_ms: 1234.5, what }
    }

    #[test]
    fn a_line_is_the_json_of_its_entry() {
        let blob = Blob { id: "ab".to_owned(), bytes: 5000, preview: "'x".to_owned() };
        let few = Kept::In(Value::List(vec![Value::Int(0), Value::Str("\"\n\u{1}ä".to_owned()), Value::Float(0.5)]));
        let place = |line, column| Position { line, column };
        let range = Range { filename: "a \"b\".py".to_owned(), start: place(1, 20), end: place(300, 4) };
        let answers = [
            None,
            Some(Answer { by: By::Rule, with: With::Value { value: Kept::In(Value::None) } }),
            Some(Answer { by: By::Extension, with: With::Value { value: Kept::Out { blob: blob.clone() } } }),
            Some(Answer {
                by: By::Engine,
                with: With::Error { exc_type: "ValueError".to_owned(), message: "no\n".to_owned() },
            }),
            Some(Answer { by: By::Engine, with: With::Nothing }),
        ];
        let mut entries: Vec<Entry> = answers
            .into_iter()
            .map(|answer| entry(10, "dom_create", few.clone(), Some(range.clone()), answer))
            .collect();
        entries.push(entry(0, "a \"name\"", Kept::Out { blob }, None, None));
        entries.push(Entry { seq: u64::MAX, at_ms: 0.0, what: What::State { state: "recording".to_owned() } });
        for entry in &entries {
            let mut line = Vec::new();
            append(entry, &mut line);
            assert_eq!(String::from_utf8(line).ok(), serde_json::to_string(entry).ok());
        }
    }
}
