//! Running again what was recorded.

use std::sync::Arc;

use protocol::{
    Arrival, Bytes, Command, Entry, Event, Inputs, Outcome, Replayed, Reply, Resolution, RunErrorKind, Settings,
    Source, Stream, Value,
    record::{Difference, Kept, Lane, What, With},
};

use crate::recorder::{NOT_RECORDING, Recorder, Restored};

/// How much of a value a difference shows.
const SHOWN: usize = 500;

/// A session that can be driven, one command at a time.
pub trait Drive {
    /// Sends a command and waits for its reply. The error says why there will be none.
    fn call(&mut self, command: Command) -> Result<Heard, String>;
}

/// A reply, and what was printed before it.
#[derive(Debug, Clone)]
pub struct Heard {
    pub reply: Reply,
    pub events: Vec<Event>,
}

/// Drives a fresh session by a record and says what goes otherwise first. `entries` are whole, see
/// [`Recorder::all`]; `restored` are the sessions that it became in between.
pub fn replay(entries: &[Entry], restored: &[Restored], drive: &mut dyn Drive) -> Result<Replayed, String> {
    let blank = snapshot(drive)?;
    let mut replay = Replay { entries, next: 0, replayed: Replayed { same: true, ..Replayed::default() } };
    while let Some(entry) = replay.entries.get(replay.next) {
        let mut before = if replay.is_undone() { Some(snapshot(drive)?) } else { None };
        let heard = match &entry.what {
            What::Run { .. } => {
                replay.replayed.runs += 1;
                if !replay.goes_on() {
                    replay.skip_run();
                    continue;
                }
                drive.call(begin(entry, &replay.entries[replay.next + 1..])?)?
            }
            What::State { state } if state == "restored" || state == "forked" => {
                let clock = readings(&replay.entries[replay.next + 1..]);
                let arrivals = arrivals(&replay.entries[replay.next + 1..]);
                let restored = restored
                    .iter()
                    .find(|restored| restored.entry == entry.seq)
                    .ok_or_else(|| format!("entry {} goes on from a snapshot that is not in the record", entry.seq))?;
                // What is undone goes back to what was at rest then; an answer that was refused, to
                // what was before.
                if before.is_some() && !replay.is_refused() {
                    before = Some(restored.rest.as_ref().map_or_else(|| blank.clone(), |rest| rest.to_vec()));
                }
                let data = Bytes(restored.state.to_vec());
                drive.call(Command::Restore { data, accept_foreign: true, clock: Some(clock), arrivals })?
            }
            What::State { state } if state == NOT_RECORDING => {
                return Err(format!("recording was off from entry {} on", entry.seq));
            }
            What::Settings { settings } => {
                drive.call(Command::Configure(settings.clone()))?;
                replay.next += 1;
                continue;
            }
            // At rest: those of a run arrive in its midst.
            What::Arrival(arrival) => {
                drive.call(Command::Arrived(arrival.what.clone()))?;
                replay.next += 1;
                continue;
            }
            _ => {
                replay.next += 1;
                continue;
            }
        };
        replay.next += 1;
        if let Some(difference) = replay.follow(heard, drive)? {
            replay.replayed.same = false;
            replay.replayed.difference = Some(difference);
            break;
        }
        if let Some(before) = before {
            drive.call(Command::Restore {
                data: Bytes(before),
                accept_foreign: true,
                clock: None,
                arrivals: Vec::new(),
            })?;
        }
    }
    Ok(replay.replayed)
}

struct Replay<'a> {
    entries: &'a [Entry],
    next: usize,
    replayed: Replayed,
}

impl Replay<'_> {
    /// Whether the step that leads from here to the next pause or end can be taken again: one that
    /// was stopped, ran out of time or broke down cannot, and left nothing behind.
    fn goes_on(&self) -> bool {
        let after = self.entries[self.next + 1..].iter().find(|entry| {
            matches!(
                entry.what,
                What::Call { lane: Lane::Host, .. } | What::Futures { .. } | What::End { .. } | What::Run { .. }
            )
        });
        match after.map(|entry| &entry.what) {
            Some(What::End { error: Some(error), .. }) => {
                let timed = matches!(error.limit.as_deref(), Some("timeoutMs" | "turnTimeoutMs"));
                !timed && !matches!(error.kind, RunErrorKind::Cancelled | RunErrorKind::Crash)
            }
            // The record ends in the middle of it.
            None | Some(What::Run { .. }) => false,
            Some(_) => true,
        }
    }

    /// Whether a program begins here that changed names that persist, and what it did was undone.
    fn is_undone(&self) -> bool {
        let changes_names = match &self.entries[self.next].what {
            What::Run { command, .. } => command == "feed",
            // A session that was restored at rest has no run that could be undone.
            What::State { .. } => begins(&self.entries[self.next]) && self.of_run().any(is_pause),
            _ => false,
        };
        let sound = self.of_run().any(|entry| match &entry.what {
            What::End { error: Some(error), .. } => error.kind == RunErrorKind::Exception,
            What::End { .. } => true,
            _ => false,
        });
        changes_names && !sound
    }

    /// Whether the answer of a fork was refused, which undid it.
    fn is_refused(&self) -> bool {
        self.of_run().any(|entry| matches!(&entry.what, What::State { state } if state == "refused"))
    }

    /// What belongs to the program that begins here.
    fn of_run(&self) -> impl Iterator<Item = &Entry> {
        self.entries[self.next + 1..].iter().take_while(|entry| !begins(entry))
    }

    fn skip_run(&mut self) {
        self.next += 1;
        while let Some(entry) = self.entries.get(self.next).filter(|entry| !begins(entry)) {
            self.next += 1;
            if matches!(entry.what, What::End { .. }) {
                return;
            }
        }
    }

    /// Follows a program from what was heard to its end.
    fn follow(&mut self, mut heard: Heard, drive: &mut dyn Drive) -> Result<Option<Difference>, String> {
        loop {
            let (printed, at) = self.printed();
            let now = [Stream::Stdout, Stream::Stderr].map(|stream| said(&heard.events, stream));
            if printed != now {
                let stream = usize::from(printed[0] == now[0]);
                return Ok(Some(difference(at, "printed", &printed[stream], &now[stream])));
            }
            let Some(entry) = self.entries.get(self.next) else {
                if heard.reply.is_pause() {
                    drive.call(Command::Cancel)?;
                }
                return Ok(None);
            };
            if begins(entry) {
                // The run was dropped here: the session was closed, or became another one.
                if heard.reply.is_pause() {
                    drive.call(Command::Cancel)?;
                }
                return Ok(None);
            }
            if let Some(found) = compare(entry, &heard.reply) {
                if heard.reply.is_pause() {
                    drive.call(Command::Cancel)?;
                }
                return Ok(Some(found));
            }
            let answer = match &entry.what {
                What::End { .. } => {
                    self.next += 1;
                    return Ok(None);
                }
                What::Call { .. } | What::Futures { .. } => answer(entry)?,
                _ => None,
            };
            match answer {
                Some(command) if self.goes_on() => {
                    self.replayed.calls += 1;
                    self.next += 1;
                    heard = drive.call(command)?;
                }
                _ => {
                    drive.call(Command::Cancel)?;
                    self.skip_run();
                    return Ok(None);
                }
            }
        }
    }

    /// What was printed before the next pause or end, and the entry it begins with.
    fn printed(&mut self) -> ([String; 2], u64) {
        let mut printed = [String::new(), String::new()];
        let mut at = None;
        while let Some(entry) = self.entries.get(self.next) {
            match &entry.what {
                What::Print { stream, text } => {
                    at.get_or_insert(entry.seq);
                    if let Kept::In(Value::Str(text)) = text {
                        printed[usize::from(*stream == Stream::Stderr)] += text;
                    }
                }
                What::Call { lane: Lane::Clock | Lane::Extension | Lane::System, .. }
                | What::Limit { .. }
                | What::Arrival(_)
                | What::Settings { .. } => {}
                What::State { state } if state != "restored" && state != "forked" => {}
                _ => break,
            }
            self.next += 1;
        }
        let here = self.entries.get(self.next).or(self.entries.last()).map_or(0, |entry| entry.seq);
        (printed, at.unwrap_or(here))
    }
}

/// What it takes to come to a recorded pause that has no dump of its own.
#[derive(Debug, Clone)]
pub struct Excerpt {
    /// From the beginning of its program, or from a session that was restored, up to the pause.
    entries: Vec<Entry>,
    /// The nearest dump on the way.
    dump: Option<(u64, Arc<[u8]>)>,
    /// What was at rest when its program began.
    rest: Option<Arc<[u8]>>,
    /// What held then.
    settings: Option<Settings>,
}

impl Recorder {
    /// What it takes to come to a pause again.
    pub fn excerpt(&mut self, at: u64) -> Result<Excerpt, String> {
        let (begin, target) = self.program_of(at).ok_or("its program is no longer in the record")?;
        let entries = self.stretch(begin..=target);
        let first = entries[0].seq;
        let dump = self.dumps().at_or_before(at).filter(|(entry, _)| *entry >= first);
        let dump = dump.map(|(entry, dump)| (entry, Arc::clone(dump)));
        Ok(Excerpt { entries, dump, rest: self.rest_before(at), settings: self.settings_at(first) })
    }
}

/// Comes to a recorded pause again by the answers that were recorded before it, and gives the
/// session there as [`Command::Snapshot`] does.
pub fn reach(excerpt: &Excerpt, drive: &mut dyn Drive) -> Result<Vec<u8>, String> {
    let entries = &excerpt.entries;
    if let Some(settings) = &excerpt.settings {
        drive.call(Command::Configure(Box::new(settings.clone())))?;
    }
    let target = entries.len() - 1;
    let index = |seq: u64| entries.iter().position(|entry| entry.seq == seq);
    let restore = |dump: &Arc<[u8]>, from: usize| Command::Restore {
        data: Bytes(dump.to_vec()),
        accept_foreign: true,
        clock: Some(readings(&entries[from + 1..])),
        arrivals: arrivals(&entries[from + 1..]),
    };
    let first_pause = || entries.iter().position(is_pause).unwrap_or(target);
    let is_run = matches!(entries[0].what, What::Run { .. });
    let (mut next, mut heard) = match &excerpt.dump {
        Some((seq, dump)) if *seq > entries[0].seq => {
            let from = index(*seq).ok_or("its dump belongs to nothing")?;
            (from, drive.call(restore(dump, from))?)
        }
        Some((_, dump)) if !is_run => (first_pause(), drive.call(restore(dump, 0))?),
        None if !is_run => return Err("the snapshot that it went on from is no longer kept".to_owned()),
        _ => {
            if let Some(rest) = &excerpt.rest {
                drive.call(Command::Restore {
                    data: Bytes(rest.to_vec()),
                    accept_foreign: true,
                    clock: None,
                    arrivals: Vec::new(),
                })?;
            }
            (first_pause(), drive.call(begin(&entries[0], &entries[1..])?)?)
        }
    };
    loop {
        let entry = &entries[next];
        if let Some(Difference { recorded, now, .. }) = compare(entry, &heard.reply) {
            return Err(format!("the program went otherwise at entry {}: {now} instead of {recorded}", entry.seq));
        }
        if next == target {
            return snapshot(drive);
        }
        heard = drive.call(answer(entry)?.ok_or("nobody answered there")?)?;
        let found = entries[next + 1..].iter().position(is_pause).ok_or("the pause is not in the record")?;
        next += 1 + found;
    }
}

fn snapshot(drive: &mut dyn Drive) -> Result<Vec<u8>, String> {
    match drive.call(Command::Snapshot { at: None })?.reply {
        Reply::Snapshot { data, .. } => Ok(data.0),
        _ => Err("the session there cannot be written down".to_owned()),
    }
}

/// Whether a program begins at an entry, or the session becomes another one.
pub(crate) fn begins(entry: &Entry) -> bool {
    match &entry.what {
        What::Run { .. } => true,
        What::State { state } => ["restored", "forked", NOT_RECORDING].contains(&state.as_str()),
        _ => false,
    }
}

fn is_pause(entry: &Entry) -> bool {
    entry.is_host_call() || matches!(entry.what, What::Futures { .. })
}

/// The command that begins a recorded program.
fn begin(entry: &Entry, after: &[Entry]) -> Result<Command, String> {
    let What::Run {
        command,
        code,
        script_name,
        cell,
        fresh,
        step,
        inputs,
        external_functions,
        extensions,
        limits,
        deterministic,
        seed,
    } = &entry.what
    else {
        return Err(format!("no program begins at entry {}", entry.seq));
    };
    let source = Source {
        code: text(code, entry)?,
        inputs: names(inputs, entry)?,
        limits: *limits,
        script_name: script_name.clone(),
        cell: cell.clone(),
        fresh: *fresh,
        step: *step,
        external_functions: external_functions.clone(),
        extensions: extensions.clone(),
        deterministic: *deterministic,
        seed: Some(*seed),
        clock: Some(readings(after)),
        arrivals: Some(arrivals(after)),
        ..Source::default()
    };
    Ok(match command.as_str() {
        "run" => Command::Run(source),
        "feed" => Command::Feed(source),
        _ => Command::Start(source),
    })
}

/// What the program read of the clock from here to its end.
fn readings(entries: &[Entry]) -> Vec<i64> {
    let of_run = entries.iter().take_while(|entry| !begins(entry) && !matches!(entry.what, What::End { .. }));
    of_run
        .filter_map(|entry| match &entry.what {
            What::Call { lane: Lane::Clock, answer: Some(answer), .. } => match &answer.with {
                With::Value { value: Kept::In(Value::Int(micros)) } => Some(*micros),
                _ => None,
            },
            _ => None,
        })
        .collect()
}

/// What reached the program from here to its end.
fn arrivals(entries: &[Entry]) -> Vec<Arrival> {
    let of_run = entries.iter().take_while(|entry| !begins(entry) && !matches!(entry.what, What::End { .. }));
    of_run
        .filter_map(|entry| match &entry.what {
            What::Arrival(arrival) => Some(arrival.clone()),
            _ => None,
        })
        .collect()
}

/// The command that gives the recorded answer; nothing if there was none.
fn answer(entry: &Entry) -> Result<Option<Command>, String> {
    Ok(match &entry.what {
        What::Call { answer: Some(answer), .. } => match &answer.with {
            With::Value { value } => Some(Command::Resume { value: value_of(value, entry)? }),
            With::Error { exc_type, message } => {
                Some(Command::ResumeWithError { exc_type: exc_type.clone(), message: message.clone() })
            }
            With::NotFound => Some(Command::ResumeNotFound),
            With::Future => Some(Command::ResumeAsFuture),
            With::Script { code, inputs, script_name } => Some(Command::ResumeWithScript {
                code: text(code, entry)?,
                inputs: names(inputs, entry)?,
                script_name: script_name.clone(),
            }),
            With::Nothing => None,
        },
        What::Futures { answers, duration_ms: Some(_), .. } => {
            let answers = answers.iter().map(|answer| {
                let resolution = match &answer.with {
                    With::Value { value } => Resolution::Value(value_of(value, entry)?),
                    With::Error { exc_type, message } => {
                        Resolution::Error { exc_type: exc_type.clone(), message: message.clone() }
                    }
                    _ => return Err(format!("entry {} has an answer that no future takes", entry.seq)),
                };
                Ok((answer.call_id, resolution))
            });
            let answers = answers.collect::<Result<Vec<_>, String>>()?;
            // A run that ended here was not answered.
            (!answers.is_empty()).then_some(Command::ResolveFutures { answers })
        }
        _ => None,
    })
}

/// What a reply has that the entry has not.
fn compare(entry: &Entry, reply: &Reply) -> Option<Difference> {
    let differs = |what: &str, recorded: &str, now: &str| Some(difference(entry.seq, what, recorded, now));
    match (&entry.what, reply) {
        (
            What::Call { function_name, args, kwargs, .. },
            Reply::Pending { function_name: name, args: now_args, kwargs: now_kwargs, .. },
        ) => {
            if function_name != name {
                return differs("function", function_name, name);
            }
            let now_args = Value::List(now_args.clone());
            let now_kwargs = now_kwargs.to_dict();
            differs_in(entry.seq, "args", args, &now_args)
                .or_else(|| differs_in(entry.seq, "kwargs", kwargs, &now_kwargs))
        }
        (What::Futures { call_ids, .. }, Reply::ResolveFutures { call_ids: now }) => {
            (call_ids != now).then(|| difference(entry.seq, "futures", &format!("{call_ids:?}"), &format!("{now:?}")))
        }
        (What::End { value: Some(value), .. }, Reply::Complete(Outcome { result: Ok(now), .. })) => {
            differs_in(entry.seq, "value", value, now)
        }
        // None is null in a log, and null is absent.
        (What::End { ok: true, value: None, .. }, Reply::Complete(Outcome { result: Ok(now), .. })) => {
            differs_in(entry.seq, "value", &Kept::In(Value::None), now)
        }
        (What::End { error: Some(error), .. }, Reply::Complete(Outcome { result: Err(now), .. })) => {
            let say = |error: &protocol::RunError| format!("{}: {}", error.exc_type, error.message);
            let same = error.kind == now.kind && error.exc_type == now.exc_type && error.message == now.message;
            (!same).then(|| difference(entry.seq, "error", &say(error), &say(now)))
        }
        (what, reply) => differs("end", &say_entry(what), &say_reply(reply)),
    }
}

fn say_entry(what: &What) -> String {
    match what {
        What::Call { function_name, .. } => format!("a call of {function_name}"),
        What::Futures { .. } => "a wait for futures".to_owned(),
        What::End { ok: true, .. } => "the end of the run".to_owned(),
        What::End { error: Some(error), .. } => format!("{}: {}", error.exc_type, error.message),
        _ => "something else".to_owned(),
    }
}

fn say_reply(reply: &Reply) -> String {
    match reply {
        Reply::Pending { function_name, .. } => format!("a call of {function_name}"),
        Reply::ResolveFutures { .. } => "a wait for futures".to_owned(),
        Reply::Complete(Outcome { result: Ok(_), .. }) => "the end of the run".to_owned(),
        Reply::Complete(Outcome { result: Err(error), .. }) => format!("{}: {}", error.exc_type, error.message),
        Reply::Error(misuse) => misuse.message.clone(),
        Reply::Waiting => "a wait for something outside".to_owned(),
        _ => "something else".to_owned(),
    }
}

/// Compared as JSON, in which one NaN is like the other.
fn differs_in(entry: u64, what: &str, recorded: &Kept, now: &Value) -> Option<Difference> {
    let Kept::In(recorded) = recorded else {
        // Too large to be kept; there is nothing to compare with.
        return None;
    };
    let json = |value: &Value| serde_json::to_vec(value).unwrap_or_default();
    (recorded != now && json(recorded) != json(now))
        .then(|| difference(entry, what, &recorded.repr(SHOWN), &now.repr(SHOWN)))
}

fn difference(entry: u64, what: &str, recorded: &str, now: &str) -> Difference {
    let cut = |text: &str| text.chars().take(SHOWN).collect();
    Difference { entry, what: what.to_owned(), recorded: cut(recorded), now: cut(now) }
}

fn said(events: &[Event], wanted: Stream) -> String {
    events
        .iter()
        .filter_map(|event| match event {
            Event::Print { stream, text } if *stream == wanted => Some(text.as_str()),
            _ => None,
        })
        .collect()
}

fn value_of(kept: &Kept, entry: &Entry) -> Result<Value, String> {
    match kept {
        Kept::In(value) => Ok(value.clone()),
        Kept::Out { .. } => Err(format!("a large value of entry {} is no longer kept", entry.seq)),
    }
}

fn text(kept: &Kept, entry: &Entry) -> Result<String, String> {
    match value_of(kept, entry)? {
        Value::Str(text) => Ok(text),
        _ => Err(format!("entry {} has no code", entry.seq)),
    }
}

fn names(kept: &Kept, entry: &Entry) -> Result<Inputs, String> {
    let wrong = || format!("entry {} has inputs that are not named", entry.seq);
    let Value::Dict(pairs) = value_of(kept, entry)? else {
        return Err(wrong());
    };
    let pairs = pairs.into_iter().map(|(name, value)| match name {
        Value::Str(name) => Ok((name, value)),
        _ => Err(wrong()),
    });
    Ok(Inputs(pairs.collect::<Result<_, _>>()?))
}
