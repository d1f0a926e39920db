# SPDX-License-Identifier: MIT
# otherend_bpf_object(NAME SOURCES file.bpf.c... [DEFINES D...] [LIGHT])
#
# Compiles each source, links them into NAME.bpf.o and generates NAME.skel.h and, with LIGHT, NAME.lskel.h.
# Headers are tracked by the compiler's own dependency files. Target: otherend_bpf_NAME (INTERFACE).
find_program(OTHEREND_CLANG NAMES clang clang-19 clang-16 clang-15 clang-14 REQUIRED)
find_program(OTHEREND_BPFTOOL NAMES bpftool PATHS /usr/sbin /sbin REQUIRED)

function(otherend_bpf_object name)
  cmake_parse_arguments(PARSE_ARGV 1 arg "LIGHT" "" "SOURCES;DEFINES")
  list(TRANSFORM arg_DEFINES PREPEND -D)
  set(objects)
  foreach(source IN LISTS arg_SOURCES)
    set(object ${CMAKE_CURRENT_BINARY_DIR}/${name}.${source}.o)
    add_custom_command(
      OUTPUT ${object}
      COMMAND ${OTHEREND_CLANG} -g -O2 -Wall -Wextra -Wno-unused-parameter -Wno-missing-field-initializers
              -target bpf -D__TARGET_ARCH_x86 ${arg_DEFINES} $<$<BOOL:${OTHEREND_WERROR}>:-Werror>
              -I${PROJECT_SOURCE_DIR}/include -MD -MF ${object}.d
              -c ${CMAKE_CURRENT_SOURCE_DIR}/${source} -o ${object}
      DEPENDS ${source}
      DEPFILE ${object}.d
      COMMAND_EXPAND_LISTS
      COMMENT "BPF ${name}: ${source}"
      VERBATIM)
    list(APPEND objects ${object})
  endforeach()

  set(linked ${CMAKE_CURRENT_BINARY_DIR}/${name}.bpf.o)
  set(skeletons ${CMAKE_CURRENT_BINARY_DIR}/${name}.skel.h)
  set(make_light)
  if(arg_LIGHT)
    list(APPEND skeletons ${CMAKE_CURRENT_BINARY_DIR}/${name}.lskel.h)
    set(make_light COMMAND ${OTHEREND_BPFTOOL} gen skeleton -L ${linked} name oe_${name}_light
                           > ${CMAKE_CURRENT_BINARY_DIR}/${name}.lskel.h)
  endif()
  add_custom_command(
    OUTPUT ${linked} ${skeletons}
    COMMAND ${OTHEREND_BPFTOOL} gen object ${linked} ${objects}
    COMMAND ${OTHEREND_BPFTOOL} gen skeleton ${linked} name oe_${name} > ${CMAKE_CURRENT_BINARY_DIR}/${name}.skel.h
    ${make_light}
    DEPENDS ${objects}
    COMMENT "BPF ${name}: skeleton")
  add_custom_target(otherend_bpf_${name}_files DEPENDS ${skeletons})
  add_library(otherend_bpf_${name} INTERFACE)
  add_dependencies(otherend_bpf_${name} otherend_bpf_${name}_files)
  target_include_directories(otherend_bpf_${name} SYSTEM INTERFACE ${CMAKE_CURRENT_BINARY_DIR})
endfunction()
