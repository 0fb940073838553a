//! About how much memory values take, for bounds on what is kept for a program.

use protocol::Value;

/// At least this much for every node.
const NODE: usize = size_of::<Value>();

pub(crate) fn weight(value: &Value) -> usize {
    NODE + match value {
        Value::Str(text)
        | Value::Path(text)
        | Value::Decimal(text)
        | Value::Repr(text)
        | Value::Exception { message: Some(text), .. }
        | Value::Cut { preview: text, .. } => text.len(),
        Value::Bytes(bytes) => bytes.len(),
        Value::BigInt(int) => usize::try_from(int.bits() / 8).unwrap_or(usize::MAX),
        Value::List(items)
        | Value::Tuple(items)
        | Value::Set(items)
        | Value::FrozenSet(items)
        | Value::NamedTuple { values: items, .. } => items.iter().map(weight).sum(),
        Value::Dict(pairs) => pairs.iter().map(|(key, value)| weight(key) + weight(value)).sum(),
        Value::Instance { attributes, .. } => {
            attributes.iter().map(|(name, value)| NODE + name.len() + weight(value)).sum()
        }
        _ => 0,
    }
}
