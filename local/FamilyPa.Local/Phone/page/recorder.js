// Records voice notes. WhatsApp's are Ogg/Opus; browsers support different formats.
const wanted = ['audio/ogg;codecs=opus', 'audio/mp4', 'audio/webm;codecs=opus'];

let running = null;

export const isRecording = () => running !== null;

export async function start() {
  if (!navigator.mediaDevices || !window.MediaRecorder) throw new Error('This browser cannot record. Attach a file instead.');
  const stream = await navigator.mediaDevices.getUserMedia({ audio: true }).catch(() => {
    throw new Error('The microphone is not available. Allow it for this page, or attach a file.');
  });
  const recorder = new MediaRecorder(stream, { mimeType: wanted.find(type => MediaRecorder.isTypeSupported(type)) });
  const parts = [];
  recorder.addEventListener('dataavailable', event => parts.push(event.data));
  const finished = new Promise(resolve => recorder.addEventListener('stop', resolve, { once: true }));
  recorder.start();
  running = { recorder, stream, parts, finished };
}

/** Stops the recording and returns it as a file. */
export async function stop() {
  const { recorder, stream, parts, finished } = running;
  running = null;
  recorder.stop();
  await finished;
  stream.getTracks().forEach(track => track.stop());
  const type = recorder.mimeType.split(';')[0];
  return new File(parts, `voice.${type.split('/')[1]}`, { type });
}
