//! Functions that a user declares in the app. They are answered by hand or by rule.

use std::{borrow::Cow, collections::HashSet};

use protocol::Value;
use serde::{Deserialize, Deserializer, Serialize};

use crate::{
    bind::in_words,
    declaration::{Default, Function, Hint, Param, Type},
    identifier::{is_identifier, is_keyword},
};

/// The namespace of these functions where functions are listed.
pub const OWN_NAMESPACE: &str = "own";

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct OwnFunction {
    pub name: String,
    #[serde(default)]
    pub about: String,
    #[serde(default)]
    pub params: Vec<OwnParam>,
    #[serde(default = "any", skip_serializing_if = "is_any")]
    pub returns: Type,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct OwnParam {
    pub name: String,
    #[serde(rename = "type", default = "any", skip_serializing_if = "is_any")]
    pub kind: Type,
    /// `null` is the default None; a parameter has to be given only where there is no such key.
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    pub default: Option<Value>,
    #[serde(default, skip_serializing_if = "is_plain")]
    pub hint: Hint,
}

/// Reads a key that is there, even with `null`.
pub(crate) fn present<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Value>, D::Error> {
    Value::deserialize(deserializer).map(Some)
}

fn any() -> Type {
    Type::ANY
}

fn is_any(kind: &Type) -> bool {
    *kind == Type::ANY
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "this is how serde asks")]
fn is_plain(hint: &Hint) -> bool {
    *hint == Hint::Plain
}

/// What is wrong with a declaration.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum OwnFunctionError {
    #[error("{0:?} is no name that Python takes")]
    NotAName(String),
    #[error("{0:?} is a keyword of Python")]
    Keyword(String),
    #[error("there already is a function {0:?}")]
    DuplicateFunction(String),
    #[error("the name {name:?} belongs to the extension {namespace}")]
    Reserved { name: String, namespace: String },
    #[error("{function}() has two parameters {param:?}")]
    DuplicateParam { function: String, param: String },
    #[error("the parameter {param:?} of {function}() has no default, but follows one that has")]
    RequiredAfterOptional { function: String, param: String },
    #[error("the default of {param:?} of {function}() has to be {expected}, not {found}")]
    WrongDefault { function: String, param: String, expected: String, found: String },
}

/// Checks declarations one by one and beside each other and the functions there are, and turns them
/// into functions like all others.
pub fn own_functions(
    declared: &[OwnFunction],
    is_taken: impl Fn(&str) -> bool,
    namespaces: &[&str],
) -> Result<Vec<Function>, OwnFunctionError> {
    let mut names = HashSet::new();
    let mut functions = Vec::with_capacity(declared.len());
    for own in declared {
        if is_taken(&own.name) || !names.insert(own.name.as_str()) {
            return Err(OwnFunctionError::DuplicateFunction(own.name.clone()));
        }
        let belongs = |namespace: &str| {
            own.name.strip_prefix(namespace).is_some_and(|rest| rest.is_empty() || rest.starts_with('_'))
        };
        if let Some(namespace) = namespaces.iter().find(|namespace| belongs(namespace)) {
            let (name, namespace) = (own.name.clone(), (*namespace).to_owned());
            return Err(OwnFunctionError::Reserved { name, namespace });
        }
        functions.push(own.to_function()?);
    }
    Ok(functions)
}

impl OwnFunction {
    pub fn to_function(&self) -> Result<Function, OwnFunctionError> {
        check_name(&self.name)?;
        let (mut names, mut has_default) = (HashSet::new(), false);
        for param in &self.params {
            check_name(&param.name)?;
            let (function, name) = (|| self.name.clone(), || param.name.clone());
            if !names.insert(&param.name) {
                return Err(OwnFunctionError::DuplicateParam { function: function(), param: name() });
            }
            if has_default && param.default.is_none() {
                return Err(OwnFunctionError::RequiredAfterOptional { function: function(), param: name() });
            }
            has_default |= param.default.is_some();
            if let Some(default) = param.default.as_ref().filter(|default| !param.kind.accepts(default)) {
                return Err(OwnFunctionError::WrongDefault {
                    function: function(),
                    param: name(),
                    expected: in_words(&param.kind),
                    found: default.type_name().to_owned(),
                });
            }
        }
        Ok(Function {
            name: Cow::Owned(self.name.clone()),
            about: Cow::Owned(self.about.clone()),
            params: self.params.iter().map(OwnParam::to_param).collect(),
            returns: self.returns.clone(),
            namespace: Cow::Borrowed(OWN_NAMESPACE),
        })
    }
}

impl OwnParam {
    fn to_param(&self) -> Param {
        Param {
            name: Cow::Owned(self.name.clone()),
            kind: self.kind.clone(),
            default: self.default.clone().map(Default::Value),
            hint: self.hint,
            about: "",
        }
    }
}

fn check_name(name: &str) -> Result<(), OwnFunctionError> {
    if is_keyword(name) {
        return Err(OwnFunctionError::Keyword(name.to_owned()));
    }
    if !is_identifier(name) {
        return Err(OwnFunctionError::NotAName(name.to_owned()));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use protocol::Inputs;
    use serde_json::json;

    use super::{OwnFunction, own_functions};
    use crate::{bind, derive::signature};

    fn read(json: serde_json::Value) -> OwnFunction {
        serde_json::from_value(json).unwrap()
    }

    #[test]
    fn a_declaration_becomes_a_function_like_all_others() {
        let own = read(json!({
            "name": "get_weather",
            "about": "The weather of a town.",
            "params": [
                {"name": "town", "type": "string", "hint": "markdown"},
                {"name": "day", "type": ["integer", "none"], "default": null},
                {"name": "rest", "default": [1, 2]},
            ],
            "returns": ["map", "none"],
        }));
        let back: OwnFunction = serde_json::from_str(&serde_json::to_string(&own).unwrap()).unwrap();
        assert_eq!(back, own);
        let function = own_functions(&[own], |_| false, &["el"]).unwrap().remove(0);
        assert_eq!(
            signature(&function),
            "get_weather(town: str, day: int | None = None, rest: Any = [1, 2]) -> dict | None"
        );
        assert_eq!(function.namespace, "own");
        let raised = bind(&function, vec![], Inputs::default()).unwrap_err();
        assert_eq!(raised.message, "get_weather() missing 1 required positional argument: 'town'");
        assert_eq!(signature(&read(json!({"name": "f"})).to_function().unwrap()), "f() -> Any");
    }

    #[test]
    fn what_python_would_not_take_is_refused() {
        let cases = [
            (json!({"name": ""}), r#""" is no name that Python takes"#),
            (json!({"name": "1a"}), r#""1a" is no name that Python takes"#),
            (json!({"name": "a b"}), r#""a b" is no name that Python takes"#),
            (json!({"name": "class"}), r#""class" is a keyword of Python"#),
            (json!({"name": "el_recv"}), r#"there already is a function "el_recv""#),
            (json!({"name": "twice"}), r#"there already is a function "twice""#),
            (json!({"name": "el_more"}), r#"the name "el_more" belongs to the extension el"#),
            (json!({"name": "el"}), r#"the name "el" belongs to the extension el"#),
            (json!({"name": "f", "params": [{"name": "if"}]}), r#""if" is a keyword of Python"#),
            (json!({"name": "f", "params": [{"name": "a"}, {"name": "a"}]}), r#"f() has two parameters "a""#),
            (
                json!({"name": "f", "params": [{"name": "a", "default": 1}, {"name": "b"}]}),
                r#"the parameter "b" of f() has no default, but follows one that has"#,
            ),
            (
                json!({"name": "f", "params": [{"name": "a", "type": ["string", "none"], "default": 1}]}),
                r#"the default of "a" of f() has to be str or None, not int"#,
            ),
        ];
        for (declared, message) in cases {
            let declared = [read(json!({"name": "twice"})), read(declared)];
            let refused = own_functions(&declared, |name| name == "el_recv", &["el"]).unwrap_err();
            assert_eq!(refused.to_string(), message);
        }
        for wrong in [
            json!({"name": "f", "params": [{"name": "a", "type": "text"}]}),
            json!({"name": "f", "returns": []}),
            json!({"name": "f", "returns": ["none", "none"]}),
            json!({"name": "f", "more": 1}),
            json!({}),
        ] {
            assert!(serde_json::from_value::<OwnFunction>(wrong.clone()).is_err(), "{wrong}");
        }
    }
}
