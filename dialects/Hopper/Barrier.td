//===- Barrier.td - Memory barriers, named barriers, fences -------------===//
#ifndef HOPPER_BARRIER_TD
#define HOPPER_BARRIER_TD

include "Hopper/Dialect.td"

def Hopper_BarrierInitOp : Hopper_Op<"barrier_init"> {
  let summary = "makes a memory barrier of `count` arrivals";
  let description = [{
    Constraints:
    * C1. `count` is 1 to 2^20 - 1.

    Example: `hopper.barrier_init %full, 1`
  }];
  let arguments = (ins I32:$barrier, I64Attr:$count);
  let assemblyFormat = "$barrier `,` $count attr-dict";
  let hasVerifier = 1;
}

def Hopper_BarrierArriveOp : Hopper_Op<"barrier_arrive"> {
  let summary = "arrives at a memory barrier, where `condition` holds";
  let description = [{
    At the barrier of the same place in block `block` of the cluster, if given.

    Example: `hopper.barrier_arrive %empty if %leader`
  }];
  let arguments = (ins I32:$barrier, I1:$condition, Optional<I32>:$block);
  let assemblyFormat = "$barrier (`of` $block^)? `if` $condition attr-dict";
}

def Hopper_BarrierExpectOp : Hopper_Op<"barrier_expect"> {
  let summary = "arrives, and announces bytes that TMA will bring";
  let description = [{
    Constraints:
    * C1. `bytes` is 1 to 2^20 - 1.

    Example: `hopper.barrier_expect %full, 16384`
  }];
  let arguments = (ins I32:$barrier, I64Attr:$bytes);
  let assemblyFormat = "$barrier `,` $bytes attr-dict";
  let hasVerifier = 1;
}

def Hopper_BarrierWaitOp : Hopper_Op<"barrier_wait"> {
  let summary = "waits for the phase of a memory barrier to end";
  let description = [{
    Returns once the phase of parity `parity` has ended. A new barrier counts
    as having ended parity 1.

    Example: `hopper.barrier_wait %full, %parity`
  }];
  let arguments = (ins I32:$barrier, I32:$parity);
  let assemblyFormat = "$barrier `,` $parity attr-dict";
}

def Hopper_NamedBarrierOp : Hopper_Op<"named_barrier"> {
  let summary = "a barrier of some warps of the block, by number";
  let description = [{
    Waits for `threads` threads at barrier `id`; with `arrive` the thread is
    counted and goes on.

    Constraints:
    * C1. `threads` is a multiple of 32, from 32 to 1024.

    Example: `hopper.named_barrier arrive %id, 256`
  }];
  let arguments = (ins I32:$id, I64Attr:$threads, UnitAttr:$arrive);
  let assemblyFormat = "(`arrive` $arrive^)? $id `,` $threads attr-dict";
  let hasVerifier = 1;
}

def Hopper_WarpBarrierOp : Hopper_Op<"warp_barrier"> {
  let summary = "a barrier of the threads of a warp";
  let description = [{
    What they have read and written before is so for all of them behind it.

    Example: `hopper.warp_barrier`
  }];
  let assemblyFormat = "attr-dict";
}

def Hopper_FenceOp : Hopper_Op<"fence"> {
  let summary = "makes writes visible to TMA";
  let description = [{
    Of barriers just made (`init`), of what was stored to shared memory, or
    everywhere (`global`), both ways.

    Example: `hopper.fence init`
  }];
  let arguments = (ins UnitAttr:$init, UnitAttr:$global);
  let assemblyFormat = "(`init` $init^)? (`global` $global^)? attr-dict";
}

def Hopper_ClusterBarrierOp : Hopper_Op<"cluster_barrier"> {
  let summary = "a barrier of all threads of the cluster";
  let description = [{
    Example: `hopper.cluster_barrier`
  }];
  let assemblyFormat = "attr-dict";
}

def Hopper_FlagSetOp : Hopper_Op<"flag_set"> {
  let summary = "tells another block that what was written is there";
  let description = [{
    Writes 1 to the i32 `flag` in global memory, after everything that this
    thread has written or has learned of at a barrier.

    Example: `hopper.flag_set %flag : !llvm.ptr<1>`
  }];
  let arguments = (ins Hopper_Map:$flag);
  let assemblyFormat = "$flag attr-dict `:` type($flag)";
}

def Hopper_FlagWaitOp : Hopper_Op<"flag_wait"> {
  let summary = "waits for another block's `flag_set`";
  let description = [{
    The block that sets the flag must be running or have run.

    Example: `hopper.flag_wait %flag : !llvm.ptr<1>`
  }];
  let arguments = (ins Hopper_Map:$flag);
  let assemblyFormat = "$flag attr-dict `:` type($flag)";
}

def Hopper_CounterNextOp : Hopper_Op<"counter_next"> {
  let summary = "counts in global memory, and tells who comes";
  let description = [{
    Gives the i32 `counter`, which becomes one more, or 0 where it was `last`.
    What this thread has written or has learned of at a barrier is there for
    whoever sees the new count.

    Example: `%old = hopper.counter_next %counter, %last : !llvm.ptr<1>`
  }];
  let arguments = (ins Hopper_Map:$counter, I32:$last);
  let results = (outs I32:$count);
  let assemblyFormat = "$counter `,` $last attr-dict `:` type($counter)";
}

def Hopper_CounterWaitOp : Hopper_Op<"counter_wait"> {
  let summary = "waits for a count in global memory";
  let description = [{
    Returns once the i32 `counter` is `count`. Blocks that bring it there must
    be running or have run.

    Example: `hopper.counter_wait %counter, %count : !llvm.ptr<1>`
  }];
  let arguments = (ins Hopper_Map:$counter, I32:$count);
  let assemblyFormat = "$counter `,` $count attr-dict `:` type($counter)";
}

#endif // HOPPER_BARRIER_TD
