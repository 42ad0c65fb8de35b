import assert from "node:assert/strict";
import { estimate } from "../../src/components/estimate";
import type { Convention, Level, Specification, Value } from "../../src/spec/specification";
import { runLayer } from "../../src/study/run-layer";
import { exampleSpec } from "./support";

const example = exampleSpec();

/** The example with further attributes of levels. */
function withAttributes(
  attributes: Readonly<Record<string, Readonly<Record<string, Value>>>>,
  more: Partial<Specification> = {},
): Specification {
  const levels = example.levels.map((level): Level => {
    const own = attributes[level.name] as Readonly<Record<string, Value>> | undefined;
    return own === undefined ? level : { ...level, attributes: { ...level.attributes, ...own } };
  });
  return { ...example, levels, ...more };
}

const said = (specification: Specification, convention?: Convention): readonly string[] =>
  (estimate(specification, { convention }).warnings ?? []).map(({ message }) => message);

describe("words of the other convention", () => {
  it("among the attributes of levels are told once, with their levels and what to write", () => {
    const scaled = { area_scale: 2, energy_scale: 3 };
    const specification = withAttributes({ output_quantize: scaled, column_readout: scaled });
    const figures = estimate(specification);
    assert.deepEqual(figures.energy, estimate(example).energy, "they have no effect");
    assert.deepEqual(said(specification), [
      "The attribute area_scale of output_quantize, column_readout has no effect in the convention of 2023. Write the key " +
        "area_share beside the class, or ask for the convention of 2024, where the attribute counts (--convention 2024).",
      "The attribute energy_scale of output_quantize, column_readout has no effect in the convention of 2023. Scale the actions " +
        "of the component class (action_share), or ask for the convention of 2024, where the attribute counts (--convention 2024).",
    ]);
    assert.match(
      said(withAttributes({ column_readout: { n_instances: 4 } }))[0],
      /n_instances of column_readout/,
    );
    const result = runLayer(specification);
    assert.ok(result.warnings?.some(({ message }) => message.includes("area_scale of output_quantize")));
  });

  it("are not told where they count, or change nothing", () => {
    assert.deepEqual(said(withAttributes({ eDRAM_buf: { area_share: 0.5 } })), []);
    assert.deepEqual(said(withAttributes({ column_readout: { area_scale: 1, energy_scale: null } })), []);
    // Entries of the component library are scaled by them.
    const scaled = withAttributes({ eDRAM_buf: { energy_scale: 3 } });
    assert.deepEqual(said(scaled), []);
    assert.equal(
      estimate(scaled).energy.energyPj.eDRAM_buf.read,
      Number((3 * estimate(example).energy.energyPj.eDRAM_buf.read).toFixed(6)),
    );
    // Its class has an attribute of that name, which it uses.
    const buffer = example.levels.find(({ subclass }) => subclass === "smartbuffer_sram");
    if (buffer) assert.deepEqual(said(withAttributes({ [buffer.name]: { area_scale: 2 } })), []);
  });

  it("among the attributes of the parts of a class, and arguments of actions, are told with the class", () => {
    const componentClasses = example.componentClasses.map((written) =>
      written.name !== "smartbuffer_sram"
        ? written
        : {
            ...written,
            subcomponents: written.subcomponents.map((part) =>
              part.class === "SRAM"
                ? { ...part, attributes: { ...part.attributes, energy_scale: 2, area_share: 1 } }
                : part,
            ),
            actions: written.actions.map((action) => ({
              ...action,
              subcomponents: action.subcomponents.map((step) => ({
                ...step,
                actions: step.actions.map((each) => ({ ...each, arguments: { address_delta: 0 } })),
              })),
            })),
          },
    );
    const messages = said({ ...example, componentClasses });
    assert.equal(messages.length, 2, messages.join("\n"));
    assert.match(
      messages[0],
      /energy_scale of the part storage of class smartbuffer_sram \(.*buffers\.yaml:\d+\) has no/,
    );
    assert.match(
      messages[1],
      /The arguments of actions of class smartbuffer_sram .* in the convention of 2023/,
    );
  });

  it("among the attributes of a class itself are told with the class", () => {
    const componentClasses = example.componentClasses.map((written) =>
      written.name === "smartbuffer_sram"
        ? { ...written, attributes: { ...written.attributes, area_scale: 2, energy_scale: 2 } }
        : written,
    );
    const messages = said({ ...example, componentClasses });
    assert.equal(messages.length, 1, messages.join("\n"));
    // The class itself reads area_scale.
    assert.match(
      messages[0],
      /^The attribute energy_scale of class smartbuffer_sram \(.*:\d+\) has no effect/,
    );
  });
});
