//! The schema of all messages, for programs in other languages: `docs/protocol.schema.json`, written
//! from the types and held against the reader.

use std::{borrow::Cow, collections::BTreeMap};

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde_json::{Value as Json, json};

use crate::{
    Bytes, Deterministic, Entry, Event, Inputs, Limits, Message, MessageId, Opened, Outcome, Reply, RunError, Settings,
    Usage, Value,
};

/// Asked while it runs: checkouts share a target folder, so this may have been compiled in another one.
fn file() -> std::path::PathBuf {
    std::path::Path::new(&std::env::var_os("CARGO_MANIFEST_DIR").unwrap()).join("../../../docs/protocol.schema.json")
}

impl JsonSchema for Value {
    fn schema_name() -> Cow<'static, str> {
        "Value".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "A Python value: JSON where JSON says it exactly, else an object with one key that begins with $."
        })
    }
}

impl JsonSchema for Inputs {
    fn schema_name() -> Cow<'static, str> {
        "Values".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let value = generator.subschema_for::<Value>();
        json_schema!({ "type": "object", "additionalProperties": value })
    }
}

impl JsonSchema for Bytes {
    fn schema_name() -> Cow<'static, str> {
        "Bytes".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "contentEncoding": "base64" })
    }
}

impl JsonSchema for Outcome {
    fn schema_name() -> Cow<'static, str> {
        "Outcome".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let (value, error) = (generator.subschema_for::<Value>(), generator.subschema_for::<RunError>());
        let usage = generator.subschema_for::<Usage>();
        json_schema!({
            "type": "object",
            "properties": { "ok": { "type": "boolean" }, "value": value, "error": error, "usage": usage },
            "required": ["ok", "usage"]
        })
    }
}

/// A reply: its id and what it says.
#[derive(JsonSchema)]
#[expect(dead_code, reason = "only its schema is used")]
struct ReplyLine {
    id: Option<MessageId>,
    #[schemars(flatten)]
    reply: Reply,
}

#[derive(JsonSchema)]
#[expect(dead_code, reason = "only its schema is used")]
struct EventLine {
    id: MessageId,
    seq: u64,
    #[schemars(flatten)]
    event: Event,
}

#[derive(JsonSchema)]
#[expect(dead_code, reason = "only its schema is used")]
struct MessageLine {
    id: MessageId,
    #[schemars(flatten)]
    message: MessageBody,
}

/// What a program sends.
#[derive(JsonSchema)]
#[schemars(tag = "type", rename_all = "camelCase", rename_all_fields = "camelCase")]
#[expect(dead_code, reason = "only its schema is used")]
enum MessageBody {
    Hello,
    Run(Program),
    Start(PausingProgram),
    Feed(FedProgram),
    Resume {
        value: Value,
    },
    ResumeWithError {
        message: String,
        exc_type: Option<String>,
    },
    ResumeNotFound,
    ResumeAsFuture,
    ResumeWithScript {
        code: String,
        inputs: Option<Inputs>,
        script_name: Option<String>,
    },
    ResolveFutures {
        results: Option<BTreeMap<String, Value>>,
        errors: Option<BTreeMap<String, CallError>>,
    },
    Snapshot {
        at: Option<u64>,
    },
    Restore {
        data: Bytes,
        accept_foreign: Option<bool>,
    },
    Variables {
        at: Option<u64>,
        open: Option<Vec<Opened>>,
        from: Option<u64>,
    },
    Diagnose {
        code: String,
    },
    Continuation {
        code: String,
    },
    Record {
        from: Option<u64>,
        limit: Option<u64>,
        whole: Option<bool>,
        value: Option<String>,
        recording: Option<bool>,
    },
    Fork {
        at: u64,
        value: Option<Value>,
        message: Option<String>,
        exc_type: Option<String>,
    },
    Replay {
        record: Option<Vec<Entry>>,
    },
    Dispatch {
        value: Value,
    },
    DomEvent {
        handle: u64,
        event_type: String,
        value: Option<Value>,
    },
    Redraw,
    Answer {
        call_id: u32,
        value: Option<Value>,
        message: Option<String>,
        exc_type: Option<String>,
    },
    Configure(Settings),
    Describe {
        extensions: Option<Vec<String>>,
    },
    Cancel,
    Dispose,
}

#[derive(JsonSchema)]
#[schemars(rename_all = "camelCase")]
#[expect(dead_code, reason = "only its schema is used")]
struct Program {
    code: String,
    inputs: Option<Inputs>,
    limits: Option<Limits>,
    script_name: Option<String>,
    deterministic: Option<Repeatable>,
    /// Whose functions it can call.
    extensions: Option<Vec<String>>,
    /// Whether somebody has to let every call go.
    step: Option<bool>,
}

#[derive(JsonSchema)]
#[schemars(rename_all = "camelCase")]
#[expect(dead_code, reason = "only its schema is used")]
struct PausingProgram {
    #[schemars(flatten)]
    program: Program,
    external_functions: Option<Vec<String>>,
}

#[derive(JsonSchema)]
#[expect(dead_code, reason = "only its schema is used")]
struct FedProgram {
    #[schemars(flatten)]
    program: PausingProgram,
    cell: Option<String>,
    fresh: Option<bool>,
}

#[derive(JsonSchema)]
#[schemars(untagged)]
#[expect(dead_code, reason = "only its schema is used")]
enum Repeatable {
    Default(bool),
    From(Deterministic),
}

#[derive(JsonSchema)]
#[schemars(untagged, rename_all_fields = "camelCase")]
#[expect(dead_code, reason = "only its schema is used")]
enum CallError {
    Message(String),
    Raised { exc_type: Option<String>, message: String },
}

fn schema() -> Json {
    let mut generator = schemars::generate::SchemaSettings::draft2020_12().into_generator();
    let (message, reply, event) = (
        generator.subschema_for::<MessageLine>(),
        generator.subschema_for::<ReplyLine>(),
        generator.subschema_for::<EventLine>(),
    );
    let definitions = generator.take_definitions(true);
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "The lines of monty-engine stdio",
        "description": "A line that goes in is a MessageLine; one that comes out is a ReplyLine or an EventLine.",
        "anyOf": [message, reply, event],
        "$defs": definitions,
    })
}

/// `UPDATE_BINDINGS=1 cargo test` writes the file anew.
#[test]
fn the_schema_is_that_of_the_types() {
    let fresh = format!("{:#}\n", schema());
    if std::env::var_os("UPDATE_BINDINGS").is_some() {
        std::fs::write(file(), &fresh).unwrap();
    }
    let committed = std::fs::read_to_string(file()).unwrap_or_default();
    assert!(committed == fresh, "docs/protocol.schema.json is stale: UPDATE_BINDINGS=1 npm run check");
}

fn required_fields<'a>(schema: &'a Json, of: &'a Json, found: &mut Vec<&'a str>) {
    found.extend(of["required"].as_array().into_iter().flatten().filter_map(Json::as_str));
    if let Some(name) = of["$ref"].as_str().and_then(|reference| reference.strip_prefix("#/$defs/")) {
        required_fields(schema, &schema["$defs"][name], found);
    }
}

/// Every message of the schema is one that the reader takes, with all its fields and with those
/// alone that it must have; what the reader ignores would be no field.
#[test]
fn the_reader_takes_what_the_schema_describes() {
    let schema = schema();
    let bodies = schema["$defs"]["MessageLine"]["oneOf"].as_array().expect("a schema for each type");
    assert!(bodies.len() >= 20, "{}", bodies.len());
    for body in bodies {
        let kind = &body["properties"]["type"]["const"];
        let mut required = Vec::new();
        required_fields(&schema, body, &mut required);
        let mut line = json!({"id": 1, "type": kind});
        for field in required.into_iter().filter(|field| *field != "type") {
            line[field] = match field {
                "at" | "handle" | "callId" => json!(3),
                "data" => json!(""),
                _ => json!("x"),
            };
        }
        // One of the two has to be there.
        if kind == "answer" {
            line["value"] = json!(null);
        }
        let line = line.to_string();
        let read = Message::parse(line.as_bytes());
        assert_eq!(read.map(|message| json!(message.command.name())), Ok(kind.clone()), "{line}");
        if let Some(without) = serde_json::from_str::<Json>(&line).ok().filter(|_| line.contains("\"code\"")) {
            let mut without = without;
            without.as_object_mut().unwrap().remove("code");
            assert!(Message::parse(without.to_string().as_bytes()).is_err(), "{kind} must have its code");
        }
    }
}
