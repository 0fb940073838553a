# title: Limits of a child
# group: Sandboxes
# about: Code that nobody has read, on a short lead.
# pattern: Give a child less than you have. It ends at its own limit, its parent gets an exception, and nothing else has happened.
# tags: sandbox, limits
# try: Run the program.
# try: Give the patient child 2000 ms.
# try: Ask for more than the parent has. A child's limits are never above what is left here.

CHILDREN = {
    "modest": ("sum(range(1000))", {}),
    "endless": ("while True: pass", {"timeout_ms": 150}),
    "greedy": ("x = ['x'] * 50_000_000", {"memory_bytes": 8_000_000}),
    "broken": ("[1, 2, 3][10]", {}),
    "patient": ("import time\ntime.sleep(60)", {}),
}

table = dom_create("table")
dom_append(dom_root(), table)


def show(*cells):
    row = dom_create("tr")
    for text in cells:
        cell = dom_create("td")
        dom_text(cell, text)
        dom_append(row, cell)
    dom_append(table, row)


failed = 0
for name, (code, limits) in CHILDREN.items():
    child = sandbox_spawn(code, **limits)
    if name == "patient":
        # Nobody has to wait for a child: it can be ended.
        show(name, "cancelled" if sandbox_cancel(child) else "had ended")
        continue
    try:
        show(name, f"gave {sandbox_await(child)}")
    except RuntimeError as error:
        failed += 1
        show(name, str(error).split("failed: ")[-1])

f"{failed} children failed, the parent did not"
