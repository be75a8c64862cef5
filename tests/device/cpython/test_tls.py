"""Real boxes on a real broker over TLS: the right ones are heard, and the wrong ones hear nothing from us."""

import os
import ssl

import pytest

from tests.device.cpython.authority import BROKER, Authority, der
from tests.device.cpython.boxes import MOSQUITTO, Box, Bridge, Broker, missing, until
from tests.device.cpython.listener import Listener
from tests.device.cpython.proxy import Proxy

pytestmark = pytest.mark.skipif(not MOSQUITTO, reason="needs mosquitto")

KEY = {"psk_identity": "box-0001", "psk": "3f1c" * 8}
# What a broker that hangs up looks like: it depends on who writes last.
GONE = ("ECONNRESET", "EPIPE", "closed the connection", "32", "104")
BY_IDENTITY = "use_identity_as_username true\n"


@pytest.fixture
def by_key(tmp_path):
    """A broker with a listener for boxes that know its key."""
    (tmp_path / "psk").write_text(f"{KEY['psk_identity']}:{KEY['psk']}\n")
    yield from serving(tmp_path, f"psk_file {tmp_path}/psk\npsk_hint hymio\n{BY_IDENTITY}")


@pytest.fixture
def authority(tmp_path):
    return Authority(tmp_path)


@pytest.fixture
def by_certificate(tmp_path, authority):
    """A broker with a listener for boxes that its authority knows."""
    yield from serving(tmp_path, certificate_listener(authority, *authority.issue(BROKER)))


def certificate_listener(authority, certificate, key):
    files = f"cafile {authority.certificate}\ncertfile {certificate}\nkeyfile {key}\n"
    return files + "require_certificate true\n" + BY_IDENTITY


def serving(directory, listener):
    broker = Broker(directory, listener)
    bridge = Bridge(broker.port)
    yield broker, bridge
    bridge.stop()
    broker.kill()


def certificate_of(authority, name="box-0001", **more):
    certificate, key = map(der, authority.issue(name))
    ca = der(authority.certificate)
    return {"ca": ca, "certificate": certificate, "key": key, "server_hostname": BROKER} | more


def delivers(tmp_path, broker, bridge, tls):
    """Let a box press, and wait until everything has arrived; return the box's state."""
    box = Box(tmp_path, broker.secure_port, tls=tls)
    until(lambda: any(fields.get("settings") for _, fields in list(bridge.said)), "the settings")
    for button in (1, 2, 3, 4, 5):
        box.press(button)
    until(lambda: box.newest("outbox").get("acked_seq") == 5, "the ack")
    state = box.state()
    box.kill()

    assert not missing(box, bridge)
    return state


def test_a_box_that_knows_the_key_delivers_and_learns_the_time(tmp_path, by_key):
    state = delivers(tmp_path, *by_key, KEY)

    assert state["clock_at"] > 1700000000


def test_a_box_with_its_certificate_delivers_and_learns_the_time(tmp_path, by_certificate, authority):
    state = delivers(tmp_path, *by_certificate, certificate_of(authority))

    assert state["clock_at"] > 1700000000


def refusal(box, reasons):
    said = box.newest("link")
    return said.get("state") == "offline" and any(expected in said["reason"] for expected in reasons)


def is_refused(box, bridge, *reasons):
    """Tell whether a box, however often it tries, says nothing for one of the reasons and keeps its presses."""
    said = len(bridge.said)
    for button in (3, 4):
        box.press(button)
    for _ in range(3):  # on a slow machine one attempt may run into its deadline instead
        box.events.clear()
        until(lambda: refusal(box, reasons), f"a refusal by {' or '.join(reasons)}", timeout_s=120)
    state = box.state()
    box.kill()

    assert (state["next_seq"], state["acked_seq"], state["clock_at"]) == (3, 0, None)
    assert len(bridge.said) == said
    return True


@pytest.fixture
def surveyed(tmp_path):
    """A folder whose box was once told its survey, in the clear on loopback."""
    broker = Broker(tmp_path)
    bridge = Bridge(broker.port)
    box = Box(tmp_path, broker.port)
    until(lambda: any(fields.get("settings") for _, fields in list(bridge.said)), "the settings")
    box.kill()
    bridge.stop()
    broker.kill()
    return tmp_path


def test_a_wrong_key_is_refused(surveyed, by_key):
    broker, bridge = by_key
    box = Box(surveyed, broker.secure_port, tls=KEY | {"psk": "00" * 16})

    assert is_refused(box, bridge, "FATAL_ALERT")


def test_a_key_nobody_knows_is_refused(surveyed, by_key):
    broker, bridge = by_key
    box = Box(surveyed, broker.secure_port, device_id="box-0002", tls=KEY | {"psk_identity": "box-0002"})

    assert is_refused(box, bridge, "FATAL_ALERT")


def test_a_box_with_a_key_says_nothing_to_a_broker_that_has_only_a_certificate(surveyed, by_certificate):
    broker, bridge = by_certificate
    box = Box(surveyed, broker.secure_port, tls=KEY)

    assert is_refused(box, bridge, "FATAL_ALERT")


def test_plain_text_to_a_tls_port_is_refused(surveyed, by_key):
    broker, bridge = by_key
    box = Box(surveyed, broker.secure_port)

    assert is_refused(box, bridge, *GONE)


def test_tls_to_a_plain_port_is_refused(surveyed, by_key):
    broker, bridge = by_key
    box = Box(surveyed, broker.port, tls=KEY)

    assert is_refused(box, bridge, *GONE)


def test_a_broker_of_another_authority_is_refused(surveyed, by_certificate, authority):
    broker, bridge = by_certificate
    rogue = Authority(surveyed, "rogue")
    box = Box(surveyed, broker.secure_port, tls=certificate_of(authority, ca=der(rogue.certificate)))

    assert is_refused(box, bridge, "not correctly signed by the trusted CA")


def test_a_broker_of_another_name_is_refused(surveyed, by_certificate, authority):
    broker, bridge = by_certificate
    box = Box(surveyed, broker.secure_port, tls=certificate_of(authority, server_hostname="elsewhere.hymio.test"))

    assert is_refused(box, bridge, "does not match with the expected CN")


def test_a_box_of_another_authority_is_refused(surveyed, by_certificate, authority):
    broker, bridge = by_certificate
    certificate, key = map(der, Authority(surveyed, "rogue").issue("box-0001"))
    box = Box(surveyed, broker.secure_port, tls=certificate_of(authority, "other", certificate=certificate, key=key))

    assert is_refused(box, bridge, "FATAL_ALERT", *GONE)


def test_tls_cut_after_any_number_of_bytes_delivers_everything_once(surveyed, by_key):
    broker, bridge = by_key
    proxy = Proxy(broker.secure_port)
    box = Box(surveyed, proxy.port, tls=KEY)
    until(lambda: box.newest("link").get("state") == "answered", "the link")
    for cut_after in range(1, 2400, 61):
        before = proxy.connections
        proxy.cut_after = cut_after
        box.press(1 + cut_after % 5)
        proxy.drop()
        until(lambda before=before: proxy.connections > before, f"a connection after byte {cut_after}")
    open_files = len(os.listdir(f"/proc/{box.process.pid}/fd"))
    proxy.cut_after = 0
    until(lambda: not missing(box, bridge), "every thanked press")
    box.kill()
    proxy.stop()

    assert len(bridge.stored) == len(box.logged("thanked")) >= 40
    assert not bridge.conflicts
    assert open_files < 12


def test_a_stranger_between_box_and_broker_reads_nothing(surveyed, authority):
    rogue = Authority(surveyed, "rogue")
    stranger = Stranger(*rogue.issue(BROKER))
    box = Box(surveyed, stranger.port, tls=certificate_of(authority))
    until(lambda: len(stranger.read) >= 3, "three attempts")
    box.kill()
    stranger.stop()

    assert set(stranger.read) == {b""}


class Stranger(Listener):
    """Takes every connection with a certificate of its own, and notes what it can read."""

    def __init__(self, certificate, key):
        self.read = []
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(certificate, key)
        super().__init__()

    def meet(self, box):
        try:
            self.read.append(self.context.wrap_socket(box, server_side=True).recv(4096))
        except OSError:
            self.read.append(b"")


@pytest.mark.parametrize("validity", [{"not_after": "20200101000000Z"}, {"not_before": "20980101000000Z"}])
def test_a_broker_whose_certificate_is_not_valid_now_is_refused(surveyed, authority, validity):
    for broker, bridge in serving(surveyed, certificate_listener(authority, *authority.issue(BROKER, **validity))):
        box = Box(surveyed, broker.secure_port, tls=certificate_of(authority))

        assert is_refused(box, bridge, "validity")


def test_files_that_are_missing_keep_the_box_offline_and_counting(surveyed, by_certificate, authority):
    broker, bridge = by_certificate
    box = Box(surveyed, broker.secure_port, tls=certificate_of(authority, key="/nowhere.key"))

    assert is_refused(box, bridge, "ENOENT")
