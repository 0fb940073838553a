# title: Message bus
# group: Sandboxes
# about: A parent and its children talk through channels.
# pattern: Channels belong to the whole family. A sender never waits, a receiver waits until something comes, and closing a channel tells all receivers that there is no more.
# tags: sandbox, msg
# try: Run the program.
# try: Start four workers in place of two.
# try: Take out `msg_close`: the workers wait for ever, and Stop ends them all.

WORKER = """
name = "{name}"
done = 0
while True:
    job = msg_recv("jobs")
    # None says that the channel is closed and empty.
    if job is None:
        break
    msg_send("results", {{"by": name, "word": job, "letters": len(job)}})
    done += 1
done
"""

words = "a sandbox is a place where children can not break anything".split()
for word in words:
    msg_send("jobs", word)
print("before:", msg_stats("jobs"))

workers = [sandbox_spawn(WORKER.format(name=name)) for name in ("left", "right")]
msg_close("jobs")

letters = 0
for _ in words:
    # A timeout keeps a parent from waiting for a child that has failed.
    result = msg_recv("results", timeout_ms=5000)
    letters += result["letters"]

shares = sandbox_await_all(workers)
print("next result:", msg_peek("results"))
print("each did its part:", sum(shares) == len(words))
letters
