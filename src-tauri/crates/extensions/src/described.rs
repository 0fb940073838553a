//! All functions in every form, for whoever shows them or hands them to a model.

use protocol::{Described, DescribedExtension, DescribedFunction};

use crate::{
    declaration::Function,
    derive::{Schema, prompt, signature, stub_file},
    extension::{ChildPolicy, Extension, Place},
    own_function::OWN_NAMESPACE,
    standard::standard,
};

/// The functions of these extensions, or of all, and the user's own. What does not run in this place
/// is among them, and says so.
pub fn describe(names: Option<&[String]>, own: &[Function], place: Place) -> Described {
    let mut described = Described::default();
    let mut callable: Vec<Function> = Vec::new();
    for extension in everything() {
        let profile = extension.profile();
        if names.is_some_and(|names| !names.iter().any(|name| *name == profile.namespace)) {
            continue;
        }
        let available = profile.places.contains(&place);
        described.extensions.push(DescribedExtension {
            namespace: profile.namespace.to_string(),
            about: profile.about.to_string(),
            places: profile.places.iter().map(|place| place.name().to_owned()).collect(),
            child_policy: match profile.child_policy {
                ChildPolicy::Exclude => "exclude",
                ChildPolicy::Inherit => "inherit",
                ChildPolicy::Clone => "clone",
            }
            .to_owned(),
        });
        let functions = extension.functions();
        described.functions.extend(functions.iter().map(|function| one(function, &profile.namespace, available)));
        if available {
            described.prompt += &prompt(&profile.namespace, &profile.about, &functions);
            described.prompt.push('\n');
            callable.extend(functions);
        }
    }
    described.functions.extend(own.iter().map(|function| one(function, OWN_NAMESPACE, true)));
    if !own.is_empty() {
        described.prompt += &prompt(OWN_NAMESPACE, "Functions of this workspace.", own);
        callable.extend_from_slice(own);
    }
    described.stub = stub_file(&callable);
    described
}

/// Extensions of every place: what one of them lacks has to be said there too.
fn everything() -> Vec<Box<dyn Extension>> {
    let mut all = standard(Place::Desktop);
    let known: Vec<String> = all.iter().map(|extension| extension.profile().namespace.to_string()).collect();
    let more = standard(Place::Browser).into_iter();
    all.extend(more.filter(|extension| !known.contains(&extension.profile().namespace.to_string())));
    all
}

fn one(function: &Function, namespace: &str, available: bool) -> DescribedFunction {
    DescribedFunction {
        name: function.name.to_string(),
        namespace: namespace.to_owned(),
        about: function.about.to_string(),
        signature: signature(function),
        schema: Schema(function).to_json(),
        available,
    }
}

/// What an extension that runs elsewhere says where it is asked for.
pub fn runs_elsewhere(namespace: &str, place: Place) -> Option<String> {
    let found = everything().into_iter().find(|extension| extension.profile().namespace == namespace)?;
    let places: Vec<&str> = found.profile().places.iter().map(|place| place.name()).collect();
    Some(format!(
        "the extension {namespace:?} does not run in the {}; it runs in the {}",
        place.name(),
        places.join(", ")
    ))
}

impl Place {
    pub fn name(self) -> &'static str {
        match self {
            Self::Desktop => "desktop",
            Self::Browser => "browser",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_browser_cannot_do_is_told_there() {
        let described = describe(None, &[], Place::Browser);
        let fetch = described.functions.iter().find(|function| function.name == "fetch_text").unwrap();
        assert!(!fetch.available);
        assert!(!described.stub.contains("fetch_text"), "nobody can call it");
        assert!(described.functions.iter().any(|function| function.name == "el_recv" && function.available));
        let why = runs_elsewhere("fetch", Place::Browser).unwrap();
        assert_eq!(why, "the extension \"fetch\" does not run in the browser; it runs in the desktop");
    }

    #[test]
    fn some_extensions_alone() {
        let described = describe(Some(&["el".to_owned()]), &[], Place::Desktop);
        let names: Vec<&str> = described.functions.iter().map(|function| function.name.as_str()).collect();
        assert_eq!(names, ["el_emit", "el_recv"]);
        assert!(described.prompt.contains("el_recv()"), "{}", described.prompt);
    }
}
