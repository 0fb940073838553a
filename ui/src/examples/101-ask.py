# title: You are the host
# group: Host functions
# about: A function of your own, which you answer by hand.
# pattern: A host function is a name that Python can call and somebody else answers. Until then the program is paused, and the call with its arguments is in your hands.
# tags: own function, by hand
# try: Run the program. It stops at `ask()` with a card for your answer.
# try: Answer with a name. The next call asks for an age: answer it with a number, or with a word.
# try: Run again, and raise an error instead of answering. Python sees a real exception.
# policy: {"functions": [{"name": "ask", "about": "Asks a person, and gives what they say.", "params": [{"name": "question", "type": "string"}], "returns": "string"}]}

# Nobody has written ask(). The Functions panel only declares what it takes.
name = ask("What is your name?")
print("The host said", repr(name))

try:
    age = int(ask(f"How old are you, {name}?"))
    told = f"{name} will be {age + 1} next year."
except ValueError:
    told = f"{name} gave an age that is no number."
except Exception as error:
    # The host may raise, too. To Python that looks like any other error.
    told = f"The host raised {type(error).__name__}: {error}"

title = dom_create("h2")
dom_text(title, told)
dom_append(dom_root(), title)
told
