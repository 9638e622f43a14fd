"""How much work a verdict may take, and that none was reached."""


class NotDecided(Exception):
    """Whether a pattern matches can't be told. `reason` is a sentence for whoever asks."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)


class Steps:
    """The steps that are left for one pattern, and all that were taken so far. A step is about one value looked at.

    What several patterns share is done once, but counts for each of them: so whether a pattern is decided depends on
    nothing but itself and the observations.
    """

    __slots__ = ("_left", "_shared", "most", "taken")

    def __init__(self, most: int) -> None:
        self.most = most
        self.taken = 0
        self._left = most
        self._shared: set[object] = set()

    def begin(self) -> None:
        """Another pattern, with all of its steps."""
        self._left = self.most
        self._shared.clear()

    def take(self, count: int = 1) -> None:
        """Take steps. Raises NotDecided where there are not so many, and takes none."""
        self._count(count)
        self.taken += count

    def share(self, what: object, count: int, *, taken: bool) -> None:
        """Count the steps of what patterns share, once for each pattern. `taken` says that this one took them itself.

        Raises as `take`.
        """
        if what not in self._shared:
            self._shared.add(what)
            if not taken:
                self._count(count)

    def _count(self, count: int) -> None:
        self._left -= count
        if self._left < 0:
            raise NotDecided(f"More than {self.most} steps are needed to tell whether it matches.")
