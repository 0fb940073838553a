# title: Files that are nowhere
# group: Files
# about: open and pathlib, in a file system in memory.
# pattern: A program sees a file system of its own. What it writes is kept with the session and its snapshots; the machine's disk is not there, unless a person mounts a folder of it.
# tags: files, errors
# try: Run the program and open Files: what it wrote is there.
# try: Take out the cleaning at the end and look again.
# try: Catch the error of a missing file by its type, as in any Python.

from pathlib import Path

notes = Path("/home/notes")
notes.mkdir(parents=True, exist_ok=True)

(notes / "monday.txt").write_text("milk\nbread\n")
with open(notes / "tuesday.txt", "w") as file:
    file.write("letters\n")
    file.write("paint\n")

# Lines can be read as from any file.
with open(notes / "monday.txt") as file:
    for number, line in enumerate(file.read().splitlines(), start=1):
        print(number, line)

for path in sorted(notes.iterdir(), key=lambda path: path.name):
    print(path.name, path.stat().st_size, "bytes")

try:
    (notes / "sunday.txt").read_text()
except FileNotFoundError as error:
    print(error)

# What is written as bytes comes back as bytes.
picture = notes / "dots.bin"
picture.write_bytes(b"\x00\xff\x00\xff")
print(picture.read_bytes())

picture.unlink()
sorted(path.name for path in notes.iterdir())
