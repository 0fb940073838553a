"""Carries out file calls in a folder of its own, as lines of JSON ask for them."""

import json, os, pathlib, shutil, stat, sys, tempfile

folder = tempfile.mkdtemp()
os.umask(0o022)


def at(path):
    return folder + path


def write(args, mode):
    data = args["data"]
    if isinstance(data, str):
        with open(at(args["path"]), mode, newline="") as file:
            return file.write(data)
    with open(at(args["path"]), mode + "b") as file:
        return file.write(bytes(data))


def read(path, mode, **how):
    with open(at(path), mode, **how) as file:
        return file.read()


def describe(path):
    found = os.stat(at(path))
    return "folder" if stat.S_ISDIR(found.st_mode) else [found.st_mode, found.st_size]


def scan(args):
    root = at(args["path"])
    entries = [["", os.path.isdir(root)]]
    os.stat(root)
    for top, folders, files in os.walk(root):
        for name in folders + files:
            whole = os.path.join(top, name)
            entries.append([os.path.relpath(whole, root), os.path.isdir(whole)])
    return sorted(entries, key=lambda entry: entry[0].encode())


def mkdir(args):
    if args["parents"] or args["exist_ok"]:
        pathlib.Path(at(args["path"])).mkdir(parents=args["parents"], exist_ok=args["exist_ok"])
    else:
        os.mkdir(at(args["path"]))


MODES = {"Read": "r", "Write": "w", "Append": "a"}


def opened(args):
    ((mode, binary),) = args["mode"].items()
    open(at(args["path"]), MODES[mode] + ("b" if binary else "")).close()


CALLS = {
    "Exists": lambda path: os.path.exists(at(path)),
    "IsFile": lambda path: os.path.isfile(at(path)),
    "IsDir": lambda path: os.path.isdir(at(path)),
    "IsSymlink": lambda path: os.path.islink(at(path)),
    "ReadText": lambda path: read(path, "r", newline=""),
    "ReadBytes": lambda path: list(read(path, "rb")),
    "Stat": describe,
    "Iterdir": lambda path: sorted((path.rstrip("/") + "/" + name for name in os.listdir(at(path))), key=str.encode),
    "Scan": scan,
    "WriteText": lambda args: write(args, "w"),
    "WriteBytes": lambda args: write(args, "w"),
    "AppendText": lambda args: write(args, "a"),
    "AppendBytes": lambda args: write(args, "a"),
    "Open": opened,
    "Mkdir": mkdir,
    "Unlink": lambda path: os.unlink(at(path)),
    "Rmdir": lambda path: os.rmdir(at(path)),
    "Rename": lambda args: os.rename(at(args["src"]), at(args["dst"])),
}


def answer(call):
    if call == "Clear":
        shutil.rmtree(folder)
        for name in ("", "/tmp", "/home"):
            os.mkdir(at(name))
        return {"ok": None}
    ((name, args),) = call.items()
    try:
        return {"ok": CALLS[name](args)}
    except Exception as error:
        return {"error": [type(error).__name__, str(error).replace(folder, "")]}


try:
    for line in sys.stdin:
        print(json.dumps(answer(json.loads(line))), flush=True)
finally:
    shutil.rmtree(folder)
