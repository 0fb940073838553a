# title: Bottomless recursion
# group: Limits
# about: A function that calls itself without end.
# pattern: Recursion has a limit of its own, far above what the interpreter's own stack would take. It is the one limit that a program may catch, as in CPython.
# tags: limits, errors
# try: Run the program: it is caught, and the program goes on.
# try: Let `down` end by itself at 500.
# try: Take out the `try` and its `except`: the error card has the frames.


def depth():
    """How deep one can go, found by going too deep."""
    reached = 0

    def down():
        nonlocal reached
        reached += 1
        down()

    try:
        down()
    except RecursionError as error:
        print(error)
    return reached


print("depth:", depth())

# A structure may be as deep as it likes; who walks through it stops in time.
nested = []
for _ in range(100_000):
    nested = [nested]
print(repr(nested)[-30:])

depth() > 100
