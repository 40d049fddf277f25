import { jwtVerify, SignJWT } from 'jose';

/** Who may edit, by the ID that stands in access tokens. A real host has its own accounts. */
export const USERS = new Map([
  ['alex', 'Alex'],
  ['sam', 'Sam'],
]);

const HOST = { issuer: 'example-host', audience: 'wopi' };

/** Access tokens: each for one user and one file, signed, and good for some hours. */
export class Tokens {
  #key;

  constructor(secret) {
    this.#key = new TextEncoder().encode(secret);
  }

  /** Ten hours, a working day, are what WOPI recommends. `expiresAt` is in milliseconds since 1970. */
  async issue(userId, fileId, { hours = 10 } = {}) {
    const expires = Math.floor(Date.now() / 1000) + hours * 3600;
    const accessToken = await new SignJWT({ file: fileId })
      .setProtectedHeader({ alg: 'HS256' })
      .setIssuer(HOST.issuer)
      .setAudience(HOST.audience)
      .setSubject(userId)
      .setExpirationTime(expires)
      .sign(this.#key);
    return { accessToken, expiresAt: expires * 1000 };
  }

  /** The user for whom the token opens the file, or `undefined`. */
  async verify(accessToken, fileId) {
    const claims = await this.#claimsOf(accessToken);
    return claims?.file === fileId && USERS.has(claims.sub) ? claims.sub : undefined;
  }

  async #claimsOf(accessToken) {
    try {
      const { payload } = await jwtVerify(accessToken, this.#key, {
        ...HOST,
        algorithms: ['HS256'],
        requiredClaims: ['exp'],
      });
      return payload;
    } catch {
      return undefined; // why it is no good is nobody's business
    }
  }
}

/** The access token of a request: clients send it in the query, and most also in the Authorization header. */
export function accessTokenOf(req) {
  return req.query.access_token ?? /^Bearer +(.+)$/i.exec(req.get('Authorization') ?? '')?.[1];
}
