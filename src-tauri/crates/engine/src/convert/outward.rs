//! From the interpreter. A value may share parts of itself without end, so a tree of it is cut
//! where a budget of nodes, bytes or depth ends.

use monty_types::{
    CallArgs, MontyDate, MontyDateTime, MontyObject, MontyTime, ObjectRef,
    unstable::{self, MontyNode, NodeId},
};
use protocol::{
    Value,
    value::{Date, DateTime, MAX_DEPTH, MAX_INT_DIGITS, Time, TimeDelta, TimeZone},
};

/// How many values one message carries.
const MAX_NODES: usize = 300_000;
/// How many bytes of JSON one message carries, about.
const MAX_BYTES: usize = 16 * 1024 * 1024;
/// More values than this take more than a few milliseconds to write.
const SLOW: usize = 2_000;
/// How much of a value that was cut is shown.
const PREVIEW: usize = 80;

/// The budget of one message.
pub(crate) struct Outward {
    nodes: usize,
    bytes: usize,
}

impl Outward {
    pub(crate) fn new() -> Self {
        Self { nodes: MAX_NODES, bytes: MAX_BYTES }
    }

    /// For a preview.
    pub(crate) fn with_nodes(nodes: usize) -> Self {
        Self { nodes, bytes: 64 * 1024 }
    }

    /// Whether writing a value takes longer than anybody would notice.
    pub(crate) fn is_slow(object: &MontyObject) -> bool {
        unstable::graph_parts(object).0.len() > SLOW
    }

    /// The same of the arguments of a call.
    pub(crate) fn are_slow(args: &CallArgs) -> bool {
        unstable::call_args_parts(args).0.len() > SLOW
    }

    pub(crate) fn object(&mut self, object: &MontyObject) -> Value {
        self.value(object.as_ref(), 0)
    }

    pub(crate) fn value(&mut self, object: ObjectRef<'_>, depth: usize) -> Value {
        let child = |id: NodeId| unstable::child(object, id);
        match unstable::node(object) {
            MontyNode::None => Value::None,
            MontyNode::Ellipsis => Value::Ellipsis,
            MontyNode::NotImplemented => Value::Repr("NotImplemented".to_owned()),
            MontyNode::Bool(value) => Value::Bool(*value),
            MontyNode::Int(value) => Value::Int(*value),
            MontyNode::BigInt(value) => {
                // log10(2) is below 302/1000; writing out the digits takes quadratic time.
                let digits = usize::try_from(value.bits()).unwrap_or(usize::MAX) / 1000 * 302 + 302;
                if digits < MAX_INT_DIGITS && self.spend(digits) {
                    Value::int(value.clone())
                } else {
                    cut("int", value.bits().div_ceil(8), format!("{} bits", value.bits()))
                }
            }
            MontyNode::Float(value) => Value::Float(*value),
            MontyNode::Complex(value) => Value::Complex(value.real, value.imag),
            MontyNode::String(text) => self.text("str", text, Value::Str),
            MontyNode::Bytes(bytes) if self.spend(bytes.len() / 3 * 4) => Value::Bytes(bytes.clone()),
            MontyNode::Bytes(bytes) => {
                let head = &bytes[..bytes.len().min(PREVIEW / 2)];
                cut("bytes", bytes.len() as u64, Value::Bytes(head.to_vec()).repr(2 * PREVIEW))
            }
            // A path with NUL names nothing; it comes out as it prints, and cannot go back in.
            MontyNode::Path(path) if path.contains('\0') => {
                self.text("object", &Value::Path(path.clone()).repr(PREVIEW), Value::Repr)
            }
            MontyNode::Path(path) => self.text("PosixPath", path, Value::Path),
            MontyNode::Decimal(text) => self.text("Decimal", text, Value::Decimal),
            MontyNode::Repr(text) => self.text("object", text, Value::Repr),
            MontyNode::Cycle(text) => Value::Cycle(text.clone()),
            MontyNode::Date(date) => convert_date(date).map_or_else(|| fallback(object), Value::Date),
            MontyNode::DateTime(value) => convert_datetime(value).map_or_else(|| fallback(object), Value::DateTime),
            MontyNode::Time(value) => convert_time(value).map_or_else(|| fallback(object), Value::Time),
            MontyNode::TimeDelta(delta) => {
                TimeDelta::normal(delta.days.into(), delta.seconds.into(), delta.microseconds.into())
                    .map_or_else(|| fallback(object), Value::TimeDelta)
            }
            MontyNode::TimeZone(zone) => {
                TimeZone::new(zone.offset_seconds, zone.name.clone()).map_or_else(|| fallback(object), Value::TimeZone)
            }
            MontyNode::Exception { exc_type, arg } => Value::Exception {
                type_name: <&str>::from(*exc_type).to_owned(),
                message: arg.as_ref().map(|text| self.cut_text(text)),
            },
            MontyNode::Type(kind) => Value::Type(kind.name().to_owned()),
            MontyNode::ClassType(class) => Value::Type(class.name.clone()),
            MontyNode::BuiltinFunction(function) => Value::Function(function.to_string()),
            MontyNode::Function { name, .. } => Value::Function(name.clone()),
            MontyNode::FileHandle(file) => self.text("object", &format!("<file {:?}>", file.path), Value::Repr),
            MontyNode::Module { name, .. } => Value::Repr(format!("<module '{name}'>")),
            MontyNode::List(ids) => self.items("list", ids, 1, depth, Value::List, child),
            MontyNode::Tuple(ids) => self.items("tuple", ids, 2, depth, Value::Tuple, child),
            MontyNode::Set(ids) => self.items("set", ids, 2, depth, Value::Set, child),
            MontyNode::FrozenSet(ids) => self.items("frozenset", ids, 2, depth, Value::FrozenSet, child),
            MontyNode::NamedTuple { type_name, field_names, values } => {
                self.items(type_name, values, 3, depth, |values| named_tuple(type_name, field_names, values), child)
            }
            MontyNode::Dict(pairs) => {
                if !self.enter(pairs.len().saturating_mul(2), 3, depth) {
                    return cut("dict", pairs.len() as u64, String::new());
                }
                let mut one = |id: &NodeId| self.value(child(*id), depth + 3);
                Value::Dict(pairs.iter().map(|(key, value)| (one(key), one(value))).collect())
            }
            MontyNode::ClassInstance { class_type, attrs, .. } => {
                let type_name = child(*class_type).class_name();
                if !self.enter(attrs.len(), 3, depth) {
                    return cut(&type_name, attrs.len() as u64, String::new());
                }
                let attributes = attrs
                    .iter()
                    .map(|(name, value)| {
                        let name = child(*name).as_str().map_or_else(String::new, |name| self.cut_text(name));
                        (name, self.value(child(*value), depth + 3))
                    })
                    .collect();
                Value::Instance { type_name, attributes }
            }
        }
    }

    /// Pays for all parts of a container at once, so that what was begun is also finished.
    fn enter(&mut self, parts: usize, levels: usize, depth: usize) -> bool {
        let fits = depth + levels <= MAX_DEPTH && parts <= self.nodes;
        if fits {
            self.nodes -= parts;
        }
        fits
    }

    fn items<'a>(
        &mut self,
        type_name: &str,
        ids: &[NodeId],
        levels: usize,
        depth: usize,
        build: impl FnOnce(Vec<Value>) -> Value,
        child: impl Fn(NodeId) -> ObjectRef<'a>,
    ) -> Value {
        if !self.enter(ids.len(), levels, depth) {
            let first: Vec<String> = ids
                .iter()
                .take(8)
                .map(|id| child(*id))
                .map(|item| if is_small(item) { Self::new().value(item, 0).repr(PREVIEW / 4) } else { "…".to_owned() })
                .collect();
            return cut(type_name, ids.len() as u64, first.join(", "));
        }
        build(ids.iter().map(|id| self.value(child(*id), depth + levels)).collect())
    }

    fn spend(&mut self, bytes: usize) -> bool {
        let fits = bytes <= self.bytes;
        if fits {
            self.bytes -= bytes;
        }
        fits
    }

    fn text(&mut self, type_name: &str, text: &str, build: impl FnOnce(String) -> Value) -> Value {
        if self.spend(escaped_length(text)) {
            build(text.to_owned())
        } else {
            cut(type_name, text.len() as u64, text[..text.floor_char_boundary(PREVIEW)].to_owned())
        }
    }

    fn cut_text(&mut self, text: &str) -> String {
        let end = if self.spend(escaped_length(text)) { text.len() } else { text.floor_char_boundary(PREVIEW) };
        text[..end].to_owned()
    }
}

trait ClassName {
    fn class_name(&self) -> String;
}

impl ClassName for ObjectRef<'_> {
    fn class_name(&self) -> String {
        match unstable::node(*self) {
            MontyNode::ClassType(class) => class.name.clone(),
            _ => "object".to_owned(),
        }
    }
}

fn named_tuple(type_name: &str, fields: &[String], values: Vec<Value>) -> Value {
    Value::NamedTuple { type_name: type_name.to_owned(), fields: fields.to_vec(), values }
}

fn cut(type_name: &str, size: u64, preview: String) -> Value {
    Value::Cut { type_name: type_name.to_owned(), size, preview }
}

/// A leaf that the interpreter built out of range. None is known; it shows as itself.
fn fallback(object: ObjectRef<'_>) -> Value {
    Value::Repr(object.type_name().to_owned())
}

fn is_small(object: ObjectRef<'_>) -> bool {
    matches!(
        unstable::node(object),
        MontyNode::None | MontyNode::Bool(_) | MontyNode::Int(_) | MontyNode::Float(_) | MontyNode::String(_)
    )
}

fn escaped_length(text: &str) -> usize {
    let extra: usize = text
        .bytes()
        .map(|byte| match byte {
            b'"' | b'\\' | b'\n' | b'\r' | b'\t' => 1,
            0..0x20 => 5,
            _ => 0,
        })
        .sum();
    text.len() + extra
}

fn convert_date(date: &MontyDate) -> Option<Date> {
    Date::new(u16::try_from(date.year).ok()?, date.month, date.day)
}

fn convert_datetime(value: &MontyDateTime) -> Option<DateTime> {
    let date = Date::new(u16::try_from(value.year).ok()?, value.month, value.day)?;
    let time = Time::new(value.hour, value.minute, value.second, value.microsecond, value.offset_seconds)?;
    Some(DateTime { date, time })
}

fn convert_time(value: &MontyTime) -> Option<Time> {
    Time::new(value.hour, value.minute, value.second, value.microsecond, value.offset_seconds)
}
