# title: A host that fails
# group: Host functions
# about: A rule lets every third call fail; the program tries again.
# pattern: A host may fail at any call. Catch the type of error that another try can mend, wait a little longer each time, and let everything else through.
# tags: own function, by rule, errors
# try: Run the program and count the failures.
# try: Open Functions and let `fetch_page` fail at every second call, or at every call.
# try: Let it raise `ValueError`: the program does not catch that, and the traceback shows where.
# policy: {"functions": [{"name": "fetch_page", "about": "Gives how many words a page has.", "params": [{"name": "page", "type": "integer"}], "returns": "integer"}], "modes": {"fetch_page": {"by": "rule", "value": 250, "delayMs": 40, "failEvery": 3, "error": {"excType": "RuntimeError", "message": "the server is busy"}}}}

import time

failures = 0


def with_retries(call, argument, tries=3):
    """Calls, and calls again where the host fails, up to `tries` times."""
    global failures
    for attempt in range(1, tries + 1):
        try:
            return call(argument)
        except RuntimeError as error:
            failures += 1
            print(f"page {argument}, try {attempt}: {error}")
            if attempt == tries:
                raise
            # Twice as long before each further try.
            time.sleep(0.05 * 2**attempt)


words = 0
for page in range(1, 6):
    words += with_retries(fetch_page, page)
    print(f"page {page} is here")

f"{words} words in 5 pages, {failures} failures on the way"
