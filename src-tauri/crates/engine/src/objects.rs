//! The object style: `import dom` gives a module, and elements have methods.
//!
//! A module's functions and an element's methods are host functions under other names. An element
//! is known by an identity that holds its handle, so a snapshot needs no table of them.

use extensions::{ELEMENTS, Function, METHODS};
use monty_types::{ExcType, MontyException, MontyObject, MontyUuid};
use protocol::{Value, stage::Handle};

use crate::convert::Inward;

/// The upper half of an element's identity, and the identities of its class and of modules.
const ELEMENT: u128 = 0x6d6f_6e74_792d_656c_u128 << 64;
const CLASS: u128 = 0x6d6f_6e74_792d_6b6c_u128 << 64;
const MODULE: u128 = 0x6d6f_6e74_792d_6d6f_u128 << 64;

const CLASS_NAME: &str = "Element";

/// A module with the functions of an extension, without their prefix.
pub(crate) fn module<'a>(namespace: &str, index: usize, functions: impl Iterator<Item = &'a Function>) -> MontyObject {
    let attributes = functions.map(|function| {
        let short = short_name(namespace, &function.name);
        let about = function.about.as_ref();
        let value = MontyObject::function(format!("{namespace}.{short}"), Some(about.to_owned()));
        (MontyObject::string(short), value)
    });
    MontyObject::module(namespace, MontyUuid::from_u128(MODULE | index as u128), attributes)
}

fn short_name<'a>(namespace: &str, name: &'a str) -> &'a str {
    name.strip_prefix(namespace).and_then(|rest| rest.strip_prefix('_')).unwrap_or(name)
}

/// The whole name of a function that a module or an element offers under a short one.
pub(crate) fn whole_name(name: &str, receiver: Option<Handle>) -> Option<String> {
    if receiver.is_some() {
        return METHODS.iter().find(|(method, _)| *method == name).map(|(_, function)| (*function).to_owned());
    }
    let (namespace, short) = name.split_once('.')?;
    Some(if namespace == "host" { short.to_owned() } else { format!("{namespace}_{short}") })
}

/// The handle of the element that has this identity.
pub(crate) fn handle_of(id: MontyUuid) -> Option<Handle> {
    let bytes = u128::from_be_bytes(*id.as_bytes());
    (bytes & !u128::from(u64::MAX) == ELEMENT).then(|| u64::try_from(bytes & u128::from(u64::MAX)).unwrap_or_default())
}

/// What an element has no method or attribute of that name says.
pub(crate) fn no_attribute(receiver: Option<Handle>, name: &str) -> MontyException {
    let message = match receiver {
        Some(_) => {
            let methods: Vec<&str> = METHODS.iter().map(|(method, _)| *method).collect();
            format!("'{CLASS_NAME}' object has no attribute '{name}'; it has handle, {}", methods.join(", "))
        }
        None => format!("object has no attribute '{name}'"),
    };
    MontyException::new(ExcType::AttributeError, Some(message))
}

/// Arguments in which elements are their handles.
pub(crate) fn plain(value: Value) -> Value {
    match value {
        Value::Instance { type_name, mut attributes } if type_name == CLASS_NAME && attributes.len() == 1 => {
            attributes.pop().map_or(Value::None, |(_, handle)| handle)
        }
        Value::List(items) => Value::List(items.into_iter().map(plain).collect()),
        Value::Tuple(items) => Value::Tuple(items.into_iter().map(plain).collect()),
        other => other,
    }
}

/// Whether a function gives handles.
pub(crate) fn gives_elements(name: &str) -> bool {
    ELEMENTS.contains(&name)
}

/// A result in which handles are elements.
pub(crate) fn dressed(value: &Value, inward: &mut Inward) -> Option<MontyObject> {
    Some(match value {
        Value::Int(handle) => element(u64::try_from(*handle).ok()?),
        Value::List(items) => {
            let items: Option<Vec<_>> = items.iter().map(|item| dressed(item, inward)).collect();
            MontyObject::list(items?)
        }
        Value::Dict(pairs) => {
            let pairs: Option<Vec<_>> = pairs
                .iter()
                .map(|(key, value)| {
                    let is_handle = matches!(key, Value::Str(key) if key == "handle");
                    let value = if is_handle { dressed(value, inward)? } else { inward.object(value).ok()? };
                    let key = if is_handle { MontyObject::string("element") } else { inward.object(key).ok()? };
                    Some((key, value))
                })
                .collect();
            MontyObject::dict(pairs?)
        }
        _ => return None,
    })
}

fn element(handle: Handle) -> MontyObject {
    let class = MontyObject::class_type(CLASS_NAME, MontyUuid::from_u128(CLASS), true, true, []);
    let attributes = [(MontyObject::string("handle"), MontyObject::int(i64::try_from(handle).unwrap_or(i64::MAX)))];
    MontyObject::class_instance(class, MontyUuid::from_u128(ELEMENT | u128::from(handle)), attributes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_identity_holds_the_handle() {
        assert_eq!(handle_of(MontyUuid::from_u128(ELEMENT | 7)), Some(7));
        assert_eq!(handle_of(MontyUuid::from_u128(MODULE | 7)), None);
    }

    #[test]
    fn names_of_modules_and_methods() {
        assert_eq!(whole_name("dom.create", None).as_deref(), Some("dom_create"));
        assert_eq!(whole_name("host.alert", None).as_deref(), Some("alert"));
        assert_eq!(whole_name("set_text", Some(3)).as_deref(), Some("dom_text"));
        assert_eq!(whole_name("fly", Some(3)), None);
        assert_eq!(whole_name("fly", None), None);
    }
}
