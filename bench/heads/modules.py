"""The heads of DeepLabV3 and PSPNet and SPP's pyramid, as PyTorch modules."""
import torch
import torch.nn.functional as F
from torch import nn


def block(inputs, outputs, kernel, rate=1):
    return nn.Sequential(
        nn.Conv2d(inputs, outputs, kernel, dilation=rate, bias=False,
                  padding=rate if kernel == 3 else 0),
        nn.BatchNorm2d(outputs), nn.ReLU())


def enlarge(x, size):
    return F.interpolate(x, size=size, mode="bilinear", align_corners=False)


class ASPP(nn.Module):
    """Chen et al., 2017: rates 6, 12, 18, the image's mean, x8 bilinear."""

    def __init__(self, inputs=2048, width=256, classes=21, rates=(6, 12, 18)):
        super().__init__()
        self.point = block(inputs, width, 1)
        self.atrous = nn.ModuleList(block(inputs, width, 3, r) for r in rates)
        self.mean = block(inputs, width, 1)
        self.project = block(width * (len(rates) + 2), width, 1)
        self.refine = block(width, width, 3)
        self.classify = nn.Conv2d(width, classes, 1)

    def forward(self, x):
        mean = self.mean(F.adaptive_avg_pool2d(x, 1))
        seen = [self.point(x), *(branch(x) for branch in self.atrous),
                enlarge(mean, x.shape[-2:])]
        y = self.classify(self.refine(self.project(torch.cat(seen, 1))))
        return enlarge(y, [8 * size for size in x.shape[-2:]])


class PSP(nn.Module):
    """Zhao et al., 2017: means of 1, 2, 3 and 6 bins, then a 3x3."""

    def __init__(self, inputs=2048, width=512, classes=19, bins=(1, 2, 3, 6)):
        super().__init__()
        self.bins = bins
        self.levels = nn.ModuleList(block(inputs, width, 1) for _ in bins)
        self.join = block(inputs + width * len(bins), width, 3)
        self.classify = nn.Conv2d(width, classes, 1)

    def forward(self, x):
        seen = [x, *(enlarge(level(F.adaptive_avg_pool2d(x, bins)),
                             x.shape[-2:])
                     for bins, level in zip(self.bins, self.levels))]
        return self.classify(self.join(torch.cat(seen, 1)))


class SPP(nn.Module):
    """He et al., 2014: maxima of 1, 2 and 4 bins, side by side."""

    def forward(self, x):
        return torch.cat([F.adaptive_max_pool2d(x, bins).flatten(1)
                          for bins in (1, 2, 4)], 1)


HEADS = {"aspp": (ASPP, (8, 2048, 33, 33)), "psp": (PSP, (8, 2048, 60, 60)),
         "spp": (SPP, (64, 256, 64, 64))}


def head(name, dtype, seed=0):
    """A module with weights and statistics of a seed, and its input."""
    make, shape = HEADS[name]
    torch.manual_seed(seed)
    module = make().eval()
    for norm in module.modules():
        if isinstance(norm, nn.BatchNorm2d):
            norm.weight.data.uniform_(0.5, 1.5)
            norm.bias.data.normal_(0, 0.2)
            norm.running_mean.normal_(0, 0.2)
            norm.running_var.uniform_(0.5, 1.5)
    image = torch.randn(shape).to(dtype)
    return (module.to(dtype).to(memory_format=torch.channels_last),
            image.contiguous(memory_format=torch.channels_last))
