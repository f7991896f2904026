"""Matrix products and convolutions: data, references and peers."""
import torch
import torch.nn.functional as F

from kernel import DTYPE


def follow(case, value, bias, other):
    """What comes behind the product, in the type of `value`."""
    for step in case["follow"]:
        if step == "bias":
            value = value + bias.to(value.dtype)
        elif step == "residual":
            value = value + other.to(value.dtype)
        elif step == "swiglu":
            gate, open_ = value.chunk(2, -1)
            value = F.silu(gate) * open_
        elif step == "single":
            value = value.float() if value.dtype != torch.float64 else value
        else:
            value = getattr(F, step)(value)
    return value


def random(element, *sizes):
    return torch.randn([n for n in sizes if n], device="cuda",
                       dtype=DTYPE[element])


class Matmul:
    def __init__(self, case):
        self.case = case
        b, m, n, k = (case[key] for key in "bmnk")
        columns = 2 * n if "swiglu" in case["follow"] else n
        element = case["element"]
        self.a = random(element, b, *((k, m) if case["ta"] else (m, k)))
        # Weights of this size keep sums near 1, where activations bend.
        self.w = random(element, b, *((columns, k) if case["tb"]
                                      else (k, columns))) * k ** -0.5
        self.bias = random(element, columns)
        self.other = random(element, b, m, n)
        self.out = random(case["out"], b, m, n)

    def bound(self):
        tensors = [self.a, self.w]
        for step in self.case["follow"]:
            if step in ("bias", "residual"):
                tensors.append(self.bias if step == "bias" else self.other)
        return [*tensors, self.out]

    def results(self):
        return self.out

    def compute(self, dtype, rows=slice(None)):
        a = self.a.mT if self.case["ta"] else self.a
        w = self.w.mT if self.case["tb"] else self.w
        value = a[..., rows, :].to(dtype) @ w.to(dtype)
        return follow(self.case, value, self.bias, self.other[..., rows, :])

    def compared(self, got):
        rows = torch.arange(self.case["m"], device="cuda")
        if self.case["m"] > 1024:
            rows = torch.randperm(self.case["m"], device="cuda")[:512]
        yield (got[..., rows, :], self.compute(torch.float64, rows),
               self.compute(self.a.dtype, rows))

    def flops(self):
        case = self.case
        columns = 2 * case["n"] if "swiglu" in case["follow"] else case["n"]
        return 2 * max(case["b"], 1) * case["m"] * columns * case["k"]

    def peers(self):
        if not self.case["follow"]:
            a, w = self.a, self.w
            return {"cublas": lambda: (a.mT if self.case["ta"] else a) @
                    (w.mT if self.case["tb"] else w)}
        case, bias, other = self.case, self.bias, self.other

        def module(a, w):
            added = bias if case["follow"][0] == "bias" else None
            value = F.linear(a, w, added)
            rest = case["follow"][1 if added is not None else 0:]
            return follow(dict(follow=rest), value, bias, other)
        compiled = torch.compile(module)
        return {"compiled": lambda: compiled(self.a, self.w),
                "eager": lambda: module(self.a, self.w)}


class Convolution:
    def __init__(self, case):
        self.case = case
        taps = case["kernel"] ** 2
        self.x = random(case["element"], case["n"], case["h"], case["w"],
                        case["c"])
        self.w = random(case["element"], case["o"], case["c"], case["kernel"],
                        case["kernel"]) * (taps * case["c"]) ** -0.5
        self.bias = random(case["element"], case["o"])
        self.out = random(case["element"], case["n"], case["p"], case["q"],
                          case["o"])
        lanes = min(64, 1 << (case["o"] - 1).bit_length())
        count = -(-case["o"] // lanes)
        panels = self.w.new_zeros(count * lanes, case["c"], taps)
        panels[:case["o"]] = self.w.flatten(2)
        self.panels = panels.reshape(count, lanes, case["c"], taps).permute(
            0, 3, 2, 1).contiguous()

    def bound(self):
        bias = [self.bias] if "bias" in self.case["follow"] else []
        return [self.x, self.panels, *bias, self.out]

    def results(self):
        return self.out

    def compute(self, dtype, images=slice(None)):
        case = self.case
        x = self.x[images].permute(0, 3, 1, 2).to(dtype)
        w = self.w.to(dtype, memory_format=torch.channels_last)
        value = F.conv2d(x, w, stride=case["stride"], padding=case["pad"],
                         dilation=case["dil"])
        return follow(case, value.permute(0, 2, 3, 1), self.bias, None)

    def compared(self, got):
        image = slice(self.case["n"] - 1, None)
        yield (got[image], self.compute(torch.float64, image),
               self.compute(self.x.dtype, image))

    def flops(self):
        """Counted densely, taps in the padding included."""
        case = self.case
        return (2 * case["n"] * case["p"] * case["q"] * case["o"] *
                case["c"] * case["kernel"] ** 2)

    def peers(self):
        case, torch.backends.cudnn.benchmark = self.case, True
        x = self.x.permute(0, 3, 1, 2)
        w = self.w.contiguous(memory_format=torch.channels_last)
        return {"cudnn": lambda: F.conv2d(
            x, w, stride=case["stride"], padding=case["pad"],
            dilation=case["dil"])}
