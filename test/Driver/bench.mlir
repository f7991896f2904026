// The figures a bench prints; their values are the machine's.
// RUN: lacuna bench %S/Inputs/net.mlir --repeats=3 --threads=1 --json=%t.json | FileCheck %s
// RUN: FileCheck %s --check-prefix=JSON --input-file=%t.json
// RUN: not lacuna bench %S/Inputs/net.mlir --repeats=-1 2>&1 | FileCheck %s --check-prefix=REPEATS

// CHECK: latency median {{[0-9.e-]+}} ms, 10% to 90% {{[0-9.e-]+}} to {{[0-9.e-]+}} ms, 3 calls
// 2 x 4 x 25 results x 2 channels x 9 taps
// CHECK: rate {{[0-9.]+}} GFLOP/s of 3.6e-06 GFLOP known
// CHECK: compile {{[0-9.]+}} s, {{[0-9]+}} kernels
// CHECK: memory {{[0-9.]+}} MiB at most
// CHECK: kernel launches ms share GFLOP/s GB/s
// CHECK: kernel_{{.*}} 1 {{[0-9.]+ +[0-9.]+}}%

// JSON: "median_seconds": {{[0-9.e-]+}}
// JSON: "operations": 3600
// JSON: "kernels": [
// JSON: "name": "kernel_{{.*}}"
// JSON: "bytes": {{[1-9][0-9]*}}
// REPEATS: error: `--repeats` must be 0 or more
