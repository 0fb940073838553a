//! What a host function is called, takes and gives. Binding, schemas, stubs, help and completion
//! are all derived from this.

use std::borrow::Cow;

use protocol::Value;
use serde::{Deserialize, Serialize};

use crate::call::{Answer, Args, Context};

/// What a value may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Kind {
    String,
    /// A bool is one, as in Python; a float is not.
    Integer,
    /// An int or a float.
    Number,
    Boolean,
    Bytes,
    /// A list or a tuple.
    List,
    /// A dict whose keys are strings.
    Map,
    None,
    Any,
}

impl Kind {
    /// Whether a value is of this kind.
    #[inline]
    pub fn accepts(self, value: &Value) -> bool {
        match self {
            Self::String => matches!(value, Value::Str(_)),
            Self::Integer => matches!(value, Value::Int(_) | Value::BigInt(_) | Value::Bool(_)),
            Self::Number => matches!(value, Value::Int(_) | Value::BigInt(_) | Value::Bool(_) | Value::Float(_)),
            Self::Boolean => matches!(value, Value::Bool(_)),
            Self::Bytes => matches!(value, Value::Bytes(_)),
            Self::List => matches!(value, Value::List(_) | Value::Tuple(_)),
            Self::Map => {
                matches!(value, Value::Dict(pairs) if pairs.iter().all(|(key, _)| matches!(key, Value::Str(_))))
            }
            Self::None => matches!(value, Value::None),
            Self::Any => true,
        }
    }

    /// As an error of a wrong argument words it.
    pub(crate) fn in_words(self) -> &'static str {
        match self {
            Self::String => "str",
            Self::Integer => "int",
            Self::Number => "int or float",
            Self::Boolean => "bool",
            Self::Bytes => "bytes",
            Self::List => "list",
            Self::Map => "dict with str keys",
            Self::None => "None",
            Self::Any => "object",
        }
    }

    /// As Python annotates it.
    pub(crate) fn annotation(self) -> &'static str {
        match self {
            Self::Number => "float",
            Self::Map => "dict",
            Self::Any => "Any",
            _ => self.in_words(),
        }
    }
}

/// One or more kinds: a value fits if it is one of them.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(into = "KindNames", try_from = "KindNames")]
pub struct Type(pub Cow<'static, [Kind]>);

impl Type {
    pub const STRING: Self = Self::of(&[Kind::String]);
    pub const INTEGER: Self = Self::of(&[Kind::Integer]);
    pub const NUMBER: Self = Self::of(&[Kind::Number]);
    pub const BOOLEAN: Self = Self::of(&[Kind::Boolean]);
    pub const BYTES: Self = Self::of(&[Kind::Bytes]);
    pub const LIST: Self = Self::of(&[Kind::List]);
    pub const MAP: Self = Self::of(&[Kind::Map]);
    pub const NONE: Self = Self::of(&[Kind::None]);
    pub const ANY: Self = Self::of(&[Kind::Any]);

    pub const fn of(kinds: &'static [Kind]) -> Self {
        Self(Cow::Borrowed(kinds))
    }

    #[inline]
    pub fn accepts(&self, value: &Value) -> bool {
        self.0.iter().any(|kind| kind.accepts(value))
    }
}

/// A type as JSON tells it: the name of a kind, or several.
#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum KindNames {
    One(Kind),
    Several(Vec<Kind>),
}

impl From<Type> for KindNames {
    fn from(kind: Type) -> Self {
        match kind.0.as_ref() {
            [one] => Self::One(*one),
            several => Self::Several(several.to_vec()),
        }
    }
}

impl TryFrom<KindNames> for Type {
    type Error = &'static str;

    fn try_from(names: KindNames) -> Result<Self, Self::Error> {
        let kinds = match names {
            KindNames::One(kind) => vec![kind],
            KindNames::Several(kinds) => kinds,
        };
        if kinds.is_empty() {
            return Err("a type names at least one kind");
        }
        if kinds.iter().enumerate().any(|(index, kind)| kinds[..index].contains(kind)) {
            return Err("a type names a kind only once");
        }
        Ok(Self(Cow::Owned(kinds)))
    }
}

/// How an interface shows and edits an argument.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Hint {
    #[default]
    Plain,
    Python,
    Json,
    Sql,
    Markdown,
}

/// What a parameter is that a call leaves out.
#[derive(Debug, Clone, PartialEq)]
pub enum Default {
    None,
    Boolean(bool),
    Integer(i64),
    String(&'static str),
    /// For functions that a user declares.
    Value(Value),
}

impl Default {
    pub fn to_value(&self) -> Value {
        match self {
            Self::None => Value::None,
            Self::Boolean(value) => Value::Bool(*value),
            Self::Integer(value) => Value::Int(*value),
            Self::String(text) => Value::Str((*text).to_owned()),
            Self::Value(value) => value.clone(),
        }
    }
}

#[derive(Debug, Clone, PartialEq)]
pub struct Param {
    pub name: Cow<'static, str>,
    pub kind: Type,
    /// A parameter without one has to be given.
    pub default: Option<Default>,
    pub hint: Hint,
    /// What to give; empty where the name says it.
    pub about: &'static str,
}

/// A parameter that has to be given.
pub const fn param(name: &'static str, kind: Type) -> Param {
    Param { name: Cow::Borrowed(name), kind, default: None, hint: Hint::Plain, about: "" }
}

/// A parameter that may be left out.
pub const fn optional(name: &'static str, kind: Type, default: Default) -> Param {
    Param { name: Cow::Borrowed(name), kind, default: Some(default), hint: Hint::Plain, about: "" }
}

impl Param {
    #[must_use]
    pub const fn hint(mut self, hint: Hint) -> Self {
        self.hint = hint;
        self
    }

    #[must_use]
    pub const fn about(mut self, about: &'static str) -> Self {
        self.about = about;
        self
    }
}

/// The declaration of a host function.
#[derive(Debug, Clone, PartialEq)]
pub struct Function {
    pub name: Cow<'static, str>,
    /// One or two plain sentences: what it does, what it gives, what it raises.
    pub about: Cow<'static, str>,
    pub params: Cow<'static, [Param]>,
    pub returns: Type,
    /// The extension that it belongs to. The coordinator fills it in.
    pub namespace: Cow<'static, str>,
}

/// A declaration together with what answers it: the one place where a function of an extension is
/// written down.
pub struct Declared<E> {
    pub function: Function,
    pub answer: fn(&mut E, Args, &mut Context<'_>) -> Answer,
}

/// Declares a function of an extension.
pub const fn declare<E>(
    name: &'static str,
    about: &'static str,
    params: &'static [Param],
    returns: Type,
    answer: fn(&mut E, Args, &mut Context<'_>) -> Answer,
) -> Declared<E> {
    let function = Function {
        name: Cow::Borrowed(name),
        about: Cow::Borrowed(about),
        params: Cow::Borrowed(params),
        returns,
        namespace: Cow::Borrowed(""),
    };
    Declared { function, answer }
}
