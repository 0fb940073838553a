# title: A clock that goes on
# group: Async
# about: Waits for a click while something else moves.
# pattern: Two tasks in one program: one awaits a click, the other awaits time. Neither needs a thread, and neither knows of the other but by a variable.
# tags: dom, async, wait
# try: Run the program: the clock goes on while the program waits for you.
# try: Click Stop the clock.
# try: Take out the `await` before `dom_on_click`. A plain call stands still, and so does the clock.

import asyncio

root = dom_root()
clock = dom_create("h1")
dom_style(clock, "font-variant-numeric", "tabular-nums")
dom_text(clock, "0.0 s")
button = dom_create("button")
dom_text(button, "Stop the clock")
dom_append(root, clock)
dom_append(root, button)

running = True
tenths = 0


async def tick():
    global tenths
    while running:
        await asyncio.sleep(0.1)
        tenths += 1
        dom_text(clock, f"{tenths / 10:.1f} s")
        if tenths % 5 == 0:
            print(f"still waiting after {tenths / 10:.1f} s")


async def wait_for_click():
    global running
    await dom_on_click(button)
    running = False
    return "stopped by a click"


# Both run until both are done: the click ends the one, and by that the other.
_, how = await asyncio.gather(tick(), wait_for_click())
dom_attr(button, "disabled", True)
how
