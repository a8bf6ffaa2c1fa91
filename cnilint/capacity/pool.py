"""The warm pool of one node as a state machine: what ipamd does in one pass of its loop, on a simulated clock.

Sources are amazon-vpc-cni-k8s at v1.23.1: I is pkg/ipamd/ipamd.go, D is pkg/ipamd/datastore/data_store.go. Upstream
walks interfaces and prefixes in the random order of Go's maps. This pool is the *compact* one among those it can
become: pods take the first free address of the oldest interface, the youngest pods leave first, and addresses are
given back by the youngest interface first. A node on which pods left at random can hold more.

EC2 always grants what is asked for: a subnet that runs out of addresses is not modelled, nor are the pools that
ENABLE_MULTI_NIC gives to further network cards.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from cnilint.capacity.settings import Model

COOLDOWN: Final = 30.0
"""Seconds until the address of a pod that left is given to another (IP_COOLDOWN_PERIOD)."""
LONG_AGO: Final = -1e9


class Unit:
    """An address or a prefix of an interface."""

    __slots__ = ("cooling", "used")

    def __init__(self, used: int = 0, cooling: tuple[float, ...] = ()) -> None:
        self.used = used
        self.cooling = cooling
        """When addresses of it were given up."""


class Interface:
    """An interface that serves pods."""

    __slots__ = ("born", "fixed", "units", "used")

    def __init__(self, units: list[Unit], born: float, *, fixed: bool = False) -> None:
        self.units = units
        self.born = born
        self.fixed = fixed
        """It is the primary, or a trunk: never dropped."""
        self.used = sum(unit.used for unit in units)
        """Addresses that pods hold."""


class Pool:
    """The state of a node's pool; ``now`` is the simulated time in seconds."""

    def __init__(self, model: Model) -> None:
        """Make the pool of a node that was just started: ipamd has not run yet."""
        self.model = model
        self.now = 0.0
        self.interfaces = [Interface([], LONG_AGO, fixed=True) for _ in range(model.ready)]
        self.units = 0
        self.assigned = 0
        """Addresses that pods hold."""
        self.waiting = 0
        """Pods without an address."""
        self.writes = 0
        """EC2 calls that write."""
        self.served_at = 0.0
        """When a pod last got an address."""
        self.released_at = LONG_AGO
        self.wakes: list[float] = []
        """When something that only time holds back may be due."""

    def copy(self) -> Pool:
        """Return a pool that goes on by itself."""
        other = Pool.__new__(Pool)
        other.__dict__.update(self.__dict__)
        other.interfaces = []
        for item in self.interfaces:
            units = [Unit(unit.used, unit.cooling) for unit in item.units]
            other.interfaces.append(Interface(units, item.born, fixed=item.fixed))
        other.wakes = list(self.wakes)
        return other

    def signature(self) -> tuple[int, tuple[tuple[int, int], ...]]:
        """Return what tells two states apart, times left aside."""
        return self.waiting, tuple((len(item.units), item.used) for item in self.interfaces)

    # What is there

    @property
    def total(self) -> int:
        """Addresses in the pool; those cooling are among them (D:911)."""
        return self.units * self.model.size

    @property
    def available(self) -> int:
        """Addresses that no pod holds."""
        return self.units * self.model.size - self.assigned

    def free_units(self) -> int:
        """Return how many units no pod uses; a prefix with one pod is not free (D:1448)."""
        return sum(not unit.used for item in self.interfaces for unit in item.units)

    def short(self) -> int:
        """Return how many units are missing from WARM_IP_TARGET and MINIMUM_IP_TARGET (I:2198, I:2212)."""
        missing = max(self.model.warm_ip - self.available, self.model.minimum_ip - self.total, 0)
        return -(-missing // self.model.size)

    def over(self) -> int:
        """Return how many units are too many (I:2204, I:2225, I:2659); never any under WARM_ENI_TARGET."""
        model = self.model
        if not model.by_address():
            return max(self.free_units() - model.warm_prefix, 0) if model.by_prefix() else 0
        if not model.by_prefix():
            return max(min(self.available - model.warm_ip, self.total - model.minimum_ip), 0)
        needed = max(-(-(self.assigned + model.warm_ip) // model.size), -(-model.minimum_ip // model.size))
        return max(min(self.units - needed, self.free_units()), 0)

    def low(self) -> bool:
        """Tell whether the pool is too low (I:2623)."""
        model = self.model
        if model.stuck or (model.max_pods is not None and self.total >= model.max_pods):
            return False
        if model.by_address():
            return self.short() > 0
        target = model.warm_prefix * model.size if model.by_prefix() else model.warm_eni * model.each
        return self.available < (target or 1)

    # Pods

    def arrive(self, pods: int = 1) -> None:
        """Let pods arrive: those that find an address get it, the others wait."""
        self.waiting += pods
        self.serve()

    def serve(self) -> None:
        """Give waiting pods the addresses that do not cool (D:1499)."""
        size, edge = self.model.size, self.now - COOLDOWN
        for item in self.interfaces:
            if not self.waiting:
                return
            if item.used == len(item.units) * size:
                continue
            for unit in item.units:
                unit.cooling = tuple(left for left in unit.cooling if left >= edge) if unit.cooling else ()
                taken = min(size - unit.used - len(unit.cooling), self.waiting)
                if taken > 0:
                    unit.used += taken
                    item.used += taken
                    self.assigned += taken
                    self.waiting -= taken
                    self.served_at = self.now

    def leave(self, pods: int = 1) -> None:
        """Let pods leave, the youngest first; their addresses cool."""
        spared = min(pods, self.waiting)
        self.waiting -= spared
        pods -= spared
        for item in reversed(self.interfaces):
            for unit in reversed(item.units if item.used else ()):
                gone = min(unit.used, pods)
                if gone:
                    unit.used -= gone
                    unit.cooling += (self.now,) * gone
                    item.used -= gone
                    self.assigned -= gone
                    pods -= gone
                    self.wakes.append(self.now + COOLDOWN)
                if not pods:
                    return
