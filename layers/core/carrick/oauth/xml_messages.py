"""XML bodies as trees of members: written with every value escaped, read without DTD or entities.

Namespaces are left out of names. Read by expat with document types refused, so that neither
entities nor anything they name is ever expanded (OWASP, "XML External Entity Prevention").
"""

from collections.abc import Mapping
from xml.parsers.expat import ExpatError, ParserCreate
from xml.sax.saxutils import escape, quoteattr

from carrick.errors import CarrickError

Tree = Mapping[str, object]

MAX_DEPTH = 20
_DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>'


def to_xml(tree: Tree) -> bytes:
    """A document. A member is an element, one whose name begins with ``$`` an attribute.

    Raises ``CarrickError`` (``invalid_template``) unless there is exactly one root.
    """
    if len(tree) != 1:
        raise CarrickError("An XML body has one root.", code="invalid_template")
    return (_DECLARATION + _elements(tree)).encode()


def members_of_xml(body: bytes) -> dict[str, object] | None:
    """The elements of a document by name, the last of one name; ``None`` for anything else.

    An element with others inside is an object, any other its text. Attributes are left out.
    """
    parser = ParserCreate(namespace_separator=" ")
    root: dict[str, object] = {}
    stack: list[tuple[str, dict[str, object], list[str]]] = [("", root, [])]

    def start(name: str, _attributes: object) -> None:
        if len(stack) > MAX_DEPTH:
            raise ValueError
        stack.append((name.rpartition(" ")[2], {}, []))

    def end(_name: str) -> None:
        name, members, text = stack.pop()
        stack[-1][1][name] = members or "".join(text).strip()

    def add(text: str) -> None:
        stack[-1][2].append(text)

    def refuse(*_: object) -> None:
        raise ValueError

    parser.StartElementHandler, parser.EndElementHandler = start, end
    parser.CharacterDataHandler = add
    parser.StartDoctypeDeclHandler = refuse
    try:
        parser.Parse(body, True)
    except (ExpatError, ValueError):
        return None
    return root


def _elements(tree: Tree) -> str:
    return "".join(
        _element(name, value) for name, value in tree.items() if not name.startswith("$")
    )


def _element(name: str, value: object) -> str:
    if not isinstance(value, Mapping):
        return f"<{name}>{escape(_text(value))}</{name}>"
    attributes = "".join(
        f" {key[1:]}={quoteattr(_text(text))}" for key, text in value.items() if key.startswith("$")
    )
    return f"<{name}{attributes}>{_elements(value)}</{name}>"


def _text(value: object) -> str:
    text = str(value).lower() if isinstance(value, bool) else str(value)
    # XML 1.0 §2.2 has no way to write the other control characters.
    return "".join(character for character in text if character >= " " or character in "\t\n\r")
