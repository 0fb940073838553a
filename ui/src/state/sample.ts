/** What the editor shows at the first start. */
export const SAMPLE = `import time

# Monty runs this in a sandbox: no files, no network, no surprises.
planets = ["Mercury", "Venus", "Earth", "Mars"]


def greet(name, number):
    return f"{number}. Hello, {name}!"


for number, planet in enumerate(planets, 1):
    print(greet(planet, number))
    time.sleep(0.3)

# The value of the last expression is the result.
[len(planet) for planet in planets]
`;
