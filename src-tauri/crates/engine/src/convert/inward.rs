//! Into the interpreter.

use monty_types::{
    ExcType, MontyDate, MontyDateTime, MontyObject, MontyTime, MontyTimeDelta, MontyTimeZone, MontyType, MontyUuid,
};
use protocol::{Code, Misuse, Value, value::DateTime};

/// Builds the interpreter's values. Instances get identities, which count up through a session.
#[derive(Debug, Default)]
pub(crate) struct Inward {
    identities: u128,
}

impl Inward {
    pub(crate) fn from_identities(identities: u128) -> Self {
        Self { identities }
    }

    pub(crate) fn identities(&self) -> u128 {
        self.identities
    }

    pub(crate) fn object(&mut self, value: &Value) -> Result<MontyObject, Misuse> {
        Ok(match value {
            Value::None => MontyObject::none(),
            Value::Bool(value) => MontyObject::bool(*value),
            Value::Int(value) => MontyObject::int(*value),
            Value::BigInt(value) => MontyObject::bigint(value.clone()),
            Value::Float(value) => MontyObject::float(*value),
            Value::Str(text) => MontyObject::string(text.as_str()),
            Value::Bytes(bytes) => MontyObject::bytes(bytes.as_slice()),
            Value::List(items) => MontyObject::list(self.objects(items)?),
            Value::Tuple(items) => MontyObject::tuple(self.objects(items)?),
            Value::Set(items) => MontyObject::set(self.objects(items)?),
            Value::FrozenSet(items) => MontyObject::frozenset(self.objects(items)?),
            Value::Dict(pairs) => {
                let pairs: Result<Vec<_>, Misuse> =
                    pairs.iter().map(|(key, value)| Ok((self.object(key)?, self.object(value)?))).collect();
                MontyObject::dict(pairs?)
            }
            Value::Date(date) => {
                MontyObject::date(MontyDate { year: date.year.into(), month: date.month, day: date.day })
            }
            Value::DateTime(DateTime { date, time }) => MontyObject::datetime(MontyDateTime {
                year: date.year.into(),
                month: date.month,
                day: date.day,
                hour: time.hour,
                minute: time.minute,
                second: time.second,
                microsecond: time.microsecond,
                offset_seconds: time.offset,
                timezone_name: None,
            }),
            Value::Time(time) => MontyObject::time(MontyTime {
                hour: time.hour,
                minute: time.minute,
                second: time.second,
                microsecond: time.microsecond,
                offset_seconds: time.offset,
                timezone_name: None,
                fold: 0,
            }),
            Value::TimeDelta(delta) => MontyObject::timedelta(MontyTimeDelta {
                days: delta.days,
                seconds: delta.seconds,
                microseconds: delta.microseconds,
            }),
            Value::TimeZone(zone) => {
                MontyObject::timezone(MontyTimeZone { offset_seconds: zone.offset_seconds, name: zone.name.clone() })
            }
            Value::Path(path) => MontyObject::path(path.as_str()),
            Value::Decimal(text) => MontyObject::decimal(text.as_str()),
            Value::Complex(real, imag) => MontyObject::complex(*real, *imag),
            Value::NamedTuple { type_name, fields, values } => {
                MontyObject::named_tuple(type_name.as_str(), fields.iter().cloned(), self.objects(values)?)
            }
            Value::Instance { type_name, attributes } => {
                let class = MontyObject::class_type(type_name.as_str(), self.identity(), true, false, []);
                let attributes: Result<Vec<_>, Misuse> = attributes
                    .iter()
                    .map(|(name, value)| Ok((MontyObject::string(name.as_str()), self.object(value)?)))
                    .collect();
                MontyObject::class_instance(class, self.identity(), attributes?)
            }
            Value::Exception { type_name, message } => {
                let exc_type = type_name.parse().map_err(|_| bad(format!("{type_name} is no exception type")))?;
                MontyObject::exception(exc_type, message.clone())
            }
            Value::Function(name) => MontyObject::builtin_function_from_name(name)
                .unwrap_or_else(|| MontyObject::function(name.as_str(), None)),
            Value::Type(name) => {
                let kind = MontyType::from_type_name(name).ok_or_else(|| bad(format!("{name} is no built-in type")))?;
                MontyObject::type_object(kind)
            }
            Value::Ellipsis => MontyObject::ellipsis(),
            Value::Repr(text) if text == "NotImplemented" => MontyObject::not_implemented(),
            Value::Repr(_) | Value::Cycle(_) | Value::Cut { .. } => {
                return Err(bad("a value that was not written in full cannot be given back".to_owned()));
            }
        })
    }

    fn objects(&mut self, values: &[Value]) -> Result<Vec<MontyObject>, Misuse> {
        values.iter().map(|value| self.object(value)).collect()
    }

    fn identity(&mut self) -> MontyUuid {
        self.identities += 1;
        MontyUuid::from_u128(self.identities)
    }
}

/// An exception type by its name.
pub(crate) fn exc_type(name: &str) -> Result<ExcType, Misuse> {
    use monty_types::ExcType as Type;
    name.parse::<Type>().map_err(|_| {
        let all: Vec<String> = exc_type_names().map(str::to_owned).collect();
        Misuse {
            allowed: Some(all.clone()),
            ..Misuse::new(
                Code::UnknownExcType,
                format!("{name:?} is no exception type of the interpreter; there are {}", all.join(", ")),
            )
        }
    })
}

fn exc_type_names() -> impl Iterator<Item = &'static str> {
    <ExcType as strum::VariantNames>::VARIANTS.iter().copied()
}

fn bad(message: String) -> Misuse {
    Misuse::new(Code::BadValue, message)
}
