# title: One of many fails
# group: Async
# about: A gather that keeps what it got.
# pattern: An awaited call can fail like any other. Catch the error inside of the task that made the call, and the other tasks lose nothing by it.
# tags: own function, by rule, async, errors
# try: Run the program: every third answer is an error, and the rest arrives.
# try: Take out the `try` in `safely`. The first error ends the `gather`, and the traceback names the call.
# policy: {"functions": [{"name": "measure", "about": "Reads a sensor, which may be asleep.", "params": [{"name": "sensor", "type": "integer"}], "returns": "number"}], "modes": {"measure": {"by": "rule", "value": 21.5, "delayMs": 60, "failEvery": 3, "error": {"excType": "OSError", "message": "the sensor does not answer"}}}}

import asyncio

missing = []


async def safely(sensor):
    """A reading, or None where there is none."""
    try:
        return await measure(sensor)
    except OSError as error:
        missing.append(sensor)
        print(f"sensor {sensor}: {error}")
        return None


# The order of the readings is that of the calls, whoever is ready first.
readings = await asyncio.gather(*[safely(sensor) for sensor in range(1, 8)])

known = [reading for reading in readings if reading is not None]
print("readings:", readings)
print(f"average of {len(known)}: {sum(known) / len(known)}")

(len(known), len(missing))
