# title: Form
# group: Stage
# about: Reads fields, checks them, and says what is wrong.
# pattern: Show, wait, read, check, and if something is wrong show again: a form is a loop around one call that waits.
# tags: dom, form, storage
# try: Run the program and click Save with empty fields.
# try: Fill them in and save. Run again: the name is still there.
# try: Type into a field while it says that something is wrong. Python does not take the focus away.

root = dom_root()


def field(label, kind="text", value=""):
    """A label with its input in it, so that a click on either focuses the input."""
    box = dom_create("label")
    dom_text(box, label)
    dom_style(box, "display", "grid")
    dom_style(box, "gap", "4px")
    dom_style(box, "max-width", "280px")
    dom_style(box, "margin-bottom", "12px")
    control = dom_create("input")
    dom_attr(control, "type", kind)
    dom_set_value(control, value)
    dom_append(box, control)
    dom_append(root, box)
    return control


name = field("Name", value=storage_get("form:name") or "")
age = field("Age", kind="number")
save = dom_create("button")
dom_text(save, "Save")
dom_append(root, save)
told = dom_create("p")
dom_attr(told, "role", "status")
dom_append(root, told)

while True:
    # Whatever was typed by then is in the fields.
    dom_on_click(save)
    problems = []
    if not dom_get_value(name).strip():
        problems.append("a name is missing")
    if not dom_get_value(age).isdigit():
        problems.append("the age is no number")
    if not problems:
        break
    dom_text(told, "Please look again: " + ", ".join(problems) + ".")
    dom_style(told, "color", "var(--danger)")

storage_set("form:name", dom_get_value(name))
dom_text(told, "Saved.")
dom_style(told, "color", "var(--success)")
{"name": dom_get_value(name), "age": int(dom_get_value(age))}
