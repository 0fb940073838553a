# title: Hello
# group: First steps
# about: Prints, shows something on the stage, and gives a value.
# pattern: A program speaks in three ways: what it prints goes to the console, what it builds goes to the stage, and the value of its last line is its result.
# tags: dom, print
# try: Run the program. The console has what it printed, and its result below.
# try: Change the name in line 2 and run again.
# try: Open Timeline in the dock. Each call that left Python has a row there.

# Nothing here is special: this is Python.
name = "Monty"
print("Hello from", name)

# dom_create gives a number that stands for the element: a handle.
title = dom_create("h1")
dom_text(title, f"Hello from {name}")

# An element is seen once it is appended to something that is seen.
dom_append(dom_root(), title)

about = dom_create("p")
dom_html(about, "Python runs in a <b>sandbox</b>, and calls <b>functions of its host</b>.")
dom_append(dom_root(), about)

f"{name} has {len(name)} letters"
