//===- Names.h - Attribute names shared by the stages -----------*- C++ -*-===//
#ifndef LACUNA_IR_NAMES_H
#define LACUNA_IR_NAMES_H

namespace lacuna::names {
/// On arguments and results of an entry function: the name users know it by.
inline constexpr char valueName[] = "lacuna.name";
/// On a function: an entry on buffers. Integer: how many arguments are inputs
/// (outputs and the arena follow).
inline constexpr char entryInputs[] = "lacuna.entry_inputs";
/// On an entry: names of inputs, then outputs, as an array of strings.
inline constexpr char entryNames[] = "lacuna.entry_names";
/// On arguments and results of an entry function: integers are unsigned.
inline constexpr char unsignedElements[] = "lacuna.unsigned";
/// On an entry: which inputs, then outputs, are unsigned.
inline constexpr char entryUnsigned[] = "lacuna.entry_unsigned";
/// On an entry: the attributes of inputs, then outputs, an array of
/// dictionaries.
inline constexpr char entryAttributes[] = "lacuna.entry_attributes";
/// On an entry: expectations on its outputs, an array of dictionaries
/// {actual, expected, rtol, atol, location}.
inline constexpr char checks[] = "lacuna.checks";
/// On an entry: bytes of arena it needs.
inline constexpr char arenaBytes[] = "lacuna.arena_bytes";
/// On an entry: the most bytes of the arena that are in use at one time.
inline constexpr char liveBytes[] = "lacuna.live_bytes";
/// On a function: an outlined kernel.
inline constexpr char kernel[] = "lacuna.kernel_function";
/// On a kernel: how many steps its range has.
inline constexpr char count[] = "lacuna.count";
/// On a kernel: the fewest steps worth a task of their own.
inline constexpr char grain[] = "lacuna.grain";
/// On a kernel: the device kernel that does the same.
inline constexpr char device[] = "lacuna.device";
/// On a device kernel: blocks of the grid (array of three), threads a block,
/// dynamic shared memory in bytes.
inline constexpr char grid[] = "lacuna.grid";
inline constexpr char block[] = "lacuna.block";
inline constexpr char sharedBytes[] = "lacuna.shared_bytes";
/// On a device kernel: its blocks wait for each other, so all must be running.
inline constexpr char waits[] = "lacuna.waits";
/// A device kernel's dynamic shared memory, as a symbol.
inline constexpr char sharedMemory[] = "lacuna_shared";
/// On a kernel: how many threads of a GPU share a step; absent: one.
inline constexpr char group[] = "lacuna.group";
/// On a device kernel: the tensor maps it takes behind its buffers, an array
/// of {buffer, element, sizes, strides, box, swizzle}; strides are bytes, of
/// all dimensions but the innermost, which comes first.
inline constexpr char tensorMaps[] = "lacuna.tensor_maps";
/// On an argument: results are differentiated by it.
inline constexpr char requiresGrad[] = "lacuna.requires_grad";
/// On a result: the derivative of the loss by the argument of that name.
inline constexpr char gradientOf[] = "lacuna.gradient_of";
/// On a result: the next value of the argument of that name.
inline constexpr char updates[] = "lacuna.updates";
/// On an argument with a next value: a number all its elements begin with.
inline constexpr char initial[] = "lacuna.initial";
/// On an argument: a parameter that keeps its value in a training.
inline constexpr char frozen[] = "lacuna.frozen";
/// On a result that tells whether an op's result is finite: the op's name and
/// location.
inline constexpr char watched[] = "lacuna.watched";
/// On an op: it was added by differentiation.
inline constexpr char backward[] = "lacuna.backward";
} // namespace lacuna::names

#endif // LACUNA_IR_NAMES_H
