"""The catalog of providers: data files, their schema, and what reads them.

``library`` finds entries, ``schema`` says what they hold, ``inputs`` checks what people supply
against them, ``endpoints`` and ``interpolation`` put it into URLs and parameters, ``public`` shows
an entry under Nango's names, ``lint`` and ``index`` are for whoever writes one.
``python -m carrick.catalog`` checks all files and writes the index.
"""

from carrick.catalog.library import Catalog

__all__ = ["Catalog"]
