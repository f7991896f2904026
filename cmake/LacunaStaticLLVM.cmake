# Links the archives of MLIR and LLVM: the exported MLIR*.a targets name the
# shared libraries in their link interface, which has to be taken out first.
get_property(mlir_all_libs GLOBAL PROPERTY MLIR_ALL_LIBS)
foreach(lib IN LISTS MLIR_EXPORTED_TARGETS)
  if(TARGET ${lib})
    get_target_property(deps ${lib} INTERFACE_LINK_LIBRARIES)
    if(deps)
      list(REMOVE_ITEM deps LLVM MLIR)
      set_target_properties(${lib} PROPERTIES INTERFACE_LINK_LIBRARIES "${deps}")
    endif()
  endif()
endforeach()
llvm_map_components_to_libnames(lacuna_llvm_libs
  X86 NVPTX core support orcjit passes target targetparser transformutils
  supportlsp ipo instcombine scalaropts vectorize analysis bitwriter asmparser irreader)
set(LACUNA_MLIR_LIBS
  MLIRAffineDialect MLIRArithDialect MLIRBufferizationDialect
  MLIRFuncDialect MLIRFuncInlinerExtension MLIRGPUDialect MLIRLinalgDialect MLIRLLVMDialect
  MLIRMathDialect MLIRMemRefDialect MLIRNVVMDialect MLIRSCFDialect
  MLIRTensorDialect MLIRVectorDialect MLIRUBDialect MLIRControlFlowDialect
  MLIRDLTIDialect MLIRComplexDialect
  MLIRBytecodeWriter MLIRParser MLIRPass MLIRTransforms MLIRTransformUtils MLIROptLib MLIRLspServerLib
  MLIRAffineToStandard MLIRArithToLLVM MLIRControlFlowToLLVM MLIRFuncToLLVM
  MLIRIndexToLLVM MLIRMathToLLVM MLIRMathToLibm MLIRMemRefToLLVM
  MLIRReconcileUnrealizedCasts MLIRSCFToControlFlow MLIRUBToLLVM
  MLIRVectorToLLVMPass MLIRVectorToSCF MLIRMemRefTransforms
  MLIRArithTransforms MLIRLinalgTransforms MLIRTensorTransforms
  MLIRBuiltinToLLVMIRTranslation MLIRLLVMToLLVMIRTranslation
  MLIRNVVMToLLVMIRTranslation MLIRToLLVMIRTranslationRegistration
  MLIRTargetLLVMIRExport
  ${lacuna_llvm_libs} z zstd)

# Archives hold whole families of passes and patterns: drop what nothing calls,
# and the libraries (such as z3) that only dropped code needs.
add_link_options(LINKER:--gc-sections LINKER:--as-needed)
