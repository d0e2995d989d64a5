"""`onestop contract bundle SOURCE FILE`: close a contract into one file that a connection holds."""

import argparse
import sys
from pathlib import Path

from adapters.contracts import bundle, openapi, openapi_bundle
from adapters.contracts.access import Access, Source, is_address
from adapters.contracts.fetch import fetcher
from adapters.contracts.violation import ContractUnreadable
from adapters.contracts.wsdl import Wsdl
from adapters.samples.source import SoapSource, XmlSource, read
from adapters.xsd.components import NotCompiled

_ENDINGS = f"{bundle.ENDING} (WSDL, XSD) or {openapi_bundle.ENDING}"


def main(argv: list[str]) -> int:
    """Run the command; 2 where the contract cannot be read or needs no bundle."""
    options = _parser().parse_args(argv)
    is_rest = options.file.name.endswith(openapi_bundle.ENDING)
    if not bundle.is_bundle(options.file) and not is_rest:
        print(f"refused: the name of a bundle ends in {_ENDINGS}", file=sys.stderr)
        return 2
    try:
        if is_rest:
            return _rest(options)
        source = read(options.source, options.root, fetch=options.fetch, allow_private=options.allow_private)
        if isinstance(source, SoapSource):
            bundle.write(options.file, source.wsdl)
        elif isinstance(source, XmlSource):
            bundle.write(options.file, Wsdl(source.xml.schemas, {}, ""), source.elements)
        else:
            print(
                f"refused: no WSDL or XSD; an OpenAPI bundle ends in {openapi_bundle.ENDING}", file=sys.stderr
            )
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


def _rest(options: argparse.Namespace) -> int:
    """Close an OpenAPI contract; raises ContractUnreadable, also where what was written cannot be read."""
    path = Path(options.source)
    if is_address(options.source):
        fetching = fetcher(options.source, allow_private=options.allow_private) if options.fetch else None
        access = Access(options.root or Path.cwd(), fetching)
        source = Source(options.source, options.source, is_remote=True)
    else:
        access = Access(options.root or path.parent, fetcher(allow_private=False) if options.fetch else None)
        source = access.file(path)
    count = openapi_bundle.write(options.file, source, access)
    operations = openapi.read(options.file)
    print(f"{options.file}: {len(operations)} operations or messages, {count} files closed into one")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="onestop contract bundle", description=__doc__)
    parser.add_argument("source", help="a WSDL, XSD or OpenAPI document; with --fetch an address")
    parser.add_argument("file", type=Path, help=f"what is written; its name ends in {_ENDINGS}")
    parser.add_argument("--root", type=Path, help="the folder that holds all files of the contract")
    parser.add_argument("--fetch", action="store_true", help="read what the contract refers to on the web")
    parser.add_argument(
        "--allow-private", action="store_true", help="with --fetch: SOURCE may be on a private network"
    )
    return parser
