//===- Attributes.td - Enumerations and attributes of the dialect ---------===//
#ifndef LACUNA_ATTRIBUTES_TD
#define LACUNA_ATTRIBUTES_TD

include "Lacuna/Dialect.td"
include "mlir/IR/AttrTypeBase.td"
include "mlir/IR/EnumAttr.td"

/// An enumeration written as its bare word, `#lacuna<word …>` nowhere.
class Lacuna_Enum<string name, string summary, list<I32EnumAttrCase> cases>
    : I32EnumAttr<name, summary, cases> {
  let cppNamespace = "::lacuna";
}

def Lacuna_Layout : Lacuna_Enum<"Layout", "order of batch, channel and space", [
    I32EnumAttrCase<"ChannelsFirst", 0, "channels_first">,
    I32EnumAttrCase<"ChannelsLast", 1, "channels_last">]>;

#endif // LACUNA_ATTRIBUTES_TD
