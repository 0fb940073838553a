# title: Calls at the same time
# group: Async
# about: Four slow calls in the time of one.
# pattern: Whether a call is awaited is decided by the call, not by the function. In `gather`, calls of the host are left open together, and answered in whatever order they are ready.
# tags: own function, by rule, async
# try: Run the program and compare the two times.
# try: Open Timeline: the four bars lie one below the other, at the same time.
# try: Set `price` to by hand in Functions, and answer the four calls in an order of your own.
# policy: {"functions": [{"name": "price", "about": "Gives the price of a thing, after a while.", "params": [{"name": "thing", "type": "string"}], "returns": "number"}], "modes": {"price": {"by": "rule", "value": 2.5, "delayMs": 300}}}

import asyncio
import time

things = ["tea", "milk", "sugar", "cups"]

# One after the other: a plain call waits for its answer.
began = time.time()
one_by_one = [price(thing) for thing in things]
slow = time.time() - began
print(f"one after the other: {slow:.1f} s")

# All at once: what gather holds is asked for before anything is waited for.
began = time.time()
at_once = await asyncio.gather(*[price(thing) for thing in things])
fast = time.time() - began
print(f"at the same time:    {fast:.1f} s")

root = dom_root()
for label, seconds in {"one after the other": slow, "at the same time": fast}.items():
    line = dom_create("p")
    bar = f"<meter min=0 max={slow} value={seconds}></meter>"
    dom_html(line, f"{bar} {label} <small>{seconds:.1f} s</small>")
    dom_append(root, line)

(sum(at_once), one_by_one == at_once, fast < slow / 2)
