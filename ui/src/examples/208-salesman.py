# title: Travelling salesman
# group: Stage
# about: A round trip, shortened by turning parts around.
# pattern: A drawing is made of elements too: a road is a thin box that is turned. Python computes, and shows the way whenever it has become shorter.
# tags: dom, animation
# try: Run the program: the first way always goes to the nearest city, then 2-opt takes out the crossings.
# try: Change the seed, or let there be 40 cities.
# try: Take out the sleep, and see in the status bar how little of the time is Python's.

import math
import random
import time

random.seed(112)
cities = [(random.randint(10, 250), random.randint(10, 190)) for _ in range(16)]


def box(parent, **styles):
    """A div that stands where its styles say."""
    element = dom_create("div")
    dom_style(element, "position", "absolute")
    for name, value in styles.items():
        dom_style(element, name.replace("_", "-"), value)
    dom_append(parent, element)
    return element


told = dom_create("p")
dom_append(dom_root(), told)
land = box(dom_root(), position="relative", width="260px", height="200px")
line = {"height": "2px", "background": "var(--info)", "transform_origin": "0 50%"}
roads = [box(land, **line) for _ in cities]
dot = {"width": "8px", "height": "8px", "background": "var(--accent)", "border_radius": "50%"}
for x, y in cities:
    box(land, left=f"{x - 4}px", top=f"{y - 3}px", **dot)


def edges(tour):
    return zip(tour, tour[1:] + tour[:1])


def length(tour):
    return sum(math.dist(cities[a], cities[b]) for a, b in edges(tour))


def show(tour):
    for road, (a, b) in zip(roads, edges(tour)):
        (x, y), (to_x, to_y) = cities[a], cities[b]
        dom_style(road, "left", f"{x}px")
        dom_style(road, "top", f"{y}px")
        dom_style(road, "width", f"{math.dist(cities[a], cities[b])}px")
        dom_style(road, "transform", f"rotate({math.atan2(to_y - y, to_x - x)}rad)")
    dom_text(told, f"The way is {length(tour):.0f} long.")
    time.sleep(0.15)


# Always to the nearest city that is left.
tour, left = [0], set(range(1, len(cities)))
while left:
    nearest = min(left, key=lambda city: math.dist(cities[tour[-1]], cities[city]))
    tour.append(nearest)
    left.remove(nearest)
first = length(tour)
show(tour)

# Turn a part around wherever that makes the way shorter, until nothing does.
better = True
while better:
    better = False
    for i in range(1, len(tour) - 1):
        for j in range(i + 1, len(tour)):
            turned = tour[:i] + tour[i : j + 1][::-1] + tour[j + 1 :]
            if length(turned) < length(tour) - 1e-9:
                tour, better = turned, True
                show(tour)

f"from {first:.0f} to {length(tour):.0f}"
