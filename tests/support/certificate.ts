/** A certificate for `localhost` that only a test trusts. */

import { find, OPENSSL } from "./programs.ts";
import { temporaryFolder } from "./temporary.ts";

export interface Certificate extends Disposable {
  /** PEM files. */
  certificate: string;
  key: string;
  /** A key that belongs to no certificate. */
  otherKey: string;
  /** The text of the certificate, to trust it. */
  pem: string;
}

/** Makes a self-signed certificate with OpenSSL, gone when it is disposed of. */
export async function makeCertificate(): Promise<Certificate> {
  const folder = temporaryFolder();
  const file = (name: string) => `${folder.path}/${name}.pem`;
  const [certificate, key, otherKey] = [file("certificate"), file("key"), file("other")];
  const newKey = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];
  await openssl(
    ...["req", "-x509", ...newKey, "-keyout", key, "-out", certificate, "-days", "2"],
    ...["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"],
    ...["-addext", "basicConstraints=critical,CA:FALSE"],
  );
  await openssl("genpkey", "-algorithm", "ED25519", "-out", otherKey);
  const pem = await Deno.readTextFile(certificate);
  return { certificate, key, otherKey, pem, [Symbol.dispose]: () => folder[Symbol.dispose]() };
}

async function openssl(...args: string[]): Promise<void> {
  const { success, stderr } = await new Deno.Command(find(OPENSSL)!, { args }).output();
  if (!success) throw new Error(`openssl failed:\n${new TextDecoder().decode(stderr)}`);
}
