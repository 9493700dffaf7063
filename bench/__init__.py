"""What the house costs, measured: `bin/bench [NAME…] [--check] [--json FILE]`.

A subject is a module with `measure() -> Iterator[Figure]`; its figures are lines: name, value, unit, budget, the floor
measured in the same run, the ratio to the floor. A budget is either absolute or a multiple of the floor.
"""
