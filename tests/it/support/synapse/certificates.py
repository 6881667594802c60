"""Writes the certificate of a server at `localhost` and of the authority that issued it into a folder."""

import datetime
import pathlib
import sys

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

folder = pathlib.Path(sys.argv[1])
now = datetime.datetime.now(datetime.timezone.utc)


def name(text):
    return x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, text)])


def certificate(subject, key, is_authority):
    builder = x509.CertificateBuilder(
        issuer_name=name("quoth test authority"),
        subject_name=name(subject),
        public_key=key.public_key(),
        serial_number=x509.random_serial_number(),
        not_valid_before=now - datetime.timedelta(days=1),
        not_valid_after=now + datetime.timedelta(days=30),
    )
    constraints = x509.BasicConstraints(ca=is_authority, path_length=None)
    return builder.add_extension(constraints, critical=True)


authority_key, server_key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
authority = certificate("quoth test authority", authority_key, True)
server = certificate("localhost", server_key, False).add_extension(
    x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False
)
for file, unsigned in [("authority.pem", authority), ("server.pem", server)]:
    signed = unsigned.sign(authority_key, hashes.SHA256())
    (folder / file).write_bytes(signed.public_bytes(serialization.Encoding.PEM))
(folder / "server.key").write_bytes(
    server_key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
)
