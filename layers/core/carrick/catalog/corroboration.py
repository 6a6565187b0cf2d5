"""How far the facts of an entry are corroborated, and by which public catalogs of providers.

An entry that states no level was written from the vendor's page that its ``docs`` name; any other
was compared with the catalogs below. Only its endpoints were: what else it states comes from one
of its sources. Neither says that an endpoint is live.
"""

from collections.abc import Mapping
from types import MappingProxyType

LEVELS: Mapping[str, str] = MappingProxyType(
    {
        "strong": "Three independent catalogs or more state every endpoint.",
        "confirmed": "Two independent catalogs state every endpoint.",
        "weak": "Another catalog states every endpoint, but is known to draw on the first.",
        "partial": "Another catalog states one of the endpoints, or the host of the API.",
        "path_only": "Another catalog states the same path; the host is the customer's.",
        "code_search": "No other catalog has it; the token endpoint occurs in public code.",
        "api_only": "Another catalog states the API's host, and no endpoint.",
        "conflict": "Another catalog lists the provider with other endpoints.",
        "none": "One catalog only.",
    }
)
"""The levels, from the most to the least. Without endpoints, the API's host and where its
credential goes count instead."""

CATALOGS: Mapping[str, str] = MappingProxyType(
    {
        "activepieces": "alan-eu/activepieces",
        "airbyte": "airbytehq/airbyte-platform",
        "airweave": "airweave-ai/airweave",
        "allauth": "pennersr/django-allauth",
        "ampersand": "amp-labs/connectors",
        "appwrite": "appwrite/appwrite",
        "aspnet-contrib": "aspnet-contrib/AspNet.Security.OAuth.Providers",
        "assent": "pow-auth/assent",
        "authjs": "nextauthjs/next-auth",
        "automatisch": "automatisch/automatisch",
        "bell": "hapijs/bell",
        "better-auth": "better-auth/better-auth",
        "casdoor": "casdoor/casdoor",
        "chillerlan": "chillerlan/php-oauth",
        "fastapi-sso": "tomasvotava/fastapi-sso",
        "fastify-oauth2": "fastify/fastify-oauth2",
        "flask-dance": "singingwolfboy/flask-dance",
        "golang-x-oauth2": "golang/oauth2",
        "goth": "markbates/goth",
        "grant": "simov/grant",
        "hasura-auth": "nhost/hasura-auth",
        "hello.js": "MrSwitch/hello.js",
        "httpx-oauth": "frankie567/httpx-oauth",
        "hwi-oauth": "hwi/HWIOAuthBundle",
        "hybridauth": "hybridauth/hybridauth",
        "kratos": "ory/kratos",
        "laravel-socialite": "laravel/socialite",
        "league-oauth1": "thephpleague/oauth1-client",
        "loginpass": "authlib/loginpass",
        "logto": "logto-io/logto",
        "metorial": "metorial/metorial",
        "n8n": "netroy/n8n",
        "nango": "NangoHQ/nango",
        "nuxt-auth-utils": "atinux/nuxt-auth-utils",
        "oauthd": "oauth-io/oauthd",
        "omniauth": "repositories of single strategies",
        "openiddict": "openiddict/openiddict-core",
        "openint": "openintegrations/openint",
        "panora": "panoratech/Panora",
        "phpoauthlib": "daviddesberg/PHPoAuthLib",
        "pocketbase": "pocketbase/pocketbase",
        "power-platform": "microsoft/PowerPlatformConnectors",
        "public-code": "other public source files",
        "rclone": "rclone/rclone",
        "scribejava": "scribejava/scribejava",
        "sim": "simstudioai/sim",
        "social-core": "python-social-auth/social-core",
        "socialite-providers": "SocialiteProviders/Providers",
        "supabase-auth": "supabase/auth",
        "superface": "superfaceai/station",
        "superglue": "superglue-ai/superglue",
        "supertokens": "supertokens/supertokens-node",
        "windmill": "windmill-labs/windmill",
    }
)
"""What ``sources`` may name, and the repository that it was read from."""
