//===- Passes.cpp - Anchors the library Lowering ------------------------===//
#include "lacuna/Lowering/Passes.h"
