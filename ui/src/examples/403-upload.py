# title: A file from the person
# group: Files
# about: Asks for a text, and counts its words.
# pattern: `upload_file` waits until the person has chosen, as a click does. It gives the text of that one file and nothing else, or `None` if they cancel.
# tags: files, upload, wait
# try: Run the program and choose a text file, or drop one on the card.
# try: Run again and cancel: the program goes on with `None`.
# try: Give it a picture. That is no text, and a `ValueError` says so; `binary=True` would take it.

import re
from collections import Counter

root = dom_root()


def add(tag, text):
    element = dom_create(tag)
    dom_text(element, text)
    dom_append(root, element)
    return element


try:
    # Python waits here until somebody has chosen or cancelled.
    text = upload_file("text/plain,.txt,.md,.csv")
except ValueError as error:
    print("not a text:", error)
    text = None

if text is None:
    add("p", "No text, no words.")
    common = []
else:
    words = re.findall(r"\w+", text.lower())
    common = Counter(words).most_common(5)
    add("h2", f"{len(words)} words, {len(set(words))} of them different")
    listing = add("ol", "")
    for word, count in common:
        item = dom_create("li")
        dom_text(item, f"{word}: {count}")
        dom_append(listing, item)

common
