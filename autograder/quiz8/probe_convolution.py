"""Probe of quiz8, notebook convolution: what the diagnosis looks at. It gives no marks.

A probe tries an implementation on fixed inputs and observes what it does; the known bugs are told apart by that. First
come experiments, each of which answers one question about an implementation and changes nothing else, so that a mistake
is known however it is written; then a sweep over shapes, which tells in which cases results are wrong.
"""

import re

import numpy as np
from layers import Layer, convolution_gradients, convolve, windows

from gradkit.checks import as_array, check_finite, check_shape
from gradkit.errors import CheckFailure, FunctionRaised

SWEEP = (
    {},
    {"bias": False},
    {"pad": 0, "bias": False},
    {"pad": 2, "bias": False, "image": (3, 3)},
    {"stride": 2, "bias": False, "image": (5, 5)},
    {"stride": 3, "bias": False, "image": (7, 7)},
    {"image": (5, 3), "bias": False},
    {"image": (3, 5), "bias": False},
    {"image": (3, 6), "bias": False},
    {"window": (3, 2), "bias": False},
    {"stride": 2, "bias": False},
    {"window": (2, 3), "bias": False},
    {"window": (2, 2), "bias": False},
    {"numbers": (1, 1, 1), "bias": False},
    {"image": (5, 7), "window": (3, 1), "stride": 2, "pad": 2},
    {"image": (8, 5), "window": (2, 5), "stride": 3, "pad": 0, "numbers": (4, 3, 2)},
)
TURNED = {
    "turned by half a turn": lambda w: w[..., ::-1, ::-1],
    "upside down": lambda w: w[..., ::-1, :],
    "mirrored": lambda w: w[..., ::-1],
    "with its rows and columns swapped": lambda w: w.swapaxes(-1, -2),
}


def conditions_of(layer, bias):
    """Return what is true of a layer, in the words that a student reads after "wrong only when"."""
    height, width = sizes = layer.x.shape[2:]
    rows, columns = window = layer.w.shape[2:]
    told = {
        "the bias is not zero": bias,
        "pad is 0": layer.pad == 0,
        "pad is not 0": layer.pad != 0,
        "pad is not 1": layer.pad != 1,
        "the stride is not 1": layer.stride != 1,
        "the stride does not divide the size": any(
            (n + 2 * layer.pad - k) % layer.stride for n, k in zip(sizes, window, strict=True)
        ),
        "the image is not square": height != width,
        "the filter is not square": rows != columns,
        "the image or the filter is not square": height != width or rows != columns,
        "the filter is not 3 x 3": (rows, columns) != (3, 3),
        "there is more than one image, channel or filter": layer.x.shape[0] > 1,
    }
    return [words for words, holds in told.items() if holds]


def sweep(rng):
    """Yield layers, each with its name and conditions."""
    for options in SWEEP:
        layer = Layer(rng, **{"image": (4, 4), "numbers": (2, 2, 3), **options})
        bias = options.get("bias", True)
        more = "" if layer.x.shape[0] > 1 else ", one image, channel and filter"
        yield layer, f"for {layer.case}{more}{', with a bias' if bias else ''}", conditions_of(layer, bias)


def small(rng, image=5, window=3, stride=1, pad=1, numbers=(1, 1, 1)):
    """Return a square layer without a bias."""
    return Layer(rng, (image, image), (window, window), stride, pad, bias=False, numbers=numbers)


def same(a, b):
    """Say whether two arrays have the same shape and, up to rounding, the same values."""
    a, b = np.asarray(a), np.asarray(b)
    return a.shape == b.shape and np.allclose(a, b, rtol=1e-6, atol=1e-9)


def look_at(*parts):
    """Have each part plan its calls, up to its `yield`, and then each look at what came of them: all go in one message."""
    for part in parts:
        next(part)
    for part in parts:
        next(part, None)


def output_of(call, layer):
    """Return the output of a planned forward pass as an array with four axes, finite and of no great size."""
    out = as_array(call.value()[0], "out")
    if out.ndim != 4 or not out.size or out.size > 100 * layer.dout.size:
        raise CheckFailure("out: nothing that could be looked at")
    return check_finite(out, name="out").astype(float)


def whole_output(call, layer):
    """Return the output of a planned forward pass, once it has the right shape."""
    return check_shape(output_of(call, layer), layer.shape, name="out")


def rows_of(number):
    """Write a number of rows."""
    return f"{number} row" if number == 1 else f"{number} rows"


def first_true(told):
    """Return the first word whose statement holds; an empty string where none does."""
    return next((words for words, holds in told if holds), "")


def probe_conv_forward_naive(submission, rng, observe):
    """Ask what becomes of filter, frame, stride, bias, channels, filters and images; then sweep over shapes."""
    parts = (observe_frame, observe_windows, observe_sums, observe_sizes, observe_arguments, observe_outputs)
    look_at(*(part(submission, rng, observe) for part in parts))


def observe_arguments(submission, rng, observe):
    """Ask whether forward changes its arguments."""
    planned = [plan_changes(submission, small(rng, pad=pad, numbers=(2, 3, 4))) for pad in (1, 0)]
    yield
    with observe.case("after a call"):
        changed = [changes_arguments(*call) for call in planned]
        observe.fact("the arguments", "changed" if any(changed) else "as they were", says="The caller's arrays are {}")


def observe_outputs(submission, rng, observe):
    """Look at outputs of many shapes."""
    planned = [(layer.plan_forward(submission), *told) for layer, *told in sweep(rng)]
    yield
    for call, case, conditions in planned:
        with observe.case(case, *conditions):
            out, _ = call.value()
            observe.value("out", out)


def plan_changes(submission, layer):
    """Plan a forward pass for `changes_arguments`."""
    return layer, submission.conv_forward_naive.plan_returning_arguments(layer.x, layer.w, layer.b, layer.param)


def changes_arguments(layer, call):
    """Say whether forward changes x, w or b; one that fails at pad 0 is seen there by others."""
    try:
        _, after = call.value()
    except FunctionRaised:
        if layer.pad:
            raise
        return False
    return not all(map(np.array_equal, (layer.x, layer.w, layer.b), after[:3]))


def observe_frame(submission, rng, observe):
    """Let a filter that picks the first pixel of each window show the padded image, but for its last two rows."""
    planned = []
    for pad, window in ((1, 3), (2, 3), (0, 3), (1, 5)):
        layer = small(rng, 5, window, pad=pad)
        layer.w[:] = 0.0
        layer.w[0, 0, 0, 0] = 1.0
        planned.append((pad, window, layer, layer.plan_forward(submission)))
    yield
    for pad, window, layer, call in planned:
        with observe.case(
            f"at pad {pad} with a filter of {window} x {window}", *(["pad is 0"] if pad == 0 else ["pad is not 0"])
        ):
            out = output_of(call, layer)
            images = {1: "as many as went in", 1 + 2 * pad: "more than went in"}.get(len(out), "")
            observe.fact("images", images, says="The images that come out are {}")
            shown, image = out[len(out) // 2, 0], layer.x[0, 0]
            frames = [k for k in range(4) if shows(shown, image, k)]
            only_below = pad > 0 and len(shown) == 6 + pad - window  # such a frame is no missing one
            frame = rows_of(frames[0]) if frames and (frames[0] or not only_below) else ""
            frame = frame if out.any() else "nothing of the image"
            observe.fact("the frame", frame, says="Above the image your function puts {}")
            if pad and window == 3:
                told = [("zeros", not shown[0].any()), ("pixels of the image", np.isin(shown[0], image).all())]
                held = first_true(told) if frame == rows_of(pad) else ""
                observe.fact("what the frame holds", held, says="The frame holds {}")


def shows(shown, image, k):
    """Say whether the image is seen in what is shown, k pixels down and to the right, be it cut off there."""
    n = min(len(shown) - k, len(image))
    return n > 1 and same(shown[k : k + n, k : k + n], image[:n, :n])


def observe_windows(submission, rng, observe):
    """Ask where windows are taken, and which way round the filter is."""
    layer, spread = small(rng, window=4), small(rng, 7, stride=2)
    spread.w[:] = 1.0
    call, at_stride_2 = (each.plan_forward(submission) for each in (layer, spread))
    yield
    with observe.case("for a filter that is not symmetric"):
        out = np.asarray(call.value()[0])[..., 1:-1, 1:-1]  # none of these windows meets the frame's corners
        told = [("as it is", same(out, layer.expected[..., 1:-1, 1:-1]))]
        for words, turn in TURNED.items():
            turned = convolve(layer.x, turn(layer.w), layer.b, 1, 1)[..., 1:-1, 1:-1]
            told.append((words, same(out, turned)))
        observe.fact("the filter", first_true(told), says="Your function uses the filter {}")
    with observe.case("at stride 2", "the stride is not 1"):
        out = output_of(at_stride_2, spread)[0, 0]
        each, n = convolve(spread.x, spread.w, spread.b, 1, 1)[0, 0], min(len(out), 6)
        told = [("2 pixels", same(out[1:3, 1:3], each[2:6:2, 2:6:2])), ("1 pixel", same(out[1:n, 1:n], each[1:n, 1:n]))]
        observe.fact("the step", first_true(told), says="The windows move by {}")


def observe_sums(submission, rng, observe):
    """Ask over which channels, filters and images sums are taken, and what the bias adds."""
    layer, bias = small(rng, numbers=(1, 2, 2)), np.array([3.0, -2.0])
    layer.w[1] = layer.w[0]
    of_bias = [submission.conv_forward_naive.plan(layer.x, layer.w, b, layer.param) for b in (layer.b, bias)]
    channels = small(rng, numbers=(1, 3, 3))
    of_channels = []
    for channel in range(3):
        w = np.zeros_like(channels.w)
        w[:, channel, 1, 1] = 1.0
        of_channels.append(submission.conv_forward_naive.plan(channels.x, w, channels.b, channels.param))
    filters, images = small(rng, numbers=(1, 2, 3)), small(rng, numbers=(2, 1, 1))
    of_filters, of_images = (each.plan_forward(submission) for each in (filters, images))
    yield
    with observe.case("with a bias"):
        without, added = (whole_output(call, layer) for call in of_bias)
        added = added - without
        alike = same(without[:, 0], without[:, 1])
        told = [
            ("the bias", alike and same(added, np.broadcast_to(bias[:, None, None], added.shape))),
            ("minus the bias", alike and same(-added, np.broadcast_to(bias[:, None, None], added.shape))),
            ("nothing", alike and not added.any()),
            ("a number that is not the bias", not added.any()),
        ]
        observe.fact("the bias", first_true(told), says="Your function adds {} to the output")
    with observe.case("for filters that look at one channel alone"):
        right, nothing = [], []
        for channel, call in enumerate(of_channels):
            out = whole_output(call, channels)
            right.append(same(out, np.broadcast_to(channels.x[:, channel], out.shape)))
            nothing.append(not out.any())
        told = [
            ("each channel", all(right)),
            ("the first channel alone", right[0] and nothing[1] and nothing[2]),
            ("the last channel alone", right[2] and nothing[0] and nothing[1]),
        ]
        observe.fact("the channels", first_true(told), says="Your function sees {}")
    with observe.case("for three filters"):
        out = output_of(of_filters, filters)
        check_shape(out[:, :1], (1, 1, 5, 5), name="out")
        empty = not out[:, 1:].any() or same(out[:, 1:], np.broadcast_to(out[:, :1], out[:, 1:].shape))
        told = [("each filter", same(out, filters.expected)), ("the first filter alone", empty and out[:, 0].any())]
        observe.fact("the filters", first_true(told), says="Your function applies {}")
    with observe.case("for two images"):
        out = np.asarray(of_images.value()[0])
        told = [
            ("an output of its own", same(out, images.expected)),
            ("the sum of both outputs", same(out[0], images.expected.sum(0))),
        ]
        observe.fact("several images", first_true(told), says="An image gets {}")


def observe_sizes(submission, rng, observe):
    """Ask for the size of the output, where the values that it has are right."""
    layers = [small(rng, stride=stride, pad=pad) for stride, pad in ((1, 1), (2, 1), (1, 2))]
    planned = [layer.plan_forward(submission) for layer in layers]
    batch = small(rng).plan_forward(submission)
    yield
    for layer, call in zip(layers, planned, strict=True):
        with observe.case(f"for an image of 5 x 5 at stride {layer.stride} and pad {layer.pad}"):
            out, right = output_of(call, layer)[0, 0], layer.expected[0, 0]
            seen = out[: len(out) - (not out[-1].any()), : len(out[0]) - (not out[:, -1].any())]
            rows, columns = (min(a, b) for a, b in zip(seen.shape, right.shape, strict=True))
            fits = min(rows, columns) > 1 and same(seen[:rows, :columns], right[:rows, :columns])
            text = f"{len(seen)} rows and {len(seen[0])} columns" if fits else ""
            observe.fact("the size of the output", text, says="The output has {}")
    with observe.case("for an image of 5 x 5 in a batch"):
        text = "integers"
        try:
            batch.value()
        except FunctionRaised as error:
            said = error.kind == "TypeError" and (
                "integer" in error.text and ("float" in error.text or "indices" in error.text)
            )
            text = "no integers" if said else ""
        observe.fact("sizes", text, says="The sizes that your function works out are {}")


def probe_conv_backward_naive(submission, rng, observe):
    """Ask how dx, dw and db are put together; then sweep over shapes. Each time with the student's own forward.

    A forward that changes its arguments spoils what it keeps for backward, and backward can't be told from it.
    """
    changed = [True]
    with observe.case("in the forward pass before"):
        changed[0] = changes_arguments(*plan_changes(submission, small(rng, pad=1, numbers=(2, 3, 4))))
    if changed[0]:
        return
    parts = (
        observe_cut, observe_scales, observe_dx, observe_dw, observe_steps, observe_upstream, observe_gradients,
    )  # fmt: skip
    look_at(*(part(submission, rng, observe) for part in parts))


def observe_upstream(submission, rng, observe):
    """Ask whether backward changes dout."""
    layer = small(rng, numbers=(2, 3, 4))
    forward = layer.plan_forward(submission)
    call = submission.conv_backward_naive.plan_returning_arguments(layer.dout, forward[1])
    yield
    with observe.case("after a call"):
        _, after = call.value()
        told = "as it was" if np.array_equal(layer.dout, after[0]) else "changed"
        observe.fact("the arguments", told, says="The caller's dout is {}")


def observe_gradients(submission, rng, observe):
    """Look at gradients of many shapes."""
    planned = [(plan_gradients(submission, layer), *told) for layer, *told in sweep(rng)]
    yield
    for call, case, conditions in planned:
        with observe.case(case, *conditions):
            for name, gradient in zip(("dx", "dw", "db"), call.value(), strict=True):
                observe.value(name, gradient)


def plan_gradients(submission, layer, dout=None):
    """Plan both passes: the value is the student's dx, dw and db."""
    return layer.plan_backward(submission, layer.plan_forward(submission), dout)


def framed_gradient(layer, dout=None):
    """Return dx with the frame still on."""
    framed = np.pad(layer.x, ((0, 0), (0, 0), (layer.pad, layer.pad), (layer.pad, layer.pad)))
    return convolution_gradients(layer.dout if dout is None else dout, framed, layer.w, layer.stride, 0)[0]


def observe_cut(submission, rng, observe):
    """Ask how much of the frame is cut off dx."""
    planned = []
    for pad, window in ((1, 3), (2, 3), (0, 3), (1, 5), (2, 5)):
        layer = small(rng, 5, window, pad=pad)
        planned.append((pad, window, layer, plan_gradients(submission, layer)))
    yield
    for pad, window, layer, call in planned:
        with observe.case(f"at pad {pad} with a filter of {window} x {window}", "pad is not 0" if pad else "pad is 0"):
            cut, shape = "", ""
            try:
                dx = np.asarray(call.value()[0])
            except FunctionRaised as error:
                if "broadcast" not in error.text or not re.search(r"\b0, ?0\)", error.text):
                    raise
                cut = "all rows"
            else:
                rows, columns = dx.shape[-2:] if dx.ndim == 4 else (0, 0)
                whole = framed_gradient(layer)
                places = [k for k in range(6) if dx.size and same(dx, whole[..., k : k + rows, k : k + columns])]
                cut = "all rows" if not dx.size else rows_of(places[0]) if places else ""
                told = [
                    ("that of x", rows == 5),
                    ("that of the padded x", rows == len(whole[0, 0])),
                    ("smaller", rows < 5),
                ]
                shape = first_true(told) if cut else ""
            observe.fact("the frame of dx", cut, says="At the top of dx, {} are cut off")
            if pad:
                observe.fact("the size of dx", shape, says="The size of dx is {}")


def observe_scales(submission, rng, observe):
    """Ask by how much each gradient is too large or too small, and whether db depends on dout."""
    layer = small(rng, numbers=(4, 2, 3))
    layer.b += rng.uniform(1.0, 2.0, size=3)
    scaled = layer.dout * rng.uniform(1.0, 2.0, layer.dout.shape)
    call, of_scaled = plan_gradients(submission, layer), plan_gradients(submission, layer, scaled)
    yield
    right = convolution_gradients(layer.dout, layer.x, layer.w, 1, 1)
    with observe.case("for four images"):
        got = call.value()
        for name, gradient, wanted in zip(("dx", "dw", "db"), got, right, strict=True):
            array = np.asarray(gradient)
            fits = array.dtype.kind == "f" and array.shape == wanted.shape
            ratio = array / wanted if fits else [0.0, 1.0]
            observe.number(
                f"the size of the numbers in {name}",
                ratio,
                says=f"Each number in {name} is {{}} times what it has to be",
            )
        told = [
            ("all images", same(got[2], right[2])),
            ("the last image alone", same(got[2], layer.dout[-1].sum((1, 2)))),
        ]
        observe.fact("db over images", first_true(told), says="db is the sum over {}")
        shape = np.shape(got[2])
        told = [("one number for each filter", shape == (3,)), ("a number for each image and filter", shape == (4, 3))]
        observe.fact("what db holds", first_true(told), says="db holds {}")
        again = of_scaled.value()[2]
        depends = np.asarray(again).dtype.kind == "f" and not np.array_equal(got[2], again)
        observe.fact("db and dout", "depends" if depends else "does not depend", says="db {} on dout")


def observe_dx(submission, rng, observe):
    """Ask which parts of dx are added up, and which way round the filter is."""
    overlapping, pixels, turned = small(rng, 4), small(rng, 4, 1, numbers=(1, 1, 3)), small(rng, 5, 4)
    calls = [plan_gradients(submission, layer) for layer in (overlapping, pixels, turned)]
    yield
    with observe.case("where windows overlap"):
        dx = np.asarray(calls[0].value()[0])
        parts = [framed_gradient(overlapping, overlapping.dout * at)[..., 1:-1, 1:-1] for at in places(4)]
        observe.fact("overlapping windows", sum_or_one(dx, parts), says="dx holds {} that meet")
    with observe.case("for three filters of one pixel"):
        dx = np.asarray(calls[1].value()[0])
        parts = [
            framed_gradient(pixels, pixels.dout * (np.arange(3) == f)[:, None, None])[..., 1:-1, 1:-1] for f in range(3)
        ]
        one = "only the last of the parts" if same(dx, parts[-1]) else ""
        whole = "the sum of the parts" if same(dx, sum(parts)) else one
        observe.fact("several filters", whole, says="dx holds {} that meet")
    with observe.case("for a filter that is not symmetric"):
        dx = np.asarray(calls[2].value()[0])
        told = [("as it is", same(dx, framed_gradient(turned)[..., 1:-1, 1:-1]))]
        for words, turn in TURNED.items():
            turned.w = turn(turned.w)
            told.append((words, same(dx, framed_gradient(turned)[..., 1:-1, 1:-1])))
            turned.w = turn(turned.w)
        observe.fact("the filter in dx", first_true(told), says="dx is made with the filter {}")


def places(size):
    """Yield arrays of size x size, each with a single 1."""
    for i in range(size * size):
        yield (np.arange(size * size) == i).reshape(size, size)


def sum_or_one(dx, parts):
    """Say whether dx is the sum of the parts, or everywhere one of those that are not zero."""
    parts = np.stack(parts)
    if dx.shape != parts.shape[1:]:
        return ""
    one = (np.isclose(dx, parts, rtol=1e-6) & (parts != 0)).any(0)
    return first_true([("the sum of the parts", same(dx, parts.sum(0))), ("only one of the parts", one.all())])


def observe_dw(submission, rng, observe):
    """Ask over which images and places dw is summed, and whether it sees the frame."""
    layer, padded = small(rng, 4, numbers=(3, 1, 1)), small(rng, 5)
    call, of_padded = (plan_gradients(submission, each) for each in (layer, padded))
    yield
    with observe.case("for three images"):
        dw = np.asarray(call.value()[1])
        patches = np.einsum("nfij,ncijkl->nijfckl", layer.dout, windows(layer.x, (3, 3), 1, 1))
        images = [
            ("all images", slice(None)),
            ("the last image alone", slice(2, 3)),
            ("the first image alone", slice(0, 1)),
        ]
        each = [(slice(i, i + 1), slice(j, j + 1)) for i in range(4) for j in range(4)]
        lines = [(slice(i, i + 1), slice(None)) for i in range(4)] + [(slice(None), slice(i, i + 1)) for i in range(4)]
        spots = [("all places", (slice(None), slice(None))), *[("some places alone", spot) for spot in lines + each]]
        found = [
            (image, spot) for image, n in images for spot, (i, j) in spots if same(dw, patches[n, i, j].sum((0, 1, 2)))
        ]
        image, spot = found[0] if found else ("", "")
        observe.fact("dw over images", image, says="dw is the sum over {}")
        observe.fact("dw over places", spot, says="dw is the sum over {}")
    with observe.case("at pad 1"):
        dw, dout, x, w = dw_or_complaint(of_padded), padded.dout, padded.x, padded.w
        told = [("the padded image", same(dw, convolution_gradients(dout, x, w, 1, 1)[1]))]
        without = [
            convolution_gradients(dout[..., :3, :3], x, w, 1, 0)[1],
            convolution_gradients(dout[..., 1:4, 1:4], x, w, 1, 0)[1],
            convolution_gradients(dout, np.pad(x, ((0, 0), (0, 0), (0, 2), (0, 2))), w, 1, 0)[1],
        ]
        frameless = isinstance(dw, str) or any(same(dw, other) for other in without)
        told.append(("the image without its frame", frameless))
        observe.fact("dw and the frame", first_true(told), says="dw is made from {}")


def dw_or_complaint(call):
    """Return dw of planned passes; a text where adding to it failed since a window is smaller than the filter: it ended at the border."""
    try:
        return np.asarray(call.value()[1])
    except FunctionRaised as error:
        shapes = re.findall(r"\((?:\d+, ?)*(\d+), ?(\d+)\)", error.text)
        shapes = shapes if error.text.startswith("operands could not be broadcast") else []
        if len(shapes) < 2 or shapes[0] != ("3", "3") or not {"1", "2"} & set(shapes[1]):
            raise
        return error.text


def observe_steps(submission, rng, observe):
    """Ask where dx and dw take the windows at stride 2."""
    layer = small(rng, 7, stride=2)
    call = plan_gradients(submission, layer)
    yield
    with observe.case("at stride 2", "the stride is not 1"):
        dx, dw, _ = call.value()
        framed = np.pad(layer.x[0, 0], 1)
        names, moved = ("2 pixels", "1 pixel"), []
        for step in (2, 1):
            spread, total = np.zeros_like(framed), np.zeros((3, 3))
            for (i, j), upstream in np.ndenumerate(layer.dout[0, 0]):
                window = np.s_[i * step : i * step + 3, j * step : j * step + 3]
                spread[window] += upstream * layer.w[0, 0]
                total += upstream * framed[window]
            moved.append((spread[1:-1, 1:-1], total))
        told = [(name, same(np.squeeze(dx), spread)) for name, (spread, _) in zip(names, moved, strict=True)]
        observe.fact("the step in dx", first_true(told), says="In dx the windows move by {}")
        told = [(name, same(np.squeeze(dw), total)) for name, (_, total) in zip(names, moved, strict=True)]
        observe.fact("the step in dw", first_true(told), says="In dw the windows move by {}")
