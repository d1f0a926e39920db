# SPDX-License-Identifier: MIT
# Flags every target of ours links, and nobody else's sees.
option(OTHEREND_SANITIZE "Build with AddressSanitizer and UndefinedBehaviorSanitizer" OFF)
option(OTHEREND_WERROR "Treat warnings as errors" OFF)

add_library(otherend_flags INTERFACE)
target_compile_features(otherend_flags INTERFACE cxx_std_23 c_std_11)
target_compile_options(otherend_flags INTERFACE
  -Wall -Wextra -Wshadow -Wnon-virtual-dtor -Wno-missing-field-initializers
  $<$<BOOL:${OTHEREND_WERROR}>:-Werror>
  $<$<BOOL:${OTHEREND_SANITIZE}>:-fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer>)
target_compile_options(otherend_flags INTERFACE $<$<COMPILE_LANGUAGE:C>:-Wno-non-virtual-dtor>)
target_link_options(otherend_flags INTERFACE
  $<$<BOOL:${OTHEREND_SANITIZE}>:-fsanitize=address,undefined>)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
