use std::{
    borrow::Cow,
    collections::BTreeMap,
    sync::{Arc, Mutex},
};

use protocol::Value;

use super::{Coordinator, CoordinatorError, Failure};
use crate::{
    call::{Answer, Args, Context, Effect, Question},
    declaration::{Function, Type, declare},
    extension::{ChildPolicy, Extension, Place, Profile},
    testing::{Rig, text},
};

type Log = Arc<Mutex<Vec<String>>>;

/// An extension that can break every rule, and writes down what is done with it.
struct Probe {
    profile: Profile,
    functions: Vec<Function>,
    log: Log,
    fails: &'static [&'static str],
    state: Option<Vec<u8>>,
    has_child: bool,
}

impl Probe {
    fn new(namespace: &'static str, functions: &[&'static str], log: &Log) -> Self {
        let declared = |name: &&'static str| {
            declare::<()>(name, "Does nothing.", &[], Type::NONE, |(), _, _| Value::None.into()).function
        };
        Self {
            profile: Profile::new(namespace, "A probe."),
            functions: functions.iter().map(declared).collect(),
            log: log.clone(),
            fails: &[],
            state: None,
            has_child: true,
        }
    }

    fn system(mut self, prefixes: &[&'static str]) -> Self {
        self.profile.os_prefixes = prefixes.iter().map(|prefix| Cow::Borrowed(*prefix)).collect();
        self
    }

    fn priority(mut self, priority: i32) -> Self {
        self.profile.priority = priority;
        self
    }

    fn policy(mut self, policy: ChildPolicy) -> Self {
        self.profile.child_policy = policy;
        self
    }

    fn state(mut self, state: &[u8]) -> Self {
        self.state = Some(state.to_vec());
        self
    }

    fn failing(mut self, steps: &'static [&'static str]) -> Self {
        self.fails = steps;
        self
    }

    fn step(&self, step: &str) -> Result<(), String> {
        self.log.lock().unwrap().push(format!("{step} {}", self.profile.namespace));
        if self.fails.contains(&step) { Err(format!("no {step}")) } else { Ok(()) }
    }

    fn boxed(self) -> Box<dyn Extension> {
        Box::new(self)
    }
}

impl Extension for Probe {
    fn profile(&self) -> Profile {
        self.profile.clone()
    }

    fn functions(&self) -> Vec<Function> {
        self.functions.clone()
    }

    fn call(&mut self, function: usize, _args: Args, _cx: &mut Context<'_>) -> Answer {
        Answer::Value(text(&self.functions[function].name))
    }

    fn attach(&mut self, functions: &[Function]) -> Result<(), String> {
        let owned = functions.iter().filter(|function| function.namespace == self.profile.namespace).count();
        assert_eq!(owned, self.functions.len(), "an extension sees its own functions");
        self.step("attach")
    }

    fn dispose(&mut self) -> Result<(), String> {
        self.step("dispose")
    }

    fn save(&self) -> Option<Vec<u8>> {
        self.state.clone()
    }

    fn load(&mut self, saved: Option<&[u8]>, cx: &mut Context<'_>) -> Result<(), String> {
        self.step("load")?;
        cx.emit_text("loaded");
        self.state = saved.map(<[u8]>::to_vec);
        Ok(())
    }

    fn for_child(&self) -> Option<Box<dyn Extension>> {
        self.has_child.then(|| Self::new("clone", &["clone_x"], &self.log).boxed())
    }
}

fn coordinator(probes: Vec<Probe>) -> Coordinator {
    let mut coordinator = Coordinator::new(Place::Desktop);
    for probe in probes {
        coordinator.register(probe.boxed()).unwrap();
    }
    coordinator
}

fn take(log: &Log) -> Vec<String> {
    std::mem::take(&mut log.lock().unwrap())
}

#[test]
fn every_rule_of_registration_has_its_error() {
    let log = Log::default();
    let probe = |namespace, functions: &[&'static str]| Probe::new(namespace, functions, &log);
    let named = str::to_owned;
    let pattern = |name: &str| CoordinatorError::NamespacePattern(name.to_owned());
    let mut browser_only = probe("web", &["web_x"]);
    browser_only.profile.places = &[Place::Browser];
    let long = "a23456789_123456789_123456789_123";
    let cases: Vec<(Probe, CoordinatorError)> = vec![
        (probe("", &[]), pattern("")),
        (probe("Alpha", &[]), pattern("Alpha")),
        (probe("1a", &[]), pattern("1a")),
        (probe("_a", &[]), pattern("_a")),
        (probe("a-b", &[]), pattern("a-b")),
        (probe("ä", &[]), pattern("ä")),
        (probe(long, &[]), CoordinatorError::NamespaceLength { namespace: named(long), length: 33 }),
        (probe("introspection", &[]), CoordinatorError::NamespaceReserved(named("introspection"))),
        (probe("extra", &[]), CoordinatorError::NamespaceReserved(named("extra"))),
        (probe("alpha", &["alpha_y"]), CoordinatorError::DuplicateNamespace(named("alpha"))),
        (
            probe("beta", &["beta_x", "other"]),
            CoordinatorError::FunctionPrefix { namespace: named("beta"), function: named("other") },
        ),
        (
            probe("beta", &["beta_"]),
            CoordinatorError::FunctionPrefix { namespace: named("beta"), function: named("beta_") },
        ),
        (
            probe("beta", &["betax"]),
            CoordinatorError::FunctionPrefix { namespace: named("beta"), function: named("betax") },
        ),
        (
            probe("beta", &["beta_x", "beta_x"]),
            CoordinatorError::DuplicateFunction { namespace: named("beta"), function: named("beta_x") },
        ),
        (
            probe("alpha_s", &["alpha_s_x"]),
            CoordinatorError::FunctionCollision {
                namespace: named("alpha_s"),
                function: named("alpha_s_x"),
                owner: named("alpha"),
            },
        ),
        (browser_only, CoordinatorError::UnsupportedPlace { namespace: named("web"), place: Place::Desktop }),
        (
            probe("beta", &[]).system(&["os.", "os.storage"]),
            CoordinatorError::UnknownSystemPrefix { namespace: named("beta"), prefix: named("os.storage") },
        ),
        (
            probe("beta", &[]).system(&[""]),
            CoordinatorError::UnknownSystemPrefix { namespace: named("beta"), prefix: named("") },
        ),
        (
            probe("beta", &[]).system(&["Path."]),
            CoordinatorError::SystemPrefixCollision {
                namespace: named("beta"),
                prefix: named("Path."),
                owner: named("alpha"),
            },
        ),
    ];
    for (probe, expected) in cases {
        let mut coordinator =
            coordinator(vec![Probe::new("alpha", &["alpha_x", "alpha_s_x"], &log).system(&["Path."])]);
        assert_eq!(coordinator.register(probe.boxed()), Err(expected));
        assert_eq!(coordinator.len(), 1, "nothing is left of what was refused");
        assert_eq!(coordinator.attach(), Ok(()));
    }
}

#[test]
fn what_is_allowed_is_taken() {
    let log = Log::default();
    let mut coordinator = coordinator(vec![
        Probe::new("host", &["bare", "help"], &log),
        Probe::new("a", &["a_1"], &log).system(&["Path.", "os.", "open", "import", "time.", "date.", "datetime."]),
        Probe::new("a2345678901234567890123456789_32", &[], &log).system(&["Path.read"]),
    ]);
    coordinator.attach().unwrap();
    assert_eq!(coordinator.functions().len(), 3);
}

#[test]
fn an_unknown_prefix_is_told_which_there_are() {
    let log = Log::default();
    let refused = Coordinator::new(Place::Desktop).register(Probe::new("x", &[], &log).system(&["net."]).boxed());
    let text = refused.unwrap_err().to_string();
    assert!(text.contains("\"net.\"") && text.contains("Path.read_text") && text.contains("datetime.now"), "{text}");
}

#[test]
fn each_step_has_its_time() {
    let log = Log::default();
    let mut coordinator = coordinator(vec![Probe::new("alpha", &["alpha_x"], &log)]);
    assert_eq!(coordinator.find("alpha_x"), None, "nothing can be called before it is attached");
    coordinator.attach().unwrap();
    let late = Probe::new("beta", &[], &log).boxed();
    assert_eq!(coordinator.register(late), Err(CoordinatorError::RegisterAfterAttach));
    assert_eq!(coordinator.attach(), Err(CoordinatorError::AttachedTwice));
    coordinator.dispose().unwrap();
    assert_eq!(coordinator.find("alpha_x"), None);
    assert_eq!(coordinator.register(Probe::new("beta", &[], &log).boxed()), Err(CoordinatorError::Disposed));
    assert_eq!(coordinator.attach(), Err(CoordinatorError::Disposed));
    take(&log);
    coordinator.dispose().unwrap();
    drop(coordinator);
    assert!(take(&log).is_empty(), "an extension is disposed once");
}

#[test]
fn higher_priority_attaches_first_and_goes_last() {
    let log = Log::default();
    let probe = |namespace, functions: &[&'static str]| Probe::new(namespace, functions, &log);
    let mut coordinator = coordinator(vec![
        probe("a", &["a_1", "a_2"]),
        probe("b", &["b_1"]).priority(5),
        probe("c", &["c_1"]),
        probe("d", &["d_1"]).priority(5),
    ]);
    coordinator.attach().unwrap();
    assert_eq!(take(&log), ["attach b", "attach d", "attach a", "attach c"]);
    let names: Vec<&str> = coordinator.functions().iter().map(|function| function.name.as_ref()).collect();
    assert_eq!(names, ["b_1", "d_1", "a_1", "a_2", "c_1"]);
    let at = coordinator.find("a_2").unwrap();
    assert_eq!((at, coordinator.function(at).name.as_ref()), ((2, 1), "a_2"));
    let answer = coordinator.get_mut(at.0).call(at.1, Args(vec![]), &mut Rig::new().cx());
    assert_eq!(answer, Answer::Value(text("a_2")));
    assert_eq!(coordinator.find("a_3"), None);
    drop(coordinator);
    assert_eq!(take(&log), ["dispose c", "dispose a", "dispose d", "dispose b"], "even when nobody asks");
}

#[test]
fn attach_is_all_or_nothing() {
    let log = Log::default();
    let mut coordinator = coordinator(vec![
        Probe::new("a", &["a_1"], &log),
        Probe::new("b", &["b_1"], &log).failing(&["attach"]),
        Probe::new("c", &["c_1"], &log).failing(&["dispose"]),
        Probe::new("d", &["d_1"], &log).failing(&["attach"]),
    ]);
    let failure =
        |namespace: &str, message: &str| Failure { namespace: namespace.to_owned(), message: message.to_owned() };
    let expected = CoordinatorError::AttachFailed {
        failures: vec![failure("b", "no attach"), failure("d", "no attach")],
        undone: vec![failure("c", "no dispose")],
    };
    assert_eq!(expected.to_string(), "attach failed: b: no attach; d: no attach; and on the way back: c: no dispose");
    assert_eq!(coordinator.attach(), Err(expected.clone()));
    assert_eq!(take(&log), ["attach a", "attach b", "attach c", "attach d", "dispose c", "dispose a"]);
    assert_eq!((coordinator.is_attached(), coordinator.find("a_1")), (false, None));
    assert!(coordinator.functions().is_empty());
    coordinator.register(Probe::new("e", &[], &log).boxed()).expect("it is as it was before");
    assert_eq!(coordinator.attach(), Err(expected));
}

#[test]
fn dispose_goes_on_and_tells_all_failures() {
    let log = Log::default();
    let mut coordinator = coordinator(vec![
        Probe::new("a", &[], &log).failing(&["dispose"]),
        Probe::new("b", &[], &log),
        Probe::new("c", &[], &log).failing(&["dispose"]),
    ]);
    coordinator.attach().unwrap();
    take(&log);
    assert_eq!(coordinator.dispose().unwrap_err().to_string(), "dispose failed: c: no dispose; a: no dispose");
    assert_eq!(take(&log), ["dispose c", "dispose b", "dispose a"]);
}

#[test]
fn the_longest_prefix_answers_a_call_of_the_system() {
    let log = Log::default();
    let mut coordinator = coordinator(vec![
        Probe::new("files", &[], &log).system(&["Path.", "open"]),
        Probe::new("reads", &[], &log).system(&["Path.read"]),
    ]);
    coordinator.attach().unwrap();
    let owner = |call| {
        coordinator.system_owner(call).map(|index| coordinator.profiles().nth(index).unwrap().0.namespace.clone())
    };
    assert_eq!(owner("Path.stat").as_deref(), Some("files"));
    assert_eq!(owner("Path.read_text").as_deref(), Some("reads"));
    assert_eq!(owner("os.getenv"), None);
}

#[test]
fn state_is_restored_as_a_whole() {
    let log = Log::default();
    let mut coordinator = coordinator(vec![
        Probe::new("a", &[], &log).state(b"one"),
        Probe::new("b", &[], &log),
        Probe::new("c", &[], &log).state(b"three"),
    ]);
    coordinator.attach().unwrap();
    let saved = coordinator.save();
    let expected = [("a".to_owned(), b"one".to_vec()), ("c".to_owned(), b"three".to_vec())];
    assert_eq!(saved, BTreeMap::from(expected));

    let mut rig = Rig::new();
    let other = BTreeMap::from([("b".to_owned(), b"two".to_vec())]);
    coordinator.load(&other, &mut rig.cx()).unwrap();
    assert_eq!(coordinator.save(), other, "one that was not saved is as in the beginning");
    assert_eq!(rig.take().len(), 3);
    let stranger = BTreeMap::from([("z".to_owned(), vec![])]);
    assert_eq!(coordinator.load(&stranger, &mut rig.cx()), Err(CoordinatorError::UnknownState("z".to_owned())));
    assert_eq!(coordinator.save(), other);
}

#[test]
fn a_refused_state_puts_the_others_back() {
    let log = Log::default();
    let mut coordinator = coordinator(vec![
        Probe::new("a", &[], &log).state(b"one"),
        Probe::new("b", &[], &log).state(b"two"),
        Probe::new("c", &[], &log).failing(&["load"]),
    ]);
    coordinator.attach().unwrap();
    let before = coordinator.save();
    let mut rig = Rig::new();
    rig.effects.push(Effect::EndChild { handle: 1 });
    let other = BTreeMap::from([("a".to_owned(), b"other".to_vec())]);
    let refused = CoordinatorError::LoadFailed { namespace: "c".to_owned(), message: "no load".to_owned() };
    assert_eq!(coordinator.load(&other, &mut rig.cx()), Err(refused));
    assert_eq!(coordinator.save(), before);
    assert_eq!(rig.take(), [Effect::EndChild { handle: 1 }], "nothing is told of what did not happen");
}

#[test]
fn children_get_what_the_policies_say() {
    let log = Log::default();
    let mut coordinator = coordinator(vec![
        Probe::new("mine", &["mine_x"], &log),
        Probe::new("shared", &["shared_x"], &log).policy(ChildPolicy::Inherit),
        Probe::new("each", &["each_x"], &log).policy(ChildPolicy::Clone),
    ]);
    coordinator.attach().unwrap();
    let mut child = Coordinator::new(Place::Desktop);
    for extension in coordinator.for_children().unwrap() {
        child.register(extension).unwrap();
    }
    child.attach().unwrap();
    let names: Vec<&str> = child.functions().iter().map(|function| function.name.as_ref()).collect();
    assert_eq!(names, ["shared_x", "clone_x"]);
    let (extension, function) = child.find("shared_x").unwrap();
    let Answer::Wait(wait) = child.get_mut(extension).call(function, Args(vec![]), &mut Rig::new().cx()) else {
        panic!("the parent has to answer");
    };
    assert_eq!(wait.question, Some(Question::Parent));
    assert_eq!(child.for_children().unwrap().len(), 1, "a grandchild asks through its parent");

    let mut childless = Probe::new("none", &[], &log).policy(ChildPolicy::Clone);
    childless.has_child = false;
    let mut refused = Coordinator::new(Place::Desktop);
    refused.register(childless.boxed()).unwrap();
    assert_eq!(refused.for_children().err(), Some(CoordinatorError::NoChild("none".to_owned())));
}
