"""What the directory itself filters by."""

from directory.filtering import fields, people, places, talks


def register() -> None:
    for field in (*places.fields(), *people.fields(), *talks.fields()):
        fields.register(field)
