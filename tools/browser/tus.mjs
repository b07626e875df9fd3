// Sends a file as tus-js-client does: tus.mjs ENDPOINT TOKEN FILE NAME=VALUE...
// It prints {url, retries, error}.
import { createReadStream, statSync } from "node:fs";
import { Upload } from "tus-js-client";

const [endpoint, token, file, ...pairs] = process.argv.slice(2);
let retries = 0;
const say = (error, url) => console.log(JSON.stringify({ url: url ?? "", retries, error }));

const upload = new Upload(createReadStream(file), {
  endpoint,
  chunkSize: 4 << 20,
  uploadSize: statSync(file).size,
  headers: { Authorization: "Bearer " + token },
  metadata: Object.fromEntries(pairs.map((p) => [p.slice(0, p.indexOf("=")), p.slice(p.indexOf("=") + 1)])),
  // A board that starts anew takes some seconds.
  retryDelays: Array(400).fill(50).concat(Array(400).fill(250)),
  onShouldRetry: (error) => {
    retries++;
    const status = error.originalResponse?.getStatus() ?? 0;
    return status < 400 || status === 409 || status === 423 || status >= 500;
  },
  onError: (error) => say(String(error)),
  onSuccess: () => say("", upload.url),
});
upload.start();
