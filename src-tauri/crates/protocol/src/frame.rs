//! What goes between the owner of an interpreter and its child process: frames of a length and
//! JSON. Neither side trusts the length, the owner does not trust the content either.

use std::{
    borrow::Cow,
    collections::BTreeMap,
    io::{self, Read, Write},
};

use serde::{Deserialize, Serialize, Serializer, de::DeserializeOwned};

use crate::{
    Arrival, Bytes, Command, Event, Inputs, Limits, Range, Reply, Resolution, Settings, Source, Value,
    record::{By, Lane},
};

/// The longest frame. A value is cut well below it; a dump may come close.
pub const MAX_FRAME: usize = 768 * 1024 * 1024;
/// How many values one frame may have: a small one of many takes hundreds of times its length to
/// read. An answer has at most a tenth of this.
pub const MAX_PARTS: usize = 4_000_000;
/// A frame that is shorter than this has not many.
const FEW: usize = 256 * 1024;
/// The longest text of one print event.
pub const MAX_PRINT: usize = 64 * 1024;

/// From the owner to the interpreter. `seq` numbers the commands of one child.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum ToWorker {
    Command {
        seq: u64,
        command: Command,
    },
    /// What holds for all programs; see [`Command::Configure`].
    Configure {
        settings: Box<Settings>,
    },
    /// Take over the session that another child held.
    Restore {
        state: Bytes,
    },
    /// Stop what command `seq` set off, because somebody wants it or its time is up; nothing if it
    /// has ended.
    Interrupt {
        seq: u64,
        why: Why,
    },
}

/// Why an owner interrupts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Why {
    Cancel,
    Timeout,
    TurnTimeout,
}

/// From the interpreter to its owner.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum FromWorker {
    /// The child is up.
    Ready,
    /// It has taken over the interpreter of the child before.
    Restored,
    /// What a restored session is in the middle of; before the reply to `restore`.
    Underway(Underway),
    /// What the program has done, in order.
    Told { told: Vec<Told> },
    /// The program has gone to sleep, or has woken. Sleep is not execution, nor is waiting for
    /// something outside, during which others may be answered.
    Sleeping {
        seq: u64,
        asleep: bool,
        waiting: bool,
        /// Whether it goes on by itself.
        timed: bool,
        spent_ms: f64,
    },
    /// The program wants something of its owner.
    Asked { call_id: u32, asked: Asked },
    /// The interpreter has stopped and its answer, a large one, is being written. That takes time,
    /// but it is not execution.
    Writing { seq: u64 },
    /// The session at rest or at a pause, opaque to its owner. It comes before the reply to the
    /// command that led there, or after one that says so; there is none if it is too large to be
    /// kept.
    Dump { state: Option<Bytes>, at_rest: bool },
    /// `spent_ms` is the execution so far of the run that the reply belongs to.
    Reply {
        seq: u64,
        reply: Reply,
        spent_ms: f64,
        /// Whether a dump follows, before which nothing else can be done.
        dump_follows: bool,
        /// Whether programs have changed what extensions keep since the last dump at rest.
        touched: bool,
    },
}

/// One thing that a program has done.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum Told {
    Event(#[serde(with = "crate::slim")] Event),
    /// It has called what was answered without a pause.
    Called(Box<Called>),
    /// Something has reached it.
    Arrival(Arrival),
    /// It has read the clock: microseconds since 1970.
    Clock {
        name: String,
        micros: i64,
        range: Option<Range>,
    },
}

/// A call that an extension, a rule or the system's stand-in has answered, or that waits.
///
/// A program makes a hundred thousand of them a second, so it is written without the names of its
/// fields, in their order: that is a third of the bytes, and of the time to read them.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Called {
    pub lane: Lane,
    pub function_name: Cow<'static, str>,
    pub args: Vec<Value>,
    pub kwargs: Inputs,
    pub call_id: u32,
    pub awaited: bool,
    pub range: Option<Range>,
    pub by: By,
    /// None while it waits.
    pub answer: Option<Resolution>,
    /// Whether this is the end of a wait that was told before.
    pub ends: bool,
}

impl Serialize for Called {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self { lane, function_name, args, kwargs, call_id, awaited, range, by, answer, ends } = self;
        let range = range
            .as_ref()
            .map(|Range { filename, start, end }| (filename, (start.line, start.column), (end.line, end.column)));
        (lane, function_name, args, kwargs, call_id, awaited, range, by, answer, ends).serialize(serializer)
    }
}

/// What a program wants of its owner, which alone has files, a network and other processes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum Asked {
    /// A call about a mounted folder, as JSON of `monty-types`.
    System {
        call: String,
    },
    Fetch {
        url: String,
    },
    /// Another interpreter, on narrower terms.
    Spawn {
        handle: u32,
        source: Box<Source>,
        /// A copy of the files in memory.
        files: BTreeMap<String, Bytes>,
    },
    /// The end of one.
    EndChild {
        handle: u32,
    },
    /// A function of the parent's.
    Parent {
        function_name: String,
        args: Vec<Value>,
    },
    /// Whether a function may be called once more: all of a family count together.
    Count {
        function_name: String,
    },
    /// Such a call waits no longer.
    ParentGone {
        call_id: u32,
    },
    /// The answer to a child's call.
    ToChild {
        handle: u32,
        call_id: u32,
        answer: Resolution,
    },
}

/// A run that goes on in another process than it began in.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Underway {
    pub limits: Limits,
    pub shared: bool,
    pub spent_ms: f64,
    pub host_calls: u64,
    pub prints: u64,
    /// Whether it waits for something outside, and no reply tells of it.
    pub waiting: bool,
}

/// What is wrong with a frame.
#[derive(Debug, thiserror::Error)]
pub enum WorkerError {
    #[error("a frame of {0} bytes is longer than {MAX_FRAME}")]
    TooLong(usize),
    #[error("a frame has more than {MAX_PARTS} values")]
    TooMany,
    #[error("a frame cannot be read: {0}")]
    Unreadable(#[from] serde_json::Error),
    #[error(transparent)]
    Io(#[from] io::Error),
}

/// Appends a frame to `buffer`.
pub fn append<T: Serialize>(buffer: &mut Vec<u8>, frame: &T) -> Result<(), WorkerError> {
    let start = buffer.len();
    buffer.extend_from_slice(&[0; 4]);
    let result = serde_json::to_writer(&mut *buffer, frame).map_err(WorkerError::from).and_then(|()| {
        let length = buffer.len() - start - 4;
        let word = u32::try_from(length).ok().filter(|_| length <= MAX_FRAME);
        word.ok_or(WorkerError::TooLong(length))
    });
    match result {
        Ok(length) => {
            buffer[start..start + 4].copy_from_slice(&length.to_le_bytes());
            Ok(())
        }
        Err(error) => {
            buffer.truncate(start);
            Err(error)
        }
    }
}

/// Writes one frame.
pub fn write<T: Serialize>(writer: &mut impl Write, frame: &T) -> Result<(), WorkerError> {
    let mut buffer = Vec::new();
    append(&mut buffer, frame)?;
    writer.write_all(&buffer)?;
    Ok(writer.flush()?)
}

/// Reads one frame; `None` at the end of the input. Memory grows with what arrives, not with what
/// the length promises.
pub fn read<T: DeserializeOwned>(reader: &mut impl Read) -> Result<Option<T>, WorkerError> {
    let mut word = [0; 4];
    match reader.read_exact(&mut word[..1]) {
        Ok(()) => {}
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(None),
        Err(error) => return Err(error.into()),
    }
    reader.read_exact(&mut word[1..])?;
    let length = usize::try_from(u32::from_le_bytes(word)).unwrap_or(usize::MAX);
    if length > MAX_FRAME {
        return Err(WorkerError::TooLong(length));
    }
    let mut bytes = Vec::with_capacity(length.min(64 * 1024));
    reader.take(length as u64).read_to_end(&mut bytes)?;
    if bytes.len() < length {
        return Err(io::Error::from(io::ErrorKind::UnexpectedEof).into());
    }
    if length > FEW && parts(&bytes) > MAX_PARTS {
        return Err(WorkerError::TooMany);
    }
    Ok(Some(serde_json::from_slice(&bytes)?))
}

/// About how many values JSON has: what separates and opens them, outside of texts.
fn parts(json: &[u8]) -> usize {
    let mut parts = 0;
    let mut rest = json.iter();
    while let Some(byte) = rest.next() {
        match byte {
            b',' | b'[' | b'{' => parts += 1,
            b'"' => {
                while let Some(byte) = rest.next() {
                    match byte {
                        b'\\' => drop(rest.next()),
                        b'"' => break,
                        _ => {}
                    }
                }
            }
            _ => {}
        }
    }
    parts
}
