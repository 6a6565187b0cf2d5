// The authorization server of the end-to-end tests: oidc-provider as it comes, made strict.
//
// Reads one line of JSON, {"clients": [{client_id, redirect_uris, access_token_seconds, …}],
// "features", "resources"}, and listens on a free port of 127.0.0.1. Clients may have all metadata
// of RFC 7591, features are those of oidc-provider, and tokens may be for the named resources. Writes
// one line of JSON when it listens, {"issuer"}, and one for each request that it has answered. Ends
// with its standard input.

import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { createInterface } from 'node:readline';

import { errors, Provider } from 'oidc-provider';

// What it says by itself goes where errors go.
console.info = console.log = console.warn = console.error;

const lines = createInterface({ input: process.stdin });
const { clients, features, resources } = JSON.parse((await once(lines, 'line'))[0]);
lines.on('close', () => process.exit(0));

const lifetimes = new Map(clients.map((client) => [client.client_id, client.access_token_seconds]));
const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });

const configuration = {
  clients: clients.map(({ access_token_seconds: _, ...client }) => ({
    grant_types: ['authorization_code', 'refresh_token'],
    id_token_signed_response_alg: 'ES256',
    response_types: ['code'],
    token_endpoint_auth_method: 'client_secret_basic',
    ...client,
  })),
  // What a client that registers itself does not ask for.
  clientDefaults: { id_token_signed_response_alg: 'ES256' },
  clockTolerance: 0,
  claims: { openid: ['sub', 'email'] },
  cookies: { keys: [randomBytes(32).toString('hex')] },
  features: {
    devInteractions: { enabled: true }, // pages to log in with any name, and to consent
    revocation: { enabled: true },
    resourceIndicators: {
      enabled: resources.length > 0,
      getResourceServerInfo: (_, resource) => {
        if (!resources.includes(resource)) throw new errors.InvalidTarget();
        return { scope: 'read offline_access', accessTokenFormat: 'opaque' };
      },
    },
    ...features,
    // A proof without a nonce of this server is refused, with one to use.
    dPoP: { enabled: true, nonceSecret: randomBytes(32), requireNonce: () => true },
  },
  scopes: ['openid', 'offline_access', 'read'],
  findAccount: (_, id) => ({ accountId: id, claims: () => ({ sub: id, email: `${id}@example.com` }) }),
  jwks: { keys: [{ ...privateKey.export({ format: 'jwk' }), use: 'sig', alg: 'ES256' }] },
  pkce: { required: () => true },
  // A refresh token serves once. One that is used again ends the grant with all that came of it.
  rotateRefreshToken: true,
  ttl: {
    AccessToken: (_, token, client) => lifetimes.get(client.clientId) ?? 3_600,
    Grant: 86_400,
    IdToken: 3_600,
    Interaction: 600,
    RefreshToken: 86_400,
    Session: 3_600,
  },
};

const server = createServer();
server.listen(0, '127.0.0.1');
await once(server, 'listening');
const issuer = `http://127.0.0.1:${server.address().port}`;
const provider = new Provider(issuer, configuration);

provider.use(async (ctx, next) => {
  // As some providers do: the window is cut off from the page that opened it.
  if (ctx.query.tenant === 'coop') ctx.set('cross-origin-opener-policy', 'same-origin');
  await next();
  const told = { method: ctx.method, url: ctx.originalUrl, status: ctx.status, referer: ctx.get('referer') };
  if (['/reg', '/request'].includes(ctx.path)) Object.assign(told, { asked: ctx.oidc?.body, answered: ctx.body });
  // What the tests look for in places where it must not be.
  if (ctx.path === '/token') {
    Object.assign(told, { client: ctx.oidc?.client?.clientId, asked: ctx.oidc?.params, answered: ctx.body });
  }
  process.stdout.write(`${JSON.stringify(told)}\n`);
});

server.on('request', provider.callback());
process.stdout.write(`${JSON.stringify({ issuer })}\n`);
