// What the drawing figure computes, for test_draw_digit.py: reads {networks, drawings} or
// {networks, pictures} from stdin, and writes what both networks say.
import { readFileSync } from "node:fs";
import { posed, rasterise, SIDE } from "../../stnlib/widgets/draw_digit/raster.js";
import { verdicts } from "../../stnlib/widgets/draw_digit/state.js";
import { decodeLayer } from "../../stnlib/widgets/shared/net.js";
import { bytesOf } from "./near.mjs";

const { networks, drawings = [], pictures = [] } = JSON.parse(readFileSync(0, "utf8"));
const decoded = Object.fromEntries(
  Object.entries(networks).map(([name, layers]) => [
    name,
    layers.map((layer) =>
      decodeLayer(
        layer.shape
          ? { ...layer, weight: bytesOf(layer.weight), bias: bytesOf(layer.bias) }
          : layer,
      ),
    ),
  ]),
);
const drawn = drawings.map(({ strokes, pose }) => rasterise(posed(strokes, pose)));
const given = pictures.map((data) => ({ data, height: SIDE, width: SIDE }));
const said = [...drawn, ...given].map((picture) => {
  const { own, plain } = verdicts(decoded, picture);
  const data = drawings.length ? Array.from(picture.data) : [];
  return { data, theta: own.theta, chances: own.chances, plain };
});
console.log(JSON.stringify(said));
