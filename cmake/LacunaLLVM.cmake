# Finds MLIR 22 of the distribution and sets how our code is compiled.
find_program(LACUNA_LLVM_CONFIG NAMES llvm-config-22 REQUIRED)
execute_process(COMMAND ${LACUNA_LLVM_CONFIG} --prefix
  OUTPUT_VARIABLE LACUNA_LLVM_PREFIX OUTPUT_STRIP_TRAILING_WHITESPACE)
# Debian's config is not on the default search path, hence the hint.
find_package(MLIR 22.1 REQUIRED CONFIG
  HINTS "${LACUNA_LLVM_PREFIX}/lib/cmake/mlir")
list(APPEND CMAKE_MODULE_PATH "${MLIR_CMAKE_DIR}" "${LLVM_CMAKE_DIR}")
include(TableGen)
include(AddLLVM)
include(AddMLIR)

# -fPIC on the command line, not by property: the property differs between
# executables and libraries, which would make the precompiled header unusable.
add_compile_options(-fPIC -Wall -Wextra -Wno-unused-parameter
  -Wno-deprecated-declarations)
if(CMAKE_CXX_COMPILER_ID MATCHES "Clang")
  # Lets ccache share precompiled headers and objects between checkouts.
  add_compile_options("SHELL:-Xclang -fno-pch-timestamp")
  add_link_options(-fuse-ld=lld)
elseif(EXISTS "${LACUNA_LLVM_PREFIX}/bin/ld.lld")
  add_link_options(-fuse-ld=lld "-B${LACUNA_LLVM_PREFIX}/bin")
endif()
if(LACUNA_SANITIZE)
  # Not `function`: it looks for a type before the code of what is called, and
  # compiled models have none.
  add_compile_options(-fsanitize=${LACUNA_SANITIZE} -fno-sanitize=function
    -fno-omit-frame-pointer -g1)
  add_link_options(-fsanitize=${LACUNA_SANITIZE})
endif()
# Our own asserts cost little beside LLVM's work and catch much: keep them.
string(REPLACE "-DNDEBUG" "" CMAKE_CXX_FLAGS_RELEASE "${CMAKE_CXX_FLAGS_RELEASE}")

if(LACUNA_STATIC_LLVM)
  include(LacunaStaticLLVM)
else()
  set(LACUNA_MLIR_LIBS MLIR LLVM)
endif()
