"""What really happened in a simulated world: every press, what its visitor saw, and what may excuse a difference."""

from tests.faults.checker import Identity, Truth, content_hash


class Pressing:
    """One press, until the visitor has seen something or the device is dark."""

    def __init__(self, truth, device, button):
        self.truth = truth
        self.button = button
        self.device = device
        self.is_seen = False

    def end(self):
        """Take a press that showed nothing for an interrupted one: it may be stored, and need not be."""
        if not self.is_seen:
            self.truth.account.said.pressed[self.device.device_id] += 1
            self.truth.account.interrupted[self.device.device_id] += 1
        self.truth.current = None


class Witness:
    """Sees what visitors see, and writes it down for the checker."""

    def __init__(self, world):
        self.world = world
        self.account = Truth()
        self.current = None
        self.said = []
        self.refused = 0
        self.out_of_service = []

    def pressing(self, device, button):
        self.current = Pressing(self, device, button)
        return self.current

    def shown(self, event, fields):
        """Note thanks or a refusal."""
        self.current.is_seen = True
        device_id = self.current.device.device_id
        if event == "refused":
            self.refused += 1
        elif fields["seq"] is None:
            self.account.counted[device_id] += 1
        else:
            content = fields["content"]
            self.thanked(Identity(device_id, fields["epoch"], fields["seq"]), content_hash(content), content["at"])

    def thanked(self, identity, hashed, at):
        """Note a promise; of two with one identity the second is kept apart."""
        account = self.account
        account.said.pressed[identity.device_id] += 1
        if identity in account.said.thanked:
            account.contested.append((identity, hashed))
            account.said.pressed[identity.device_id] -= 1
        else:
            account.said.thanked[identity] = hashed
            account.moments[identity] = self.world.true_ms()
            account.values[identity] = self.current.button
            if at is not None:
                account.dated.add(identity)

    @property
    def acknowledged(self):
        """Return how many visitors were thanked."""
        account = self.account
        return len(account.said.thanked) + len(account.contested) + account.counted.total()
