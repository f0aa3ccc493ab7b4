// The pose probe's network is that of torch, and so is what it sees of a turned grid.
import assert from "node:assert/strict";
import test from "node:test";
import { lookAt, lossesAt, MAP, offsetOf } from "../../stnlib/widgets/pose_probe/state.js";
import { lattice } from "../../stnlib/widgets/shared/loss_map.js";
import {
  decodeHalf,
  decodeLayer,
  lossOf,
  runNet,
  softmax,
} from "../../stnlib/widgets/shared/net.js";
import { bytesOf, golden, near } from "./near.mjs";

const known = golden("network");
const probe = golden("probe");
const decoded = (layers) =>
  layers.map((layer) =>
    decodeLayer({ ...layer, weight: bytesOf(layer.weight ?? ""), bias: bytesOf(layer.bias ?? "") }),
  );
const state = {
  ...probe,
  layers: decoded(probe.layers),
  image: { data: probe.bytes.map((byte) => byte / 255), height: probe.height, width: probe.width },
};

test("scores are those of torch, odd sizes too", () => {
  assert.equal(known.cases.length, 4);
  for (const { layers, pictures, scores, height, width } of known.cases) {
    const net = decoded(layers);
    near(
      pictures.map((data) => runNet(net, { data, height, width })),
      scores,
      1e-5,
    );
    near(
      softmax(scores[0]).reduce((sum, chance) => sum + chance, 0),
      1,
    );
  }
});

test("half precision is read as numpy writes it", () => {
  near(decodeHalf(bytesOf(known.half.bytes)), known.half.values, 1e-7);
  assert.ok(decodeHalf(bytesOf(known.half.bytes))[3] > 0); // smaller than any normal number
});

test("the loss is cross-entropy and bears large scores", () => {
  for (const { scores, label, loss } of known.losses) near(lossOf(scores, label), loss);
});

test("the page shows what Python computes, wherever the grid stands", () => {
  assert.equal(probe.cases.length, 3);
  for (const { offset, theta, output, chances, loss } of probe.cases) {
    const seen = lookAt({ ...state, offset });
    near(seen.theta, theta);
    near(seen.output.data, output, 1e-5);
    near(seen.chances, chances, 1e-4);
    near(seen.loss, loss, 1e-4);
    near(offsetOf(theta, probe.aligned, probe.width), offset, 1e-5);
  }
});

test("the map holds the loss of each offset", () => {
  near(lossesAt(state, lattice(5, MAP.reach)), probe.map, 1e-4);
  assert.ok(Math.max(...probe.map) - Math.min(...probe.map) > 0.1);
});
