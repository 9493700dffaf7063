"""Auto-assignment: who gets a conversation that is nobody's, decided once, fairly, and written down with its reasons.

    turns       whose turn it is: pure arithmetic
    reading     one question to the database: the rule, the people, what they hold, who had the lead before
    deciding    the decision with all that it writes, under the workspace's lock
    arriving    at the end of an intake: whoever wrote and is nobody's
    queue       leads that nobody could take, or that are still to be decided: handed out oldest first
    following   events that leave a lead to nobody put it into the queue
    giving_on   from who is away for too long to who is there
    keeping     the ledger's days
    simulating  a rule over the leads of last week
    overview, words, telling    what the screens and the lead's history show of it

An order of locks, always: the lead's placement, then the workspace's assignment. Whoever holds the second asks for
nothing that another could hold, and ends its transaction.
"""
