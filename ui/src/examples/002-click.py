# title: Wait for a click
# group: First steps
# about: A call that returns when somebody clicks.
# pattern: A call may take as long as it likes. Python stands still inside `dom_on_click` until the host answers, so a program can be written from top to bottom, without callbacks.
# tags: dom, wait
# try: Run the program and look at the editor: the call that waits is lit.
# try: Click the button on the stage three times.
# try: Run again and press Esc instead. Stop works while a program waits.

root = dom_root()

told = dom_create("p")
dom_text(told, "Nobody has clicked yet.")
dom_append(root, told)

button = dom_create("button")
dom_text(button, "Click me")
dom_append(root, button)

for count in range(1, 4):
    # Python waits here. The page is free: you can scroll, select, edit.
    dom_on_click(button)
    dom_text(told, f"Clicked {count} of 3 times.")
    print("click", count)

dom_attr(button, "disabled", True)
"three clicks"
