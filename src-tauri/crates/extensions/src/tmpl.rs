//! `tmpl`: text from templates (Jinja).

use std::io::{self, Write};

use indexmap::IndexMap;
use minijinja::{AutoEscape, Environment, Error};
use protocol::Value;

use crate::{
    call::{Answer, Args, Cancel, Context, Raised},
    declaration::{Declared, Function, Type, declare, param},
    extension::{ChildPolicy, Extension, Profile},
};

pub const MAX_TEMPLATE: usize = 512 * 1024;
pub const MAX_OUTPUT: usize = 4 * 1024 * 1024;
/// Steps of a template; about a second's worth.
const FUEL: u64 = 5_000_000;

const FUNCTIONS: &[Declared<Tmpl>] = &[declare(
    "tmpl_render",
    "Renders a Jinja template with the names of a dict. Nothing is escaped. Raises ValueError with the line where the \
     template is wrong, or where it or its text is too large.",
    const { &[param("template", Type::STRING), param("context", Type::MAP)] },
    Type::STRING,
    Tmpl::render,
)];

/// Has no state: each rendering stands alone.
#[derive(Debug, Default)]
pub struct Tmpl;

impl Tmpl {
    #[expect(clippy::unused_self, reason = "the table of functions gives every one its extension")]
    fn render(&mut self, mut args: Args, cx: &mut Context<'_>) -> Answer {
        render(&args.string(0), &args.take(1), cx.cancel).map(Value::Str).into()
    }
}

fn render(template: &str, context: &Value, cancel: Cancel<'_>) -> Result<String, Raised> {
    if template.len() > MAX_TEMPLATE {
        let text = format!("the template has {} bytes; at most {MAX_TEMPLATE} are rendered", template.len());
        return Err(Raised::value_error(text));
    }
    let mut environment = Environment::new();
    environment.set_auto_escape_callback(|_| AutoEscape::None);
    environment.set_unknown_method_callback(minijinja_contrib::pycompat::unknown_method_callback);
    environment.set_fuel(Some(FUEL));
    let template = environment.template_from_str(template).map_err(|error| wrong(&error))?;
    let mut output = Output { bytes: Vec::new(), is_full: false, cancel };
    match template.render_captured_to(jinja(context), &mut output) {
        _ if output.is_full => Err(Raised::value_error(format!("the rendered text has more than {MAX_OUTPUT} bytes"))),
        Err(error) => Err(wrong(&error)),
        // Jinja writes text only.
        Ok(_) => String::from_utf8(output.bytes).map_err(|error| Raised::value_error(error.to_string())),
    }
}

fn wrong(error: &Error) -> Raised {
    let what = match error.detail() {
        Some(detail) => format!("{}: {detail}", error.kind()),
        None => error.kind().to_string(),
    };
    let place = error.line().map_or_else(String::new, |line| format!(" (line {line})"));
    Raised::value_error(format!("Template error: {what}{place}"))
}

/// Text up to a limit, as long as somebody wants it.
struct Output<'a> {
    bytes: Vec<u8>,
    is_full: bool,
    cancel: Cancel<'a>,
}

impl Write for Output<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.cancel.has_fired() {
            return Err(io::ErrorKind::ConnectionAborted.into());
        }
        if self.bytes.len() + bytes.len() > MAX_OUTPUT {
            self.is_full = true;
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        self.bytes.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// A value as Jinja knows it; what it does not know is there as Python prints it.
fn jinja(value: &Value) -> minijinja::Value {
    match value {
        Value::None => ().into(),
        Value::Bool(value) => (*value).into(),
        Value::Int(value) => (*value).into(),
        Value::BigInt(value) => i128::try_from(value).map_or_else(|_| value.to_string().into(), Into::into),
        Value::Float(value) => (*value).into(),
        Value::Str(value) => value.as_str().into(),
        Value::Bytes(value) => value.as_slice().into(),
        Value::List(items)
        | Value::Tuple(items)
        | Value::Set(items)
        | Value::FrozenSet(items)
        | Value::NamedTuple { values: items, .. } => items.iter().map(jinja).collect(),
        Value::Dict(pairs) => {
            let pairs = pairs.iter().map(|(key, value)| (jinja(key), jinja(value)));
            pairs.collect::<IndexMap<minijinja::Value, minijinja::Value>>().into()
        }
        Value::Instance { attributes, .. } => {
            let attributes = attributes.iter().map(|(name, value)| (name.as_str().into(), jinja(value)));
            attributes.collect::<IndexMap<minijinja::Value, minijinja::Value>>().into()
        }
        other => other.repr(MAX_OUTPUT).into(),
    }
}

impl Extension for Tmpl {
    fn profile(&self) -> Profile {
        Profile { child_policy: ChildPolicy::Clone, ..Profile::new("tmpl", "Text from Jinja templates.") }
    }

    fn functions(&self) -> Vec<Function> {
        FUNCTIONS.iter().map(|declared| declared.function.clone()).collect()
    }

    fn call(&mut self, function: usize, args: Args, cx: &mut Context<'_>) -> Answer {
        (FUNCTIONS[function].answer)(self, args, cx)
    }

    fn for_child(&self) -> Option<Box<dyn Extension>> {
        Some(Box::new(Self))
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use protocol::Value;

    use super::{MAX_TEMPLATE, Tmpl};
    use crate::{
        call::Cancel,
        extension::Extension,
        testing::{Rig, dict, text},
    };

    fn render(template: &str, context: Value) -> String {
        match Rig::new().value(&mut Tmpl, "tmpl_render", vec![text(template), context]) {
            Value::Str(text) => text,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn ends_when_nobody_wants_it_any_more() {
        let written = Cell::new(0);
        let stop = || {
            written.set(written.get() + 1);
            written.get() > 3
        };
        let template = "{% for i in range(1000) %}{{ i }}\n{% endfor %}";
        assert!(super::render(template, &dict(&[]), Cancel::new(&stop)).is_err());
        assert_eq!(written.get(), 4);
    }

    fn refused(template: &str) -> String {
        Rig::new().raised(&mut Tmpl, "tmpl_render", vec![text(template), dict(&[])])
    }

    /// The right side is what Python's own Jinja2 gives.
    #[test]
    fn renders_what_jinja_renders() {
        let context = dict(&[
            ("name", text("<Ann>")),
            ("items", Value::List(vec![Value::Int(1), Value::Float(2.5), Value::None, Value::Bool(true)])),
            ("prices", dict(&[("pear", Value::Int(3)), ("apple", Value::Int(2))])),
            ("big", Value::BigInt("123456789012345678901234567890".parse().unwrap())),
        ]);
        for (template, expected) in [
            ("Hello {{ name }}!", "Hello <Ann>!"),
            ("{{ name|escape }}", "&lt;Ann&gt;"),
            ("{{ name.upper() }} {{ missing }}.", "<ANN> ."),
            ("{% for i in items %}{{ loop.index }}={{ i }};{% endfor %}", "1=1;2=2.5;3=None;4=True;"),
            ("{% for k, v in prices.items() %}{{ k }}:{{ v }} {% endfor %}", "pear:3 apple:2 "),
            ("{{ prices.pear + prices['apple'] }}", "5"),
            ("{{ items }}", "[1, 2.5, None, True]"),
            ("{{ big }}", "123456789012345678901234567890"),
            ("{% if items|length > 3 %}many{% else %}few{% endif %}", "many"),
            ("{% macro m(x) %}[{{ x }}]{% endmacro %}{{ m(1) }}", "[1]"),
            ("{% set x = 5 %}{{ x * 2 }}{# no #}", "10"),
            ("", ""),
        ] {
            assert_eq!(render(template, context.clone()), expected, "{template}");
        }
    }

    #[test]
    fn a_wrong_template_is_a_value_error_with_its_line() {
        for (template, begins, line) in [
            ("ok\n{% if %}", "ValueError: Template error: syntax error: ", "(line 2)"),
            ("{{ 1 }}\n\n{{ x|nofilter }}", "ValueError: Template error: unknown filter: ", "(line 3)"),
            ("a\n{{ 1 + 'a' }}", "ValueError: Template error: invalid operation: ", "(line 2)"),
            ("{{ nothing.at.all }}", "ValueError: Template error: undefined value", "(line 1)"),
            ("{% include 'other' %}", "ValueError: Template error: template not found: ", "(line 1)"),
        ] {
            let raised = refused(template);
            assert!(raised.starts_with(begins) && raised.ends_with(line), "{raised}");
        }
        assert_eq!(
            Rig::new().raised(&mut Tmpl, "tmpl_render", vec![text(""), Value::Int(1)]),
            "TypeError: tmpl_render() argument 'context' must be dict with str keys, not int"
        );
    }

    #[test]
    fn an_endless_template_ends() {
        let nested = "{% for a in range(10000) %}{% for b in range(10000) %}{% endfor %}{% endfor %}";
        assert!(
            refused(nested).starts_with("ValueError: Template error: engine ran out of fuel"),
            "{}",
            refused(nested)
        );
    }

    #[test]
    fn too_large_a_template_or_text_is_refused() {
        assert_eq!(
            refused(&"x".repeat(MAX_TEMPLATE + 1)),
            "ValueError: the template has 524289 bytes; at most 524288 are rendered"
        );
        let flood = "{% for a in range(100000) %}xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx{% endfor %}";
        assert_eq!(refused(flood), "ValueError: the rendered text has more than 4194304 bytes");
        assert_eq!(render("{{ 'x' * 4194304 }}", dict(&[])).len(), 4_194_304);
    }

    #[test]
    fn a_child_has_one_too() {
        let mut child = Tmpl.for_child().unwrap();
        assert_eq!(Rig::new().value(&mut *child, "tmpl_render", vec![text("{{ 1 }}"), dict(&[])]), text("1"));
    }
}
