# title: Out of the stage
# group: Safety
# about: Tries to run a script, load an image, leave the frame.
# pattern: The stage shows elements and nothing else. What could run or load something is refused by the engine, refused again by the page, and stands in a frame that may not reach the app.
# tags: hostile, dom
# try: Run the program and read what each attempt led to.
# try: Open Timeline: each attempt was a call, and each has its error as answer.
# try: Add an attempt of your own, such as a style that loads a font.

SPY = "https://example.org/spy.gif"

root = dom_root()
victim = dom_create("p")
dom_text(victim, "I am only text.")
dom_append(root, victim)

refused = 0
for what, attempt in {
    "a script": lambda: dom_create("script"),
    "a frame": lambda: dom_create("iframe"),
    "a handler": lambda: dom_attr(victim, "onclick", "alert(1)"),
    "a link that runs": lambda: dom_attr(dom_create("a"), "href", "javascript:alert(1)"),
    "a picture from elsewhere": lambda: dom_attr(dom_create("img"), "src", SPY),
    "a style that loads": lambda: dom_style(victim, "background", f"url({SPY})"),
    "the app around the stage": lambda: dom_append(dom_query("body"), victim),
}.items():
    try:
        attempt()
        print("not refused:", what)
    except (ValueError, TypeError) as error:
        refused += 1
        print(f"{what}: {error}")

# HTML is cleaned: what is harmless stays, the rest is left out.
box = dom_create("div")
dom_append(root, box)
dirty = "<b onclick='alert(1)'>bold</b><script>alert(2)</script><img src=x onerror=alert(3)>"
dom_html(box, dirty + ", and safe")
print("left:", dom_get_text(box), "/ handlers:", dom_get_attr(dom_query("b"), "onclick"))
refused
