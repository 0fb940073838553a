# title: Back to an earlier moment
# group: Snapshots
# about: The program itself goes back in time.
# pattern: `interpreter_snapshot` gives a token; `interpreter_restore(token)` goes on from that very call, which then gives `"restored"`. Names and stage go back, what storage keeps does not.
# tags: dom, storage, snapshot
# try: Run the program, draw two cards, remember, draw until you have more than 21.
# try: Go back: the cards are those of the moment that was remembered.
# try: Open Variables while it waits, before and after going back.

import random

KEY = "restore:token"
storage_delete(KEY)
random.seed(3)

root = dom_root()
shown, told = dom_create("h2"), dom_create("p")
dom_append(root, shown)
dom_append(root, told)
buttons = {}
for label in ["Draw", "Remember", "Go back", "Done"]:
    button = dom_create("button")
    dom_text(button, label)
    dom_append(root, button)
    buttons[button] = label

cards = []
while True:
    total = sum(cards)
    dom_text(shown, f"{' + '.join(str(card) for card in cards) or 'No card'} = {total}")
    clicked = buttons[dom_await_click_any(list(buttons))]
    if clicked == "Draw":
        cards.append(random.randint(2, 11))
        dom_text(told, "Too much" if sum(cards) > 21 else "")
    elif clicked == "Remember":
        token = interpreter_snapshot()
        # This line is reached twice: after the call, and whenever somebody goes back to it.
        if token == "restored":
            dom_text(told, "Back at this moment")
        else:
            # The names go back too, so the token has to be kept outside of them.
            storage_set(KEY, token)
            dom_text(told, "Remembered")
    elif clicked == "Go back":
        if storage_has(KEY):
            interpreter_restore(storage_get(KEY))
        dom_text(told, "Nothing was remembered yet")
    else:
        break

cards
