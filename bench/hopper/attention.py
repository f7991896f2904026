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


def attention(q, k, v, change, dtype):
    """Of one head, step by step in `dtype`; rows that see nothing give 0.
    Also the logarithms of the sums."""
    scores = change(q.to(dtype) @ k.to(dtype).T / q.shape[-1] ** 0.5)
    result = torch.softmax(scores, -1).nan_to_num(0) @ v.to(dtype)
    return result, torch.logsumexp(scores, -1)


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


def flex(case, q, k, v, table, mask):
    """FlexAttention, compiled; its block mask is made beforehand."""
    import torch.nn.attention.flex_attention as F2
    score, blocks = None, None
    causal = "causal" in case["options"]
    if case["score"] == "alibi":
        def score(s, b, h, i, j):
            return s + table[h] * (j - i)
    if case["cap"]:
        def score(s, b, h, i, j):
            return case["cap"] * torch.tanh(s / case["cap"])
    if case["mask"]:
        def score(s, b, h, i, j):
            return s + mask[b, 0, i, j]
    if causal or case["score"] == "document":
        def seen(b, h, i, j):
            return i >= j if causal else table[i] == table[j]
        blocks = F2.create_block_mask(seen, None, None, case["s"], case["sk"],
                                      device="cuda")
    run = torch.compile(F2.flex_attention, dynamic=False)
    return lambda: run(q, k, v, score_mod=score, block_mask=blocks)


class Case:
    """What check.py needs of a case: tensors to bind, a reference, peers."""

    def __init__(self, case):
        self.case = case
        self.tensors = data(case)
        self.seen = visible(case)
        h, s, sk, b = (case[key] for key in ("h", "s", "sk", "b"))
        self.mask = self.lengths = self.table = None
        if case["mask"]:
            rows = 1 if case["mask"] == "bf16" and not case["timed"] else s
            self.mask = torch.randn(b, 1, rows, sk, device="cuda")
            if case["mask"] == "i1":
                self.mask = self.mask > 0.5
                self.mask[:, :, 3] = False
            else:
                self.mask = self.mask.to(DTYPE[case["mask"]])
        if case["lengths"]:
            self.lengths = torch.tensor([0, 1, sk // 2 + 3, sk], device="cuda",
                                        dtype=torch.int32)
        if case["score"] == "alibi":
            self.table = 2.0 ** -torch.arange(1, h + 1, device="cuda").float()
        if case["score"] == "document":
            # Documents of about 512 rows.
            self.table = (torch.rand(s, device="cuda") < 1 / 512).cumsum(
                0).int()
        self.logarithms = torch.randn(b, h, s, device="cuda")

    def bound(self):
        q, k, v, o = self.tensors
        # What a score region captures comes first.
        captured = [] if self.table is None else [self.table]
        middle = [t for t in (self.mask, self.lengths)
                  if t is not None]
        return [*captured, q, k, v, *middle, o,
                *([self.logarithms] if self.case["lse"] else [])]

    def results(self):
        return self.tensors[3]

    def change(self, head):
        """What is done to the scores of the last batch entry."""
        case, table = self.case, self.table
        i = torch.arange(case["s"], device="cuda")[:, None]
        j = torch.arange(case["sk"], device="cuda")[None]

        def change(scores):
            hidden = float("-inf")
            if case["score"] == "alibi":
                scores = scores + (table[head] * (j - i)).to(scores.dtype)
            if case["score"] == "square":
                scores = scores + scores * scores / 10
            if case["score"] == "document":
                scores = scores.masked_fill(table[i] != table[j], hidden)
            if case["score"] == "local":
                scores = scores.masked_fill((j > i) | (j <= i - 100), hidden)
            if case["cap"]:
                scores = case["cap"] * torch.tanh(scores / case["cap"])
            if case["mask"] == "i1":
                scores = scores.masked_fill(~self.mask[self.batch, 0], hidden)
            elif case["mask"]:
                scores = scores + self.mask[self.batch, 0].to(scores.dtype)
            if self.seen is not None:
                scores = scores.masked_fill(~self.seen, hidden)
            if self.lengths is not None:
                scores = scores.masked_fill(j >= self.lengths[self.batch],
                                            hidden)
            return scores
        return change

    def compared(self, got):
        """Triples of ours, float64 and PyTorch's, of a few heads."""
        q, k, v, _ = self.tensors
        if self.case["layout"] == "bshd":
            q, k, v, got = [t.transpose(1, 2) for t in (q, k, v, got)]
        case = self.case
        batches = range(case["b"]) if case["lengths"] else [case["b"] - 1]
        for head in {0, case["h"] // 2, case["h"] - 1}:
            for self.batch in batches:
                shared = head // (case["h"] // case["hk"])
                part = (q[self.batch, head], k[self.batch, shared],
                        v[self.batch, shared])
                change = self.change(head)
                exact, sums = attention(*part, change, torch.float64)
                plain, rough = attention(*part, change, q.dtype)
                yield got[self.batch, head], exact, plain
                if case["lse"]:
                    mine = self.logarithms[self.batch, head]
                    assert torch.equal(torch.isinf(mine), torch.isinf(sums))
                    yield [t.nan_to_num(0, 0, 0) for t in (mine, sums, rough)]

    def flops(self):
        case = self.case
        share = 1
        if self.seen is not None:
            share = self.seen.double().mean().item()
        if case["options"] == "causal = top_left":
            share = .5
        return (2 * case["b"] * case["h"] * case["s"] * case["sk"] *
                (case["d"] + case["dv"]) * share)

    def bytes(self):
        """That must be moved, where that is what takes the time."""
        if not self.case["name"].startswith("decode"):
            return None
        return sum(t.numel() * t.element_size() for t in self.tensors)

    def peers(self):
        case = self.case
        q, k, v, _ = self.tensors
        if case["name"].startswith("flex"):
            return {"flex": flex(case, q, k, v, self.table, self.mask)}
        if "window" in case["options"]:
            return {}
        if self.bytes():
            return {"sdpa": lambda: F.scaled_dot_product_attention(
                q, k, v, enable_gqa=True)}
        return {"cudnn": lambda: F.scaled_dot_product_attention(
            q, k, v, is_causal=bool(case["options"]),
            enable_gqa=case["h"] != case["hk"])}
