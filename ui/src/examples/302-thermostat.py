# title: Thermostat
# group: Event loop
# about: Readings come in, decisions go out.
# pattern: The host measures and switches; Python only decides. The rule stays in the sandbox, where it can be changed while nothing else is.
# tags: el, dom, loop
# try: Run the program, and send readings in Events: `18`, then `20.4`, then `22`.
# try: Between 20 and 21 nothing changes. That keeps the heating from flickering.
# try: Send `"quit"` to end it.

LOW, HIGH = 20.0, 21.0

root = dom_root()
reading = dom_create("h1")
state = dom_create("p")
scale = dom_create("meter")
dom_attr(scale, "aria-label", "Temperature")
for name, value in {"min": 10, "max": 30, "low": LOW, "high": HIGH}.items():
    dom_attr(scale, name, value)
dom_text(reading, "– °C")
dom_text(state, "Waiting for a reading")
for element in [reading, scale, state]:
    dom_append(root, element)

heating = False
switched = 0
while True:
    event = el_recv()
    if event == "quit":
        break
    # True and False are ints too, and nobody measures them.
    if isinstance(event, bool) or not isinstance(event, (int, float)):
        print("no temperature:", repr(event))
        continue

    wanted = heating
    if event < LOW:
        wanted = True
    elif event > HIGH:
        wanted = False
    if wanted != heating:
        heating = wanted
        switched += 1
        # The host hears only of changes.
        el_emit({"heating": heating})

    dom_text(reading, f"{event:.1f} °C")
    dom_attr(scale, "value", event)
    dom_text(state, "Heating" if heating else "Off")
    dom_style(state, "color", "var(--danger)" if heating else "var(--text-muted)")

f"switched {switched} times"
