"""Acts on many leads at once: the chosen, or all that match. How, and what holds: docs/bulk.md.

acts.py      the registry: what can be done to many, each kind with its form, its words, its SQL and its way back
batch.py     a thousand leads under lock: what was changed, what was refused and why
running.py   the batches one after the other, at once or as a job; and back
telling.py   who is told: one summary each
words.py     how it went, in words
kinds/       the acts of this floor
"""
