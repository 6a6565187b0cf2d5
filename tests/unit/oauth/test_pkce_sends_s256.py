"""The challenge is that of RFC 7636, and nothing else."""

import string

import pytest
from authlib.oauth2.rfc7636 import create_s256_code_challenge

from carrick.identifiers import new_code_verifier
from carrick.oauth.pkce import code_challenge


def test_the_example_of_rfc_7636_appendix_b():
    verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
    assert code_challenge(verifier) == "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"


def test_authlib_makes_the_same_challenge_from_our_verifiers():
    for _ in range(50):
        verifier = new_code_verifier()
        assert code_challenge(verifier) == create_s256_code_challenge(verifier)


def test_a_challenge_needs_no_escaping_in_a_url():
    allowed = set(string.ascii_letters + string.digits + "-_")
    challenges = {code_challenge(new_code_verifier()) for _ in range(50)}
    assert len(challenges) == 50
    assert all(len(text) == 43 and set(text) <= allowed for text in challenges)


def test_a_verifier_beyond_ascii_is_refused():
    with pytest.raises(ValueError):
        code_challenge("vérificateur" * 5)
