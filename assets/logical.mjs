// Turns physical CSS declarations logical, so that one style sheet serves both directions of writing.
// Reads the style sheet on standard input, writes it to standard output.
import { readFileSync } from "node:fs";
import postcss from "postcss";

const renamed = {
  "margin-left": "margin-inline-start",
  "margin-right": "margin-inline-end",
  "padding-left": "padding-inline-start",
  "padding-right": "padding-inline-end",
  left: "inset-inline-start",
  right: "inset-inline-end",
  "border-top-left-radius": "border-start-start-radius",
  "border-top-right-radius": "border-start-end-radius",
  "border-bottom-left-radius": "border-end-start-radius",
  "border-bottom-right-radius": "border-end-end-radius",
};
for (const part of ["", "-width", "-style", "-color"]) {
  renamed[`border-left${part}`] = `border-inline-start${part}`;
  renamed[`border-right${part}`] = `border-inline-end${part}`;
}
const values = { left: "start", right: "end" };
const floats = { left: "inline-start", right: "inline-end" };
// Shapes drawn with borders and clipping, and panes that stay left to right, keep their sides.
const physical = /::?before|::?after|__icon|\.os-pane|\.os-mono/;

const plugin = {
  postcssPlugin: "physical-to-logical",
  Declaration(node) {
    const { prop, value } = node;
    const shape = physical.test(node.parent.selector ?? "");
    if (prop === "text-align" && !shape && values[value]) node.value = values[value];
    else if ((prop === "float" || prop === "clear") && floats[value]) node.value = floats[value];
    else if (shape && prop.startsWith("border")) return;
    else if (renamed[prop]) node.prop = renamed[prop];
    else if (prop === "margin" || prop === "padding") split(node);
  },
};

// `padding: 1px 2px 3px 4px` has no logical shorthand of four: it becomes two of two.
function split(node) {
  const parts = postcss.list.space(node.value);
  if (parts.length !== 4 || parts[1] === parts[3]) return;
  const [top, right, bottom, left] = parts;
  node.cloneBefore({ prop: `${node.prop}-block`, value: `${top} ${bottom}` });
  node.prop = `${node.prop}-inline`;
  node.value = `${left} ${right}`;
}

process.stdout.write(postcss([plugin]).process(readFileSync(0, "utf8"), { from: undefined }).css);
