# title: Object style
# group: Stage
# about: The same functions as methods of elements.
# pattern: Every extension is a module too. `import dom` gives objects with methods in place of numbers; both are the same elements, and either passes for the other.
# tags: dom, objects
# try: Run the program and switch the light.
# try: Open Timeline: a method is a call of the same host function, with the element as its first argument.
# try: Mix the styles: `dom_text(switch, "Off")` works as well.

import dom

root = dom.root()

lamp = dom.create("div")
lamp.set_style("width", "72px")
lamp.set_style("height", "72px")
lamp.set_style("margin-bottom", "12px")
lamp.set_style("border-radius", "50%")
lamp.set_style("border", "1px solid var(--border-strong)")
root.append(lamp)

switch = dom.create("button")
root.append(switch)

# The state is a plain variable. The stage only shows it.
is_on = False
for _ in range(3):
    switch.set_text("Switch off" if is_on else "Switch on")
    lamp.set_style("background", "var(--accent)" if is_on else "var(--raised)")
    switch.on_click()
    is_on = not is_on
    print("on" if is_on else "off")

lamp.set_style("background", "var(--accent)" if is_on else "var(--raised)")
switch.set_text("That was it")
switch.set_attr("disabled", True)

# A handle that was asked for in one style can be used in the other.
dom_get_text(switch)
