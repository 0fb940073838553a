# title: A report to download
# group: Files
# about: Reads CSV, sums it up, gives the person a file.
# pattern: Python's `csv` and `json` do the work inside; `download_file` is the only way out, and it ends in a dialog or a folder of the person's choice.
# tags: files, csv, download
# try: Run the program: the report is offered as a file.
# try: Write the CSV to a file of your own in Files and read that one.
# try: Set `download_file` to ask in Functions, and run again.

import csv
import json
from collections import defaultdict
from pathlib import Path

source = Path("/tmp/hours.csv")
source.write_text("""person,project,hours
Ada,engine,7.5
Grace,compiler,6
Ada,notes,1.25
Grace,engine,2
""")

hours = defaultdict(float)
with open(source) as file:
    for row in csv.DictReader(file.read().splitlines()):
        hours[row["project"]] += float(row["hours"])

root = dom_root()
for project, total in sorted(hours.items(), key=lambda item: -item[1]):
    line = dom_create("p")
    bar = f"<meter min=0 max=10 value={total}></meter>"
    dom_html(line, f"{bar} <b>{project}</b> <small>{total} h</small>")
    dom_append(root, line)

report = json.dumps({"total": sum(hours.values()), "projects": hours}, indent=2)
# The program never learns where the person puts it.
download_file("hours.json", report)
report
