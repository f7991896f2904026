"""Gradients of attention: data, references and peers."""
import torch
import torch.nn.functional as F
from torch.nn.attention import SDPBackend, sdpa_kernel

import attention


def gradients(parts, cotangent, change, dtype):
    """Of one head's query, key and value, step by step in `dtype`."""
    given = [t.detach().to(dtype).requires_grad_() for t in parts]
    with torch.enable_grad():
        result, _ = attention.attention(*given, change, dtype)
        return torch.autograd.grad(result, given, cotangent.to(dtype))


class Case(attention.Case):
    """What check.py needs of a case: tensors to bind, a reference, peers."""

    def __init__(self, case):
        super().__init__(case)
        q, k, v, o = self.tensors
        self.cotangent = torch.randn_like(o)
        self.heads_last = case["layout"] == "bshd"
        if case["timed"]:
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
        return [q, k, v, o, self.logarithms, self.cotangent, *self.found]

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
        self.batch = case["b"] - 1
        group = case["h"] // case["hk"]
        for shared in {0, case["hk"] // 2, case["hk"] - 1}:
            sums = []
            for head in range(shared * group, (shared + 1) * group):
                parts = (q[self.batch, head], k[self.batch, shared],
                         v[self.batch, shared])
                change = self.change(head)
                sides = [gradients(parts, cotangent[self.batch, head], change,
                                   dtype) for dtype in (torch.float64, q.dtype)]
                sides = [[t.nan_to_num(0) for t in side] for side in sides]
                yield (got[0][self.batch, head].to(q.dtype), sides[0][0],
                       sides[1][0], "query")
                sums.append(sides)
            for i, name in ((1, "key"), (2, "value")):
                exact, plain = [sum(sides[n][i] for sides in sums)
                                for n in (0, 1)]
                yield got[i][self.batch, shared], exact, plain, name

    def flops(self):
        return 2.5 * super().flops()

    def peers(self):
        case = self.case
        if case["options"] not in ("", "causal = top_left") or case["cap"]:
            return {}
        given = [t.detach().requires_grad_() for t in self.tensors[:3]]
        with sdpa_kernel(SDPBackend.CUDNN_ATTENTION):
            result = F.scaled_dot_product_attention(
                *given, is_causal=bool(case["options"]),
                enable_gqa=case["h"] != case["hk"])
        return {"cudnn": lambda: torch.autograd.grad(
            result, given, self.cotangent, retain_graph=True)}
