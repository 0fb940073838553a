# title: A program without rights
# group: Safety
# about: Runs with almost everything denied.
# pattern: Permissions go by patterns, and the strictest that fits holds. A program that only has to compute gets nothing else; children of it have no more.
# tags: permission, hostile
# try: Run the program: what is denied raises `PermissionError`.
# try: Open Functions and set denied to allow, one by one.
# try: A call of the system can be denied too: the pattern `Path.` stands for all of `pathlib`.
# policy: {"functions": [{"name": "send_mail", "about": "Sends a mail.", "params": [{"name": "to", "type": "string"}, {"name": "text", "type": "string"}], "returns": "none"}], "modes": {"send_mail": {"by": "rule", "value": null}}, "permissions": {"send_mail": "deny", "download_file": "ask"}}

CHILD = "send_mail('everybody@example.org', 'hello')"

wishes = {
    "send a mail": lambda: send_mail("everybody@example.org", "hello"),
    "give a file away": lambda: download_file("secrets.txt", "nothing"),
    "send a mail from a child": lambda: sandbox_await(sandbox_spawn(CHILD)),
    "compute": lambda: sum(range(10)),
}

done = []
for wish, act in wishes.items():
    try:
        act()
        done.append(wish)
        print("done:   ", wish)
    except (PermissionError, RuntimeError) as error:
        # A child's error arrives as a RuntimeError that tells its own.
        print("refused:", wish, "/", str(error).split("failed: ")[-1])

done
