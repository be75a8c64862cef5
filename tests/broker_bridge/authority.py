"""A certificate authority that lives for one test: nothing secret is kept in the repository."""

import subprocess
from pathlib import Path

CURVE = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes")


class Authority:
    """Issues certificates for loopback into a folder; `named` returns (certificate, key)."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir()
        self.folder = folder
        self.certificate = folder / "authority.pem"
        self.key = folder / "authority.key"
        self.openssl(
            "req", "-x509", *CURVE, "-keyout", self.key, "-out", self.certificate, "-days", "2", "-subj", "/CN=t"
        )

    def openssl(self, *arguments: object) -> None:
        subprocess.run(["openssl", *map(str, arguments)], check=True, capture_output=True)

    def named(self, common_name: str) -> tuple[Path, Path]:
        request, key = self.folder / f"{common_name}.csr", self.folder / f"{common_name}.key"
        certificate, names = self.folder / f"{common_name}.pem", self.folder / "names"
        names.write_text("subjectAltName=DNS:localhost,IP:127.0.0.1\n")
        self.openssl("req", *CURVE, "-keyout", key, "-out", request, "-subj", f"/CN={common_name}")
        signer = ("-CA", self.certificate, "-CAkey", self.key, "-CAcreateserial", "-days", "2", "-extfile", names)
        self.openssl("x509", "-req", "-in", request, *signer, "-out", certificate)
        return certificate, key
