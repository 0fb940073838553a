# title: Endless loop
# group: Limits
# about: A program that never ends is ended.
# pattern: The time limit counts what Python computes, not what it waits for. A program may catch everything, and it ends all the same.
# tags: limits, hostile
# try: Run the program, and wait for the time limit that is set above.
# try: Run again and press Stop: it does not have to be waited for.
# try: Run something else: the window and the session are as before.
# policy: {"limits": {"timeoutMs": 1500}}

import time

began = time.time()
turns = 0


def stubborn():
    """Would rather do anything than end."""
    global turns
    try:
        turns += 1
    except BaseException:
        # It may even catch that its time is over. That buys it no time.
        print("caught it")


print("I will never end.")
while True:
    stubborn()
    if turns % 200_000 == 0:
        print(f"{turns:,} turns in {time.time() - began:.1f} s")
