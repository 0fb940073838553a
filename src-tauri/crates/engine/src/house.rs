//! The extensions of a session, the settings that hold for all its programs, and the files that
//! they find.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use extensions::{
    Answer, Args, Calls, Cancel, Chain, ChildPolicy, Context, Coordinator, Effect, Extension, Function, Heard,
    Incoming, Intercepted, Place, Policy, Profile, Raised, Verdict,
};
use files::{FileKind, MemoryFiles};
use monty_types::{BuiltinsFunctions, ExcType, MkdirCallArgs, OsFunctionCall};
use protocol::{Bytes, Code, Inputs, Misuse, Settings, Value};
use serde::{Deserialize, Serialize};

use crate::{convert::exc_type, interrupt, waits::Calling};

/// How long what an extension has gathered may wait while its program goes on.
const GATHER: Duration = Duration::from_millis(8);

/// Types of the interpreter that need no import.
const TYPES: &[&str] = &[
    "bool",
    "bytes",
    "complex",
    "dict",
    "float",
    "frozenset",
    "int",
    "iter",
    "list",
    "object",
    "property",
    "range",
    "set",
    "slice",
    "str",
    "tuple",
    "type",
];

/// A function that a program may call: by its own name, or by one that the object style gives it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Known {
    pub(crate) extension: usize,
    pub(crate) function: usize,
}

pub(crate) struct House {
    place: Place,
    /// What the extensions say of themselves, in their order.
    namespaces: Vec<Profile>,
    pub(crate) extensions: Coordinator,
    chain: Chain,
    has_rules: bool,
    pub(crate) settings: Settings,
    pub(crate) files: MemoryFiles,
    /// What calls have done that nobody has been told yet.
    pub(crate) effects: Vec<Effect>,
    /// How deep the session is below the root.
    pub(crate) depth: u32,
    /// What a child has not, though its parent may have it.
    excluded: Vec<String>,
    /// The functions that its parent may have.
    parent: Option<Arc<[Function]>>,
    /// Whether a program has used any of this since the session was last written down.
    pub(crate) touched: bool,
    /// Functions that the user declared.
    own: BTreeMap<String, Function>,
    runs: u64,
    execution: String,
    flushed: Duration,
}

/// What a snapshot keeps of it. What the outside owns, storage above all, is not in it.
#[derive(Serialize, Deserialize)]
pub(crate) struct SavedHouse {
    extensions: BTreeMap<String, Bytes>,
    files: MemoryFiles,
    runs: u64,
    #[serde(default)]
    calls: Calls,
}

/// What settings say, once they have been checked.
struct Taken {
    own: BTreeMap<String, Function>,
    policy: Policy,
    files: MemoryFiles,
}

impl House {
    pub(crate) fn new(place: Place) -> Self {
        Self::of(place, extensions::standard(place), 0)
    }

    /// Without extensions, for an interpreter that only is looked at.
    pub(crate) fn empty() -> Self {
        Self::of(Place::Desktop, Vec::new(), 0)
    }

    /// What a child of the sandbox has of this.
    pub(crate) fn for_child(place: Place, depth: u32) -> Self {
        let parent = Self::new(place);
        let excluded = parent.namespaces.iter().filter(|profile| profile.child_policy == ChildPolicy::Exclude);
        let excluded = excluded.map(|profile| profile.namespace.to_string()).collect();
        let mut house = Self::of(place, parent.extensions.for_children().unwrap_or_default(), depth);
        for level in 1..depth {
            let below = house.extensions.for_children().unwrap_or_default();
            house = Self::of(place, below, level + 1);
        }
        house.excluded = excluded;
        house.parent = Some(Arc::clone(parent.extensions.functions()));
        house
    }

    fn of(place: Place, attached: Vec<Box<dyn Extension>>, depth: u32) -> Self {
        let mut extensions = Coordinator::new(place);
        for extension in attached {
            // What comes with us breaks no rule; a test attaches them all.
            let _ = extensions.register(extension);
        }
        let _ = extensions.attach();
        let namespaces = extensions.profiles().map(|(profile, _)| profile.clone()).collect();
        Self {
            place,
            namespaces,
            extensions,
            chain: Chain::default(),
            has_rules: false,
            settings: Settings::default(),
            files: MemoryFiles::default(),
            effects: Vec::new(),
            depth,
            excluded: Vec::new(),
            parent: None,
            touched: false,
            own: BTreeMap::new(),
            runs: 0,
            execution: String::new(),
            flushed: Duration::ZERO,
        }
    }

    /// Takes settings over those there are; where something is wrong, nothing has changed.
    pub(crate) fn configure(&mut self, settings: Settings, now: f64) -> Result<(), Misuse> {
        let merged = settings.over(self.settings.clone());
        let Taken { own, policy, files } = self.check(&merged, now).map_err(Misuse::bad_input)?;
        self.own = own;
        self.has_rules = !(policy.permissions.is_empty() && policy.modes.is_empty() && policy.rate_limits.is_empty());
        let calls = self.chain.calls().clone();
        self.chain = Chain::of(&[policy], self.depth > 0);
        self.chain.begin(calls);
        self.files = files;
        self.touched |= merged.files.is_some();
        if let (Some(storage), Some(index)) = (&merged.storage, self.namespace("storage")) {
            self.with(index, |extension, cx| extension.hear(&Incoming::Storage(storage.clone()), cx));
        }
        self.settings = Settings { files: None, ..merged };
        self.show_mounts();
        Ok(())
    }

    fn check(&self, settings: &Settings, now: f64) -> Result<Taken, String> {
        let policy = policy_of(settings)?;
        for name in policy.raises() {
            exc_type(name).map_err(|misuse| misuse.message)?;
        }
        for name in settings.environ.iter().flatten().map(|(name, _)| name) {
            if name.is_empty() || name.contains(['=', '\0']) {
                return Err(format!("{name:?} is no name of an environment variable"));
            }
        }
        if let Some(host) = settings.fetch.iter().flatten().find(|host| !may_be_host(host)) {
            return Err(format!("{host:?} is no host; say example.org, *.example.org or 127.0.0.1:8080"));
        }
        let is_taken = |name: &str| self.extensions.find(name).is_some() || is_builtin(name);
        let namespaces: Vec<&str> = self.namespaces.iter().map(|profile| profile.namespace.as_ref()).collect();
        let own = extensions::own_functions(&policy.own_functions, is_taken, &namespaces);
        let own = own.map_err(|error| error.to_string())?;
        for function in &own {
            for value in policy.fixed_values(&function.name) {
                function.check_result(value).map_err(|raised| raised.message)?;
            }
        }
        let mut files = self.files.clone();
        for (path, bytes) in settings.files.iter().flatten() {
            files.write(path, &bytes.0, now).map_err(|error| error.to_string())?;
        }
        let own = own.into_iter().map(|function| (function.name.to_string(), function)).collect();
        Ok(Taken { own, policy, files })
    }

    /// Becomes what a child has, if the program is one.
    pub(crate) fn take_part(&mut self, depth: u32) {
        if depth > self.depth {
            let settings = std::mem::take(&mut self.settings);
            let files = std::mem::take(&mut self.files);
            *self = Self { files, ..Self::for_child(self.place, depth) };
            // They were checked when they were given.
            let _ = self.configure(settings, 0.0);
        }
    }

    /// The functions in every form; of all extensions, or of these.
    pub(crate) fn describe(&self, names: Option<&[String]>) -> Result<protocol::Described, Misuse> {
        let unknown =
            |name: &&String| self.namespace(name).is_none() && extensions::runs_elsewhere(name, self.place).is_none();
        if let Some(name) = names.into_iter().flatten().find(unknown) {
            return Err(self.no_extension(name));
        }
        let own: Vec<Function> = self.own.values().cloned().collect();
        Ok(extensions::describe(names, &own, self.place))
    }

    fn no_extension(&self, name: &str) -> Misuse {
        let known: Vec<&str> = self.namespaces.iter().map(|profile| profile.namespace.as_ref()).collect();
        Misuse::bad_input(format!("there is no extension {name:?} here; there are {}", known.join(", ")))
    }

    /// Checks which extensions a program wants.
    pub(crate) fn enable(&self, names: &[String]) -> Result<Vec<bool>, Misuse> {
        let mut enabled = vec![false; self.extensions.len()];
        for name in names {
            let index = self.namespace(name).ok_or_else(|| {
                if let Some(why) = extensions::runs_elsewhere(name, self.place) {
                    return Misuse::new(Code::Unsupported, why);
                }
                self.no_extension(name)
            })?;
            enabled[index] = true;
        }
        Ok(enabled)
    }

    /// The extension of a namespace.
    pub(crate) fn namespace(&self, name: &str) -> Option<usize> {
        self.namespaces.iter().position(|profile| profile.namespace == name)
    }

    pub(crate) fn profile(&self, index: usize) -> &Profile {
        &self.namespaces[index]
    }

    pub(crate) fn functions_of(&self, index: usize) -> &[Function] {
        self.extensions.profiles().nth(index).map_or(&[], |(_, functions)| functions)
    }

    /// Whether calls of a function may be answered by this program's session.
    pub(crate) fn find(&self, name: &str, enabled: &[bool]) -> Option<Known> {
        let (extension, function) = self.extensions.find(name)?;
        enabled.get(extension).copied().unwrap_or_default().then_some(Known { extension, function })
    }

    /// The extension that would have a function if this were no child.
    pub(crate) fn excluded(&self, name: &str) -> Option<&str> {
        let excluded = self.excluded.iter().map(String::as_str);
        excluded.into_iter().find(|namespace| name.strip_prefix(namespace).is_some_and(|rest| rest.starts_with('_')))
    }

    /// A copy of all files in memory.
    pub(crate) fn all_files(&self) -> BTreeMap<String, Bytes> {
        let files = self.files.list().filter(|listed| listed.kind == FileKind::File);
        files.filter_map(|listed| self.files.read(&listed.path).ok().map(|bytes| (listed.path, Bytes(bytes)))).collect()
    }

    pub(crate) fn own(&self, name: &str) -> Option<&Function> {
        self.own.get(name)
    }

    /// What the chain says of a call.
    pub(crate) fn verdict(&mut self, name: &str, args: &[Value], kwargs: &Inputs) -> Verdict {
        if self.has_rules { self.chain.before(&Intercepted { name, args, kwargs }) } else { Verdict::Pass }
    }

    /// What has been called in the run that is on its way.
    pub(crate) fn calls(&self) -> Calls {
        self.chain.calls().clone()
    }

    pub(crate) fn count_from(&mut self, calls: Calls) {
        self.chain.begin(calls);
    }

    /// Counts a call of a child.
    pub(crate) fn count(&mut self, name: &str) -> Result<(), Raised> {
        self.chain.count(name)
    }

    /// What the chain says of a call that it has counted already.
    pub(crate) fn verdict_again(&mut self, name: &str, args: &[Value]) -> Verdict {
        let calls = self.calls();
        let verdict = self.verdict(name, args, &Inputs::default());
        self.chain.begin(calls);
        verdict
    }

    /// Whether the chain has anything to say at all.
    pub(crate) fn has_rules(&self) -> bool {
        self.has_rules
    }

    /// The declaration of what is called; nothing for a name that only its driver knows.
    pub(crate) fn declared(&self, calling: &Calling) -> Option<&Function> {
        match calling.known {
            Some(known) => Some(self.function(known)),
            None => self.own.get(calling.name.as_ref()),
        }
    }

    /// A call no longer waits.
    pub(crate) fn release(&mut self, known: Option<Known>, call_id: u32) {
        if let Some(known) = known {
            self.with(known.extension, |extension, cx| extension.released(call_id, cx));
        }
    }

    pub(crate) fn function(&self, known: Known) -> &Function {
        self.extensions.function((known.extension, known.function))
    }

    pub(crate) fn call(&mut self, known: Known, call_id: u32, args: Args) -> Answer {
        self.touched = true;
        let Self { extensions, effects, depth, execution, own, parent, .. } = self;
        let known_functions = Arc::clone(extensions.functions());
        let functions = || known_functions.iter().chain(own.values()).cloned().collect();
        let extension = extensions.get_mut(known.extension);
        let mut cx = Context {
            call_id,
            execution_id: execution,
            functions: &functions,
            cancel: Cancel::new(&|| interrupt::pending().is_some()),
            parent: parent.as_deref(),
            depth: *depth,
            effects,
        };
        extension.call(known.function, args, &mut cx)
    }

    /// Hands something to an extension.
    pub(crate) fn with<T>(
        &mut self,
        index: usize,
        act: impl FnOnce(&mut dyn extensions::Extension, &mut Context<'_>) -> T,
    ) -> T {
        let Self { extensions, effects, depth, execution, .. } = self;
        let functions = Vec::new;
        let mut cx = Context {
            call_id: 0,
            execution_id: execution,
            functions: &functions,
            cancel: Cancel::never(),
            parent: None,
            depth: *depth,
            effects,
        };
        act(extensions.get_mut(index), &mut cx)
    }

    fn with_all(&mut self, mut act: impl FnMut(&mut dyn extensions::Extension, &mut Context<'_>)) {
        for index in 0..self.extensions.len() {
            self.with(index, &mut act);
        }
    }

    pub(crate) fn hear(&mut self, incoming: &Incoming) -> Heard {
        for index in 0..self.extensions.len() {
            let heard = self.with(index, |extension, cx| extension.hear(incoming, cx));
            if heard != Heard::NotMine {
                self.touched = true;
                return heard;
            }
        }
        Heard::NotMine
    }

    /// Whoever watches knows nothing of what was told before.
    pub(crate) fn tell_again(&mut self) {
        self.with_all(|extension, cx| drop(extension.hear(&Incoming::Redraw, cx)));
    }

    /// A program begins.
    pub(crate) fn begin(&mut self, fresh: bool) {
        self.runs += 1;
        self.execution = format!("exec-{}", self.runs);
        self.chain.begin(Calls::new());
        if fresh {
            self.with_all(|extension, cx| extension.begin(cx));
        }
    }

    /// A program has ended.
    pub(crate) fn ended(&mut self) {
        self.with_all(|extension, cx| {
            extension.ended();
            extension.flush(cx);
        });
    }

    pub(crate) fn flush(&mut self, now: Duration) {
        self.flushed = now;
        self.with_all(|extension, cx| extension.flush(cx));
    }

    /// Whether what was gathered should not wait any longer, once this was called.
    pub(crate) fn is_due(&self, now: Duration, known: Option<Known>) -> bool {
        let full = || known.is_some_and(|known| self.extensions.get(known.extension).is_full());
        now.saturating_sub(self.flushed) >= GATHER || full()
    }

    pub(crate) fn save(&self) -> SavedHouse {
        let extensions = self.extensions.save().into_iter().map(|(name, bytes)| (name, Bytes(bytes)));
        let calls = self.chain.calls().clone();
        SavedHouse { extensions: extensions.collect(), files: self.files.clone(), runs: self.runs, calls }
    }

    /// Takes over what was saved; where that fails it is as it was.
    pub(crate) fn load(&mut self, saved: SavedHouse) -> Result<(), String> {
        let SavedHouse { extensions, files, runs, calls } = saved;
        let extensions = extensions.into_iter().map(|(name, bytes)| (name, bytes.0)).collect();
        let Self { extensions: all, effects, depth, execution, .. } = self;
        let functions = Vec::new;
        let mut cx = Context {
            call_id: 0,
            execution_id: execution,
            functions: &functions,
            cancel: Cancel::never(),
            parent: None,
            depth: *depth,
            effects,
        };
        all.load(&extensions, &mut cx).map_err(|error| error.to_string())?;
        self.files = files;
        self.runs = runs;
        self.chain.begin(calls);
        self.show_mounts();
        Ok(())
    }

    /// Lets folders of the machine be seen where they are mounted.
    fn show_mounts(&mut self) {
        for at in self.settings.mounts.iter().flatten() {
            let args = MkdirCallArgs { path: at.as_str().into(), parents: true, exist_ok: true };
            let _ = self.files.handle(&OsFunctionCall::Mkdir(args), 0.0);
        }
    }

    /// What is set in the environment that a program sees.
    pub(crate) fn environ(&self) -> impl Iterator<Item = (&String, &String)> {
        self.settings.environ.iter().flatten()
    }

    /// Whether a path is in a folder of the machine.
    pub(crate) fn is_mounted(&self, path: &str) -> bool {
        self.settings.mounts.iter().flatten().any(|at| {
            let rest = path.strip_prefix(at.trim_end_matches('/'));
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        })
    }
}

/// Whether the interpreter answers calls of a name itself.
fn is_builtin(name: &str) -> bool {
    name.parse::<BuiltinsFunctions>().is_ok() || name.parse::<ExcType>().is_ok() || TYPES.contains(&name)
}

/// Whether a text looks like a host, with or without a port. Whoever fetches looks closely.
fn may_be_host(text: &str) -> bool {
    let host = text.strip_prefix("*.").unwrap_or(text);
    !host.is_empty() && !host.contains(['*', '/', '?', '#', '@', '\\', '%']) && !host.contains(char::is_whitespace)
}

/// The part of the settings that says who may call what, and who answers.
fn policy_of(settings: &Settings) -> Result<Policy, String> {
    let parts = [
        ("permissions", &settings.permissions),
        ("modes", &settings.modes),
        ("rateLimits", &settings.rate_limits),
        ("ownFunctions", &settings.functions),
    ];
    let parts = parts.into_iter().filter_map(|(name, part)| Some((name.to_owned(), part.clone()?)));
    let json = serde_json::Value::Object(parts.collect());
    let policy: Policy = serde_json::from_value(json).map_err(|error| error.to_string())?;
    policy.check().map_err(|error| error.to_string())?;
    Ok(policy)
}
