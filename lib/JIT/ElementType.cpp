//===- ElementType.cpp - Element types of MLIR and of tensors -------------===//
#include "ElementType.h"

#include "mlir/IR/BuiltinTypes.h"

using namespace lacuna;

static std::optional<DType> integerType(unsigned width, bool isUnsigned) {
  switch (width) {
  case 1:
    return DType::I1;
  case 8:
    return isUnsigned ? DType::U8 : DType::I8;
  case 16:
    return isUnsigned ? DType::U16 : DType::I16;
  case 32:
    return isUnsigned ? DType::U32 : DType::I32;
  case 64:
    return isUnsigned ? DType::U64 : DType::I64;
  default:
    return std::nullopt;
  }
}

std::optional<DType> lacuna::dtypeOf(mlir::Type type, bool isUnsigned) {
  if (type.isF64())
    return DType::F64;
  if (type.isF32())
    return DType::F32;
  if (type.isF16())
    return DType::F16;
  if (type.isBF16())
    return DType::BF16;
  if (type.isIndex())
    return DType::I64;
  if (!type.isInteger())
    return std::nullopt;
  return integerType(type.getIntOrFloatBitWidth(), isUnsigned);
}

bool lacuna::isUnsigned(DType type) {
  return type == DType::U8 || type == DType::U16 || type == DType::U32 ||
         type == DType::U64;
}

mlir::Type lacuna::typeOf(mlir::MLIRContext *context, DType type) {
  switch (type) {
  case DType::F64:
    return mlir::Float64Type::get(context);
  case DType::F32:
    return mlir::Float32Type::get(context);
  case DType::F16:
    return mlir::Float16Type::get(context);
  case DType::BF16:
    return mlir::BFloat16Type::get(context);
  case DType::I1:
    return mlir::IntegerType::get(context, 1);
  default:
    return mlir::IntegerType::get(context, 8 * byteWidth(type));
  }
}
