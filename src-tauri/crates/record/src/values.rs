//! Large values, out of line and by the hash of their JSON, under a budget of bytes.

use std::collections::{HashMap, VecDeque};

use protocol::{
    Value,
    record::{Blob, Kept},
};
use sha2::{Digest as _, Sha256};

/// What stays in line, in bytes of JSON, about.
const IN_LINE: usize = 4096;
/// How much is shown of what does not.
const PREVIEW: usize = 80;

#[derive(Debug)]
pub(crate) struct Values {
    kept: HashMap<String, Vec<u8>>,
    /// In the order in which they came.
    order: VecDeque<String>,
    bytes: usize,
    budget: usize,
}

impl Values {
    pub(crate) fn new(budget: usize) -> Self {
        Self { kept: HashMap::new(), order: VecDeque::new(), bytes: 0, budget }
    }

    /// A value for an entry. With it, for the log, what was put out of line just now.
    pub(crate) fn keep(&mut self, value: &Value) -> (Kept, Option<(String, Vec<u8>)>) {
        if Self::is_small(value) {
            return (Kept::In(value.clone()), None);
        }
        // Nothing of a value fails to be written.
        let json = serde_json::to_vec(value).unwrap_or_default();
        let digest = Sha256::digest(&json);
        let id = digest.iter().take(16).fold(String::new(), |id, byte| id + &format!("{byte:02x}"));
        let blob = Blob { id: id.clone(), bytes: json.len() as u64, preview: value.repr(PREVIEW) };
        let new = !self.kept.contains_key(&id);
        if new {
            self.put(id.clone(), json.clone());
        }
        (Kept::Out { blob }, new.then_some((id, json)))
    }

    /// Whether a value stays in line.
    pub(crate) fn is_small(value: &Value) -> bool {
        weight(value, IN_LINE) < IN_LINE
    }

    pub(crate) fn put(&mut self, id: String, json: Vec<u8>) {
        self.bytes += json.len();
        self.order.push_back(id.clone());
        self.kept.insert(id, json);
        while self.bytes > self.budget
            && let Some(oldest) = self.order.pop_front()
        {
            self.bytes -= self.kept.remove(&oldest).map_or(0, |json| json.len());
        }
    }

    pub(crate) fn get(&self, id: &str) -> Option<Value> {
        serde_json::from_slice(self.kept.get(id)?).ok()
    }

    /// The value in line, if it is still there.
    pub(crate) fn whole(&self, kept: &mut Kept) {
        if let Kept::Out { blob } = kept
            && let Some(value) = self.get(&blob.id)
        {
            *kept = Kept::In(value);
        }
    }
}

/// About how long the JSON of a value is; it stops counting at `enough`.
fn weight(value: &Value, enough: usize) -> usize {
    let all = |sum: usize, items: &[Value]| {
        let mut sum = sum;
        for item in items {
            if sum >= enough {
                return sum;
            }
            sum += 1 + weight(item, enough);
        }
        sum
    };
    match value {
        Value::Str(text) | Value::Path(text) | Value::Decimal(text) | Value::Repr(text) | Value::Cycle(text) => {
            text.len() + 12
        }
        Value::Bytes(bytes) => bytes.len() / 3 * 4 + 12,
        Value::BigInt(number) => usize::try_from(number.bits()).unwrap_or(enough) / 3 + 12,
        Value::List(items) | Value::Tuple(items) | Value::Set(items) | Value::FrozenSet(items) => all(12, items),
        Value::NamedTuple { fields, values, .. } => all(24 + fields.iter().map(String::len).sum::<usize>(), values),
        Value::Dict(pairs) => pairs.iter().fold(12, |sum, (key, value)| {
            if sum >= enough { sum } else { sum + 2 + weight(key, enough) + weight(value, enough) }
        }),
        Value::Instance { attributes, .. } => {
            attributes.iter().fold(
                32,
                |sum, (name, value)| {
                    if sum >= enough { sum } else { sum + name.len() + 4 + weight(value, enough) }
                },
            )
        }
        Value::Exception { message, .. } => message.as_ref().map_or(32, |text| text.len() + 32),
        Value::Cut { preview, .. } => preview.len() + 48,
        _ => 16,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_large_value_is_kept_once_and_comes_back_whole() {
        let mut values = Values::new(1 << 20);
        let large = Value::Str("x".repeat(10_000));
        let (mut kept, first) = values.keep(&large);
        let (again, second) = values.keep(&large);
        assert!(first.is_some() && second.is_none());
        assert_eq!(kept, again);
        let Kept::Out { blob } = &kept else { panic!("{kept:?}") };
        assert!(blob.preview.starts_with("'xxx") && blob.bytes == 10_002, "{blob:?}");
        values.whole(&mut kept);
        assert_eq!(kept, Kept::In(large));
        assert_eq!(values.keep(&Value::Int(1)).0, Kept::In(Value::Int(1)));
    }

    #[test]
    fn the_oldest_goes_where_the_budget_ends() {
        let mut values = Values::new(20_000);
        let ids: Vec<String> = (0..4)
            .filter_map(|number| values.keep(&Value::Str(format!("{number}{}", "x".repeat(8000)))).1)
            .map(|(id, _)| id)
            .collect();
        assert_eq!(ids.iter().map(|id| values.get(id).is_some()).collect::<Vec<_>>(), [false, false, true, true]);
    }
}
