# title: Errors of the host
# group: Host functions
# about: Wrong calls raise what CPython would raise.
# pattern: An error of a host function is a Python exception of the type that fits, raised at the line that called. Catch it by its type.
# tags: errors
# try: Run the program and read the table.
# try: Take the last call out of its `try`: the editor marks where it was raised.
# try: Add a wrong call of your own to the list.

# A lambda is called later, inside of the try.
wrong = {
    "a handle that never was": lambda: dom_text(99, "x"),
    "a parameter is missing": lambda: dom_text(1),
    "a keyword nobody knows": lambda: dom_create(tga="p"),
    "the wrong type": lambda: dom_create(5),
    "a tag the stage refuses": lambda: dom_create("script"),
    "text that is no JSON": lambda: json_loads("{'a': 1}"),
    "a selector with a typo": lambda: dom_query("li["),
    "no such function": lambda: dom_explode(),
}


def add(parent, tag, text=None):
    element = dom_create(tag)
    if text is not None:
        dom_text(element, text)
    dom_append(parent, element)
    return element


table = add(dom_root(), "table")
caught = 0
for what, call in wrong.items():
    row = add(table, "tr")
    add(row, "td", what)
    try:
        call()
    except Exception as error:
        # Each one is of the type that CPython would raise.
        caught += 1
        kind = add(row, "td", type(error).__name__)
        dom_style(kind, "color", "var(--danger)")
        dom_style(kind, "white-space", "nowrap")
        add(row, "td", str(error))

f"{caught} of {len(wrong)} were errors"
