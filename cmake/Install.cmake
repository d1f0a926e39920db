# SPDX-License-Identifier: MIT
# What `cmake --install` puts where: the program, its man page, and the library behind include/otherend with
# what find_package(otherend) and pkg-config need to find it. The library is the target otherend_library.
include(CMakePackageConfigHelpers)

install(TARGETS otherend RUNTIME)

find_program(OTHEREND_SCDOC scdoc)
if(OTHEREND_SCDOC)
  set(page ${CMAKE_CURRENT_BINARY_DIR}/otherend.8)
  add_custom_command(
    OUTPUT ${page}
    COMMAND ${OTHEREND_SCDOC} < ${CMAKE_CURRENT_SOURCE_DIR}/docs/man/otherend.8.scd > ${page}
    DEPENDS docs/man/otherend.8.scd
    VERBATIM)
  add_custom_target(otherend_man ALL DEPENDS ${page})
  install(FILES ${page} DESTINATION ${CMAKE_INSTALL_MANDIR}/man8)
endif()

if(TARGET otherend_library)
  set_target_properties(otherend_library PROPERTIES
    OUTPUT_NAME otherend EXPORT_NAME otherend VERSION ${PROJECT_VERSION} SOVERSION 0)
  target_compile_features(otherend_library INTERFACE cxx_std_23)
  target_include_directories(otherend_library INTERFACE
    $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/include> $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>)
  add_library(otherend::otherend ALIAS otherend_library)

  install(TARGETS otherend_library EXPORT otherend LIBRARY)
  install(DIRECTORY include/otherend TYPE INCLUDE FILES_MATCHING PATTERN "*.h" PATTERN "*.hpp")

  set(package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/otherend)
  install(EXPORT otherend NAMESPACE otherend:: FILE otherendTargets.cmake DESTINATION ${package_dir})
  configure_package_config_file(cmake/otherendConfig.cmake.in otherendConfig.cmake
    INSTALL_DESTINATION ${package_dir} NO_SET_AND_CHECK_MACRO)
  write_basic_package_version_file(otherendConfigVersion.cmake COMPATIBILITY SameMinorVersion)
  install(FILES ${CMAKE_CURRENT_BINARY_DIR}/otherendConfig.cmake
                ${CMAKE_CURRENT_BINARY_DIR}/otherendConfigVersion.cmake DESTINATION ${package_dir})

  configure_file(cmake/otherend.pc.in otherend.pc @ONLY)
  install(FILES ${CMAKE_CURRENT_BINARY_DIR}/otherend.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
endif()
