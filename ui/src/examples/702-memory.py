# title: Memory bomb
# group: Limits
# about: Each step doubles what is held.
# pattern: Memory is counted where it is taken. The run ends at the limit, before the machine notices, and what was there before the run is there again.
# tags: limits, hostile
# try: Run the program and look at how far it came.
# try: Set 256 MB above: two more doublings fit.
# try: Try to get it all at once: `"x" * 10**12`.
# policy: {"limits": {"memoryBytes": 67108864}}

told = dom_create("p")
dom_append(dom_root(), told)


def megabytes(texts):
    return sum(len(text) for text in texts) / 1_000_000


# Nothing is ever let go, so nothing can be collected.
held = ["x" * 1000]

while True:
    held.append("x" * (2 * len(held[-1])))
    print(f"{megabytes(held):8.1f} MB")
    # Seen only while it runs: of a run that ends at a limit the stage is undone too.
    dom_text(told, f"Holding {megabytes(held):.1f} MB")
