"""Values that travel between layers: frozen, no I/O. Wire names exist only in ``api``."""
