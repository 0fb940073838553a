//! Suspensions for an owner that speaks the interpreter's own words: files, modules and objects
//! that live outside. What passes is JSON of `monty-types`.

use monty_types::{ExtFunctionResult, MontyException, MontyObject, NameLookupResult};
use protocol::{Misuse, OutsideAnswer, OutsideCall, OutsideKind};

use extensions::Raised;

use crate::{answer, drive::Step, state::OutsidePause};

pub(crate) fn call(pause: &OutsidePause) -> OutsideCall {
    // Nothing of the interpreter's fails to be written.
    match pause {
        OutsidePause::Function(call) => OutsideCall {
            kind: OutsideKind::Function,
            name: call.function_name.clone(),
            call_id: Some(call.call_id),
            object_id: call.object_id.map(|id| id.to_string()),
            data: serde_json::to_string(&call.args).unwrap_or_default(),
        },
        OutsidePause::System(call) => OutsideCall {
            kind: OutsideKind::System,
            name: call.function_call.name().to_owned(),
            call_id: Some(call.call_id),
            object_id: None,
            data: serde_json::to_string(&call.function_call).unwrap_or_default(),
        },
        OutsidePause::Name(lookup) => OutsideCall {
            kind: OutsideKind::Name,
            name: lookup.name.clone(),
            call_id: None,
            object_id: lookup.object_id().map(|id| id.to_string()),
            data: String::new(),
        },
    }
}

/// How the interpreter goes on with an answer, or the pause again and what was wrong with it.
pub(crate) fn step(pause: OutsidePause, answer: OutsideAnswer) -> Result<Step, (OutsidePause, Misuse)> {
    match pause {
        OutsidePause::Function(call) => match result_for(call.call_id, &call.function_name, answer) {
            Ok(result) => Ok(Step::Answer(call, result)),
            Err(misuse) => Err((OutsidePause::Function(call), misuse)),
        },
        OutsidePause::System(call) => match result_for(call.call_id, call.function_call.name(), answer) {
            // Nobody answers for the system: the interpreter knows the error of each call.
            Ok(ExtFunctionResult::NotFound(_)) => {
                let error = call.function_call.on_no_handler();
                Ok(Step::Os(call, ExtFunctionResult::Error(error)))
            }
            Ok(result) => Ok(Step::Os(call, result)),
            Err(misuse) => Err((OutsidePause::System(call), misuse)),
        },
        OutsidePause::Name(lookup) => {
            let answer = match answer {
                OutsideAnswer::Value(json) => object(&json).map(NameLookupResult::Value),
                OutsideAnswer::Error(json) => exception(&json).map(NameLookupResult::Error),
                OutsideAnswer::Raised { exc_type, message } => {
                    Ok(NameLookupResult::Error(answer::exception(&Raised::new(exc_type, message))))
                }
                OutsideAnswer::Future | OutsideAnswer::NotFound => Ok(NameLookupResult::Undefined),
            };
            match answer {
                Ok(answer) => Ok(Step::Name(lookup, answer)),
                Err(misuse) => Err((OutsidePause::Name(lookup), misuse)),
            }
        }
    }
}

/// The result of a call that was left open.
pub(crate) fn result(call_id: u32, answer: OutsideAnswer) -> Result<ExtFunctionResult, Misuse> {
    result_for(call_id, "the call", answer)
}

fn result_for(call_id: u32, name: &str, answer: OutsideAnswer) -> Result<ExtFunctionResult, Misuse> {
    Ok(match answer {
        OutsideAnswer::Value(json) => ExtFunctionResult::Return(object(&json)?),
        OutsideAnswer::Error(json) => ExtFunctionResult::Error(exception(&json)?),
        OutsideAnswer::Raised { exc_type, message } => {
            ExtFunctionResult::Error(answer::exception(&Raised::new(exc_type, message)))
        }
        OutsideAnswer::Future => ExtFunctionResult::Future(call_id),
        OutsideAnswer::NotFound => ExtFunctionResult::NotFound(name.to_owned()),
    })
}

fn object(json: &str) -> Result<MontyObject, Misuse> {
    serde_json::from_str(json).map_err(|error| Misuse::bad_message(format!("a value cannot be read: {error}")))
}

fn exception(json: &str) -> Result<MontyException, Misuse> {
    serde_json::from_str(json).map_err(|error| Misuse::bad_message(format!("an error cannot be read: {error}")))
}
