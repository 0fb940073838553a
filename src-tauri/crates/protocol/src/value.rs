//! Python values on the wire: JSON where JSON says it exactly, a tagged object everywhere else.

mod decode;
mod encode;
mod repr;
pub mod time;

pub use decode::{BadValue, MAX_DEPTH, MAX_INT_DIGITS, from_json};
pub use encode::{SAFE_INT, tag_free_key, to_javascript};
pub use time::{Date, DateTime, Time, TimeDelta, TimeZone};

use num_bigint::BigInt;

/// A Python value, detached from any interpreter.
///
/// `Repr`, `Cycle` and `Cut` only come out: they stand for what has no faithful form.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    None,
    Bool(bool),
    Int(i64),
    /// Only for what does not fit `Int`.
    BigInt(BigInt),
    Float(f64),
    Str(String),
    Bytes(Vec<u8>),
    List(Vec<Value>),
    Tuple(Vec<Value>),
    Set(Vec<Value>),
    FrozenSet(Vec<Value>),
    Dict(Vec<(Value, Value)>),
    Date(Date),
    DateTime(DateTime),
    Time(Time),
    TimeDelta(TimeDelta),
    TimeZone(TimeZone),
    Path(String),
    Decimal(String),
    Complex(f64, f64),
    NamedTuple {
        type_name: String,
        fields: Vec<String>,
        values: Vec<Value>,
    },
    Instance {
        type_name: String,
        attributes: Vec<(String, Value)>,
    },
    Exception {
        type_name: String,
        message: Option<String>,
    },
    Function(String),
    Type(String),
    Ellipsis,
    Repr(String),
    Cycle(String),
    /// Where a budget of nodes, bytes or depth ended.
    Cut {
        type_name: String,
        size: u64,
        preview: String,
    },
}

impl Value {
    /// The name Python gives the value's type.
    pub fn type_name(&self) -> &str {
        match self {
            Self::None => "NoneType",
            Self::Bool(_) => "bool",
            Self::Int(_) | Self::BigInt(_) => "int",
            Self::Float(_) => "float",
            Self::Str(_) => "str",
            Self::Bytes(_) => "bytes",
            Self::List(_) => "list",
            Self::Tuple(_) => "tuple",
            Self::Set(_) => "set",
            Self::FrozenSet(_) => "frozenset",
            Self::Dict(_) => "dict",
            Self::Date(_) => "date",
            Self::DateTime(_) => "datetime",
            Self::Time(_) => "time",
            Self::TimeDelta(_) => "timedelta",
            Self::TimeZone(_) => "timezone",
            Self::Path(_) => "PosixPath",
            Self::Decimal(_) => "Decimal",
            Self::Complex(..) => "complex",
            Self::NamedTuple { type_name, .. }
            | Self::Instance { type_name, .. }
            | Self::Exception { type_name, .. }
            | Self::Cut { type_name, .. } => type_name,
            Self::Function(_) => "function",
            Self::Type(_) => "type",
            Self::Ellipsis => "ellipsis",
            Self::Repr(_) | Self::Cycle(_) => "object",
        }
    }

    /// An int of any size in its one canonical form.
    pub fn int(value: BigInt) -> Self {
        i64::try_from(&value).map_or(Self::BigInt(value), Self::Int)
    }
}
