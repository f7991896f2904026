//===- ParsedTarget.cpp - What `target` of CompileOptions says ------------===//
#include "ParsedTarget.h"

#include "llvm/ADT/StringRef.h"

using namespace lacuna;

Expected<ParsedTarget> lacuna::parseTarget(const std::string &name) {
  llvm::StringRef rest = name;
  ParsedTarget target;
  if (rest == "cuda:sm_90a") {
    target.native = hostTarget();
    target.ordinal = 0;
    target.architecture = "sm_90a";
    return target;
  }
  if (rest.consume_front("cuda")) {
    int ordinal = 0;
    bool numbered = rest.consume_front(":");
    if ((numbered || !rest.empty()) &&
        (!numbered || rest.getAsInteger(10, ordinal) || ordinal < 0))
      return Error(ErrorCode::InvalidArgument,
                   "`--target` must be `cuda`, `cuda:ORDINAL` or "
                   "`cuda:sm_90a`, got `" + name +
                       "`");
    target.native = hostTarget();
    target.ordinal = ordinal;
    return target;
  }
  std::string message;
  mlir::FailureOr<NativeTarget> native = parseNativeTarget(name, message);
  if (mlir::failed(native))
    return Error(ErrorCode::InvalidArgument, message);
  target.native = *native;
  return target;
}
