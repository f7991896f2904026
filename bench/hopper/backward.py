"""Gradients of attention: data, references and peers."""
import functools

import torch
import torch.nn.functional as F
from torch.nn.attention import SDPBackend, sdpa_kernel

import attention
import packed


def gradients(parts, cotangent, change, dtype):
    """Of one head's query, key and value, step by step in `dtype`."""
    given = [t.detach().to(dtype).requires_grad_() for t in parts]
    with torch.enable_grad():
        result, _ = attention.attention(*given, change, dtype)
        return torch.autograd.grad(result, given, cotangent.to(dtype))


def plain(case):
    """Whether PyTorch's fused kernels compute it, and it takes long."""
    return case["timed"] and case["options"] in ("", "causal = top_left") and (
        not (case["score"] or case["mask"] or case["cap"] or case["lengths"]))


def unit(tensors):
    """Rows without keys have gradients of NaN in PyTorch; ours are 0."""
    return [t.nan_to_num(0) for t in tensors]


class Case(attention.Case):
    """What check.py needs of a case: tensors to bind, a reference, peers."""

    def __init__(self, case):
        super().__init__(case)
        q, k, v, o = self.tensors
        self.cotangent = torch.randn_like(o)
        self.heads_last = case["layout"] == "bshd"
        if plain(case):
            made = torch.ops.aten._scaled_dot_product_flash_attention(
                q, k, v, 0.0, bool(case["options"]), False)
            o.copy_(made[0])
            self.logarithms.copy_(made[1])
        else:
            self.run_forward()
        # Of queries they come in f32.
        self.found = [torch.empty(1, *q.shape, device="cuda"),
                      torch.empty_like(k), torch.empty_like(v)]

    def views(self, tensors):
        """Heads before rows."""
        return [t.transpose(1, 2) if self.heads_last else t for t in tensors]

    def run_forward(self):
        case = self.case
        q, k, v, o = self.views(self.tensors)
        for self.batch in range(case["b"]):
            for head in range(case["h"]):
                shared = head // (case["h"] // case["hk"])
                result, sums = attention.attention(
                    q[self.batch, head], k[self.batch, shared],
                    v[self.batch, shared], self.change(head), torch.float32)
                o[self.batch, head] = result
                self.logarithms[self.batch, head] = sums

    def bound(self):
        q, k, v, o = self.tensors
        captured = [] if self.table is None else [self.table]
        more = [t for t in (self.mask, self.lengths) if t is not None]
        return [*captured, q, k, v, o, self.logarithms, self.cotangent, *more,
                *self.found]

    def results(self):
        return self.found

    def program(self, kernel):
        """The kernel and the rounding of what it leaves in f32."""
        def run():
            kernel()
            return self.found[0].to(self.cotangent.dtype)
        return run

    def compared(self, got):
        """Ours, float64, PyTorch's and the operand, of a few heads."""
        case = self.case
        q, k, v, _ = self.views(self.tensors)
        cotangent = self.views([self.cotangent])[0]
        got = self.views([got[0][0], *got[1:]])
        group = case["h"] // case["hk"]
        batches = range(case["b"]) if case["lengths"] else [case["b"] - 1]
        for self.batch in batches:
            for shared in {0, case["hk"] // 2, case["hk"] - 1}:
                yield from self.of_head(q, k, v, cotangent, got, shared, group)

    def of_head(self, q, k, v, cotangent, got, shared, group):
        sums = []
        for head in range(shared * group, (shared + 1) * group):
            parts = (q[self.batch, head], k[self.batch, shared],
                     v[self.batch, shared])
            change = self.change(head)
            sides = [unit(gradients(parts, cotangent[self.batch, head], change,
                                    dtype)) for dtype in (torch.float64,
                                                          q.dtype)]
            yield (got[0][self.batch, head].to(q.dtype), sides[0][0],
                   sides[1][0], "query")
            sums.append(sides)
        for i, name in ((1, "key"), (2, "value")):
            exact, rough = [sum(sides[n][i] for sides in sums)
                            for n in (0, 1)]
            yield got[i][self.batch, shared], exact, rough, name

    def flops(self):
        return 2.5 * super().flops()

    def peers(self):
        case = self.case
        given = [t.detach().requires_grad_() for t in self.tensors[:3]]
        if case["name"].startswith("bwd_flex"):
            run = attention.flex(case, *given, self.table, self.mask)
            return {"flex": again(run(), given, self.cotangent)}
        if not plain(case):
            return {}
        with sdpa_kernel(SDPBackend.CUDNN_ATTENTION):
            result = F.scaled_dot_product_attention(
                *given, is_causal=bool(case["options"]),
                enable_gqa=case["h"] != case["hk"])
        return {"cudnn": again(result, given, self.cotangent)}


def again(result, given, cotangent):
    return functools.partial(torch.autograd.grad, result, given, cotangent,
                             retain_graph=True)


class Packed(packed.Case):
    """The same of sequences one behind the other."""

    def __init__(self, case):
        super().__init__(case | dict(lse=True))
        q, k, v, o = self.tensors
        self.cotangent = torch.randn_like(o)
        o.zero_()
        self.logarithms.fill_(float("-inf"))
        for mine, _, head, part, change in self.parts(range(case["h"])):
            o[mine, head], self.logarithms[mine, head] = attention.attention(
                *part, change, torch.float32)
        self.found = [torch.empty(1, *q.shape, device="cuda"),
                      torch.empty_like(k), torch.empty_like(v)]

    def parts(self, heads):
        """Rows, keys, head, query, key and value, change of scores."""
        q, k, v, _ = self.tensors
        case, (ends, key_ends) = self.case, self.bounds
        for n in range(len(case["sequences"])):
            mine = slice(int(ends[n]), int(ends[n + 1]))
            its = slice(int(key_ends[n]), int(key_ends[n + 1]))
            for head in heads:
                shared = head // (case["h"] // case["hk"])
                part = q[mine, head], k[its, shared], v[its, shared]
                if len(part[0]):
                    yield (mine, its, head, part,
                           self.change(head, len(part[0]), len(part[1])))

    def bound(self):
        ends = self.bounds if self.case["twice"] else self.bounds[:1]
        captured = [] if self.table is None else [self.table]
        return [*captured, *self.tensors, self.logarithms, self.cotangent,
                *ends, *self.found]

    def results(self):
        return self.found

    program = Case.program

    def compared(self, got):
        case = self.case
        q, group = self.tensors[0], case["h"] // case["hk"]
        for shared in {0, case["hk"] - 1}:
            heads = range(shared * group, (shared + 1) * group)
            sums = [[torch.zeros_like(t[:, shared], dtype=dtype)
                     for t in self.tensors[1:3]]
                    for dtype in (torch.float64, q.dtype)]
            for mine, its, head, part, change in self.parts(heads):
                sides = [unit(gradients(part, self.cotangent[mine, head],
                                        change, dtype))
                         for dtype in (torch.float64, q.dtype)]
                yield (got[0][0, mine, head].to(q.dtype), sides[0][0],
                       sides[1][0], "query")
                for total, side in zip(sums, sides):
                    for whole, one in zip(total, side[1:]):
                        whole[its] += one
            for i, name in ((1, "key"), (2, "value")):
                yield got[i][:, shared], sums[0][i - 1], sums[1][i - 1], name
        rest = got[0][0, int(self.bounds[0][-1]):].double()
        if len(rest):
            yield rest, torch.zeros_like(rest), torch.zeros_like(rest), "rest"

    def flops(self):
        return 2.5 * super().flops()

    def peers(self):
        from torch.nn.attention.varlen import varlen_attn
        given = [t.detach().requires_grad_() for t in self.tensors[:3]]
        ends, most = self.bounds[0], max(self.case["sequences"])
        with torch.enable_grad():
            result = varlen_attn(*given, ends, ends, most, most,
                                 window_size=(-1, 0))
        return {"varlen": again(result, given, self.cotangent)}
