"""`onestop contract bundle SOURCE FILE`: close a WSDL or XSD into one file that a connection holds."""

import argparse
import sys
from pathlib import Path

from adapters.contracts import bundle
from adapters.contracts.violation import ContractUnreadable
from adapters.contracts.wsdl import Wsdl
from adapters.samples.source import SoapSource, XmlSource, read
from adapters.xsd.components import NotCompiled


def main(argv: list[str]) -> int:
    """Run the command; 2 where the contract cannot be read or needs no bundle."""
    options = _parser().parse_args(argv)
    if not bundle.is_bundle(options.file):
        print(f"refused: the name of a bundle ends in {bundle.ENDING}", file=sys.stderr)
        return 2
    try:
        source = read(options.source, options.root, fetch=options.fetch, allow_private=options.allow_private)
        if isinstance(source, SoapSource):
            bundle.write(options.file, source.wsdl)
        elif isinstance(source, XmlSource):
            bundle.write(options.file, Wsdl(source.xml.schemas, {}, ""), source.elements)
        else:
            print("refused: such a contract is read as it is; only WSDL and XSD are bundled", file=sys.stderr)
            return 2
        found = bundle.read(options.file)
    except (ContractUnreadable, NotCompiled) as error:
        print(f"refused: {error}", file=sys.stderr)
        return 2
    except OSError as error:
        print(f"refused: {options.file} cannot be written: {error.strerror}", file=sys.stderr)
        return 2
    count = len(found.wsdl.operations) or len(found.elements)
    print(f"{options.file}: {count} operations or messages, {len(found.sources)} files closed into one")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="onestop contract bundle", description=__doc__)
    parser.add_argument("source", help="a WSDL or XSD; with --fetch an address")
    parser.add_argument("file", type=Path, help=f"what is written; its name ends in {bundle.ENDING}")
    parser.add_argument("--root", type=Path, help="the folder that holds all files of the contract")
    parser.add_argument("--fetch", action="store_true", help="read what the contract refers to on the web")
    parser.add_argument(
        "--allow-private", action="store_true", help="with --fetch: SOURCE may be on a private network"
    )
    return parser
