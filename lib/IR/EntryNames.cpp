//===- EntryNames.cpp - What users call arguments -------------------------===//
// Names are attributes; what has none is called after its number.
//===----------------------------------------------------------------------===//
#include "lacuna/IR/EntryNames.h"

#include "lacuna/IR/Names.h"

using namespace mlir;

std::string lacuna::argumentName(func::FuncOp entry, unsigned index) {
  auto given = entry.getArgAttrOfType<StringAttr>(index, names::valueName);
  return given ? given.getValue().str() : "input" + std::to_string(index);
}
