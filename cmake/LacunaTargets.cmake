# lacuna_add_library(NAME FILE... [LINK_LIBS LIB...] [MLIR])
# One static library a folder of lib/. MLIR: it uses MLIR's headers, and gets
# the shared precompiled header. utils/check-layering.py reads LINK_LIBS.
function(lacuna_add_library name)
  cmake_parse_arguments(ARG "MLIR" "" "LINK_LIBS" ${ARGN})
  add_library(${name} STATIC ${ARG_UNPARSED_ARGUMENTS})
  target_include_directories(${name} PUBLIC
    $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/include>
    $<BUILD_INTERFACE:${PROJECT_BINARY_DIR}/include>
    $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>)
  target_link_libraries(${name} PUBLIC ${ARG_LINK_LIBS})
  if(ARG_MLIR)
    lacuna_use_mlir(${name})
  endif()
endfunction()

# Gives a target MLIR's headers and libraries and the precompiled header.
function(lacuna_use_mlir name)
  target_include_directories(${name} SYSTEM PUBLIC
    ${MLIR_INCLUDE_DIRS} ${LLVM_INCLUDE_DIRS})
  target_compile_definitions(${name} PRIVATE ${LLVM_DEFINITIONS_LIST})
  target_link_libraries(${name} PUBLIC ${LACUNA_MLIR_LIBS})
  if(NOT name STREQUAL "LacunaPrecompiled")
    target_precompile_headers(${name} REUSE_FROM LacunaPrecompiled)
  endif()
  if(TARGET LacunaTableGen)
    add_dependencies(${name} LacunaTableGen)
  endif()
endfunction()

function(lacuna_precompiled_header)
  file(WRITE "${PROJECT_BINARY_DIR}/Precompiled.cpp" "")
  add_library(LacunaPrecompiled STATIC "${PROJECT_BINARY_DIR}/Precompiled.cpp")
  target_include_directories(LacunaPrecompiled PUBLIC
    ${PROJECT_SOURCE_DIR}/include ${PROJECT_BINARY_DIR}/include)
  lacuna_use_mlir(LacunaPrecompiled)
  target_precompile_headers(LacunaPrecompiled PRIVATE
    <mlir/Dialect/Arith/IR/Arith.h> <mlir/Dialect/Func/IR/FuncOps.h>
    <mlir/Dialect/Linalg/IR/Linalg.h> <mlir/Dialect/Math/IR/Math.h>
    <mlir/Dialect/MemRef/IR/MemRef.h> <mlir/Dialect/SCF/IR/SCF.h>
    <mlir/Dialect/Tensor/IR/Tensor.h> <mlir/Dialect/Vector/IR/VectorOps.h>
    <mlir/IR/Builders.h> <mlir/IR/BuiltinOps.h> <mlir/IR/Matchers.h>
    <mlir/IR/PatternMatch.h> <mlir/Pass/Pass.h>
    <mlir/Transforms/GreedyPatternRewriteDriver.h>)
endfunction()

# lacuna_generate_passes(LIBRARY): Passes.h.inc from include/lacuna/LIBRARY/
# Passes.td. A macro, as mlir_tablegen collects its outputs in the caller.
macro(lacuna_generate_passes library)
  set(LLVM_TARGET_DEFINITIONS
    "${PROJECT_SOURCE_DIR}/include/lacuna/${library}/Passes.td")
  include_directories(${MLIR_INCLUDE_DIRS})
  file(MAKE_DIRECTORY "${PROJECT_BINARY_DIR}/include/lacuna/${library}")
  mlir_tablegen(../../include/lacuna/${library}/Passes.h.inc
    -gen-pass-decls -name ${library} "-I${PROJECT_SOURCE_DIR}/include")
  add_public_tablegen_target(Lacuna${library}TableGen)
endmacro()
