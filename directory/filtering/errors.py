"""What a filter's text gets wrong, in words."""


class BadFilter(ValueError):
    """`str(error)` is translated and says what to mend; `at` is the place in the text, None where it is nowhere in
    particular."""

    def __init__(self, words: str, at: int | None = None) -> None:
        super().__init__(words)
        self.at = at
