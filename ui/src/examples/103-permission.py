# title: Permission asked
# group: Host functions
# about: A person allows or denies each call.
# pattern: Before a call reaches whoever answers it, the host may ask a person. A call that was denied is a `PermissionError` in Python, which the program can catch.
# tags: own function, permission
# try: Run the program. A card shows the call with its arguments.
# try: Allow the first payment and deny the second.
# try: Open Functions and set `pay` to allow, or to deny, and run again.
# policy: {"functions": [{"name": "pay", "about": "Pays an invoice and gives the number of the receipt.", "params": [{"name": "to", "type": "string"}, {"name": "amount", "type": "number"}], "returns": "string"}], "modes": {"pay": {"by": "rule", "value": "receipt 4711"}}, "permissions": {"pay": "ask"}}

invoices = [("Paper Ltd", 18.5), ("Yachts & Co", 250_000.0), ("Water works", 61.2)]

table = dom_create("table")
dom_append(dom_root(), table)


def show(*cells):
    row = dom_create("tr")
    for text in cells:
        cell = dom_create("td")
        dom_text(cell, text)
        dom_append(row, cell)
    dom_append(table, row)


paid = 0.0
for to, amount in invoices:
    try:
        receipt = pay(to, amount)
    except PermissionError as error:
        # Nothing has happened: a denied call never reached the function.
        print(error)
        show(to, f"{amount:,.2f}", "not paid")
        continue
    paid += amount
    show(to, f"{amount:,.2f}", receipt)

f"paid {paid:,.2f}"
