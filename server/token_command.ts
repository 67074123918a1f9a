/** `parlor token`: prints a token as a host application would sign it, for scripts, devices and trials. */

import { StartError } from "./errors.ts";
import { readSecret } from "./secret.ts";
import { signToken, type TokenRequest, type TokenRules } from "./tokens.ts";

export interface TokenCommand {
  request: TokenRequest;
  rules: TokenRules;
  /** The session secret, where one is configured. */
  secret: string | undefined;
  /** The data folder, whose secret signs where none is configured. */
  data: string;
}

/** The token. Throws `StartError` where there is nothing to sign it with. */
export async function makeToken({ request, rules, secret, data }: TokenCommand): Promise<string> {
  if (rules.keysUrl !== undefined) {
    throw new StartError(
      "Tokens are checked with the keys at --jwks-url, so only whoever holds those can make them.",
    );
  }
  const signing = rules.secret ?? secret ?? await readSecret(data);
  if (signing === undefined) {
    throw new StartError(
      `There is no secret in ${data} to sign a token with. Start the server there once, ` +
        "or set PARLOR_JWT_SECRET for both.",
    );
  }
  return await signToken(request, { ...rules, secret: signing });
}
