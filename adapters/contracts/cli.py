"""`onestop contract COMMAND`: what is done with a contract before there is a connection."""

import sys
from importlib import import_module

# name -> (dotted path of a function(list of arguments) -> exit code, one line of help)
COMMANDS: dict[str, tuple[str, str]] = {
    "bundle": ("adapters.inspection.bundle_cli:main", "close a contract into one file for a connection"),
    "inspect": ("adapters.inspection.cli:main", "list operations, required fields, types and code lists"),
    "sample": ("adapters.samples.cli:main", "print a request and a response that are valid"),
}


def main(argv: list[str]) -> int:
    """Run the command named by the first argument; return its exit code."""
    name = argv[0] if argv else ""
    if name not in COMMANDS:
        print("usage: onestop contract COMMAND [ARGUMENTS]\n")
        for command, (_, line) in sorted(COMMANDS.items()):
            print(f"  {command:<10} {line}")
        return 0 if name in {"", "-h", "--help"} else 2
    module, function = COMMANDS[name][0].split(":")
    result: int = getattr(import_module(module), function)(argv[1:])
    return result


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
