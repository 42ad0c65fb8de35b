"""Trains the small network of examples/networks: scikit-learn's digits, 8 x 8 pixels, ten classes.

    pip install "jax[cpu]==0.4.38" scikit-learn==1.6.1 onnx==1.17.0
    python tools/train-digits.py

Writes digits.onnx, and images and labels that it was not trained on, to examples/networks. Everything is seeded; another
version of JAX or another processor may still give other last digits, so that the files are kept as they are.
"""

from pathlib import Path

import jax
import jax.numpy as jnp
import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

SEED = 1
EPOCHS = 60
BATCH = 64
HELD_OUT = 256
FOLDER = Path(__file__).resolve().parent.parent / "examples" / "networks"

# Name, groups, weights [filters, channels of a group, height, width]. "wide" has filters of 64 * 3 * 3 = 576 rows.
CONVOLUTIONS = [
    ("stem", 1, (32, 1, 3, 3)),
    ("depthwise", 32, (32, 1, 3, 3)),
    ("pointwise", 1, (64, 32, 1, 1)),
    ("wide", 1, (64, 64, 3, 3)),
    ("second", 1, (64, 64, 3, 3)),
]
EPSILON = 1e-5
MOMENTUM = 0.9


def initial(key):
    parameters, averages = {}, {}
    for name, _, shape in CONVOLUTIONS:
        key, here = jax.random.split(key)
        spread = np.sqrt(2 / np.prod(shape[1:]))
        parameters[name] = {
            "w": jax.random.normal(here, shape) * spread,
            "gain": jnp.ones(shape[0]),
            "shift": jnp.zeros(shape[0]),
        }
        averages[name] = {"mean": jnp.zeros(shape[0]), "variance": jnp.ones(shape[0])}
    key, here = jax.random.split(key)
    parameters["classes"] = {"w": jax.random.normal(here, (10, 64)) / 8, "b": jnp.zeros(10)}
    return parameters, averages


def forward(parameters, averages, images, training):
    fresh = {}

    def convolution(x, index):
        name, groups, shape = CONVOLUTIONS[index]
        layer = parameters[name]
        pad = shape[2] // 2
        x = jax.lax.conv_general_dilated(
            x,
            layer["w"],
            (1, 1),
            [(pad, pad), (pad, pad)],
            feature_group_count=groups,
            dimension_numbers=("NCHW", "OIHW", "NCHW"),
        )
        if training:
            mean, variance = x.mean((0, 2, 3)), x.var((0, 2, 3))
            fresh[name] = {
                key: MOMENTUM * averages[name][key] + (1 - MOMENTUM) * value
                for key, value in (("mean", mean), ("variance", variance))
            }
        else:
            mean, variance = averages[name]["mean"], averages[name]["variance"]
        factor = layer["gain"] / jnp.sqrt(variance + EPSILON)
        return x * factor[None, :, None, None] + (layer["shift"] - mean * factor)[None, :, None, None]

    x = jax.nn.relu(convolution(images, 0))
    x = jax.nn.relu(convolution(x, 1))
    x = jax.nn.relu(convolution(x, 2))
    x = x.reshape(*x.shape[:2], 4, 2, 4, 2).max((3, 5))
    kept = x
    x = jax.nn.relu(convolution(x, 3))
    x = jax.nn.relu(convolution(x, 4) + kept)
    x = x.mean((2, 3))
    return x @ parameters["classes"]["w"].T + parameters["classes"]["b"], fresh


def loss(parameters, averages, images, labels):
    scores, fresh = forward(parameters, averages, images, True)
    decay = sum(jnp.sum(jnp.square(layer["w"])) for layer in parameters.values())
    picked = jnp.take_along_axis(jax.nn.log_softmax(scores), labels[:, None], 1)
    return -picked.mean() + 1e-4 * decay, fresh


@jax.jit
def step(parameters, averages, moments, images, labels, count, rate):
    gradients, fresh = jax.grad(loss, has_aux=True)(parameters, averages, images, labels)
    first = jax.tree.map(lambda m, g: 0.9 * m + 0.1 * g, moments[0], gradients)
    second = jax.tree.map(lambda v, g: 0.999 * v + 0.001 * g * g, moments[1], gradients)
    parameters = jax.tree.map(
        lambda p, m, v: p - rate * (m / (1 - 0.9**count)) / (jnp.sqrt(v / (1 - 0.999**count)) + 1e-8),
        parameters,
        first,
        second,
    )
    return parameters, fresh, (first, second)


def train(images, labels):
    parameters, averages = initial(jax.random.PRNGKey(SEED))
    zeros = jax.tree.map(jnp.zeros_like, parameters)
    moments = (zeros, zeros)
    order = np.random.default_rng(SEED)
    count = 0
    for epoch in range(EPOCHS):
        rate = 3e-3 * 0.5 * (1 + np.cos(np.pi * epoch / EPOCHS))
        places = order.permutation(len(images))
        for begin in range(0, len(places) - BATCH + 1, BATCH):
            chosen = places[begin : begin + BATCH]
            count += 1
            parameters, averages, moments = step(
                parameters, averages, moments, images[chosen], labels[chosen], count, rate
            )
    return parameters, averages


def export(parameters, averages, file):
    tensors, nodes = [], []

    def tensor(name, values):
        tensors.append(numpy_helper.from_array(np.asarray(values, np.float32), name))
        return name

    def node(operator, inputs, output, **attributes):
        nodes.append(helper.make_node(operator, inputs, [output], name=output, **attributes))
        return output

    def convolution(x, index):
        name, groups, shape = CONVOLUTIONS[index]
        pad = shape[2] // 2
        x = node(
            "Conv",
            [x, tensor(f"{name}.w", parameters[name]["w"])],
            name,
            kernel_shape=shape[2:],
            pads=[pad] * 4,
            group=groups,
        )
        parts = [parameters[name]["gain"], parameters[name]["shift"], *averages[name].values()]
        names = ["gain", "shift", *averages[name]]
        norm = [tensor(f"{name}.{part}", values) for part, values in zip(names, parts)]
        return node("BatchNormalization", [x, *norm], f"{name}.norm", epsilon=EPSILON)

    x = "image"
    for index in range(3):
        x = node("Relu", [convolution(x, index)], f"{CONVOLUTIONS[index][0]}.relu")
    kept = x = node("MaxPool", [x], "pool", kernel_shape=[2, 2], strides=[2, 2])
    x = node("Relu", [convolution(x, 3)], "wide.relu")
    x = node("Relu", [node("Add", [convolution(x, 4), kept], "residual")], "residual.relu")
    x = node("Flatten", [node("GlobalAveragePool", [x], "mean")], "features")
    classes = parameters["classes"]
    inputs = [x, tensor("classes.w", classes["w"]), tensor("classes.b", classes["b"])]
    nodes.append(helper.make_node("Gemm", inputs, ["scores"], name="classes", transB=1))
    graph = helper.make_graph(
        nodes,
        "digits",
        [helper.make_tensor_value_info("image", TensorProto.FLOAT, ["N", 1, 8, 8])],
        [helper.make_tensor_value_info("scores", TensorProto.FLOAT, ["N", 10])],
        tensors,
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    onnx.checker.check_model(model)
    onnx.save(model, file)


def main():
    digits = load_digits()
    images = (digits.images[:, None] / 16).astype(np.float32)
    labels = digits.target.astype(np.int32)
    seen, held, seen_labels, held_labels = train_test_split(
        images, labels, test_size=HELD_OUT, random_state=SEED, stratify=labels
    )
    parameters, averages = train(seen, seen_labels)
    scores, _ = forward(parameters, averages, held, False)
    print("accuracy on held-out images:", float((scores.argmax(1) == held_labels).mean()))
    FOLDER.mkdir(parents=True, exist_ok=True)
    export(parameters, averages, FOLDER / "digits.onnx")
    np.save(FOLDER / "digits-images.npy", held)
    np.save(FOLDER / "digits-labels.npy", held_labels.astype(np.uint8))


main()
