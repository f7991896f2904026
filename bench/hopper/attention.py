"""Attention: data, references and peers."""
import torch
import torch.nn.functional as F

from kernel import DTYPE


def visible(case):
    """True where query i sees key j; None: everywhere."""
    words = case["options"].replace("=", " ").split()
    options = dict(zip(words[::2], words[1::2]))
    if not options:
        return None
    bottom = options.get("causal") == "bottom_right"
    i = torch.arange(case["s"], device="cuda")[:, None]
    i = i + (case["sk"] - case["s"] if bottom else 0)
    j = torch.arange(case["sk"], device="cuda")[None]
    seen = torch.ones(case["s"], case["sk"], dtype=torch.bool, device="cuda")
    if "causal" in options:
        seen &= j <= i
    if "window_left" in options:
        seen &= j >= i - int(options["window_left"])
    if "window_right" in options:
        seen &= j <= i + int(options["window_right"])
    return seen


def attention(q, k, v, seen, dtype):
    """Of one head, step by step in `dtype`; rows that see nothing give 0."""
    scores = q.to(dtype) @ k.to(dtype).T / q.shape[-1] ** 0.5
    if seen is not None:
        scores = scores.masked_fill(~seen, float("-inf"))
    result = torch.softmax(scores, -1).nan_to_num(0) @ v.to(dtype)
    return result


def data(case):
    def tensor(heads, rows, depth):
        sizes = [heads, rows] if case["layout"] == "bhsd" else [rows, heads]
        return torch.randn(case["b"], *sizes, depth, device="cuda",
                           dtype=DTYPE[case["element"]])
    q = tensor(case["h"], case["s"], case["d"])
    k = tensor(case["hk"], case["sk"], case["d"])
    v = tensor(case["hk"], case["sk"], case["dv"])
    o = tensor(case["h"], case["s"], case["dv"])
    return q, k, v, o


def cudnn(case, q, k, v):
    return lambda: F.scaled_dot_product_attention(
        q, k, v, is_causal=bool(case["options"]))


class Case:
    """What check.py needs of a case: tensors to bind, a reference, peers."""

    def __init__(self, case):
        self.case = case
        self.tensors = data(case)

    def bound(self):
        return self.tensors

    def results(self):
        return self.tensors[3]

    def compared(self, got):
        """Triples of ours, float64 and PyTorch's, of a few heads."""
        q, k, v, _ = self.tensors
        if self.case["layout"] == "bshd":
            q, k, v, got = [t.transpose(1, 2) for t in (q, k, v, got)]
        seen, case = visible(self.case), self.case
        for head in {0, case["h"] // 2, case["h"] - 1}:
            shared = head // (case["h"] // case["hk"])
            part = (q[-1, head], k[-1, shared], v[-1, shared])
            yield (got[-1, head], attention(*part, seen, torch.float64),
                   attention(*part, seen, q.dtype))

    def flops(self):
        case = self.case
        share = .5 if case["options"] else 1
        return (2 * case["b"] * case["h"] * case["s"] * case["sk"] *
                (case["d"] + case["dv"]) * share)

    def peers(self):
        return {"cudnn": cudnn(self.case, *self.tensors[:3])}
