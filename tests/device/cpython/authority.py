"""Certificates made for a test, by OpenSSL's command line; nothing of them outlives the test."""

import subprocess

BROKER = "broker.hymio.test"


def openssl(*arguments):
    subprocess.run(["openssl", *arguments], check=True, capture_output=True, timeout=60)


def der(path):
    """Return a copy of a certificate or key as MicroPython reads it."""
    kind = "pkey" if path.endswith(".key") else "x509"
    openssl(kind, "-in", path, "-outform", "DER", "-out", path + ".der")
    return path + ".der"


class Authority:
    """A certificate authority in a folder; `issue` returns the paths of a certificate and its key."""

    def __init__(self, directory, name="authority"):
        self.directory = directory
        self.certificate = str(directory / f"{name}.pem")
        self.key = str(directory / f"{name}.key")
        elliptic = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-noenc")
        subject = ("-x509", "-subj", f"/CN={name}", "-days", "2")
        openssl("req", *elliptic, *subject, "-keyout", self.key, "-out", self.certificate)
        self.elliptic = elliptic

    def issue(self, name, not_before=None, not_after=None):
        """Sign a certificate for a name; moments are of the form 20200101000000Z."""
        paths = [str(self.directory / f"{name}.{end}") for end in ("pem", "key", "csr", "ext")]
        certificate, key, request, extension = paths
        openssl("req", *self.elliptic, "-subj", f"/CN={name}", "-keyout", key, "-out", request)
        with open(extension, "w", encoding="utf-8") as file:
            file.write(f"subjectAltName=DNS:{name}\n")
        (self.directory / "index.txt").write_text("")
        signed = ("ca", "-batch", "-config", self.config(), "-in", request, "-out", certificate, "-extfile", extension)
        openssl(*signed, "-startdate", not_before or "19990101000000Z", "-enddate", not_after or "20991231000000Z")
        return certificate, key

    def config(self):
        path = self.directory / "ca.conf"
        lines = [
            "[ca]\ndefault_ca=own",
            f"[own]\ndatabase={self.directory}/index.txt\nnew_certs_dir={self.directory}\nrand_serial=yes",
            f"certificate={self.certificate}\nprivate_key={self.key}\ndefault_md=sha256\npolicy=any\nunique_subject=no",
            "[any]\ncommonName=supplied",
        ]
        path.write_text("\n".join(lines) + "\n")
        return str(path)
