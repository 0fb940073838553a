//! `storage`: values that are kept between launches.

use std::{
    collections::BTreeMap,
    io::{self, Write},
};

use protocol::Value;

use crate::{
    call::{Answer, Args, Context, Effect, Raised},
    declaration::{Declared, Function, Param, Type, declare, param},
    extension::{ChildPolicy, Extension, Heard, Incoming, Profile},
};

pub const MAX_KEY: usize = 256;
/// The size of a value is that of its JSON.
pub const MAX_VALUE: usize = 1024 * 1024;
/// Keys and values together.
pub const MAX_TOTAL: usize = 10 * 1024 * 1024;
/// What nests deeper could not be read again.
const MAX_DEPTH: usize = 90;

const KEY: Param = param("key", Type::STRING);

const FUNCTIONS: &[Declared<Storage>] = &[
    declare(
        "storage_get",
        "Gives the value of a key, None where there is none.",
        const { &[KEY] },
        Type::ANY,
        Storage::get,
    ),
    declare(
        "storage_set",
        "Keeps a value under a key, also for the next launch: str, int, float, bool, None, bytes, or lists and dicts \
         of them. Raises TypeError for others, ValueError where it is too large.",
        const { &[KEY, param("value", Type::ANY)] },
        Type::NONE,
        Storage::set,
    ),
    declare(
        "storage_delete",
        "Forgets a key; tells whether there was one.",
        const { &[KEY] },
        Type::BOOLEAN,
        Storage::delete,
    ),
    declare("storage_list", "Gives all keys in alphabetical order.", &[], Type::LIST, Storage::list),
    declare("storage_has", "Tells whether there is a key.", const { &[KEY] }, Type::BOOLEAN, Storage::has),
    declare("storage_clear", "Forgets all keys.", &[], Type::NONE, Storage::clear),
];

/// What the owner of a session keeps, as the session sees it. Every change is told to the owner. It
/// is the world's: no snapshot has it, and going back in time does not undo it.
#[derive(Debug, Default)]
pub struct Storage {
    entries: BTreeMap<String, Entry>,
    total: usize,
}

#[derive(Debug)]
struct Entry {
    value: Value,
    size: usize,
}

impl Storage {
    pub fn with(initial: BTreeMap<String, Value>) -> Self {
        let mut storage = Self::default();
        storage.set_all(initial);
        storage
    }

    /// What the owner has, in the place of what was known. It is not told back, and no cap applies:
    /// it is there.
    pub fn set_all(&mut self, values: BTreeMap<String, Value>) {
        self.entries = values
            .into_iter()
            .map(|(key, value)| {
                let size = key.len() + json_size(&value);
                (key, Entry { value, size })
            })
            .collect();
        self.total = self.entries.values().map(|entry| entry.size).sum();
    }

    fn get(&mut self, mut args: Args, _cx: &mut Context<'_>) -> Answer {
        self.entries.get(&args.string(0)).map_or(Value::None, |entry| entry.value.clone()).into()
    }

    fn set(&mut self, mut args: Args, cx: &mut Context<'_>) -> Answer {
        let (key, value) = (args.string(0), args.take(1));
        match self.put(key.clone(), &value) {
            Ok(()) => {
                cx.effects.push(Effect::Store { key, value: Some(value) });
                Value::None.into()
            }
            Err(raised) => raised.into(),
        }
    }

    fn put(&mut self, key: String, value: &Value) -> Result<(), Raised> {
        if key.len() > MAX_KEY {
            let text = format!("the key has {} bytes; a key of the storage has at most {MAX_KEY}", key.len());
            return Err(Raised::value_error(text));
        }
        check(&key, value, 0)?;
        let bytes = json_size(value);
        if bytes > MAX_VALUE {
            let text =
                format!("the value of {key:?} has {bytes} bytes; a value of the storage has at most {MAX_VALUE}");
            return Err(Raised::value_error(text));
        }
        let size = key.len() + bytes;
        let before = self.entries.get(&key).map_or(0, |entry| entry.size);
        let total = self.total - before + size;
        // What shrinks is welcome even where the owner had more than this.
        if total > MAX_TOTAL && size > before {
            let text = format!("the storage is full: with {key:?} it would have {total} bytes of {MAX_TOTAL}");
            return Err(Raised::value_error(text));
        }
        self.total = total;
        self.entries.insert(key, Entry { value: value.clone(), size });
        Ok(())
    }

    fn delete(&mut self, mut args: Args, cx: &mut Context<'_>) -> Answer {
        let key = args.string(0);
        let Some(entry) = self.entries.remove(&key) else { return Value::Bool(false).into() };
        self.total -= entry.size;
        cx.effects.push(Effect::Store { key, value: None });
        Value::Bool(true).into()
    }

    fn list(&mut self, _args: Args, _cx: &mut Context<'_>) -> Answer {
        Value::List(self.entries.keys().cloned().map(Value::Str).collect()).into()
    }

    fn has(&mut self, mut args: Args, _cx: &mut Context<'_>) -> Answer {
        Value::Bool(self.entries.contains_key(&args.string(0))).into()
    }

    fn clear(&mut self, _args: Args, cx: &mut Context<'_>) -> Answer {
        let keys = std::mem::take(&mut self.entries).into_keys();
        cx.effects.extend(keys.map(|key| Effect::Store { key, value: None }));
        self.total = 0;
        Value::None.into()
    }
}

/// Only what reads back as it was: a tuple would come back as a list.
fn check(key: &str, value: &Value, depth: usize) -> Result<(), Raised> {
    if depth > MAX_DEPTH {
        return Err(Raised::value_error(format!("the value of {key:?} nests deeper than {MAX_DEPTH} levels")));
    }
    match value {
        Value::None
        | Value::Bool(_)
        | Value::Int(_)
        | Value::BigInt(_)
        | Value::Float(_)
        | Value::Str(_)
        | Value::Bytes(_) => Ok(()),
        Value::List(items) => items.iter().try_for_each(|item| check(key, item, depth + 1)),
        Value::Dict(pairs) => pairs.iter().try_for_each(|(name, item)| match name {
            Value::Str(_) => check(key, item, depth + 1),
            other => {
                let text = format!("the value of {key:?} has a dict with a key of type {}, not str", other.type_name());
                Err(Raised::type_error(text))
            }
        }),
        other => {
            let text = format!(
                "the value of {key:?} has a {}; the storage keeps str, int, float, bool, None, bytes, list and dict",
                other.type_name()
            );
            Err(Raised::type_error(text))
        }
    }
}

fn json_size(value: &Value) -> usize {
    struct Count(usize);
    impl Write for Count {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0 += bytes.len();
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }
    let mut count = Count(0);
    // Neither a value nor counting fails.
    let _ = serde_json::to_writer(&mut count, value);
    count.0
}

impl Extension for Storage {
    fn profile(&self) -> Profile {
        let about = "Values by key, kept between launches and shared with children of the sandbox.";
        Profile { child_policy: ChildPolicy::Inherit, ..Profile::new("storage", about) }
    }

    fn functions(&self) -> Vec<Function> {
        FUNCTIONS.iter().map(|declared| declared.function.clone()).collect()
    }

    fn call(&mut self, function: usize, args: Args, cx: &mut Context<'_>) -> Answer {
        (FUNCTIONS[function].answer)(self, args, cx)
    }

    fn hear(&mut self, incoming: &Incoming, _cx: &mut Context<'_>) -> Heard {
        let Incoming::Storage(values) = incoming else { return Heard::NotMine };
        self.set_all(values.clone());
        Heard::Taken { queued: 0 }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use protocol::Value;

    use super::{MAX_KEY, MAX_VALUE, Storage};
    use crate::{
        call::Effect,
        extension::{Extension, Heard, Incoming},
        testing::{Rig, dict, text},
    };

    fn set(rig: &mut Rig, storage: &mut Storage, key: &str, value: Value) {
        assert_eq!(rig.value(storage, "storage_set", vec![text(key), value]), Value::None);
    }

    fn get(rig: &mut Rig, storage: &mut Storage, key: &str) -> Value {
        rig.value(storage, "storage_get", vec![text(key)])
    }

    fn list(rig: &mut Rig, storage: &mut Storage) -> Value {
        rig.value(storage, "storage_list", vec![])
    }

    #[test]
    fn keeps_every_kind_and_tells_the_owner() {
        let (mut rig, mut storage) = (Rig::new(), Storage::default());
        let values = [
            Value::None,
            Value::Bool(true),
            Value::Int(1),
            Value::BigInt(u64::MAX.into()),
            Value::Float(0.5),
            text("text"),
            Value::Bytes(vec![0, 255]),
            Value::List(vec![dict(&[("$int", Value::Int(1))])]),
        ];
        for value in values {
            set(&mut rig, &mut storage, "k", value.clone());
            assert_eq!(rig.take(), [Effect::Store { key: "k".to_owned(), value: Some(value.clone()) }]);
            assert_eq!(get(&mut rig, &mut storage, "k"), value);
        }
    }

    #[test]
    fn deletes_lists_has_and_clears() {
        let (mut rig, mut storage) = (Rig::new(), Storage::default());
        for key in ["b", "a", "c"] {
            set(&mut rig, &mut storage, key, Value::None);
        }
        rig.take();
        assert_eq!(list(&mut rig, &mut storage), Value::List(vec![text("a"), text("b"), text("c")]));
        assert_eq!(rig.value(&mut storage, "storage_has", vec![text("a")]), Value::Bool(true));
        assert_eq!(rig.value(&mut storage, "storage_delete", vec![text("a")]), Value::Bool(true));
        assert_eq!(rig.value(&mut storage, "storage_delete", vec![text("a")]), Value::Bool(false));
        assert_eq!(rig.value(&mut storage, "storage_has", vec![text("a")]), Value::Bool(false));
        assert_eq!(get(&mut rig, &mut storage, "a"), Value::None);
        assert_eq!(rig.value(&mut storage, "storage_clear", vec![]), Value::None);
        assert_eq!(list(&mut rig, &mut storage), Value::List(vec![]));
        let gone = |key: &str| Effect::Store { key: key.to_owned(), value: None };
        assert_eq!(rig.take(), [gone("a"), gone("b"), gone("c")]);
        assert_eq!(storage.total, 0);
    }

    #[test]
    fn the_owner_has_the_last_word() {
        let (mut rig, mut storage) = (Rig::new(), Storage::with(BTreeMap::from([("a".to_owned(), Value::Int(1))])));
        assert_eq!(get(&mut rig, &mut storage, "a"), Value::Int(1));
        let truth = BTreeMap::from([("b".to_owned(), Value::Int(2))]);
        assert_eq!(rig.hear(&mut storage, &Incoming::Storage(truth)), Heard::Taken { queued: 0 });
        assert_eq!(list(&mut rig, &mut storage), Value::List(vec![text("b")]));
        assert!(rig.take().is_empty(), "the owner is not told what it told");
        assert_eq!(rig.hear(&mut storage, &Incoming::Dispatch(Value::None)), Heard::NotMine);
    }

    #[test]
    fn what_does_not_read_back_as_it_was_is_a_type_error() {
        let (mut rig, mut storage) = (Rig::new(), Storage::default());
        let keeps = "the storage keeps str, int, float, bool, None, bytes, list and dict";
        let int_key = Value::Dict(vec![(Value::Int(1), Value::None)]);
        let cases = [
            (Value::Tuple(vec![]), format!("TypeError: the value of \"k\" has a tuple; {keeps}")),
            (Value::List(vec![Value::Set(vec![])]), format!("TypeError: the value of \"k\" has a set; {keeps}")),
            (int_key, "TypeError: the value of \"k\" has a dict with a key of type int, not str".to_owned()),
        ];
        for (value, expected) in cases {
            assert_eq!(rig.raised(&mut storage, "storage_set", vec![text("k"), value]), expected);
        }
        assert_eq!(list(&mut rig, &mut storage), Value::List(vec![]));
        assert!(rig.take().is_empty());
    }

    #[test]
    fn what_is_too_large_is_refused_with_its_size() {
        let (mut rig, mut storage) = (Rig::new(), Storage::default());
        let mut refused = |key: &str, value: Value| rig.raised(&mut storage, "storage_set", vec![text(key), value]);
        assert_eq!(
            refused(&"k".repeat(MAX_KEY + 1), Value::None),
            "ValueError: the key has 257 bytes; a key of the storage has at most 256"
        );
        assert_eq!(
            refused("k", text(&"x".repeat(MAX_VALUE - 1))),
            "ValueError: the value of \"k\" has 1048577 bytes; a value of the storage has at most 1048576"
        );
        let deep = (0..91).fold(Value::None, |inner, _| Value::List(vec![inner]));
        assert_eq!(refused("k", deep), "ValueError: the value of \"k\" nests deeper than 90 levels");
    }

    #[test]
    fn a_full_storage_takes_what_shrinks() {
        let (mut rig, mut storage) = (Rig::new(), Storage::default());
        let large = text(&"x".repeat(MAX_VALUE - 2));
        for key in 0..9 {
            set(&mut rig, &mut storage, &key.to_string(), large.clone());
        }
        let raised = rig.raised(&mut storage, "storage_set", vec![text("9"), large.clone()]);
        assert_eq!(raised, "ValueError: the storage is full: with \"9\" it would have 10485770 bytes of 10485760");
        set(&mut rig, &mut storage, "0", Value::None);
        set(&mut rig, &mut storage, "9", large.clone());
        let total: usize = storage.entries.values().map(|entry| entry.size).sum();
        assert_eq!(storage.total, total);

        let owned = (0..11).map(|key| (key.to_string(), large.clone())).collect();
        let mut storage = Storage::with(owned);
        set(&mut rig, &mut storage, "0", text("small"));
        rig.raised(&mut storage, "storage_set", vec![text("0"), large]);
    }

    #[test]
    fn no_snapshot_has_it() {
        let (mut rig, mut storage) = (Rig::new(), Storage::default());
        set(&mut rig, &mut storage, "k", Value::None);
        assert_eq!(storage.save(), None);
        storage.load(None, &mut rig.cx()).unwrap();
        storage.begin(&mut rig.cx());
        assert_eq!(list(&mut rig, &mut storage), Value::List(vec![text("k")]));
    }
}
