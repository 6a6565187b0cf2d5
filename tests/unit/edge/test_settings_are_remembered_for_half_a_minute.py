from carrick.edge import remembered


class Scene:
    """A look-up that counts, under a clock that the test moves."""

    def __init__(self) -> None:
        self.time = 0.0
        self.values: dict[str, str] = {"a": "1"}
        self.asked: list[str] = []
        self.look_up = remembered.remembered(self._look_up, now=lambda: self.time)

    def _look_up(self, key: str) -> str | None:
        self.asked.append(key)
        return self.values.get(key)


def test_what_was_found_is_not_asked_for_again() -> None:
    scene = Scene()
    assert scene.look_up("a") == scene.look_up("a") == "1"
    scene.values["a"] = "2"
    scene.time = remembered.SECONDS - 0.1
    assert scene.look_up("a") == "1"
    assert scene.asked == ["a"]


def test_a_change_holds_after_half_a_minute() -> None:
    scene = Scene()
    scene.look_up("a")
    scene.values["a"] = "2"
    scene.time = remembered.SECONDS
    assert scene.look_up("a") == "2"


def test_what_was_not_found_is_asked_for_each_time() -> None:
    scene = Scene()
    assert scene.look_up("b") is None
    scene.values["b"] = "3"
    assert scene.look_up("b") == "3"


def test_only_so_much_is_remembered() -> None:
    scene = Scene()
    scene.values = {str(n): "x" for n in range(remembered.MOST + 1)}
    for key in scene.values:
        scene.look_up(key)
    scene.look_up("0")
    assert scene.asked.count("0") == 2
