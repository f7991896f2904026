//===- Threads.td - Roles of warpgroups, and who a thread is ------------===//
#ifndef HOPPER_THREADS_TD
#define HOPPER_THREADS_TD

include "Hopper/Dialect.td"
include "mlir/Interfaces/ControlFlowInterfaces.td"
include "mlir/Interfaces/SideEffectInterfaces.td"

def Hopper_SpecializeOp : Hopper_Op<"specialize", [
    NoRegionArguments, NoTerminator]> {
  let summary = "gives warpgroups their roles and registers";
  let description = [{
    Warpgroups 0 to `consumers` - 1 run `consumer`, the last one runs
    `producer` with one thread, or with all if it is `whole`. Before that,
    registers move from the producer to the consumers; moving more than there
    are would hang.

    Constraints:
    * C1. `consumers` is 1 to 3.
    * C2. Register counts are multiples of 8 from 24 to 240.
    * C3. consumers * consumer_registers + producer_registers is at most
      what the launch gives the block: (consumers + 1) times
      65536 / (128 (consumers + 1)), rounded down to a multiple of 8.

    Example:
    ```mlir
    hopper.specialize %wg consumers = 2 registers = 232 {
      ...
    } producer registers = 40 {
      ...
    }
    ```
  }];
  let arguments = (ins I32:$warpgroup, I64Attr:$consumers,
                       I64Attr:$consumer_registers,
                       I64Attr:$producer_registers, UnitAttr:$whole);
  let regions = (region SizedRegion<1>:$consumer, SizedRegion<1>:$producer);
  let assemblyFormat = [{
    $warpgroup `consumers` `=` $consumers `registers` `=` $consumer_registers
    $consumer `producer` (`whole` $whole^)? `registers` `=` $producer_registers
    $producer attr-dict
  }];
  let hasVerifier = 1;
}

def Hopper_SharedBaseOp : Hopper_Op<"shared_base", [Pure]> {
  let summary = "the address of the kernel's shared memory";
  let description = [{
    The first byte of the dynamic shared memory, aligned to 1024.

    Example: `%base = hopper.shared_base`
  }];
  let results = (outs I32:$address);
  let assemblyFormat = "attr-dict";
}

def Hopper_SpecialRegisterOp : Hopper_Op<"special_register", [Pure]> {
  let summary = "a number of the thread, its block or the grid";
  let description = [{
    Constraints:
    * C1. `name` is tid.x, ctaid.x, nctaid.x or cluster_ctarank.

    Example: `%tid = hopper.special_register "tid.x"`
  }];
  let arguments = (ins StrAttr:$name);
  let results = (outs I32:$value);
  let assemblyFormat = "$name attr-dict";
  let hasVerifier = 1;
}

def Hopper_ShuffleOp : Hopper_Op<"shuffle", [
    AllTypesMatch<["value", "result"]>]> {
  let summary = "a value of another thread of the warp";
  let description = [{
    From the lane whose number differs by the bits of `lane` (xor), or from
    `lane` itself (broadcast). All 32 threads take part.

    Constraints:
    * C1. `lane` is 0 to 31.

    Example: `%y = hopper.shuffle xor %x, 2 : f32`
  }];
  let arguments = (ins AnyTypeOf<[F32, I32]>:$value, I64Attr:$lane,
                       UnitAttr:$broadcast);
  let results = (outs AnyTypeOf<[F32, I32]>:$result);
  let assemblyFormat = [{
    (`broadcast` $broadcast^):(`xor`)? $value `,` $lane attr-dict `:`
    type($value)
  }];
  let hasVerifier = 1;
}

#endif // HOPPER_THREADS_TD
