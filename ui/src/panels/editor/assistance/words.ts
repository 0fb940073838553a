// What the interpreter knows without an extension: asked of it, name by name.

export const KEYWORDS = `and as assert async await break class continue def del elif else except False finally for from global if
import in is lambda None nonlocal not or pass raise return True try while with yield`.split(/\s+/);

export const BUILTINS = `abs all any bin bool bytes chr complex dict divmod enumerate eval exec filter float format frozenset getattr
hasattr hash hex id int isinstance iter len list locals map max min next object oct open ord pow print property range repr reversed
round set setattr slice sorted str sum tuple type zip`.split(/\s+/);

export const EXCEPTIONS = `ArithmeticError AssertionError AttributeError BaseException Exception FileExistsError FileNotFoundError
ImportError IndexError IsADirectoryError KeyError KeyboardInterrupt LookupError MemoryError ModuleNotFoundError NameError
NotADirectoryError NotImplementedError OSError OverflowError PermissionError RecursionError RuntimeError StopIteration SyntaxError
SystemExit TimeoutError TypeError UnboundLocalError UnicodeDecodeError UnicodeEncodeError ValueError ZeroDivisionError`.split(/\s+/);

export const MODULES = `asyncio base64 binascii bisect collections copy csv dataclasses datetime decimal functools hashlib itertools
json math os pathlib posixpath random re sys time tomllib typing unicodedata`.split(/\s+/);
