//! Arguments to parameters, as CPython 3.14 binds them and in its words.

use protocol::{Inputs, Value};

use crate::{
    call::{Args, Raised},
    declaration::{Function, Kind, Param, Type},
    suggest,
};

/// Puts the arguments of a call into the order of the parameters, fills in defaults and checks kinds.
///
/// Positional arguments alone stay in the vector they came in: this is on the path of every call.
pub fn bind(function: &Function, mut args: Vec<Value>, kwargs: Inputs) -> Result<Args, Raised> {
    let params = function.params.as_ref();
    if !kwargs.0.is_empty() {
        return bind_named(function, args, kwargs);
    }
    if args.len() > params.len() {
        return Err(too_many(function, args.len()));
    }
    for (param, value) in params.iter().zip(&args) {
        check(function, param, value)?;
    }
    args.reserve_exact(params.len() - args.len());
    for param in &params[args.len()..] {
        match &param.default {
            Some(default) => args.push(default.to_value()),
            None => return Err(missing(function, |index| index >= args.len())),
        }
    }
    Ok(Args(args))
}

/// CPython looks at the names first, then at the number of positionals, then at what is missing.
fn bind_named(function: &Function, mut args: Vec<Value>, kwargs: Inputs) -> Result<Args, Raised> {
    let params = function.params.as_ref();
    let given = args.len();
    args.truncate(params.len());
    let mut slots: Vec<Option<Value>> = args.into_iter().map(Some).collect();
    slots.resize(params.len(), None);
    for (name, value) in kwargs.0 {
        let Some(index) = params.iter().position(|param| param.name == name) else {
            return Err(unexpected(function, &name));
        };
        if slots[index].is_some() {
            let text = format!("{}() got multiple values for argument '{name}'", function.name);
            return Err(Raised::type_error(text));
        }
        slots[index] = Some(value);
    }
    if given > params.len() {
        return Err(too_many(function, given));
    }
    if params.iter().zip(&slots).any(|(param, slot)| slot.is_none() && param.default.is_none()) {
        return Err(missing(function, |index| slots[index].is_none()));
    }
    let mut bound = Vec::with_capacity(params.len());
    for (param, slot) in params.iter().zip(slots) {
        bound.push(match (slot, &param.default) {
            (Some(value), _) => {
                check(function, param, &value)?;
                value
            }
            (None, Some(default)) => default.to_value(),
            (None, None) => Value::None,
        });
    }
    Ok(Args(bound))
}

#[inline]
fn check(function: &Function, param: &Param, value: &Value) -> Result<(), Raised> {
    if param.kind.accepts(value) { Ok(()) } else { Err(wrong_type(function, param, value)) }
}

#[cold]
fn wrong_type(function: &Function, param: &Param, value: &Value) -> Raised {
    let not = match value {
        Value::None => "None".to_owned(),
        Value::Dict(pairs) if param.kind.0.contains(&Kind::Map) => {
            let key = pairs.iter().map(|(key, _)| key).find(|key| !matches!(key, Value::Str(_)));
            key.map_or_else(|| "dict".to_owned(), |key| format!("dict with a key of type {}", key.type_name()))
        }
        value => value.type_name().to_owned(),
    };
    let text = format!("{}() argument '{}' must be {}, not {not}", function.name, param.name, in_words(&param.kind));
    Raised::type_error(text)
}

impl Function {
    /// Whether what somebody else answers is what the function gives.
    pub fn check_result(&self, value: &Value) -> Result<(), Raised> {
        if self.returns.accepts(value) {
            return Ok(());
        }
        let (expected, found) = (in_words(&self.returns), value.type_name());
        Err(Raised::type_error(format!("{}() gives {expected}, not {found}", self.name)))
    }
}

/// `str`, `str or None`, `str, bytes or None`.
pub(crate) fn in_words(kind: &Type) -> String {
    let words: Vec<&str> = kind.0.iter().map(|kind| kind.in_words()).collect();
    match words.as_slice() {
        [] => String::new(),
        [one] => (*one).to_owned(),
        [first @ .., last] => format!("{} or {last}", first.join(", ")),
    }
}

#[cold]
fn unexpected(function: &Function, name: &str) -> Raised {
    let mut text = format!("{}() got an unexpected keyword argument '{name}'", function.name);
    if let Some(close) = suggest::closest(name, function.params.iter().map(|param| param.name.as_ref())) {
        text.push_str(&format!(". Did you mean '{close}'?"));
    }
    Raised::type_error(text)
}

#[cold]
fn too_many(function: &Function, given: usize) -> Raised {
    let most = function.params.len();
    let optional = function.params.iter().filter(|param| param.default.is_some()).count();
    let (takes, plural) = match optional {
        0 => (most.to_string(), most != 1),
        _ => (format!("from {} to {most}", most - optional), true),
    };
    let (s, were) = (if plural { "s" } else { "" }, if given == 1 { "was" } else { "were" });
    Raised::type_error(format!("{}() takes {takes} positional argument{s} but {given} {were} given", function.name))
}

#[cold]
fn missing(function: &Function, is_open: impl Fn(usize) -> bool) -> Raised {
    let params = function.params.iter().enumerate();
    let names: Vec<String> = params
        .filter(|(index, param)| param.default.is_none() && is_open(*index))
        .map(|(_, param)| format!("'{}'", param.name))
        .collect();
    let list = match names.as_slice() {
        [first, second] => format!("{first} and {second}"),
        [first @ .., last] if !first.is_empty() => format!("{}, and {last}", first.join(", ")),
        _ => names.concat(),
    };
    let s = if names.len() == 1 { "" } else { "s" };
    let text = format!("{}() missing {} required positional argument{s}: {list}", function.name, names.len());
    Raised::type_error(text)
}

#[cfg(test)]
mod tests;
