"""Attention of packed sequences: data, references and peers."""
import torch

import attention
from kernel import DTYPE


def bounds(lengths):
    lengths = torch.tensor([0, *lengths], dtype=torch.int32)
    return lengths.cumsum(0).int().cuda()


class Case:
    """What check.py needs of a case: tensors to bind, a reference, peers."""

    def __init__(self, case):
        self.case = case
        kind = dict(device="cuda", dtype=DTYPE[case["element"]])
        s, sk, h, hk, d, dv = (case[key] for key in
                               ("s", "sk", "h", "hk", "d", "dv"))
        self.tensors = [torch.randn(sk if isKey else s, heads, depth, **kind)
                        for isKey, heads, depth in
                        [(0, h, d), (1, hk, d), (1, hk, dv), (0, h, dv)]]
        q, k, v, _ = self.tensors
        # What no sequence holds must not be seen.
        k[sum(case["keys"]):] = float("nan")
        v[sum(case["keys"]):] = float("nan")
        self.bounds = bounds(case["sequences"]), bounds(case["keys"])
        self.table = None
        if case["score"] == "alibi":
            self.table = 2.0 ** -torch.arange(1, h + 1, device="cuda").float()
        self.logarithms = torch.randn(s, h, device="cuda")

    def bound(self):
        q, k, v, o = self.tensors
        captured = [] if self.table is None else [self.table]
        ends = self.bounds if self.case["twice"] else self.bounds[:1]
        return [*captured, q, k, v, *ends, o,
                *([self.logarithms] if self.case["lse"] else [])]

    def results(self):
        return self.tensors[3]

    def change(self, head, s, sk):
        case = self.case
        seen = attention.visible(case | dict(s=s, sk=sk))
        i = torch.arange(s, device="cuda")[:, None]
        j = torch.arange(sk, device="cuda")[None]

        def change(scores):
            if case["score"] == "alibi":
                scores = scores + (self.table[head] * (j - i)).to(scores.dtype)
            if case["cap"]:
                scores = case["cap"] * torch.tanh(scores / case["cap"])
            if seen is not None:
                scores = scores.masked_fill(~seen, float("-inf"))
            return scores
        return change

    def compared(self, got):
        """Triples of ours, float64 and PyTorch's, of a few heads."""
        q, k, v, _ = self.tensors
        case, (ends, key_ends) = self.case, self.bounds
        for head in {0, case["h"] // 2, case["h"] - 1}:
            shared = head // (case["h"] // case["hk"])
            for n in range(len(case["sequences"])):
                mine = slice(int(ends[n]), int(ends[n + 1]))
                its = slice(int(key_ends[n]), int(key_ends[n + 1]))
                if mine.start == mine.stop:
                    continue
                part = q[mine, head], k[its, shared], v[its, shared]
                change = self.change(head, *(len(x) for x in part[:2]))
                exact, sums = attention.attention(*part, change, torch.float64)
                plain, rough = attention.attention(*part, change, q.dtype)
                yield got[mine, head], exact, plain
                if case["lse"]:
                    found = self.logarithms[mine, head]
                    assert torch.equal(torch.isinf(found), torch.isinf(sums))
                    yield [t.nan_to_num(0, 0, 0) for t in (found, sums, rough)]
            rest = got[int(ends[-1]):, head].double()
            if not len(rest):
                continue
            yield rest, torch.zeros_like(rest), torch.zeros_like(rest)
            if case["lse"]:
                assert torch.isinf(self.logarithms[int(ends[-1]):]).all()

    def flops(self):
        case = self.case
        return (case["h"] * (case["d"] + case["dv"]) *
                sum(n * n for n in case["sequences"]))

    def peers(self):
        from torch.nn.attention.varlen import varlen_attn
        q, k, v, _ = self.tensors
        ends, most = self.bounds[0], max(self.case["sequences"])
        return {"varlen": lambda: varlen_attn(
            q, k, v, ends, ends, most, most, window_size=(-1, 0))}
