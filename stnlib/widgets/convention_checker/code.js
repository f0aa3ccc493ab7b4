// All three forms of a map under one convention as lines of Python. No DOM.
import { word } from "./words.js";

const rounded = (value) => String(Number(value.toFixed(6)) + 0);
const rows = (map) =>
  [map.slice(0, 3), map.slice(3)].map((row) => `[${row.map(rounded).join(", ")}]`);

export function codeOf({ forms, alignCorners }, { input, output }) {
  const corners = `align_corners=${word(alignCorners)}`;
  const [size, shape] = [[output[1], output[0]].join(", "), output.join(", ")];
  const [theta, opencv, skimage] = ["theta", "opencv", "skimage"].map(
    (key) => forms[key] && rows(forms[key]).join(", "),
  );
  return [
    `# input ${input.join(" × ")}, output ${output.join(" × ")} (rows × columns), ${corners}`,
    `theta = torch.tensor([[${theta}]])`,
    `grid = F.affine_grid(theta, (1, 1, ${shape}), ${corners})`,
    opencv
      ? `M = np.array([${opencv}])  # cv2.warpAffine(image, M, (${size}))`
      : "# no M for OpenCV: the map has no inverse",
    `matrix = np.array([${skimage}, [0, 0, 1]])`,
    `# skimage.transform.warp(image, matrix, output_shape=(${shape}))`,
  ].join("\n");
}
