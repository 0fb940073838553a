# title: In the middle of a click
# group: Snapshots
# about: A snapshot of a program that waits.
# pattern: A program that waits is a value: its variables, the line where it stands, the stage and the open call. It can be saved in the middle of a click, and go on from there tomorrow.
# tags: dom, wait, snapshot
# try: Run the program and place two marks. Then, while it waits, open Snapshots and save.
# try: Place the rest, until somebody has won.
# try: Restore the snapshot: the board and the turn are back, and the program waits for the same click.

ROWS = [(0, 1, 2), (3, 4, 5), (6, 7, 8)]
COLUMNS = [(0, 3, 6), (1, 4, 7), (2, 5, 8)]
DIAGONALS = [(0, 4, 8), (2, 4, 6)]

root = dom_root()
told = dom_create("h2")
dom_append(root, told)
board = dom_create("div")
dom_style(board, "display", "grid")
dom_style(board, "grid-template-columns", "repeat(3, 56px)")
dom_style(board, "gap", "6px")
dom_append(root, board)

squares = []
for place in range(9):
    square = dom_create("button")
    dom_attr(square, "aria-label", f"Square {place + 1}")
    dom_style(square, "height", "56px")
    dom_style(square, "margin", "0")
    dom_style(square, "font-size", "22px")
    dom_append(board, square)
    squares.append(square)

marks = [" "] * 9
turn, winner = "X", None
while not winner and " " in marks:
    dom_text(told, f"{turn} is next")
    free = [square for square, mark in zip(squares, marks) if mark == " "]
    # All of the game is in this call: nothing of it lies in a callback.
    place = squares.index(dom_await_click_any(free))
    marks[place] = turn
    dom_text(squares[place], turn)
    dom_attr(squares[place], "aria-label", f"Square {place + 1}, {turn}")
    for a, b, c in ROWS + COLUMNS + DIAGONALS:
        if marks[a] == marks[b] == marks[c] == turn:
            winner = turn
    turn = "O" if turn == "X" else "X"

dom_text(told, f"{winner} wins" if winner else "Nobody wins")
winner
