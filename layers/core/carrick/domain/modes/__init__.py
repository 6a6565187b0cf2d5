"""The auth modes: how each makes credentials of what a person supplies, and renews them.

``contract`` says what a mode is, ``registry`` which there are. Everything round it (session,
integration, config, sealing, commit, event, lease) is one path for all of them: a new mode cannot
miss it.
"""
