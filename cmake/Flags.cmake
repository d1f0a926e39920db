# SPDX-License-Identifier: MIT
# Flags every target of ours links, and nobody else's sees.
option(OTHEREND_SANITIZE "Build with AddressSanitizer and UndefinedBehaviorSanitizer" OFF)
option(OTHEREND_WERROR "Treat warnings as errors" OFF)

add_library(otherend_flags INTERFACE)
target_compile_features(otherend_flags INTERFACE cxx_std_23 c_std_11)
target_compile_options(otherend_flags INTERFACE
  -Wall -Wextra -Wshadow -Wno-missing-field-initializers
  $<$<COMPILE_LANGUAGE:CXX>:-Wnon-virtual-dtor>
  $<$<BOOL:${OTHEREND_WERROR}>:-Werror>)
if(OTHEREND_SANITIZE)
  # GCC 12 sees uninitialized members in std::regex when it instruments it (GCC bug 105562).
  target_compile_options(otherend_flags INTERFACE
    -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer -Wno-maybe-uninitialized)
  target_link_options(otherend_flags INTERFACE -fsanitize=address,undefined)
endif()

if(NOT CMAKE_BUILD_TYPE AND NOT CMAKE_CONFIGURATION_TYPES)
  set(CMAKE_BUILD_TYPE Release)
endif()
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
