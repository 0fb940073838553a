# title: A script in a file
# group: Files
# about: run_script runs a file as a program of its own.
# pattern: A long program is several files. `run_script` gives a file its inputs as names, runs it with the same functions and what is left of the limits, and gives the value of its last line.
# tags: files, run_script
# try: Run the program.
# try: Open Files and change `/home/scripts/price.py`, then take out the lines here that write it, and run.
# try: Make the script fail: its error is raised here, at `run_script`.

from pathlib import Path

scripts = Path("/home/scripts")
scripts.mkdir(parents=True, exist_ok=True)

# Inputs are plain names in the script. Its last line is what it gives.
(scripts / "price.py").write_text("""
net = sum(count * price for count, price in items)
print("net", net)
{"net": net, "gross": round(net * (1 + tax), 2)}
""")
(scripts / "broken.py").write_text("1 / 0\n")

basket = [(2, 4.5), (1, 19.0), (10, 0.3)]
for country, tax in {"DE": 0.19, "CH": 0.081}.items():
    price = run_script("/home/scripts/price.py", {"items": basket, "tax": tax})
    print(country, price["gross"])

try:
    run_script("/home/scripts/broken.py")
except ZeroDivisionError as error:
    # What a script raises arrives at the call that ran it.
    print("broken.py:", error)

# The names of a script stay in it.
try:
    net
except NameError as error:
    told = str(error)
told
