"""What ipamd does to a pool: node init and one pass of its loop.

Sources as in ``pool.py``: I is pkg/ipamd/ipamd.go, D is pkg/ipamd/datastore/data_store.go at v1.23.1.
"""

from __future__ import annotations

from typing import Final

from cnilint.capacity.pool import COOLDOWN, Interface, Pool, Unit

# Seconds.
ATTACH: Final = 5.0
"""What attaching an interface is taken to last; upstream's documents say up to 10."""
RELEASE_GATE: Final = 30.0
"""Between two passes that give addresses back (decreaseIPPoolInterval, I:64)."""
LIFETIME: Final = 60.0
"""The least age of an interface that is dropped (minENILifeTime, D:38)."""
DROP_WRITES: Final = 2
"""DetachNetworkInterface and DeleteNetworkInterface."""


def init(pool: Pool) -> None:
    """Do what node init does (I:458, handlePreScaling at I:674)."""
    model = pool.model
    pool.writes += model.start_writes
    if model.prescales:
        if pool.low():
            increase(pool)
    elif model.by_prefix() or not model.stuck:
        # Before v1.13.0: addresses for the first interface and nothing else, whether the pool is low or not. v1.5
        # leaves that to its loop; it comes to the same but for WARM_ENI_TARGET=0.
        top_up(pool)


def reconcile(pool: Pool) -> tuple[bool, bool]:
    """Do one pass (updateIPPoolIfRequired, I:796); return whether the pool grew and whether it shrank."""
    grew = shrank = False
    if pool.waiting:
        pool.serve()
    extra = _extra(pool)
    if pool.low():
        grew = increase(pool)
    elif pool.now - pool.released_at > RELEASE_GATE and (over := pool.over()):
        _release(pool, over)
        shrank = True
    if extra:
        shrank = _drop(pool) or shrank
    return grew, shrank


def increase(pool: Pool) -> bool:
    """Take one step up (I:968): addresses for an interface with room, else one more interface."""
    return top_up(pool) or _attach(pool)


def top_up(pool: Pool) -> bool:
    """Ask for addresses for the first interface with room, and tell whether there was one (I:1115)."""
    model = pool.model
    wanted = _wanted(pool)
    item = next((item for item in pool.interfaces if len(item.units) < model.each), None)
    if item is None or not wanted:
        return False
    room = model.each - len(item.units)
    _add(pool, item, room if model.fills else min(room, wanted))
    pool.writes += 1
    pool.serve()
    return True


def _attach(pool: Pool) -> bool:
    """Attach an interface with the units that are missing, and tell whether there was a slot (I:1050)."""
    wanted = min(_wanted(pool), pool.model.each)
    if len(pool.interfaces) >= pool.model.usable or not wanted:
        return False
    pool.now += ATTACH
    pool.writes += pool.model.attach_writes
    item = Interface([], pool.now)
    pool.interfaces.append(item)
    _add(pool, item, wanted)
    pool.wakes.append(pool.now + LIFETIME)
    pool.serve()
    return True


def _wanted(pool: Pool) -> int:
    """Return how many units a step asks for (I:1122, I:2551, I:2714)."""
    model = pool.model
    if model.by_address():
        return max(pool.short(), 1) if model.by_prefix() else pool.short()
    if model.by_prefix():
        return max(model.warm_prefix - pool.free_units(), 1)
    return model.each


def _add(pool: Pool, item: Interface, units: int) -> None:
    item.units.extend(Unit() for _ in range(units))
    pool.units += units


def _release(pool: Pool, over: int) -> None:
    """Give back up to ``over`` units that no pod uses (I:892), a call for each interface that has such.

    It is not asked whether they cool (D:1562); of an interface those that do are given back first.
    """
    for item in reversed(pool.interfaces):
        free = [unit for unit in item.units if not unit.used]
        gone = min(over, len(free))
        if not gone:
            continue
        free.sort(key=lambda unit: len(unit.cooling))
        item.units = [*(unit for unit in item.units if unit.used), *free[: len(free) - gone]]
        pool.units -= gone
        pool.writes += 1
        if not pool.model.floods:
            over -= gone
    pool.released_at = pool.now
    pool.wakes.append(pool.now + RELEASE_GATE)


def _extra(pool: Pool) -> bool:
    """Tell whether it is tried to drop an interface (shouldRemoveExtraENIs, I:1488)."""
    model = pool.model
    if model.by_address():
        return True
    warm = model.warm_prefix if model.by_prefix() else model.warm_eni
    if pool.available >= (warm + 1) * model.each * model.size:
        return True
    return model.by_prefix() and any(not item.used and not item.fixed for item in pool.interfaces)


def _drop(pool: Pool) -> bool:
    """Drop the youngest interface that can go, and tell whether there was one (D:1042)."""
    for item in reversed(pool.interfaces):
        if not item.fixed and not item.used and _rested(pool, item) and not _needed(pool, item):
            pool.interfaces.remove(item)
            pool.units -= len(item.units)
            pool.writes += DROP_WRITES
            return True
    return False


def _rested(pool: Pool, item: Interface) -> bool:
    """Tell whether an interface is old enough to go and none of its addresses cools (D:1096, D:1101)."""
    edge = pool.now - COOLDOWN
    return pool.now - item.born >= LIFETIME and not any(left >= edge for unit in item.units for left in unit.cooling)


def _needed(pool: Pool, item: Interface) -> bool:
    """Tell whether the targets would be missed without an interface that no pod uses (D:974, D:999, D:1024)."""
    model, size = pool.model, pool.model.size
    others = (pool.units - len(item.units)) * size
    if others - pool.assigned < -(-model.warm_ip // size) * size or others < -(-model.minimum_ip // size) * size:
        return True
    return model.by_prefix() and pool.free_units() - len(item.units) < model.warm_prefix
