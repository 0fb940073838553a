# title: To-do list
# group: Stage
# about: Add, tick off, remove; kept between launches.
# pattern: The list in Python is the truth. Each change goes through one place, which keeps the list and draws it anew; a dict says what every handle on the stage means.
# tags: dom, storage, loop
# try: Run the program, add two things with Enter or the button, and tick one off.
# try: Stop it with Esc and run it again: the list is still there.
# try: Count the calls in Timeline. A redraw is a few calls an item, and they are cheap.

KEY = "todo:items"
items = storage_get(KEY) or []
root = dom_root()


def add(parent, tag, text=None):
    element = dom_create(tag)
    if text is not None:
        dom_text(element, text)
    dom_append(parent, element)
    return element


title = add(root, "h2")
form = add(root, "form")
entry = add(form, "input")
dom_attr(entry, "aria-label", "New item")
dom_attr(entry, "placeholder", "What is to be done?")
# In a form, Enter in a field is a click on its first button.
add_button, done_button = add(form, "button", "Add"), add(form, "button", "Done")
listing = add(root, "ul")
dom_style(listing, "list-style", "none")
dom_style(listing, "padding", "0")


def draw():
    """Draws the list; gives what the new handles stand for."""
    dom_text(listing, "")
    means = {}
    for item in items:
        row = add(listing, "li")
        dom_style(row, "display", "flex")
        dom_style(row, "gap", "12px")
        dom_style(row, "align-items", "center")
        label = add(row, "label")
        box = add(label, "input")
        dom_attr(box, "type", "checkbox")
        dom_set_value(box, item["done"])
        dom_style(box, "margin-right", "6px")
        add(label, "s" if item["done"] else "span", item["text"])
        remove = add(row, "button", "Remove")
        dom_attr(remove, "aria-label", "Remove " + item["text"])
        means[box], means[remove] = ("tick", item), ("remove", item)
    left = len([item for item in items if not item["done"]])
    dom_text(title, f"{left} to do" if items else "Nothing to do")
    return means


while True:
    storage_set(KEY, items)
    means = draw()
    clicked = dom_await_click_any([add_button, done_button] + list(means))
    if clicked == done_button:
        break
    if clicked == add_button:
        text = dom_get_value(entry).strip()
        if text:
            items.append({"text": text, "done": False})
            dom_set_value(entry, "")
        continue
    what, item = means[clicked]
    if what == "remove":
        items.remove(item)
    else:
        item["done"] = not item["done"]

[item["text"] for item in items if not item["done"]]
