"""Which answers are shown by which calls."""

from collections.abc import Callable

from tests.contract.world import Seen, World

Case = Callable[[World], None]

CASES: dict[Seen, Case] = {}


def shows(key: str, status: int, code: str = "") -> Callable[[Case], Case]:
    """Registers calls of which one has this answer. ``code`` is that of an error in JSON."""

    def register(case: Case) -> Case:
        seen = Seen(key, status, code)
        assert seen not in CASES, f"{seen} is shown twice"
        CASES[seen] = case
        return case

    return register
