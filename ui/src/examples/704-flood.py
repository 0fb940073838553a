# title: Print flood
# group: Limits
# about: More output than anybody can read.
# pattern: A program waits for its reader. Output is taken in pieces, the console keeps the last part of it, and the window answers meanwhile.
# tags: limits, hostile, print
# try: Run the program and scroll, type in the editor, change the theme: all of it answers.
# try: Press Stop in the middle of it.
# try: Make the first line a million letters long: the console shortens it and says so.
# policy: {"limits": {"timeoutMs": 1500}}

import sys

WORK = "all work and no play makes Jack a dull boy"

# One long line is as bad as many short ones.
print("-" * 20_000)

line = 0
while True:
    line += 1
    # Errors go their own way, and both ways have room for what is read.
    stream = sys.stderr if line % 5_000 == 0 else sys.stdout
    print(f"line {line}: {WORK}", file=stream)

    # No call of the host and no pause: only the clock ends this.
    if line < 0:
        break
