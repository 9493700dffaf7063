"""Floor 0: settings, tenancy, feed, durable work, jobs, live, ui parts. No business word lives here."""

VERSION = "0.1.0"
