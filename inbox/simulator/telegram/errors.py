"""Answers of the Bot API that are errors."""

from inbox.simulator.web import Answer, Payload, as_json

WORDS = {
    400: "Bad Request: message is malformed",
    401: "Unauthorized",
    403: "Forbidden: bot was blocked by the user",
    404: "Not Found",
    429: "Too Many Requests: retry after 1",
    500: "Internal Server Error",
}


class BotError(Exception):
    def __init__(self, code: int, words: str = "", **parameters: object) -> None:
        super().__init__(words)
        self.code = code
        self.words = words or WORDS.get(code, f"Error {code}")
        if code == 429 and not parameters:
            parameters = {"retry_after": 1}
        self.parameters = parameters

    def answer(self) -> Answer:
        body: Payload = {"ok": False, "error_code": self.code, "description": self.words}
        if self.parameters:
            body["parameters"] = self.parameters
        return as_json(body, self.code)


def bad(words: str) -> BotError:
    return BotError(400, f"Bad Request: {words}")
