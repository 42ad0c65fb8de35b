export type SmallAttribute =
  number | readonly number[] | string | { readonly float: number } | { readonly tensor: SmallTensor };

/** One operator of a small model. Plain numbers among its attributes are whole ones. */
export interface SmallNode {
  readonly operator: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly name?: string;
  readonly domain?: string;
  readonly attributes?: Readonly<Record<string, SmallAttribute>>;
}

export interface SmallTensor {
  readonly dims: readonly number[];
  /** Number of the element type. Default: 1, float32. */
  readonly type?: number;
  /** Values; or a file outside with its place. */
  readonly values?: readonly number[];
  /** Values as little-endian bytes. */
  readonly raw?: Uint8Array;
  readonly external?: { readonly location: string; readonly offset?: number; readonly length?: number };
}

export interface SmallModel {
  readonly nodes: readonly SmallNode[];
  readonly inputs: Readonly<
    Record<string, { readonly dims?: readonly (number | string)[]; readonly type?: number }>
  >;
  readonly outputs: readonly string[];
  readonly tensors?: Readonly<Record<string, SmallTensor>>;
  readonly operatorSets?: Readonly<Record<string, number>>;
}

/** Writes a small model in ONNX's format. */
export async function smallModel(model: SmallModel): Promise<Uint8Array> {
  const { PbfWriter } = await import("pbf");
  type Writer = InstanceType<typeof PbfWriter>;
  const message = (pbf: Writer, tag: number, write: (inner: Writer) => void): void =>
    pbf.writeMessage(tag, (_, inner) => write(inner), null);
  const writeTensor = (pbf: Writer, name: string, tensor: SmallTensor): void => {
    const { dims, type = 1, values = [], raw, external } = tensor;
    for (const size of dims) pbf.writeVarintField(1, size);
    pbf.writeVarintField(2, type);
    if (raw !== undefined) pbf.writeBytesField(9, raw);
    else if (type === 1) pbf.writePackedFloat(4, [...values]);
    else pbf.writePackedVarint(type === 7 ? 7 : 5, [...values]);
    pbf.writeStringField(8, name);
    if (external === undefined) return;
    for (const [key, value] of Object.entries(external))
      message(pbf, 13, (entry) => {
        entry.writeStringField(1, key);
        entry.writeStringField(2, String(value));
      });
    pbf.writeVarintField(14, 1);
  };
  const pbf = new PbfWriter();
  pbf.writeVarintField(1, 8);
  message(pbf, 7, (graph) => {
    for (const node of model.nodes)
      message(graph, 1, (inner) => {
        for (const name of node.inputs) inner.writeStringField(1, name);
        for (const name of node.outputs) inner.writeStringField(2, name);
        inner.writeStringField(3, node.name ?? "");
        inner.writeStringField(4, node.operator);
        for (const [name, value] of Object.entries(node.attributes ?? {}))
          message(inner, 5, (attribute) => {
            attribute.writeStringField(1, name);
            const kind = (number: number): void => attribute.writeVarintField(20, number);
            if (typeof value === "number") {
              attribute.writeVarintField(3, value);
              kind(2);
            } else if (typeof value === "string") {
              attribute.writeStringField(4, value);
              kind(3);
            } else if ("float" in value) {
              attribute.writeFloatField(2, value.float);
              kind(1);
            } else if ("tensor" in value) {
              message(attribute, 5, (tensor) => writeTensor(tensor, "", value.tensor));
              kind(4);
            } else {
              for (const each of value) attribute.writeVarintField(8, each);
              kind(7);
            }
          });
        inner.writeStringField(7, node.domain ?? "");
      });
    graph.writeStringField(2, "small");
    for (const [name, given] of Object.entries(model.tensors ?? {}))
      message(graph, 5, (tensor) => writeTensor(tensor, name, given));
    for (const [name, { dims, type = 1 }] of Object.entries(model.inputs))
      message(graph, 11, (info) => {
        info.writeStringField(1, name);
        message(info, 2, (value) =>
          message(value, 1, (tensor) => {
            tensor.writeVarintField(1, type);
            if (dims === undefined) return;
            message(tensor, 2, (shape) => {
              for (const size of dims)
                message(shape, 1, (dimension) => {
                  if (typeof size === "number") dimension.writeVarintField(1, size);
                  else dimension.writeStringField(2, size);
                });
            });
          }),
        );
      });
    for (const name of model.outputs) message(graph, 12, (info) => info.writeStringField(1, name));
  });
  for (const [domain, version] of Object.entries(model.operatorSets ?? { "": 17 }))
    message(pbf, 8, (set) => {
      set.writeStringField(1, domain);
      set.writeVarintField(2, version);
    });
  return pbf.finish();
}

/** A fully connected layer `y = x · w` of 4 inputs and 3 outputs, with changes. */
export function smallLayer(changes: Partial<SmallModel> = {}): SmallModel {
  return {
    nodes: [{ operator: "MatMul", inputs: ["x", "w"], outputs: ["y"] }],
    inputs: { x: { dims: ["N", 4] } },
    outputs: ["y"],
    tensors: { w: { dims: [4, 3], values: Array.from({ length: 12 }, (_, index) => (index % 5) - 2) } },
    ...changes,
  };
}
