# title: Several buttons
# group: Stage
# about: A loop waits for one of four buttons and acts.
# pattern: `while True` around `dom_await_click_any` is an event loop in plain Python. A dict says what each button does, so there is no chain of ifs.
# tags: dom, wait, loop
# try: Run the program and use the buttons; Done ends the loop.
# try: Look at the console: each turn of the loop prints what was clicked.
# try: Add a button that halves the number.

root = dom_root()
number = dom_create("h1")
dom_append(root, number)

actions = {}
for label, act in {
    "+1": lambda n: n + 1,
    "×2": lambda n: n * 2,
    "Back to 0": lambda n: 0,
    "Done": None,
}.items():
    button = dom_create("button")
    dom_text(button, label)
    dom_append(root, button)
    # The handle is an int, so it can be a key.
    actions[button] = (label, act)

value = 0
while True:
    dom_text(number, value)
    # Python waits for one of them, and gets the handle of that one.
    label, act = actions[dom_await_click_any(list(actions))]
    print(label)
    if act is None:
        break
    value = act(value)

for button in actions:
    dom_attr(button, "disabled", True)
value
