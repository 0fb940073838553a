# title: Out of the sandbox
# group: Safety
# about: Tries to reach the machine it runs on.
# pattern: The interpreter has no files, no network and no processes to give away. What a program can reach is what its host has put there.
# tags: hostile, files
# try: Run the program and read what each attempt led to.
# try: Add an attempt of your own.
# try: Open Timeline: calls for files did leave Python, and were answered from memory.

# What a hostile program would try first.
ATTEMPTS = [
    "open('/etc/passwd')",
    "open('../../../../etc/passwd')",
    "__import__('os')",
    "import subprocess",
    "import socket",
    "import ctypes",
    "import os\nos.system('id')",
    "import os\nos.environ['HOME']",
    "(1).__class__.__bases__",
    "open.__globals__",
    "type(1).__subclasses__()",
    "dom_query('body')['onload']",
]

table = dom_create("table")
dom_append(dom_root(), table)

got_through = []
for attempt in ATTEMPTS:
    try:
        exec(attempt)
        outcome = "got through"
        got_through.append(attempt)
    except Exception as error:
        outcome = f"{type(error).__name__}: {error}"
    row = dom_create("tr")
    dom_append(table, row)
    for tag, text in [("code", attempt.split("\n")[-1]), ("span", outcome)]:
        cell, inner = dom_create("td"), dom_create(tag)
        dom_text(inner, text)
        dom_append(cell, inner)
        dom_append(row, cell)

# This is all that there is to see.
import os

print("files:", os.listdir("/"), "environment:", dict(os.environ))
got_through
