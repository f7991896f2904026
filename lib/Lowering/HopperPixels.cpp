//===- HopperPixels.cpp - The pixels windows see, through TMA -------------===//
#include "HopperPixels.h"

using namespace mlir;
using namespace lacuna;

bool HopperPixels::sees(int64_t line, int64_t tap) const {
  int64_t seen = line * strides[0] - padsBegin[0] + tap * dilations[0];
  return seen >= 0 && seen < input[1];
}

HopperMap HopperPixels::map(int64_t count) const {
  HopperMap map;
  map.buffer = hopperBuffer(tensor);
  map.element = cast<RankedTensorType>(tensor.getType()).getElementType();
  map.sizes = {input[3], input[2], input[1], input[0]};
  map.strides = {2 * input[3], 2 * input[3] * input[2],
                 2 * input[3] * input[2] * input[1]};
  map.box = {64, count};
  for (int64_t dim : {1, 0}) {
    map.lower.push_back(-padsBegin[dim]);
    map.upper.push_back(padsEnd[dim] - reach(dim));
    map.steps.push_back(strides[dim]);
  }
  return map;
}

Values HopperPixels::indices(HopperBuilder &b, Value channel,
                             Value pixel) const {
  Value line = b.div(pixel, width);
  auto corner = [&](Value index, int64_t dim) {
    return b.add(b.mul(index, strides[dim]), -padsBegin[dim]);
  };
  return {channel, corner(b.rem(pixel, width), 1),
          corner(b.rem(line, height), 0), b.div(line, height)};
}

Values HopperPixels::offsets(HopperBuilder &b, Value tap) const {
  return {b.mul(b.rem(tap, kernel[1]), dilations[1]),
          b.mul(b.div(tap, kernel[1]), dilations[0])};
}
