# title: Dashboard
# group: First steps
# about: Nested loops become a table with totals.
# pattern: A small function that makes, fills and appends an element is all the library that a page needs.
# tags: dom, table
# try: Run the program.
# try: Add a quarter to every list, and a heading for it.
# try: Sort the regions by their total, the largest first.

# Plain data, from which the page follows.
sales = {
    "North": [310, 295, 342, 401],
    "South": [188, 240, 265, 229],
    "East": [95, 120, 180, 260],
    "West": [402, 380, 371, 390],
}


def add(parent, tag, text=None):
    """Every element of this page is made here."""
    element = dom_create(tag)
    if text is not None:
        dom_text(element, text)
    dom_append(parent, element)
    return element


def add_row(parent, tag, cells):
    row = add(parent, "tr")
    for index, cell in enumerate(cells):
        element = add(row, tag if index else "th", cell)
        if index:
            dom_style(element, "text-align", "right")
    return row


add(dom_root(), "h1", "Sales")
table = add(dom_root(), "table")
dom_style(table, "width", "100%")
add_row(add(table, "thead"), "th", ["Region", "Q1", "Q2", "Q3", "Q4", "Year"])

body = add(table, "tbody")
best = max(sales, key=lambda region: sum(sales[region]))
for region, quarters in sales.items():
    row = add_row(body, "td", [region] + quarters + [sum(quarters)])
    if region == best:
        dom_style(row, "background", "var(--warning-soft)")

totals = [sum(quarter) for quarter in zip(*sales.values())]
add_row(add(table, "tfoot"), "td", ["All"] + totals + [sum(totals)])

f"{best} sold most: {sum(sales[best])} of {sum(totals)}"
