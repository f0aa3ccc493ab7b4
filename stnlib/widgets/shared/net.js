// A small trained network in plain JavaScript: pure functions on typed arrays, no DOM.
// A layer is {kind, shape, weight, bias}.
import { makeNet } from "./layers.js";

// Numbers of two bytes each: half precision, the low byte first.
export function decodeHalf(bytes) {
  return Float32Array.from({ length: bytes.length / 2 }, (_, i) => {
    const half = bytes[2 * i] | (bytes[2 * i + 1] << 8);
    const [power, part] = [(half >> 10) & 31, half & 1023];
    const size = power ? 2 ** (power - 15) * (1 + part / 1024) : part * 2 ** -24;
    return half & 0x8000 ? -size : size;
  });
}

export function decodeLayer({ kind, shape, weight, bias }) {
  const bytes = (view) =>
    new Uint8Array(view.buffer ?? view, view.byteOffset ?? 0, view.byteLength);
  return shape
    ? { kind, shape, weight: decodeHalf(bytes(weight)), bias: decodeHalf(bytes(bias)) }
    : { kind };
}

const nets = new WeakMap(); // of layers: what they were made into, for a size

function netOf(layers, height, width) {
  const known = nets.get(layers);
  if (known?.height === height && known.width === width) return known.net;
  const specs = layers.map(({ kind, shape }) => ({ kind, count: shape?.[0], side: shape?.[2] }));
  const net = makeNet(specs, [1, height, width], 1);
  const given = layers.flatMap(({ weight, bias }) => (weight ? [weight, bias] : []));
  net.weights.forEach((own, i) => own.set(given[i]));
  nets.set(layers, { net, height, width });
  return net;
}

// The scores of a picture.
export const runNet = (layers, { data, height, width }) =>
  netOf(layers, height, width).forward(data).slice();

export function softmax(scores) {
  const most = Math.max(...scores);
  const powers = Array.from(scores, (score) => Math.exp(score - most));
  const total = powers.reduce((sum, power) => sum + power, 0);
  return powers.map((power) => power / total);
}

// Cross-entropy: minus the logarithm of the label's probability.
export function lossOf(scores, label) {
  const most = Math.max(...scores);
  return (
    Math.log(scores.reduce((sum, score) => sum + Math.exp(score - most), 0)) + most - scores[label]
  );
}
