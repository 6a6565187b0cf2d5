"""Any query at the callback gives a code or a named error; no override moves a flow elsewhere."""

from urllib.parse import parse_qsl, urlsplit

from hypothesis import given, settings
from hypothesis import strategies as st

from carrick.errors import FlowError
from carrick.oauth.authorization import (
    PROTECTED_PARAMS,
    AuthorizationRequest,
    build_authorization_url,
    process_authorization_response,
)

CANARY = "canary-secret-0f1e2d3c4b5a69788796a5b4c3d2e1f0"
ISSUER = "https://as.example"

texts = st.text(max_size=40) | st.sampled_from([CANARY, f"see {CANARY}.", "<script>", ISSUER, ""])
names = st.sampled_from(
    ["code", "state", "iss", "error", "error_description", "error_message", "error_uri", "tenant"]
)


@settings(max_examples=200, deadline=None)
@given(
    st.dictionaries(names | st.text(max_size=10), texts, max_size=8),
    st.sampled_from(["code", "tenant", "spapi_oauth_code"]),
    st.none() | st.just(ISSUER),
    st.booleans(),
)
def test_a_code_or_a_named_error(params, code_param, expected_issuer, issuer_required):
    try:
        response = process_authorization_response(
            params,
            code_param=code_param,
            expected_issuer=expected_issuer,
            issuer_required=issuer_required,
        )
    except FlowError as error:
        assert error.code in {"callback_err", "iss_mismatch"}
        assert error.message.isprintable()
        assert len(error.message) <= 300
        assert CANARY[:20] not in f"{error} {error!r} {vars(error)}"
    else:
        assert response.code == params[code_param] != ""
        assert expected_issuer is None or params.get("iss", ISSUER) == ISSUER
        assert not (expected_issuer and issuer_required and "iss" not in params)


protected = st.sampled_from(sorted(PROTECTED_PARAMS)).flatmap(
    lambda name: st.sampled_from(
        [name, name.upper(), name.title(), f" {name}", f"{name}[]", name.replace("_", ".")]
    )
)
keys = protected | st.text(max_size=12) | st.sampled_from(["prompt", "login_hint", "scope"])
renames = st.dictionaries(
    st.sampled_from(["client_id", "redirect_uri", "state", "response_type"]),
    st.sampled_from(["clientKey", "redirectUri", "customField", "responseType"]),
    max_size=4,
).filter(lambda names: len(set(names.values())) == len(names))


@settings(max_examples=200, deadline=None)
@given(
    st.dictionaries(keys, st.text(max_size=20), max_size=6),
    st.dictionaries(keys, st.none() | st.text(max_size=20), max_size=6),
    renames,
    st.lists(st.text(max_size=10), max_size=3).map(tuple),
    st.booleans(),
    st.booleans(),
)
def test_no_override_changes_what_the_flow_sets(
    provider_params, session_params, param_renames, scopes, scope_unencoded, skip_empty
):
    url = build_authorization_url(
        AuthorizationRequest(
            endpoint="https://as.example/authorize?own=1",
            client_id="client",
            redirect_uri="https://carrick.example/cb",
            state="the-state",
            scopes=scopes,
            code_challenge="the-challenge",
            provider_params=provider_params,
            session_params=session_params,
            param_renames=param_renames,
            skip_empty=skip_empty,
            scope_unencoded=scope_unencoded,
        )
    )
    parts = urlsplit(url)
    assert (parts.scheme, parts.netloc, parts.path) == ("https", "as.example", "/authorize")
    assert parts.fragment == ""
    assert url.isascii() and url.isprintable() and " " not in url
    pairs = parse_qsl(parts.query, keep_blank_values=True)
    assert len({name for name, _ in pairs}) == len(pairs)
    expected = {
        "client_id": "client",
        "redirect_uri": "https://carrick.example/cb",
        "state": "the-state",
        "response_type": "code",
        "code_challenge": "the-challenge",
        "code_challenge_method": "S256",
    }
    sent = dict(pairs)
    for name, value in expected.items():
        assert sent[param_renames.get(name, name)] == value
    understood = [as_php_and_aspnet_read(name) for name in sent]
    for name in expected:
        assert understood.count(name) <= 1


def as_php_and_aspnet_read(name: str) -> str:
    return name.lstrip(" ").split("[")[0].replace(".", "_").replace(" ", "_").lower()
