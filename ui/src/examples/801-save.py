# title: Save, load, download
# group: Snapshots
# about: The state of a program as a value and as a file.
# pattern: A program that keeps all of its state in one dict can save, load and hand it out in one line each. This is the snapshot that a program makes of itself.
# tags: dom, storage, json, files
# try: Run the program, add points, save, add more, and load.
# try: Download the state, change the number in the file, and upload it.
# try: End it with Done, run again, and load: what was saved is still there.

KEY = "save:state"
state = {"points": 0, "level": 1}

root = dom_root()
shown = dom_create("h2")
told = dom_create("p")
dom_attr(told, "role", "status")
dom_append(root, shown)
dom_append(root, told)

buttons = {}
for label in ["Add 10 points", "Save", "Load", "Download", "Upload", "Done"]:
    button = dom_create("button")
    dom_text(button, label)
    dom_append(root, button)
    buttons[button] = label

while True:
    dom_text(shown, f"Level {state['level']}: {state['points']} points")
    clicked = buttons[dom_await_click_any(list(buttons))]
    note = ""
    if clicked == "Add 10 points":
        state["points"] += 10
        state["level"] = 1 + state["points"] // 30
    elif clicked == "Save":
        # A copy: storage_set keeps the value as it is now.
        storage_set(KEY, state)
        note = "Saved at " + now()[11:19] + " UTC"
    elif clicked == "Load":
        state = storage_get(KEY) or state
        note = "Loaded" if storage_has(KEY) else "Nothing was saved yet"
    elif clicked == "Download":
        download_file("state.json", json_dumps(state))
    elif clicked == "Upload":
        text = upload_file(".json")
        try:
            state = state | json_loads(text) if text else state
        except ValueError as error:
            note = str(error)
    else:
        break
    dom_text(told, note)

state
