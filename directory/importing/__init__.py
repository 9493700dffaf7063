"""Leads from a file: read it, choose what its columns are, try, import, take it back. See `docs/import.md`.

storing    the upload, checked and kept                reading    its rows, one at a time, whatever the format
guessing   what the columns seem to be                 planning   what was chosen, and what words in cells mean
drafting   a row as it is understood, or its problems  deciding   what it does to whom, one after the other
writing    a batch's effects, in a few statements      working    the jobs      taking_back    undo
"""
