// The form: what can be chosen, and the choice that it holds.
import { usualChoice, wayNames, ways } from "./choice";
import type { Choice, WayName } from "./choice";
import { element } from "./elements";
import type { Catalogue } from "./messages";
import type { KnobRange, ModelVariable } from "../../src/spec/model-variables";

/** Counts that the choice has of its own: what is not set is not the model's value but the one usual in studies. */
const counts: Readonly<Record<string, { readonly key: "tiles" | "batch"; readonly usual: number }>> = {
  TILES_PER_ARCH: { key: "tiles", usual: 16 },
  BATCH_SIZE: { key: "batch", usual: 32 },
};

/** A knob, and what it is in each architecture. */
interface Knob extends ModelVariable {
  readonly defaults: readonly {
    readonly architecture: string;
    readonly title: string;
    readonly written: string;
  }[];
}

/** All knobs of all architectures, in the order of their files. */
function knobsOf({ architectures }: Catalogue): readonly Knob[] {
  const knobs = new Map<string, Knob>();
  for (const { name: architecture, title, variables } of architectures)
    for (const variable of variables) {
      if (variable.kind !== "knob") continue;
      const written = { architecture, title, written: String(variable.written) };
      const known = knobs.get(variable.name);
      knobs.set(variable.name, { ...(known ?? variable), defaults: [...(known?.defaults ?? []), written] });
    }
  return [...knobs.values()];
}

/** Fills the form and calls back whenever something else is chosen. Returns how to show a choice in it. */
export function createControls(
  form: HTMLElement,
  catalogue: Catalogue,
  onChange: (change: (choice: Choice) => Choice) => void,
): (choice: Choice) => void {
  const shows: ((choice: Choice) => void)[] = [];
  const add = (part: Part): HTMLElement => {
    shows.push(part.show);
    return part.element;
  };
  const { architectures } = catalogue;
  const isNarrow = matchMedia("(max-width: 60rem)").matches;
  const knobs = knobsOf(catalogue);
  const known = new Set(knobs.map(({ name }) => name));
  const sections = [...new Set(knobs.map(({ section }) => section))];
  form.replaceChildren(
    add(networkPart(catalogue, onChange)),
    add(architecturesPart(architectures, onChange)),
    add(layersPart(catalogue, onChange)),
    element(
      "details",
      { open: !isNarrow, id: "knobs" },
      element("summary", {}, "Knobs of the model"),
      ...sections.flatMap((section) => [
        ...(section === "" ? [] : [element("h3", {}, section)]),
        ...knobs.filter((knob) => knob.section === section).map((knob) => add(knobPart(knob, onChange))),
      ]),
      add(otherSettingsPart(known, onChange)),
    ),
    element(
      "details",
      { open: false, id: "ways" },
      element("summary", {}, "How it is modelled"),
      ...wayNames.map((name) => add(wayPart(name, onChange))),
    ),
    add(resetPart(onChange)),
  );
  form.addEventListener("submit", (event) => event.preventDefault());
  return (choice) => shows.forEach((show) => show(choice));
}

/** A part of the form, and how it shows a choice. */
interface Part {
  readonly element: HTMLElement;
  readonly show: (choice: Choice) => void;
}

type OnChange = (change: (choice: Choice) => Choice) => void;

function networkPart({ dnns }: Catalogue, onChange: OnChange): Part {
  const select = element(
    "select",
    { id: "dnn" },
    ...dnns.map(({ name, layers }) =>
      element("option", { value: name }, `${name} (${layers.length} layers)`),
    ),
  );
  select.addEventListener("change", () =>
    // Numbers of layers mean something else in another network.
    onChange((choice) => ({ ...choice, dnn: select.value, layers: "", layer: null })),
  );
  return {
    element: element("fieldset", {}, element("label", { for: "dnn", class: "label" }, "Network"), select),
    show: ({ dnn }) => (select.value = dnn),
  };
}

function architecturesPart(architectures: Catalogue["architectures"], onChange: OnChange): Part {
  const all = architectures.map(({ name }) => name);
  const boxes = architectures.map(({ name, title, description }) => ({
    name,
    title,
    description,
    box: element("input", { type: "checkbox", value: name, id: `architecture-${name}` }),
  }));
  const hint = element("p", { class: "hint", hidden: true }, "At least one has to stay.");
  for (const { box } of boxes)
    box.addEventListener("change", () => {
      const chosen = boxes.filter((other) => other.box.checked).map(({ name }) => name);
      hint.hidden = chosen.length > 0;
      if (chosen.length === 0) box.checked = true;
      else
        onChange((choice) => ({
          ...choice,
          architectures: chosen.length === all.length ? null : chosen,
          on: choice.on !== null && chosen.includes(choice.on) ? choice.on : null,
        }));
    });
  return {
    element: element(
      "fieldset",
      {},
      element("legend", {}, "Architectures"),
      ...boxes.map(({ box, title, description }) =>
        element("label", { class: "check", title: description }, box, title),
      ),
      hint,
    ),
    show: ({ architectures: chosen }) => {
      hint.hidden = true;
      for (const { name, box } of boxes) box.checked = chosen === null || chosen.includes(name);
    },
  };
}

function layersPart({ dnns }: Catalogue, onChange: OnChange): Part {
  const input = textInput("layers", "all of them");
  const hint = element("p", { class: "hint", id: "layers-hint" });
  input.setAttribute("aria-describedby", "layers-hint");
  listen(input, (text) => onChange((choice) => ({ ...choice, layers: text, layer: null })));
  return {
    element: element(
      "fieldset",
      {},
      element("label", { for: "layers", class: "label" }, "Layers"),
      input,
      hint,
    ),
    show: ({ dnn, layers }) => {
      showText(input, layers);
      const last = dnns.find(({ name }) => name === dnn)?.layers.at(-1)?.layer ?? 0;
      hint.textContent = `Numbers from 0 to ${last}, e.g. 0,${Math.min(10, last)} or 0-${Math.min(5, last)}`;
    },
  };
}

/** The values that a slider goes through. */
function stepsOf({ from, to, isDoubling }: KnobRange): readonly number[] {
  const steps = [from];
  while (steps[steps.length - 1] < to) {
    const last = steps[steps.length - 1];
    steps.push(Math.min(to, isDoubling ? 2 * last : last + 1));
  }
  return steps;
}

function knobPart(knob: Knob, onChange: OnChange): Part {
  const { name, note, range, defaults } = knob;
  const count = Object.hasOwn(counts, name) ? counts[name] : undefined;
  const read = (choice: Choice): string =>
    count === undefined ? (choice.settings[name] ?? "") : String(choice[count.key] ?? "");
  const write = (text: string): void =>
    onChange((choice) => {
      if (count === undefined || !isCount(text)) {
        const settings = Object.fromEntries(
          Object.entries(choice.settings).filter(([other]) => other !== name),
        );
        return {
          ...choice,
          ...(count === undefined ? {} : { [count.key]: null }),
          settings: text === "" ? settings : { ...settings, [name]: text },
        };
      }
      return { ...choice, [count.key]: text === "" ? null : Number(text) };
    });
  const id = `knob-${name}`;
  const input = textInput(id, "");
  const reset = element(
    "button",
    { type: "button", title: "As in the model", "aria-label": `${name} as in the model` },
    "↺",
  );
  const steps = range === undefined ? [] : stepsOf(range);
  const slider = element("input", {
    type: "range",
    min: 0,
    max: Math.max(1, steps.length - 1),
    step: 1,
    "aria-label": `${name}, slider`,
    "aria-describedby": `${id}-note`,
  });
  input.setAttribute("aria-describedby", `${id}-note`);
  listen(input, write);
  reset.addEventListener("click", () => {
    write("");
    input.focus();
  });
  slider.addEventListener("input", () => write(String(steps[Number(slider.value)])));
  const usual = usualText(knob, count?.usual);
  const list = element(
    "datalist",
    { id: `${id}-values` },
    ...(range === undefined ? [...new Set(defaults.map(({ written }) => written))] : []).map((value) =>
      element("option", { value }),
    ),
  );
  if (range === undefined) input.setAttribute("list", `${id}-values`);
  else input.setAttribute("inputmode", "decimal");
  const row = element("div", { class: range === undefined ? "turn text" : "turn" });
  row.append(...(range === undefined ? [input, list, reset] : [slider, input, reset]));
  const place = element(
    "div",
    { class: "knob" },
    element("label", { class: "name", for: id }, name),
    row,
    element("p", { class: "hint", id: `${id}-note` }, `${note} ${rangeText(range)}${usual}`),
  );
  return {
    element: place,
    show: (choice) => {
      const text = read(choice) || (choice.settings[name] ?? "");
      const isSet = text !== "";
      showText(input, text);
      place.classList.toggle("set", isSet);
      reset.disabled = !isSet;
      if (range === undefined) {
        input.placeholder = "as in the model";
        return;
      }
      const chosen = choice.architectures ?? defaults.map(({ architecture }) => architecture);
      const own = chosen.map(
        (wanted) => defaults.find(({ architecture }) => architecture === wanted)?.written,
      );
      const values = [...new Set(own.filter((value) => value !== undefined))];
      input.placeholder = count === undefined ? values.join(", ") : String(count.usual);
      const value = Number(isSet ? text : (count?.usual ?? values[0]));
      slider.value = String(nearest(steps, value));
      slider.setAttribute("aria-valuetext", isSet ? text : `${input.placeholder}, as in the model`);
    },
  };
}

/** Whether a text is what the choice keeps of a count; all else is an expression, which is a setting. */
function isCount(text: string): boolean {
  return /^\d{0,7}$/.test(text) && text !== "0";
}

function rangeText(range: KnobRange | undefined): string {
  if (range === undefined) return "";
  return `Usually ${range.from} to ${range.to}${range.isDoubling ? ", doubling" : ""}. `;
}

/** What is taken where nothing is set. */
function usualText({ defaults }: Knob, usual: number | undefined): string {
  if (usual !== undefined) return `Here ${usual} unless you say otherwise.`;
  const byValue = new Map<string, string[]>();
  for (const { written, title } of defaults) byValue.set(written, [...(byValue.get(written) ?? []), title]);
  if (byValue.size === 1) return `In the models ${defaults[0].written}.`;
  const parts = [...byValue].sort(([, first], [, second]) => first.length - second.length);
  return `In the models ${parts
    .map(([value, titles], index) =>
      index === parts.length - 1 ? `else ${value}` : `${value} (${titles.join(", ")})`,
    )
    .join(", ")}.`;
}

function nearest(steps: readonly number[], value: number): number {
  const distance = (step: number): number => Math.abs(Math.log((step || 0.5) / (value || 0.5)));
  return steps.reduce((best, step, index) => (distance(step) < distance(steps[best]) ? index : best), 0);
}

/** Variables that are no knobs. */
function otherSettingsPart(knobs: ReadonlySet<string>, onChange: OnChange): Part {
  const area = element("textarea", {
    id: "other-settings",
    rows: 2,
    spellcheck: "false",
    placeholder: "TECH_NODE=22",
    "aria-describedby": "other-settings-hint",
  });
  const others = (choice: Choice): [string, string][] =>
    Object.entries(choice.settings).filter(([name]) => !knobs.has(name));
  listen(area, (text) =>
    onChange((choice) => ({
      ...choice,
      settings: {
        ...Object.fromEntries(Object.entries(choice.settings).filter(([name]) => knobs.has(name))),
        ...Object.fromEntries(
          text
            .split("\n")
            .filter((line) => line.trim() !== "")
            .map((line) => {
              const at = line.indexOf("=");
              return at < 0 ? [line.trim(), ""] : [line.slice(0, at).trim(), line.slice(at + 1).trim()];
            }),
        ),
      },
    })),
  );
  return {
    element: element(
      "div",
      { class: "knob" },
      element("label", { for: "other-settings", class: "label" }, "Other variables"),
      area,
      element(
        "p",
        { class: "hint", id: "other-settings-hint" },
        "Any variable of variables.yaml, one NAME=EXPRESSION a line. Some have side effects, which that file names.",
      ),
    ),
    show: (choice) =>
      showText(
        area,
        others(choice)
          .map(([name, text]) => `${name}=${text}`)
          .join("\n"),
      ),
  };
}

function wayPart(name: WayName, onChange: OnChange): Part {
  const { label, values } = ways[name];
  const id = `way-${name}`;
  const select = element(
    "select",
    { id },
    ...Object.entries(values).map(([value, text]) => element("option", { value }, text)),
  );
  const [usual] = Object.keys(values);
  select.addEventListener("change", () =>
    onChange((choice) => {
      const others = Object.fromEntries(Object.entries(choice.ways).filter(([other]) => other !== name));
      return { ...choice, ways: select.value === usual ? others : { ...others, [name]: select.value } };
    }),
  );
  return {
    element: element("fieldset", {}, element("label", { for: id, class: "label" }, label), select),
    show: ({ ways: chosen }) => (select.value = chosen[name] ?? usual),
  };
}

function resetPart(onChange: OnChange): Part {
  const button = element("button", { type: "button", id: "reset" }, "Back to the published designs");
  button.addEventListener("click", () => onChange(({ dnn, speed }) => ({ ...usualChoice, dnn, speed })));
  return { element: element("p", {}, button), show: () => undefined };
}

function textInput(id: string, placeholder: string): HTMLInputElement {
  return element("input", { type: "text", id, placeholder, spellcheck: "false" });
}

/** While somebody types, the text is left as it is; it counts once it rests. */
function listen(input: HTMLInputElement | HTMLTextAreaElement, onText: (text: string) => void): void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const submit = (): void => {
    clearTimeout(timer);
    onText(input.value.trim());
  };
  input.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(submit, 350);
  });
  input.addEventListener("change", submit);
}

function showText(input: HTMLInputElement | HTMLTextAreaElement, text: string): void {
  if (input.value.trim() !== text) input.value = text;
}
