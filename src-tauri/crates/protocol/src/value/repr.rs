//! Values as Python's `repr` shows them, cut where a budget of bytes ends.

use std::fmt::Write as _;

use unicode_general_category::{GeneralCategory as Category, get_general_category};

use super::{Date, Time, TimeDelta, Value};

impl Value {
    /// The value as Python would print it, at most about `budget` bytes long; `…` stands for the rest.
    pub fn repr(&self, budget: usize) -> String {
        let mut out = Repr { text: String::new(), budget };
        out.value(self);
        if out.text.len() > budget {
            let end = out.text.floor_char_boundary(budget);
            out.text.truncate(end);
            out.text.push('…');
        }
        out.text
    }
}

struct Repr {
    text: String,
    budget: usize,
}

impl Repr {
    fn full(&self) -> bool {
        self.text.len() > self.budget
    }

    fn value(&mut self, value: &Value) {
        if self.full() {
            return;
        }
        match value {
            Value::None => self.push("None"),
            Value::Bool(true) => self.push("True"),
            Value::Bool(false) => self.push("False"),
            Value::Int(value) => self.push(&value.to_string()),
            Value::BigInt(value) => self.push(&value.to_string()),
            Value::Float(value) => self.float(*value),
            Value::Str(value) => self.string(value),
            Value::Bytes(value) => self.bytes(value),
            Value::List(items) => self.items("[", items, "]", false),
            Value::Tuple(items) => self.items("(", items, ")", items.len() == 1),
            Value::Set(items) if items.is_empty() => self.push("set()"),
            Value::Set(items) => self.items("{", items, "}", false),
            Value::FrozenSet(items) if items.is_empty() => self.push("frozenset()"),
            Value::FrozenSet(items) => self.items("frozenset({", items, "})", false),
            Value::Dict(pairs) => self.dict(pairs),
            Value::Date(Date { year, month, day }) => self.push(&format!("datetime.date({year}, {month}, {day})")),
            Value::DateTime(value) => {
                let Date { year, month, day } = value.date;
                self.push(&format!("datetime.datetime({year}, {month}, {day}, "));
                self.time(&value.time);
            }
            Value::Time(value) => {
                self.push("datetime.time(");
                self.time(value);
            }
            Value::TimeDelta(value) => self.delta(value),
            Value::TimeZone(zone) => {
                self.zone(zone.offset_seconds, zone.name.as_deref());
            }
            Value::Path(path) => {
                self.push("PosixPath(");
                self.string(path);
                self.push(")");
            }
            Value::Decimal(text) => self.push(&format!("Decimal('{text}')")),
            Value::Complex(real, imag) => self.complex(*real, *imag),
            Value::NamedTuple { type_name, fields, values } => {
                self.fields(type_name, fields.iter().map(String::as_str).zip(values));
            }
            Value::Instance { type_name, attributes } => {
                self.fields(type_name, attributes.iter().map(|(name, value)| (name.as_str(), value)));
            }
            Value::Exception { type_name, message } => {
                self.push(type_name);
                self.push("(");
                if let Some(message) = message {
                    self.string(message);
                }
                self.push(")");
            }
            Value::Function(name) => self.push(&format!("<function {name}>")),
            Value::Type(name) => self.push(&format!("<class '{name}'>")),
            Value::Ellipsis => self.push("Ellipsis"),
            Value::Repr(text) | Value::Cycle(text) => self.push(text),
            Value::Cut { type_name, size, preview } => {
                self.push(&format!("<{type_name} of size {size}: {preview}…>"));
            }
        }
    }

    fn push(&mut self, text: &str) {
        self.text.push_str(text);
    }

    fn float(&mut self, value: f64) {
        // Python writes an exponent below 1e-4 and from 1e16 on, with a sign and two digits.
        let magnitude = value.abs();
        if !value.is_finite() {
            self.push(if value.is_nan() {
                "nan"
            } else if value > 0.0 {
                "inf"
            } else {
                "-inf"
            });
        } else if magnitude != 0.0 && !(1e-4..1e16).contains(&magnitude) {
            let text = format!("{value:e}");
            let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
            let (sign, digits) = exponent.strip_prefix('-').map_or(('+', exponent), |digits| ('-', digits));
            self.push(&format!("{mantissa}e{sign}{digits:0>2}"));
        } else {
            self.push(&format!("{value:?}"));
        }
    }

    fn complex(&mut self, real: f64, imag: f64) {
        let part = |value: f64| {
            let mut out = Self { text: String::new(), budget: 64 };
            out.float(value);
            out.text.strip_suffix(".0").map_or(out.text.clone(), str::to_owned)
        };
        if real == 0.0 && real.is_sign_positive() {
            self.push(&format!("{}j", part(imag)));
        } else {
            let sign = if imag.is_sign_negative() { "" } else { "+" };
            self.push(&format!("({}{sign}{}j)", part(real), part(imag)));
        }
    }

    fn string(&mut self, text: &str) {
        let quote = if text.contains('\'') && !text.contains('"') { '"' } else { '\'' };
        self.text.push(quote);
        for char in text.chars() {
            if self.full() {
                return;
            }
            match char {
                '\\' => self.push("\\\\"),
                '\n' => self.push("\\n"),
                '\r' => self.push("\\r"),
                '\t' => self.push("\\t"),
                _ if char == quote => {
                    self.text.push('\\');
                    self.text.push(char);
                }
                _ if is_printable(char) => self.text.push(char),
                _ => {
                    let code = u32::from(char);
                    let _ = match code {
                        0..0x100 => write!(self.text, "\\x{code:02x}"),
                        0x100..0x1_0000 => write!(self.text, "\\u{code:04x}"),
                        _ => write!(self.text, "\\U{code:08x}"),
                    };
                }
            }
        }
        self.text.push(quote);
    }

    fn bytes(&mut self, bytes: &[u8]) {
        let quote = if bytes.contains(&b'\'') && !bytes.contains(&b'"') { '"' } else { '\'' };
        self.text.push('b');
        self.text.push(quote);
        for &byte in bytes {
            if self.full() {
                return;
            }
            match byte {
                b'\\' => self.push("\\\\"),
                b'\n' => self.push("\\n"),
                b'\r' => self.push("\\r"),
                b'\t' => self.push("\\t"),
                b'\'' if quote == '\'' => self.push("\\'"),
                b' '..=b'~' => self.text.push(char::from(byte)),
                _ => {
                    let _ = write!(self.text, "\\x{byte:02x}");
                }
            }
        }
        self.text.push(quote);
    }

    fn items(&mut self, open: &str, items: &[Value], close: &str, trailing_comma: bool) {
        self.push(open);
        for (index, item) in items.iter().enumerate() {
            if self.full() {
                return;
            }
            if index > 0 {
                self.push(", ");
            }
            self.value(item);
        }
        if trailing_comma {
            self.push(",");
        }
        self.push(close);
    }

    fn dict(&mut self, pairs: &[(Value, Value)]) {
        self.push("{");
        for (index, (key, value)) in pairs.iter().enumerate() {
            if self.full() {
                return;
            }
            if index > 0 {
                self.push(", ");
            }
            self.value(key);
            self.push(": ");
            self.value(value);
        }
        self.push("}");
    }

    fn fields<'a>(&mut self, name: &str, fields: impl Iterator<Item = (&'a str, &'a Value)>) {
        self.push(name);
        self.push("(");
        for (index, (field, value)) in fields.enumerate() {
            if self.full() {
                return;
            }
            if index > 0 {
                self.push(", ");
            }
            self.push(field);
            self.push("=");
            self.value(value);
        }
        self.push(")");
    }

    fn time(&mut self, time: &Time) {
        self.push(&format!("{}, {}", time.hour, time.minute));
        if time.second != 0 || time.microsecond != 0 {
            self.push(&format!(", {}", time.second));
        }
        if time.microsecond != 0 {
            self.push(&format!(", {}", time.microsecond));
        }
        if let Some(offset) = time.offset {
            self.push(", tzinfo=");
            self.zone(offset, None);
        }
        self.push(")");
    }

    fn zone(&mut self, offset: i32, name: Option<&str>) {
        if offset == 0 && name.is_none() {
            return self.push("datetime.timezone.utc");
        }
        self.push("datetime.timezone(");
        if let Some(delta) = TimeDelta::normal(0, offset.into(), 0) {
            self.delta(&delta);
        }
        if let Some(name) = name {
            self.push(", ");
            self.string(name);
        }
        self.push(")");
    }

    fn delta(&mut self, delta: &TimeDelta) {
        let parts = [("days", delta.days), ("seconds", delta.seconds), ("microseconds", delta.microseconds)];
        let shown: Vec<String> =
            parts.iter().filter(|(_, value)| *value != 0).map(|(name, value)| format!("{name}={value}")).collect();
        let inner = if shown.is_empty() { "0".to_owned() } else { shown.join(", ") };
        self.push(&format!("datetime.timedelta({inner})"));
    }
}

/// Whether Python shows a character as itself. What nobody would see, or what turns a line around,
/// is not.
fn is_printable(char: char) -> bool {
    let hidden = matches!(
        get_general_category(char),
        Category::Control
            | Category::Format
            | Category::Surrogate
            | Category::PrivateUse
            | Category::Unassigned
            | Category::LineSeparator
            | Category::ParagraphSeparator
            | Category::SpaceSeparator
    );
    char == ' ' || !hidden
}
