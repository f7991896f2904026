//===- Lacuna.td - Everything the lacuna dialect says ---------------------===//
#ifndef LACUNA_TD
#define LACUNA_TD

include "Lacuna/Dialect.td"
include "Lacuna/Attributes.td"
include "Lacuna/Kernel.td"

#endif // LACUNA_TD
