//! The functions as programs call them: one declaration each, and what answers it.

#![expect(clippy::needless_pass_by_value, reason = "what answers a call has one shape in the table")]

use protocol::{Value, stage::Handle};

use super::{
    Dom,
    allowed::is_switch,
    element,
    events::EventTypes,
    html::Parsed,
    node::Id,
    query,
    selector::Selector,
    tree::ROOT,
    wait::{Gives, integer},
};
use crate::{
    Answer, Args, Context, Declared, Default, Hint, Kind, Param, Raised, Type, Wait, declare, optional, param,
};

/// What has a text form without doubt.
const TEXT: Type = Type::of(&[Kind::String, Kind::Number, Kind::Boolean, Kind::None]);
const TEXT_OR_NONE: Type = Type::of(&[Kind::String, Kind::None]);
const ELEMENT_OR_NONE: Type = Type::of(&[Kind::Integer, Kind::None]);
const LIST_OR_TEXT: Type = Type::of(&[Kind::List, Kind::String]);

const NOTHING: &[Param] = &[];
const TAG: &[Param] = &[optional("tag", Type::STRING, Default::String("div"))];
const ELEMENT: &[Param] = &[param("h", Type::INTEGER)];
const ELEMENT_TEXT: &[Param] = &[param("h", Type::INTEGER), param("text", TEXT)];
const ELEMENT_HTML: &[Param] = &[param("h", Type::INTEGER), param("html", Type::STRING).hint(Hint::Plain)];
const ELEMENT_VALUE: &[Param] = &[param("h", Type::INTEGER), param("value", TEXT)];
const ELEMENT_NAME: &[Param] = &[param("h", Type::INTEGER), param("name", Type::STRING)];
const ATTRIBUTE: &[Param] = &[param("h", Type::INTEGER), param("name", Type::STRING), param("value", TEXT)];
const STYLE: &[Param] = &[param("h", Type::INTEGER), param("prop", Type::STRING), param("value", TEXT)];
const PARENT_CHILD: &[Param] = &[param("parent", Type::INTEGER), param("child", Type::INTEGER)];
const SELECTOR: &[Param] = &[param("selector", Type::STRING)];
const HANDLES: &[Param] = &[param("handles", Type::LIST)];
const HANDLES_TYPES: &[Param] = &[param("handles", Type::LIST), param("types", LIST_OR_TEXT)];

pub(super) const FUNCTIONS: &[Declared<Dom>] = &[
    declare("dom_root", "The root of the stage. What is appended to it is seen.", NOTHING, Type::INTEGER, root),
    declare(
        "dom_create",
        "Makes an element and gives its handle. It is seen once it is appended. A tag that the stage does not allow is a ValueError.",
        TAG,
        Type::INTEGER,
        create,
    ),
    declare("dom_text", "Makes an element consist of a text.", ELEMENT_TEXT, Type::NONE, set_text),
    declare("dom_get_text", "All text in an element.", ELEMENT, Type::STRING, get_text),
    declare(
        "dom_append",
        "Makes an element the last child of another one, wherever it was before.",
        PARENT_CHILD,
        Type::NONE,
        append,
    ),
    declare(
        "dom_query",
        "The first element of the stage that a CSS selector finds, or None. A wrong selector is a ValueError.",
        SELECTOR,
        ELEMENT_OR_NONE,
        query_first,
    ),
    declare(
        "dom_query_all",
        "All elements of the stage that a CSS selector finds, in document order.",
        SELECTOR,
        Type::LIST,
        query_all,
    ),
    declare(
        "dom_style",
        "Sets a CSS property of an element; None or \"\" takes it away. Nothing that loads is allowed.",
        STYLE,
        Type::NONE,
        set_style,
    ),
    declare(
        "dom_attr",
        "Sets an attribute of an element; None takes it away, True and False turn one like \"disabled\" on and off. One that runs or loads something is a ValueError.",
        ATTRIBUTE,
        Type::NONE,
        set_attribute,
    ),
    declare("dom_get_attr", "An attribute of an element, or None.", ELEMENT_NAME, TEXT_OR_NONE, get_attribute),
    declare(
        "dom_html",
        "Makes an element consist of HTML. What runs or loads something is left out.",
        ELEMENT_HTML,
        Type::NONE,
        set_html,
    ),
    declare(
        "dom_remove",
        "Removes an element with what is in it, for good: their handles are no longer valid.",
        ELEMENT,
        Type::NONE,
        remove,
    ),
    declare(
        "dom_set_value",
        "Sets what an input, a textarea or a select shows; True and False turn a checkbox on and off.",
        ELEMENT_VALUE,
        Type::NONE,
        set_value,
    ),
    declare(
        "dom_get_value",
        "What an input, a textarea or a select shows; None for a checkbox that is off and for other elements.",
        ELEMENT,
        TEXT_OR_NONE,
        get_value,
    ),
    declare("dom_on_click", "Waits for a click on an element and gives \"clicked\".", ELEMENT, Type::STRING, on_click),
    declare(
        "dom_await_click_any",
        "Waits for a click on one of some elements and gives its handle.",
        HANDLES,
        Type::INTEGER,
        await_click_any,
    ),
    declare(
        "dom_await_event",
        "Waits for an event of one of some types on one of some elements and gives a dict of handle, type and value.",
        HANDLES_TYPES,
        Type::MAP,
        await_event,
    ),
];

fn root(dom: &mut Dom, _: Args, _: &mut Context<'_>) -> Answer {
    Answer::Value(dom.handle(ROOT))
}

fn create(dom: &mut Dom, mut args: Args, _: &mut Context<'_>) -> Answer {
    let created = dom.stage.create(&args.string(0));
    created.map(|id| dom.handle(id)).into()
}

fn set_text(dom: &mut Dom, mut args: Args, _: &mut Context<'_>) -> Answer {
    let text = text(args.take(1));
    nothing(dom.element(&args, 0).and_then(|id| dom.stage.set_text(id, text)))
}

fn get_text(dom: &mut Dom, args: Args, _: &mut Context<'_>) -> Answer {
    dom.element(&args, 0).map(|id| Value::Str(dom.stage.tree.text_within(id))).into()
}

fn append(dom: &mut Dom, args: Args, _: &mut Context<'_>) -> Answer {
    let both = dom.element(&args, 0).and_then(|parent| Ok((parent, dom.element(&args, 1)?)));
    nothing(both.and_then(|(parent, child)| dom.stage.append(parent, child)))
}

fn query_first(dom: &mut Dom, mut args: Args, _: &mut Context<'_>) -> Answer {
    let found = dom.find(&args.string(0), 1);
    found.map(|found| found.first().map_or(Value::None, |id| dom.handle(*id))).into()
}

fn query_all(dom: &mut Dom, mut args: Args, _: &mut Context<'_>) -> Answer {
    let found = dom.find(&args.string(0), usize::MAX);
    found.map(|found| Value::List(found.into_iter().map(|id| dom.handle(id)).collect())).into()
}

fn set_style(dom: &mut Dom, mut args: Args, _: &mut Context<'_>) -> Answer {
    let (name, value) = (args.string(1), text(args.take(2)));
    nothing(dom.element(&args, 0).and_then(|id| dom.stage.set_style(id, &name, &value)))
}

fn set_attribute(dom: &mut Dom, mut args: Args, _: &mut Context<'_>) -> Answer {
    let name = args.string(1);
    let value = match args.take(2) {
        Value::None => None,
        Value::Bool(on) if is_switch(&name) => on.then(String::new),
        Value::Bool(on) => Some(on.to_string()),
        value => Some(text(value)),
    };
    nothing(dom.element(&args, 0).and_then(|id| dom.stage.set_attribute(id, &name, value)))
}

fn get_attribute(dom: &mut Dom, mut args: Args, _: &mut Context<'_>) -> Answer {
    let name = args.string(1).to_ascii_lowercase();
    let value = dom.element(&args, 0).map(|id| match name.as_str() {
        "style" => dom.stage.tree[id].style_text(),
        name => dom.stage.tree[id].attribute(name).map(str::to_owned),
    });
    value.map(|value| value.map_or(Value::None, Value::Str)).into()
}

fn set_html(dom: &mut Dom, mut args: Args, _: &mut Context<'_>) -> Answer {
    let html = args.string(1);
    let set = dom.element(&args, 0).and_then(|id| {
        let parsed = Parsed::new(&html, dom.stage.tree[id].tag)?;
        dom.stage.set_html(id, &parsed)
    });
    nothing(set)
}

fn remove(dom: &mut Dom, args: Args, _: &mut Context<'_>) -> Answer {
    nothing(dom.element(&args, 0).and_then(|id| dom.stage.remove(id)))
}

fn set_value(dom: &mut Dom, mut args: Args, _: &mut Context<'_>) -> Answer {
    let value = args.take(1);
    let set = dom.element(&args, 0).and_then(|id| match value {
        value if !dom.stage.tree[id].is_switch() => dom.stage.set_value(id, text(value)),
        Value::Bool(on) => dom.stage.set_attribute(id, "checked", on.then(String::new)),
        value => dom.stage.set_attribute(id, "value", Some(text(value))),
    });
    nothing(set)
}

fn get_value(dom: &mut Dom, args: Args, _: &mut Context<'_>) -> Answer {
    let value = dom.element(&args, 0).map(|id| element::value(&dom.stage.tree, id));
    value.map(|value| value.map_or(Value::None, Value::Str)).into()
}

fn on_click(dom: &mut Dom, args: Args, cx: &mut Context<'_>) -> Answer {
    match dom.element(&args, 0) {
        Ok(id) => dom.wait(cx, Gives::Clicked, EventTypes::CLICK, &[id]),
        Err(raised) => raised.into(),
    }
}

fn await_click_any(dom: &mut Dom, mut args: Args, cx: &mut Context<'_>) -> Answer {
    match dom.elements(args.items(0)) {
        Ok(elements) => dom.wait(cx, Gives::Handle, EventTypes::CLICK, &elements),
        Err(raised) => raised.into(),
    }
}

fn await_event(dom: &mut Dom, mut args: Args, cx: &mut Context<'_>) -> Answer {
    let both = dom.elements(args.items(0)).and_then(|elements| Ok((elements, types(args.take(1))?)));
    match both {
        Ok((elements, types)) => dom.wait(cx, Gives::Event, types, &elements),
        Err(raised) => raised.into(),
    }
}

impl Dom {
    fn handle(&self, id: Id) -> Value {
        integer(self.stage.tree.handle(id))
    }

    fn element(&self, args: &Args, index: usize) -> Result<Id, Raised> {
        let absent = || Raised::type_error("a handle is an int");
        self.stage.element(args.integer(index).ok_or_else(absent)?)
    }

    fn elements(&self, items: Vec<Value>) -> Result<Vec<Id>, Raised> {
        if items.is_empty() {
            return Err(Raised::value_error("there is no element to wait for: a wait with no element would never end"));
        }
        let element = |item: Value| match item {
            Value::Int(handle) => self.stage.element(handle),
            Value::BigInt(handle) => {
                Err(Raised::value_error(format!("there is no element {handle} (there never was one)")))
            }
            other => Err(Raised::type_error(format!("handles are int, not {}", other.type_name()))),
        };
        items.into_iter().map(element).collect()
    }

    fn find(&self, selector: &str, most: usize) -> Result<Vec<Id>, Raised> {
        Ok(query::find(&self.stage, &Selector::new(selector)?, most))
    }

    fn wait(&mut self, cx: &Context<'_>, gives: Gives, types: EventTypes, elements: &[Id]) -> Answer {
        self.waits.open(&mut self.stage, cx.call_id, gives, types, elements);
        let handles: Vec<Handle> = elements.iter().map(|id| self.stage.tree.handle(*id)).collect();
        Answer::Wait(Wait { handles, ..Wait::default() })
    }
}

/// The text of a value as `str()` gives it; nothing for None.
fn text(value: Value) -> String {
    /// No number has a longer text.
    const LONGEST: usize = 8192;
    match value {
        Value::Str(text) => text,
        Value::None => String::new(),
        value => value.repr(LONGEST),
    }
}

fn types(value: Value) -> Result<EventTypes, Raised> {
    let items = match value {
        Value::List(items) | Value::Tuple(items) => items,
        one => vec![one],
    };
    if items.is_empty() {
        return Err(Raised::value_error("there is no type of event to wait for: such a wait would never end"));
    }
    items.into_iter().try_fold(EventTypes::NONE, |types, item| match item {
        Value::Str(name) => Ok(types.with(EventTypes::named(&name)?)),
        other => Err(Raised::type_error(format!("types of events are str, not {}", other.type_name()))),
    })
}

fn nothing(done: Result<(), Raised>) -> Answer {
    done.map(|()| Value::None).into()
}
