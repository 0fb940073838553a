# title: What can be called
# group: Host functions
# about: The host describes its functions to the program.
# pattern: One declaration of a function gives its checks, its schema, what the editor completes, and what `help()` tells. A program, or a language model that writes one, can ask for it.
# tags: help, json
# try: Run the program.
# try: Ask for another function in line 5.
# try: Declare a function of your own in Functions: it is in this list the next time.

import json

# The schema is JSON, so that anything can read it.
by_extension = json.loads(help())
schema = json.loads(help("dom_await_event"))

root = dom_root()
title = dom_create("h2")
dom_text(title, schema["name"])
dom_append(root, title)

about = dom_create("p")
dom_text(about, schema["description"])
dom_append(root, about)

code = dom_create("pre")
dom_text(code, json.dumps(schema, indent=2))
dom_append(root, code)

try:
    help("dom_explode")
except ValueError as error:
    print(error)

schema["name"]
