# title: Event loop
# group: Event loop
# about: The host sends events, the program answers with its state.
# pattern: `el_recv` waits for an event from outside, `el_emit` tells the outside how things stand. With a loop around them, a script that runs once becomes a partner that stays.
# tags: el, loop
# try: Run the program and open Events in the dock.
# try: Send `{"action": "add", "by": 5}`, then `{"action": "undo"}`. The last value that was told changes.
# try: Send `{"action": "quit"}`: the loop ends, and the program with it.

total = 0
history = []

while True:
    # What was emitted last is what the host knows of the program.
    el_emit({"total": total, "undoable": len(history)})

    event = el_recv()
    match event:
        case {"action": "add", "by": int(by)}:
            history.append(total)
            total += by
        case {"action": "undo"} if history:
            total = history.pop()
        case {"action": "quit"}:
            break
        case _:
            # An event from outside may be anything.
            print("not understood:", event)
            continue
    print(event["action"], "→", total)

f"ended at {total}"
