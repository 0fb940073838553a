//! `fetch`: pages of the network, which the owner of a session gets, if a person has allowed it.

use std::collections::HashSet;

use protocol::Value;

use crate::{
    call::{Answer, Args, Context, Question, Raised, Wait},
    declaration::{Declared, Function, Param, Type, declare, param},
    extension::{Extension, Place, Profile},
    json,
};

const MAX_URL: usize = 8 * 1024;

const URL: Param = param("url", Type::STRING);

const FUNCTIONS: &[Declared<Fetch>] = &[
    declare(
        "fetch_text",
        "Gives the text of a page of the network, where its host is allowed. Raises ValueError for other than http \
         and https.",
        const { &[URL] },
        Type::STRING,
        |_, args, _| ask(args),
    ),
    declare(
        "fetch_json",
        "Gives the object that the JSON of a page describes. Raises ValueError where it is none.",
        const { &[URL] },
        Type::ANY,
        |fetch, args, cx| {
            let answer = ask(args);
            if matches!(answer, Answer::Wait(_)) {
                fetch.wants_json.insert(cx.call_id);
            }
            answer
        },
    ),
];

/// Remembers which pages are read as JSON.
#[derive(Debug, Default)]
pub struct Fetch {
    wants_json: HashSet<u32>,
}

fn ask(mut args: Args) -> Answer {
    let url = args.string(0);
    match check(&url) {
        Ok(()) => Answer::Wait(Wait { question: Some(Question::Fetch { url }), ..Wait::default() }),
        Err(raised) => raised.into(),
    }
}

/// What the owner need not even be asked. It checks the rest: the host, and where redirects lead.
fn check(url: &str) -> Result<(), Raised> {
    let shown: String = url.chars().take(80).collect();
    let wrong = |what: &str| Err(Raised::value_error(format!("the address {shown:?} {what}")));
    if url.len() > MAX_URL {
        return wrong("is longer than 8192 bytes");
    }
    if url.chars().any(|letter| letter.is_control() || letter.is_whitespace()) {
        return wrong("has a space or a control character");
    }
    let Some((scheme, rest)) = url.split_once("://") else { return wrong("is not http:// or https://") };
    if !scheme.eq_ignore_ascii_case("http") && !scheme.eq_ignore_ascii_case("https") {
        return wrong("is not http:// or https://");
    }
    let authority = rest.split(['/', '?', '#', '\\']).next().unwrap_or_default();
    let host = authority.rsplit('@').next().unwrap_or_default();
    if host.is_empty() || host.starts_with(':') {
        return wrong("names no host");
    }
    Ok(())
}

impl Extension for Fetch {
    fn profile(&self) -> Profile {
        let about = "Pages of the network, from hosts that a person has allowed.";
        Profile { places: &[Place::Desktop], ..Profile::new("fetch", about) }
    }

    fn functions(&self) -> Vec<Function> {
        FUNCTIONS.iter().map(|declared| declared.function.clone()).collect()
    }

    fn call(&mut self, function: usize, args: Args, cx: &mut Context<'_>) -> Answer {
        (FUNCTIONS[function].answer)(self, args, cx)
    }

    fn answered(&mut self, call_id: u32, answer: Result<Value, Raised>) -> Result<Value, Raised> {
        let wants_json = self.wants_json.remove(&call_id);
        match answer? {
            Value::Str(text) if wants_json => json::loads(text.as_bytes()),
            text @ Value::Str(_) => Ok(text),
            other => {
                let text = format!("a page came as {} from outside, instead of a str", other.type_name());
                Err(Raised::runtime_error(text))
            }
        }
    }

    fn released(&mut self, call_id: u32, _cx: &mut Context<'_>) {
        self.wants_json.remove(&call_id);
    }

    fn begin(&mut self, _cx: &mut Context<'_>) {
        self.wants_json.clear();
    }

    fn load(&mut self, _saved: Option<&[u8]>, _cx: &mut Context<'_>) -> Result<(), String> {
        self.wants_json.clear();
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use protocol::Value;

    use super::Fetch;
    use crate::{
        call::{Answer, Question, Raised},
        extension::{ChildPolicy, Extension, Place},
        testing::{Rig, dict, text},
    };

    #[test]
    fn the_owner_is_asked_for_the_page() {
        let (mut rig, mut fetch) = (Rig::new(), Fetch::default());
        for url in ["http://a", "HTTPS://example.com:8080/x?y#z", "https://u:p@[::1]/"] {
            let Answer::Wait(wait) = rig.call(&mut fetch, "fetch_text", vec![text(url)]) else { panic!("{url}") };
            assert_eq!(wait.question, Some(Question::Fetch { url: url.to_owned() }));
        }
    }

    #[test]
    fn text_stays_text_and_json_is_read() {
        let (mut rig, mut fetch) = (Rig::new(), Fetch::default());
        let mut answered = |name: &str, answer| {
            let call = rig.waits(&mut fetch, name, vec![text("https://a/b")]);
            let result = fetch.answered(call, answer);
            assert!(fetch.wants_json.is_empty());
            result
        };
        let json = text(r#"{"a": 1.0}"#);
        assert_eq!(answered("fetch_text", Ok(json.clone())), Ok(json.clone()));
        assert_eq!(answered("fetch_json", Ok(json)), Ok(dict(&[("a", Value::Float(1.0))])));
        let raised = Raised::value_error("Expecting value: line 1 column 1 (char 0)");
        assert_eq!(answered("fetch_json", Ok(text("<html>"))), Err(raised));
        let refused = Raised::new("PermissionError", "a is not allowed");
        assert_eq!(answered("fetch_json", Err(refused.clone())), Err(refused));
        let odd = Raised::runtime_error("a page came as int from outside, instead of a str");
        assert_eq!(answered("fetch_text", Ok(Value::Int(1))), Err(odd));
    }

    #[test]
    fn other_addresses_are_value_errors() {
        let (mut rig, mut fetch) = (Rig::new(), Fetch::default());
        let long = format!("https://{}", "a".repeat(9000));
        for (url, wrong) in [
            ("", "is not http:// or https://"),
            ("example.com", "is not http:// or https://"),
            ("file:///etc/passwd", "is not http:// or https://"),
            ("javascript://a", "is not http:// or https://"),
            ("https://", "names no host"),
            ("https:///x", "names no host"),
            ("http://user@/x", "names no host"),
            ("http://:80/", "names no host"),
            ("http://a b", "has a space or a control character"),
            ("http://a\r\nHost: b", "has a space or a control character"),
            (&long, "is longer than 8192 bytes"),
        ] {
            for name in ["fetch_text", "fetch_json"] {
                let raised = rig.raised(&mut fetch, name, vec![text(url)]);
                assert!(raised.starts_with("ValueError: the address ") && raised.ends_with(wrong), "{raised}");
            }
        }
        assert!(fetch.wants_json.is_empty());
    }

    #[test]
    fn what_is_no_longer_asked_is_forgotten() {
        let (mut rig, mut fetch) = (Rig::new(), Fetch::default());
        let forget: [fn(&mut Fetch, &mut Rig); 3] = [
            |fetch, rig| fetch.released(rig.last_call, &mut rig.cx()),
            |fetch, rig| fetch.begin(&mut rig.cx()),
            |fetch, rig| fetch.load(None, &mut rig.cx()).unwrap(),
        ];
        for forget in forget {
            rig.waits(&mut fetch, "fetch_json", vec![text("https://a")]);
            assert_eq!(fetch.wants_json.len(), 1);
            forget(&mut fetch, &mut rig);
            assert!(fetch.wants_json.is_empty());
        }
    }

    #[test]
    fn it_is_the_desktops_and_no_childs() {
        let profile = Fetch::default().profile();
        assert_eq!((profile.places, profile.child_policy), (&[Place::Desktop][..], ChildPolicy::Exclude));
    }
}
