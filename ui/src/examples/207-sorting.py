# title: Sorting, step by step
# group: Stage
# about: Insertion sort, drawn swap by swap.
# pattern: A picture of an algorithm costs two calls at each step. Sleep gives the eye time; only the bars that changed are drawn.
# tags: dom, animation
# try: Run the program and watch the bars.
# try: Set `PAUSE` to 0 and look at the time that it took, in the status bar.
# try: Write selection sort in place of `insertion_sort`; it only needs to compare and to `swap`.

import random
import time

PAUSE = 0.02
random.seed(4)
values = random.sample(range(5, 100), 18)

chart = dom_create("div")
dom_attr(chart, "role", "img")
dom_attr(chart, "aria-label", "Bars that are being sorted")
for name, value in {"display": "flex", "align-items": "end", "gap": "3px", "height": "9em"}.items():
    dom_style(chart, name, value)
dom_append(dom_root(), chart)
told = dom_create("p")
dom_append(dom_root(), told)

bars = []
for value in values:
    bar = dom_create("div")
    dom_style(bar, "flex", "1")
    dom_style(bar, "height", f"{value}%")
    dom_style(bar, "background", "var(--info)")
    dom_style(bar, "border-radius", "3px 3px 0 0")
    dom_append(chart, bar)
    bars.append(bar)


def swap(i, j):
    # Two calls and a pause: no other bar is drawn again.
    values[i], values[j] = values[j], values[i]
    dom_style(bars[i], "height", f"{values[i]}%")
    dom_style(bars[j], "height", f"{values[j]}%")
    time.sleep(PAUSE)


def insertion_sort():
    swaps = 0
    for end in range(1, len(values)):
        dom_style(bars[end], "background", "var(--accent)")
        place = end
        while place > 0 and values[place - 1] > values[place]:
            swap(place - 1, place)
            place -= 1
            swaps += 1
        dom_style(bars[end], "background", "var(--success)")
    dom_style(bars[0], "background", "var(--success)")
    return swaps


swaps = insertion_sort()
dom_text(told, f"Sorted with {swaps} swaps.")
values == sorted(values)
