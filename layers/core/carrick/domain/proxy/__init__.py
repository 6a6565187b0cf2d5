"""Requests to a provider's API through Carrick, with a connection's credentials (contract §11).

``instructions`` reads what the caller asks, ``target`` says where the request goes, ``redirects``
whether an answer sends it elsewhere, ``retries`` whether it is worth another try, ``exchange`` does
all of it.
"""
