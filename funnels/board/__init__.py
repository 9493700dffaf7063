"""The board as it is read: what one looks at, the cards of its columns, how many there are, how they are shown."""
