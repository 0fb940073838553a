//! The keeper of a record.

use std::{
    collections::{BTreeMap, VecDeque},
    sync::Arc,
};

use protocol::{
    Arrival, Called, Command, Entry, Event, Misuse, Outcome, Range, RecordPage, RecordQuery, Reply, Resolution,
    Settings, Source, Value,
    record::{Answer, By, FutureAnswer, Kept, Lane, What, With},
};

use crate::{dumps::Dumps, line, replay::begins, values::Values};

/// What dumps may take, and large values.
const DUMP_BYTES: usize = 64 * 1024 * 1024;
const VALUE_BYTES: usize = 64 * 1024 * 1024;
const REST_BYTES: usize = 64 * 1024 * 1024;
/// How many entries are kept; the oldest go.
const ENTRIES: usize = 250_000;
/// How many entries one page has, and how many bytes of prints one entry.
const PAGE: usize = 10_000;
const PRINT: usize = 3_000;
/// From here on lines are another piece of the log.
const PIECE: usize = 256 * 1024;

/// What a log of the record holds, in order. A line replaces an earlier one of the same number.
#[derive(Debug, Clone, PartialEq)]
pub enum Log {
    /// One line or several.
    Line(Vec<u8>),
    Value {
        id: String,
        json: Vec<u8>,
    },
    Dump {
        entry: u64,
        bytes: Arc<[u8]>,
    },
    /// The session at rest from an entry on; nothing where there was none.
    Rest {
        entry: u64,
        bytes: Option<Arc<[u8]>>,
    },
    /// The dump of an entry has gone.
    Gone {
        entry: u64,
    },
}

/// What a switch of recording leaves in the record.
const RECORDING: &str = "recording";
pub(crate) const NOT_RECORDING: &str = "notRecording";

/// A session that another one has become.
#[derive(Debug, Clone)]
pub struct Restored {
    pub entry: u64,
    pub state: Arc<[u8]>,
    /// What comes back if its run is stopped.
    pub rest: Option<Arc<[u8]>>,
}

/// The record of one session. Times are milliseconds since it was opened.
#[derive(Debug)]
pub struct Recorder {
    on: bool,
    entries: VecDeque<Entry>,
    first: u64,
    dumps: Dumps,
    values: Values,
    /// The interpreter at rest as it is now.
    rest: Option<Arc<[u8]>>,
    /// The same as it was from an entry on, wherever a program began and it had changed.
    rests: BTreeMap<u64, Option<Arc<[u8]>>>,
    /// Whether the run that is on its way was recorded from its beginning.
    in_run: bool,
    /// The pause that waits for its answer.
    open: Option<u64>,
    /// Calls that wait for something outside, by call id.
    waits: BTreeMap<u32, u64>,
    /// The text of the last print, while more may join it.
    printing: Option<String>,
    log: Option<Vec<Log>>,
}

impl Default for Recorder {
    fn default() -> Self {
        Self {
            on: true,
            entries: VecDeque::new(),
            first: 0,
            dumps: Dumps::new(DUMP_BYTES),
            values: Values::new(VALUE_BYTES),
            rest: None,
            rests: BTreeMap::new(),
            in_run: false,
            open: None,
            waits: BTreeMap::new(),
            printing: None,
            log: None,
        }
    }
}

impl Recorder {
    /// Also keeps what was added, for somebody who writes it down; see [`Recorder::take_log`].
    #[must_use]
    pub fn with_log(mut self) -> Self {
        self.log = Some(Vec::new());
        self
    }

    /// What was added since this was last asked.
    pub fn take_log(&mut self) -> Vec<Log> {
        self.close_print();
        self.log.as_mut().map(std::mem::take).unwrap_or_default()
    }

    /// Reads a log back, as far as it goes.
    pub fn from_log(log: impl IntoIterator<Item = Log>) -> Self {
        let mut recorder = Self::default();
        for item in log {
            match item {
                Log::Line(lines) => lines.split(|byte| *byte == b'\n').for_each(|line| recorder.read_line(line)),
                Log::Value { id, json } => recorder.values.put(id, json),
                Log::Dump { entry, bytes } => drop(recorder.dumps.insert(entry, bytes)),
                Log::Gone { entry } => recorder.dumps.remove(entry),
                Log::Rest { entry, bytes } => drop(recorder.rests.insert(entry, bytes)),
            }
        }
        recorder.on = recorder.was_on();
        recorder
    }

    fn read_line(&mut self, line: &[u8]) {
        // The last line of a log that was cut off is no entry.
        let Ok(entry) = serde_json::from_slice::<Entry>(line) else { return };
        if self.entries.is_empty() {
            self.first = entry.seq;
        }
        match self.index(entry.seq) {
            Some(index) => self.entries[index] = entry,
            None if entry.seq == self.end() => self.entries.push_back(entry),
            None => {}
        }
    }

    /// Whether recording was on at the end of a log.
    fn was_on(&self) -> bool {
        let switch = self.entries.iter().rev().find_map(|entry| match &entry.what {
            What::State { state } if state == RECORDING || state == NOT_RECORDING => Some(state == RECORDING),
            _ => None,
        });
        switch.unwrap_or(true)
    }

    pub fn is_on(&self) -> bool {
        self.on
    }

    /// Nothing of a run is recorded that was not recorded from its beginning.
    pub fn switch(&mut self, at_ms: f64, on: bool) {
        if self.on == on {
            return;
        }
        self.on = on;
        self.open = None;
        self.in_run = false;
        self.push(at_ms, What::State { state: if on { RECORDING } else { NOT_RECORDING }.to_owned() });
    }

    /// A program begins.
    pub fn run(&mut self, at_ms: f64, command: &str, source: &Source) {
        if !self.on {
            return;
        }
        let code = self.keep(&Value::Str(source.code.clone()));
        let inputs = self.keep(&source.inputs.to_dict());
        let seq = self.push(
            at_ms,
            What::Run {
                command: command.to_owned(),
                code,
                script_name: source.script_name.clone(),
                cell: source.cell.clone(),
                fresh: source.fresh,
                step: source.step,
                inputs,
                external_functions: source.external_functions.clone(),
                extensions: source.extensions.clone(),
                limits: source.limits,
                deterministic: source.deterministic,
                seed: source.seed.unwrap_or_default(),
            },
        );
        self.in_run = true;
        self.note_rest(seq);
    }

    /// Keeps what is at rest from an entry on, if it has changed since it was last kept.
    fn note_rest(&mut self, entry: u64) {
        let same = match (self.rests.values().next_back(), &self.rest) {
            (Some(Some(last)), Some(now)) => Arc::ptr_eq(last, now),
            (None | Some(None), None) => true,
            _ => false,
        };
        if same {
            return;
        }
        self.rests.insert(entry, self.rest.clone());
        if let Some(log) = &mut self.log {
            log.push(Log::Rest { entry, bytes: self.rest.clone() });
        }
        let bytes =
            |rests: &BTreeMap<u64, Option<Arc<[u8]>>>| rests.values().flatten().map(|rest| rest.len()).sum::<usize>();
        while self.rests.len() > 1 && bytes(&self.rests) > REST_BYTES {
            self.rests.pop_first();
        }
    }

    /// The program waits for an answer.
    pub fn paused(&mut self, at_ms: f64, reply: &Reply) {
        if !self.in_run {
            return;
        }
        let what = match reply {
            Reply::Pending { function_name, args, kwargs, call_id, awaited, range } => {
                let args = self.keep(&Value::List(args.clone()));
                let kwargs = self.keep(&kwargs.to_dict());
                What::Call {
                    lane: Lane::Host,
                    function_name: function_name.clone().into(),
                    args,
                    kwargs,
                    call_id: *call_id,
                    awaited: *awaited,
                    range: range.clone(),
                    answer: None,
                    duration_ms: None,
                    dump: false,
                }
            }
            Reply::ResolveFutures { call_ids } => {
                What::Futures { call_ids: call_ids.clone(), answers: Vec::new(), duration_ms: None, dump: false }
            }
            _ => return,
        };
        self.open = Some(self.push(at_ms, what));
    }

    /// A dump of the pause that was recorded last.
    pub fn dump(&mut self, bytes: Vec<u8>) {
        if let Some(seq) = self.open {
            self.add_dump(seq, bytes.into());
        }
    }

    /// A dump of the session at rest; none if it could not be kept.
    pub fn rest(&mut self, bytes: Option<Arc<[u8]>>) {
        self.rest = bytes;
    }

    /// The session has become another one.
    pub fn restored(&mut self, at_ms: f64, state: &str, bytes: Arc<[u8]>, rest: Option<Arc<[u8]>>) {
        self.open = None;
        self.rest = rest;
        if self.on {
            let seq = self.push(at_ms, What::State { state: state.to_owned() });
            self.add_dump(seq, bytes);
            self.in_run = true;
            self.note_rest(seq);
        }
    }

    pub fn state(&mut self, at_ms: f64, state: &str) {
        self.in_run = false;
        if self.on {
            self.push(at_ms, What::State { state: state.to_owned() });
        }
    }

    /// The pause is answered.
    pub fn answered(&mut self, at_ms: f64, command: &Command, by: By) {
        let with = match command {
            Command::Resume { value } => With::Value { value: self.keep(value) },
            Command::ResumeWithError { exc_type, message } => {
                With::Error { exc_type: exc_type.clone(), message: message.clone() }
            }
            Command::ResumeNotFound => With::NotFound,
            Command::ResumeAsFuture => With::Future,
            Command::ResumeWithScript { code, inputs, script_name } => With::Script {
                code: self.keep(&Value::Str(code.clone())),
                inputs: self.keep(&inputs.to_dict()),
                script_name: script_name.clone(),
            },
            Command::ResolveFutures { answers } => {
                let answers = answers.iter().map(|(call_id, answer)| {
                    let with = match answer {
                        Resolution::Value(value) => With::Value { value: self.keep(value) },
                        Resolution::Error { exc_type, message } => {
                            With::Error { exc_type: exc_type.clone(), message: message.clone() }
                        }
                    };
                    FutureAnswer { call_id: *call_id, with }
                });
                let answers = answers.collect();
                return self.close(at_ms, |what| {
                    if let What::Futures { answers: slot, .. } = what {
                        *slot = answers;
                    }
                });
            }
            Command::Cancel => With::Nothing,
            _ => return,
        };
        self.close(at_ms, |what| {
            if let What::Call { answer, .. } = what {
                *answer = Some(Answer { by, with });
            }
        });
    }

    /// The answer was refused: the pause goes on.
    pub fn refused(&mut self, entry: u64) {
        self.amend(entry, |what| match what {
            What::Call { answer, duration_ms, .. } => (*answer, *duration_ms) = (None, None),
            What::Futures { answers, duration_ms, .. } => (*answers, *duration_ms) = (Vec::new(), None),
            _ => {}
        });
        self.open = Some(entry);
    }

    /// The pause that waits for its answer, or waited last.
    pub fn open_pause(&self) -> Option<u64> {
        self.open
    }

    pub fn events(&mut self, at_ms: f64, events: &[Event]) {
        if !self.in_run {
            return;
        }
        for event in events {
            let Event::Print { stream, text } = event else { continue };
            if let (Some(printed), Some(Entry { what: What::Print { stream: last, .. }, .. })) =
                (&mut self.printing, self.entries.back())
                && last == stream
                && printed.len() + text.len() <= PRINT
            {
                printed.push_str(text);
                continue;
            }
            self.close_print();
            // What is long goes out of line at once.
            let kept = if text.len() > PRINT { self.keep(&Value::Str(text.clone())) } else { empty() };
            let open = matches!(kept, Kept::In(_)).then(|| text.clone());
            self.push_raw(at_ms, What::Print { stream: *stream, text: kept }, open.is_none());
            self.printing = open;
        }
    }

    /// The program has called what was answered without a pause, or waits, or waits no longer.
    pub fn called(&mut self, at_ms: f64, called: Called) {
        if !self.in_run {
            return;
        }
        let Called { lane, function_name, args, kwargs, call_id, awaited, range, by, answer, ends } = called;
        let answer = answer.map(|answer| Answer {
            by,
            with: match answer {
                Resolution::Value(value) => With::Value { value: self.keep_own(value) },
                Resolution::Error { exc_type, message } => With::Error { exc_type, message },
            },
        });
        if ends {
            if let Some(seq) = self.waits.remove(&call_id) {
                let began = self.entry(seq).map_or(at_ms, |entry| entry.at_ms);
                self.amend(seq, |what| {
                    if let What::Call { answer: slot, duration_ms, .. } = what {
                        (*slot, *duration_ms) = (answer, Some(at_ms - began));
                    }
                });
            }
            return;
        }
        let waits = answer.is_none();
        let args = self.keep_own(Value::List(args));
        let kwargs = self.keep_own(kwargs.into_dict());
        let what = What::Call {
            lane,
            function_name,
            args,
            kwargs,
            call_id,
            awaited,
            range,
            duration_ms: (!waits).then_some(0.0),
            answer,
            dump: false,
        };
        let seq = self.push(at_ms, what);
        if waits {
            self.waits.insert(call_id, seq);
        }
    }

    /// Something has reached the program.
    pub fn arrived(&mut self, at_ms: f64, arrival: Arrival) {
        if self.on {
            self.push(at_ms, What::Arrival(arrival));
        }
    }

    /// What holds from here on.
    pub fn settings(&mut self, at_ms: f64, settings: &Settings) {
        if self.on {
            self.push(at_ms, What::Settings { settings: Box::new(settings.clone()) });
        }
    }

    /// A dump of the session where it waits for something outside.
    pub fn dump_of_wait(&mut self, bytes: Vec<u8>) {
        if let Some(seq) = self.waits.values().max().copied() {
            self.add_dump(seq, bytes.into());
        }
    }

    /// The program has read the clock.
    pub fn clock(&mut self, at_ms: f64, name: &str, micros: i64, range: Option<Range>) {
        if !self.in_run {
            return;
        }
        self.push(
            at_ms,
            What::Call {
                lane: Lane::Clock,
                function_name: name.to_owned().into(),
                args: Kept::In(Value::List(Vec::new())),
                kwargs: Kept::In(Value::Dict(Vec::new())),
                call_id: 0,
                awaited: false,
                range,
                answer: Some(Answer { by: By::Engine, with: With::Value { value: Kept::In(Value::Int(micros)) } }),
                duration_ms: Some(0.0),
                dump: false,
            },
        );
    }

    /// The program has ended.
    pub fn ended(&mut self, at_ms: f64, outcome: &Outcome) {
        if !std::mem::take(&mut self.in_run) {
            self.open = None;
            return;
        }
        self.close(at_ms, |what| {
            if let What::Call { answer: answer @ None, .. } = what {
                *answer = Some(Answer { by: By::Engine, with: With::Nothing });
            }
        });
        for seq in std::mem::take(&mut self.waits).into_values() {
            self.amend(seq, |what| {
                if let What::Call { answer: answer @ None, .. } = what {
                    *answer = Some(Answer { by: By::Engine, with: With::Nothing });
                }
            });
        }
        let (value, error) = match &outcome.result {
            Ok(value) => (Some(self.keep(value)), None),
            Err(error) => (None, Some(error.clone())),
        };
        if let Some((name, max)) = error.as_ref().and_then(|error| error.limit.clone().zip(error.max)) {
            self.push(at_ms, What::Limit { name, max });
        }
        self.push(at_ms, What::End { ok: error.is_none(), value, error, usage: outcome.usage });
    }

    /// The session at rest before the program that an entry belongs to.
    pub fn rest_before(&self, entry: u64) -> Option<Arc<[u8]>> {
        let (begin, _) = self.program_of(entry)?;
        self.rests.range(..=self.entries[begin].seq).next_back()?.1.clone()
    }

    /// The number that the next entry will have.
    pub fn end(&self) -> u64 {
        self.first + self.entries.len() as u64
    }

    pub fn page(&mut self, query: &RecordQuery) -> RecordPage {
        self.close_print();
        let from = query.from.max(self.first);
        let limit = query.limit.and_then(|limit| usize::try_from(limit).ok()).unwrap_or(1000).min(PAGE);
        let skip = usize::try_from(from - self.first).unwrap_or(usize::MAX);
        let mut entries: Vec<Entry> = self.entries.iter().skip(skip).take(limit).cloned().collect();
        if query.whole {
            for entry in &mut entries {
                self.whole(entry);
            }
        }
        let next = entries.last().map_or(from.min(self.end()).max(self.first), |entry| entry.seq + 1);
        RecordPage { entries, first: self.first, next, end: self.end(), recording: self.on }
    }

    /// Whether an entry is a pause that one can go back to.
    pub fn pause_at(&self, entry: u64) -> Result<(), String> {
        let is_pause = |entry: &Entry| {
            let waits = matches!(entry.what, What::Call { lane: Lane::Extension, dump: true, .. });
            matches!(entry.what, What::Futures { .. }) || entry.is_host_call() || waits
        };
        match self.entry(entry) {
            Some(found) if is_pause(found) => Ok(()),
            _ => Err(format!("entry {entry} of the record is no pause that one can go back to")),
        }
    }

    /// Sessions that this one has become in between, by their entries.
    pub fn restored_sessions(&self) -> Vec<Restored> {
        let states = self.entries.iter().filter(|entry| matches!(entry.what, What::State { .. }));
        let restored = |entry: &Entry| {
            let state = Arc::clone(self.dumps.get(entry.seq)?);
            Some(Restored { entry: entry.seq, state, rest: self.rest_before(entry.seq) })
        };
        states.filter_map(restored).collect()
    }

    /// All that is kept, values in line: what a replay needs.
    pub fn all(&mut self) -> Vec<Entry> {
        self.close_print();
        let mut entries: Vec<Entry> = self.entries.iter().cloned().collect();
        for entry in &mut entries {
            self.whole(entry);
        }
        entries
    }

    pub fn entry(&self, seq: u64) -> Option<&Entry> {
        self.entries.get(self.index(seq)?)
    }

    pub fn value(&self, id: &str) -> Option<Value> {
        self.values.get(id)
    }

    pub fn dumps(&self) -> &Dumps {
        &self.dumps
    }

    /// Puts the large values of an entry in line, as far as they are kept.
    pub fn whole(&self, entry: &mut Entry) {
        let with = |with: &mut With| match with {
            With::Value { value } => self.values.whole(value),
            With::Script { code, inputs, .. } => {
                self.values.whole(code);
                self.values.whole(inputs);
            }
            With::Error { .. } | With::NotFound | With::Future | With::Nothing => {}
        };
        match &mut entry.what {
            What::Run { code, inputs, .. } => {
                self.values.whole(code);
                self.values.whole(inputs);
            }
            What::Call { args, kwargs, answer, .. } => {
                self.values.whole(args);
                self.values.whole(kwargs);
                if let Some(answer) = answer {
                    with(&mut answer.with);
                }
            }
            What::Futures { answers, .. } => answers.iter_mut().for_each(|answer| with(&mut answer.with)),
            What::Print { text, .. } => self.values.whole(text),
            What::End { value: Some(value), .. } => self.values.whole(value),
            What::End { .. } | What::State { .. } | What::Limit { .. } | What::Arrival(_) | What::Settings { .. } => {}
        }
    }

    /// The settings that held at an entry.
    pub(crate) fn settings_at(&self, entry: u64) -> Option<Settings> {
        let before = self.entries.iter().rev().skip_while(|found| found.seq > entry);
        before.into_iter().find_map(|found| match &found.what {
            What::Settings { settings } => Some(settings.as_ref().clone()),
            _ => None,
        })
    }

    /// Entries from one to another, values in line.
    pub(crate) fn stretch(&mut self, entries: std::ops::RangeInclusive<usize>) -> Vec<Entry> {
        self.close_print();
        let mut entries: Vec<Entry> = self.entries.range(entries).cloned().collect();
        for entry in &mut entries {
            self.whole(entry);
        }
        entries
    }

    /// Where the program of an entry begins, and the entry.
    pub(crate) fn program_of(&self, entry: u64) -> Option<(usize, usize)> {
        let target = self.index(entry)?;
        Some((self.entries.range(..=target).rposition(begins)?, target))
    }

    fn index(&self, seq: u64) -> Option<usize> {
        let index = usize::try_from(seq.checked_sub(self.first)?).ok()?;
        (index < self.entries.len()).then_some(index)
    }

    fn keep(&mut self, value: &Value) -> Kept {
        let (kept, new) = self.values.keep(value);
        if let (Some(log), Some((id, json))) = (&mut self.log, new) {
            log.push(Log::Value { id, json });
        }
        kept
    }

    /// The same for a value that nobody else needs.
    fn keep_own(&mut self, value: Value) -> Kept {
        if Values::is_small(&value) { Kept::In(value) } else { self.keep(&value) }
    }

    fn add_dump(&mut self, seq: u64, bytes: Arc<[u8]>) {
        let gone = self.dumps.insert(seq, Arc::clone(&bytes));
        if let Some(log) = &mut self.log {
            log.push(Log::Dump { entry: seq, bytes });
            log.extend(gone.iter().map(|entry| Log::Gone { entry: *entry }));
        }
        for entry in gone.into_iter().filter(|entry| *entry != seq) {
            self.mark_dump(entry, false);
        }
        let kept = self.dumps.get(seq).is_some();
        self.mark_dump(seq, kept);
    }

    fn mark_dump(&mut self, seq: u64, there: bool) {
        if let Some(index) = self.index(seq)
            && let What::Call { dump, .. } | What::Futures { dump, .. } = &mut self.entries[index].what
        {
            *dump = there;
        }
    }

    /// Ends the open pause.
    fn close(&mut self, at_ms: f64, change: impl FnOnce(&mut What)) {
        if let Some(seq) = self.open.take() {
            let began = self.entry(seq).map_or(at_ms, |entry| entry.at_ms);
            self.amend(seq, |what| {
                change(what);
                if let What::Call { duration_ms, .. } | What::Futures { duration_ms, .. } = what {
                    *duration_ms = Some(at_ms - began);
                }
            });
        }
    }

    fn amend(&mut self, seq: u64, change: impl FnOnce(&mut What)) {
        if let Some(index) = self.index(seq) {
            change(&mut self.entries[index].what);
            self.log_line(index);
        }
    }

    fn push(&mut self, at_ms: f64, what: What) -> u64 {
        self.close_print();
        self.push_raw(at_ms, what, true)
    }

    fn push_raw(&mut self, at_ms: f64, what: What, finished: bool) -> u64 {
        if self.entries.len() >= ENTRIES {
            self.entries.pop_front();
            self.dumps.remove(self.first);
            while self.rests.len() > 1 && self.rests.keys().nth(1).is_some_and(|entry| *entry <= self.first) {
                self.rests.pop_first();
            }
            self.first += 1;
        }
        let seq = self.end();
        self.entries.push_back(Entry { seq, at_ms, what });
        if finished {
            self.log_line(self.entries.len() - 1);
        }
        seq
    }

    /// Finishes a print that more might have joined.
    fn close_print(&mut self) {
        if let Some(printed) = self.printing.take()
            && let Some(Entry { what: What::Print { text, .. }, .. }) = self.entries.back_mut()
        {
            *text = Kept::In(Value::Str(printed));
            self.log_line(self.entries.len() - 1);
        }
    }

    fn log_line(&mut self, index: usize) {
        if let Some(log) = &mut self.log {
            let entry = &self.entries[index];
            match log.last_mut() {
                Some(Log::Line(lines)) if lines.len() < PIECE => {
                    lines.push(b'\n');
                    line::append(entry, lines);
                }
                _ => {
                    let mut lines = Vec::new();
                    line::append(entry, &mut lines);
                    log.push(Log::Line(lines));
                }
            }
        }
    }
}

/// Answers what somebody asks of a record.
pub fn tell_record(recorder: &mut Recorder, at_ms: f64, query: &RecordQuery) -> Reply {
    if let Some(on) = query.recording {
        recorder.switch(at_ms, on);
    }
    match &query.value {
        Some(value) => match recorder.value(value) {
            Some(value) => Reply::RecordValue { value },
            None => Reply::Error(Misuse::bad_input(format!("there is no value {value}, or not any more"))),
        },
        None => Reply::Record(recorder.page(query)),
    }
}

fn empty() -> Kept {
    Kept::In(Value::Str(String::new()))
}
