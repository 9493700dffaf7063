"""The directory: the page of all leads that one sees, and the places in it that other parts plug into."""
