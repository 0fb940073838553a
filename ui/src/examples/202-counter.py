# title: Counter that remembers
# group: Stage
# about: A number that is still there tomorrow.
# pattern: Read what was kept at the start, write it at every change. A program that ends at any moment then loses nothing.
# tags: dom, storage, loop
# try: Run the program, add a few, and end it with Done or with Esc.
# try: Run it again: it goes on from the number that you left.
# try: Reset sets it back to 0.

KEY = "counter:value"
root = dom_root()


def add(tag, text=None):
    element = dom_create(tag)
    if text is not None:
        dom_text(element, text)
    dom_append(root, element)
    return element


count = storage_get(KEY) or 0
add("p", "Clicks since the first launch" if count else "No clicks yet")
shown = add("h1")
dom_style(shown, "font-variant-numeric", "tabular-nums")
more, reset, done = add("button", "Add one"), add("button", "Reset"), add("button", "Done")

while True:
    dom_text(shown, count)
    clicked = dom_await_click_any([more, reset, done])
    if clicked == done:
        break
    count = count + 1 if clicked == more else 0
    # Kept at once, not at the end: Stop is an end too.
    storage_set(KEY, count)

f"{count} clicks are kept"
