"""TLS with a certificate of the client's own (RFC 8705 §2, mutual TLS)."""

import ssl
import tempfile

from carrick.errors import EgressRefusedError
from carrick.models.http import ClientCertificate


def presenting(certificate: ClientCertificate, trusted: ssl.SSLContext | None) -> ssl.SSLContext:
    """A context for one request that presents this certificate.

    It trusts the system's authorities and those of ``trusted``; it is not shared, so that no other
    request can present the certificate. Raises ``EgressRefusedError`` if it or its key cannot be
    used, without quoting either.
    """
    context = ssl.create_default_context()
    context.set_alpn_protocols(["http/1.1"])
    for authority in trusted.get_ca_certs(binary_form=True) if trusted else ():
        context.load_verify_locations(cadata=authority)
    # OpenSSL reads a certificate chain from a file only. It is one that nobody else may open, and
    # it is gone before anything is sent. The password is there so that nobody is asked for one.
    with tempfile.NamedTemporaryFile("w", encoding="ascii", suffix=".pem") as file:
        try:
            file.write(f"{certificate.certificate}\n{certificate.private_key}\n")
            file.flush()
            context.load_cert_chain(file.name, password="")
        except (ssl.SSLError, ValueError):
            message = "The client certificate or its key cannot be used."
            raise EgressRefusedError(message) from None
    return context
