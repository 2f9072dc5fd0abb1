const leafBytes = 1 << 20;
const domain = new TextEncoder().encode('federated.tree.v1');

/** The digest of a byte string as everywhere in Federated (docs/protocol.md): SHA-256 over the digests of its 1 MiB leaves. */
export async function treeDigest(bytes: Blob): Promise<string> {
  const leaves: Uint8Array[] = [];
  for (let at = 0; at < bytes.size; at += leafBytes) {
    leaves.push(await sha256(await bytes.slice(at, at + leafBytes).arrayBuffer()));
  }
  const length = new Uint8Array(8);
  new DataView(length.buffer).setBigUint64(0, BigInt(bytes.size), true);
  const root = await sha256(await new Blob([domain, length, ...leaves as Uint8Array<ArrayBuffer>[]]).arrayBuffer());
  return [...root].map(b => b.toString(16).padStart(2, '0')).join('');
}

async function sha256(bytes: ArrayBuffer): Promise<Uint8Array> {
  return new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
}
