"""The screen of conversations: what its list, its threads and its composer show, read for one person."""
