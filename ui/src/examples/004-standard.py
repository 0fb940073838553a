# title: Time, chance and JSON
# group: First steps
# about: What a sandbox has of the standard library.
# pattern: Even the clock is outside of the sandbox: the interpreter asks its host for the time, so that a run can be recorded and repeated.
# tags: json, time, random
# try: Run the program twice: the hand is the same, for its seed is; the time is not.
# try: Take out `random.seed` and run it twice again.
# try: Open Timeline and look for the readings of the clock.

import json
import random
import time
from collections import Counter
from datetime import datetime, timedelta

# A seed makes chance repeatable, as in CPython: the same numbers, too.
random.seed(2026)
cards = [rank + suit for suit in "♠♥♦♣" for rank in "789TJQKA"]
hand = random.sample(cards, 5)
print("hand", *hand)

began = time.time()
time.sleep(0.2)
print(f"slept {time.time() - began:.1f} s")

tomorrow = datetime.now() + timedelta(days=1)
print("tomorrow is a", tomorrow.strftime("%A"))

# json is the interpreter's own; json_dumps asks the host.
report = {"hand": hand, "suits": Counter(card[-1] for card in hand)}
print(json.dumps(report, indent=2, ensure_ascii=False))
json.loads(json.dumps(report)) == report
