# title: Handles
# group: Stage
# about: Numbers that stand for elements, and how they end.
# pattern: An element never crosses into the sandbox; a number does. The host keeps the table, checks every number, and a removed element takes the handles of all that is in it with it.
# tags: dom, errors
# try: Run the program and compare the handles with the rows on the stage.
# try: Use a handle in a second run: the stage begins anew, and so do the numbers.

root = dom_root()
print("the root is handle", root)

listing = dom_create("ul")
dom_append(root, listing)
planets = {}
for name in ["Mercury", "Venus", "Earth", "Mars"]:
    planets[name] = dom_create("li")
    dom_text(planets[name], f"{name} is handle {planets[name]}")
    dom_append(listing, planets[name])

# A query finds the same handles again, in the order of the document.
print("found the same:", dom_query_all("ul > li") == list(planets.values()))

# Appending moves what is somewhere else already.
dom_append(listing, planets["Mercury"])
print("first is now:", dom_get_text(dom_query("li")))

# What is not on the stage is not found, but its handle works.
loose = dom_create("em")
dom_text(loose, "not appended")
print("em on the stage:", dom_query("em"), "/ its text:", dom_get_text(loose))

dom_remove(planets["Venus"])
try:
    dom_text(planets["Venus"], "again")
except ValueError as error:
    print("removed:", error)

len(dom_query_all("li"))
