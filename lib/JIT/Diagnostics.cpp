//===- Diagnostics.cpp - MLIR's diagnostics as errors ---------------------===//
#include "Diagnostics.h"

#include "mlir/IR/Location.h"

using namespace mlir;
using namespace lacuna;

/// `file:line:column`, the name of a node, or nothing.
static void printPlace(Location location, llvm::raw_ostream &os) {
  if (auto name = location->findInstanceOf<NameLoc>()) {
    if (auto file = Location(name)->findInstanceOf<FileLineColLoc>())
      os << file.getFilename().getValue() << ": ";
    os << name.getName().getValue() << ": ";
  } else if (auto file = location->findInstanceOf<FileLineColLoc>()) {
    os << file.getFilename().getValue() << ":";
    if (file.getLine() > 0)
      os << file.getLine() << ":" << file.getColumn() << ":";
    os << " ";
  }
}

std::string lacuna::describeOp(StringRef name, Location location) {
  std::string place;
  llvm::raw_string_ostream os(place);
  printPlace(location, os);
  StringRef text = StringRef(place).rtrim(": ");
  std::string quoted = "`" + name.str() + "`";
  return text.empty() ? quoted : quoted + " (" + text.str() + ")";
}

CollectDiagnostics::CollectDiagnostics(MLIRContext *context)
    : handler(context, [this](Diagnostic &diagnostic) {
        if (diagnostic.getSeverity() != DiagnosticSeverity::Error)
          return success();
        llvm::raw_string_ostream os(text);
        if (!text.empty())
          os << "\n";
        printPlace(diagnostic.getLocation(), os);
        os << diagnostic.str();
        for (Diagnostic &note : diagnostic.getNotes()) {
          os << "\n  note: ";
          if (!note.str().starts_with("see current operation"))
            printPlace(note.getLocation(), os);
          os << note.str();
        }
        return success();
      }) {}

Error CollectDiagnostics::error(ErrorCode code, std::string fallback) const {
  return Error(code, text.empty() ? std::move(fallback) : text);
}
