"""Carrick, an OAuth connection broker. This package holds all of its logic.

Imports go one way::

    functions/<name>/app.py -> edge -> domain -> oauth | catalog | models               (pure)
                                              -> store | crypto | queues | transport    (effects)

``wiring`` builds the effects; only ``functions/`` and ``local/`` import it. Everybody may import
``errors``, ``clock``, ``identifiers`` and ``observability``. ``tests/unit/test_imports.py`` holds
this.
"""
