// A small trained network in plain JavaScript: pure functions on typed arrays, no DOM.
// A layer is {kind, shape, weight, bias}; what runs through is {data, channels, height, width}.

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

// Every place of a window that fits inside, no padding, one step at a time.
function convolve({ data, channels, height, width }, { shape: [count, , side], weight, bias }) {
  const [rows, columns] = [height - side + 1, width - side + 1];
  const out = new Float32Array(count * rows * columns);
  for (let o = 0, at = 0; o < count; o++) {
    const plane = out.subarray(o * rows * columns, (o + 1) * rows * columns).fill(bias[o]);
    for (let c = 0; c < channels; c++) {
      for (let i = 0; i < side; i++) {
        for (let j = 0; j < side; j++, at++) {
          const share = weight[at];
          for (let row = 0; row < rows; row++) {
            const from = (c * height + row + i) * width + j;
            for (let k = 0, to = row * columns; k < columns; k++, to++)
              plane[to] += share * data[from + k];
          }
        }
      }
    }
  }
  return { data: out, channels: count, height: rows, width: columns };
}

// The largest of 2 × 2; a last odd row or column is kept.
function pool({ data, channels, height, width }) {
  const [rows, columns] = [Math.ceil(height / 2), Math.ceil(width / 2)];
  const out = new Float32Array(channels * rows * columns).fill(-Infinity);
  for (let c = 0, at = 0; c < channels; c++) {
    for (let row = 0; row < height; row++) {
      for (let column = 0; column < width; column++, at++) {
        const to = (c * rows + (row >> 1)) * columns + (column >> 1);
        if (data[at] > out[to]) out[to] = data[at];
      }
    }
  }
  return { data: out, channels, height: rows, width: columns };
}

function connect({ data }, { shape: [count, inputs], weight, bias }) {
  const out = Float32Array.from({ length: count }, (_, o) => {
    let sum = bias[o];
    for (let i = 0; i < inputs; i++) sum += weight[o * inputs + i] * data[i];
    return sum;
  });
  return { data: out, channels: count, height: 1, width: 1 };
}

const KINDS = {
  conv: convolve,
  pool,
  linear: connect,
  relu: (map) => ({ ...map, data: map.data.map((value) => Math.max(value, 0)) }),
};

// The scores of a picture.
export const runNet = (layers, { data, height, width }) =>
  layers.reduce((map, layer) => KINDS[layer.kind](map, layer), { data, channels: 1, height, width })
    .data;

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
