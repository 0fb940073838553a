//! What a host function is called, takes and gives. Binding, schemas, stubs, help and completion
//! are all derived from this.

use std::borrow::Cow;

use protocol::Value;

use crate::call::{Answer, Args, Context};

/// What a value may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
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

/// One or more kinds: a value fits if it is one of them.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
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
}

/// How an interface shows and edits an argument.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
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
}

/// A parameter that has to be given.
pub const fn param(name: &'static str, kind: Type) -> Param {
    Param { name: Cow::Borrowed(name), kind, default: None, hint: Hint::Plain }
}

/// A parameter that may be left out.
pub const fn optional(name: &'static str, kind: Type, default: Default) -> Param {
    Param { name: Cow::Borrowed(name), kind, default: Some(default), hint: Hint::Plain }
}

impl Param {
    #[must_use]
    pub const fn hint(mut self, hint: Hint) -> Self {
        self.hint = hint;
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
    let function =
        Function { name: Cow::Borrowed(name), about: Cow::Borrowed(about), params: Cow::Borrowed(params), returns };
    Declared { function, answer }
}
