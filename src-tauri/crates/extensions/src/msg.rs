//! `msg`: named channels between a program and its children.

use std::{
    collections::{BTreeMap, HashMap, VecDeque},
    time::Duration,
};

use protocol::Value;
use serde::{Deserialize, Serialize};

use crate::{
    call::{Answer, Args, Context, Raised, Wait},
    declaration::{Declared, Default, Function, Kind, Param, Type, declare, optional, param},
    extension::{ChildPolicy, Extension, Profile},
    weight::weight,
};

/// More messages are refused until some are received.
pub const MAX_QUEUED: usize = 10_000;
pub const MAX_CHANNELS: usize = 1_000;
/// About how much memory all messages together take that wait.
pub const MAX_BYTES: usize = 64 * 1024 * 1024;

const NAME: Param = param("name", Type::STRING);
const INT_OR_NONE: Type = Type::of(&[Kind::Integer, Kind::None]);

const FUNCTIONS: &[Declared<Msg>] = &[
    declare(
        "msg_send",
        "Puts a message into a channel, which comes into being by that. Raises RuntimeError where it is closed or full.",
        const { &[NAME, param("message", Type::ANY)] },
        Type::NONE,
        Msg::send,
    ),
    declare(
        "msg_recv",
        "Takes the oldest message of a channel and waits where there is none; None where it is closed and empty. \
         Raises TimeoutError after timeout_ms.",
        const { &[NAME, optional("timeout_ms", INT_OR_NONE, Default::None)] },
        Type::ANY,
        Msg::receive,
    ),
    declare(
        "msg_peek",
        "Gives the oldest message of a channel and leaves it there; None where there is none.",
        const { &[NAME] },
        Type::ANY,
        Msg::peek,
    ),
    declare(
        "msg_close",
        "Closes a channel: what is in it can still be received, then receivers get None.",
        const { &[NAME] },
        Type::NONE,
        Msg::close,
    ),
    declare(
        "msg_stats",
        "Tells how it stands with a channel: exists, closed, queue_depth, send_count, recv_count, peak_queue_depth.",
        const { &[NAME] },
        Type::MAP,
        Msg::stats,
    ),
];

/// Lives with the root of a session: children ask their parent.
#[derive(Debug, Default)]
pub struct Msg {
    channels: BTreeMap<String, Channel>,
    /// The channel on which a call waits.
    waits: HashMap<u32, String>,
    bytes: usize,
}

#[derive(Debug, Clone, Default, Serialize, Deserialize)]
struct Channel {
    queue: VecDeque<Value>,
    is_closed: bool,
    sent: u64,
    received: u64,
    peak: usize,
    /// Calls that wait, only while the queue is empty. They are asked again after a restore.
    #[serde(skip)]
    waiters: VecDeque<u32>,
}

impl Msg {
    fn send(&mut self, mut args: Args, cx: &mut Context<'_>) -> Answer {
        let (name, message) = (args.string(0), args.take(1));
        let bytes = self.bytes + weight(&message);
        let channel = match self.channel(&name) {
            Ok(channel) => channel,
            Err(raised) => return raised.into(),
        };
        if channel.is_closed {
            return Raised::runtime_error(format!("the channel {name:?} is closed")).into();
        }
        if let Some(call_id) = channel.waiters.pop_front() {
            channel.received += 1;
            cx.resolve(call_id, Ok(message));
            self.waits.remove(&call_id);
        } else if bytes > MAX_BYTES {
            return Raised::runtime_error(format!("messages of {MAX_BYTES} bytes wait in the channels already")).into();
        } else if channel.queue.len() < MAX_QUEUED {
            channel.queue.push_back(message);
            channel.peak = channel.peak.max(channel.queue.len());
            self.bytes = bytes;
        } else {
            return Raised::runtime_error(format!("the channel {name:?} is full: {MAX_QUEUED} messages wait in it"))
                .into();
        }
        if let Some(channel) = self.channels.get_mut(&name) {
            channel.sent += 1;
        }
        Value::None.into()
    }

    fn receive(&mut self, mut args: Args, cx: &mut Context<'_>) -> Answer {
        let name = args.string(0);
        let timeout = match milliseconds(&args.take(1)) {
            Ok(timeout) => timeout,
            Err(raised) => return raised.into(),
        };
        let channel = match self.channel(&name) {
            Ok(channel) => channel,
            Err(raised) => return raised.into(),
        };
        if let Some(message) = channel.queue.pop_front() {
            channel.received += 1;
            self.bytes -= weight(&message);
            return message.into();
        }
        if channel.is_closed {
            return Value::None.into();
        }
        if let Some(timeout) = timeout.filter(Duration::is_zero) {
            return timed_out(timeout).into();
        }
        channel.waiters.push_back(cx.call_id);
        self.waits.insert(cx.call_id, name);
        Answer::Wait(Wait { timeout, ..Wait::default() })
    }

    fn peek(&mut self, mut args: Args, _cx: &mut Context<'_>) -> Answer {
        let first = self.channels.get(&args.string(0)).and_then(|channel| channel.queue.front());
        first.cloned().unwrap_or(Value::None).into()
    }

    fn close(&mut self, mut args: Args, cx: &mut Context<'_>) -> Answer {
        let channel = match self.channel(&args.string(0)) {
            Ok(channel) => channel,
            Err(raised) => return raised.into(),
        };
        channel.is_closed = true;
        for call_id in std::mem::take(&mut channel.waiters) {
            cx.resolve(call_id, Ok(Value::None));
            self.waits.remove(&call_id);
        }
        Value::None.into()
    }

    fn stats(&mut self, mut args: Args, _cx: &mut Context<'_>) -> Answer {
        let found = self.channels.get(&args.string(0));
        let nothing = Channel::default();
        let channel = found.unwrap_or(&nothing);
        let size = |size: usize| Value::Int(i64::try_from(size).unwrap_or(i64::MAX));
        let count = |count: u64| Value::Int(i64::try_from(count).unwrap_or(i64::MAX));
        let pairs = [
            ("exists", Value::Bool(found.is_some())),
            ("closed", Value::Bool(channel.is_closed)),
            ("queue_depth", size(channel.queue.len())),
            ("send_count", count(channel.sent)),
            ("recv_count", count(channel.received)),
            ("peak_queue_depth", size(channel.peak)),
        ];
        Value::Dict(pairs.into_iter().map(|(name, value)| (Value::Str(name.to_owned()), value)).collect()).into()
    }

    /// The channel of a name, a new one if need be.
    fn channel(&mut self, name: &str) -> Result<&mut Channel, Raised> {
        if !self.channels.contains_key(name) && self.channels.len() >= MAX_CHANNELS {
            return Err(Raised::runtime_error(format!("there are {MAX_CHANNELS} channels already")));
        }
        Ok(self.channels.entry(name.to_owned()).or_default())
    }

    fn forget(&mut self, call_id: u32) {
        let channel = self.waits.remove(&call_id).and_then(|name| self.channels.get_mut(&name));
        if let Some(channel) = channel {
            channel.waiters.retain(|waiter| *waiter != call_id);
        }
    }
}

fn milliseconds(value: &Value) -> Result<Option<Duration>, Raised> {
    match value {
        Value::Int(milliseconds) => match u64::try_from(*milliseconds) {
            Ok(milliseconds) => Ok(Some(Duration::from_millis(milliseconds))),
            Err(_) => Err(Raised::value_error("timeout_ms is negative")),
        },
        Value::Bool(milliseconds) => Ok(Some(Duration::from_millis(u64::from(*milliseconds)))),
        Value::BigInt(_) => Err(Raised::new("OverflowError", "timeout_ms is too large")),
        _ => Ok(None),
    }
}

fn timed_out(timeout: Duration) -> Raised {
    Raised::new("TimeoutError", format!("msg_recv timed out after {} ms", timeout.as_millis()))
}

impl Extension for Msg {
    fn profile(&self) -> Profile {
        let about = "Messages by named channels, shared with children of the sandbox.";
        Profile { child_policy: ChildPolicy::Inherit, ..Profile::new("msg", about) }
    }

    fn functions(&self) -> Vec<Function> {
        FUNCTIONS.iter().map(|declared| declared.function.clone()).collect()
    }

    fn call(&mut self, function: usize, args: Args, cx: &mut Context<'_>) -> Answer {
        (FUNCTIONS[function].answer)(self, args, cx)
    }

    fn timed_out(&mut self, call_id: u32, timeout: Duration) -> Result<Value, Raised> {
        self.forget(call_id);
        Err(timed_out(timeout))
    }

    fn released(&mut self, call_id: u32, _cx: &mut Context<'_>) {
        self.forget(call_id);
    }

    fn begin(&mut self, _cx: &mut Context<'_>) {
        *self = Self::default();
    }

    fn save(&self) -> Option<Vec<u8>> {
        serde_json::to_vec(&self.channels).ok()
    }

    fn load(&mut self, saved: Option<&[u8]>, _cx: &mut Context<'_>) -> Result<(), String> {
        let channels: BTreeMap<String, Channel> = match saved {
            Some(saved) => serde_json::from_slice(saved).map_err(|error| format!("no state of msg: {error}"))?,
            None => BTreeMap::new(),
        };
        let bytes = channels.values().flat_map(|channel| &channel.queue).map(weight).sum();
        *self = Self { channels, waits: HashMap::new(), bytes };
        Ok(())
    }
}

#[cfg(test)]
mod tests;
