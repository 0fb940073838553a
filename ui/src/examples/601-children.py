# title: Children that compute
# group: Sandboxes
# about: Interpreters of their own, side by side.
# pattern: `sandbox_spawn` starts a program in another interpreter and returns at once. A child shares no names with its parent: what it needs goes in as source, what it found comes out as its value.
# tags: sandbox
# try: Run the program.
# try: Let it look for primes up to 40,000, in eight parts.
# try: Misspell a name in `CHILD`: the error says which child failed, and why.

CHILD = """
def is_prime(n):
    if n < 2:
        return False
    for d in range(2, int(n**0.5) + 1):
        if n % d == 0:
            return False
    return True

found = [n for n in range({first}, {last}) if is_prime(n)]
print("looked from {first} to {last}")
{{"count": len(found), "largest": found[-1]}}
"""

END, PARTS = 8000, 4
step = END // PARTS

handles = []
for part in range(PARTS):
    code = CHILD.format(first=part * step, last=(part + 1) * step)
    handles.append(sandbox_spawn(code))
print("started", len(handles), "children")

# gather waits for all, and gives their values and what they have printed.
results = sandbox_gather(handles)
for result in results:
    print(result["output"].strip(), "→", result["value"])

print("alive:", [handle for handle in handles if sandbox_is_alive(handle)])

# A child that has ended is remembered until it is freed.
for handle in handles:
    sandbox_free(handle)

sum(result["value"]["count"] for result in results)
