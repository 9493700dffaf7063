"""What every test may use."""

pytest_plugins = ["tests.cast_fixtures"]
