// A foreign e-ID that citizens sign in with at the portal: npm oidc-provider, configured as a government would.
//
// `node e_id.mjs CONFIG` where CONFIG is JSON: clientId, secret or jwks, redirectUri, afterLogout, backChannel,
// pushing (true: it takes no request that was not pushed, RFC 9126). Prints
// `READY issuer`. Its own page asks for nothing but a name and a level, and signs that person in.
import { createServer } from "node:http";
import { generateKeyPairSync, randomBytes } from "node:crypto";
import Provider from "oidc-provider";

const asked = JSON.parse(process.argv[2]);
const LEVELS = ["low", "substantial", "high"].map((level) => `http://eidas.europa.eu/LoA/${level}`);
const key = generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey.export({ format: "jwk" });

function person(id) {
  return { sub: id, given_name: "Kim", family_name: "Abroad", birthdate: "1990-02-03", email: `${id}@example.org` };
}

const configuration = {
  clients: [
    {
      client_id: asked.clientId,
      ...(asked.jwks
        ? { jwks: asked.jwks, token_endpoint_auth_method: "private_key_jwt", token_endpoint_auth_signing_alg: "ES256" }
        : { client_secret: asked.secret }),
      redirect_uris: [asked.redirectUri],
      post_logout_redirect_uris: [asked.afterLogout],
      backchannel_logout_uri: asked.backChannel,
      backchannel_logout_session_required: true,
      id_token_signed_response_alg: "ES256",
    },
  ],
  jwks: { keys: [{ ...key, alg: "ES256", use: "sig", kid: "foreign" }] },
  cookies: { keys: [randomBytes(16).toString("hex")] },
  acrValues: LEVELS,
  claims: { openid: ["sub"], profile: ["given_name", "family_name", "birthdate"], email: ["email"], acr: null, sid: null, auth_time: null },
  features: { devInteractions: { enabled: false }, backchannelLogout: { enabled: true }, pushedAuthorizationRequests: { enabled: Boolean(asked.pushing), requirePushedAuthorizationRequests: Boolean(asked.pushing) } },
  pkce: { required: () => true },
  ttl: { Session: 600, Grant: 600, Interaction: 600, AccessToken: 600, IdToken: 600 },
  findAccount: (_, id) => ({ accountId: id, claims: () => person(id) }),
  async loadExistingGrant(ctx) {
    const { provider, client, session } = ctx.oidc;
    const grant = new provider.Grant({ clientId: client.clientId, accountId: session.accountId });
    grant.addOIDCScope("openid profile email");
    await grant.save();
    return grant;
  },
};

async function interact(provider, request, response) {
  if (request.method === "GET") {
    response.setHeader("Content-Type", "text/html");
    response.end(`<form method="post" action="${request.url}"><input name="login"><input name="level"></form>`);
    return;
  }
  let body = "";
  for await (const part of request) body += part;
  const form = new URLSearchParams(body);
  const login = { accountId: form.get("login"), acr: form.get("level"), amr: ["hwk"], remember: false };
  await provider.interactionFinished(request, response, { login }, { mergeWithLastSubmission: false });
}

// What the browser carried, so that a test can see that it carried nothing but a reference.
const carried = [];
const server = createServer();
server.listen(0, "127.0.0.1", () => {
  const issuer = `http://127.0.0.1:${server.address().port}`;
  const provider = new Provider(issuer, configuration);
  const answer = provider.callback();
  server.on("request", (request, response) => {
    if (request.url === "/carried") {
      response.end(JSON.stringify(carried));
      return;
    }
    if (request.url.startsWith("/auth?")) carried.push([...new URL(request.url, issuer).searchParams.keys()].sort());
    if (request.url.startsWith("/interaction/")) {
      interact(provider, request, response).catch((error) => response.writeHead(500).end(String(error)));
    } else {
      answer(request, response);
    }
  });
  console.log(`READY ${issuer}`);
});
