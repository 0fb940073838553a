# title: Two workers, one queue
# group: Event loop
# about: Two tasks wait for events at the same time.
# pattern: An awaited `el_recv` leaves the other tasks running. Each event goes to one waiter, so any number of workers can share the queue; events that come too early wait in it.
# tags: el, async
# try: Run the program and open Events: it shows two that wait.
# try: Send `"paint"`, `"sand"` and `"glue"` quickly: the first two begin at once, the third waits.
# try: Send `null` twice, one for each worker, to end it.

import asyncio
import time

finished = []
began = time.time()


async def worker(name):
    done = 0
    while True:
        job = await el_recv()
        if job is None:
            print(name, "goes home")
            return done
        print(f"{time.time() - began:4.1f} s  {name} begins {job}")
        # This worker is busy, the other one is not kept from anything.
        await asyncio.sleep(0.5)
        finished.append(job)
        el_emit({"done": job, "by": name})
        done += 1


done = await asyncio.gather(worker("Ada"), worker("Grace"))
{"jobs": sorted(finished), "all done": sum(done) == len(finished)}
