"""Files of messages: fetched at once, since providers' addresses live for minutes; looked at; kept; given out.

looking    what a file is, by its content
storing    in the store, under a name of ours
working    rows of durable work: from the provider to the store
views      to who may see the message
orphans    uploads that were never sent
"""
