//! Objects of the host: the interpreter has copies of their attributes and asks for the rest.

use std::collections::BTreeMap;

use monty_types::{CallArgs, ExcType, MontyException, MontyObject, MontyUuid};

use crate::conformance::host::{Answer, int, text, type_error};

#[derive(Clone)]
enum Object {
    Point { class: &'static str, x: i64, y: i64 },
    User { name: String },
    Empty,
}

impl Object {
    fn class(&self) -> &'static str {
        match self {
            Self::Point { class, .. } => class,
            Self::User { .. } => "User",
            Self::Empty => "Empty",
        }
    }

    fn attributes(&self) -> Vec<(&'static str, MontyObject)> {
        match self {
            Self::Point { x, y, .. } => vec![("x", MontyObject::int(*x)), ("y", MontyObject::int(*y))],
            Self::User { name } => {
                vec![("name", MontyObject::string(name.as_str())), ("active", MontyObject::bool(true))]
            }
            Self::Empty => Vec::new(),
        }
    }
}

/// All that were made for one program, by the id under which it knows them.
#[derive(Default)]
pub(crate) struct Objects(BTreeMap<String, Object>);

impl Objects {
    pub(crate) fn point(&mut self, class: &'static str, x: i64, y: i64) -> MontyObject {
        self.add(Object::Point { class, x, y })
    }

    pub(crate) fn user(&mut self, name: &str) -> MontyObject {
        self.add(Object::User { name: name.to_owned() })
    }

    pub(crate) fn empty(&mut self) -> MontyObject {
        self.add(Object::Empty)
    }

    /// Calls a method, or the object itself.
    pub(crate) fn call(&mut self, id: &str, name: &str, args: &CallArgs) -> Answer {
        let object = self.0.get(id).cloned().ok_or_else(|| type_error("there is no such object"))?;
        match (&object, name) {
            (_, "__call__") => Err(type_error(&format!("'{}' object is not callable", object.class()))),
            (Object::Point { x, y, .. }, "sum") => Ok(MontyObject::int(x + y)),
            (Object::Point { class, x, y }, "add") => Ok(self.point(class, x + int(args, 0)?, y + int(args, 1)?)),
            (Object::Point { class, x, y }, "scale") => {
                let factor = int(args, 0)?;
                Ok(self.point(class, x * factor, y * factor))
            }
            (Object::Point { x, y, .. }, "describe") => {
                let label = args.kwarg("label").and_then(|label| label.as_str()).map(str::to_owned);
                let label = label.map_or_else(|| text(args, 0), Ok)?;
                Ok(MontyObject::string(format!("{label}({x}, {y})")))
            }
            (Object::User { name }, "greeting") => Ok(MontyObject::string(format!("Hello, {name}!"))),
            _ => {
                let message = format!("'{}' object has no attribute '{name}'", object.class());
                Err(MontyException::new(ExcType::AttributeError, Some(message)))
            }
        }
    }

    /// An attribute that its copy in the interpreter has not.
    pub(crate) fn attribute(&self, id: &str, name: &str) -> Option<Answer> {
        match (self.0.get(id)?, name) {
            (Object::Point { .. }, "dimensions") => Some(Ok(MontyObject::int(2))),
            (Object::Point { class: "MutablePoint", .. }, "boom") => {
                Some(Err(MontyException::new(ExcType::KeyError, Some("boom".to_owned()))))
            }
            _ => None,
        }
    }

    fn add(&mut self, object: Object) -> MontyObject {
        let id = MontyUuid::from_u128(1000 + self.0.len() as u128);
        let class_id = match object.class() {
            "Point" => 100,
            "MutablePoint" => 101,
            "User" => 102,
            _ => 103,
        };
        let class = MontyObject::class_type(object.class(), MontyUuid::from_u128(class_id), true, true, []);
        let attributes = object.attributes().into_iter().map(|(name, value)| (MontyObject::string(name), value));
        let copy = MontyObject::class_instance(class, id, attributes);
        self.0.insert(id.to_string(), object);
        copy
    }
}
