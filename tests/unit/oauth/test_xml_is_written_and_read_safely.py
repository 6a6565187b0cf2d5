"""XML bodies: no value becomes markup, and no document type is read."""

from xml.etree import ElementTree

import pytest

from carrick.errors import CarrickError
from carrick.oauth.xml_messages import members_of_xml, to_xml

HOSTILE = """</password><admin>1</admin>&"'<![CDATA[x]]>\x00\x1b"""


def test_a_value_stays_a_value():
    body = to_xml({"request": {"login": {"$id": HOSTILE, "password": HOSTILE, "unique": False}}})
    login = ElementTree.fromstring(body).find("login")
    assert login is not None
    shown = HOSTILE.replace("\x00", "").replace("\x1b", "")
    assert (login.get("id"), login.findtext("password")) == (shown, shown)
    assert [child.tag for child in login] == ["password", "unique"]
    assert login.findtext("unique") == "false"


@pytest.mark.parametrize("tree", [{}, {"a": "1", "b": "2"}], ids=["no root", "two roots"])
def test_a_body_has_one_root(tree):
    with pytest.raises(CarrickError):
        to_xml(tree)


def test_an_answer_is_read_by_names():
    body = (
        b'<?xml version="1.0" encoding="UTF-8"?><r xmlns="urn:x" xmlns:y="urn:y">'
        b"<data> <y:id a='1'>s &amp; t</y:id><id2><![CDATA[<x>]]></id2></data><empty/></r>"
    )
    assert members_of_xml(body) == {"r": {"data": {"id": "s & t", "id2": "<x>"}, "empty": ""}}


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"{}", id="JSON"),
        pytest.param(b"<a><b></a>", id="not closed"),
        pytest.param(b'<!DOCTYPE a [<!ENTITY e "x">]><a>&e;</a>', id="an entity"),
        pytest.param(b'<!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>', id="a document type"),
        pytest.param(b"<a>&e;</a>", id="an entity that is not declared"),
        pytest.param(b"<a>" * 2000, id="too deep"),
    ],
)
def test_what_is_no_plain_document_is_not_read(body):
    assert members_of_xml(body) is None
