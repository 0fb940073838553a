# title: Key-value store
# group: Host functions
# about: Values that outlive the program.
# pattern: What a program keeps lies with its host. `storage_set` takes anything that JSON has, and `storage_get` finds it again in the next run and after the next launch.
# tags: storage
# try: Run the program twice: the second run finds what the first one kept.
# try: Close the window, open it again, and run once more.
# try: Replace `storage_delete` by `storage_clear` to forget everything, also what other programs keep.

# None where there is no such key, so `or` gives a beginning.
visits = storage_get("store:visits") or 0
storage_set("store:visits", visits + 1)
print("visits before this one:", visits)

# Lists and dicts are kept as they are; there is no need to make text of them.
storage_set("store:profile", {"name": "Ada", "langs": ["Python", "Analytical Engine"]})
profile = storage_get("store:profile")
print(profile["name"], "speaks", " and ".join(profile["langs"]))

# Keys are in alphabetical order. A prefix of its own keeps a program out of the way of others.
mine = [key for key in storage_list() if key.startswith("store:")]
print("keys:", mine)

# True if there was something to forget.
print("forgotten:", storage_delete("store:profile"), storage_delete("store:profile"))
(storage_has("store:visits"), storage_has("store:profile"))
