"""What the author of a provider file is told."""

import pytest

from carrick.catalog.__main__ import main
from carrick.catalog.library import PACKAGED, load
from carrick.errors import CarrickError

HEAD = """
display_name = "Acme"
auth_mode = "OAUTH2"
authorization_url = "https://acme.example/authorize"
token_url = "https://acme.example/token"
"""
FIELD = '\n[connection_config.x]\ntitle = "X"\n'


def token_at(url, field=None):
    """A file with another token endpoint, and the field ``x`` if its further keys are given."""
    text = HEAD.replace("https://acme.example/token", url)
    return text if field is None else text + FIELD + field


def with_field(keys):
    """A file with the field ``x`` and these further keys."""
    return HEAD + FIELD + keys


def with_table(table, mode="API_KEY"):
    """A file of another mode with this table."""
    return f'display_name = "Acme"\nauth_mode = "{mode}"\n\n{table}'


X = "${connectionConfig.x}"
STEP = '[[additional_steps]]\ntoken_url = "https://acme.example/b"\nparams = { a = "%s" }\n'
MISTAKES = {
    "unknown key": (HEAD + "pkse = false\n", "pkse"),
    "no TOML": ("display_name = \n", "line 1"),
    "own name": (HEAD + 'name = "acme"\n', "name"),
    "text for a boolean": (HEAD + 'pkce = "false"\n', "pkce"),
    "unknown mode": (HEAD.replace("OAUTH2", "OAUTH3"), "auth_mode"),
    "no token endpoint": (HEAD.replace("token_url", "refresh_url"), "needs token_url"),
    "http": (token_at("http://acme.example/token"), "token_url"),
    "fragment": (token_at("https://acme.example/token#x"), "fragment"),
    "no host": (token_at("https://acme/token"), "no such host"),
    "address": (token_at("https://192.0.2.1/token"), "no such host"),
    "credentials": (token_at("https://me:pw@acme.example/token"), "no credentials"),
    "placeholder without end": (token_at("https://acme.example/${connectionConfig.x"), "token_url"),
    "unknown namespace": (token_at("https://acme.example/${env.x}"), "token_url"),
    "undeclared": (token_at(f"https://acme.example/{X}"), "connectionConfig.x is not declared"),
    "secret in the URL": (token_at("https://a.example/${credentials.k}"), "cannot stand in a URL"),
    "secret in the query": (
        token_at(f"https://acme.example/t?k={X}", 'format = "slug"\nsecret = true\n'),
        "is a secret and stands in a query",
    ),
    "text in the host": (token_at(f"https://{X}.acme.example/t", ""), "DNS label"),
    "text in the path": (token_at(f"https://acme.example/{X}", ""), "no format for that"),
    "open domain": (token_at(f"https://a.{X}/t", 'format = "subdomain"\n'), "decides the domain"),
    "open host": (token_at(f"https://{X}/t", 'format = "hostname"\n'), "decides the domain"),
    "open URL": (token_at(f"{X}/t", 'format = "url"\n'), "hosts or self_hosted"),
    "reserved parameter": (HEAD + '[authorization_params]\nstate = "x"\n', "params.state"),
    "implicit flow": (HEAD + '[authorization_params]\nresponse_type = "token"\n', "code flow"),
    "undeclared in a parameter": (HEAD + f'[token_params]\na = "{X}"\n', "token_params.a"),
    "port of another format": (
        token_at(f"https://a.example:{X}/t", 'format = "digits"\n'),
        "needs format port",
    ),
    "path inside a host": (
        token_at(f"https://a.{X}/t", 'format = "host_and_path"\nself_hosted = true\n'),
        "must be the whole host",
    ),
    "undeclared in a header": (
        with_table(f'[api]\nheaders = {{ a = "{X}" }}\n'),
        "api.headers.a: connectionConfig.x is not declared",
    ),
    "undeclared in a body": (
        with_table(f'[api]\nbody = {{ a = [{{ b = "{X}" }}] }}\n'),
        "connectionConfig.x is not declared",
    ),
    "installation without a webhook": (HEAD + 'installation = "outbound"\n', "webhook_code_path"),
    "installation that anybody can claim": (
        HEAD + 'installation = "outbound"\nwebhook_code_path = "code"\n'
        'webhook_match = { actor = "actor.id" }\n',
        "webhooks.signature_header",
    ),
    "signature in no header": (
        with_table('[webhooks]\nsignature_header = "x-signature"\n'),
        "is none of headers",
    ),
    "signature without an algorithm": (
        with_table('[webhooks]\nheaders = ["x-s"]\nsignature_header = "x-s"\n'),
        "needs algorithm and encoding",
    ),
    "undeclared credential": (
        with_table('[api]\nquery = { k = "${credentials.apikey}" }\n'),
        "api.query.k: credentials.apikey is not declared",
    ),
    "key of another mode": (
        with_table('[api]\nheaders = { a = "${apiKey}" }\n', "BASIC"),
        "apiKey is not declared",
    ),
    "token where there is none": (
        with_table('[api]\nheaders = { a = "Bearer ${accessToken}" }\n'),
        "accessToken is not declared",
    ),
    "later step": (with_table(STEP % "${step2.x}", "TWO_STEP"), "step2.x is not declared"),
    "step outside a chain": (
        with_table('[api]\nheaders = { a = "${step1.x}" }\n', "TWO_STEP"),
        "step1.x is not declared",
    ),
    "request outside a signature": (
        with_table('[api]\nheaders = { a = "${method}" }\n'),
        "method is not declared",
    ),
    "token that nothing signs": (
        with_table('[token_params]\nassertion = "${token}"\n', "TWO_STEP"),
        "token is not declared",
    ),
    "secret in a path": (
        with_table('[api.verification]\npaths = ["/keys/${apiKey}"]\n'),
        "is a secret and stands in a URL",
    ),
    "refresh token in a path": (
        HEAD + '[deletion]\nurl = "/tokens/${refresh_token}"\n',
        "refresh_token is a secret and stands in a URL",
    ),
    "two ways to end a token": (
        HEAD + 'revocation_url = "https://acme.example/revoke"\n[deletion]\nurl = "/tokens"\n',
        "the revocation endpoint is called already",
    ),
    "deletion of what is not kept": (
        with_table('[deletion]\nurl = "/keys"\n'),
        "nothing is kept of a connection of API_KEY",
    ),
    "unknown level": (HEAD + 'corroboration = "sure"\n', "no such level"),
    "unknown format": (with_field('format = "regex"\n'), "no such format"),
    "pattern": (with_field('pattern = "(a+)+"\n'), "pattern"),
    "enum without values": (with_field('format = "enum"\n'), "enum"),
    "values without enum": (with_field('enum = ["a"]\n'), "enum"),
    "top-level suffix": (with_field('format = "hostname"\nhosts = [".com"]\n'), "hosts"),
    "hosts of a text": (with_field('hosts = [".acme.example"]\n'), "hosts"),
    "default that does not fit": (with_field('format = "digits"\ndefault = "a"\n'), "x.default"),
    "example of a secret": (with_field('secret = true\nexample = "a"\n'), "a secret has none"),
    "field without title": (HEAD + FIELD.replace('"X"', '""'), "connection_config.x.title"),
    "session without login": (
        HEAD + 'quirks = ["opens_session"]\n',
        "opens_session needs one of additional_steps",
    ),
    "consent of no tenant": (
        HEAD + 'quirks = ["admin_consent"]\n',
        "admin_consent needs connection_config.tenantId",
    ),
    "unknown quirk": (HEAD + 'quirks = ["magic"]\n', "nothing implements magic"),
    "iss without issuer": (HEAD + "iss_parameter = true\n", "needs issuer"),
    "unknown base": ('extends = "nothing"\ndisplay_name = "A"\n', "extends"),
    "base that extends": ('extends = "google-mail"\ndisplay_name = "A"\n', "extends another entry"),
    "base outside": ('extends = "../github"\ndisplay_name = "A"\n', "extends"),
    "itself": ('extends = "acme"\ndisplay_name = "A"\n', "extends"),
}


@pytest.mark.parametrize(("text", "told"), MISTAKES.values(), ids=MISTAKES.keys())
def test_mistake_is_named(text, told, overlay, write_provider):
    path = write_provider("acme", text)

    with pytest.raises(CarrickError) as refused:
        load(path, (overlay, PACKAGED))

    assert refused.value.code == "invalid_provider_file"
    assert "acme.toml" in refused.value.message
    assert told in refused.value.message


def test_the_file_that_the_mistakes_are_made_in_is_valid(overlay, write_provider):
    assert load(write_provider("acme", HEAD), (overlay, PACKAGED)).name == "acme"


class TestCommand:
    def test_a_valid_directory_passes(self, overlay, write_provider, capsys):
        write_provider("acme", HEAD)

        assert main([str(overlay)]) == 0
        assert "1 of 1 provider files are valid." in capsys.readouterr().out

    def test_a_mistake_fails_and_is_told(self, write_provider, capsys):
        path = write_provider("acme", HEAD + "pkse = false\n")

        assert main([str(path)]) == 1
        told = capsys.readouterr().out
        assert "acme.toml" in told
        assert "pkse" in told

    def test_a_file_that_does_not_exist_fails(self, overlay, capsys):
        assert main([str(overlay / "none.toml")]) == 1
        assert "none.toml" in capsys.readouterr().out

    def test_the_list_for_people_is_written_on_demand(self, tmp_path, capsys):
        path = tmp_path / "providers.md"

        assert main(["--docs", str(path), "--check"]) == 1
        assert not path.exists()
        assert main(["--docs", str(path)]) == 0
        assert "| `github` | GitHub (User OAuth) |" in path.read_text("utf-8")
        assert "providers.md is written." in capsys.readouterr().out

    def test_the_package_is_checked_and_not_written(self, capsys):
        assert main(["--check"]) == 0
        assert "provider files are valid." in capsys.readouterr().out
