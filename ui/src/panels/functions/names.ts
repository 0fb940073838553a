/** What the engine refuses as a name of a function. */
export const KEYWORDS: ReadonlySet<string> = new Set(
  `False None True and as assert async await break class continue def del elif else except finally for from global if import in is lambda
  nonlocal not or pass raise return try while with yield`.split(/\s+/),
);

export const BUILTINS: ReadonlySet<string> = new Set(
  `ArithmeticError AssertionError AttributeError BaseException Exception FileExistsError FileNotFoundError ImportError IndexError
  IsADirectoryError KeyError KeyboardInterrupt LookupError MemoryError ModuleNotFoundError NameError NotADirectoryError NotImplementedError
  OSError OverflowError PermissionError RecursionError RuntimeError StopIteration SyntaxError SystemExit TimeoutError TypeError
  UnboundLocalError UnicodeDecodeError UnicodeEncodeError ValueError ZeroDivisionError abs all any bin bool bytes chr complex dict divmod
  enumerate eval exec filter float format frozenset getattr hasattr hash help hex id int isinstance iter len list locals map max min next
  object oct open ord pow print property range repr reversed round set setattr slice sorted str sum tuple type zip`.split(/\s+/),
);
