"""TLS that always verifies: by a key that both ends know, or by an authority and the broker's name."""

import binascii
import ssl

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

# Of the suites that MicroPython has without certificates this one costs least. It has no forward secrecy: DECISIONS.md.
PSK_SUITES = ["TLS-PSK-WITH-AES-128-GCM-SHA256"]


def context(tls: "dict[str, str]") -> "Any":
    """Return the client context for the `tls` of the settings; OSError or ValueError when its files are not usable."""
    return psk_context(tls["psk_identity"], tls["psk"]) if "psk" in tls else certificate_context(tls)


def psk_context(identity: str, psk: str) -> "Any":
    """Return a context that talks to nobody but holders of the key; it needs no clock. MicroPython only."""
    import tls  # type: ignore[import-not-found]  # noqa: PLC0415  # CPython has no TLS-PSK before 3.13

    made = tls.SSLContext(tls.PROTOCOL_TLS_CLIENT)
    made.verify_mode = tls.CERT_REQUIRED
    made.set_ciphers(PSK_SUITES)
    made.psk_identity = identity.encode()
    made.psk_key = binascii.unhexlify(psk)
    return made


def certificate_context(tls: "dict[str, str]") -> "Any":
    """Return a context with the device's certificate that takes only the authority's; the name comes on connecting."""
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    made.verify_mode = ssl.CERT_REQUIRED
    made.load_verify_locations(tls["ca"])
    made.load_cert_chain(tls["certificate"], tls["key"])
    return made
