// A foreign client of the embedded e-ID: npm openid-client, as an integrator would use it.
//
// `node client.mjs FLOW CONFIG` where CONFIG is JSON: issuer, clientId, secret or key (a private JWK), and what a
// flow needs. A line `OPEN url` asks for a person; the address they come back to is read from standard input.
// The last line is `DONE json` with what the client believes. Errors end it with the library's own words.
import { createInterface } from "node:readline/promises";
import * as client from "openid-client";

const [flow, text] = process.argv.slice(2);
const asked = JSON.parse(text);
const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]();
const plain = { execute: [client.allowInsecureRequests] };

async function proof() {
  if (asked.key) {
    const { alg, kid, ...jwk } = asked.key;
    const key = await crypto.subtle.importKey("jwk", jwk, { name: "ECDSA", namedCurve: "P-256" }, false, ["sign"]);
    return client.PrivateKeyJwt({ key, kid });
  }
  return asked.secret ? client.ClientSecretBasic(asked.secret) : client.None();
}

async function goTo(url) {
  console.log(`OPEN ${url.href}`);
  return new URL((await lines.next()).value);
}

async function signIn(config, { pushed = false, dpop, more = {} } = {}) {
  const verifier = client.randomPKCECodeVerifier();
  const checks = { expectedState: client.randomState(), expectedNonce: client.randomNonce(), pkceCodeVerifier: verifier };
  const parameters = {
    redirect_uri: asked.redirectUri,
    scope: asked.scope ?? "openid profile",
    code_challenge: await client.calculatePKCECodeChallenge(verifier),
    code_challenge_method: "S256",
    state: checks.expectedState,
    nonce: checks.expectedNonce,
    ...(asked.acr ? { acr_values: asked.acr } : {}),
    ...more,
  };
  const url = pushed
    ? await client.buildAuthorizationUrlWithPAR(config, parameters, dpop ? { DPoP: dpop } : undefined)
    : client.buildAuthorizationUrl(config, parameters);
  const back = await goTo(url);
  return client.authorizationCodeGrant(config, back, { ...checks, idTokenExpected: true }, undefined, dpop ? { DPoP: dpop } : undefined);
}

function told(tokens) {
  const { access_token, refresh_token, id_token, token_type } = tokens;
  return { token_type, access_token, refresh_token, id_token, claims: tokens.claims() };
}

const FLOWS = {
  async code(config) {
    const tokens = await signIn(config);
    return { ...told(tokens), person: await client.fetchUserInfo(config, tokens.access_token, tokens.claims().sub) };
  },

  async par(config) {
    return told(await signIn(config, { pushed: true }));
  },

  async dpop(config) {
    const nonces = [];
    config[client.customFetch] = async (...call) => {
      const answer = await fetch(...call);
      nonces.push([new URL(call[0]).pathname, answer.status, Boolean(answer.headers.get("dpop-nonce"))]);
      return answer;
    };
    const dpop = client.getDPoPHandle(config, await client.randomDPoPKeyPair("ES256"));
    const tokens = await signIn(config, { pushed: true, dpop });
    const person = await client.fetchUserInfo(config, tokens.access_token, tokens.claims().sub, { DPoP: dpop });
    const again = await client.refreshTokenGrant(config, tokens.refresh_token, undefined, { DPoP: dpop });
    return { ...told(tokens), person, again: told(again), nonces };
  },

  async refresh(config) {
    const tokens = await signIn(config);
    const again = await client.refreshTokenGrant(config, tokens.refresh_token);
    const replayed = await client.refreshTokenGrant(config, tokens.refresh_token).catch((error) => error.error);
    const after = await client.refreshTokenGrant(config, again.refresh_token).catch((error) => error.error);
    return { ...told(tokens), again: told(again), replayed, after };
  },

  async device(config) {
    const begun = await client.initiateDeviceAuthorization(config, { scope: "openid profile" });
    const polling = client.pollDeviceAuthorizationGrant(config, { ...begun, interval: 1 });
    await goTo(new URL(begun.verification_uri_complete));
    return told(await polling);
  },

  async logout(config) {
    const tokens = await signIn(config);
    const parameters = { id_token_hint: tokens.id_token, post_logout_redirect_uri: asked.afterLogout, state: "bye" };
    const back = await goTo(client.buildEndSessionUrl(config, parameters));
    const refused = await client.fetchUserInfo(config, tokens.access_token, tokens.claims().sub).catch((error) => error.status ?? error.cause?.status ?? error.code);
    return { ...told(tokens), back: back.href, refused };
  },

  async ending(config) {
    const tokens = await signIn(config);
    const before = await client.tokenIntrospection(config, tokens.access_token);
    await client.tokenRevocation(config, tokens.access_token);
    return { ...told(tokens), before, after: await client.tokenIntrospection(config, tokens.access_token) };
  },
};

const metadata = { use_mtls_endpoint_aliases: false };
const config = await client.discovery(new URL(asked.issuer), asked.clientId, metadata, await proof(), plain);
console.log(`DONE ${JSON.stringify(await FLOWS[flow](config))}`);
process.exit(0);
