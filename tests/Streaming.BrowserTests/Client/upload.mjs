// Uploads a file with tus-js-client: node upload.mjs ENDPOINT TOKEN FILE MEMORY SHARE
// With a SHARE below 1 it breaks off once the line has taken that much and says what the server had acknowledged: `stopped at BYTES`; what MEMORY holds from
// a process before is gone on with. At the end it says `from BYTES ingest ID`.
import { createReadStream, statSync } from 'node:fs';
import { FileUrlStorage, Upload } from 'tus-js-client';

const [endpoint, token, file, memory, share] = process.argv.slice(2);
const size = statSync(file).size;
let from = 0;
let accepted = 0;

const upload = new Upload(createReadStream(file), {
  endpoint,
  uploadSize: size,
  chunkSize: Math.ceil(size / 10),
  retryDelays: null,
  urlStorage: new FileUrlStorage(memory),
  headers: { Authorization: `Bearer ${token}` },
  metadata: { filename: 'noise.mp4', publish: 'false' },
  onAfterResponse: (request, response) => {
    if (request.getMethod() === 'HEAD') from = Number(response.getHeader('Upload-Offset'));
  },
  onChunkComplete: (_, total) => (accepted = total),
  onProgress: (sent) => {
    if (Number(share) >= 1 || sent < size * Number(share)) return;
    // In the middle of a piece, as a train in a tunnel does it.
    console.log(`stopped at ${accepted}`);
    process.exit(0);
  },
  onError: (failure) => {
    console.error(String(failure));
    process.exit(1);
  },
  onSuccess: ({ lastResponse }) => console.log(`from ${from} ingest ${lastResponse.getHeader('Streaming-Ingest')}`),
});

const [previous] = await upload.findPreviousUploads();
if (previous) upload.resumeFromPreviousUpload(previous);
upload.start();
