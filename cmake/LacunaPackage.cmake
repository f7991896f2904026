# What `cmake --install` puts where, and the files find_package(Lacuna) reads.
include(CMakePackageConfigHelpers)
set(LACUNA_CMAKE_DIR "${CMAKE_INSTALL_LIBDIR}/cmake/Lacuna")

# The headers users may include: no others, and none that needs LLVM.
install(DIRECTORY "${PROJECT_SOURCE_DIR}/include/lacuna/C"
                  "${PROJECT_SOURCE_DIR}/include/lacuna/JIT"
                  "${PROJECT_SOURCE_DIR}/include/lacuna/Runtime"
                  "${PROJECT_SOURCE_DIR}/include/lacuna/Support"
                  "${PROJECT_SOURCE_DIR}/include/lacuna/Training"
  DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}/lacuna" FILES_MATCHING PATTERN "*.h")
install(FILES "${PROJECT_SOURCE_DIR}/python/lacuna.py"
  DESTINATION "${CMAKE_INSTALL_DATADIR}/lacuna/python")

install(EXPORT LacunaTargets NAMESPACE Lacuna::
  DESTINATION "${LACUNA_CMAKE_DIR}")
configure_package_config_file(
  "${PROJECT_SOURCE_DIR}/cmake/LacunaConfig.cmake.in"
  "${PROJECT_BINARY_DIR}/LacunaConfig.cmake"
  INSTALL_DESTINATION "${LACUNA_CMAKE_DIR}")
write_basic_package_version_file("${PROJECT_BINARY_DIR}/LacunaConfigVersion.cmake"
  COMPATIBILITY SameMinorVersion)
install(FILES "${PROJECT_BINARY_DIR}/LacunaConfig.cmake"
              "${PROJECT_BINARY_DIR}/LacunaConfigVersion.cmake"
  DESTINATION "${LACUNA_CMAKE_DIR}")
