"""Whose turn it is, among people with weights who come and go. Pure functions.

Worst-case fair weighted queueing (WF2Q+) with leads for packets. Everyone has a place: how far they are ahead of the
common clock, in turns of weight one. The clock is always 0, since every decision takes its advance off everybody:

1. With weights w that sum to W, a decision takes 1/W of a turn off everyone's place; whoever gets the lead has 1/w
   added.
2. Only those who are not ahead (place ≤ 0) may get it; of them, whoever would be the least far ahead afterwards, for
   their weight. Where all are ahead, the clock jumps to the first of them.
3. Who could not take part (away, full) is put at 0 if they were behind: they get no turns for the time they missed. If
   they were ahead they stay so: going away and coming back gains nothing. A newcomer begins at 0.

So nobody who takes part all the time is ever off their share by as much as one turn, whatever the weights: only
choosing who is furthest behind would let somebody with a great weight wait for all the others first.
"""

from collections.abc import Collection, Mapping

Places = dict[int, float]  # how far ahead, by membership

_SAME = 1e-9  # what adding thirds and sevenths may be off by
_DIGITS = 9


def order(places: Mapping[int, float], weights: Mapping[int, int]) -> list[int]:
    """Those of `weights`, whose turn it is first. Empty where there is nobody."""
    first = _clock(places, weights)

    def rank(person: int) -> tuple[bool, float, float, int]:
        place = places.get(person, 0.0) - first
        return place > _SAME, round(place + 1 / weights[person], _DIGITS - 1), place, person

    return sorted(weights, key=rank)


def after(places: Mapping[int, float], weights: Mapping[int, int], chosen: int) -> Places:
    """Everyone's places once `chosen`, one of `weights`, has had a turn; those who take part are `weights`."""
    first = _clock(places, weights)
    step = first + 1 / sum(weights.values())
    moved = {person: places.get(person, 0.0) - step for person in {*places, *weights}}
    moved[chosen] += 1 / weights[chosen]
    return _tidied(moved, weights)


def _clock(places: Mapping[int, float], weights: Mapping[int, int]) -> float:
    """How far the clock jumps where everybody is ahead of it."""
    return max(0.0, min((places.get(person, 0.0) for person in weights), default=0.0))


def _tidied(places: Places, present: Collection[int]) -> Places:
    """Who is absent is not behind; who is absent and at 0 is as a newcomer, and is forgotten."""
    return {
        person: round(place, _DIGITS)
        for person, place in places.items()
        if person in present or place > _SAME
    }
