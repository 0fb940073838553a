# title: Sandbox bomb
# group: Safety
# about: Sandboxes that start sandboxes.
# pattern: What a family may have is counted for the whole family. Children of children stop at a depth of 3, there are 16 at a time, and their limits come out of what their parent has left.
# tags: hostile, sandbox, limits
# try: Run the program.
# try: Press Stop while the swarm runs: its children end with it.

# A program in a program in a program: each one starts the next.
code = "'at the bottom'"
for _ in range(5):
    code = f"sandbox_await(sandbox_spawn({code!r}))"
try:
    print(sandbox_await(sandbox_spawn(code)))
except RuntimeError as error:
    print("deep:", str(error).split("RuntimeError: ")[-1])

# As many as there can be, at the same time.
children = []
try:
    while True:
        children.append(sandbox_spawn("import time\ntime.sleep(30)"))
except RuntimeError as error:
    print("wide:", error)

started = len(children)
for child in children:
    sandbox_cancel(child)
print("still alive:", any(sandbox_is_alive(child) for child in children))
started
