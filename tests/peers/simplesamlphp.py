"""SimpleSAMLphp as Debian packages it, set up as a foreign e-ID on PHP's own server."""

import shutil
from pathlib import Path

import pytest
from lxml import etree

from identity.saml.markup import NAMES
from tests.identity.saml_idp import CARD, PASSWORD, key_of
from tests.peers.process import Process

HOME = Path("/usr/share/simplesamlphp")
CONFIG = """<?php
$config = [
    'baseurlpath' => '{base}/', 'certdir' => '{home}/cert/', 'loggingdir' => '{home}/log/',
    'datadir' => '{home}/data/', 'tempdir' => '{home}/temp', 'metadatadir' => '{home}/metadata/',
    'timezone' => 'UTC', 'secretsalt' => 'of-a-test', 'auth.adminpassword' => 'not-used-by-anybody',
    'logging.handler' => 'errorlog', 'logging.level' => 4, 'enable.saml20-idp' => true,
    'module.enable' => ['exampleauth' => true, 'core' => true, 'saml' => true],
    'store.type' => 'phpsession', 'session.phpsession.savepath' => '{home}/sessions',
    'session.cookie.secure' => false, 'session.cookie.samesite' => 'Lax',
    'metadata.sources' => [['type' => 'flatfile']],
];
"""
SOURCES = """<?php
$config = ['people' => ['exampleauth:UserPass',
    'kim:by-password' => ['uid' => ['kim'], 'givenName' => ['Kim'], 'context' => ['{password}']],
    'kim-card:by-card' => ['uid' => ['kim'], 'givenName' => ['Kim'], 'context' => ['{card}']],
]];
"""
HOSTED = """<?php
$metadata['{base}/idp'] = [
    'host' => '__DEFAULT__', 'privatekey' => 'idp.key', 'certificate' => 'idp.crt', 'auth' => 'people',
    'signature.algorithm' => 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256',
    'validate.authnrequest' => true, 'saml20.sign.response' => true,
    'NameIDFormat' => 'urn:oasis:names:tc:SAML:2.0:nameid-format:persistent',
    'SingleLogoutServiceBinding' => [{bindings}], 'validate.logout' => true, 'sign.logout' => true,
    'logouttype' => '{logout}',
    'authproc' => [
        10 => ['class' => 'core:PHP',
               'code' => '$state["saml:AuthnContextClassRef"] = $attributes["context"][0];'],
        20 => ['class' => 'saml:PersistentNameID', 'attribute' => 'uid'],
    ],
];
"""
REMOTE = """<?php
$metadata['{entity}'] = [
    'AssertionConsumerService' => '{consumer}', 'certData' => '{certificate}',
    'NameIDFormat' => 'urn:oasis:names:tc:SAML:2.0:nameid-format:persistent',
    'SingleLogoutService' => [{services}], 'assertion.encryption' => {encrypts},
];
"""
WAY = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-{way}"


class SimpleSaml:
    """The e-ID, running. The portal is at 127.0.0.1 and this at `localhost`, which is another site."""

    def __init__(
        self, home: Path, port: int, ways: tuple[str, ...] = ("Redirect",), logout: str = ""
    ) -> None:
        php = shutil.which("php")
        if php is None or not HOME.is_dir():
            pytest.skip("SimpleSAMLphp is not installed (Debian: apt install simplesamlphp php-cli php-xml)")
        self.base, self.home = f"http://localhost:{port}", home
        for folder in ("cert", "log", "data", "temp", "metadata", "sessions"):
            (home / folder).mkdir()
        key, mark, certificate = key_of("simplesamlphp").partition("-----BEGIN CERTIFICATE-----")
        (home / "cert" / "idp.key").write_text(key)
        (home / "cert" / "idp.crt").write_text(mark + certificate)
        self._write("config.php", CONFIG.format(base=self.base, home=home))
        self._write("authsources.php", SOURCES.format(password=PASSWORD, card=CARD))
        self._write("metadata/saml20-idp-hosted.php", self._hosted(ways, logout or "traditional"))
        self._write("metadata/saml20-sp-remote.php", "<?php\n")
        self.process = Process(
            *(php, "-S", f"127.0.0.1:{port}", "-t", str(HOME / "www")), SIMPLESAMLPHP_CONFIG_DIR=str(home)
        )
        self.process.hears("Development Server")

    def _write(self, name: str, text: str) -> None:
        (self.home / name).write_text(text)

    def _hosted(self, ways: tuple[str, ...], logout: str) -> str:
        bindings = ", ".join(f"'{WAY.format(way=way)}'" for way in ways)
        return HOSTED.replace("{base}", self.base).replace("{bindings}", bindings).replace("{logout}", logout)

    @property
    def metadata_url(self) -> str:
        """Where it publishes its metadata."""
        return f"{self.base}/saml2/idp/metadata.php"

    def register(
        self, metadata: bytes, *, ways: tuple[str, ...] = ("Redirect",), encrypts: bool = False
    ) -> None:
        """Register the portal from its published metadata, as that side's administrator does.

        ``ways`` are the bindings by which it is told of people who sign out.
        """
        root = etree.fromstring(metadata)
        consumer = root.find(".//md:AssertionConsumerService", NAMES)
        assert consumer is not None
        certificate = root.findtext(".//ds:X509Certificate", "", NAMES)
        entity, where = root.get("entityID"), consumer.get("Location")
        services = "".join(
            f"['Binding' => '{WAY.format(way=way)}', 'Location' => '{_place(root, way)}'], " for way in ways
        )
        said = {"entity": entity, "consumer": where, "certificate": certificate, "services": services}
        self._write("metadata/saml20-sp-remote.php", REMOTE.format(encrypts=str(encrypts).lower(), **said))


def _place(root: etree._Element, way: str) -> str:
    """Where the portal's metadata says that words about signing out go."""
    known = root.iterfind(".//md:SingleLogoutService", NAMES)
    return next(one.get("Location", "") for one in known if one.get("Binding") == WAY.format(way=way))
