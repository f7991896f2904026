"""Gradients of convolutions: data, references and cuDNN's."""
import torch

from products import Convolution, random


def backward(case, cotangent, x, w, by_input):
    """The gradient by the input, or by the filter."""
    two = lambda key: [case[key]] * 2
    found = torch.ops.aten.convolution_backward(
        cotangent, x, w, None, two("stride"), two("pad"), two("dil"), False,
        [0, 0], 1, [by_input, not by_input, False])
    return found[0 if by_input else 1]


class InputGradient(Convolution):
    """Is a convolution of the cotangent with stride 1 by the turned filter."""

    def peers(self):
        case, torch.backends.cudnn.benchmark = self.case, True
        cotangent = self.x.permute(0, 3, 1, 2)
        w = self.w.transpose(0, 1).flip(2, 3).contiguous(
            memory_format=torch.channels_last)
        x = self.out.permute(0, 3, 1, 2)
        return {"cudnn": lambda: backward(case, cotangent, x, w, True)}


class FilterGradient:
    def __init__(self, case):
        self.case = case
        element = case["element"]
        self.x = random(element, case["n"], case["h"], case["w"], case["c"])
        # Sums near 1.
        self.cotangent = random(
            element, case["n"], case["p"], case["q"], case["o"]) * (
                case["n"] * case["p"] * case["q"]) ** -0.5
        self.out = self.x.new_zeros(case["o"], case["kernel"], case["kernel"],
                                    case["c"])

    def bound(self):
        return [self.x, self.cotangent, self.out]

    def results(self):
        return self.out

    def compute(self, dtype):
        first = lambda tensor: tensor.permute(0, 3, 1, 2).to(dtype)
        return backward(self.case, first(self.cotangent), first(self.x),
                        first(self.out), False).permute(0, 2, 3, 1)

    def compared(self, got):
        yield got, self.compute(torch.float64), self.compute(self.x.dtype)

    def flops(self):
        """Counted densely, taps in the padding included."""
        case = self.case
        return (2 * case["n"] * case["p"] * case["q"] * case["o"] *
                case["c"] * case["kernel"] ** 2)

    def peers(self):
        torch.backends.cudnn.benchmark = True
        return {"cudnn": lambda: self.compute(self.x.dtype)}
